"""Scorecards: what a review has so far, put together for the arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Review
from engine.reviews.rating import anonymity, raters
from engine.reviews.rulebook.rules import Nominator, RaterGroup, Template
from engine.reviews.scores import actuals, compositions, vetoes
from engine.reviews.scores.completions import measure_of
from engine.reviews.scores.gaps import NOT_APPLICABLE, Measures, Ratings, Stretches
from engine.reviews.scores.quantities import weight
from engine.reviews.scores.scoring import Score, score
from engine.reviews.sentences import Sentence
from engine.reviews.signing import targets

Corrections = Mapping[str, str]
"""Ratings, by indicator, that take the place of the superior's."""

Values = Mapping[tuple[str, str], str]
"""Actual values, by indicator and period, that take the place of those entered."""


def compute(
    session: Session, review: Review, corrections: Corrections | None = None, values: Values | None = None
) -> Score:
    """Compute a review's total from its signed targets, confirmed values and ratings, some of them corrected.

    Raises:
        Invalid: something is missing; each gap is named.
    """
    template = reviews.template(session, review)
    kind = session.get_one(Cycle, review.cycle_key).kind.value
    ratings_given = rated(session, review, template, corrections or {})
    others = compositions.others(session, review, template)
    return score(template, measures(session, review, values), ratings_given, kind=kind, others=others)


def measures(session: Session, review: Review, corrected: Values | None = None) -> Measures:
    """Put targets and actual values together, some of them corrected; what finance has not confirmed is missing.

    Raises:
        Invalid: the targets are neither signed nor imposed.
    """
    sheet = targets.in_force(session, review)
    if sheet is None:
        problem = Problem(Sentence("The targets are not signed"), "targets", "targets-unsigned")
        raise Invalid("Expected to compute review {key}, but it is not complete", [problem], key=review.key)
    others, vetoed = corrected or {}, vetoes.vetoed(session, review)
    confirmed = {
        name: measure_of(
            sheet.targets[name], [(one.period, others.get((name, one.period), one.value)) for one in values]
        )
        for name, values in actuals.of_review(session, review).items()
        if all(actual.confirmed_at is not None for actual in values)
    }
    return {
        name: NOT_APPLICABLE if measure is None else replace(measure, vetoed=name in vetoed)
        for name, measure in confirmed.items()
    }


def rated(session: Session, review: Review, template: Template, corrections: Corrections) -> Ratings:
    """Put the ratings together by indicator and group.

    A group whose raters are all excused does not apply, nor an anonymous one from which too few rated; one that is
    still awaited, or has nobody although somebody was to be named, is missing.
    """
    given: defaultdict[tuple[str, str], list[Fraction]] = defaultdict(list)
    days: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for rater, rating in anonymity.countable(session, review, template):
        corrected = corrections.get(rating.indicator_id) if rater.group_id == raters.SUPERIOR else None
        given[rating.indicator_id, rater.group_id].append(weight(corrected or rating.rating))
        days[rating.indicator_id, rater.group_id] += raters.days(rater)
    settled = [group for group in template.rater_groups if _settled(session, review, group)]
    return {
        indicator.id: {
            group.id: anonymity.shown(
                group, template.scale, _stretched(given[indicator.id, group.id], days[indicator.id, group.id])
            )
            for group in settled
            if group.id in indicator.rated_by
        }
        for indicator in template.indicators
        if indicator.is_rated
    }


def _stretched(ratings: Sequence[Fraction], days: Sequence[int]) -> Sequence[Fraction]:
    """Let days weigh ratings that were given one after the other; all of them have days, or none does."""
    return Stretches(ratings, days) if len(ratings) > 1 and len(days) == len(ratings) else ratings


def _settled(session: Session, review: Review, group: RaterGroup) -> bool:
    """Tell whether no rating of a group is awaited; one for which nobody had to be named may be empty (E-10).

    Who rates besides because of a change is waited for by the release, not here.
    """
    asked = [one for one in raters.of_review(session, review, group.id) if one.change_key is None]
    if not asked:
        return group.nominated_by is not Nominator.HR
    return all(rater.state not in raters.AWAITED for rater in asked)
