"""The standard's correlation as keys: what a message is about, and which of them a process waits for (8.4.2).

Who sends a message reads each property from the message, who waits for it from the data of its process. Without a
subscription that says so there is no key: messages then stay in the conversation that they began (record 0007).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Report
from engine.errors import Problem
from engine.sentences import Sentence

_SENDERS = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})


def key(element: names.Xml, message: str) -> str | None:
    """Return the expression of the key that an element sends a message with, or waits for; None where there is none."""
    paths = _message_paths(element, message)
    bound = _bound(element, all_of_them=names.local(element) in _SENDERS)
    told = paths if names.local(element) in _SENDERS else bound
    parts = [told[property_id] for property_id in paths if property_id in bound]
    if not parts:
        return None
    return "=" + (parts[0] if len(parts) == 1 else ' + "|" + '.join(f"string({part})" for part in parts))


def check(binding: names.Xml, report: Report) -> None:
    """Report a subscription to a property that no message has."""
    reference = binding.get("correlationPropertyRef")
    found = names.referred(binding, reference)
    if found is None or names.local(found) != "correlationProperty":
        message = Sentence("It refers to {kind} {reference}, which is not there.", kind="property", reference=reference)
        report(Problem(message, names.place(binding), "unknown-reference"))


def _message_paths(element: names.Xml, message: str) -> Mapping[str, str]:
    """Return where a message holds each property, by the property's id."""
    return {
        str(declared.get("id")): _text(retrieval, "messagePath")
        for declared in element.getroottree().getroot().iterfind(names.bpmn("correlationProperty"))
        for retrieval in declared.iterfind(names.bpmn("correlationPropertyRetrievalExpression"))
        if retrieval.get("messageRef") == message
    }


def _bound(element: names.Xml, *, all_of_them: bool) -> Mapping[str, str]:
    """Return where the process of an element, or all of them, hold each property that they subscribe to."""
    tag = names.bpmn("process")
    around = element.getroottree().getroot().iterfind(tag) if all_of_them else element.iterancestors(tag)
    return {
        str(binding.get("correlationPropertyRef")): _text(binding, "dataPath")
        for process in around
        for binding in process.iter(names.bpmn("correlationPropertyBinding"))
    }


def _text(element: names.Xml, child: str) -> str:
    return (element.findtext(names.bpmn(child)) or "").strip().removeprefix("=").strip()
