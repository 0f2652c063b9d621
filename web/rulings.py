"""Rulings: which tables decided on the rules of a review, with what they were asked and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.reviews.models import Review
from engine.reviews.rulebook import assignments
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one table decided."""

    table: str
    version: int
    asked: tuple[tuple[str, str], ...]
    """Each input by its name in the table."""
    answered: tuple[tuple[str, str], ...]
    """Each output that is not empty."""


def of_review(review: Review) -> tuple[Ruling, ...]:
    """Read which tables decided on the rules of a review."""
    return tuple(
        Ruling(one["decision"], one["version"], _listed(one["inputs"]), _listed(one["output"]))
        for one in assignments.records(review)
    )


def _listed(values: object) -> tuple[tuple[str, str], ...]:
    named = values if isinstance(values, Mapping) else {"": values}
    return tuple((name, _said(value)) for name, value in named.items() if value not in ("", None))


def _said(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)
