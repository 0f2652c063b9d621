"""Actual values: imported from a file, corrected by versions, confirmed by finance."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import people, reviews, templates
from engine.reviews.models import Actual, Cycle, CycleState, Person, Review, ReviewState, Role
from engine.reviews.quantities import parse
from engine.reviews.rules import Indicator
from engine.reviews.sentences import Sentence, UnreadableError

COLUMNS = {
    "employee_id": "工号",
    "indicator": "指标",
    "actual": "实际值",
    "unit": "单位",
    "source": "数据来源",
}
"""The columns of an import, by either name; `unit` may be left out."""

LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an import, as it was written."""

    number: int
    employee_id: str
    indicator: str
    actual: str
    unit: str
    source: str


def import_csv(session: Session, cycle: Cycle, content: bytes, *, by: Identity) -> list[Actual]:
    """Import actual values, all of them or none.

    Rows have employee id (工号), indicator (指标; its id or its name), actual (实际值), unit (单位), source (数据来源).

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
    accepted = [
        (row, *place)
        for row in read_csv(content)
        if (place := _place(session, cycle, row, problems)) is not None
    ]  # fmt: skip
    problems += _repetitions(accepted)
    if problems:
        raise Invalid(f"Expected to {intent}, but some rows are wrong and nothing was imported", problems)
    return [
        enter(session, review, indicator.id, row.actual, unit=row.unit, source=row.source, by=by)
        for row, review, indicator in accepted
    ]


def read_csv(content: bytes) -> list[Row]:
    """Read the rows of an import, in UTF-8 or in GB 18030 as Chinese spreadsheets write it.

    Raises:
        Invalid: it is too large, in no readable encoding, or lacks a column.
    """
    if len(content) > LARGEST:
        raise Invalid(f"Expected to read a CSV file of at most {LARGEST} bytes, but it has {len(content)}")
    reader = csv.DictReader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        columns = _columns(reader.fieldnames or ())
        return [
            Row(reader.line_num, **{name: _cell(reader, line, columns.get(name)) for name in COLUMNS})
            for line in reader
            if any(line.values())
        ]
    except csv.Error as error:
        raise Invalid(f"Expected to read a CSV file, but row {reader.line_num} is broken: {error}") from error


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

    Raises:
        Forbidden: `by` is neither HR nor finance, or it is the own review.
        Conflict: the review is not running.
        Invalid: the entry is wrong or not complete.
    """
    intent = f"enter {indicator_id} of review {review.key}"
    _expect_keeper(by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    _expect_another(session, review, by, intent)
    before = of_review(session, review).get(indicator_id)
    indicator = {i.id: i for i in reviews.template(session, review).measured}.get(indicator_id)
    problems = _value_problems(indicator, value, unit, source)
    if _reason_is_due(before, value) and not reason.strip():
        problems.append(Problem(Sentence("A reason is due"), "reason", "missing-reason"))
    if problems or indicator is None:
        raise Invalid(f"Expected to {intent}, but it is not complete", problems)
    actual = Actual(
        review_key=review.key,
        indicator_id=indicator_id,
        version=before.version + 1 if before else 1,
        value=value,
        unit=unit or indicator.unit,
        source=source,
        reason=reason,
        entered_by=by.username,
        entered_at=clock.now(session),
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
        Forbidden: `by` is not finance, or it is the own review.
        Conflict: the review is not running.
        Invalid: values are missing; each is named.
    """
    intent = f"confirm the actual values of review {review.key}"
    people.expect_role(by, Role.FINANCE, intent)
    _expect_another(session, review, by, intent)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    entered = of_review(session, review)
    problems = [
        Problem(Sentence("Its actual value is missing"), indicator.id, "missing-actual")
        for indicator in reviews.template(session, review).measured
        if indicator.id not in entered
    ]
    if problems:
        raise Invalid(f"Expected to {intent}, but some are missing", problems)
    for actual in entered.values():
        actual.confirmed_by = by.username
        actual.confirmed_at = clock.now(session)
    return list(entered.values())


def _expect_keeper(by: Identity, intent: str) -> None:
    if not ({Role.HR, Role.FINANCE} & by.groups or by.operator):
        raise Forbidden(f"Expected to {intent}, but {by.username} is neither in hr nor in finance")


def _expect_another(session: Session, review: Review, by: Identity, intent: str) -> None:
    if people.by_key(session, review.appraisee_key).username == by.username:
        raise Forbidden(f"Expected to {intent}, but nobody enters the own values")


def _reason_is_due(before: Actual | None, value: str | None) -> bool:
    """A value that does not apply, and one that corrects what finance confirmed, need a reason."""
    return value is None or (before is not None and before.confirmed_at is not None)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("Expected to read a CSV file, but it is neither UTF-8 nor GB 18030")


def _cell(reader: csv.DictReader[str], line: Mapping[str | None, str | None], heading: str | None) -> str:
    if None in line:  # a comma within a number shifts what follows: no cell of such a row can be trusted
        raise Invalid(f"Expected to read a CSV file, but row {reader.line_num} has more cells than the first row")
    return "" if heading is None else (line[heading] or "").strip()


def _columns(headings: Sequence[str]) -> dict[str, str]:
    by_name = {heading.strip(): heading for heading in headings}
    columns = {
        name: by_name.get(name) or by_name[chinese]
        for name, chinese in COLUMNS.items()
        if name in by_name or chinese in by_name
    }
    missing = [name for name in COLUMNS if name not in columns and name != "unit"]
    if missing:
        problems = [
            Problem(Sentence("The column {name} is missing", name=f"{name} ({COLUMNS[name]})"), "row 1", "no-column")
            for name in missing
        ]
        raise Invalid("Expected to read a CSV file of actual values, but columns are missing", problems)
    return columns


def _place(session: Session, cycle: Cycle, row: Row, problems: list[Problem]) -> tuple[Review, Indicator] | None:
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
    problems += [Problem(p.message, f"row {row.number}, column {p.where}", p.code) for p in found]
    return (review, indicator) if review is not None and indicator is not None and not found else None


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


def _repetitions(accepted: Sequence[tuple[Row, Review, Indicator]]) -> list[Problem]:
    first: dict[tuple[int, str], int] = {}
    problems = []
    for row, review, indicator in accepted:
        before = first.setdefault((review.key, indicator.id), row.number)
        if before != row.number:
            sentence = Sentence("It repeats row {row}", row=before)
            problems.append(Problem(sentence, f"row {row.number}, column indicator", "repeated-row"))
    return problems
