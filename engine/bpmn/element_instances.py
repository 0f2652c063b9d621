"""Element instances: a token's stay on an element has a key of its own, by which the world speaks of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, exists, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from engine.bpmn import tasks
from engine.bpmn.models import ElementInstance, UserTask
from engine.errors import NotFound
from engine.identity import Identity
from engine.sentences import Sentence


def visible_to(identity: Identity) -> ColumnElement[bool]:
    """Return the condition for what an account may know of: an operator all, others what their tasks are."""
    if identity.operator:
        return true()
    return exists().where(
        UserTask.instance_key == ElementInstance.instance_key,
        UserTask.token == ElementInstance.token,
        tasks.visible_to(identity),
    )


def key_of(session: Session, instance_key: int, token: int) -> int:
    """Return the key of the element instance that a token of a process instance is; that of its own token is its key.

    Raises:
        NotFound: there never was such a token.
    """
    query = select(ElementInstance.key).where(
        ElementInstance.instance_key == instance_key, ElementInstance.token == token
    )
    key = session.scalars(query).first()
    if key is None:
        reason = Sentence("process instance {instance_key} never had it", instance_key=instance_key)
        raise NotFound(
            "Expected to find the element instance of token {token}, but {reason}", token=token, reason=reason
        )
    return key


def key_at(instance_key: InstrumentedAttribute[int], token: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return what stands in a query for the key of the element instance that a row's token is."""
    stay = aliased(ElementInstance)
    return select(stay.key).where(stay.instance_key == instance_key, stay.token == token).scalar_subquery()


def find(session: Session, key: int) -> tuple[int, int]:
    """Return the key of the process instance and the token that an element instance's key means.

    Raises:
        NotFound: there is no such element instance.
    """
    place = select(ElementInstance.instance_key, ElementInstance.token).where(ElementInstance.key == key)
    row = session.execute(place).first()
    if row is None:
        raise NotFound("Expected to find element instance {key}, but there is none", key=key)
    instance_key, token = row
    return instance_key, token
