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
from engine.bpmn.net.work import (
    Boundary,
    Call,
    Catch,
    Compensation,
    Complex,
    Conditional,
    Decision,
    Event,
    EventBased,
    Formula,
    Inclusive,
    Job,
    Message,
    Signal,
    Start,
    Subprocess,
    UserTask,
    Work,
)

FORMAT = 1
"""The version of what `Net.to_json` writes: it rises when what was written before can no longer be read."""


class OtherFormat(Exception):  # noqa: N818 - it says what was found
    """A net is stored in another format; `elements` are the ids of its nodes, to which states refer by their place."""

    def __init__(self, elements: list[str]) -> None:
        super().__init__(f"a net of {len(elements)} elements in another format")
        self.elements = elements


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
    """A multi-instance activity: one instance per item of `collection`, or as many as `cardinality` says.

    With `repeat` it is a standard loop instead: one instance after the other.
    `announcements` are thrown when an instance is completed.
    """

    sequential: bool = False
    collection: Formula | None = None
    cardinality: Formula | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: Formula | None = None
    condition: Formula | None = None
    repeat: Repeat | None = None
    announcements: tuple[Announcement, ...] = ()


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event thrown when an instance is completed: each time its condition holds, or only the first time."""

    event: Event
    condition: Formula | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """A standard loop: again while the condition holds, it being asked before or after each time."""

    condition: Formula | None = None
    before: bool = False
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One BPMN element.

    Attributes:
        parent: the index of the subprocess around it; only the process itself has none.
        stands_for: of one of several events on an element, the index of that element, which alone is entered.
        takes, gives: how many tokens it needs to begin, and sends out by each flow when it is done.
    """

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
    stands_for: int | None = None
    takes: int = 1
    gives: int = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """Something outside the diagram that an element names."""

    kind: Literal["form", "decision", "process", "job", "operation", "message"]
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
        """For each process or subprocess where it begins; without a start event, everything that nothing leads to."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            begins = isinstance(node.work, Start) or getattr(node.work, "instantiates", False)
            if begins and node.parent is not None:
                found[node.parent].append(node)
        for node in self.nodes:
            if isinstance(node.work, Subprocess) and node.work.ad_hoc is None and node.index not in found:
                found[node.index] = [self.nodes[index] for index in self.loose[node.index]]
        return tuple(tuple(found[node.index]) for node in self.nodes)

    @cached_property
    def by_hand(self) -> tuple[Node, ...]:
        """Where the process begins when it is started without an event; nothing if only events start it."""
        return tuple(
            node
            for node in self.starts[0]
            if (
                node.work.event is None
                if isinstance(node.work, Start)
                else not getattr(node.work, "instantiates", False)
            )
        )

    @cached_property
    def ambiguous(self) -> bool:
        """Whether who starts the process by hand must say with which start event: each of several is a way to begin."""
        return len(self.by_hand) > 1 and all(isinstance(node.work, Start) for node in self.by_hand)

    @cached_property
    def triggers(self) -> tuple[Node, ...]:
        """The nodes whose event starts the process: each of several events, each that follows an event gateway."""
        found: list[Node] = []
        for node in self.starts[0]:
            if isinstance(node.work, EventBased):
                found += [each for flow in node.flows for each in self.alternatives[flow.target]]
            elif isinstance(node.work, Start | Catch):
                found += self.alternatives[node.index] if node.stands_for is None else ()
        return tuple(node for node in found if getattr(node.work, "event", None) is not None)

    @cached_property
    def alternatives(self) -> tuple[tuple[Node, ...], ...]:
        """For each node those that stand for its several events, or itself."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if node.stands_for is not None:
                found[node.stands_for].append(node)
        return tuple(tuple(found[node.index]) or (node,) for node in self.nodes)

    @cached_property
    def reactions(self) -> tuple[tuple[Node, ...], ...]:
        """For each process or subprocess the start events of the event subprocesses in it."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if node.parent is not None and isinstance(node.work, Subprocess) and node.work.reaction:
                found[node.parent] += self.starts[node.index]
        return tuple(tuple(found[node.index]) for node in self.nodes)

    @cached_property
    def unordered(self) -> Mapping[int, tuple[int, ...]]:
        """For each ad hoc subprocess the nodes in it that no flow enters and no event brings about."""
        ad_hoc = [n.index for n in self.nodes if isinstance(n.work, Subprocess) and n.work.ad_hoc is not None]
        return {index: self.loose[index] for index in ad_hoc}

    @cached_property
    def loose(self) -> tuple[tuple[int, ...], ...]:
        """For each process or subprocess the nodes in it that no flow enters and no event brings about."""
        handlers = set(self.handlers.values())
        found: dict[int, list[int]] = defaultdict(list)
        for node in self.nodes:
            reacts = isinstance(node.work, Subprocess) and node.work.reaction
            brought = isinstance(node.work, Boundary) or reacts or node.stands_for is not None
            if node.parent is not None and not brought and not self.incoming[node.index] | (handlers & {node.index}):
                found[node.parent].append(node.index)
        return tuple(tuple(found[node.index]) for node in self.nodes)

    @cached_property
    def handlers(self) -> Mapping[int, int]:
        """For each activity that has one, the index of the activity that undoes it."""
        borders = (node.work for node in self.nodes if isinstance(node.work, Boundary))
        return {border.host: border.handler for border in borders if border.handler is not None}

    @cached_property
    def undoing(self) -> Mapping[int, Node]:
        """For each subprocess that has one, the event subprocess in it that undoes it."""
        return {
            index: self.nodes[start.parent]
            for index, starts in enumerate(self.reactions)
            for start in starts
            if start.parent and isinstance(start.work, Start) and isinstance(start.work.event, Compensation)
        }

    @cached_property
    def undoable(self) -> frozenset[int]:
        """The nodes that must be remembered once they are done, because they or something inside can be undone."""
        found = {*self.handlers, *self.undoing}
        for node in reversed(self.nodes):
            if node.index in found and node.parent is not None:
                found.add(node.parent)
        return frozenset(found)

    @cached_property
    def conditional(self) -> frozenset[int]:
        """The nodes that listen for a condition to become true."""
        return frozenset(n.index for n in self.nodes if isinstance(getattr(n.work, "event", None), Conditional))

    @cached_property
    def awaiting(self) -> tuple[Node, ...]:
        """The nodes that listen for a message or a signal."""
        return tuple(
            node
            for node in self.nodes
            if isinstance(node.work, Catch | Boundary | Start) and isinstance(node.work.event, Message | Signal)
        )

    @cached_property
    def shelvable(self) -> frozenset[int]:
        """The parallel multi-instance activities whose instances do nothing unless the world tells them something."""
        restless = {*self.conditional, *self.reaching}
        for node in reversed(self.nodes):
            if node.index in restless and node.parent is not None:
                restless.add(node.parent)
        return frozenset(n.index for n in self.nodes if n.loop and not n.loop.sequential and n.index not in restless)

    @cached_property
    def reaching(self) -> Mapping[int, Mapping[int, frozenset[int]]]:
        """For each join that waits for what can come: from which node which flow into it can be reached, around it."""
        joins = [n for n in self.nodes if isinstance(n.work, Inclusive | Complex) and len(self.incoming[n.index]) > 1]
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
        return tuple(Element(node.id, node.name, node.type) for node in self.nodes[1:] if node.stands_for is None)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """What must exist outside the diagram, as far as the diagram names it by literal text."""
        return tuple(reference for node in self.nodes for reference in _references(node))

    @cached_property
    def operations(self) -> frozenset[str]:
        """The types of its service tasks and listeners, as far as the diagram names them by literal text."""
        return frozenset(one.name for one in self.references if one.kind in ("job", "operation"))

    def to_json(self) -> dict[str, Any]:
        """Return the net as JSON values; `from_json` makes it again."""
        return {"format": FORMAT, **cast("dict[str, Any]", records.write(self))}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Net:
        """Make a net from what `to_json` returned.

        Raises:
            OtherFormat: another version of ours wrote it, in a format that is no longer read.
        """
        record = dict(value)
        if record.pop("format", 1) != FORMAT:
            raise OtherFormat([node["id"] for node in record["nodes"]])
        return cast("Net", records.read(record, _RECORDS))


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
    for operation in (*task.completing, *task.assigning):
        yield Reference("operation", operation, element_id)


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


_RECORDS = records.classes(work.__dict__.values(), [Flow, VariableMapping, Loop, Announcement, Repeat, Node, Net])
