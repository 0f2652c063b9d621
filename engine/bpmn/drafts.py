"""Drafts: what somebody typed into a task's form and has not submitted, kept here as well as in the browser.

A draft is its author's alone. When the task is handed over it may go along: then its new holder reads it beside the own
answers. Nothing deletes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, exact_json, keys
from engine.bpmn import tasks
from engine.bpmn.models import TaskDraft, UserTask
from engine.errors import Forbidden, Invalid
from engine.identity import Identity
from engine.sentences import Sentence

LARGEST = 1_000_000
"""Bytes of the longest draft that is kept."""


def save(session: Session, task_key: int, answers: Mapping[str, Any], *, by: Identity) -> TaskDraft:
    """Keep what somebody has typed so far into the form of the own task, in the place of what was kept before.

    Where somebody was faster, or the process went on, it stays as a note: it answers nothing (E-54).

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
        Forbidden: `by` does not hold it, or held it last.
        Invalid: it is too long.
    """
    task = tasks.get(session, task_key, by=by)
    intent = Sentence("keep a draft of user task {task_key}", task_key=task_key)
    if task.assignee != by.username:
        raise Forbidden("Expected to {intent}, but {username} does not hold it", intent=intent, username=by.username)
    written = exact_json.dumps(dict(answers))
    if len(written) > LARGEST:
        raise Invalid("Expected to {intent}, but it is longer than {largest} bytes", intent=intent, largest=LARGEST)
    draft = of_author(session, task_key, by.username)
    if draft is None:
        draft = TaskDraft(
            key=keys.issue(), task_key=task_key, username=by.username, answers=written, saved_at=clock.now(session)
        )
        session.add(draft)
    draft.answers, draft.saved_at = written, clock.now(session)
    return draft


def of_author(session: Session, task_key: int, username: str) -> TaskDraft | None:
    """Find what somebody typed into a task's form."""
    own = select(TaskDraft).where(TaskDraft.task_key == task_key, TaskDraft.username == username)
    return session.scalar(own)


def offered(session: Session, task_key: int, username: str) -> Sequence[TaskDraft]:
    """List the drafts of others that went along with a task to somebody, the newest first."""
    given = select(TaskDraft).where(TaskDraft.task_key == task_key, TaskDraft.offered_to == username)
    return session.scalars(given.order_by(TaskDraft.saved_at.desc(), TaskDraft.key)).all()


def answers(draft: TaskDraft) -> dict[str, Any]:
    """Read a draft."""
    typed: dict[str, Any] = exact_json.loads(draft.answers)
    return typed


def offer(session: Session, task: UserTask, to: str) -> int:
    """Let what the holders of a task typed go along to its next holder; return how many drafts do."""
    kept = session.scalars(select(TaskDraft).where(TaskDraft.task_key == task.key, TaskDraft.username != to)).all()
    for draft in kept:
        draft.offered_to, draft.offered_at = to, clock.now(session)
    return len(kept)


def count(session: Session, task_keys: Sequence[int]) -> dict[int, int]:
    """Count the drafts of tasks, by task."""
    found: dict[int, int] = {}
    for key in session.scalars(select(TaskDraft.task_key).where(TaskDraft.task_key.in_(task_keys))):
        found[key] = found.get(key, 0) + 1
    return found
