"""Actual values: imported from a file, corrected by versions, confirmed by finance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import Message
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices, people, reviews, templates
from engine.reviews.indicators import Indicator
from engine.reviews.models import Actual, Cycle, CycleState, Person, Review, ReviewState, Role
from engine.reviews.quantities import parse
from engine.reviews.sentences import Sentence, UnreadableError, expect_text
from engine.reviews.spreadsheets import Row, read_csv

IMPORTED = "actuals-imported"
"""The message for which an evaluation waits."""

KEPT = timedelta(days=30)
"""How long the message is kept for a review whose targets are not signed yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of an import that can be entered, and what it is about."""

    row: Row
    review: Review
    indicator: Indicator


@dataclass(frozen=True, slots=True)
class Value:
    """What is entered of an indicator."""

    indicator_id: str
    value: str | None
    unit: str
    source: str
    reason: str = ""


def check_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[Entry]:
    """Read an import and enter nothing.

    Rows have employee id (工号), indicator (指标; its id or its name), actual (实际), unit (单位), source (来源).

    Raises:
        Forbidden: `by` is neither HR nor finance.
        Conflict: the cycle is not launched.
        Invalid: rows are wrong; each is named with row and column.
    """
    intent = f"import actual values of cycle {cycle.label}"
    _expect_keeper(by, intent)
    if cycle.state is not CycleState.LAUNCHED:
        raise Conflict(f"Expected to {intent}, but it is {cycle.state.value}")
    problems: list[Problem] = []
    entries = [entry for row in read_csv(content) if (entry := _entry(session, cycle, row, problems)) is not None]
    problems += _repetitions(entries)
    if problems:
        raise Invalid(f"Expected to {intent}, but some rows are wrong and nothing was imported", problems)
    return entries


def import_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[Actual]:
    """Import actual values, all of them or none, and tell the processes of those whose values are complete.

    Raises:
        Forbidden: `by` is neither HR nor finance, or a row is of the own review.
        Conflict: the cycle is not launched.
        Invalid: rows are wrong; each is named with row and column.
    """
    entries = check_csv(session, cycle, content, by=by)
    entered = [
        _enter(session, e.review, Value(e.indicator.id, e.row.actual, e.row.unit, e.row.source), by=by) for e in entries
    ]
    for review in dict.fromkeys(entry.review for entry in entries):
        announce(session, review, by=by)
    return entered


def enter(
    session: Session,
    review: Review,
    indicator_id: str,
    value: str | None,
    *,
    source: str,
    by: Identity,
    unit: str = "",
    reason: str = "",
) -> Actual:
    """Enter the next version of an actual value; the ones before are kept. None: the indicator does not apply.

    Where that completes the values, the review's process is told.

    Raises:
        Forbidden: `by` is neither HR nor finance, or it is the own review.
        Conflict: the review is not running.
        Invalid: the entry is wrong or not complete.
    """
    entry = Value(indicator_id, value, unit, source, reason)
    actual = _enter(session, review, entry, by=by)
    announce(session, review, by=by)
    return actual


def _enter(session: Session, review: Review, entry: Value, *, by: Identity) -> Actual:
    intent = f"enter {entry.indicator_id} of review {review.key}"
    _expect_keeper(by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    _expect_another(session, review, by, intent)
    before = of_review(session, review).get(entry.indicator_id)
    indicator = {i.id: i for i in reviews.template(session, review).measured}.get(entry.indicator_id)
    problems = _value_problems(indicator, entry.value, entry.unit, entry.source)
    if _reason_is_due(before, entry.value) and not entry.reason.strip():
        problems.append(Problem(Sentence("A reason is due"), "reason", "missing-reason"))
    if problems or indicator is None:
        raise Invalid(f"Expected to {intent}, but it is not complete", problems)
    actual = Actual(
        review_key=review.key,
        version=before.version + 1 if before else 1,
        entered_by=by.username,
        entered_at=clock.now(session),
        **{**asdict(entry), "unit": entry.unit or indicator.unit},
    )
    session.add(actual)
    session.flush()  # the next version counts on from it
    return actual


def of_review(session: Session, review: Review) -> dict[str, Actual]:
    """List the newest version of each actual value of a review, by indicator."""
    rows = session.scalars(select(Actual).where(Actual.review_key == review.key).order_by(Actual.version))
    return {actual.indicator_id: actual for actual in rows}


def confirm(session: Session, review: Review, *, by: Identity) -> list[Actual]:
    """Confirm all of a review's actual values, as finance.

    Raises:
        Forbidden: `by` is not finance, it is the own review, or `by` entered values and is not HR (four eyes).
        Conflict: the review is not running.
        Invalid: values are missing; each is named.
    """
    intent = f"confirm the actual values of review {review.key}"
    people.expect_role(by, Role.FINANCE, intent)
    _expect_another(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    entered = of_review(session, review)
    if problems := missing(session, review):
        raise Invalid(f"Expected to {intent}, but some are missing", problems)
    if any(actual.entered_by == by.username for actual in entered.values()) and Role.HR not in by.groups:
        raise Forbidden(f"Expected to {intent}, but {by.username} entered some of them: another must confirm")
    for actual in entered.values():
        actual.confirmed_by = by.username
        actual.confirmed_at = clock.now(session)
    return list(entered.values())


def reject(session: Session, review: Review, *, comment: str, by: Identity) -> None:
    """Send the values back to those who entered them, as finance; the process waits for the next import.

    Raises:
        Forbidden: `by` is not finance, or it is the own review.
        Conflict: the review is not running.
        Invalid: no reason is given.
    """
    intent = f"reject the actual values of review {review.key}"
    people.expect_role(by, Role.FINANCE, intent)
    _expect_another(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    expect_text(comment, "comment", intent)
    _withdraw_announcement(session, review)
    entered_by = {actual.entered_by for actual in of_review(session, review).values()}
    for person in session.scalars(select(Person).where(Person.username.in_(entered_by))):
        notices.write(session, person.key, "actuals-rejected", review=str(review.key), comment=comment, by=by.username)


def announce(session: Session, review: Review, *, by: Identity) -> bool:
    """Tell the review's process that its values are complete; whether they were.

    The message is kept for those whose targets are not signed yet; a later import takes its place.
    """
    if missing(session, review):
        return False
    _withdraw_announcement(session, review)
    message = Publication(IMPORTED, str(review.key), time_to_live=KEPT)
    messages.publish(session, message, by=by.trusted())
    return True


def missing(session: Session, review: Review) -> list[Problem]:
    """Name the measured indicators that have no value yet."""
    entered = of_review(session, review)
    return [
        Problem(Sentence("Its actual value is missing"), indicator.id, "missing-actual")
        for indicator in reviews.template(session, review).measured
        if indicator.id not in entered
    ]


def _withdraw_announcement(session: Session, review: Review) -> None:
    kept = (Message.name == IMPORTED, Message.correlation_key == str(review.key))
    session.execute(delete(Message).where(*kept))


def _expect_keeper(by: Identity, intent: str) -> None:
    if not ({Role.HR, Role.FINANCE} & by.groups or by.operator):
        raise Forbidden(f"Expected to {intent}, but {by.username} is neither in hr nor in finance")


def _expect_another(session: Session, review: Review, by: Identity, intent: str) -> None:
    if people.by_key(session, review.appraisee_key).username == by.username:
        raise Forbidden(f"Expected to {intent}, but nobody enters the own values")


def _reason_is_due(before: Actual | None, value: str | None) -> bool:
    """A value that does not apply, and one that corrects what finance confirmed, need a reason."""
    return value is None or (before is not None and before.confirmed_at is not None)


def _entry(session: Session, cycle: Cycle, row: Row, problems: list[Problem]) -> Entry | None:
    review = session.scalar(
        select(Review)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Review.cycle_key == cycle.key, Person.employee_id == row.employee_id)
    )
    measured = templates.rules(session, cycle.template_key).measured
    indicator = next((i for i in measured if row.indicator in {i.id, i.name, i.name_en} - {""}), None)
    found = []
    if review is None:
        sentence = Sentence("{id} is nobody in this cycle", id=row.employee_id)
        found.append(Problem(sentence, "employee_id", "unknown-employee"))
    if indicator is None:
        sentence = Sentence("{name} is no measured indicator", name=row.indicator)
        found.append(Problem(sentence, "indicator", "unknown-indicator"))
    else:
        found += _value_problems(indicator, row.actual, row.unit, row.source)
    if review is not None and indicator is not None:
        found += _settled_problems(session, review, indicator)
    problems += [Problem(p.message, f"row {row.number}, column {p.where}", p.code) for p in found]
    return Entry(row, review, indicator) if review is not None and indicator is not None and not found else None


def _settled_problems(session: Session, review: Review, indicator: Indicator) -> list[Problem]:
    if review.state is not ReviewState.RUNNING:
        return [Problem(Sentence("The review is over"), "employee_id", "review-over")]
    before = of_review(session, review).get(indicator.id)
    if before is None or before.confirmed_at is None:
        return []
    sentence = Sentence("Finance has confirmed {value}: correct it singly, with a reason", value=before.value or "-")
    return [Problem(sentence, "actual", "confirmed")]


def _value_problems(indicator: Indicator | None, value: str | None, unit: str, source: str) -> list[Problem]:
    if indicator is None:
        return [Problem(Sentence("It is no measured indicator"), "indicator", "unknown-indicator")]
    problems = []
    if not source:
        problems.append(Problem(Sentence("The source is missing"), "source", "missing-source"))
    if unit not in {"", indicator.unit}:
        sentence = Sentence("The unit is {unit}, but must be {expected}", unit=unit, expected=indicator.unit or "-")
        problems.append(Problem(sentence, "unit", "other-unit"))
    try:
        if value is not None:
            parse(value, indicator.notation)
    except UnreadableError as error:
        problems.append(Problem(error.sentence, "actual", "bad-quantity"))
    return problems


def _repetitions(entries: Sequence[Entry]) -> list[Problem]:
    first: dict[tuple[int, str], int] = {}
    problems = []
    for entry in entries:
        before = first.setdefault((entry.review.key, entry.indicator.id), entry.row.number)
        if before != entry.row.number:
            sentence = Sentence("It repeats row {row}", row=before)
            problems.append(Problem(sentence, f"row {entry.row.number}, column indicator", "repeated-row"))
    return problems
