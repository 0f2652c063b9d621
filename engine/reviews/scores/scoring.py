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
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Dimension, Model, RaterGroup, Section, Template
from engine.reviews.scores.blends import Others, blend, by_days, over_periods, with_team
from engine.reviews.scores.completions import Measure, bounded, completion
from engine.reviews.scores.figures import Figure, entered, mean, total
from engine.reviews.scores.gaps import NOT_APPLICABLE, Absence, GroupRatings, Measures, Ratings, Stretches, problems_of
from engine.reviews.scores.quantities import rounded

COARSE = "按三分之一档计入 By thirds of the scale"
"""What the figure of an anonymous group is called that is too small to be shown, and counts all the same."""

ALONE = Others(periods={})
"""Nothing but the scorecard itself."""


@dataclass(frozen=True, slots=True)
class Score:
    """The result of a scorecard before any grade: `total` is `figure`, rounded once."""

    total: Decimal
    figure: Figure


def score(template: Template, measures: Measures, ratings: Ratings, *, kind: str = "", others: Others = ALONE) -> Score:
    """Compute the total of a scorecard with every figure it rests on.

    `kind` is the kind of its period; `others` what the total is composed with.

    Raises:
        Invalid: values or ratings are missing, undefined or off the scale, or a part of the composition is missing;
            each is named.
    """
    if problems := problems_of(template, measures, ratings):
        raise Invalid("Expected to compute the scorecard, but not everything it needs is there", problems)
    if template.model is Model.RATERS_IN_ITEMS:
        personal = _total(template, measures, ratings)
    else:
        personal = _blended_total(template, measures, ratings)
    if others.stretches:
        personal = by_days("total_exact", [(personal, others.days), *others.stretches])
    own = with_team(template, personal, others.team)
    return _rounded(over_periods(template, (kind, own), others.periods), template)


def _total(template: Template, measures: Measures, ratings: Ratings) -> Figure:
    sections = {section.id: _contribution(template, section, measures, ratings) for section in template.sections}
    if not template.dimensions:
        return _sum_of_applicable("total_exact", sections, {s.id: s.weight for s in template.sections})
    dimensions = {
        dimension.id: _of_dimension(
            dimension, [s for s in template.sections if s.dimension == dimension.id], sections
        )
        for dimension in template.dimensions
    }  # fmt: skip
    return _sum_of_applicable("total_exact", dimensions, {d.id: d.weight for d in template.dimensions})


def _of_dimension(
    dimension: Dimension, own: Sequence[Section], contributions: Mapping[str, Figure | None]
) -> Figure | None:
    parts = {section.id: contributions[section.id] for section in own}
    if not any(parts.values()):
        return None
    points = _sum_of_applicable("dimension_points", parts, {section.id: section.weight for section in own})
    weight = entered("dimension_weight", dimension.weight)
    return Figure(
        name=dimension.id,
        exact=points.exact * weight.exact / 100,
        formula="dimension_points * dimension_weight / 100",
        inputs=(points, weight),
    )


def _blended_total(template: Template, measures: Measures, ratings: Ratings) -> Figure:
    totals: dict[str, Figure | Absence] = {}
    for group in template.rater_groups:
        own = {item: _of_group(group, given) for item, given in ratings.items()}
        alone = replace(template, rater_groups=(group,))
        rates = any(given is not NOT_APPLICABLE for given in own.values())
        totals[group.id] = _total(alone, measures, own) if rates else NOT_APPLICABLE
    return blend("total_exact", template.rater_groups, totals, template.absent_raters)


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
    plain_sum = total(name, present)
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
    rating = blend(
        "rating",
        groups,
        {group.id: _group_rating(group, ratings[group.id]) for group in groups},
        template.absent_raters,
    )
    weight, maximum = entered("weight", indicator.weight), entered("maximum", Fraction(template.scale.maximum))
    return Figure(
        name=indicator.id,
        exact=weight.exact * rating.exact / maximum.exact,
        formula="weight * rating / maximum",
        inputs=(weight, rating, maximum),
    )


def _group_rating(group: RaterGroup, ratings: Sequence[Fraction] | Absence) -> Figure | Absence:
    """Average the ratings of a group; of an anonymous one the single ratings are in no figure (E-21)."""
    if isinstance(ratings, Absence):
        return ratings
    if group.anonymous:
        return _unnamed_rating(group, ratings)
    if len(ratings) == 1:
        return entered("rating", ratings[0])
    if isinstance(ratings, Stretches):
        shared = zip(ratings, ratings.days, strict=True)
        return by_days("rating", [(entered("rating", rating), days) for rating, days in shared])
    return mean("rating", [entered(f"rater_{number}", rating) for number, rating in enumerate(ratings, start=1)])


def _unnamed_rating(group: RaterGroup, ratings: Sequence[Fraction]) -> Figure:
    """Give the mean of an anonymous group with how many rated, or what stands for one that is too small."""
    if len(ratings) < group.smallest:
        return entered("rating", ratings[0], label=COARSE)
    points = entered("sum_of_ratings", sum(ratings, Fraction(0)))
    count = entered("raters", Fraction(len(ratings)))
    exact = points.exact / count.exact
    return Figure(name="rating", exact=exact, formula="sum_of_ratings / raters", inputs=(points, count))


def _rounded(exact: Figure, template: Template) -> Score:
    if template.total_cap is not None:
        exact = bounded(exact, "min", entered("total_cap", template.total_cap), min(exact.exact, template.total_cap))
    places = template.scale.places
    printed = rounded(exact.exact, places)
    formula = f"round half up({exact.name}, {places})"
    return Score(printed, Figure(name="total", exact=Fraction(printed), formula=formula, inputs=(exact,)))
