"""Element instances: a token's stay on an element, and the key by which the world speaks of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.models import ProcessInstance, UserTask
from engine.errors import NotFound

ROOT = 1
"""The token of the process itself, whose key is that of the process instance."""


def find(session: Session, key: int) -> tuple[int, int]:
    """Return the key of the process instance and the token that an element instance's key means.

    Raises:
        NotFound: there is no such element instance.
    """
    if session.scalar(select(ProcessInstance.key).where(ProcessInstance.key == key)) is not None:
        return key, ROOT
    row = session.execute(select(UserTask.instance_key, UserTask.token).where(UserTask.key == key)).first()
    if row is None:
        raise NotFound(f"Expected to find element instance {key}, but there is none")
    instance_key, token = row
    return instance_key, token
