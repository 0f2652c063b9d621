"""Ratings: given by raters for the indicators that their group rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Rater, RaterState, Rating, Review, ReviewState
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import RaterGroup, Scale
from engine.reviews.scores.quantities import plain, weight
from engine.reviews.sentences import Sentence, UnreadableError

CASE = ("project", "fact", "figure", "suggestion")
"""What the case behind a rating tells: the project, what happened, a figure, what could be better (L001-08)."""

NEEDED = CASE[:3]
"""The parts of a case that are never left out."""


@dataclass(frozen=True, slots=True)
class Given:
    """A rating as a rater gives it."""

    rating: str
    comment: str = ""
    case: Mapping[str, str] = field(default_factory=dict)


def submit(
    session: Session, review: Review, group_id: str, given: Mapping[str, Given], *, by: Identity, remark: str = ""
) -> list[Rating]:
    """Give one's ratings of all indicators that one's group rates, with a remark on the whole.

    Raises:
        NotFound: `by` does not rate this review from that position.
        Conflict: the ratings are given already, the rater is excused, or the review is not running.
        Invalid: indicators are missing or not this group's, ratings are off the scale, or a case is due and missing.
    """
    intent = Sentence("rate review {key} as {group_id}", key=review.key, group_id=group_id)
    rater = raters.found(session, review, people.named(session, by.username), group_id)
    reviews.expect_state(review, intent, ReviewState.RUNNING)
    if rater.state not in (RaterState.ASKED, RaterState.STALE):
        raise Conflict("Expected to {intent}, but the rater is {state}", intent=intent, state=rater.state.value)
    template = reviews.template(session, review)
    group = next(one for one in template.rater_groups if one.id == group_id)
    problems = rating_problems(template.scale, template.rated_by(group_id), given)
    problems += case_problems(group, given)
    if problems:
        raise Invalid("Expected to {intent}, but the ratings do not fit", problems, intent=intent)
    rater.state = RaterState.SUBMITTED
    rater.remark = remark
    before = {one.indicator_id: one.version for given_by, one in of_review(session, review) if given_by is rater}
    rows = [
        Rating(
            review_key=review.key,
            rater_key=rater.key,
            indicator_id=name,
            version=before.get(name, 0) + 1,
            rating=plain(weight(answer.rating)),
            comment=answer.comment,
            case={name: text.strip() for name, text in answer.case.items() if text.strip()},
            given_by=by.username,
            given_at=clock.now(session),
        )
        for name, answer in given.items()
    ]
    session.add_all(rows)
    return rows


def of_superiors(session: Session, review: Review) -> dict[str, list[tuple[Rater, Rating]]]:
    """List the newest ratings that count of the superior, or of each who led in turn, by indicator."""
    found: defaultdict[str, list[tuple[Rater, Rating]]] = defaultdict(list)
    for rater, rating in of_review(session, review):
        if rater.group_id == raters.SUPERIOR and rater.state is not RaterState.DECLINED:
            found[rating.indicator_id].append((rater, rating))
    return found


def changed(session: Session, review: Review, corrections: Mapping[str, str]) -> dict[str, str]:
    """Choose the corrections that differ from a rating of a superior."""
    given = of_superiors(session, review)
    return {
        name: value
        for name, value in corrections.items()
        if any(weight(rating.rating) != weight(value) for _, rating in given[name])
    }


def correct(session: Session, review: Review, corrections: Mapping[str, str], *, reason: str, by: Identity) -> None:
    """Give the superior's ratings another version, as whoever decided it with a reason; the ones before are kept.

    Where superiors rated one after the other, each of their ratings gets it: what was decided is what counts.
    """
    theirs = of_superiors(session, review)
    for name, value in changed(session, review, corrections).items():
        for rater, before in (one for one in theirs[name] if weight(one[1].rating) != weight(value)):
            session.add(
                Rating(
                    review_key=review.key,
                    rater_key=rater.key,
                    indicator_id=name,
                    version=before.version + 1,
                    rating=plain(weight(value)),
                    comment=reason,
                    given_by=by.username,
                    given_at=clock.now(session),
                )
            )
    session.flush()  # the total is computed from them


def correction_problems(session: Session, review: Review, corrections: Mapping[str, str]) -> list[Problem]:
    """Name what is wrong with corrections of the superior's ratings."""
    template = reviews.template(session, review)
    own = {indicator.id for indicator in template.rated_by(raters.SUPERIOR)}
    problems = [
        Problem(Sentence("The superior does not rate it"), name, "not-this-group")
        for name in corrections
        if name not in own
    ]
    for name, value in corrections.items():
        if not template.scale.allows(_step(value)):
            problems.append(Problem(Sentence("{rating} is no step of the scale", rating=value), name, "off-scale"))
    return problems


def rating_problems(scale: Scale, indicators: list[Indicator], given: Mapping[str, Given]) -> list[Problem]:
    """Name what is wrong with the ratings of one rater."""
    own = {indicator.id: indicator for indicator in indicators}
    problems = [
        Problem(Sentence("This rater group does not rate it"), name, "not-this-group")
        for name in given
        if name not in own
    ]
    for name, indicator in own.items():
        if name not in given:
            problems.append(Problem(Sentence("The rating is missing"), name, "missing-rating"))
        else:
            problems += _problems(scale, indicator, given[name])
    return problems


def case_problems(group: RaterGroup, given: Mapping[str, Given]) -> list[Problem]:
    """Name what is missing of the cases without which the group's ratings do not count (L001-08)."""
    if not group.case_length:
        return []
    found = []
    for name, answer in given.items():
        said = {part: answer.case.get(part, "").strip() for part in CASE}
        found += [Problem(Sentence("No rating without a case"), name, f"case-{p}") for p in NEEDED if not said[p]]
        if all(said[part] for part in NEEDED) and sum(map(len, said.values())) < group.case_length:
            sentence = Sentence("The case needs {length} characters or more", length=group.case_length)
            found.append(Problem(sentence, name, "case-fact"))
    return found


def of_review(session: Session, review: Review) -> list[tuple[Rater, Rating]]:
    """List the newest ratings of a review with their raters, in the order the raters were asked."""
    rows = session.execute(
        select(Rater, Rating)
        .join(Rating, Rating.rater_key == Rater.key)
        .where(Rater.review_key == review.key)
        .order_by(Rater.key, Rating.version)
    )
    newest = {(rater.key, rating.indicator_id): (rater, rating) for rater, rating in rows}
    return list(newest.values())


def _step(text: str) -> Fraction:
    try:
        return weight(text)
    except UnreadableError:
        return Fraction(-1)


def _problems(scale: Scale, indicator: Indicator, given: Given) -> list[Problem]:
    rating = _step(given.rating)
    if not scale.allows(rating):
        return [Problem(Sentence("{rating} is no step of the scale", rating=given.rating), indicator.id, "off-scale")]
    told = given.comment.strip() or any(part.strip() for part in given.case.values())
    if indicator.evidence_at is not None and rating <= indicator.evidence_at and not told:
        sentence = Sentence("A rating of {rating} needs a concrete case", rating=given.rating)
        return [Problem(sentence, indicator.id, "missing-case")]
    return []
