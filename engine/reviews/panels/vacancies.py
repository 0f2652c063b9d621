"""Vacancies: a member who sits and becomes recused is excluded, and whoever's lot comes next takes the place.

What an excluded member voted and noted stays on record and counts for nothing. The chair's open tasks go to the next
chair at once; an open vote waits for the one who takes the place.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import chores, messages, modifications, tasks
from engine.bpmn.messages import Publication
from engine.bpmn.models import Variables
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.cases import panels, proceedings, votes
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Appeal, AppealState, PanelMember, Person, RecusalMotion, Role, Vote
from engine.reviews.organisation import people
from engine.reviews.panels import formations, members, motions

QUESTIONED = "panel-questioned"
"""The message, by the appeal's key, that a panel which sits lacks a member, or that a party objects to one."""

CHAIRED = frozenset(
    {
        "reviewflow.prepare-hearing",
        "reviewflow.record-deliberation",
        "reviewflow.record-hearing",
        "reviewflow.write-decision",
    }
)
"""What hears the tasks of the chair."""

WATCH = "reviews.watch-panel"


def check(session: Session, appeal: Appeal, *, by: Identity) -> list[PanelMember]:
    """Exclude who sits and is recused by now, and have the places taken; return who is excluded."""
    motions.hand_on(session, appeal, by=by)
    if appeal.state is not AppealState.HEARD:
        return []
    gone = formations.exclude_recused(session, appeal)
    if gone:
        vacate(session, appeal, by=by)
        _question(session, appeal, by)
    return gone


def check_seats_of(session: Session, person: Person, *, by: Identity) -> None:
    """Look at every panel on which somebody sits or decides motions, where something has happened to that one."""
    sits = session.scalars(select(Appeal).where(Appeal.key.in_(members.panels_of(person.key)))).all()
    for appeal in dict.fromkeys([*sits, *motions.decided_by(session, person)]):
        check(session, appeal, by=by)


def check_all(session: Session, *, by: Identity) -> None:
    """Look at every panel that forms or sits, where much may have happened to many."""
    formed = Appeal.state.in_((AppealState.ADMITTED, AppealState.HEARD))
    for appeal in session.scalars(select(Appeal).where(formed).order_by(Appeal.key)).all():
        check(session, appeal, by=by)


def object_(session: Session, appeal: Appeal, member: PanelMember, *, reason: str, by: Identity) -> RecusalMotion:
    """Ask that a member who sits be excluded, as a party, with the reason: the appeal's process has it decided.

    Raises:
        Forbidden: `by` is no party.
        Conflict: the member does not sit in a case that is heard, or `by` asked it before.
        Invalid: no reason is given.
    """
    motion = motions.make(session, appeal, member, reason=reason, by=by)
    motions.hand_on(session, appeal, by=by)
    _question(session, appeal, by)
    return motion


def vacate(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Take the open tasks from who was excluded; the chair's go to who chairs the panel now."""
    formations.crown(session, appeal)
    chair = panels.chair_of(session, appeal)
    successor = people.by_key(session, chair.person_key).username if chair else None
    for member in panels.called(session, appeal):
        if member.exclusion is not None:
            _take_tasks(session, appeal, people.by_key(session, member.person_key), successor, by)
    motions.hand_on(session, appeal, by=by)
    if appeal.instance_key is not None and successor is not None:
        there = [_account(session, member) for member in panels.seated(session, appeal)]
        named: Variables = {"chair": successor, "panel": there}
        modifications.set_variables(session, appeal.instance_key, named, local=True, by=by.trusted())
    _tell(session, appeal)


def fill_places(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Give the open tasks that nobody holds to who sits now: votes to who has none to cast, the rest to the chair."""
    chair = panels.chair_of(session, appeal)
    waiting = iter(voteless(session, appeal))
    for task in proceedings.open_tasks(session, appeal, None):
        if proceedings.is_heard_by(session, task, votes.CASTING):
            holder = next(waiting, None)
        elif proceedings.is_heard_by(session, task, CHAIRED) and chair is not None:
            holder = people.by_key(session, chair.person_key).username
        else:
            continue
        if holder is not None:
            tasks.assign(session, task.key, holder, by=by.trusted())


def voteless(session: Session, appeal: Appeal) -> list[str]:
    """Name who sits, has not voted, and is not asked to."""
    cast = set(session.scalars(select(Vote.member_key).where(Vote.appeal_key == appeal.key)))
    names = [_account(session, member) for member in panels.seated(session, appeal) if member.key not in cast]
    return [name for name in names if not _is_asked(session, appeal, name)]


def watch(session: Session, appeal: Appeal) -> None:
    """Look at a panel tomorrow, and every day until it has decided; before it sits, while a motion waits."""
    zone = ZoneInfo(cycles.found(session, reviews.found(session, appeal.review_key).cycle_key).zone)
    tomorrow: datetime = calendars.end_of(calendars.today(session, zone), zone)
    chores.defer(session, WATCH, {"appeal": appeal.key}, run_at=max(tomorrow, clock.now(session)))


@chores.chore(WATCH)
def look_again(session: Session, appeal: int) -> None:
    """Exclude who has become recused since the panel sat, and go on watching."""
    case = session.get_one(Appeal, appeal)
    waits = case.state is AppealState.ADMITTED and motions.undecided(session, case)
    if waits or case.state is AppealState.HEARD:
        check(session, case, by=SYSTEM)
        watch(session, case)


def _is_asked(session: Session, appeal: Appeal, name: str) -> bool:
    return any(task.assignee == name for task in proceedings.open_for(session, appeal, votes.CASTING))


def _take_tasks(session: Session, appeal: Appeal, person: Person, chair: str | None, by: Identity) -> None:
    for task in proceedings.open_tasks(session, appeal, person.username):
        if chair is not None and proceedings.is_heard_by(session, task, CHAIRED):
            tasks.assign(session, task.key, chair, by=by.trusted())
        elif proceedings.is_heard_by(session, task, CHAIRED | votes.CASTING):
            tasks.unassign(session, task.key, by=by.trusted())


def _question(session: Session, appeal: Appeal, by: Identity) -> None:
    """Have the process look at the panel, unless it does already."""
    session.flush()  # the process reads it
    if not proceedings.is_forming(session, appeal):
        messages.publish(session, Publication(QUESTIONED, str(appeal.key)), by=by.trusted())


def _tell(session: Session, appeal: Appeal) -> None:
    """Tell HR, but nobody from HR in the own case, that a panel which sits has lost a member."""
    for officer in people.in_role(session, Role.HR):
        if officer.username != appeal.lodged_by:
            notices.write(session, officer.key, "panel-vacancy", appeal=str(appeal.key), review=str(appeal.review_key))


def _account(session: Session, member: PanelMember) -> str:
    return people.by_key(session, member.person_key).username
