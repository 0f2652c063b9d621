"""Plans: which element of one net stands for which of another. The same ids stand for each other by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.bpmn.net.nodes import Flow, Net, Node
from engine.bpmn.net.tokens import Token
from engine.bpmn.net.work import Catch, Event, EventBased


@dataclass(frozen=True)
class Plan:
    """How a running instance goes over from one net to another.

    Attributes:
        mapping: element ids of the source to those of the target; what is not named keeps its id.
    """

    source: Net
    target: Net
    mapping: Mapping[str, str]

    def counterpart(self, node: Node) -> Node | None:
        """Return the node of the target that stands for one of the source, if there is one."""
        if node.parent is None:
            return self.target.nodes[0]
        if node.stands_for is not None:
            owner = self.counterpart(self.source.nodes[node.stands_for])
            return owner and self._alternative(node, owner)
        found = self.target.by_id.get(self.mapping.get(node.id, node.id))
        return None if found is None or found.parent is None else found

    def expect(self, node: Node) -> Node:
        """Return the counterpart of a node that must have one."""
        found = self.counterpart(node)
        assert found is not None, node.id  # noqa: S101 - obstacles were looked for before
        return found

    def alike(self, before: Node, after: Node) -> bool:
        """Say whether two elements wait for the same kinds of events in the same way."""
        ways = (type(before.work), kinds(self.source, before)), (type(after.work), kinds(self.target, after))
        return ways[0] == ways[1]

    @cached_property
    def flows(self) -> Mapping[int, int]:
        """The flows of the target by those of the source: of the same id, or alone between the same elements."""
        return dict(self._flows())

    def _flows(self) -> Iterator[tuple[int, int]]:
        for node in self.source.nodes:
            there = self.counterpart(node)
            for flow in node.flows:
                if (found := self._flow(flow, there)) is not None:
                    yield flow.index, found.index

    def _flow(self, flow: Flow, there: Node | None) -> Flow | None:
        end = self.counterpart(self.source.nodes[flow.target])
        if end is None:
            return None
        into = [f for node in self.target.nodes for f in node.flows if f.target == end.index]
        same = [f for f in into if f.id == flow.id] or [f for f in (there.flows if there else ()) if f in into]
        return same[0] if len(same) == 1 else None

    def _alternative(self, node: Node, owner: Node) -> Node | None:
        place = [other.index for other in self.source.alternatives[node.stands_for or 0]].index(node.index)
        found = self.target.alternatives[owner.index]
        return found[place] if place < len(found) else None


def kinds(net: Net, node: Node) -> tuple[type[Event] | None, ...]:
    """Return the kinds of the events that an element is about."""
    events = (getattr(one.work, "event", None) for one in net.alternatives[node.index])
    return tuple(None if event is None else type(event) for event in events)


def heads(net: Net, token: Token) -> Iterator[Node]:
    """Go through the elements for whose events a token listens: its own, those after it, on its border, inside it."""
    node, is_body = token.node, is_body_of_instances(token)
    if isinstance(node.work, Catch) and not is_body:
        yield node
    if isinstance(node.work, EventBased):
        yield from (net.nodes[flow.target] for flow in node.flows)
    if not token.loop_counter:
        yield from (boundary for boundary in net.boundaries[node.index] if boundary.stands_for is None)
    if not is_body:
        yield from (start for start in net.reactions[node.index] if start.stands_for is None)


def is_body_of_instances(token: Token) -> bool:
    """Say whether a token holds the instances of a multi-instance activity."""
    return token.node.loop is not None and not token.loop_counter
