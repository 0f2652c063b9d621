"""Escalations: an overdue task is reported to the next level, which may press for it and cannot do it.

The next level of a person is the first superior who is there; of a group such as HR its head; and above the last of a
line HR. Where the holder must stay unknown to the line, as a rater or a panel member must, HR is told instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn.models import UserTask
from engine.errors import Incident
from engine.reviews import notices
from engine.reviews.deadlines import reminders
from engine.reviews.models import Escalation, Person, Review, Role
from engine.reviews.organisation import lines, people
from engine.reviews.sentences import Sentence

ESCALATED = "task-escalated"


class Level(StrEnum):
    """To whom a task is reported."""

    LINE = "line"
    """The next superior of its holder."""
    HEAD = "head"
    """Who leads the group whose task it is."""
    HR = "hr"
    """HR, where the line must not know who holds it."""


def level(text: str, element_id: str) -> Level:
    """Read to whom a diagram reports.

    Raises:
        Incident: there is no such level.
    """
    try:
        return Level(text or Level.LINE)
    except ValueError:
        known = ", ".join(Level)
        reason = Sentence("its header to is {text!r}, which is none of {known}", text=text, known=known)
        raise Incident(
            "Expected to escalate at {element}, but {reason}", element_id=element_id, element=element_id, reason=reason
        ) from None


def write(session: Session, instance_key: int, element_id: str, to: Level, *, review: Review | None) -> None:
    """Report an element's open tasks to the next level, and remind their holders once more."""
    for task in reminders.open_tasks(session, instance_key, element_id):
        _report(session, task, to, review)
        reminders.tell(session, task, reminders.OVERDUE if _is_over(session, task) else reminders.NEAR, review=review)


def of_tasks(session: Session, task_keys: Sequence[int]) -> dict[int, list[str]]:
    """Name the accounts to which tasks are reported, by task."""
    reported = select(Escalation.task_key, Person.username).join(Person, Person.key == Escalation.person_key)
    found: dict[int, list[str]] = {}
    standing = reported.where(Escalation.task_key.in_(task_keys), Escalation.lifted_at.is_(None))
    for key, username in session.execute(standing.order_by(Person.employee_id)):
        found.setdefault(key, []).append(username)
    return found


def lift(session: Session, task_key: int) -> None:
    """Make void what was reported of a task: its deadline lies ahead again."""
    standing = select(Escalation).where(Escalation.task_key == task_key, Escalation.lifted_at.is_(None))
    for row in session.scalars(standing).all():
        row.lifted_at = clock.now(session)


def next_level(session: Session, task: UserTask, to: Level) -> list[Person]:
    """List the people of the next level who are there today; nobody where a holder is the last of all."""
    holding = reminders.holding(session, task)
    if to is Level.LINE:
        above = _superiors(session, holding)
    elif to is Level.HEAD:
        above = heads(session, holding)
    else:
        above = []
    return above or reminders.present(session, people.in_role(session, Role.HR))


def heads(session: Session, members: Sequence[Person]) -> list[Person]:
    """List who leads a group: the members under nobody else in it; where all are, those above them."""
    day, keys = calendars.today(session), {person.key for person in members}
    superiors = {person.key: lines.superior_of(session, person.key, day) for person in members}
    heads = [person for person in members if (above := superiors[person.key]) is None or above.key not in keys]
    led = reminders.present(session, heads) if len(heads) < len(members) else []
    return led or _superiors(session, members)


def _report(session: Session, task: UserTask, to: Level, review: Review | None) -> None:
    reported = select(Escalation.person_key).where(Escalation.task_key == task.key, Escalation.lifted_at.is_(None))
    known = set(session.scalars(reported))
    about = {} if review is None else {"review": str(review.key)}
    due = None if task.due_at is None else task.due_at.isoformat()
    names = [person.username for person in reminders.holding(session, task)]
    for person in next_level(session, task, to):
        if person.key not in known:
            row = Escalation(task_key=task.key, person_key=person.key, escalated_at=clock.now(session))
            session.add(row)
            told = {"task": str(task.key), "name": task.name, "due": due, "holders": names, **about}
            notices.write(session, person.key, ESCALATED, **told)


def _superiors(session: Session, holding: Sequence[Person]) -> list[Person]:
    """List the nearest superior of each holder who is there and holds the task no less."""
    day, found = calendars.today(session), {}
    for person in holding:
        above = reminders.present(session, lines.superiors_of(session, person.key, day))
        nearest = next((superior for superior in above if superior not in holding), None)
        if nearest is not None:
            found[nearest.key] = nearest
    return list(found.values())


def _is_over(session: Session, task: UserTask) -> bool:
    return task.due_at is not None and task.due_at <= clock.now(session)
