"""Motions: a party asks that a member be excluded; the chair decides, or HR's head where it is the chair (E-70)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances, tasks
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cases import panels, proceedings
from engine.reviews.cycle import reviews
from engine.reviews.deadlines import escalations
from engine.reviews.models import (
    PENDING,
    Appeal,
    AppealState,
    PanelMember,
    PanelState,
    Person,
    Recusal,
    RecusalMotion,
    Role,
)
from engine.reviews.organisation import people
from engine.reviews.panels import formations, recusals, sight
from engine.reviews.sentences import Sentence, expect_text

DECIDING = frozenset({"reviewflow.decide-motion"})
"""What hears the task in which a motion is decided."""

PERSONAL = {Recusal.APPELLANT, Recusal.LINE, Recusal.KIN, Recusal.AWAY}
"""What keeps somebody from HR from deciding a motion, which is about procedure and not about the result."""


def announce(session: Session, appeal: Appeal) -> list[Person]:
    """Tell the parties who is to sit; return them. They may object to each of these."""
    for member in panels.of_appeal(session, appeal):
        member.announced_at = member.announced_at or clock.now(session)
    told = recusals.parties(session, appeal)
    for party in told:
        notices.write(session, party.key, "panel-announced", appeal=str(appeal.key), review=str(appeal.review_key))
    return told


def unannounced(session: Session, appeal: Appeal) -> bool:
    """Tell whether the parties have not been told of every member."""
    return any(member.announced_at is None for member in panels.of_appeal(session, appeal))


def make(session: Session, appeal: Appeal, member: PanelMember, *, reason: str, by: Identity) -> RecusalMotion:
    """Ask that a member be excluded, as a party, with the reason.

    Raises:
        Forbidden: `by` is no party.
        Conflict: the member neither is about to sit nor sits in a case that is heard, or `by` asked it before.
        Invalid: no reason is given.
    """
    intent = Sentence("object to a member of the panel of appeal {key}", key=appeal.key)
    party = next((one for one in recusals.parties(session, appeal) if one.username == by.username), None)
    if party is None:
        raise Forbidden("Expected to {intent}, but {username} is no party", intent=intent, username=by.username)
    sits = member.state is PanelState.SEATED and appeal.state is AppealState.HEARD
    if member.appeal_key != appeal.key or not (sits or member.state is PanelState.DECLARED):
        raise Conflict("Expected to {intent}, but it is not somebody who sits or is about to", intent=intent)
    asked = RecusalMotion.member_key == member.key, RecusalMotion.party_key == party.key
    if session.scalar(select(RecusalMotion.key).where(*asked)) is not None:
        raise Conflict("Expected to {intent}, but {username} objected before", intent=intent, username=by.username)
    expect_text(reason, "reason", intent)
    motion = RecusalMotion(member_key=member.key, party_key=party.key, reason=reason, made_at=clock.now(session))
    session.add(motion)
    session.flush()  # who decides is found among all motions
    return motion


def assign(session: Session, appeal: Appeal) -> list[tuple[RecusalMotion, Person]]:
    """Name who decides each open motion: the chair, or the head of HR as soon as the chair is challenged too."""
    waiting = undecided(session, appeal)
    if not waiting:
        return []
    decider = _decider(session, appeal, waiting)
    for motion in waiting:
        motion.decider_key = decider.key
    return [(motion, decider) for motion in waiting]


def hand_on(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Give the motions that wait to who decides them now, where whoever was to has left, is away, or chairs no more."""
    waiting = proceedings.open_for(session, appeal, DECIDING)
    if not waiting:
        return
    decider = _decider(session, appeal, undecided(session, appeal))
    for task in waiting:
        listed = instances.variables(session, task.instance_key, task.token)["motion"]
        motion = found(session, int(listed["motion"]))
        motion.decider_key = decider.key
        if task.assignee != decider.username:
            tasks.assign(session, task.key, decider.username, by=by.trusted())


def decided_by(session: Session, person: Person) -> Sequence[Appeal]:
    """List the appeals in which a motion waits for somebody's decision."""
    waiting = RecusalMotion.granted.is_(None), RecusalMotion.decider_key == person.key
    about = select(PanelMember.appeal_key).join(RecusalMotion, RecusalMotion.member_key == PanelMember.key)
    return session.scalars(select(Appeal).where(Appeal.key.in_(about.where(*waiting)), Appeal.state.in_(PENDING))).all()


def decide(session: Session, motion: RecusalMotion, *, granted: bool, reason: str, by: Identity) -> None:
    """Decide a motion with the reason; where it is granted the member is excluded.

    Raises:
        Forbidden: `by` is not who decides it; nobody decides about themselves.
        Conflict: it is decided.
        Invalid: no reason is given.
    """
    intent = Sentence("decide recusal motion {key}", key=motion.key)
    member = session.get_one(PanelMember, motion.member_key)
    if motion.decider_key is None or motion.decider_key == member.person_key:
        raise Forbidden("Expected to {intent}, but nobody decides about themselves", intent=intent)
    reviews.expect_person(session, motion.decider_key, by, intent)
    if motion.granted is not None:
        raise Conflict("Expected to {intent}, but it is decided", intent=intent)
    expect_text(reason, "reason", intent)
    motion.granted, motion.decision, motion.decided_at = granted, reason, clock.now(session)
    if granted and member.state is not PanelState.EXCLUDED:
        formations.exclude(session, member, Recusal.MOTION, reason)


def found(session: Session, key: int) -> RecusalMotion:
    """Find a motion by key.

    Raises:
        NotFound: there is none.
    """
    motion = session.get(RecusalMotion, key)
    if motion is None:
        raise NotFound("Expected to find recusal motion {key}, but there is none", key=key)
    return motion


def of_appeal(session: Session, appeal: Appeal, *, by: Identity) -> Sequence[RecusalMotion]:
    """List the motions of an appeal that somebody may see, the oldest first."""
    return session.scalars(_of(appeal).where(sight.motions(session, by)).order_by(RecusalMotion.key)).all()


def undecided(session: Session, appeal: Appeal) -> list[RecusalMotion]:
    """List the motions that nobody has decided, against members who are not excluded by now."""
    there = select(PanelMember.key).where(PanelMember.state != PanelState.EXCLUDED)
    waiting = _of(appeal).where(RecusalMotion.granted.is_(None), RecusalMotion.member_key.in_(there))
    return list(session.scalars(waiting.order_by(RecusalMotion.key)))


def _of(appeal: Appeal) -> Select[RecusalMotion]:
    own = select(PanelMember.key).where(PanelMember.appeal_key == appeal.key)
    return select(RecusalMotion).where(RecusalMotion.member_key.in_(own))


def _decider(session: Session, appeal: Appeal, waiting: Sequence[RecusalMotion]) -> Person:
    """Find who decides: the chair, unless there is none who can, or one of the motions is against the chair."""
    chair = panels.chair_of(session, appeal)
    challenged = chair is None or any(motion.member_key == chair.key for motion in waiting)
    if chair is None or challenged or chair.person_key in recusals.of_appeal(session, appeal):
        return _head(session, appeal)
    return people.by_key(session, chair.person_key)


def _head(session: Session, appeal: Appeal) -> Person:
    """Find who leads HR, or the next from HR who has no part in the case.

    Raises:
        Conflict: everybody from HR has.
    """
    officers = people.in_role(session, Role.HR)
    barred = recusals.of_appeal(session, appeal)
    heads = [person for person in escalations.heads(session, officers) if person in officers]
    for person in [*heads, *officers]:
        if not PERSONAL & {*barred.get(person.key, ())}:
            return person
    raise Conflict(
        "Expected to name who decides in appeal {key}, but everybody from HR has a part in it", key=appeal.key
    )
