"""Link events: two places of one diagram that are one flow."""

from __future__ import annotations

from collections import Counter

from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Report
from engine.errors import Problem
from engine.sentences import Sentence


def name(event: names.Xml) -> str | None:
    """Return the name of the link that an event throws or catches; None for all other elements."""
    definition = event.find(names.bpmn("linkEventDefinition"))
    return None if definition is None else (definition.get("name") or "").strip()


def check(container: names.Xml, report: Report) -> None:
    """Report the links of a process or subprocess that lead nowhere, or to two places."""
    caught = Counter(name(event) for event in _events(container, "intermediateCatchEvent"))
    for event in _events(container, "intermediateThrowEvent"):
        if name(event) and not caught[name(event)]:
            message = Sentence("No catch event beside it has the link {name}.", name=name(event))
            report(Problem(message, names.place(event), "unknown-link"))
        if event.find(names.bpmn("outgoing")) is not None or _flows(container, "sourceRef", event):
            report(Problem(Sentence("No flow may leave an event that throws a link."), names.place(event), "bad-flow"))
    for event in _events(container, "intermediateCatchEvent"):
        if caught[name(event)] > 1:
            report(
                Problem(
                    Sentence("Another event catches the link {name} too.", name=name(event)),
                    names.place(event),
                    "duplicate-link",
                )
            )
        if _flows(container, "targetRef", event):
            report(Problem(Sentence("No flow may enter an event that catches a link."), names.place(event), "bad-flow"))


def _events(container: names.Xml, tag: str) -> list[names.Xml]:
    return [event for event in container.iterfind(names.bpmn(tag)) if name(event) is not None]


def _flows(container: names.Xml, end: str, event: names.Xml) -> bool:
    return any(flow.get(end) == event.get("id") for flow in container.iterfind(names.bpmn("sequenceFlow")))
