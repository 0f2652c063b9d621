"""What a multi-instance activity throws when its instances are completed: the standard's `behavior`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.net.nodes import Announcement
from engine.bpmn.net.work import Error, Escalation, Event, Message, Signal
from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Report
from engine.bpmn.spiff.extensions import read as read_extensions
from engine.bpmn.spiff.formulas import Formulas
from engine.errors import Problem
from engine.sentences import Sentence

_THROWN = ("signal", "message", "escalation", "error")
_BEHAVIORS = {"One": "oneBehaviorEventRef", "None": "noneBehaviorEventRef"}


def read(loop: names.Xml, formulas: Formulas) -> Iterator[Announcement]:
    """Go through what is thrown: with the first instance, with each, or with each that fulfils a condition."""
    for definition, condition in _definitions(loop):
        event = None if definition is None else _event(definition, formulas)
        if event is not None:
            yield Announcement(event, formulas.optional_expression(condition), once=loop.get("behavior") == "One")


def check(loop: names.Xml, report: Report) -> None:
    """Report an event that cannot be thrown, and a complex behavior that does not say when."""
    where = names.place(loop.getparent())
    for definition, condition in _definitions(loop):
        if definition is None or names.event_kind(definition) not in _THROWN:
            message = Sentence(
                "When an instance is completed, a signal, a message, an escalation or an error can be thrown."
            )
            report(Problem(message, where, "unsupported-element"))
        elif _reference(definition) is None:
            kind = names.event_kind(definition)
            report(Problem(Sentence("What it throws names no {kind}.", kind=kind), where, f"no-{kind}"))
        if loop.get("behavior") == "Complex" and not (condition or "").strip():
            report(Problem(Sentence("Its complex behavior says no condition."), where, "no-condition"))


def _definitions(loop: names.Xml) -> Iterator[tuple[names.Xml | None, str | None]]:
    """Go through the event definitions of a behavior, each with its condition; None where there is none to be had."""
    behavior = loop.get("behavior", "All")
    reference = loop.get(_BEHAVIORS[behavior]) if behavior in _BEHAVIORS else None
    if reference is not None:
        yield names.referred(loop, reference), None
    for told in loop.iterfind(names.bpmn("complexBehaviorDefinition")) if behavior == "Complex" else ():
        condition = told.findtext(names.bpmn("condition"))
        event = told.find(names.bpmn("event"))
        for definition in names.event_definitions(event) if event is not None else ():
            yield definition, condition


def _reference(definition: names.Xml) -> names.Xml | None:
    return names.referred(definition, definition.get(f"{names.event_kind(definition)}Ref"))


def _event(definition: names.Xml, formulas: Formulas) -> Event | None:
    found, kind = _reference(definition), names.event_kind(definition)
    if found is None:
        return None
    name = str(found.get(f"{kind}Code") or found.get("name") or "")
    if kind == "signal":
        return Signal(formulas.attribute(name))
    if kind == "message":
        key = read_extensions(found).get("subscription", "correlationKey")
        return Message(formulas.attribute(name), formulas.optional(key))
    return Error(name) if kind == "error" else Escalation(name)
