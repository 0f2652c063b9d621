"""Find the rules of a table that match the same inputs, before anything is decided (DMN 1.5, section 8.2.10).

A finding is proved by witnesses: values, one for each input, that both rules admit. Where a cell reads variables, or
inputs depend on each other, or a table is very large, nothing is proved, and uniqueness is checked when the table
decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from engine import feel
from engine.dmn.constants import is_fixed
from engine.feel.literals import parse_at
from engine.feel.numbers import CONTEXT, ONE
from engine.feel.run import Run
from engine.feel.text import to_text
from engine.feel.values import Value

MAXIMUM_RULES = 500
_MAXIMUM_TRIALS = 1_200_000  # of one column's witnesses in its cells: about a second
_MAXIMUM_FINDINGS = 20
_PLAIN = re.compile(r"[^\W\d][\w ]*(?:\.[^\W\d][\w ]*)*")


@dataclass(frozen=True, slots=True)
class Column:
    """An input as it is written, the names it reads, the values allowed for it, and its cells, one for each rule."""

    text: str
    names: frozenset[str]
    allowed: feel.UnaryTests | None
    cells: tuple[feel.UnaryTests, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it is a variable or a path, which may have any value."""
        return _PLAIN.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules, by their places from 0, and inputs that both admit, as text."""

    first: int
    second: int
    inputs: str


def overlaps(columns: Sequence[Column], rules: int) -> Iterator[Overlap]:
    """Go through the pairs of rules that certainly overlap, the first few of them."""
    columns = [column for column in columns if not all(cell.always for cell in column.cells)]
    if not columns or rules > MAXIMUM_RULES or not _independent(columns):
        return
    witnesses = [_witnesses(column) for column in columns]
    masks = [_masks(column, values) for column, values in zip(columns, witnesses, strict=True)]
    found = 0
    for first, second in combinations(range(rules), 2):
        common = [mask[first] & mask[second] for mask in masks]
        if all(common):
            yield Overlap(first, second, _inputs(columns, witnesses, common))
            found += 1
            if found == _MAXIMUM_FINDINGS:
                return


def _inputs(columns: Sequence[Column], witnesses: Sequence[Sequence[Value]], common: Sequence[int]) -> str:
    chosen = (values[(mask & -mask).bit_length() - 1] for values, mask in zip(witnesses, common, strict=True))
    return ", ".join(f"{column.text} = {_written(value)}" for column, value in zip(columns, chosen, strict=True))


def _written(value: Value) -> str:
    return to_text([value])[1:-1]


def _independent(columns: Sequence[Column]) -> bool:
    for one, other in combinations(columns, 2):
        if one.is_plain and other.is_plain:
            shorter, longer = sorted([one.text, other.text], key=len)
            if longer == shorter or longer.startswith(shorter + "."):
                return False
        elif one.names & other.names:
            return False
    return True


def _witnesses(column: Column) -> list[Value]:
    """Collect values that tell the cells of a column apart."""
    constants = dict.fromkeys(value for cell in column.cells for value in cell.constants)
    if column.allowed is not None:
        constants.update(dict.fromkeys(column.allowed.constants))
    values = dict.fromkeys(_temporal(constants))
    values.update(dict.fromkeys(constants))
    if column.is_plain:
        values.update(dict.fromkeys(_between(sorted(value for value in constants if type(value) is Decimal))))
        if any(type(value) is str for value in constants):
            values[_other(constants)] = None
    if any(type(value) is bool for value in constants):
        values.update({True: None, False: None})
    return [value for value in values if column.allowed is None or column.allowed.admit(Run(None), value, {})]


def _temporal(constants: dict[Value, None]) -> Iterator[Value]:
    """Read the texts in `date("2025-09-30")` and their like."""
    for value in constants:
        moment = parse_at(value) if type(value) is str else None
        if moment is not None:
            yield moment


def _between(numbers: Sequence[Decimal]) -> Iterator[Decimal]:
    if numbers:
        yield from (CONTEXT.subtract(numbers[0], ONE), CONTEXT.add(numbers[-1], ONE))
    for low, high in pairwise(numbers):
        yield CONTEXT.divide(CONTEXT.add(low, high), Decimal(2))


def _other(constants: dict[Value, None]) -> str:
    text = "…"
    while text in constants:
        text += "…"
    return text


def _masks(column: Column, witnesses: Sequence[Value]) -> list[int]:
    """Return for each rule which of the witnesses its cell admits, as the bits of a number."""
    if len(witnesses) * len(column.cells) > _MAXIMUM_TRIALS:
        return [0] * len(column.cells)
    return [_mask(cell, witnesses) for cell in column.cells]


def _mask(cell: feel.UnaryTests, witnesses: Sequence[Value]) -> int:
    if cell.always:
        return (1 << len(witnesses)) - 1
    if not is_fixed(cell):
        return 0
    return sum(1 << place for place, value in enumerate(witnesses) if _admits(cell, value))


def _admits(cell: feel.UnaryTests, value: Value) -> bool:
    try:
        return cell.admit(Run(None), value, {})
    except feel.FeelEvaluationError:
        return False
