"""Event definitions: SpiffWorkflow reads those it knows; links, compensation and several on one event are read here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from engine.bpmn.spiff import names


class LinkEventDefinition(EventDefinition):
    """A link to, or from, another place of the same diagram."""


class CompensationEventDefinition(EventDefinition):
    """What has been done is to be undone: by the activity with this id, or everything; who throws it may go on."""

    def __init__(self, definition: names.Xml) -> None:
        super().__init__()
        self.activity: str | None = definition.get("activityRef")
        self.awaited = definition.get("waitForCompletion") != "false"


def read(parser: Any, definition: names.Xml) -> EventDefinition:
    """Read one definition of an event, with SpiffWorkflow's parser of that event."""
    return _READERS[names.local(definition)](parser, definition)


def together(found: list[EventDefinition], *, all_of_them: bool) -> EventDefinition:
    """Return what an event with these definitions is about."""
    if len(found) > 1:
        return MultipleEventDefinition(found, all_of_them)
    return found[0] if found else NoneEventDefinition()


def each(found: EventDefinition) -> list[EventDefinition]:
    """Return the definitions of an event."""
    return list(found.event_definitions) if isinstance(found, MultipleEventDefinition) else [found]


_TIMERS = {
    "timeDate": TimeDateEventDefinition,
    "timeDuration": DurationTimerEventDefinition,
    "timeCycle": CycleTimerEventDefinition,
}


def _timer(_parser: Any, definition: names.Xml) -> EventDefinition:
    """Read a timer; SpiffWorkflow looks for its time all over the event, and finds that of another timer."""
    for kind, made in _TIMERS.items():
        text = definition.findtext(names.bpmn(kind))
        if text is not None:
            return made("", text)
    return NoneEventDefinition()


_READERS: dict[str, Callable[[Any, names.Xml], EventDefinition]] = {
    "timerEventDefinition": _timer,
    "messageEventDefinition": lambda parser, found: parser.parse_message_event(found),
    "signalEventDefinition": lambda parser, found: parser.parse_signal_event(found),
    "errorEventDefinition": lambda parser, found: parser.parse_error_event(found),
    "escalationEventDefinition": lambda parser, found: parser.parse_escalation_event(found),
    "terminateEventDefinition": lambda parser, found: parser.parse_terminate_event(found),
    "cancelEventDefinition": lambda parser, found: parser.parse_cancel_event(found),
    "conditionalEventDefinition": lambda _, found: ConditionalEventDefinition(found.findtext(names.bpmn("condition"))),
    "compensateEventDefinition": lambda _, found: CompensationEventDefinition(found),
    "linkEventDefinition": lambda _, found: LinkEventDefinition(found.get("name")),
}
