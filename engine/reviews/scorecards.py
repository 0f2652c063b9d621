"""Scorecards: what a review has so far, put together for the arithmetic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.reviews import actuals, compositions, raters, ratings, reviews, targets
from engine.reviews.completions import measure_of
from engine.reviews.gaps import NOT_APPLICABLE, Absence, GroupRatings, Measures, Ratings
from engine.reviews.models import Cycle, RaterState, Review
from engine.reviews.quantities import weight
from engine.reviews.rules import Template
from engine.reviews.scoring import Score, score
from engine.reviews.sentences import Sentence

Corrections = Mapping[str, str]
"""Ratings, by indicator, that take the place of the superior's."""


def compute(session: Session, review: Review, corrections: Corrections | None = None) -> Score:
    """Compute a review's total from its signed targets, confirmed values and ratings, some of them corrected.

    Raises:
        Invalid: something is missing; each gap is named.
    """
    template = reviews.template(session, review)
    kind = session.get_one(Cycle, review.cycle_key).kind.value
    ratings_given = rated(session, review, template, corrections or {})
    others = compositions.others(session, review, template)
    return score(template, measures(session, review), ratings_given, kind=kind, others=others)


def measures(session: Session, review: Review) -> Measures:
    """Put targets and actual values together; what finance has not confirmed is missing.

    Raises:
        Invalid: the targets are neither signed nor imposed.
    """
    sheet = targets.of_review(session, review)
    if sheet is None or not sheet.state.holds:
        problem = Problem(Sentence("The targets are not signed"), "targets", "targets-unsigned")
        raise Invalid(f"Expected to compute review {review.key}, but it is not complete", [problem])
    return {
        name: measure_of(sheet.targets[name], [(one.period, one.value) for one in values]) or NOT_APPLICABLE
        for name, values in actuals.of_review(session, review).items()
        if all(actual.confirmed_at is not None for actual in values)
    }


def rated(session: Session, review: Review, template: Template, corrections: Corrections) -> Ratings:
    """Put the ratings together by indicator and group.

    A group whose raters are all excused does not apply; one that is still awaited, or has nobody, is missing.
    """
    given: defaultdict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for rater, rating in ratings.of_review(session, review):
        corrected = corrections.get(rating.indicator_id) if rater.group_id == raters.SUPERIOR else None
        given[rating.indicator_id, rater.group_id].append(weight(corrected or rating.rating))
    settled = {group.id: _settled(session, review, group.id) for group in template.rater_groups}
    return {
        indicator.id: _by_group(
            {name: given[indicator.id, name] for name in indicator.rated_by}, settled
        )
        for indicator in template.indicators
        if indicator.is_rated
    }  # fmt: skip


def _settled(session: Session, review: Review, group_id: str) -> bool:
    asked = raters.of_review(session, review, group_id)
    return bool(asked) and all(rater.state is not RaterState.ASKED for rater in asked)


def _by_group(given: dict[str, list[Fraction]], settled: dict[str, bool]) -> GroupRatings:
    by_group: dict[str, Sequence[Fraction] | Absence] = {}
    for name, values in given.items():
        if settled[name]:
            by_group[name] = values or NOT_APPLICABLE
    return by_group
