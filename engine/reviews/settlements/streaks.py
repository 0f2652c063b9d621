"""Streaks: results in a row that open something, such as A three times for promotion (X-16, section 5 rule 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, CycleKind, Person, Review, ReviewState
from engine.reviews.organisation import people
from engine.reviews.release import results


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
        levels: the ids of the grades that count.
        below: totals below it count too, whatever their grade: two months under target (L003-21).
        n: how many in a row.
        unit: the kind of period that is counted; others are passed over.
        unrated: what a period does in which somebody was in service and not rated, as on leave.
        absent: what a period does of which there is no cycle at all.
    """

    id: str
    name: str
    n: int
    unit: CycleKind
    levels: tuple[str, ...] = ()
    below: Fraction | None = None
    unrated: Gap = Gap.SKIP
    absent: Gap = Gap.END
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What a streak knows of one period of somebody's: `grade` is None where they were not rated in it."""

    key: int
    """The review."""
    kind: CycleKind
    starts_on: date
    ends_on: date
    grade: str | None
    """The id of the level in force."""
    total: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """That somebody has reached a streak, and the periods that make it."""

    person: Person
    rule: StreakRule
    periods: tuple[Period, ...]

    @property
    def review_keys(self) -> list[int]:
        """Name the reviews that make it, the oldest first."""
        return [period.key for period in self.periods]


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


def of_person(session: Session, person_key: int, until: date) -> list[Period]:
    """List what streaks know of somebody up to a day: released results in force, and the periods without one.

    Pilots count nowhere; a review that is not over yet is not there yet.
    """
    rows = session.execute(
        select(Cycle, Review)
        .join(Review, Review.cycle_key == Cycle.key)
        .where(Review.appraisee_key == person_key, Cycle.pilot.is_(False), Cycle.ends_on <= until)
        .order_by(Cycle.starts_on)
    )
    return [period for cycle, review in rows if (period := _period(session, cycle, review)) is not None]


def standings(session: Session, cycle: Cycle, rules: Sequence[StreakRule]) -> list[Standing]:
    """List who of a cycle has reached which streak by its end: proposals to HR, nothing follows by itself."""
    found = []
    for review in cycles.reviews_of(session, cycle):
        periods = of_person(session, review.appraisee_key, cycle.ends_on)
        for rule in rules:
            streak = running(rule, periods)
            if len(streak) >= rule.n and streak[-1].key == review.key:
                found.append(Standing(people.by_key(session, review.appraisee_key), rule, tuple(streak)))
    return found


def _period(session: Session, cycle: Cycle, review: Review) -> Period | None:
    result = results.newest(session, review)
    unrated = Period(key=review.key, kind=cycle.kind, starts_on=cycle.starts_on, ends_on=cycle.ends_on, grade=None)
    if result is not None and result.annulled:
        return unrated
    if result is not None and result.released_at is not None:
        return replace(unrated, grade=results.level_id(session, result), total=Fraction(Decimal(result.total)))
    return unrated if review.state is ReviewState.CLOSED else None


def _counts(rule: StreakRule, period: Period) -> bool:
    return period.grade in rule.levels or (rule.below is not None and period.total < rule.below)
