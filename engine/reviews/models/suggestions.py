"""The tables of anonymous suggestions: nothing in them tells who wrote, from where, or when (record 0023)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Key
from engine.reviews.models.columns import stored, unordered_key


class Voice(StrEnum):
    """Who speaks in a suggestion."""

    AUTHOR = "author"
    """Whoever holds the code."""
    HR = "hr"
    """Somebody from HR, with a name."""
    LEADER = "leader"
    """The leader whom HR asked, with a name."""


class SuggestionSlip(Base):
    """What was put into the box and not taken out yet: a suggestion, or a reply of its author."""

    __tablename__ = "suggestion_slip"

    key: Mapped[int] = unordered_key()
    text: Mapped[str]
    locator: Mapped[str]
    """The part of the code by which the suggestion is found."""
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Of a suggestion; a reply has none."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)


class Suggestion(Base):
    """An anonymous suggestion, in the hands of HR since the box was emptied."""

    __tablename__ = "suggestion"

    key: Mapped[int] = unordered_key()
    locator: Mapped[str] = mapped_column(unique=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the salt and the code, which nobody but the author has."""
    received_on: Mapped[date]
    """The day on which the box was emptied, not that on which it was written."""
    closed_on: Mapped[date | None] = mapped_column(default=None)


class SuggestionEntry(Base):
    """What was said in a suggestion: by its author, by HR, by a leader."""

    __tablename__ = "suggestion_entry"
    __table_args__ = (UniqueConstraint("suggestion_key", "number"),)

    key: Mapped[int] = unordered_key()
    suggestion_key: Mapped[int] = mapped_column(Key, ForeignKey("suggestion.key"))
    number: Mapped[int]
    """Its place in the conversation."""
    voice: Mapped[Voice] = mapped_column(stored(Voice))
    text: Mapped[str]
    said_on: Mapped[date]
    said_by: Mapped[str] = mapped_column(default="")
    """The account of HR or the leader; always empty where the author speaks."""
