"""The rows of a list: which of the rows that somebody sends back is which of those that the form began with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.bpmn.forms.components import COMPUTED, Component, within
from engine.bpmn.forms.numbers import number, same
from engine.bpmn.forms.paths import MISSING, Answers, Path, at

Sources = list[int | None]


def fixed(component: Component, rows: Sequence[Any], start: Sequence[Answers]) -> tuple[Sources, list[int]]:
    """Return the source of each row of a list that cannot grow, and the rows that are not the ones in their place.

    A row is known by what is read-only in it, so that no rating reaches a person other than the one it was meant for.
    """
    marks = _marks(component)
    foreign = [index for index, row in enumerate(rows) if not _bears(row, start[index], marks, lenient=True)]
    return list(range(len(rows))), foreign


def grown(
    component: Component, rows: Sequence[Any], start: Sequence[Answers], fresh: Answers
) -> tuple[Sources, list[int]]:
    """Return the source of each row of a list that can grow, None for a new row, and the rows that are neither.

    Where nothing in a row is read-only, every row counts as new: which one it was, nobody can tell.
    """
    marks = _marks(component)
    sources: Sources = []
    foreign: list[int] = []
    following = 0
    for index, row in enumerate(rows):
        fitting = (at for at in range(following, len(start)) if marks and _bears(row, start[at], marks, lenient=False))
        source = next(fitting, None)
        following = following if source is None else source + 1
        if source is None and not _bears(row, fresh, marks, lenient=False):
            foreign.append(index)
        sources.append(source)
    return sources, foreign


def _marks(component: Component) -> list[Path]:
    return [
        path
        for field, path, locked in within(component)
        if locked and field.keyed and field.type != COMPUTED and field.condition is None and not field.disabled
    ]


def _bears(row: object, shown: Answers, marks: list[Path], *, lenient: bool) -> bool:
    pairs = [(at(row, path, MISSING if lenient else None), at(shown, path)) for path in marks]
    return all(given is MISSING or _looks_like(given, held) for given, held in pairs)


def _looks_like(given: object, held: object) -> bool:
    """Tell whether two values are the same to a browser, whose numbers have 53 bits."""
    left, right = (None if isinstance(value, str) else number(value) for value in (given, held))
    return float(left) == float(right) if left is not None and right is not None else same(given, held)
