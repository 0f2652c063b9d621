"""Column types that the tables of HR share."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum, ForeignKey
from sqlalchemy.orm import MappedColumn, mapped_column

from engine import keys
from engine.db import Key


def own_key() -> MappedColumn[int]:
    """Make a primary key that is issued when the row is made (D12)."""
    return mapped_column(Key, primary_key=True, autoincrement=False, default_factory=keys.issue, kw_only=True)


def unordered_key() -> MappedColumn[int]:
    """Make a primary key that does not tell when its row was made, nor after which other."""
    return mapped_column(Key, primary_key=True, autoincrement=False, default_factory=keys.issue_unordered, kw_only=True)


def link(target: str, *, index: bool = True) -> MappedColumn[int]:
    """Make a reference to another row's key."""
    return mapped_column(Key, ForeignKey(target), index=index)


def optional_link(target: str) -> MappedColumn[int | None]:
    """Make a reference that may be empty."""
    return mapped_column(Key, ForeignKey(target), default=None)


def stored(kind: type[StrEnum]) -> Enum:
    """Store an enum by its value, as a short string that a migration need not know."""
    return Enum(
        kind, native_enum=False, length=32, values_callable=lambda members: [member.value for member in members]
    )
