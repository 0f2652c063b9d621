"""The result sheet: every figure with its inputs and its formula, so that anybody can recompute it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Input:
    """Something a figure was computed from."""

    label: str
    value: str
    source: str = ""
    """Where it comes from, such as a file, a person or a version."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed number and how it came about."""

    value: Decimal
    formula: str
    """The computation with its numbers in place, such as `30 × 480 ÷ 500`."""
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator."""

    name: str
    weight: Decimal
    target: str
    """The target, or for a qualitative indicator the scale's maximum."""
    achieved: str
    """The actual, or the rating."""
    score: Figure
    note: str = ""
    """What a reader must know, such as weights that were spread over the groups that rated."""


@dataclass(frozen=True, slots=True)
class Section:
    """A group of indicators."""

    name: str
    weight: Decimal
    target_label: str
    achieved_label: str
    rows: tuple[Row, ...]
    total: Figure


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """What the result page shows."""

    appraisee: str
    department: str
    position: str
    cycle: str
    period: str
    zone: ZoneInfo
    sections: tuple[Section, ...]
    total: Figure
    band: str
    band_rule: str
    """Why it is this band, such as `80 ≤ 87.68 < 90`."""
    version: int
    computed: datetime
    released: datetime | None
    versions_used: tuple[Input, ...] = ()
    """The versions of the rules that the result was computed with."""
    appeal: str = ""
    """Where to lodge an appeal; empty where that is not possible now."""
