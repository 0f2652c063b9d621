"""Proceedings: the processes of an appeal, its own and those it has called, and the open tasks in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.bpmn import definitions, tasks
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.reviews.models import Appeal

SEATING = "reviewflow.seat-panel"
"""What a process calls that forms panels, or finds who takes a place on one."""


def open_tasks(session: Session, appeal: Appeal, holder: str | None) -> Sequence[UserTask]:
    """List somebody's open tasks in the processes of an appeal, or those that nobody holds."""
    waiting = select(UserTask).where(UserTask.state == TaskState.CREATED, UserTask.assignee == holder)
    return session.scalars(waiting.where(_of(appeal)).order_by(UserTask.key)).all()


def open_for(session: Session, appeal: Appeal, operations: Collection[str]) -> list[UserTask]:
    """List the open tasks in the processes of an appeal that one of certain operations hears."""
    waiting = select(UserTask).where(UserTask.state == TaskState.CREATED, _of(appeal)).order_by(UserTask.key)
    return [task for task in session.scalars(waiting).all() if is_heard_by(session, task, operations)]


def has_begun(session: Session, appeal: Appeal, operations: Collection[str]) -> bool:
    """Tell whether a task that one of certain operations hears was ever there in the processes of an appeal."""
    there = session.execute(select(UserTask.definition_key, UserTask.element_id).where(_of(appeal)).distinct()).all()
    return any(not _heard(session, *place).isdisjoint(operations) for place in there)


def is_heard_by(session: Session, task: UserTask, operations: Collection[str]) -> bool:
    """Tell whether one of certain operations hears the completion of a task, whatever its diagram calls the task."""
    return not _heard(session, task.definition_key, task.element_id).isdisjoint(operations)


def is_forming(session: Session, appeal: Appeal) -> bool:
    """Tell whether a process that the appeal's own has called forms the panel just now."""
    called = select(ProcessInstance.definition_key).where(
        ProcessInstance.root_key == appeal.instance_key,
        ProcessInstance.key != appeal.instance_key,
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    return any(SEATING in definitions.net(session, key).operations for key in session.scalars(called).all())


def _heard(session: Session, definition_key: int, element_id: str) -> frozenset[str]:
    return frozenset(tasks.listeners(definitions.net(session, definition_key).by_id[element_id]))


def _of(appeal: Appeal) -> ColumnElement[bool]:
    family = select(ProcessInstance.key).where(
        or_(ProcessInstance.key == appeal.instance_key, ProcessInstance.root_key == appeal.instance_key)
    )
    return UserTask.instance_key.in_(family)
