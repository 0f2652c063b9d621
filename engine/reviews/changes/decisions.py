"""Decisions on a change: entered, seen beforehand, decided item by item, agreed, approved and applied at once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import ENGINE, SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.changes import care, events, previews, records
from engine.reviews.changes.events import Event
from engine.reviews.changes.items import Aftermath, Foreseen
from engine.reviews.cycle import cycles
from engine.reviews.deadlines import timing
from engine.reviews.models import (
    ChangedReview,
    ChangeKind,
    ChangeState,
    Cycle,
    CycleChange,
    CycleState,
    Person,
    Review,
    Role,
)
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

PROCESS = "mid-cycle-change"
"""The process of a change."""

AWAY = (ChangeKind.LEAVER, ChangeKind.LEAVE)
"""What takes people from the panels on which they sit."""


def enter(session: Session, cycle: Cycle, event: Event, *, by: Identity) -> CycleChange:
    """Enter what has happened and compute what it would do; its process asks HR what becomes of each item.

    Nothing of the cycle changes by it (E-03).

    Raises:
        Forbidden: `by` is not HR, and does not lead everybody whose targets are to change.
        Conflict: the cycle does not run, or a change of the same people of the same kind is under way.
        Invalid: something is missing or does not fit, or nothing would change.
    """
    intent = Sentence("enter a change of {kind} in cycle {label}", kind=event.kind.value, label=cycle.label)
    _expect_may_enter(session, cycle, event, by, intent)
    if cycle.state is not CycleState.LAUNCHED:
        raise Conflict("Expected to {intent}, but the cycle is {state}", intent=intent, state=cycle.state.value)
    expect_text(event.reason, "reason", intent)
    if problems := list(events.problems(cycle, event)):
        raise Invalid("Expected to {intent}, but it is not complete", problems, intent=intent)
    _expect_not_twice(session, cycle, event, intent)
    change = CycleChange(
        cycle_key=cycle.key,
        kind=event.kind,
        effective_on=event.effective_on,
        reason=event.reason,
        details=event.kept(),
        owner_key=event.owner.key if event.owner else None,
        entered_by=by.username,
        entered_at=clock.now(session),
    )
    events.expect_items(session, change, by=by)
    session.add(change)
    session.flush()  # its process refers to it
    _preview(session, change)
    _start(session, cycle, change, by)
    return change


def decide(session: Session, change: CycleChange, choices: Mapping[str, str], *, by: Identity) -> CycleChange:
    """Decide what becomes of each item, as HR; the preview is computed again with these choices.

    Raises:
        Forbidden: `by` is not HR, or it is about the own review.
        Conflict: it is approved or rejected.
        Invalid: an item is unknown, or a choice is not among its own.
    """
    intent = Sentence("decide on change {key}", key=change.key)
    _expect_uninvolved(session, change, by, intent)
    _expect_state(change, intent, ChangeState.ENTERED, ChangeState.DECIDED)
    previews.expect_choices(session, change, choices)
    change.choices = dict(choices)
    return _decided(session, change, by)


def decide_by_policy(session: Session, change: CycleChange) -> CycleChange:
    """Decide every item as the policy of the cycle says, where HR did not in time; it is still to be approved."""
    _expect_state(change, Sentence("decide on change {key}", key=change.key), ChangeState.ENTERED, ChangeState.DECIDED)
    policy = cycles.found(session, change.cycle_key).change_policy
    change.choices = previews.by_policy(session, change, policy)
    return _decided(session, change, SYSTEM)


def agree(session: Session, change: CycleChange, *, by: Identity) -> None:
    """Agree to a change as its owner, such as the head of marketing to other targets (L002-09).

    Raises:
        Forbidden: `by` is not the owner.
        Conflict: it is not decided.
    """
    intent = Sentence("agree to change {key}", key=change.key)
    owner = people.by_key(session, change.owner_key) if change.owner_key else None
    if owner is None or owner.username != by.username:
        raise Forbidden("Expected to {intent}, but that is not {username}'s to do", intent=intent, username=by.username)
    _expect_state(change, intent, ChangeState.DECIDED)
    change.agreed_at = clock.now(session)


def approve(session: Session, change: CycleChange, *, by: Identity) -> list[ChangedReview]:
    """Approve a change as somebody else from HR, and apply all of it in this transaction.

    What is applied is what the preview showed.

    Raises:
        Forbidden: `by` is not HR, entered it or decided on it, or it is about the own review.
        Conflict: it is not decided, its owner has not agreed, or something has changed since the preview.
    """
    intent = Sentence("approve change {key}", key=change.key)
    _expect_uninvolved(session, change, by, intent)
    _expect_four_eyes(change, by, intent)
    _expect_state(change, intent, ChangeState.DECIDED)
    if change.owner_key is not None and change.agreed_at is None:
        raise Conflict("Expected to {intent}, but its owner has not agreed", intent=intent)
    foreseen = previews.of_change(session, change)
    if previews.digest(previews.written(foreseen)) != change.digest:
        raise Conflict(
            "Expected to {intent}, but something has changed since its preview: look at it again", intent=intent
        )
    change.state, change.settled_by, change.settled_at = ChangeState.APPLIED, by.username, clock.now(session)
    rows = [row for one in foreseen if (row := _applied(session, change, one, by)) is not None]
    if change.kind in AWAY:
        care.vacate_seats(session, events.concerned(session, change), by=by)
    return rows


def preview_again(session: Session, change: CycleChange, *, by: Identity) -> CycleChange:
    """Compute the preview anew, where something has changed since; the items are decided once more.

    Raises:
        Forbidden: `by` is not HR, or it is about the own review.
        Conflict: it is approved or rejected.
    """
    intent = Sentence("look at change {key} again", key=change.key)
    _expect_uninvolved(session, change, by, intent)
    _expect_state(change, intent, ChangeState.ENTERED, ChangeState.DECIDED)
    offered = {one.item.id: one.choices for one in previews.of_change(session, change, {})}
    change.choices = {name: one for name, one in change.choices.items() if one in offered.get(name, ())}
    change.state, change.agreed_at = ChangeState.ENTERED, None
    return _preview(session, change)


def reject(session: Session, change: CycleChange, *, reason: str, by: Identity) -> None:
    """Decide that nothing of a change is carried out: as HR, or as its owner.

    Raises:
        Forbidden: `by` is neither, or it is about the own review.
        Conflict: it is approved or rejected already.
        Invalid: no reason is given.
    """
    intent = Sentence("reject change {key}", key=change.key)
    owner = people.by_key(session, change.owner_key) if change.owner_key else None
    if owner is None or owner.username != by.username:
        _expect_uninvolved(session, change, by, intent)
    _expect_state(change, intent, ChangeState.ENTERED, ChangeState.DECIDED)
    expect_text(reason, "remark", intent)
    change.state, change.remark = ChangeState.REJECTED, reason
    change.settled_by, change.settled_at = by.username, clock.now(session)
    entered_by = people.named(session, change.entered_by)
    notices.write(session, entered_by.key, "change-rejected", change=str(change.key), reason=reason)


def _applied(session: Session, change: CycleChange, one: Foreseen, by: Identity) -> ChangedReview | None:
    after: Aftermath = events.PARTS[one.item.part].apply(session, change, one.item, one.choice, by)
    session.flush()  # the next item finds what this one did
    review_key = after.review_key or one.item.review_key
    if review_key is None:
        return None
    waits = after.signs or after.confirms or after.rater_key is not None or after.awaits
    row = ChangedReview(
        change_key=change.key,
        review_key=review_key,
        item=one.item.id,
        choice=one.choice,
        effects=one.to_json(),
        applied_at=clock.now(session),
        signs=after.signs,
        confirms=after.confirms,
        rater_key=after.rater_key,
        settled_at=None if waits else clock.now(session),
    )
    session.add(row)
    session.flush()  # the process that follows up reads it
    return row


def _decided(session: Session, change: CycleChange, by: Identity) -> CycleChange:
    change.state, change.decided_by, change.decided_at = ChangeState.DECIDED, by.username, clock.now(session)
    change.agreed_at = None
    return _preview(session, change)


def _preview(session: Session, change: CycleChange) -> CycleChange:
    change.preview = previews.written(previews.of_change(session, change))
    change.digest = previews.digest(change.preview)
    change.previewed_at = clock.now(session)
    return change


def _start(session: Session, cycle: Cycle, change: CycleChange, by: Identity) -> None:
    owner = people.by_key(session, change.owner_key) if change.owner_key else None
    instance = instances.start(
        session,
        process_id=PROCESS,
        variables={
            "change": str(change.key),
            "kind": change.kind.value,
            "owner": owner.username if owner else None,
            **timing.variables(cycle),
        },
        by=by.trusted(),
        origin=timing.origin(cycle, change.key),
    )
    change.instance_key = instance.key


def _expect_may_enter(session: Session, cycle: Cycle, event: Event, by: Identity, intent: str) -> None:
    if event.kind is ChangeKind.TARGETS and _leads_all(session, cycle, event, by):
        return
    people.expect_role(by, Role.HR, intent)
    if any(person.username == by.username for person in event.people):
        raise Forbidden(
            "Expected to {intent}, but it is about {username}'s own review: another enters it",
            intent=intent,
            username=by.username,
        )


def _leads_all(session: Session, cycle: Cycle, event: Event, by: Identity) -> bool:
    """Tell whether somebody stands above everybody whose targets are to change."""
    rows = {review.appraisee_key: review for review in cycles.reviews_of(session, cycle)}
    own = {person.key for person in _named(session, by)}
    found = [rows.get(person.key) for person in event.people]
    return bool(found) and all(row is not None and own & _above(row) for row in found)


def _above(review: Review) -> set[int | None]:
    return {review.superior_key, review.second_superior_key}


def _named(session: Session, by: Identity) -> list[Person]:
    return [] if by.username == ENGINE else [people.named(session, by.username)]


def _expect_not_twice(session: Session, cycle: Cycle, event: Event, intent: str) -> None:
    about = {str(person.key) for person in event.people}
    for other in records.under_way(session, cycle):
        if other.kind is event.kind and about & set(other.details["people"]):
            raise Conflict(
                "Expected to {intent}, but change {key} of the same people is under way", intent=intent, key=other.key
            )


def _expect_uninvolved(session: Session, change: CycleChange, by: Identity, intent: str) -> None:
    """Let pass only HR, and nobody in the own review (E-95)."""
    people.expect_role(by, Role.HR, intent)
    if by.username in {person.username for person in events.concerned(session, change)}:
        raise Forbidden(
            "Expected to {intent}, but it is about {username}'s own review: another decides",
            intent=intent,
            username=by.username,
        )


def _expect_four_eyes(change: CycleChange, by: Identity, intent: str) -> None:
    if by.username in (change.entered_by, change.decided_by):
        raise Forbidden(
            "Expected to {intent}, but {username} entered or decided it: another approves",
            intent=intent,
            username=by.username,
        )


def _expect_state(change: CycleChange, intent: str, *states: ChangeState) -> None:
    if change.state not in states:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=change.state.value)
