"""Anonymity: what of a group's ratings may go into a result, so that nobody finds one person's rating in it (E-21).

Everything that people read (sheets, lists, exports, letters) is made from results. So nothing that tells of a single
rating of an anonymous group is put into one: the group goes in as one mean with its number, a group that is too small
goes in by rule, and a new version takes nothing from which, beside the version before, few raters could be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.models import Rater, RaterState, Rating, Result, Review
from engine.reviews.rating import ratings
from engine.reviews.rulebook.rules import Below, RaterGroup, Scale, Template
from engine.reviews.scores.gaps import NOT_APPLICABLE, Absence
from engine.reviews.scores.quantities import rounded

Given = list[tuple[Rater, Rating]]
"""Ratings with those who gave them."""

THIRDS = 3

_GONE = RaterState.DECLINED
"""Somebody else took their place: what they gave before stays on record and is not counted."""


def countable(session: Session, review: Review, template: Template) -> Given:
    """Choose the ratings that the next version of a result counts.

    Of an anonymous group whose ratings differ by fewer raters than its smallest size from those of any version before,
    the ratings of the last one are taken again: the difference between the two would tell of those few.
    """
    newest = [(rater, one) for rater, one in ratings.of_review(session, review) if rater.state is not _GONE]
    before = _before(session, review)
    anonymous = {group.id: group for group in template.rater_groups if group.anonymous}
    chosen = [(rater, rating) for rater, rating in newest if rater.group_id not in anonymous]
    for group in anonymous.values():
        own = [(rater, rating) for rater, rating in newest if rater.group_id == group.id]
        versions = [given for version in before if (given := version.get(group.id))]
        chosen += own if all(_may_follow(group, given, own) for given in versions) else versions[-1]
    return chosen


def shown(group: RaterGroup, scale: Scale, given: Sequence[Fraction]) -> Sequence[Fraction] | Absence:
    """Give what of a group's ratings of one indicator may be counted: too few anonymous ones never as they are."""
    if not given:
        return NOT_APPLICABLE
    if not group.anonymous or len(given) >= group.smallest:
        return given
    if group.below is Below.TO_OTHERS:
        return NOT_APPLICABLE
    return [coarse(scale, sum(given, Fraction(0)) / len(given))]


def coarse(scale: Scale, mean: Fraction) -> Fraction:
    """Give the step nearest to the middle of the third of the scale that a mean lies in."""
    width = Fraction(scale.maximum - scale.minimum, THIRDS)
    third = min(int((mean - scale.minimum) / width), THIRDS - 1)
    middle = scale.minimum + width * third + width / 2
    steps = 2 if scale.half_points else 1
    return Fraction(rounded(middle * steps, 0)) / steps


def revealed(template: Template, counted: Given) -> dict[str, list[str]]:
    """Name, by anonymous group, the ratings of which a result shows something."""
    by_group: dict[str, list[str]] = {}
    for group in template.rater_groups:
        own = [(rater, rating) for rater, rating in counted if rater.group_id == group.id]
        enough = len({rater.key for rater, _ in own}) >= group.smallest or group.below is Below.COUNTS
        if group.anonymous and own and enough:
            by_group[group.id] = [str(rating.key) for _, rating in own]
    return by_group


def _before(session: Session, review: Review) -> list[dict[str, Given]]:
    """Read the ratings of which each version showed something, by group, the last version last."""
    counted = session.scalars(select(Result.counted).where(Result.review_key == review.key).order_by(Result.version))
    versions = [{group: [int(key) for key in own] for group, own in version.items()} for version in counted]
    wanted = {key for version in versions for own in version.values() for key in own}
    rows = session.execute(
        select(Rater, Rating).join(Rating, Rating.rater_key == Rater.key).where(Rating.key.in_(wanted))
    )
    found = {rating.key: (rater, rating) for rater, rating in rows}
    return [{group: [found[key] for key in own] for group, own in version.items()} for version in versions]


def _may_follow(group: RaterGroup, before: Given, after: Given) -> bool:
    old, new = _by_rater(before), _by_rater(after)
    changed = sum(old.get(key) != new.get(key) for key in {*old, *new})
    return changed == 0 or changed >= group.smallest


def _by_rater(given: Given) -> Mapping[int, set[int]]:
    keys: defaultdict[int, set[int]] = defaultdict(set)
    for rater, rating in given:
        keys[rater.key].add(rating.key)
    return keys
