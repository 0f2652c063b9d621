"""Entries: what a case file tells in the order in which it happened, each thing as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.case_files import processes, transitions
from engine.reviews.case_files.kinds import Case, Kind
from engine.reviews.case_files.sources import kinds
from engine.reviews.case_files.transitions import Transition
from engine.reviews.models import Rater, Rating

TRANSITION = "transition"
"""The kind of what the history tells."""

ACCOUNTS = ("witness", "holder")
"""Columns with an account that do not end with `_by`."""

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that a case file tells.

    Attributes:
        at: None where nothing says when; such things stand first.
        by: the account; None where nobody is told who it was.
        record: its columns by name, as JSON has them; of a transition what proves it.
    """

    kind: str
    key: int
    at: datetime | None
    by: str | None
    record: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Write it as the file has it."""
        at = self.at.isoformat() if self.at else None
        return {"kind": self.kind, "key": str(self.key), "at": at, "by": self.by, "record": dict(self.record)}


@dataclass(frozen=True, slots=True)
class Told:
    """A case file before it is written."""

    case: Case
    as_of: datetime
    made_for: str
    heading: dict[str, Any]
    people: dict[str, str]
    """Names by key and by account, of those whom it mentions."""
    entries: Sequence[Entry]
    instances: Sequence[dict[str, Any]]


def of_case(session: Session, case: Case, *, by: Identity, opened: bool) -> list[Entry]:
    """List everything of a case that somebody may see, in order; anonymous ratings only where they are `opened`."""
    found = [*_records(session, case, by=by, opened=opened), *_transitions(session, case, by=by)]
    return sorted(found, key=lambda entry: (entry.at or _BEFORE_ALL, entry.key))


def recorded(kind: Kind, row: object) -> dict[str, Any]:
    """Write the columns of a row as JSON has them; keys are texts, because programs that read JSON may round them."""
    return {name: _plain(name, getattr(row, name)) for name in kind.columns}


def persons_in(entries: Iterable[Entry]) -> tuple[set[int], set[str]]:
    """Name the people whom entries mention: by key, and by account."""
    by_key, by_account = set[int](), set[str]()
    for entry in entries:
        by_account |= {entry.by} if entry.by else set()
        persons = () if entry.kind == TRANSITION else _persons(kinds()[entry.kind])
        for name, value in entry.record.items():
            if value and name in persons:
                by_key.add(int(value))
            elif value and (name.endswith("_by") or name in ACCOUNTS):
                by_account.add(str(value))
    return by_key, by_account


def _persons(kind: Kind) -> set[str]:
    """Name the columns that refer to people."""
    columns = kind.table.__mapper__.columns
    return {one.name for one in columns if any(key.target_fullname == "person.key" for key in one.foreign_keys)}


def _records(session: Session, case: Case, *, by: Identity, opened: bool) -> Iterator[Entry]:
    for kind in kinds().values():
        yield from _of_kind(session, kind, kind.of(case), kind.visible(session, by))
    if opened:
        kind, own = kinds()["rating"], Rating.review_key.in_(case.reviews)
        anonymous = select(Rater.key).where(Rater.anonymous)
        seen = kind.visible(session, by)
        yield from _of_kind(session, kind, own, Rating.rater_key.in_(anonymous) & ~seen)


def _of_kind(session: Session, kind: Kind, *conditions: ColumnElement[bool]) -> Iterator[Entry]:
    for row in session.scalars(select(kind.table).where(*conditions)):
        yield Entry(
            kind=kind.name,
            key=getattr(row, kind.key),
            at=getattr(row, kind.at) if kind.at else None,
            by=getattr(row, kind.by) if kind.by else None,
            record=recorded(kind, row),
        )


def _transitions(session: Session, case: Case, *, by: Identity) -> Iterator[Entry]:
    for instance in processes.of_case(session, case, by=by):
        for told in transitions.told(session, instance, by=by):
            yield Entry(
                kind=TRANSITION,
                key=instance.key,
                at=told.entry.at,
                by=told.entry.by if told.tells_who else None,
                record=_proven(told),
            )


def _proven(told: Transition) -> dict[str, Any]:
    node = told.net.by_id.get(told.element_id)
    return {
        "event": told.entry.event.value,
        "element": told.entry.element_id,
        "name": transitions.reminded_of(told) or (node.name if node else "") or told.net.name,
        "proof": told.entry.proof,
    }


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if value is not None and (name == "key" or name.endswith("_key")) else value
