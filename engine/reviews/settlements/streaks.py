"""Streaks: results in a row that open something, such as A three times for promotion (X-16, section 5 rule 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.reviews.models import CycleKind


class Gap(StrEnum):
    """What a period without a result does to a streak."""

    SKIP = "skip"
    """It neither counts nor ends it: a month on approved leave (E-16, W-13)."""
    END = "end"
    """It ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreakRule:
    """Results in a row that open something.

    Attributes:
        levels: the ids of the grades that count; empty where `missed` counts instead.
        missed: whether periods below target count, whatever their grade.
        n: how many in a row.
        unit: the kind of period that is counted; others are passed over.
        unrated: what a period does in which somebody was in service and not rated, as on leave.
        absent: what a period does of which there is no cycle at all.
    """

    id: str
    name: str
    n: int
    unit: CycleKind
    levels: frozenset[str] = frozenset()
    missed: bool = False
    unrated: Gap = Gap.SKIP
    absent: Gap = Gap.END
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What a streak knows of one period of somebody's: `grade` is None where they were not rated in it."""

    key: int
    """The result in force, or the review where there is none."""
    kind: CycleKind
    starts_on: date
    ends_on: date
    grade: str | None
    missed: bool = False


def running(rule: StreakRule, periods: Sequence[Period]) -> list[Period]:
    """List the periods of the streak that runs up to the newest one; the oldest first, nothing where none runs.

    Cycles and superiors in between make no difference: a streak crosses the year (W-13).
    """
    streak: list[Period] = []
    newer: Period | None = None
    for period in sorted(
        (one for one in periods if one.kind is rule.unit), key=lambda one: one.starts_on, reverse=True
    ):
        if newer is not None and rule.absent is Gap.END and period.ends_on + timedelta(days=1) < newer.starts_on:
            break
        if period.grade is not None and not _counts(rule, period):
            break
        if period.grade is None and rule.unrated is Gap.END:
            break
        if period.grade is not None:
            streak.append(period)
        newer = period
    return streak[::-1]


def is_reached(rule: StreakRule, periods: Sequence[Period]) -> bool:
    """Tell whether the streak that runs is long enough."""
    return len(running(rule, periods)) >= rule.n


def _counts(rule: StreakRule, period: Period) -> bool:
    return period.missed if rule.missed else period.grade in rule.levels
