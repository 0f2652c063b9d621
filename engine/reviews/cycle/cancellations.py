"""Cancellations: a cycle that was wrong is given up, and another takes up what was typed in it (E-62)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import instances
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cycle import cycles, launches, reviews
from engine.reviews.models import Cycle, CycleState, Goal, Rater, Review, ReviewState, Role, TargetSheet
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.rulebook import goals
from engine.reviews.sentences import Sentence, expect_text


def cancel(session: Session, cycle: Cycle, *, reason: str, by: Identity) -> None:
    """Give a cycle up, and end the process that was to launch it.

    Raises:
        Forbidden, Conflict, Invalid: as `give_up`.
    """
    give_up(session, cycle, reason=reason, by=by)
    if launches.is_under_way(session, cycle):
        instances.cancel(session, cycle.procedure_key or 0, by=by.trusted())


def give_up(session: Session, cycle: Cycle, *, reason: str, by: Identity) -> None:
    """Give a cycle up: its reviews' processes end, the reviews are closed without a result, and its people are told.

    What was typed stays and can be taken up by another cycle.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is closed or cancelled, or results of it are released.
        Invalid: no reason is given.
    """
    intent = Sentence("cancel cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state not in (CycleState.DRAFT, CycleState.LAUNCHED):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    if cycle.released_at is not None:
        raise Conflict("Expected to {intent}, but its results are released", intent=intent)
    expect_text(reason, "reason", intent)
    launched = cycle.state is CycleState.LAUNCHED
    cycle.state, cycle.cancelling_reason = CycleState.CANCELLED, f"{by.username}: {reason}"
    for review in cycles.reviews_of(session, cycle):
        _close(session, cycle, review, reason=reason, told=launched, by=by)


def draft_again(session: Session, cycle: Cycle, *, label: str, template_key: int, by: Identity) -> Cycle:
    """Draft the cycle that takes the place of a cancelled one, with its people, raters, goals and relations.

    Targets and ratings stand in the forms again where the new rules have the indicator, for those who wrote them to
    confirm or change.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: there is no such template.
        Conflict: the cycle is not cancelled, or the label is taken.
    """
    intent = Sentence("draft cycle {label} again", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.CANCELLED:
        raise Conflict("Expected to {intent}, but it is {state}, not cancelled", intent=intent, state=cycle.state.value)
    again = cycles.draft(
        session,
        label=label,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        template_key=template_key,
        by=by,
        process_id=cycle.process_id,
        zone=cycle.zone,
    )
    for name in _TAKEN_OVER:
        setattr(again, name, getattr(cycle, name))
    again.replaces_key = cycle.key
    for review in cycles.reviews_of(session, cycle):
        _enrol_again(session, again, review, by=by)
    _hand_down_again(session, cycle, again)
    return again


def replaced(session: Session, review: Review) -> Review | None:
    """Find the review of the same person in the cancelled cycle whose place a review's cycle takes."""
    replaces = select(Cycle.replaces_key).where(Cycle.key == review.cycle_key).scalar_subquery()
    own = (Review.cycle_key == replaces, Review.appraisee_key == review.appraisee_key)
    return session.scalar(select(Review).where(*own))


def targets_before(session: Session, review: Review) -> dict[str, str]:
    """Give the targets that somebody wrote in the cancelled cycle, by indicator."""
    before = replaced(session, review)
    if before is None:
        return {}
    sheets = select(TargetSheet).where(TargetSheet.review_key == before.key)
    latest = session.scalar(sheets.order_by(TargetSheet.version.desc()).limit(1))
    return latest.targets if latest else targets_before(session, before)


def _close(session: Session, cycle: Cycle, review: Review, *, reason: str, told: bool, by: Identity) -> None:
    if review.state in (ReviewState.SIGNED, ReviewState.CLOSED):
        return
    review.state, review.closing_reason = ReviewState.CLOSED, f"{by.username}: {reason}"
    if told:
        notices.write(session, review.appraisee_key, "cycle-cancelled", label=cycle.label, reason=reason)
    reviews.end(session, review, by=by)


def _enrol_again(session: Session, cycle: Cycle, before: Review, *, by: Identity) -> None:
    review = cycles.enrol(session, cycle, people.by_key(session, before.appraisee_key), by=by)
    review.covers_from, review.covers_until = before.covers_from, before.covers_until
    known = {group.id for group in raters.groups(session, review)} - raters.BY_POSITION
    asked = (one for one in raters.of_review(session, before) if one.group_id in known)
    session.add_all(Rater(review_key=review.key, group_id=one.group_id, person_key=one.person_key) for one in asked)


def _hand_down_again(session: Session, cycle: Cycle, again: Cycle) -> None:
    """Copy the goals, the upper ones first, so that each finds the copy of the one above."""
    copies: dict[int, int] = {}
    for goal in goals.of_cycle(session, cycle):
        copy = Goal(
            cycle_key=again.key,
            parent_key=copies.get(goal.parent_key) if goal.parent_key else None,
            level=goal.level,
            department_key=goal.department_key,
            person_key=goal.person_key,
            indicator_id=goal.indicator_id,
            target=goal.target,
            unit=goal.unit,
            share=goal.share,
            set_by=goal.set_by,
            set_at=goal.set_at,
        )
        session.add(copy)
        session.flush()  # goals below refer to it
        copies[goal.key] = copy.key


_TAKEN_OVER = (
    "calendar",
    "kind",
    "parent_key",
    "team_cycle_key",
    "template_decision",
    "regulation_key",
    "pilot",
    "cut_off",
    "close_of_business",
    "deadlines",
    "grace",
    "eligibility_decision",
)
"""What a cycle that is drafted again keeps of the one that was cancelled."""
