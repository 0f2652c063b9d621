"""How the elements of a process or subprocess hang together: flows, gateways, boundary events, start events."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.bpmn.spiff import links, names, reversal
from engine.bpmn.spiff.extensions import Report, read
from engine.errors import Problem
from engine.sentences import Sentence


@dataclass(slots=True)
class _Container:
    """A process or subprocess: its elements by id, and the flows by the element they leave and the one they enter."""

    element: names.Xml
    nodes: dict[str, names.Xml] = field(default_factory=dict)
    leaving: dict[str, list[names.Xml]] = field(default_factory=lambda: defaultdict(list))
    entering: dict[str, list[names.Xml]] = field(default_factory=lambda: defaultdict(list))
    hosts: set[str] = field(default_factory=set)


def check(process: names.Xml, report: Report) -> None:
    """Report what is wrong with the flows of a process, and of the subprocesses inside it."""
    container = _read(process)
    _check_starts(container, report)
    links.check(process, report)
    reversal.check(process, report)
    for flow in process.iterfind(names.bpmn("sequenceFlow")):
        _check_flow(flow, container, report)
    for node in container.nodes.values():
        _check_node(node, container, report)


def _read(element: names.Xml) -> _Container:
    container = _Container(element)
    for child in names.children(element):
        if names.local(child) in names.NODES:
            container.nodes[child.get("id")] = child
            container.hosts.add(child.get("attachedToRef"))
        elif names.local(child) == "sequenceFlow":
            container.leaving[child.get("sourceRef")].append(child)
            container.entering[child.get("targetRef")].append(child)
    return container


def _check_starts(container: _Container, report: Report) -> None:
    kind, where = names.local(container.element), names.place(container.element)
    starts = [node for node in container.nodes.values() if names.local(node) == "startEvent"]
    plain = [start for start in starts if not names.event_definitions(start)]
    if names.is_reaction(container.element):
        _check_reaction(container, starts, plain, report)
    elif kind == "adHocSubProcess":
        if starts or any(names.local(node) == "endEvent" for node in container.nodes.values()):
            report(Problem(Sentence("It may have no start and no end event, being ad hoc."), where, "start-events"))
    elif kind in names.SUBPROCESSES and starts and (len(starts) > 1 or not plain):
        report(Problem(Sentence("It may have one start event, without trigger."), where, "start-events"))
    elif kind == "process" and not container.nodes:
        report(Problem(Sentence("There is nothing in it to start with."), where, "start-events"))


def _check_instantiating(node: names.Xml, container: _Container, report: Report) -> None:
    """Check what a process begins with besides start events: nothing leads there, and it happens once."""
    where = names.place(node)
    if names.local(container.element) != "process" or container.entering[where] or where in container.hosts:
        message = Sentence(
            "Only a process can begin here, so it stands in a process, and nothing leads to it or hangs on it."
        )
        report(Problem(message, where, "instantiate"))
    if any(names.local(child).endswith("LoopCharacteristics") for child in node) or read(node).inputs:
        report(
            Problem(Sentence("What begins a process cannot be repeated, nor map anything in."), where, "instantiate")
        )


def _check_reaction(container: _Container, starts: list[names.Xml], plain: list[names.Xml], report: Report) -> None:
    """Check an event subprocess: it starts by one event, and nothing else leads to it or from it."""
    element, where = container.element, names.place(container.element)
    if len(starts) != 1 or plain:
        report(Problem(Sentence("It needs one start event, with a trigger."), where, "start-events"))
    around = element.getparent()
    flows = around.iterfind(names.bpmn("sequenceFlow"))
    borders = around.iterfind(names.bpmn("boundaryEvent"))
    tied = [flow for flow in flows if where in (flow.get("sourceRef"), flow.get("targetRef"))]
    if tied or any(border.get("attachedToRef") == where for border in borders):
        report(Problem(Sentence("Nothing may lead to an event subprocess or from it."), where, "bad-flow"))
    if names.is_handler(element) or any(names.local(child).endswith("LoopCharacteristics") for child in element):
        report(
            Problem(
                Sentence("An event subprocess cannot be repeated, nor be for compensation."),
                where,
                "unsupported-element",
            )
        )
    undoes = "compensate" in {kind for start in starts for kind in names.event_kinds(start)}
    if undoes and names.local(around) == "process":
        report(Problem(Sentence("Only a subprocess can be undone this way."), where, "unsupported-element"))


def _check_complex(gateway: names.Xml, container: _Container, report: Report) -> None:
    """Check that a complex gateway says when it goes on."""
    where = names.place(gateway)
    condition = gateway.findtext(names.bpmn("activationCondition"))
    if condition is None and len(container.entering[where]) > 1:
        report(Problem(Sentence("It joins, so it needs an activation condition."), where, "missing-condition"))


def _check_flow(flow: names.Xml, container: _Container, report: Report) -> None:
    source, target = (container.nodes.get(flow.get(end)) for end in ("sourceRef", "targetRef"))
    if source is None or target is None:
        missing = flow.get("sourceRef") if source is None else flow.get("targetRef")
        message = Sentence(
            "It is tied to {missing}, which is no executable element of the same process or subprocess.",
            missing=missing,
        )
        report(Problem(message, names.place(flow), "unknown-flow-end"))
        return
    if names.local(source) == "endEvent" or names.local(target) in ("startEvent", "boundaryEvent"):
        report(
            Problem(
                Sentence("No flow may leave an end event or enter a start or boundary event."),
                names.place(flow),
                "bad-flow",
            )
        )
    if not _has_condition(flow):
        return
    if names.local(source) not in names.ACTIVITIES | names.CHOICES:
        report(
            Problem(Sentence("Its condition would be ignored where it starts."), names.place(flow), "ignored-condition")
        )
    if source.get("default") == flow.get("id"):
        report(Problem(Sentence("The default flow can have no condition."), names.place(flow), "ignored-condition"))


def _check_node(node: names.Xml, container: _Container, report: Report) -> None:
    kind, where = names.local(node), names.place(node)
    flows = container.leaving.get(where, [])
    if kind == "boundaryEvent":
        _check_boundary(node, container, report)
    if kind in names.SUBPROCESSES:
        check(node, report)
    if kind == "complexGateway":
        _check_complex(node, container, report)
    if kind == "eventBasedGateway":
        _check_event_gateway(node, container, report)
    if names.instantiates(node):
        _check_instantiating(node, container, report)
    if kind in ("exclusiveGateway", "inclusiveGateway") and len(flows) > 1:
        _check_choice(node, flows, report)
    if node.get("default") and node.get("default") not in {flow.get("id") for flow in flows}:
        report(
            Problem(
                Sentence("Its default flow {default} does not leave it.", default=node.get("default")),
                where,
                "unknown-default",
            )
        )


def _check_boundary(event: names.Xml, container: _Container, report: Report) -> None:
    host = container.nodes.get(event.get("attachedToRef"))
    if host is None or names.local(host) not in names.ACTIVITIES:
        message = Sentence(
            "It is attached to {attached_to_ref}, which is no activity beside it.",
            attached_to_ref=event.get("attachedToRef"),
        )
        report(Problem(message, names.place(event), "unknown-host"))


def _check_choice(gateway: names.Xml, flows: list[names.Xml], report: Report) -> None:
    """Check that each flow out of a choosing gateway says when it is taken."""
    for flow in flows:
        if flow.get("id") != gateway.get("default") and not _has_condition(flow):
            message = Sentence(
                "It leaves {id} beside others, so it needs a condition or must be the default.", id=gateway.get("id")
            )
            report(Problem(message, names.place(flow), "missing-condition"))


def _check_event_gateway(gateway: names.Xml, container: _Container, report: Report) -> None:
    """Check that only events follow, each reached by this gateway alone, and none with more to it than the event."""
    flows = container.leaving.get(names.place(gateway), [])
    if gateway.get("eventGatewayType") == "Parallel" and not names.instantiates(gateway):
        message = Sentence("A gateway that waits for all of its events can only begin a process.")
        report(Problem(message, names.place(gateway), "event-gateway"))
    if not flows:
        report(Problem(Sentence("No event follows it."), names.place(gateway), "event-gateway"))
    for name in (flow.get("targetRef") for flow in flows):
        target = container.nodes.get(name)
        if target is None or not _may_follow(target, container):
            message = Sentence(
                "Only plain catching events and receive tasks may follow it, each through it alone: not {name}.",
                name=name,
            )
            report(Problem(message, names.place(gateway), "event-gateway"))


def _may_follow(target: names.Xml, container: _Container) -> bool:
    name = names.place(target)
    plain = not read(target).inputs and target.find(names.bpmn("multiInstanceLoopCharacteristics")) is None
    catches = names.local(target) in ("intermediateCatchEvent", "receiveTask") and "link" not in names.event_kinds(
        target
    )
    plain = plain and target.find(names.bpmn("standardLoopCharacteristics")) is None
    plain = plain and target.get("parallelMultiple") != "true"
    return catches and plain and len(container.entering[name]) == 1 and name not in container.hosts


def _has_condition(flow: names.Xml) -> bool:
    return flow.find(names.bpmn("conditionExpression")) is not None
