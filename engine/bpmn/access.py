"""Who may see what of the engine, as query filters (D18)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from engine.bpmn import tasks
from engine.bpmn.documents import Document
from engine.bpmn.models import TaskState, UserTask
from engine.identity import Identity


def documents(identity: Identity) -> ColumnElement[bool]:
    """Choose the documents an account may read: its own, and those of the tasks and instances it may see.

    What was handed in with a task is seen by those who see the task. An answer that became a variable is seen by
    whoever has an open task in that instance, and by operators; any other answer is no operator's to read.
    """
    own = Document.uploaded_by == identity.username
    if identity.operator:
        return or_(own, Document.shared)
    handed_in = Document.task_key.in_(select(UserTask.key).where(tasks.visible_to(identity)))
    open_to = and_(UserTask.state == TaskState.CREATED, UserTask.assignee == identity.username)
    working = Document.instance_key.in_(select(UserTask.instance_key).where(open_to))
    return or_(own, handed_in, and_(Document.shared, working))
