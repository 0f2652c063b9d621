"""What is wrong with a net as a whole: elements that nothing reaches, and circles that never wait."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.bpmn.net.nodes import Net, Node
from engine.bpmn.net.work import (
    Assignments,
    Boundary,
    Call,
    Catch,
    Complex,
    Conditional,
    Decision,
    EventBased,
    Exclusive,
    Inclusive,
    Job,
    Message,
    Pass,
    Script,
    Signal,
    Subprocess,
    Throw,
    Timer,
    UserTask,
)
from engine.errors import Problem
from engine.sentences import Sentence

_WAITING = (Call, Catch, Decision, EventBased, Job, UserTask)
_OUTER = (Message, Signal, Timer, Conditional)
"""What comes from outside while an activity waits."""


def problems(net: Net) -> Iterator[Problem]:
    """Go through what is wrong with the graph of a net."""
    for node in _unreachable(net):
        yield Problem(Sentence("No flow from a start event reaches it."), node.id, "unreachable")
    circle = _circle(net)
    if circle:
        names = ", ".join(node.id for node in circle)
        yield Problem(
            Sentence("Nothing waits on the circle of flows through {names}: it would run for ever.", names=names),
            circle[0].id,
            "endless-loop",
        )
    yield from _without_default(net)
    yield from _idle_borders(net)


def _without_default(net: Net) -> Iterator[Problem]:
    for node in net.nodes:
        chooses = isinstance(node.work, Exclusive | Inclusive) and len(node.flows) > 1
        if chooses and not any(flow.default for flow in node.flows):
            yield Problem(
                Sentence("Where none of its conditions holds it stops: it has no default flow."), node.id, "no-default"
            )


def _idle_borders(net: Net) -> Iterator[Problem]:
    """Go through the events that nothing can bring about, because what they hang on ends as soon as it begins."""
    for node in net.nodes:
        if isinstance(node.work, Boundary) and isinstance(node.work.event, _OUTER):
            host = net.nodes[node.work.host]
            if not host.loop and isinstance(host.work, Pass | Assignments | Script | Throw):
                message = Sentence("It can never happen: {id} ends as soon as it begins.", id=host.id)
                yield Problem(message, node.id, "idle-boundary")


def certain_calls(net: Net) -> Iterator[Node]:
    """Go through the call activities that a process started by hand comes to in any case, and before it waits."""
    todo, seen = [node.index for node in net.by_hand], set()
    while todo:
        node = net.nodes[todo.pop()]
        if node.index in seen or node.loop is not None or node.takes > 1:
            continue
        seen.add(node.index)
        if isinstance(node.work, Call):
            yield node
        elif isinstance(node.work, Subprocess):
            todo += [start.index for start in net.starts[node.index]]
        elif not isinstance(node.work, _WAITING) and len(net.incoming[node.index]) <= 1:
            chooses = isinstance(node.work, Exclusive | Inclusive | Complex) and len(node.flows) > 1
            todo += [flow.target for flow in node.flows if not (chooses or flow.condition or flow.default)]


def _unreachable(net: Net) -> list[Node]:
    reached: set[int] = set()
    todo = [0]
    while todo:
        index = todo.pop()
        if index not in reached:
            reached.add(index)
            node = net.nodes[index]
            todo += [flow.target for flow in node.flows]
            todo += [near.index for near in (*net.boundaries[index], *net.starts[index], *net.reactions[index])]
            todo += [start.parent for start in net.reactions[index] if start.parent is not None]
            todo += [*net.unordered.get(index, ()), *([net.handlers[index]] if index in net.handlers else [])]
    return [node for node in net.nodes if node.index not in reached and node.stands_for is None]


def _circle(net: Net) -> list[Node]:
    """Return the elements of a circle on which none waits, or nothing."""
    passing = {node.index: node for node in net.nodes if not (_waits(net, node) or _changes(node))}
    following = {index: [f.target for f in node.flows if f.target in passing] for index, node in passing.items()}
    try:
        TopologicalSorter(following).prepare()
    except CycleError as error:
        return [net.nodes[index] for index in sorted(set(error.args[1]))]
    return []


def _changes(node: Node) -> bool:
    """Say whether a node may change what the conditions on a circle see."""
    return isinstance(node.work, Script | Assignments) or bool(node.outputs)


def _waits(net: Net, node: Node) -> bool:
    if not isinstance(node.work, Subprocess) or node.index == 0:
        return isinstance(node.work, _WAITING)
    todo, seen = [start.index for start in net.starts[node.index]], set()
    while todo:
        inner = net.nodes[todo.pop()]
        if inner.index in seen or _waits(net, inner):
            continue
        seen.add(inner.index)
        if not inner.flows:
            return False
        todo += [flow.target for flow in inner.flows]
    return True
