"""Nominations: who is named as a rater by whoever the rules let nominate, and who approves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Person, Rater, RaterState, Review, Role
from engine.reviews.organisation import people, scopes
from engine.reviews.rating import candidacies, raters
from engine.reviews.rulebook.rules import Approver, Nominator, RaterGroup
from engine.reviews.sentences import Sentence, expect_text


def propose(session: Session, review: Review, group_id: str, named: Sequence[Person], *, by: Identity) -> list[Rater]:
    """Name the raters of a group, as whoever the rules let nominate, or as HR in that one's place.

    What was proposed before and returned is replaced. Where nobody has to approve, or HR decides, they are asked at
    once; HR may also decide that nobody is.

    Raises:
        Forbidden: `by` is not who nominates, and not HR.
        Conflict: the group has its raters already.
        Invalid: too few or too many are named, or the rules exclude somebody; each is named.
    """
    intent = Sentence("nominate raters of review {key} as {group_id}", key=review.key, group_id=group_id)
    group = candidacies.expected(session, review, group_id, intent)
    nominator = nominator_of(session, review, group)
    instead = nominator is None or nominator.username != by.username
    if instead and not _acts_for_hr(session, review, by):
        raise Forbidden("Expected to {intent}, but that is not {username}'s to do", intent=intent, username=by.username)
    _clear(session, review, group, intent)
    problems = [] if instead and not named else list(_bounds(group, len(named)))
    problems += [p for person in named for p in candidacies.exclusions(session, review, group, person)]
    if problems:
        raise Invalid("Expected to {intent}, but not everybody can be", problems, intent=intent)
    chosen = [raters.add(session, review, person.key, group, by=by.username) for person in named]
    if group.approved_by is not Approver.NOBODY and not instead:
        for rater in chosen:
            rater.state = RaterState.NOMINATED
    return chosen


def approve(session: Session, review: Review, group_id: str, *, by: Identity) -> None:
    """Approve what was nominated: they are asked.

    Raises:
        Forbidden: `by` is not who approves.
    """
    for rater in _proposed(session, review, group_id, Sentence("approve"), by):
        rater.state = RaterState.ASKED


def return_(session: Session, review: Review, group_id: str, *, reason: str, by: Identity) -> None:
    """Return what was nominated, with a reason, so that others are named.

    Raises:
        Forbidden: `by` is not who approves.
        Invalid: no reason is given.
    """
    expect_text(
        reason,
        "comment",
        Sentence("return the raters of review {key} as {group_id}", key=review.key, group_id=group_id),
    )
    for rater in _proposed(session, review, group_id, Sentence("return"), by):
        raters.settle(session, rater, RaterState.NOMINATED, reason=reason, by=by)


def replace(session: Session, rater: Rater, person: Person, *, by: Identity) -> Rater:
    """Ask somebody in the place of a rater who declined or is gone, as whoever names replacements.

    Raises:
        Forbidden: `by` does not name replacements in that group.
        Conflict: the rater did not decline, or somebody stands in already.
        Invalid: the rules of the group exclude that person.
    """
    intent = Sentence("replace rater {key}", key=rater.key)
    review = reviews.found(session, rater.review_key)
    group = candidacies.expected(session, review, rater.group_id, intent)
    replacer = replacer_of(session, review, group)
    if (replacer is None or replacer.username != by.username) and not _acts_for_hr(session, review, by):
        raise Forbidden("Expected to {intent}, but that is not {username}'s to do", intent=intent, username=by.username)
    taken = session.scalar(select(Rater.key).where(Rater.stands_for_key == rater.key))
    if rater.state is not RaterState.DECLINED or taken is not None:
        raise Conflict("Expected to {intent}, but nobody is to be replaced there", intent=intent)
    candidacies.expect(session, review, group, [person], intent)
    successor = raters.add(session, review, person.key, group, by=by.username)
    successor.stands_for_key = rater.key
    return successor


def nominator_of(session: Session, review: Review, group: RaterGroup) -> Person | None:
    """Find who nominates the raters of a group; None for HR."""
    keys = {Nominator.APPRAISEE: review.appraisee_key, Nominator.SUPERIOR: review.superior_key}
    return _person(session, keys.get(group.nominated_by))


def approver_of(session: Session, review: Review, group: RaterGroup) -> Person | None:
    """Find who approves the nominations of a group; None for HR, and where nobody has to."""
    return _person(session, review.superior_key if group.approved_by is Approver.SUPERIOR else None)


def replacer_of(session: Session, review: Review, group: RaterGroup) -> Person | None:
    """Find who names replacements: the superior where the superior chose the others, else HR, which is None."""
    chosen_by = Nominator.SUPERIOR if group.approved_by is Approver.SUPERIOR else group.nominated_by
    return _person(session, review.superior_key if chosen_by is Nominator.SUPERIOR else None)


def _person(session: Session, key: int | None) -> Person | None:
    return None if key is None else people.by_key(session, key)


def _acts_for_hr(session: Session, review: Review, by: Identity) -> bool:
    """Tell whether somebody may do in a review what is HR's: nobody in the own one (E-95)."""
    return (Role.HR in by.groups or by.operator) and not scopes.is_own(session, review, by)


def _bounds(group: RaterGroup, count: int) -> Iterator[Problem]:
    if not group.fewest <= count <= group.most:
        sentence = Sentence(
            "{count} raters are named, but {fewest} to {most} must be",
            count=count,
            fewest=group.fewest,
            most=group.most,
        )
        yield Problem(sentence, "raters", "nomination-count")


def _clear(session: Session, review: Review, group: RaterGroup, intent: str) -> None:
    """Take back what was proposed and not approved; nothing was written in its name."""
    for rater in raters.of_review(session, review, group.id):
        if rater.state is not RaterState.NOMINATED:
            raise Conflict("Expected to {intent}, but the group has its raters already", intent=intent)
        session.delete(rater)
    session.flush()  # makes room for those who are named again


def _proposed(session: Session, review: Review, group_id: str, verb: str, by: Identity) -> list[Rater]:
    intent = Sentence("{verb} the raters of review {key} as {group_id}", verb=verb, key=review.key, group_id=group_id)
    group = candidacies.expected(session, review, group_id, intent)
    approver = approver_of(session, review, group)
    if (approver is None or approver.username != by.username) and not _acts_for_hr(session, review, by):
        raise Forbidden("Expected to {intent}, but that is not {username}'s to do", intent=intent, username=by.username)
    return [r for r in raters.of_review(session, review, group_id) if r.state is RaterState.NOMINATED]


def extend(session: Session, review: Review, group_id: str, named: Sequence[Person], *, by: Identity) -> None:
    """Ask those again whose rating did not come in time, and others beside them, as HR.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee (E-95).
        Invalid: the rules exclude somebody.
    """
    intent = Sentence("ask more raters of review {key} as {group_id}", key=review.key, group_id=group_id)
    people.expect_role(by, Role.HR, intent)
    scopes.expect_review(session, review, by=by, intent=intent)
    group = candidacies.expected(session, review, group_id, intent)
    candidacies.expect(session, review, group, named, intent)
    for person in named:
        raters.add(session, review, person.key, group, by=by.username)
