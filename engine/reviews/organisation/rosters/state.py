"""What the database holds of the organisation, as the records of a roster; and how changes of them are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engine.identity import BOUNDED, Account, Identity, Membership
from engine.reviews.files.lines import written
from engine.reviews.models import Person, Rater, Review, ReviewState, Role
from engine.reviews.organisation import amendments, people
from engine.reviews.organisation.rosters.sheets import BY_NAME, SHEETS, Column, Key, Kind, Record, Sheet

Records = dict[str, dict[Key, Record]]
"""Records by sheet and key."""

REFERRED = (
    ("departments", "key"),
    ("departments", "code"),
    ("posts", "key"),
    ("people", "key"),
    ("people", "username"),
)
"""What others keep of the rows that they refer to."""

ENTITIES = ("departments", "posts", "people")
"""The sheets whose rows others refer to; among themselves in any order."""


class Effect(StrEnum):
    """What a change does."""

    ADD = "add"
    CHANGE = "change"
    LEAVE = "leave"
    """Somebody's employment gets its last day."""


@dataclass(frozen=True, slots=True)
class Change:
    """One record that is to be added or changed."""

    sheet: Sheet
    before: Record | None
    after: Record

    @property
    def effect(self) -> Effect:
        """What it does."""
        if self.before is None:
            return Effect.ADD
        ends = self.sheet.name == "spells" and not self.before["valid_until"] and self.after["valid_until"]
        return Effect.LEAVE if ends else Effect.CHANGE

    @property
    def subject(self) -> str:
        """The employee id or code whose record it is."""
        return self.after[self.sheet.key[0]]


@dataclass(slots=True)
class State:
    """The organisation as the database holds it."""

    records: Records
    rows: dict[str, dict[Key, Any]]
    """The mapped row of each record."""
    busy: frozenset[str]
    """The accounts that running reviews address tasks to: they cannot be exchanged for others."""


def load(session: Session) -> State:
    """Read the whole organisation."""
    held = {sheet.name: session.scalars(select(sheet.model)).all() for sheet in SHEETS}
    names = _names(held)
    state = State({sheet.name: {} for sheet in SHEETS}, {sheet.name: {} for sheet in SHEETS}, _busy(session))
    roles = {role.value for role in Role}
    for sheet in SHEETS:
        for row in held[sheet.name]:
            if isinstance(row, Membership) and not (row.role in roles and row.username in names["people", "username"]):
                continue  # an operator's group, or an account that is nobody's
            record = {column.name: _written(column, row, names) for column in sheet.columns}
            key = sheet.key_of(record)
            state.records[sheet.name][key] = record
            state.rows[sheet.name][key] = row
    return state


def write(session: Session, state: State, changes: Iterable[Change], *, by: Identity) -> None:
    """Write changes to the database, each with its amendment: first what others refer to, then the references."""
    todo = list(changes)
    for change in todo:
        if change.sheet.name in ENTITIES:
            _write(session, state, change, references=False)
    session.flush()  # references need their rows
    for change in todo:
        if change.sheet.name not in ENTITIES or any(c.kind is Kind.REFERENCE for c in change.sheet.columns):
            _write(session, state, change, references=True)
        amendments.note(session, change.sheet.name, change.subject, change.before, change.after, by=by)
    session.flush()  # so that what follows in this transaction finds the organisation as it is now


def _names(held: Mapping[str, Iterable[Any]]) -> dict[tuple[str, str], dict[Any, str]]:
    """Name the rows that others refer to by what these keep of them."""
    return {
        (name, through): {getattr(row, through): getattr(row, BY_NAME[name].key[0]) for row in held[name]}
        for name, through in REFERRED
    }


def _busy(session: Session) -> frozenset[str]:
    running = Review.state.in_((ReviewState.RUNNING, ReviewState.RELEASED))
    rating = select(Rater.person_key).join(Review, Review.key == Rater.review_key).where(running)
    parts = (Review.appraisee_key, Review.superior_key, Review.second_superior_key)
    taking_part = or_(Person.key.in_(rating), *(Person.key.in_(select(part).where(running)) for part in parts))
    return frozenset(session.scalars(select(Person.username).where(taking_part)))


def _written(column: Column, row: Any, names: Mapping[tuple[str, str], Mapping[Any, str]]) -> str:
    value = getattr(row, column.held_as)
    if column.kind is Kind.REFERENCE and value is not None:
        value = names[column.refers, column.through][value]
    return written(value)


def _write(session: Session, state: State, change: Change, *, references: bool) -> None:
    """Write one record: of what others refer to, either its own columns or its references."""
    sheet, key = change.sheet, change.sheet.key_of(change.after)
    whole = sheet.name not in ENTITIES
    columns = [c for c in sheet.columns if whole or (c.kind is Kind.REFERENCE) == references]
    values = {column.held_as: _held(state, column, change.after[column.name]) for column in columns}
    if sheet.model is Membership:
        values["group"] = BOUNDED.join(filter(None, (values.pop("role"), values.pop("scope"))))
    row = state.rows[sheet.name].get(key)
    if row is None:
        if sheet.name == "people":
            people.give_account(session, change.after["username"])
        row = state.rows[sheet.name][key] = sheet.model(**values)
        session.add(row)
        return
    if isinstance(row, Person) and "username" in values and row.username != values["username"]:
        _exchange_account(session, row.username, values["username"])
    for attribute, value in values.items():
        setattr(row, attribute, value)


def _held(state: State, column: Column, written: str) -> Any:
    """Return what a column's attribute holds for what is written."""
    if column.kind is Kind.REFERENCE:
        return getattr(state.rows[column.refers][(written,)], column.through) if written else None
    if column.kind is Kind.DAY:
        return date.fromisoformat(written) if written else None
    return written


def _exchange_account(session: Session, before: str, after: str) -> None:
    """Give somebody another account: the roles go over, and the one before can no longer log in (E-19)."""
    people.give_account(session, after)
    session.execute(update(Membership).where(Membership.username == before).values(username=after))
    session.get_one(Account, before).disabled = True
