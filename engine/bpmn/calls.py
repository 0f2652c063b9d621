"""Call activities: a called process is an instance of its own, under the lock of the one at the top."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import agenda, definitions, instances, steps, store
from engine.bpmn.history import Event
from engine.bpmn.models import ElementInstance, ElementState, InstanceState, ProcessDefinition, ProcessInstance
from engine.bpmn.net import effects
from engine.bpmn.store import Instance
from engine.errors import ErrorType, Incident, NotFound
from engine.sentences import Sentence

DEEPEST = 100
"""How many processes may call each other; more is a recursion without an end, and one transaction must hold it."""


@agenda.handles(effects.ProcessCalled)
def begin(session: Session, cause: agenda.Cause) -> None:
    """Start the called process.

    Raises:
        Incident: there is no definition as the call names it, it cannot begin, or the calls go too deep.
    """
    effect = cause.effect
    assert isinstance(effect, effects.ProcessCalled)  # noqa: S101 - the agenda dispatches by type
    try:
        definition = _called(session, cause.instance, effect)
    except NotFound as missing:
        kind = ErrorType.CALLED_ELEMENT_ERROR
        raise Incident(missing.message, element_id=effect.element_id, kind=kind) from missing
    net = definitions.net(session, definition.key)
    if net.ambiguous or not net.by_hand:
        how_many = "several start events" if net.ambiguous else "no start event"
        raise _refusal(cause.instance, effect, Sentence("it has {how_many} without a trigger", how_many=how_many))
    if _depth(session, cause.instance) >= DEEPEST:
        raise _refusal(
            cause.instance, effect, Sentence("{deepest} processes have called each other already", deepest=DEEPEST)
        )
    origin = instances.Origin(parent=(cause.instance, effect.token))
    instances.begin(session, definition, effect.variables, by=cause.by, origin=origin)


def _refusal(caller: Instance, effect: effects.ProcessCalled, reason: str) -> Incident:
    sentence = Sentence(
        "Expected to call process {process_id} from process instance {key}, but {reason}",
        process_id=effect.process_id,
        key=caller.key,
        reason=reason,
    )
    return Incident(sentence, element_id=effect.element_id, kind=ErrorType.CALLED_ELEMENT_ERROR)


def _depth(session: Session, instance: Instance) -> int:
    """Return how many processes have called each other down to an instance, itself included."""
    if instance.parent_key is None:
        return 1
    callers = select(ProcessInstance.key, ProcessInstance.parent_key).where(ProcessInstance.key == instance.parent_key)
    above = callers.cte("above", recursive=True)
    further = select(ProcessInstance.key, ProcessInstance.parent_key)
    above = above.union_all(further.join(above, ProcessInstance.key == above.c.parent_key))
    return 1 + session.scalars(select(func.count()).select_from(above)).one()


@agenda.handles(agenda.Returned)
def finish(session: Session, cause: agenda.Cause) -> None:
    """Carry the calling instance on with what the called process returned."""
    returned = cause.effect
    assert isinstance(returned, agenda.Returned)  # noqa: S101 - the agenda dispatches by type
    if _is_awaited(session, cause.instance):
        with _caller(session, cause, Event.CALLED) as (step, token):
            step.execution.complete(token, returned.variables)


@agenda.handles(effects.ErrorUncaught)
def fail(session: Session, cause: agenda.Cause) -> None:
    """Throw at the call activity the error that ended the called process.

    Raises:
        Incident: nothing catches it there, nor in the processes that called that one.
    """
    error = cause.effect
    assert isinstance(error, effects.ErrorUncaught)  # noqa: S101 - the agenda dispatches by type
    if _is_awaited(session, cause.instance):
        with _caller(session, cause, Event.FAILED) as (step, token):
            step.execution.fail(token, error.code, error.variables)


@agenda.handles(effects.EscalationUncaught)
def escalate(session: Session, cause: agenda.Cause) -> None:
    """Throw at the call activity the escalation that left the called process."""
    escalation = cause.effect
    assert isinstance(escalation, effects.EscalationUncaught)  # noqa: S101 - the agenda dispatches by type
    if _is_awaited(session, cause.instance):
        with _caller(session, cause, Event.ESCALATED) as (step, token):
            step.execution.throw_escalation(token, escalation.code, {})


@agenda.handles(agenda.Paused)
def go_on(session: Session, cause: agenda.Cause) -> None:
    """Carry a called process on after all have heard what it threw, unless that has ended it."""
    called = cause.instance
    if store.read(session, called.key).state is InstanceState.ACTIVE:
        with instances.moved(session, called.key, called.root_key, by=cause.by, event=Event.CONTINUED, element_id=None):
            pass  # it goes on by itself


def _is_awaited(session: Session, called: Instance) -> bool:
    """Whether the call activity of a called process still stands: what that process threw may have ended it."""
    query = select(ElementInstance.state).where(
        ElementInstance.instance_key == called.parent_key, ElementInstance.token == called.parent_token
    )
    return session.scalars(query).first() is ElementState.ACTIVE


@contextmanager
def _caller(session: Session, cause: agenda.Cause, event: Event) -> Iterator[tuple[steps.Step, int]]:
    """Move the instance that called another; hand out its step and the token of the call activity."""
    called = cause.instance
    if called.parent_key is None or called.parent_token is None:
        raise Incident("Expected to return from process instance {key}, but nobody called it", key=called.key)
    with instances.moved(
        session, called.parent_key, called.root_key, by=cause.by, event=event, element_id=None
    ) as step:
        yield step, called.parent_token


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
        raise NotFound(
            "Expected to call process {process_id}, but {reason}", process_id=effect.process_id, reason=reason
        )
    return found
