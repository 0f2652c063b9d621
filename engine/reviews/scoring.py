"""The arithmetic of a scorecard: exact from the first input to the one rounding at the end (section 5).

Pure: rules, values and ratings go in, figures come out. What is missing is refused by name; what does not apply is left
out of its own axis only, and the figure says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from engine.errors import Invalid
from engine.reviews.completions import Measure, bounded, completion
from engine.reviews.figures import Figure, entered
from engine.reviews.gaps import (
    NOT_APPLICABLE,
    Absence,
    GroupRatings,
    Measures,
    Ratings,
    absence_problems,
    measure_problems,
    rating_problems,
)
from engine.reviews.quantities import rounded
from engine.reviews.rules import Indicator, Model, RaterGroup, Section, Template


@dataclass(frozen=True, slots=True)
class Score:
    """The result of a scorecard before any grade: `total` is `figure`, rounded once."""

    total: Decimal
    figure: Figure


def score(template: Template, measures: Measures, ratings: Ratings) -> Score:
    """Compute the total of a scorecard with every figure it rests on.

    Raises:
        Invalid: values or ratings are missing, undefined or off the scale; each is named.
    """
    problems = [*measure_problems(template, measures), *rating_problems(template, ratings)]
    if problems:
        raise Invalid("Expected to compute the scorecard, but not everything it needs is there", problems)
    if template.model is Model.RATERS_IN_ITEMS:
        exact = _total(template, measures, ratings)
    else:
        exact = _blended_total(template, measures, ratings)
    return _rounded(exact, template)


def blend(name: str, groups: Sequence[RaterGroup], values: Mapping[str, Figure | Absence]) -> Figure:
    """Weigh the values of rater groups against one another; groups that do not apply leave their share to the others.

    Raises:
        Invalid: a group is missing, a mandatory one does not apply, or none is left.
    """
    problems = absence_problems(name, groups, values)
    if problems:
        raise Invalid(f"Expected to blend the groups of {name}, but not all are there", problems)
    present = [(group, figure) for group in groups if isinstance(figure := values[group.id], Figure)]
    weights = [entered(f"{group.id}_weight", group.weight) for group, _ in present]
    parts = [replace(figure, name=group.id) for group, figure in present]
    whole = sum((weight.exact for weight in weights), Fraction(0))
    products = " + ".join(f"{part.name} * {weight.name}" for part, weight in zip(parts, weights, strict=True))
    absent = tuple(group.id for group in groups if group.id not in {part.name for part in parts})
    return Figure(
        name=name,
        exact=sum((p.exact * w.exact for p, w in zip(parts, weights, strict=True)), Fraction(0)) / whole,
        formula=f"({products}) / ({' + '.join(weight.name for weight in weights)})",
        inputs=(*parts, *weights),
        absent=absent,
        shares=tuple((group.id, group.weight * 100 / whole) for group, _ in present) if absent else (),
    )


def _total(template: Template, measures: Measures, ratings: Ratings) -> Figure:
    sections = {section.id: _contribution(template, section, measures, ratings) for section in template.sections}
    weights = {section.id: section.weight for section in template.sections}
    return _sum_of_applicable("total_exact", sections, weights)


def _blended_total(template: Template, measures: Measures, ratings: Ratings) -> Figure:
    totals: dict[str, Figure | Absence] = {}
    for group in template.rater_groups:
        own = {item: _of_group(group, given) for item, given in ratings.items()}
        alone = replace(template, rater_groups=(group,))
        rates = any(given is not NOT_APPLICABLE for given in own.values())
        totals[group.id] = _total(alone, measures, own) if rates else NOT_APPLICABLE
    return blend("total_exact", template.rater_groups, totals)


def _of_group(group: RaterGroup, given: GroupRatings | Absence) -> GroupRatings | Absence:
    ratings = NOT_APPLICABLE if isinstance(given, Absence) else given.get(group.id, NOT_APPLICABLE)
    return ratings if isinstance(ratings, Absence) else {group.id: ratings}


def _contribution(template: Template, section: Section, measures: Measures, ratings: Ratings) -> Figure | None:
    rows = {
        indicator.id: _rated_row(template, indicator, ratings.get(indicator.id, NOT_APPLICABLE))
        if indicator.is_rated
        else _measured_row(indicator, measures.get(indicator.id, NOT_APPLICABLE))
        for indicator in section.indicators
    }
    if not any(rows.values()):
        return None
    points = _sum_of_applicable("points", rows, {indicator.id: indicator.weight for indicator in section.indicators})
    weight, whole = entered("section_weight", section.weight), entered("whole", section.whole)
    return Figure(
        name=section.id,
        exact=points.exact * weight.exact / whole.exact,
        formula="points * section_weight / whole",
        inputs=(points, weight, whole),
    )


def _sum_of_applicable(name: str, parts: Mapping[str, Figure | None], weights: Mapping[str, Fraction]) -> Figure:
    present = [part for part in parts.values() if part is not None]
    plain_sum = _sum(name, present)
    if len(present) == len(parts):
        return plain_sum
    applicable = sum((weights[part.name] for part in present), Fraction(0))
    everything = sum(weights.values(), Fraction(0))
    return Figure(
        name=name,
        exact=plain_sum.exact * everything / applicable,
        formula="applicable_points * all_weights / applicable_weights",
        inputs=(
            replace(plain_sum, name="applicable_points"),
            entered("all_weights", everything),
            entered("applicable_weights", applicable),
        ),
        absent=tuple(part for part, figure in parts.items() if figure is None),
        shares=tuple((part.name, weights[part.name] * 100 / applicable) for part in present),
    )


def _measured_row(indicator: Indicator, measure: Measure | Absence) -> Figure | None:
    if isinstance(measure, Absence):
        return None
    weight, reached = entered("weight", indicator.weight), completion(indicator, measure)
    exact = weight.exact * reached.exact
    return Figure(name=indicator.id, exact=exact, formula="weight * completion", inputs=(weight, reached))


def _rated_row(template: Template, indicator: Indicator, ratings: GroupRatings | Absence) -> Figure | None:
    if isinstance(ratings, Absence):
        return None
    groups = [group for group in template.rater_groups if group.id in indicator.rated_by]
    rating = blend("rating", groups, {group.id: _group_rating(ratings[group.id]) for group in groups})
    weight, maximum = entered("weight", indicator.weight), entered("maximum", Fraction(template.scale.maximum))
    return Figure(
        name=indicator.id,
        exact=weight.exact * rating.exact / maximum.exact,
        formula="weight * rating / maximum",
        inputs=(weight, rating, maximum),
    )


def _group_rating(ratings: Sequence[Fraction] | Absence) -> Figure | Absence:
    if isinstance(ratings, Absence):
        return ratings
    if len(ratings) == 1:
        return entered("rating", ratings[0])
    given = tuple(entered(f"rater_{n}", rating) for n, rating in enumerate(ratings, start=1))
    exact = sum(ratings, Fraction(0)) / len(ratings)
    return Figure(name="rating", exact=exact, formula=f"mean({', '.join(g.name for g in given)})", inputs=given)


def _sum(name: str, parts: Sequence[Figure]) -> Figure:
    exact = sum((part.exact for part in parts), Fraction(0))
    return Figure(name=name, exact=exact, formula=" + ".join(part.name for part in parts), inputs=tuple(parts))


def _rounded(exact: Figure, template: Template) -> Score:
    if template.total_cap is not None:
        exact = bounded(exact, "min", entered("total_cap", template.total_cap), min(exact.exact, template.total_cap))
    places = template.scale.places
    total = rounded(exact.exact, places)
    formula = f"round half up({exact.name}, {places})"
    return Score(total, Figure(name="total", exact=Fraction(total), formula=formula, inputs=(exact,)))
