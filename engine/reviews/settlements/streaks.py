"""Streaks: results in a row that open something, such as A three times for promotion (X-16, section 5 rule 11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import eq, gt

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, CycleKind, CycleState, Person, Result, Review, ReviewState, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.rulebook import grade_mappings, templates
from engine.reviews.scores import rankings
from engine.reviews.scores.rankings import Ties


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
        share: being among the first of its cycle counts too, 10 meaning the first 10 per cent (L003-18).
        ties: what becomes of those who tie at that line; must be said where `share` is (E-39).
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
    share: Fraction | None = None
    ties: Ties | None = None
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
    above: int = 0
    """How many of the cycle have a higher total."""
    tied: int = 1
    """How many have this total, the own included."""
    size: int = 1
    """How many of the cycle have a total."""

    def is_among(self, share: Fraction, ties: Ties | None) -> bool:
        """Tell whether it is among the first `share` per cent of its cycle."""
        first = rankings.places(share / 100, self.size)
        return self.above < first if ties is Ties.ALL else self.above + self.tied <= first


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


class Ranks:
    """How totals stand among those of their cycle, each cycle read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._totals: dict[int, dict[int, Fraction]] = {}

    def ranked(self, period: Period) -> Period:
        """Say how the total of a period stands; one without a grade stands nowhere."""
        if period.grade is None:
            return period
        totals = self._of_cycle(self._session.get_one(Review, period.key).cycle_key)
        others = [total for key, total in totals.items() if key != period.key]
        above, tied = (sum(compare(one, period.total) for one in others) for compare in (gt, eq))
        return replace(period, above=above, tied=tied + 1, size=len(others) + 1)

    def is_first(self, review_key: int, count: int, ties: Ties | None) -> bool:
        """Tell whether a review is among the first of its cycle, ties as the policy says (E-39)."""
        totals = self._of_cycle(self._session.get_one(Review, review_key).cycle_key)
        return review_key in rankings.top(list(totals), count, score=totals.__getitem__, ties=ties or Ties.NONE)

    def _of_cycle(self, key: int) -> dict[int, Fraction]:
        if key not in self._totals:
            rows = self._session.execute(
                select(Result.review_key, Result.total)
                .join(Review, Review.key == Result.review_key)
                .where(Review.cycle_key == key, Result.released_at.is_not(None))
                .order_by(Result.version)
            )
            self._totals[key] = {review: Fraction(Decimal(total)) for review, total in rows}
        return self._totals[key]


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

    Pilots and cancelled cycles count nowhere: who was not rated in one that HR gave up is rated in the one that took
    its place (E-62). A review that is not over yet is not there yet.
    """
    rows = session.execute(
        select(Cycle, Review)
        .join(Review, Review.cycle_key == Cycle.key)
        .where(Review.appraisee_key == person_key, Cycle.pilot.is_(False), Cycle.ends_on <= until)
        .where(Cycle.state != CycleState.CANCELLED)
        .order_by(Cycle.starts_on)
    )
    return [period for cycle, review in rows if (period := _period(session, cycle, review)) is not None]


def as_graded(session: Session, period: Period, result: Result) -> Period:
    """Give a period as it is with another version of its result."""
    return replace(period, grade=results.level_id(session, result), total=Fraction(Decimal(result.total)))


def standings(session: Session, cycle: Cycle, rules: Sequence[StreakRule]) -> list[Standing]:
    """List who of a cycle has reached which streak by its end: proposals to HR, nothing follows by itself."""
    ranks = Ranks(session) if any(rule.share is not None for rule in rules) else None
    return [
        Standing(people.by_key(session, review.appraisee_key), rule, tuple(streak))
        for review in cycles.reviews_of(session, cycle)
        for rule, streak in reached(session, cycle, review, rules, ranks)
    ]


def reached(
    session: Session, cycle: Cycle, review: Review, rules: Sequence[StreakRule], ranks: Ranks | None = None
) -> Iterator[tuple[StreakRule, list[Period]]]:
    """Yield the streaks that somebody has reached with the review of a cycle."""
    periods = of_person(session, review.appraisee_key, cycle.ends_on)
    ranks = ranks or Ranks(session)
    for rule in rules:
        streak = of_cycle(session, cycle, rule, periods, ranks)
        if len(streak) >= rule.n and streak[-1].key == review.key:
            yield rule, streak


def of_cycle(session: Session, cycle: Cycle, rule: StreakRule, periods: Sequence[Period], ranks: Ranks) -> list[Period]:
    """List the streak that runs by a rule of a cycle: grades as that cycle says them, totals as they stand in theirs.

    Raises:
        Conflict: a grade was given on another scale, and HR declared no mapping.
    """
    ranked = periods if rule.share is None else [ranks.ranked(period) for period in periods]
    return running(rule, _in_grades_of(session, cycle, rule, ranked))


def _in_grades_of(session: Session, cycle: Cycle, rule: StreakRule, periods: Sequence[Period]) -> list[Period]:
    """Say the grades of periods as the cycle does whose rule counts them (X-02).

    Raises:
        Conflict: one was given on another scale, and HR declared no mapping.
    """
    if not rule.levels:
        return list(periods)
    after = templates.found(session, cycle.template_key)
    return [_carried(session, period, after) if period.kind is rule.unit else period for period in periods]


def _carried(session: Session, period: Period, after: TemplateVersion) -> Period:
    if period.grade is None:
        return period
    result = results.expected(session, session.get_one(Review, period.key))
    before = templates.found(session, result.template_key)
    return replace(period, grade=grade_mappings.carried(session, period.grade, before, after))


def _period(session: Session, cycle: Cycle, review: Review) -> Period | None:
    result = results.newest(session, review)
    unrated = Period(key=review.key, kind=cycle.kind, starts_on=cycle.starts_on, ends_on=cycle.ends_on, grade=None)
    if result is not None and result.annulled:
        return unrated
    if result is not None and result.released_at is not None:
        return replace(unrated, grade=results.level_id(session, result), total=Fraction(Decimal(result.total)))
    return unrated if review.state is ReviewState.CLOSED else None


def _counts(rule: StreakRule, period: Period) -> bool:
    if rule.share is not None and period.is_among(rule.share, rule.ties):
        return True
    return period.grade in rule.levels or (rule.below is not None and period.total < rule.below)
