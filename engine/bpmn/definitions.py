"""Definitions: what was deployed, in versions that never change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, dmn, exact_json
from engine.bpmn import spiff
from engine.bpmn.models import DecisionDefinition, DecisionRequirements, Element, FormDefinition, ProcessDefinition
from engine.bpmn.net import Net, OtherFormat
from engine.errors import Incident, NotFound
from engine.sentences import Sentence

Definition = ProcessDefinition | DecisionRequirements | DecisionDefinition | FormDefinition
Some = TypeVar("Some", bound=Definition)
Made = TypeVar("Made")

ID_OF: dict[type[Any], str] = {
    ProcessDefinition: "process_id",
    DecisionRequirements: "requirements_id",
    DecisionDefinition: "decision_id",
    FormDefinition: "form_id",
}
"""The name of the column that holds the id an author gives; versions share it."""


def latest(session: Session, model: type[Some], name: str) -> Some | None:
    """Return the latest version of a definition by its author's id, or None."""
    query = select(model).where(getattr(model, ID_OF[model]) == name).order_by(model.version.desc()).limit(1)
    return session.scalars(query).first()


def get(session: Session, model: type[Some], key: int) -> Some:
    """Return the definition of a key.

    Raises:
        NotFound: there is none.
    """
    found = session.get(model, key)
    if found is None:
        raise NotFound(
            "Expected to find {thing} {key}, but there is none", thing=model.__tablename__.replace("_", " "), key=key
        )
    return found


def find(session: Session, model: type[Some], name: str, version: int | None = None) -> Some:
    """Return a version of a definition by its author's id, the latest unless a version is given.

    Raises:
        NotFound: there is none.
    """
    query = select(model).where(getattr(model, ID_OF[model]) == name)
    if version is not None:
        query = query.where(model.version == version)
    found = session.scalars(query.order_by(model.version.desc()).limit(1)).first()
    if found is None:
        wanted = f"{name} version {version}" if version is not None else name
        raise NotFound(
            "Expected to find {thing} {wanted}, but there is none",
            thing=model.__tablename__.replace("_", " "),
            wanted=wanted,
        )
    return found


def xml(
    session: Session, key: int, model: type[ProcessDefinition] | type[DecisionRequirements] = ProcessDefinition
) -> bytes:
    """Return the BPMN file of a process definition, or the DMN file of decision requirements, as it was deployed.

    Raises:
        NotFound: there is no such thing.
    """
    content = session.scalars(select(model.xml).where(model.key == key)).first()
    if content is None:
        raise NotFound(
            "Expected to find {thing} {key}, but there is none", thing=model.__tablename__.replace("_", " "), key=key
        )
    return content


def net(session: Session, definition_key: int) -> Net:
    """Return the compiled net of a process definition; a process reads it once.

    Raises:
        Incident: another version compiled it, and this one cannot do so for the instances that run.
    """

    def read() -> Net:
        stored = select(ProcessDefinition.net).where(ProcessDefinition.key == definition_key)
        try:
            return Net.from_json(exact_json.loads(session.scalars(stored).one()))
        except OtherFormat as other:
            return _recompiled(session, get(session, ProcessDefinition, definition_key), other)

    return _once(definition_key, read)


def calling(session: Session, operation: str) -> list[int]:
    """List the process definitions, in every version, that call an operation."""
    keys = session.scalars(select(ProcessDefinition.key).order_by(ProcessDefinition.key)).all()
    return [key for key in keys if operation in net(session, key).operations]


def _recompiled(session: Session, definition: ProcessDefinition, other: OtherFormat) -> Net:
    """Compile a net anew; the instances that run refer to its elements by their place, which must be as it was."""
    nets = spiff.recompile(xml(session, definition.key), definition.resource_name)
    found = next(net for net in nets if net.process_id == definition.process_id)
    if [node.id for node in found.nodes] != other.elements:
        reason = Sentence("this version puts its elements in another order")
        raise Incident(
            "Expected to compile process definition {key} anew, but {reason}", key=definition.key, reason=reason
        )
    return found


def elements(session: Session, definition_key: int) -> Mapping[tuple[str, str], int]:
    """Return the keys of a process definition's elements by element id and type; a process reads them once."""

    def read() -> Mapping[tuple[str, str], int]:
        columns = (Element.element_id, Element.type, Element.key)
        rows = session.execute(select(*columns).where(Element.definition_key == definition_key))
        return {(element_id, kind): key for element_id, kind, key in rows}

    return _once(("elements", definition_key), read)


def form(session: Session, key: int) -> FormDefinition:
    """Return a version of a form; a process reads it once.

    Raises:
        NotFound: there is none.
    """

    def read() -> FormDefinition:
        found = get(session, FormDefinition, key)
        session.expunge(found)
        return found

    return _once(key, read)


def decision(session: Session, definition: DecisionDefinition) -> dmn.Decision:
    """Return a decision compiled with all that it requires; a process compiles a version once."""

    def read() -> dmn.Decision:
        stored = select(DecisionRequirements.xml).where(DecisionRequirements.key == definition.requirements_key)
        found = dmn.recompile(session.scalars(stored).one(), definition.resource_name)
        return next(one for one in found if one.id == definition.decision_id)

    return _once(definition.key, read)


def decisions_of(session: Session, requirements_key: int) -> Mapping[str, int]:
    """Return the keys of the decisions of a file by the author's ids; a process reads them once."""

    def read() -> Mapping[str, int]:
        columns = (DecisionDefinition.decision_id, DecisionDefinition.key)
        query = select(*columns).where(DecisionDefinition.requirements_key == requirements_key)
        return dict(session.execute(query.order_by(DecisionDefinition.version)).all())

    return _once(("decisions", requirements_key), read)


def columns(session: Session, requirements: DecisionRequirements) -> Mapping[str, dmn.Columns]:
    """Return the columns of the tables in a file of decisions; a process reads them once."""

    def read() -> Mapping[str, dmn.Columns]:
        return dmn.columns(xml(session, requirements.key, DecisionRequirements), requirements.resource_name)

    return _once(("columns", requirements.key), read)


def listing(session: Session, definition: DecisionDefinition) -> dmn.Listing | None:
    """Return the table of a decision as people read it, None where it is none; a process reads it once."""

    def read() -> dmn.Listing | None:
        content = xml(session, definition.requirements_key, DecisionRequirements)
        return dmn.listing(content, definition.resource_name, definition.decision_id)

    return _once(("listing", definition.key), read)


def _once(key: object, read: Callable[[], Made]) -> Made:
    """Return what was made of an immutable definition, made at the first call of this process."""
    compiled = db.bound().compiled
    if key not in compiled:
        compiled[key] = read()
    made: Made = compiled[key]
    return made
