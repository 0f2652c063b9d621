"""What is missing before a scorecard can be computed: named, never filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction

from engine.errors import Problem
from engine.reviews.completions import Measure, completion
from engine.reviews.quantities import plain
from engine.reviews.rules import Indicator, RaterGroup, Template
from engine.reviews.sentences import Sentence, UnreadableError


class Absence(Enum):
    """Why there is no value although nothing is missing: HR decided that none is due."""

    NOT_APPLICABLE = "not-applicable"


NOT_APPLICABLE = Absence.NOT_APPLICABLE

Measures = Mapping[str, Measure | Absence]
"""By indicator; one that is not there is missing, and blocks."""

GroupRatings = Mapping[str, Sequence[Fraction] | Absence]
"""By rater group, the ratings of its members; one that is not there is missing, and blocks."""

Ratings = Mapping[str, GroupRatings | Absence]
"""By indicator."""


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
        yield from absence_problems(indicator.id, groups, given)
        for group_id, values in given.items():
            yield from _scale_problems(template, f"{indicator.id}/{group_id}", values)


def absence_problems(where: str, groups: Sequence[RaterGroup], values: Mapping[str, object]) -> list[Problem]:
    """Name the groups that are missing, and the mandatory ones that were declared not to apply (E-25)."""
    problems = []
    for group in groups:
        place = f"{where}/{group.id}"
        if group.id not in values:
            problems.append(Problem(Sentence("The rating of {group} is missing", group=group.name), place, "missing"))
        elif group.mandatory and values[group.id] is NOT_APPLICABLE:
            sentence = Sentence("The rating of {group} is mandatory: its weight passes to nobody", group=group.name)
            problems.append(Problem(sentence, place, "mandatory"))
    if not problems and all(values[group.id] is NOT_APPLICABLE for group in groups):
        problems.append(Problem(Sentence("Nobody rates it"), where, "unrated"))
    return problems


def _undefined(indicator: Indicator, measure: Measure) -> list[Problem]:
    try:
        completion(indicator, measure)
    except ZeroDivisionError:
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
