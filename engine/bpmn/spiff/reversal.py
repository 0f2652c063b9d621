"""What undoes: compensation handlers, the events that call them, and transactions that are cancelled."""

from __future__ import annotations

from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Report
from engine.errors import Problem
from engine.sentences import Sentence

_KIND = "compensate"


def check(container: names.Xml, report: Report) -> None:
    """Report what is wrong with compensation and cancellation in a process or subprocess."""
    handled: set[str] = set()
    for event in container.iterfind(names.bpmn("boundaryEvent")):
        if _KIND in names.event_kinds(event):
            handled |= _handlers(container, event, report)
    for activity in names.children(container):
        if names.is_handler(activity):
            _check_handler(activity, container, handled, report)
    for element in names.children(container):
        _check_thrown(element, container, report)
        if "cancel" in names.event_kinds(element):
            _check_cancel(element, container, report)


def _handlers(container: names.Xml, event: names.Xml, report: Report) -> set[str]:
    """Return the handler that a compensation event is associated with."""
    where = names.place(event)
    found = {a.get("targetRef") for a in container.iterfind(names.bpmn("association")) if a.get("sourceRef") == where}
    known = {str(child.get("id")) for child in names.children(container) if names.is_handler(child)}
    if len(found & known) != 1 or len(found) != 1:
        report(
            Problem(Sentence("It needs an association to one activity that is for compensation."), where, "no-handler")
        )
    if _has_flow(container, "sourceRef", where):
        report(Problem(Sentence("No flow may leave a compensation event."), where, "bad-flow"))
    return found & known


def _check_handler(activity: names.Xml, container: names.Xml, handled: set[str], report: Report) -> None:
    where = names.place(activity)
    if where not in handled:
        report(Problem(Sentence("No compensation event beside it is associated with it."), where, "unreachable"))
    if _has_flow(container, "sourceRef", where) or _has_flow(container, "targetRef", where):
        report(Problem(Sentence("No flow may enter or leave an activity that is for compensation."), where, "bad-flow"))


def _check_thrown(event: names.Xml, container: names.Xml, report: Report) -> None:
    if names.local(event) not in ("intermediateThrowEvent", "endEvent"):
        return
    for definition in event.iterfind(names.bpmn("compensateEventDefinition")):
        activity = definition.get("activityRef")
        if activity and activity not in _undone_from(container):
            message = Sentence(
                "It undoes {activity}, which is no activity in the same process or subprocess.", activity=activity
            )
            report(Problem(message, names.place(event), "unknown-activity"))


def _undone_from(container: names.Xml) -> set[str]:
    """Return the activities that a throw event in a container can name: beside it, and around event subprocesses."""
    found = _activities(container)
    while names.is_reaction(container) and _parent(container) is not None:
        undoes = _KIND in {
            kind for start in container.iterfind(names.bpmn("startEvent")) for kind in names.event_kinds(start)
        }
        container = _parent(container)
        found |= _activities(container)
        if undoes:
            break
    return found


def _parent(element: names.Xml) -> names.Xml:
    return element.getparent()


def _activities(container: names.Xml) -> set[str]:
    return {str(child.get("id")) for child in names.children(container) if names.local(child) in names.ACTIVITIES}


def _check_cancel(event: names.Xml, container: names.Xml, report: Report) -> None:
    if names.local(event) == "boundaryEvent":
        hosts = {child.get("id"): names.local(child) for child in names.children(container)}
        fits = hosts.get(event.get("attachedToRef")) == "transaction"
    else:
        fits = any(names.local(around) == "transaction" for around in event.iterancestors())
    if not fits:
        report(Problem(Sentence("Only a transaction can be cancelled."), names.place(event), "no-transaction"))


def _has_flow(container: names.Xml, end: str, where: str) -> bool:
    return any(flow.get(end) == where for flow in container.iterfind(names.bpmn("sequenceFlow")))
