"""Deployed files: found by key, read, and deleted where nothing needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, delete, exists, select
from sqlalchemy.orm import Session

from engine import exact_json
from engine.bpmn import definitions, starts
from engine.bpmn.definitions import Definition
from engine.bpmn.models import (
    DecisionDefinition,
    DecisionRequirements,
    Element,
    FormDefinition,
    ProcessDefinition,
    StartCondition,
    StartSignal,
    StartSubscription,
    StartTimer,
)
from engine.db import Base
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Identity
from engine.sentences import Sentence

Resource = ProcessDefinition | DecisionRequirements | FormDefinition

KINDS: tuple[type[Any], ...] = (
    ProcessDefinition,
    DecisionRequirements,
    FormDefinition,
)

_OWNED: tuple[type[Any], ...] = (Element, StartSubscription, StartSignal, StartCondition, StartTimer)
"""What goes with a process definition; whatever else refers to one keeps it."""


def find(session: Session, key: int) -> Resource:
    """Return the process, the file of decisions or the form of a key.

    Raises:
        NotFound: there is none.
    """
    for kind in KINDS:
        found: Resource | None = session.get(kind, key)
        if found is not None:
            return found
    raise NotFound("Expected to find resource {key}, but there is none", key=key)


def content(session: Session, key: int) -> bytes:
    """Return a resource's file; that of a form as its schema is kept.

    Raises:
        NotFound: there is none.
    """
    found = find(session, key)
    if isinstance(found, FormDefinition):
        return exact_json.dumps(found.schema)
    return definitions.xml(session, key, type(found))


def remove(session: Session, key: int, *, by: Identity) -> None:
    """Delete a version of a process, a file of decisions or a form with which nothing was done.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such resource.
        Conflict: something was done with it, or a process needs it and there is no other version.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to delete resource {key}, but {username} is no operator", key=key, username=by.username
        )
    found = find(session, key)
    decisions = session.scalars(select(DecisionDefinition).where(DecisionDefinition.requirements_key == key)).all()
    for one in (found, *decisions):
        _expect_unused(session, key, one)
        _expect_unneeded(session, key, one)
    for kind in _OWNED:
        session.execute(delete(kind).where(kind.definition_key == key))
    for one in (*decisions, found):
        session.delete(one)
        session.flush()  # what refers goes before what it refers to
    if isinstance(found, ProcessDefinition):
        _start_version_before(session, found.process_id)


def _expect_unused(session: Session, key: int, definition: Definition) -> None:
    """Refuse to delete what a row of any table refers to."""
    for column in _referring(type(definition)):
        if session.scalar(select(exists().where(column == definition.key))):
            what = column.table.name.replace("_", " ")
            raise Conflict("Expected to delete resource {key}, but a {what} refers to it", key=key, what=what)


def _referring(kind: type[Definition]) -> Iterator[Column[Any]]:
    """Yield the columns that refer to a table of definitions."""
    going = {owned.__tablename__ for owned in _OWNED} | {DecisionDefinition.__tablename__}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if table.name not in going and column.references(Base.metadata.tables[kind.__tablename__].c.key):
                yield column


def _expect_unneeded(session: Session, key: int, definition: Definition) -> None:
    """Refuse to delete the only version of what a deployed process names."""
    kind = type(definition)
    name = getattr(definition, definitions.ID_OF[kind])
    versions = select(kind.key).where(getattr(kind, definitions.ID_OF[kind]) == name)
    if kind not in _NAMED or len(session.scalars(versions).all()) > 1:
        return
    for process_key in session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.key != key)):
        net = definitions.net(session, process_key)
        for reference in net.references:
            if (reference.kind, reference.name) == (_NAMED[kind], name):
                reason = Sentence(
                    "{element_id} of process {process_id} needs {name}",
                    element_id=reference.element_id,
                    process_id=net.process_id,
                    name=name,
                )
                raise Conflict("Expected to delete resource {key}, but {reason}", key=key, reason=reason)


_NAMED: dict[type[Definition], str] = {
    ProcessDefinition: "process",
    DecisionDefinition: "decision",
    FormDefinition: "form",
}
"""What a diagram calls what it names."""


def _start_version_before(session: Session, process_id: str) -> None:
    """Let the events that start a process start the version that is now its latest."""
    latest = definitions.latest(session, ProcessDefinition, process_id)
    if latest is not None:
        starts.arm(session, latest, definitions.net(session, latest.key))
