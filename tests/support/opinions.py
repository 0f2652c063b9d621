"""Two opinions on one diagram: ours, and that of SpiffWorkflow's executor, each as the waits that are open.

A wait is an element, what it waits for, and the variables that are visible there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from diagrams import bpmn
from scoped_spiff import ScopedWorkflow
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.event_definitions import (
    MessageEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.net.effects import MessageAwaited, SignalAwaited, TaskOpened, TimerArmed

OURS = {TaskOpened: "task", TimerArmed: "timer", MessageAwaited: "message", SignalAwaited: "signal"}
THEIRS = {TimerEventDefinition: "timer", MessageEventDefinition: "message", SignalEventDefinition: "signal"}


@dataclass(frozen=True)
class Wait:
    """What is waited for."""

    element: str
    kind: str
    visible: frozenset[tuple[str, object]]


def wait(element, kind, variables) -> Wait:
    """Return a wait; a variable that is null is none."""
    known = {name: value for name, value in variables.items() if value is not None}
    return Wait(element, kind, frozenset(known.items()))


class Theirs:
    """SpiffWorkflow's executor."""

    def __init__(self, diagram: str) -> None:
        self.workflow = ScopedWorkflow(bpmn(diagram))
        self.workflow.do_engine_steps()

    @property
    def visible(self):
        return wait("p", "process", self.workflow.data).visible

    @property
    def waits(self) -> Counter[Wait]:
        return Counter(found for found, _, _ in self._open())

    def do(self, chosen: Wait, variables) -> None:
        """Let what is waited for happen."""
        task, definition = next((task, definition) for found, task, definition in self._open() if found == chosen)
        if definition is None:
            task.data.update(variables)
            task.run()
        elif not isinstance(definition, TimerEventDefinition):
            self.workflow.send_event(BpmnEvent(definition, payload={}))
        else:
            _fire(task, definition)
        self.workflow.do_engine_steps()

    def _open(self):
        for task in self.workflow.get_tasks(state=TaskState.READY, manual=True):
            yield wait(task.task_spec.name.removesuffix(" [child]"), "task", task.data), task, None
        for task in self.workflow.event_manager.tasks.values():
            for element, definition in _awaited(task.task_spec):
                kind = next((kind for type_, kind in THEIRS.items() if isinstance(definition, type_)), None)
                if kind is not None:
                    yield wait(element, kind, task.data), task, definition


def _awaited(specification):
    """What an event, or an event-based gateway, waits for."""
    if isinstance(specification, EventBasedGateway):
        names = [output.name for output in specification.outputs]
        return zip(names, specification.event_definition.event_definitions, strict=True)
    return [(specification.name, specification.event_definition)]


def _fire(task, definition) -> None:
    """Let the time come for one timer, also where SpiffWorkflow keeps only one time for several."""
    if isinstance(task.task_spec, EventBasedGateway):
        task.internal_data["seen_events"] = [BpmnEvent(definition)]
    else:
        task.internal_data["event_fired"] = True
    task.task_spec._update(task)


class Ours:
    """Our executor, in the world of `play`."""

    def __init__(self, world) -> None:
        self.world = world

    @property
    def visible(self):
        return wait("p", "process", self.world.variables).visible

    @property
    def waits(self) -> Counter[Wait]:
        return Counter(self._open().values())

    def do(self, chosen: Wait, variables) -> None:
        token, event = next(key for key, found in self._open().items() if found == chosen)
        if event is None:
            self.world.execution.complete(token, variables)
        else:
            self.world.execution.trigger(token, event, {})
        self.world._go()

    def _open(self):
        return {
            (token, event): wait(event or effect.element_id, OURS[type(effect)], self.world.seen(effect))
            for (token, event), effect in self.world.open.items()
        }
