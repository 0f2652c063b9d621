"""Call activities: a called process is an instance of its own, under the lock of the one at the top."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import agenda, definitions, instances
from engine.bpmn.history import Event
from engine.bpmn.models import InstanceState, ProcessDefinition, ProcessInstance
from engine.bpmn.net import effects
from engine.bpmn.store import Instance
from engine.errors import NotFound


@agenda.handles(effects.ProcessCalled)
def begin(session: Session, cause: agenda.Cause) -> None:
    """Start the called process.

    Raises:
        NotFound: there is no definition as the call names it.
    """
    effect = cause.effect
    assert isinstance(effect, effects.ProcessCalled)  # noqa: S101 - the agenda dispatches by type
    definition = _called(session, cause.instance, effect)
    origin = instances.Origin(parent=(cause.instance, effect.token))
    instances.begin(session, definition, effect.variables, by=cause.by, origin=origin)


@agenda.handles(agenda.Returned)
def finish(session: Session, cause: agenda.Cause) -> None:
    """Carry the calling instance on with what the called process returned."""
    child, returned = cause.instance, cause.effect
    assert isinstance(returned, agenda.Returned)  # noqa: S101 - the agenda dispatches by type
    assert child.parent_key is not None and child.parent_token is not None  # noqa: S101, PT018 - only called ones return
    with instances.moved(
        session, child.parent_key, child.root_key, by=cause.by, event=Event.CALLED, element_id=None
    ) as step:
        step.execution.complete(child.parent_token, returned.variables)


@agenda.handles(effects.ElementLeft)
def end(session: Session, cause: agenda.Cause) -> None:
    """End the called process when the process leaves its call activity without it."""
    effect = cause.effect
    assert isinstance(effect, effects.ElementLeft)  # noqa: S101 - the agenda dispatches by type
    called = select(ProcessInstance).where(
        ProcessInstance.parent_key == cause.instance.key,
        ProcessInstance.parent_token == effect.token,
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    for child in session.scalars(called):
        instances.end(session, child.key, child.root_key, by=cause.by)


def _called(session: Session, caller: Instance, effect: effects.ProcessCalled) -> ProcessDefinition:
    """Return the definition a call means: the latest, the one deployed with the caller, or the latest with a tag."""
    if effect.binding == "latest":
        return definitions.find(session, ProcessDefinition, effect.process_id)
    query = select(ProcessDefinition).where(ProcessDefinition.process_id == effect.process_id)
    if effect.binding == "versionTag":
        query = query.where(ProcessDefinition.version_tag == effect.version_tag)
    else:
        own = definitions.get(session, ProcessDefinition, caller.definition_key)
        query = query.where(ProcessDefinition.deployment_key <= own.deployment_key)
    found = session.scalars(query.order_by(ProcessDefinition.version.desc()).limit(1)).first()
    if found is None:
        reason = f"there is none with binding {effect.binding} {effect.version_tag or ''}".rstrip()
        raise NotFound(f"Expected to call process {effect.process_id}, but {reason}")
    return found
