"""What a diagram may hold: an element is executed as the standard says, or refused with a sentence that names it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Extensions, Report, read
from engine.errors import Problem

TASKS = frozenset(
    {"task", "manualTask", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
)
ACTIVITIES = TASKS | {"callActivity", "subProcess"}
CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})
GATEWAYS = CHOICES | {"parallelGateway", "eventBasedGateway"}
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
NODES = ACTIVITIES | GATEWAYS | EVENTS
_DETAILS = frozenset(
    {
        "sequenceFlow", "conditionExpression", "incoming", "outgoing", "documentation", "extensionElements",
        "multiInstanceLoopCharacteristics", "loopCardinality", "completionCondition",
        "timerEventDefinition", "timeDate", "timeDuration", "timeCycle",
        "messageEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "terminateEventDefinition",
    }
)  # fmt: skip
_DRAWN = frozenset(
    {
        "laneSet", "lane", "childLaneSet", "flowNodeRef", "textAnnotation", "text", "association", "group",
        "categoryValueRef", "dataObject", "dataObjectReference",
    }
)  # fmt: skip
_REFUSED_AT_TOP = ("dataStore", "correlationProperty")
_RESERVED = frozenset({"Start", "End", "Root"})
_DEFAULTS = {
    "startQuantity": "1",
    "completionQuantity": "1",
    "isForCompensation": "false",
    "triggeredByEvent": "false",
    "parallelMultiple": "false",
    "instantiate": "false",
    "eventGatewayType": "Exclusive",
    "behavior": "All",
}
_EVENTS_ALLOWED = {
    "startEvent": {"", "message", "timer", "signal"},
    "endEvent": {"", "message", "signal", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"message", "timer", "signal"},
    "intermediateThrowEvent": {"", "message", "signal", "escalation"},
    "boundaryEvent": {"message", "timer", "signal", "error", "escalation"},
}
_REFERENCES = ("message", "signal", "error", "escalation")

Check = Callable[[names.Xml, Report], None]


def executable(root: names.Xml) -> list[names.Xml]:
    """Return the executable processes of a file."""
    return [process for process in root.iterfind(names.bpmn("process")) if process.get("isExecutable") == "true"]


def check_ids(root: names.Xml, report: Report) -> None:
    """Report elements without an id, with one that is taken, or one that the parser keeps for itself."""
    ids = Counter(element.get("id") for element in _all_bpmn(root) if element.get("id"))
    for name, count in ids.items():
        if count > 1:
            report(Problem(f"{count} elements have this id.", str(name), "duplicate-id"))
        if name in _RESERVED or str(name).endswith(".EndJoin"):
            report(Problem("This id is reserved; choose another.", str(name), "reserved-id"))
    for element in _all_bpmn(root):
        if names.local(element) in NODES | {"sequenceFlow", "process"} and not element.get("id"):
            report(Problem(f"A {names.local(element)} has no id.", names.place(element), "missing-id"))


def check(root: names.Xml, report: Report) -> set[str]:
    """Report everything in the executable processes that is not executed as it is drawn.

    Returns:
        The ids of the elements that cannot even be read.
    """
    refused: set[str] = set()

    def refuse(problem: Problem) -> None:
        report(problem)
        refused.add(problem.where)

    processes = executable(root)
    if not processes:
        report(Problem('No process of the file is executable; set isExecutable="true".', "", "not-executable"))
    for name in _REFUSED_AT_TOP:
        for element in root.iterfind(names.bpmn(name)):
            report(_unsupported(element))
    for process in processes:
        _check_container(process, report)
        for element in _all_bpmn(process):
            _check_element(element, refuse)
    return refused


def _check_element(element: names.Xml, report: Report) -> None:
    name = names.local(element)
    if name == "property" or name not in NODES | _DETAILS | _DRAWN | {"process"}:
        report(_unsupported(element))
        return
    for attribute, default in _DEFAULTS.items():
        if element.get(attribute, default) not in (default, default.lower()):
            report(_unsupported(element, f"{attribute}={element.get(attribute)!r}"))
    for check_one in _CHECKS.get(name, ()):
        check_one(element, report)


def _check_container(container: names.Xml, report: Report) -> None:
    """Check what belongs together in one process or subprocess."""
    nodes = {child.get("id"): child for child in _children(container) if names.local(child) in NODES}
    starts = [node for node in nodes.values() if names.local(node) == "startEvent"]
    plain = [start for start in starts if not _definitions(start)]
    nested = names.local(container) == "subProcess"
    if not starts or len(plain) > 1 or (nested and (len(starts) > 1 or not plain)):
        wanted = (
            "exactly one start event, without a trigger" if nested else "a start event, and at most one without trigger"
        )
        report(Problem(f"It needs {wanted}.", names.place(container), "start-events"))
    for flow in container.iterfind(names.bpmn("sequenceFlow")):
        _check_flow(flow, nodes, report)
    for node in nodes.values():
        _check_boundary(node, nodes, report)
        if names.local(node) == "subProcess":
            _check_container(node, report)


def _check_flow(flow: names.Xml, nodes: dict[str | None, names.Xml], report: Report) -> None:
    source, target = nodes.get(flow.get("sourceRef")), nodes.get(flow.get("targetRef"))
    if source is None or target is None:
        missing = flow.get("sourceRef") if source is None else flow.get("targetRef")
        message = f"It is tied to {missing}, which is no executable element of the same process or subprocess."
        report(Problem(message, names.place(flow), "unknown-flow-end"))
        return
    if names.local(source) == "endEvent" or names.local(target) in ("startEvent", "boundaryEvent"):
        report(
            Problem("No flow may leave an end event or enter a start or boundary event.", names.place(flow), "bad-flow")
        )
    condition = flow.find(names.bpmn("conditionExpression")) is not None
    if condition and names.local(source) not in ACTIVITIES | CHOICES:
        report(Problem("Its condition would be ignored where it starts.", names.place(flow), "ignored-condition"))
    if condition and source.get("default") == flow.get("id"):
        report(Problem("The default flow can have no condition.", names.place(flow), "ignored-condition"))


def _check_boundary(node: names.Xml, nodes: dict[str | None, names.Xml], report: Report) -> None:
    if names.local(node) == "boundaryEvent":
        host = nodes.get(node.get("attachedToRef"))
        if host is None or names.local(host) not in ACTIVITIES:
            message = f"It is attached to {node.get('attachedToRef')}, which is no activity beside it."
            report(Problem(message, names.place(node), "unknown-host"))


# ---- one element


def _check_event(event: names.Xml, report: Report) -> None:
    """Check an event's definitions and what they refer to."""
    found = _definitions(event)
    if len(found) > 1:
        report(_unsupported(event, "more than one event definition"))
        return
    kind = names.local(found[0]).removesuffix("EventDefinition") if found else ""
    if kind not in _EVENTS_ALLOWED[names.local(event)]:
        report(_unsupported(event, f"the event definition {kind!r}" if kind else "no event definition"))
    elif kind in _REFERENCES:
        _check_reference(event, found[0], kind, report)
    if kind == "error" and event.get("cancelActivity") == "false":
        report(_unsupported(event, "an error event that does not interrupt"))


def _check_reference(event: names.Xml, definition: names.Xml, kind: str, report: Report) -> None:
    """Check that a message, signal, error or escalation is there, and has the name or code it is known by."""
    reference = definition.get(f"{kind}Ref")
    catches_all = kind in ("error", "escalation") and names.local(event) == "boundaryEvent"
    is_job = "taskDefinition" in read(event)
    if reference is None:
        if not catches_all and not is_job:
            report(Problem(f"It names no {kind}.", names.place(event), f"no-{kind}"))
        return
    known = {item.get("id"): item for item in event.getroottree().getroot().iterfind(names.bpmn(kind))}
    if reference not in known:
        report(Problem(f"It refers to {kind} {reference}, which is not there.", names.place(event), f"unknown-{kind}"))
    elif not catches_all and not known[reference].get(
        {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
    ):
        report(Problem(f"Its {kind} {reference} has no name or code.", names.place(event), f"nameless-{kind}"))


def _check_flows_out(gateway: names.Xml, report: Report) -> None:
    """Check that each flow out of a choosing gateway says when it is taken."""
    flows = _flows_out(gateway)
    if len(flows) < 2:
        return
    for flow in flows:
        if flow.get("id") != gateway.get("default") and flow.find(names.bpmn("conditionExpression")) is None:
            message = f"It leaves {gateway.get('id')} beside others, so it needs a condition or must be the default."
            report(Problem(message, names.place(flow), "missing-condition"))


def _check_default(element: names.Xml, report: Report) -> None:
    default = element.get("default")
    if default and default not in {flow.get("id") for flow in _flows_out(element)}:
        report(Problem(f"Its default flow {default} does not leave it.", names.place(element), "unknown-default"))


def _check_event_gateway(gateway: names.Xml, report: Report) -> None:
    """Check that only events follow, each by this gateway alone."""
    container = gateway.getparent()
    flows = _flows_out(gateway)
    if not flows:
        report(Problem("No event follows it.", names.place(gateway), "event-gateway"))
    for flow in flows:
        target = next((child for child in _children(container) if child.get("id") == flow.get("targetRef")), None)
        into = [
            f for f in container.iterfind(names.bpmn("sequenceFlow")) if f.get("targetRef") == flow.get("targetRef")
        ]
        if target is None or names.local(target) not in ("intermediateCatchEvent", "receiveTask") or len(into) > 1:
            message = (
                f"Only catching events and receive tasks may follow it, through it alone: not {flow.get('targetRef')}."
            )
            report(Problem(message, names.place(gateway), "event-gateway"))


def _check_loop(loop: names.Xml, report: Report) -> None:
    found, where = read(loop), names.place(loop.getparent())
    collection = found.get("loopCharacteristics", "inputCollection")
    cardinality = (loop.findtext(names.bpmn("loopCardinality")) or "").strip()
    if bool(collection) == bool(cardinality):
        report(Problem("It needs either an input collection or a cardinality.", where, "multi-instance"))
    output = [found.get("loopCharacteristics", name) for name in ("outputCollection", "outputElement")]
    if output.count(None) == 1:
        report(Problem("An output collection needs an output element, and the reverse.", where, "multi-instance"))
    if names.local(loop.getparent()) == "receiveTask" and _follows_event_gateway(loop.getparent()):
        report(_unsupported(loop.getparent(), "several instances after an event-based gateway"))


def _follows_event_gateway(task: names.Xml) -> bool:
    sources = {
        f.get("sourceRef")
        for f in task.itersiblings(names.bpmn("sequenceFlow"))
        if f.get("targetRef") == task.get("id")
    }
    return any(g.get("id") in sources for g in task.getparent().iterfind(names.bpmn("eventBasedGateway")))


def _needs(code: str, what: str, *wanted: tuple[str, str]) -> Check:
    """Return a check that demands one of the extensions."""

    def check_one(element: names.Xml, report: Report) -> None:
        found = read(element)
        if not any(_has(found, name, attribute) for name, attribute in wanted):
            report(Problem(f"It does not say {what}.", names.place(element), code))

    return check_one


def _has(found: Extensions, name: str, attribute: str) -> bool:
    return found.get(name, attribute) is not None


def _check_send_task(task: names.Xml, report: Report) -> None:
    if "taskDefinition" in read(task):
        _needs("no-job-type", "what type of job it is", ("taskDefinition", "type"))(task, report)
    else:
        _check_reference(task, task, "message", report)


def _check_receive_task(task: names.Xml, report: Report) -> None:
    _check_reference(task, task, "message", report)


def _check_call(call: names.Xml, report: Report) -> None:
    if not call.get("calledElement"):
        _needs("no-called-process", "which process it calls", ("calledElement", "processId"))(call, report)


def _check_script(task: names.Xml, report: Report) -> None:
    found = read(task)
    if "script" in found and not (_has(found, "script", "expression") and _has(found, "script", "resultVariable")):
        report(Problem("Its script needs an expression and a result variable.", names.place(task), "no-script"))


_JOB = ("taskDefinition", "type")
_CHECKS: dict[str, tuple[Check, ...]] = {
    **dict.fromkeys(EVENTS, (_check_event,)),
    **dict.fromkeys(ACTIVITIES, (_check_default,)),
    **dict.fromkeys(CHOICES, (_check_default, _check_flows_out)),
    "eventBasedGateway": (_check_event_gateway,),
    "multiInstanceLoopCharacteristics": (_check_loop,),
    "serviceTask": (_check_default, _needs("no-job-type", "what type of job it is", _JOB)),
    "businessRuleTask": (
        _check_default,
        _needs("no-decision", "which decision it calls", ("calledDecision", "decisionId"), _JOB),
    ),
    "scriptTask": (
        _check_default,
        _check_script,
        _needs("no-script", "which FEEL expression it evaluates", ("script", "expression"), _JOB),
    ),
    "sendTask": (_check_default, _check_send_task),
    "receiveTask": (_check_default, _check_receive_task),
    "callActivity": (_check_default, _check_call),
}


def _definitions(event: names.Xml) -> list[names.Xml]:
    return [child for child in event if names.local(child).endswith(("EventDefinition", "eventDefinitionRef"))]


def _flows_out(node: names.Xml) -> list[names.Xml]:
    flows = node.getparent().iterfind(names.bpmn("sequenceFlow"))
    return [flow for flow in flows if flow.get("sourceRef") == node.get("id")]


def _children(container: names.Xml) -> Iterator[names.Xml]:
    return (child for child in container if names.namespace(child) == names.BPMN)


def _all_bpmn(element: names.Xml) -> Iterator[names.Xml]:
    return (found for found in element.iter(etree.Element) if names.namespace(found) == names.BPMN)


def _unsupported(element: names.Xml, what: str = "") -> Problem:
    name = names.local(element)
    return Problem(f"{what or 'This'} is not supported at a {name}.", names.place(element), "unsupported-element")
