"""Conversions: how many leads became customers week by week, which weeks fell off, and where (L001-11, L001-12).

A week has fallen off where its rate lies more than three standard deviations below that of the eight weeks before it,
as a control chart for shares has it: chance alone does that once in seven hundred weeks. At least four of the eight
must have leads. No root is drawn: squares are compared, so that nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from engine.reviews.reports.weekly_figures import CONVERTED, LEADS, Figure

BEFORE = 8
"""How many weeks before a week it is compared with."""

FEWEST = 4
"""How many of these must have leads."""

DEVIATIONS = 3


@dataclass(frozen=True, slots=True)
class Share:
    """Leads, and how many of them converted."""

    leads: Fraction = Fraction(0)
    converted: Fraction = Fraction(0)

    @property
    def rate(self) -> Fraction | None:
        """The share that converted; None without leads."""
        return self.converted / self.leads if self.leads else None


@dataclass(frozen=True, slots=True)
class Week:
    """One week, and the weeks it is compared with."""

    monday: date
    own: Share
    before: Share | None
    """None where too few weeks lie before it."""

    @property
    def has_fallen(self) -> bool:
        """Whether its rate lies so far below that chance does not explain it."""
        if self.before is None or self.own.rate is None or self.before.rate is None:
            return False
        usual, gap = self.before.rate, self.before.rate - self.own.rate
        return gap > 0 and gap**2 * self.own.leads > DEVIATIONS**2 * usual * (1 - usual)


@dataclass(frozen=True, slots=True)
class Part:
    """A tier in a week: what of the whole change comes from its rate, and what from its share of the leads."""

    name: str
    own: Share
    before: Share
    by_rate: Fraction
    by_mix: Fraction


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that people do, this week and in the mean of the weeks before."""

    measure: str
    own: Fraction
    usual: Fraction

    @property
    def change(self) -> Fraction | None:
        """By what share it has changed; None where it was never done before."""
        return (self.own - self.usual) / self.usual if self.usual else None


def weeks(figures: Sequence[Figure]) -> list[Week]:
    """Give the rate of each week between the first and the last, each beside the weeks before."""
    mondays = sorted({one.week for one in figures if one.measure in (LEADS, CONVERTED)})
    if not mondays:
        return []
    count = (mondays[-1] - mondays[0]).days // 7 + 1
    every = [mondays[0] + timedelta(weeks=number) for number in range(count)]
    return [Week(monday, _share(figures, [monday]), _usual(figures, monday)) for monday in every]


def parts(figures: Sequence[Figure], week: Week) -> list[Part]:
    """Take the change of a week apart by tier; the parts add up to the whole change exactly.

    A tier's own change counts by its share of the leads now, and the change of its share by how far it used to lie
    from the whole. A tier without leads before is compared with the whole.
    """
    if week.before is None or week.own.rate is None or week.before.rate is None:
        return []
    tiers = sorted({one.tier for one in figures})
    return [part for tier in tiers if (part := _part(figures, week, tier)) is not None]


def behaviours(figures: Sequence[Figure], week: Week) -> list[Behaviour]:
    """Compare what people did in a week with the mean of the weeks before."""
    earlier = _earlier(week.monday)
    measures = sorted({one.measure for one in figures} - {LEADS, CONVERTED})
    done = [[one for one in figures if one.measure == measure] for measure in measures]
    return [
        Behaviour(
            measure,
            _sum(mine, lambda one: one.week == week.monday),
            _sum(mine, lambda one: one.week in earlier) / len(earlier),
        )
        for measure, mine in zip(measures, done, strict=True)
    ]


def _part(figures: Sequence[Figure], week: Week, tier: str) -> Part | None:
    mine = [one for one in figures if one.tier == tier]
    own, before = _share(mine, [week.monday]), _share(mine, _earlier(week.monday))
    whole = week.before.rate if week.before else None
    if whole is None or week.before is None or not (own.leads or before.leads):
        return None
    now, then = own.leads / week.own.leads, before.leads / week.before.leads
    usual = before.rate if before.rate is not None else whole
    by_rate = now * (own.rate - usual) if own.rate is not None else Fraction(0)
    return Part(tier, own, before, by_rate, (now - then) * (usual - whole))


def _usual(figures: Sequence[Figure], monday: date) -> Share | None:
    earlier = _earlier(monday)
    counted = {one.week for one in figures if one.measure == LEADS and one.value and one.week in earlier}
    return _share(figures, earlier) if len(counted) >= FEWEST else None


def _earlier(monday: date) -> list[date]:
    return [monday - timedelta(weeks=number) for number in range(1, BEFORE + 1)]


def _share(figures: Sequence[Figure], mondays: Sequence[date]) -> Share:
    here = [one for one in figures if one.week in mondays]
    return Share(
        _sum(here, lambda one: one.measure == LEADS),
        _sum(here, lambda one: one.measure == CONVERTED),
    )


def _sum(figures: Sequence[Figure], counts: Callable[[Figure], bool]) -> Fraction:
    return sum((one.value for one in figures if counts(one)), Fraction(0))
