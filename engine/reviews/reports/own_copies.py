"""Own copies: everything about somebody, for that person, without the identity of others who rated (E-65).

Personal Information Protection Law art. 45: whoever asks is given a copy. Nothing is in it that the person may not see
on the pages: a result that is not released is missing, and so is what raters gave one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from engine import clock, exact_json
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import (
    Department,
    DisclosureKind,
    Person,
    Placement,
    Post,
    Rater,
    Rating,
    ReportingLine,
    Result,
    Review,
)
from engine.reviews.organisation import people
from engine.reviews.papers import own_data
from engine.reviews.rating import raters
from engine.reviews.reports import disclosures, sheets
from engine.reviews.reports.own_kinds import KINDS


class Form(StrEnum):
    """How a copy is written."""

    JSON = "json"
    """For programs, with every figure of the results."""
    PDF = "pdf"
    """For people."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one kind, each by the names of its columns."""

    name: str
    title: tuple[str, str]
    rows: list[dict[str, Any]]


def of_oneself(session: Session, *, form: Form, by: Identity) -> bytes:
    """Write a copy of everything about whoever asks; it leaves a disclosure.

    Raises:
        NotFound: the account is nobody's.
    """
    person = people.named(session, by.username)
    records = list(_records(session, person, by))
    if form is Form.PDF:
        content = own_data.of_person(session, person, [(one.title, one.rows) for one in records])
    else:
        told = {one.name: one.rows for one in records}
        at = clock.now(session).isoformat()
        copy = {"asOf": at, **told, "resultSheets": list(_sheets(session, person, by))}
        content = exact_json.dumps(copy)
    rows = sum(len(one.rows) for one in records)
    disclosures.record(
        session, DisclosureKind.OWN_COPY, content, form=form.value, rows=rows, by=by, person_key=person.key
    )
    return content


def _records(session: Session, person: Person, by: Identity) -> Iterator[Records]:
    for kind in KINDS:
        yield Records(kind.name, kind.title, _rows(session, kind.of_person(person)))
    placed = (
        select(Department.name.label("department"), Post.name.label("post"), *_days(Placement))
        .join(Department, Department.key == Placement.department_key)
        .outerjoin(Post, Post.key == Placement.post_key)
        .where(Placement.person_key == person.key)
    )
    yield Records("placements", ("部门与岗位", "Departments and posts"), _rows(session, placed))
    led = (
        select(Person.name.label("superior"), ReportingLine.kind, *_days(ReportingLine))
        .join(Person, Person.key == ReportingLine.superior_key)
        .where(ReportingLine.person_key == person.key)
    )
    yield Records("lines", ("汇报关系", "Reporting lines"), _rows(session, led))
    given = (
        select(Rating.review_key, Rating.indicator_id, Rating.version, Rating.rating, Rating.comment)
        .join(Rater, Rater.key == Rating.rater_key)
        .where(Rater.person_key == person.key, Rater.group_id == raters.SELF)
    )
    yield Records("selfRatings", ("自评", "Self-ratings"), _rows(session, given))
    released = select(Result.review_key, Result.version, Result.total, Result.grade, Result.released_at)
    yield Records("results", ("结果", "Results"), _rows(session, released.where(*_own_results(session, person, by))))


def _days(table: type[Placement | ReportingLine]) -> tuple[ColumnElement[date], ColumnElement[date | None]]:
    return table.valid_from.expression, table.valid_until.expression


def _own_results(session: Session, person: Person, by: Identity) -> tuple[ColumnElement[bool], ...]:
    """Choose the person's own released results, and none that the person sees for another reason."""
    mine = select(Review.key).where(Review.appraisee_key == person.key)
    return Result.review_key.in_(mine), Result.released_at.is_not(None), access.results(session, by)


def _sheets(session: Session, person: Person, by: Identity) -> Iterator[dict[str, Any]]:
    """Give the figures of every released result; who computed it, and so perhaps rated last, is left out.

    Plans are records of their own in the copy.
    """
    released = select(Result).where(*_own_results(session, person, by)).order_by(Result.key)
    for result in session.scalars(released).all():
        review = reviews.found(session, result.review_key)
        sheet = sheets.of_review(session, review, by=by, version=result.version).to_json()
        yield {name: value for name, value in sheet.items() if name not in ("computed_by", "plans")}


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    found = session.execute(statement).mappings()
    return [{name: _plain(name, value) for name, value in row.items()} for row in found]


def _plain(name: str, value: Any) -> Any:
    """Write what JSON has no word for; keys are texts, because programs that read JSON may round them."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if name == "key" or name.endswith("_key") else value
