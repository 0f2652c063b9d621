"""The net: a process definition compiled to immutable nodes, one per BPMN element.

The process itself is node 0, a subprocess like any other, so that the tokens of an instance form one tree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from engine.bpmn.net import records, work
from engine.bpmn.net.work import Boundary, Call, Decision, Formula, Inclusive, Job, Message, Start, UserTask, Work


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `index` is unique in its net, `target` the index of a node."""

    index: int
    id: str
    target: int
    condition: Formula | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class VariableMapping:
    """One input or output mapping; `target` may be a path such as `review.score`."""

    source: Formula
    target: str


@dataclass(frozen=True, slots=True)
class Loop:
    """A multi-instance activity: one instance per item of `collection`, or as many as `cardinality` says."""

    sequential: bool = False
    collection: Formula | None = None
    cardinality: Formula | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: Formula | None = None
    condition: Formula | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One BPMN element. `parent` is the index of the subprocess around it; only the process itself has none."""

    index: int
    id: str
    type: str
    work: Work
    parent: int | None = None
    name: str = ""
    flows: tuple[Flow, ...] = ()
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    loop: Loop | None = None
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Something outside the diagram that an element names."""

    kind: Literal["form", "decision", "process", "job", "message"]
    name: str
    element_id: str


@dataclass(frozen=True, slots=True)
class Element:
    """What a view of the diagram needs to know of an element."""

    id: str
    name: str
    type: str


@dataclass(frozen=True)
class Net:
    """A process definition, compiled. Immutable and shared by all its instances."""

    process_id: str
    nodes: tuple[Node, ...]
    name: str = ""
    version_tag: str | None = None
    properties: tuple[tuple[str, str], ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by element id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def incoming(self) -> tuple[frozenset[int], ...]:
        """For each node the indexes of the flows into it."""
        found: dict[int, set[int]] = defaultdict(set)
        for node in self.nodes:
            for flow in node.flows:
                found[flow.target].add(flow.index)
        return tuple(frozenset(found[node.index]) for node in self.nodes)

    @cached_property
    def boundaries(self) -> tuple[tuple[Node, ...], ...]:
        """For each node its boundary events."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node.work, Boundary):
                found[node.work.host].append(node)
        return tuple(tuple(found[node.index]) for node in self.nodes)

    @cached_property
    def starts(self) -> tuple[tuple[Node, ...], ...]:
        """For each process or subprocess its start events."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node.work, Start) and node.parent is not None:
                found[node.parent].append(node)
        return tuple(tuple(found[node.index]) for node in self.nodes)

    @cached_property
    def reaching(self) -> Mapping[int, Mapping[int, frozenset[int]]]:
        """For each inclusive join: from which node which of the flows into it can be reached without passing it."""
        joins = [n for n in self.nodes if isinstance(n.work, Inclusive) and len(self.incoming[n.index]) > 1]
        return {join.index: self._reaching(join) for join in joins}

    def _reaching(self, join: Node) -> Mapping[int, frozenset[int]]:
        before: dict[int, list[int]] = defaultdict(list)
        for node in self.nodes:
            for target in [*(f.target for f in node.flows), *(b.index for b in self.boundaries[node.index])]:
                before[target].append(node.index)
        found: dict[int, set[int]] = defaultdict(set)
        for source in self.nodes:
            for flow in (f for f in source.flows if f.target == join.index):
                for place in _ancestors(source.index, before, without=join.index):
                    found[place].add(flow.index)
        return {place: frozenset(flows) for place, flows in found.items()}

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """All elements but the process itself."""
        return tuple(Element(node.id, node.name, node.type) for node in self.nodes[1:])

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """What must exist outside the diagram, as far as the diagram names it by literal text."""
        return tuple(reference for node in self.nodes for reference in _references(node))

    def to_json(self) -> dict[str, Any]:
        """Return the net as JSON values; `from_json` makes it again."""
        return cast("dict[str, Any]", records.write(self))

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Net:
        """Make a net from what `to_json` returned."""
        return cast("Net", records.read(value, _RECORDS))


def _ancestors(node: int, before: Mapping[int, list[int]], *, without: int) -> set[int]:
    """Return the node and all from which flows lead to it, never through `without`."""
    todo, seen = [node], {without}
    while todo:
        if (place := todo.pop()) not in seen:
            seen.add(place)
            todo += before[place]
    return seen - {without}


def _references_of_task(element_id: str, task: UserTask) -> Iterator[Reference]:
    if task.form_id is not None and task.form_id.literal:
        yield Reference("form", task.form_id.text, element_id)
    for operation in task.completing:
        yield Reference("job", operation, element_id)


def _references(node: Node) -> Iterator[Reference]:
    match node.work:
        case UserTask():
            yield from _references_of_task(node.id, node.work)
        case Decision(decision_id=Formula(text, literal=True)):
            yield Reference("decision", text, node.id)
        case Call(process_id=Formula(text, literal=True)):
            yield Reference("process", text, node.id)
        case Job(type=Formula(text, literal=True)):
            yield Reference("job", text, node.id)
        case Start(event=Message(name=Formula(text, literal=True))):
            yield Reference("message", text, node.id)


_RECORDS = records.classes(work.__dict__.values(), [Flow, VariableMapping, Loop, Node, Net])
