"""Proceedings: the processes of an appeal, its own and those it has called, and the open tasks in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.reviews.models import Appeal


def open_tasks(session: Session, appeal: Appeal, holder: str | None) -> Sequence[UserTask]:
    """List somebody's open tasks in the processes of an appeal, or those that nobody holds."""
    waiting = select(UserTask).where(UserTask.state == TaskState.CREATED, UserTask.assignee == holder)
    return session.scalars(waiting.where(_of(appeal)).order_by(UserTask.key)).all()


def has_begun(session: Session, appeal: Appeal, elements: Collection[str]) -> bool:
    """Tell whether a task of certain elements was ever there in the processes of an appeal."""
    there = select(UserTask.key).where(_of(appeal), UserTask.element_id.in_(elements))
    return session.scalar(there.limit(1)) is not None


def is_running(session: Session, appeal: Appeal, process_id: str) -> bool:
    """Tell whether a process that the appeal's own has called is under way."""
    called = select(ProcessInstance.key).where(
        ProcessInstance.root_key == appeal.instance_key,
        ProcessInstance.process_id == process_id,
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    return session.scalar(called.limit(1)) is not None


def _of(appeal: Appeal) -> ColumnElement[bool]:
    family = select(ProcessInstance.key).where(
        or_(ProcessInstance.key == appeal.instance_key, ProcessInstance.root_key == appeal.instance_key)
    )
    return UserTask.instance_key.in_(family)
