"""What is missing before a scorecard can be computed: named, never filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Protocol, Self

from engine.errors import Problem
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Absent, Template
from engine.reviews.scores.completions import Measure, UndefinedError, completion
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence, UnreadableError


class Absence(Enum):
    """Why there is no value although nothing is missing: HR decided that none is due."""

    NOT_APPLICABLE = "not-applicable"


NOT_APPLICABLE = Absence.NOT_APPLICABLE

Measures = Mapping[str, Measure | Absence]
"""By indicator; one that is not there is missing, and blocks."""


class Stretches(tuple[Fraction, ...]):
    """The ratings of those who rated one after the other, with the days that were each one's (E-02)."""

    days: tuple[int, ...]

    def __new__(cls, ratings: Sequence[Fraction], days: Sequence[int]) -> Self:
        """Put ratings and days together, in the same order."""
        stretches = super().__new__(cls, ratings)
        stretches.days = tuple(days)
        return stretches


GroupRatings = Mapping[str, Sequence[Fraction] | Absence]
"""By rater group, the ratings of its members; one that is not there is missing, and blocks."""

Ratings = Mapping[str, GroupRatings | Absence]
"""By indicator."""


class Weighted(Protocol):
    """A part of an axis of weights: a rater group, a kind of period."""

    @property
    def id(self) -> str:
        """The name that formulas call it by."""

    @property
    def name(self) -> str:
        """Its Chinese name."""

    @property
    def weight(self) -> Fraction:
        """What it weighs on its axis."""

    @property
    def mandatory(self) -> bool:
        """Whether its weight passes to nobody, whatever the rule."""


def problems_of(template: Template, measures: Measures, ratings: Ratings) -> list[Problem]:
    """Name everything that stands between a scorecard and its total."""
    blocked = (
        [] if template.absent_indicators is Absent.TO_OTHERS else list(_absent_indicators(template, measures, ratings))
    )
    problems = [*measure_problems(template, measures), *rating_problems(template, ratings), *blocked]
    values = [measures.get(i.id) if not i.is_rated else ratings.get(i.id) for i in template.indicators]
    if not problems and all(value is NOT_APPLICABLE for value in values):
        problems.append(Problem(Sentence("Nothing on the scorecard applies: there is no total"), "", "nothing-applies"))
    return problems


def measure_problems(template: Template, measures: Measures) -> Iterator[Problem]:
    """Name the measured indicators that have no value, or none from which a completion follows."""
    for indicator in template.measured:
        measure = measures.get(indicator.id)
        if measure is None:
            yield Problem(Sentence("Its actual value is missing"), indicator.id, "missing-actual")
        elif isinstance(measure, Measure):
            yield from _undefined(indicator, measure)


def rating_problems(template: Template, ratings: Ratings) -> Iterator[Problem]:
    """Name the rated indicators whose ratings are missing or off the scale."""
    for indicator in template.indicators:
        given = ratings.get(indicator.id, {})
        if not indicator.is_rated or isinstance(given, Absence):
            continue
        groups = [group for group in template.rater_groups if group.id in indicator.rated_by]
        yield from absence_problems(indicator.id, groups, given, template.absent_raters)
        for group_id, values in given.items():
            yield from _scale_problems(template, f"{indicator.id}/{group_id}", values)


def absence_problems(
    where: str, parts: Sequence[Weighted], values: Mapping[str, object], absent: Absent | None
) -> list[Problem]:
    """Name the parts that are missing, and those that do not apply though they are mandatory or nothing may pass on."""
    problems = []
    for part in parts:
        place = f"{where}/{part.id}"
        if part.id not in values:
            problems.append(Problem(Sentence("The rating of {group} is missing", group=part.name), place, "missing"))
        elif part.mandatory and values[part.id] is NOT_APPLICABLE:
            sentence = Sentence("The rating of {group} is mandatory: its weight passes to nobody", group=part.name)
            problems.append(Problem(sentence, place, "mandatory"))
        elif absent is not Absent.TO_OTHERS and values[part.id] is NOT_APPLICABLE:
            sentence = Sentence("{group} is absent, and by the rules its weight passes to nobody", group=part.name)
            problems.append(Problem(sentence, place, "blocked"))
    if not problems and all(values[part.id] is NOT_APPLICABLE for part in parts):
        problems.append(Problem(Sentence("Nobody rates it"), where, "unrated"))
    return problems


def _absent_indicators(template: Template, measures: Measures, ratings: Ratings) -> Iterator[Problem]:
    for indicator in template.indicators:
        if NOT_APPLICABLE in (measures.get(indicator.id), ratings.get(indicator.id)):
            sentence = Sentence("It does not apply, and by the rules its weight passes to nothing else")
            yield Problem(sentence, indicator.id, "blocked")


def _undefined(indicator: Indicator, measure: Measure) -> list[Problem]:
    try:
        completion(indicator, measure)
    except UndefinedError:
        template = "Its completion is not defined for target {target} and actual value {actual}"
        sentence = Sentence(template, target=measure.target, actual=measure.actual)
        return [Problem(sentence, indicator.id, "undefined-completion")]
    except UnreadableError as error:
        return [Problem(error.sentence, indicator.id, "bad-quantity")]
    return []


def _scale_problems(template: Template, place: str, values: Sequence[Fraction] | Absence) -> list[Problem]:
    if isinstance(values, Absence):
        return []
    if not values:
        return [Problem(Sentence("The rating is missing"), place, "missing")]
    return [
        Problem(Sentence("{rating} is no step of the scale", rating=plain(value)), place, "off-scale")
        for value in values
        if not template.scale.allows(value)
    ]
