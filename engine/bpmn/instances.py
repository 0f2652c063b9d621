"""Process instances: started, moved from wait to wait, cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time

from sqlalchemy.orm import Session

from engine import clock, keys
from engine.bpmn import agenda, definitions, keeping, steps, store
from engine.bpmn.history import Event
from engine.bpmn.models import InstanceState, ProcessDefinition, ProcessInstance, ProcessTag, Variables
from engine.bpmn.net import Execution
from engine.bpmn.store import Instance
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import ENGINE, Identity
from engine.sentences import Sentence

ZONE = "Asia/Shanghai"
CALENDAR = "CN"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new instance comes from.

    Attributes:
        business_id: what the outside calls it by, such as the key of a review.
        zone: the zone of its dates.
        calendar: the working-day calendar of its deadlines.
        cut_off: when its last days end; None means 24:00.
        parent: the instance and the token of the call activity that started it.
        start_event: the start event that was triggered, or is chosen of several; None means the one without a trigger.
        correlation_key: that of the message it begins with, if it has one.
        conversation_key: the conversation of the instance that sent this message.
        tags: words by which it is found again.
    """

    business_id: str | None = None
    zone: str = ZONE
    calendar: str = CALENDAR
    cut_off: time | None = None
    parent: tuple[Instance, int] | None = None
    start_event: str | None = None
    correlation_key: str | None = None
    conversation_key: int | None = None
    tags: frozenset[str] = frozenset()


def start(
    session: Session,
    *,
    process_id: str | None = None,
    version: int | None = None,
    definition_key: int | None = None,
    variables: Mapping[str, object],
    by: Identity,
    origin: Origin | None = None,
) -> Instance:
    """Start an instance of a definition, given by key or by process id, and run it to its first wait.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such definition.
        Invalid: it has no such start event, or several and none is named.
        Incident: the process cannot reach its first wait.
    """
    if not by.operator:
        raise Forbidden(
            "Expected to start {process_id}, but {username} is no operator",
            process_id=process_id or definition_key,
            username=by.username,
        )
    if definition_key is not None:
        definition = definitions.get(session, ProcessDefinition, definition_key)
    else:
        definition = definitions.find(session, ProcessDefinition, process_id or "", version)
    instance = begin(session, definition, variables, by=by.username, origin=origin or Origin())
    agenda.settle(session)
    return instance


def cancel(session: Session, key: int, *, by: Identity) -> ProcessInstance:
    """End an instance, with all that it called and all that waits in it.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such instance.
        Conflict: it has ended, or another instance called it.
    """
    found = get(session, key)
    if not by.operator:
        raise Forbidden(
            "Expected to cancel process instance {key}, but {username} is no operator", key=key, username=by.username
        )
    if found.parent_key is not None:
        reason = Sentence("process instance {parent_key} called it: cancel that one", parent_key=found.parent_key)
        raise Conflict("Expected to cancel process instance {key}, but {reason}", key=key, reason=reason)
    return end(session, key, found.root_key, by=by.username)


def get(session: Session, key: int) -> ProcessInstance:
    """Return the instance of a key.

    Raises:
        NotFound: there is none.
    """
    found = session.get(ProcessInstance, key, populate_existing=True)
    if found is None:
        raise NotFound("Expected to find process instance {key}, but there is none", key=key)
    return found


@contextmanager
def moved(
    session: Session, key: int, root_key: int | None, *, by: str, event: Event, element_id: str | None
) -> Iterator[steps.Step]:
    """Lock an instance, hand its step out so that the execution is told what happened, then carry on to the next wait.

    Raises:
        Conflict: the instance has ended.
        Incident: the process cannot go on; nothing has been changed.
    """
    instance = store.lock(session, key, root_key)
    if instance.state is not InstanceState.ACTIVE:
        raise Conflict(
            "Expected to move process instance {key}, but it is {state}", key=key, state=instance.state.value.lower()
        )
    step = steps.load(session, instance, by=by)
    yield step
    step.carry_on()
    step.settle_state()
    with keeping.kept(step):
        store.save(session, instance, step.changes, step.history_row(event, element_id), now=step.now)
    _follow_up(step)
    agenda.settle(session)


def variables(session: Session, key: int, token: int | None = None) -> Variables:
    """Return the variables that a token of an instance sees, or those of the process itself."""
    execution = steps.load(session, store.read(session, key), by=ENGINE).execution
    return dict(execution.root_variables if token is None else execution.variables(token))


def begin(
    session: Session, definition: ProcessDefinition, given: Mapping[str, object], *, by: str, origin: Origin
) -> Instance:
    """Create an instance and run it to its first wait; whose right it is has been checked."""
    step = _new(session, definition, given, by=by, origin=origin)
    step.carry_on()
    return _create(step, origin)


def stand(
    session: Session, definition: ProcessDefinition, given: Mapping[str, object], *, by: str, origin: Origin
) -> tuple[Instance, int]:
    """Create an instance that stands at its start; return it and the token there.

    The next time it is moved it runs.
    """
    step = _new(session, definition, given, by=by, origin=origin)
    step.take_note()
    return _create(step, origin), step.execution.start_token


def _new(
    session: Session, definition: ProcessDefinition, given: Mapping[str, object], *, by: str, origin: Origin
) -> steps.Step:
    now, key = clock.now(session), keys.issue()
    parent, parent_token = origin.parent or (None, None)
    instance = Instance(
        key=key,
        definition_key=definition.key,
        process_id=definition.process_id,
        process_version=definition.version,
        root_key=parent.root_key if parent else key,
        parent_key=parent.key if parent else None,
        parent_token=parent_token,
        business_id=parent.business_id if parent else origin.business_id,
        zone=parent.zone if parent else origin.zone,
        calendar=parent.calendar if parent else origin.calendar,
        cut_off=parent.cut_off if parent else origin.cut_off,
        state=InstanceState.ACTIVE,
        state_blob=b"",
        lock_version=0,
        sequence=0,
        incidents=0,
        started_at=now,
        started_by=by,
        ended_at=None,
        correlation_key=origin.correlation_key,
        conversation_key=parent.conversation_key if parent else origin.conversation_key,
    )
    net = definitions.net(session, definition.key)
    execution = Execution.start(net, given, steps.environment(session, instance, now), origin.start_event)
    return steps.Step(session, instance, net, now, by, execution)


def _create(step: steps.Step, origin: Origin) -> Instance:
    step.settle_state()
    row = step.history_row(Event.STARTED, origin.start_event)
    with keeping.kept(step):
        store.create(step.session, step.instance, step.changes, row, now=step.now)
    step.session.add_all(ProcessTag(instance_key=step.instance.key, tag=tag) for tag in sorted(origin.tags))
    _follow_up(step)
    return step.instance


def end(session: Session, key: int, root_key: int, *, by: str) -> ProcessInstance:
    """End an instance with all that waits in it; what it called ends after it.

    Raises:
        Conflict: the instance has ended.
    """
    with moved(session, key, root_key, by=by, event=Event.CANCELED, element_id=None) as step:
        step.execution.cancel()
    return get(session, key)


def _follow_up(step: steps.Step) -> None:
    """Put on the agenda what a step causes in other instances."""
    session, instance = step.session, step.instance
    if step.changes.entered and agenda.is_watched(step.net.operations):
        awaited = agenda.Awaited(frozenset(step.changes.entered), step.net.operations)
        agenda.put(session, agenda.Cause(instance, awaited, step.by))
    for effect in step.causes:
        agenda.put(session, agenda.Cause(instance, effect, step.by))
    if instance.state is InstanceState.ACTIVE and step.paused:
        agenda.put(session, agenda.Cause(instance, agenda.Paused(), step.by))
    if instance.state is InstanceState.COMPLETED and instance.parent_key is not None:
        agenda.put(session, agenda.Cause(instance, agenda.Returned(dict(step.execution.results)), step.by))
    if instance.state is not InstanceState.ACTIVE and instance.correlation_key is not None:
        agenda.put(session, agenda.Cause(instance, agenda.Freed(instance.correlation_key), step.by))
