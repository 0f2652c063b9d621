"""Exports: the results of a cycle as a table, as far as somebody may see them; each leaves a disclosure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.files import workbooks
from engine.reviews.files.workbooks import Cell
from engine.reviews.models import Cycle, DisclosureKind, Person, Result, Review, ReviewState, SignOff
from engine.reviews.organisation import people, snapshots
from engine.reviews.papers.signatures import ANSWERS
from engine.reviews.reports import disclosures, printing, sheets
from engine.reviews.reports.sheets import Sheet

STATES = {
    ReviewState.ENROLLED: ("已列入", "Enrolled"),
    ReviewState.RUNNING: ("进行中", "Running"),
    ReviewState.RELEASED: ("已发布", "Released"),
    ReviewState.SIGNED: ("签认情况已记录", "Answer on record"),
    ReviewState.CLOSED: ("行政关闭(非签署)", "Administratively closed, no signature"),
}
HEADINGS = (
    ("周期", "Cycle"),
    ("工号", "Employee id"),
    ("姓名", "Name"),
    ("部门", "Department"),
    ("岗位", "Post"),
    ("直接上级", "Superior"),
    ("状态", "State"),
    ("签认", "Answer"),
    ("结果版本", "Version"),
    ("发布时间", "Released"),
    ("总分", "Total"),
    ("等级", "Grade"),
    ("按天加权的各表", "Sheets weighed by days"),
)


class Form(StrEnum):
    """How a table is written."""

    XLSX = "xlsx"
    """A workbook."""
    CSV = "csv"
    """UTF-8 with commas."""


def of_results(session: Session, cycle: Cycle, *, form: Form, by: Identity, chinese: bool = True) -> bytes:
    """Write the results of a cycle, one line per review that somebody may see, with the score of each section.

    What raters gave is in no line: of a group that must stay anonymous nothing can be counted out.

    Raises:
        NotFound: `by` may know of no review there.
    """
    found = session.scalars(
        select(Review)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Review.cycle_key == cycle.key, access.scorecards(session, by))
        .order_by(Person.employee_id)
    ).all()
    if not found:
        raise NotFound(
            "Expected to export the results of cycle {label}, but {username} may know of none",
            label=cycle.label,
            username=by.username,
        )
    printed = [(review, _sheet(session, review, by)) for review in found]
    columns = _section_columns([sheet for _, sheet in printed if sheet], chinese=chinese)
    headings = [*(both[not chinese] for both in HEADINGS), *columns.values()]
    rows = [
        [cycle.label, *_row(session, review, sheet, by, chinese=chinese), *_scores(sheet, list(columns))]
        for review, sheet in printed
    ]
    title = "绩效结果" if chinese else "Results"
    is_workbook = form is Form.XLSX
    content = workbooks.xlsx([(title, headings, rows)]) if is_workbook else workbooks.csv_text(headings, rows)
    disclosures.record(
        session, DisclosureKind.RESULTS, content, form=form.value, rows=len(rows), by=by, cycle_key=cycle.key
    )
    return content


def _sheet(session: Session, review: Review, by: Identity) -> Sheet | None:
    seen = select(Result.key).where(Result.review_key == review.key, access.results(session, by))
    return None if session.scalar(seen.limit(1)) is None else sheets.of_review(session, review, by=by)


def _section_columns(printed: Sequence[Sheet], *, chinese: bool) -> dict[str, str]:
    """Name the sections of all templates in their order; where groups blend totals, none has one score."""
    return {
        part.section: f"{part.name if chinese or not part.name_en else part.name_en} ({part.weight}%)"
        for sheet in printed
        for part in sheet.sections
        if part.group is None
    }


def _row(session: Session, review: Review, sheet: Sheet | None, by: Identity, *, chinese: bool) -> Iterator[Cell]:
    person = people.by_key(session, review.appraisee_key)
    superior = people.by_key(session, review.superior_key) if review.superior_key else None
    department, post = snapshots.place(session, review)
    yield person.employee_id
    for named in (person, department, post, superior):
        yield "" if named is None else named.name if chinese else named.name_en or named.name
    yield STATES[review.state][not chinese]
    yield _answer(session, review, sheet, by, chinese=chinese)
    released = datetime.fromisoformat(sheet.released_at) if sheet and sheet.released_at else None
    yield sheet.version if sheet else None
    yield printing.moment(session, review, released)
    yield sheet.total if sheet else None
    yield (sheet.grade or "") if sheet else ""
    yield "; ".join(f"{covers}: {total} × {days}" for covers, days, total in sheet.by_days()) if sheet else ""


def _answer(session: Session, review: Review, sheet: Sheet | None, by: Identity, *, chinese: bool) -> str:
    if sheet is None:
        return ""
    shown = select(Result.key).where(Result.review_key == review.key, Result.version == sheet.version)
    answer = session.scalar(select(SignOff.answer).where(SignOff.result_key.in_(shown), access.sign_offs(session, by)))
    return ANSWERS[answer][not chinese] if answer else ""


def _scores(sheet: Sheet | None, sections: Sequence[str]) -> list[Cell]:
    scores = {part.section: Decimal(part.score) for part in sheet.sections if part.group is None} if sheet else {}
    return [scores.get(section) for section in sections]
