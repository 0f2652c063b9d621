"""Hand-overs: open tasks and the names in running processes go from one person to another; drafts go along."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.bpmn import drafts, element_instances, instances, modifications, tasks
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask, Variables
from engine.identity import Identity
from engine.reviews.cycle.reviews import CHECK_IN
from engine.reviews.models import ChangedReview, CycleChange, Person, Review

CORRECTION = "reopen-correct"
"""The process beside a review whose tasks are handed over too; in appeals everybody answers for what was theirs."""

SUPERIOR = ("superior", "nominator", "approver", "replacer")
"""The variables that name the superior."""

SECOND = ("secondSuperior",)
"""The variable that names the second level."""


def open_of(session: Session, review: Review, username: str) -> Sequence[UserTask]:
    """List somebody's open tasks in the processes of a review, what is due first first."""
    held = select(UserTask).where(UserTask.state == TaskState.CREATED, UserTask.assignee == username)
    rows = session.scalars(held.order_by(UserTask.due_at, UserTask.key)).all()
    running = {instance.key for instance in _running(session, review)}
    besides = {task.key for task in _asked_besides(session, review)}
    return [
        task
        for task in rows
        if task.instance_key in running or task.key in besides or _is_of_month(session, review, task)
    ]


def told(session: Session, found: Sequence[UserTask], to: Person | None) -> list[dict[str, Any]]:
    """Tell of tasks as a preview does: which, whose, whose then, until when, and how many drafts go along."""
    kept = drafts.count(session, [task.key for task in found])
    return [
        {
            "task": str(task.key),
            "element": task.element_id,
            "name": task.name or task.element_id,
            "from": task.assignee,
            "to": task.assignee if to is None else to.username,
            "due": task.due_at.isoformat() if task.due_at else None,
            "drafts": kept.get(task.key, 0),
        }
        for task in found
    ]


def move(
    session: Session, review: Review, before: Person, after: Person, names: Collection[str], *, by: Identity
) -> None:
    """Give somebody's open tasks of a review to somebody else, and let its processes name that one from now on.

    What was typed goes along. A rating that is awaited goes to the successor by the rules of delegation.

    Raises:
        Forbidden, Conflict, Invalid: the rules of delegation forbid it.
    """
    for task in open_of(session, review, before.username):
        if tasks.hand_on(session, task.key, after.username, by=by.trusted()):
            drafts.offer(session, task, after.username)
    for instance in (*_running(session, review), *_months(session, review, after.username)):
        seen = instances.variables(session, instance.key)
        renamed: Variables = {name: after.username for name in names if seen.get(name) == before.username}
        if renamed:
            modifications.set_variables(session, instance.key, renamed, local=True, by=by.trusted())
    for task in _asked_besides(session, review):
        seen = instances.variables(session, task.instance_key, task.token)
        renamed = {name: after.username for name in names if seen.get(name) == before.username}
        if renamed:
            place = element_instances.key_of(session, task.instance_key, task.token)
            modifications.set_variables(session, place, renamed, local=False, by=by.trusted())


def _running(session: Session, review: Review) -> Sequence[ProcessInstance]:
    own = ProcessInstance.root_key == review.instance_key
    beside = and_(ProcessInstance.business_id == str(review.key), ProcessInstance.process_id == CORRECTION)
    running = select(ProcessInstance).where(ProcessInstance.state == InstanceState.ACTIVE, or_(own, beside))
    return session.scalars(running.order_by(ProcessInstance.key)).all()


def _asked_besides(session: Session, review: Review) -> list[UserTask]:
    """List the open tasks that the processes of changes have for a review."""
    waiting = (
        select(CycleChange.instance_key)
        .join(ChangedReview, ChangedReview.change_key == CycleChange.key)
        .where(ChangedReview.review_key == review.key, ChangedReview.settled_at.is_(None))
    )
    open_ = select(UserTask).where(UserTask.instance_key.in_(waiting), UserTask.state == TaskState.CREATED)
    return [
        task
        for task in session.scalars(open_.order_by(UserTask.key)).all()
        if instances.variables(session, task.instance_key, task.token).get("review") == str(review.key)
    ]


def _months(session: Session, review: Review, username: str) -> Iterator[ProcessInstance]:
    """Find the months of a review in which somebody has a task."""
    held = select(UserTask).where(UserTask.state == TaskState.CREATED, UserTask.assignee == username)
    for task in session.scalars(held.where(UserTask.process_id == CHECK_IN).order_by(UserTask.key)).all():
        if _is_of_month(session, review, task):
            yield instances.get(session, task.instance_key)


def _is_of_month(session: Session, review: Review, task: UserTask) -> bool:
    return task.process_id == CHECK_IN and instances.variables(session, task.instance_key)["review"] == str(review.key)
