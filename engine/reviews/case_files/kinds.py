"""Kinds: which tables a case file is made of, whose rows they are, and who may read them there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, Enum
from sqlalchemy.orm import Session

from engine.db import Base
from engine.identity import Identity


class Subject(StrEnum):
    """What a case file is about."""

    REVIEW = "review"
    """A review with its second sheet, its appeals and plans."""
    APPEAL = "appeal"
    """One appeal, with the review it is about."""
    PLAN = "plan"
    """One improvement plan with those it goes on from, the reviews that any ground rests on, and their appeals."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a case file is about, and the keys of all that belongs to it."""

    subject: Subject
    key: int
    review_key: int
    """The review that heads it."""
    person_key: int
    cycle_key: int
    reviews: frozenset[int]
    appeals: frozenset[int]
    plans: frozenset[int]

    @property
    def about(self) -> str:
        """Name it as disclosures do."""
        return f"{self.subject.value} {self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table of which a case file has the rows that belong to its case and that its reader may see.

    Attributes:
        title: what a row is, in both languages.
        at: the column with the instant at which a row was written; empty where none says so.
        by: the column with the account that wrote it; empty where none says so, or where nobody is to be told.
        of: the condition for the rows of a case.
        visible: the condition for those somebody may read.
        without: columns that are in no case file, such as who computed a result.
        long: columns that only the JSON has.
        changing: columns that may change after the row was written; verifying passes over them.
        once: columns that may be empty at first and never change once they are filled in; verifying holds them to that.
        words: what columns are called, in both languages, where `engine.reviews.papers.columns` does not say it.
    """

    name: str
    title: tuple[str, str]
    table: type[Base]
    of: Callable[[Case], ColumnElement[bool]]
    visible: Callable[[Session, Identity], ColumnElement[bool]]
    at: str = ""
    by: str = ""
    without: str = ""
    long: str = ""
    changing: str = ""
    once: str = ""
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns that an entry records."""
        left_out = {self.key, self.at, self.by, *self.without.split()}
        return tuple(one.key for one in self.table.__mapper__.column_attrs if one.key not in left_out)

    @property
    def states(self) -> dict[str, type[StrEnum]]:
        """Name the columns that say one of several states, kinds or choices, with which."""
        typed = {one.name: one.type for one in self.table.__mapper__.columns if one.name in self.columns}
        listed = {name: kind.enum_class for name, kind in typed.items() if isinstance(kind, Enum)}
        return {name: kind for name, kind in listed.items() if kind is not None and issubclass(kind, StrEnum)}

    @property
    def key(self) -> str:
        """Name the column with the key of a row."""
        name: str = self.table.__mapper__.primary_key[0].name
        return name
