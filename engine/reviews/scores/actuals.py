"""Actual values: imported from a file, corrected by versions, confirmed by finance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import Message
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import reviews
from engine.reviews.files.spreadsheets import Columns, Row, read_rows
from engine.reviews.models import Actual, Cycle, CycleState, Person, Review, ReviewState, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.scores import entries
from engine.reviews.scores.completions import Measure
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import targets

IMPORTED = "actuals-imported"
"""The message for which an evaluation waits."""

KEPT = timedelta(days=30)
"""How long the message is kept for a review whose targets are not signed yet."""


COLUMNS: Columns = {
    "employee_id": ("employee id", "工号"),
    "indicator": ("指标",),
    "actual": ("实际值", "实际"),
    "unit": ("单位",),
    "source": ("数据来源", "来源"),
    "period": ("期间", "周期"),
    "reason": ("说明", "备注"),
}
"""The columns of an import and what else they may be headed."""

OPTIONAL = frozenset({"unit", "period", "reason"})
"""The columns that may be left out."""


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
    period: str = ""


def check_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[Entry]:
    """Read an import and enter nothing.

    Rows have employee id (工号), indicator (指标: id or name), actual (实际), unit (单位), source (来源), period (期间)
    and reason (说明).

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor.
        Conflict: the cycle is not launched.
        Invalid: rows are wrong; each is named with row and column.
    """
    intent = Sentence("import actual values of cycle {label}", label=cycle.label)
    _expect_keeper(by, intent)
    if cycle.state is not CycleState.LAUNCHED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    problems: list[Problem] = []
    read = read_rows(content, COLUMNS, problems, optional=OPTIONAL, of=Sentence("actual values"))
    entries = [entry for row in read if (entry := _entry(session, cycle, row, problems)) is not None]
    problems += _repetitions(entries)
    if problems:
        raise Invalid("Expected to {intent}, but some rows are wrong and nothing was imported", problems, intent=intent)
    return entries


def import_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[Actual]:
    """Import actual values, all of them or none, and tell the processes of those whose values are complete.

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor, or a row is of the own review.
        Conflict: the cycle is not launched.
        Invalid: rows are wrong; each is named with row and column.
    """
    entries = check_csv(session, cycle, content, by=by)
    entered = [_enter(session, e.review, _value(e), by=by) for e in entries]
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
    period: str = "",
) -> Actual:
    """Enter the next version of an actual value; the ones before are kept. None: the indicator does not apply.

    Where that completes the values, the review's process is told.

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor, or it is the own review.
        Conflict: the review is not running.
        Invalid: the entry is wrong or not complete.
    """
    entry = Value(indicator_id, value, unit, source, reason, period)
    actual = _enter(session, review, entry, by=by)
    announce(session, review, by=by)
    return actual


def check_correction(session: Session, review: Review, entry: Value, *, by: Identity) -> None:
    """Let pass only who may ask for a correction that could be entered as it is.

    Raises:
        Forbidden: `by` is neither HR nor finance nor auditor, or it is the own review.
        Invalid: the entry is wrong, gives no reason, or changes nothing.
    """
    intent = Sentence("correct {indicator_id} of review {key}", indicator_id=entry.indicator_id, key=review.key)
    _expect_keeper(by, intent)
    _expect_another(session, review, by, intent)
    before = newest(session, review).get((entry.indicator_id, entry.period))
    problems = _problems(session, review, _measured(session, review, entry.indicator_id), entry)
    if not problems and before is None:
        problems.append(Problem(Sentence("There is no value to correct"), "indicator", "no-value"))
    elif before is not None and before.value == entry.value:
        problems.append(Problem(Sentence("It changes nothing"), "actual", "no-change"))
    if problems:
        raise Invalid("Expected to {intent}, but it is not complete", problems, intent=intent)


def entry_problems(session: Session, review: Review, entry: Value) -> list[Problem]:
    """Name what is wrong with an entry."""
    return _problems(session, review, _measured(session, review, entry.indicator_id), entry)


def correct(session: Session, review: Review, entry: Value, *, author: str, by: Identity) -> Actual:
    """Add the version that corrects a confirmed value, written by `author` and confirmed by `by` (E-30)."""
    indicator = _measured(session, review, entry.indicator_id)
    before = newest(session, review)[entry.indicator_id, entry.period]
    actual = Actual(
        review_key=review.key,
        version=before.version + 1,
        entered_by=author,
        entered_at=clock.now(session),
        confirmed_by=by.username,
        confirmed_at=clock.now(session),
        **{**asdict(entry), "unit": entry.unit or (indicator.unit if indicator else "")},
    )
    session.add(actual)
    session.flush()  # the result is computed from it
    return actual


def _measured(session: Session, review: Review, indicator_id: str) -> Indicator | None:
    return {one.id: one for one in reviews.template(session, review).measured}.get(indicator_id)


def _enter(session: Session, review: Review, entry: Value, *, by: Identity) -> Actual:
    intent = Sentence("enter {indicator_id} of review {key}", indicator_id=entry.indicator_id, key=review.key)
    _expect_keeper(by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    _expect_another(session, review, by, intent)
    before = newest(session, review).get((entry.indicator_id, entry.period))
    indicator = _measured(session, review, entry.indicator_id)
    problems = _problems(session, review, indicator, entry)
    if _reason_is_due(before, entry.value) and not entry.reason.strip():
        problems.append(Problem(Sentence("A reason is due"), "reason", "missing-reason"))
    if problems or indicator is None:
        raise Invalid("Expected to {intent}, but it is not complete", problems, intent=intent)
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


def newest(session: Session, review: Review) -> dict[tuple[str, str], Actual]:
    """List the newest version of each actual value of a review, by indicator and period, the periods in order."""
    ordered = (Actual.indicator_id, Actual.period, Actual.version)
    rows = session.scalars(select(Actual).where(Actual.review_key == review.key).order_by(*ordered))
    return {(actual.indicator_id, actual.period): actual for actual in rows}


def of_review(session: Session, review: Review) -> dict[str, list[Actual]]:
    """List the newest versions of a review's actual values by indicator: one, or one for each period."""
    values: dict[str, list[Actual]] = {}
    for (indicator_id, _), actual in newest(session, review).items():
        values.setdefault(indicator_id, []).append(actual)
    return values


def reached_before(session: Session, review: Review) -> dict[str, str]:
    """Give the values of the appraisee's last review of a period of the same kind, by indicator."""
    cycle = session.get_one(Cycle, review.cycle_key)
    earlier = (
        select(Review)
        .join(Cycle, Cycle.key == Review.cycle_key)
        .where(Review.appraisee_key == review.appraisee_key, Cycle.kind == cycle.kind, Cycle.ends_on < cycle.starts_on)
        .order_by(Cycle.ends_on.desc())
    )
    last = session.scalars(earlier.limit(1)).first()
    values = {} if last is None else newest(session, last)
    return {name: one.value for (name, period), one in values.items() if one.value is not None and not period}


def originals(session: Session, review: Review) -> dict[tuple[str, str], Actual]:
    """List the values as they were first entered: a correction never takes their place (L003-26)."""
    first = select(Actual).where(Actual.review_key == review.key, Actual.version == 1)
    return {(actual.indicator_id, actual.period): actual for actual in session.scalars(first)}


def confirm(session: Session, review: Review, *, by: Identity) -> list[Actual]:
    """Confirm all of a review's actual values, as finance or as auditor.

    Raises:
        Forbidden: `by` is neither, it is the own review, or `by` entered values (four eyes).
        Conflict: the review is not running.
        Invalid: values are missing, or far beyond or short of their targets without a due reason; each is named.
    """
    intent = Sentence("confirm the actual values of review {key}", key=review.key)
    _expect_checker(by, intent)
    _expect_another(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    entered = list(newest(session, review).values())
    if problems := [*missing(session, review), *_unexplained(session, review, entered)]:
        raise Invalid("Expected to {intent}, but some are missing or not explained", problems, intent=intent)
    if any(actual.entered_by == by.username for actual in entered):
        reason = Sentence("{username} entered some of them: another must confirm", username=by.username)
        raise Forbidden("Expected to {intent}, but {reason}", intent=intent, reason=reason)
    for actual in entered:
        actual.confirmed_by = by.username
        actual.confirmed_at = clock.now(session)
    return entered


def reject(session: Session, review: Review, *, comment: str, by: Identity) -> None:
    """Send the values back to those who entered them, as finance or as auditor; the process waits for the next import.

    Raises:
        Forbidden: `by` is neither, or it is the own review.
        Conflict: the review is not running.
        Invalid: no reason is given.
    """
    intent = Sentence("reject the actual values of review {key}", key=review.key)
    _expect_checker(by, intent)
    _expect_another(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    expect_text(comment, "comment", intent)
    _withdraw_announcement(session, review)
    entered_by = {actual.entered_by for actual in newest(session, review).values()}
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
    if not ({Role.HR, Role.FINANCE, Role.AUDITOR} & by.groups or by.operator):
        reason = Sentence("{username} is neither in hr nor in finance nor auditor", username=by.username)
        raise Forbidden("Expected to {intent}, but {reason}", intent=intent, reason=reason)


def _expect_checker(by: Identity, intent: str) -> None:
    if not ({Role.FINANCE, Role.AUDITOR} & by.groups or by.operator):
        reason = Sentence("{username} is neither in finance nor auditor", username=by.username)
        raise Forbidden("Expected to {intent}, but {reason}", intent=intent, reason=reason)


def _expect_another(session: Session, review: Review, by: Identity, intent: str) -> None:
    if people.by_key(session, review.appraisee_key).username == by.username:
        raise Forbidden("Expected to {intent}, but nobody enters the own values", intent=intent)


def _reason_is_due(before: Actual | None, value: str | None) -> bool:
    """A value that does not apply, and one that corrects what finance confirmed, need a reason."""
    return value is None or (before is not None and before.confirmed_at is not None)


def _value(entry: Entry) -> Value:
    cells = entry.row.cells
    said = {name: cells[name] for name in ("unit", "source", "reason", "period")}
    return Value(entry.indicator.id, cells["actual"], **said)


def _entry(session: Session, cycle: Cycle, row: Row, problems: list[Problem]) -> Entry | None:
    review = session.scalar(
        select(Review)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Review.cycle_key == cycle.key, Person.employee_id == row.cells["employee_id"])
    )
    template = reviews.template(session, review) if review else templates.rules(session, cycle.template_key)
    indicator = next((i for i in template.measured if row.cells["indicator"] in {i.id, i.name, i.name_en} - {""}), None)
    found = []
    if review is None:
        sentence = Sentence("{id} is nobody in this cycle", id=row.cells["employee_id"])
        found.append(Problem(sentence, "employee_id", "unknown-employee"))
    if indicator is None:
        sentence = Sentence("{name} is no measured indicator", name=row.cells["indicator"])
        found.append(Problem(sentence, "indicator", "unknown-indicator"))
    elif review is not None:
        entry = Entry(row, review, indicator)
        found += _problems(session, review, indicator, _value(entry)) + _settled_problems(session, entry)
    problems += row.placed(found)
    return Entry(row, review, indicator) if review is not None and indicator is not None and not found else None


def _settled_problems(session: Session, entry: Entry) -> list[Problem]:
    if entry.review.state is not ReviewState.RUNNING:
        return [Problem(Sentence("The review is over"), "employee_id", "review-over")]
    before = newest(session, entry.review).get((entry.indicator.id, entry.row.cells["period"]))
    if before is None or before.confirmed_at is None:
        return []
    sentence = Sentence("Finance has confirmed {value}: correct it singly, with a reason", value=before.value or "-")
    return [Problem(sentence, "actual", "confirmed")]


def _problems(session: Session, review: Review, indicator: Indicator | None, entry: Value) -> list[Problem]:
    if indicator is None:
        return [Problem(Sentence("It is no measured indicator"), "indicator", "unknown-indicator")]
    cycle = session.get_one(Cycle, review.cycle_key)
    period = entries.Period(cycle.starts_on, cycle.ends_on)
    problems = entries.problems(indicator, entries.Written(entry.value, entry.unit, entry.source, entry.period), period)
    if problems or entry.reason.strip() or entry.value is None:
        return problems
    return _to_explain(session, review, indicator, entry.value)


def _unexplained(session: Session, review: Review, entered: Sequence[Actual]) -> list[Problem]:
    """Name the values that were entered before there was a target to compare them with."""
    measured = {indicator.id: indicator for indicator in reviews.template(session, review).measured}
    return [
        replace(problem, where=actual.indicator_id)
        for actual in entered
        if actual.value is not None and not actual.reason and actual.indicator_id in measured
        for problem in _to_explain(session, review, measured[actual.indicator_id], actual.value)
    ]


def _to_explain(session: Session, review: Review, indicator: Indicator, value: str) -> list[Problem]:
    """Name what is so far from its target, or short of it, that a reason is due."""
    sheet = targets.in_force(session, review)
    if sheet is None or indicator.id not in sheet.targets:
        return []
    template, measure = reviews.template(session, review), Measure(sheet.targets[indicator.id], value)
    short = entries.missed(indicator, measure) if template.missed_needs_reason else ()
    return [*entries.outliers(indicator, measure, template.outlier_at), *short]


def _repetitions(entries: Sequence[Entry]) -> list[Problem]:
    first: dict[tuple[int, str, str], int] = {}
    problems = []
    for entry in entries:
        about = (entry.review.key, entry.indicator.id, entry.row.cells["period"])
        before = first.setdefault(about, entry.row.number)
        if before != entry.row.number:
            sentence = Sentence("It repeats row {row}", row=before)
            problems.append(Problem(sentence, entry.row.where("indicator"), "repeated-row"))
    return problems
