"""Rules: what follows a result by its grade, its rank, results in a row or weak areas, and which awards there are.

They stand in a cycle's settlement scheme, beside what is paid; two rules that name one grade are independent (X-20).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import Problem
from engine.reviews.models import FollowUpKind
from engine.reviews.scores.rankings import Ties
from engine.reviews.sentences import Sentence

LONGEST = 6
"""The most months of an ability plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the things that a choice is between."""

    id: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What an ability plan has practised, and how often: five negotiation simulations (L001-31)."""

    id: str
    name: str
    count: int
    name_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRule:
    """What follows a result; by exactly one of `levels`, `first`, `streak` and `below`.

    Attributes:
        levels: the ids of the grades that it follows.
        first: that many of a cycle with the highest totals.
        ties: what becomes of those who tie at the last place; must be said where `first` is.
        streak: the id of the streak of this scheme that it follows.
        below: indicators that score less than this per cent of their weight: weak areas.
        options: what a choice is between.
        exercises: what an ability plan has practised within `months`.
    """

    id: str
    name: str
    kind: FollowUpKind
    name_en: str = ""
    levels: tuple[str, ...] = ()
    first: int = 0
    ties: Ties | None = None
    streak: str = ""
    below: Fraction | None = None
    options: tuple[Option, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRule:
    """An award that a cycle has, by month or for the whole of it, and the points that come with it."""

    id: str
    name: str
    name_en: str = ""
    monthly: bool = False
    points: int = 0


def problems(
    follow_ups: Sequence[FollowUpRule], awards: Sequence[AwardRule], streaks: Collection[str]
) -> Iterator[Problem]:
    """Name what of the rules cannot be followed."""
    for where, rules in (("follow_ups", follow_ups), ("awards", awards)):
        for name, count in Counter(rule.id for rule in rules).items():
            if count > 1:
                yield Problem(Sentence("{name} stands there twice", name=name), f"{where}/{name}", "twice")
    for rule in follow_ups:
        yield from _rule_problems(rule, streaks, f"follow_ups/{rule.id}")
    for award in awards:
        if award.points < 0:
            yield Problem(Sentence("Points of an award are not less than zero"), f"awards/{award.id}", "points")


def _rule_problems(rule: FollowUpRule, streaks: Collection[str], where: str) -> Iterator[Problem]:
    triggers = [bool(rule.levels), rule.first > 0, bool(rule.streak), rule.below is not None]
    if sum(triggers) != 1:
        yield Problem(Sentence("It follows exactly one of levels, first, streak and below"), where, "trigger")
    if rule.streak and rule.streak not in streaks:
        sentence = Sentence("{name} is no streak of this scheme", name=rule.streak)
        yield Problem(sentence, f"{where}/streak", "unknown-streak")
    if (rule.first > 0) != (rule.ties is not None):
        yield Problem(Sentence("What becomes of ties is said where a rank decides"), f"{where}/ties", "ties")
    if rule.ties is Ties.SECOND_KEY:
        yield Problem(Sentence("There is no second key here: all or none"), f"{where}/ties", "ties")
    yield from _content_problems(rule, where)


def _content_problems(rule: FollowUpRule, where: str) -> Iterator[Problem]:
    if (rule.kind is FollowUpKind.CHOICE) != (len(rule.options) > 1):
        yield Problem(Sentence("A choice is between two options or more"), f"{where}/options", "options")
    if (rule.kind is FollowUpKind.DUTY) != bool(rule.exercises):
        yield Problem(
            Sentence("An ability plan has exercises, and nothing else has"), f"{where}/exercises", "exercises"
        )
    if rule.exercises and not 1 <= rule.months <= LONGEST:
        sentence = Sentence("An ability plan takes 1 to {most} months", most=LONGEST)
        yield Problem(sentence, f"{where}/months", "months")
    if any(one.count < 1 for one in rule.exercises):
        yield Problem(Sentence("An exercise is done once at least"), f"{where}/exercises", "count")
