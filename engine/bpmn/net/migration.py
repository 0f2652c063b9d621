"""Migration: a running instance goes on in another net, its tokens on the elements that a plan says.

What is open stays as it is: work, due times, correlation keys, items, variables. Only an event that just one of the two
nets listens for is armed or closed. `engine.bpmn.net.obstacles` says what cannot be migrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.bpmn.net import listening
from engine.bpmn.net.effects import WaitClosed
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.plan import Plan, heads, is_body_of_instances
from engine.bpmn.net.tokens import Done, Instances, State, Token, Wait
from engine.bpmn.net.work import Boundary, Catch, Conditional, Message, Signal, Start


@dataclass(slots=True)
class Moves:
    """What a migration does.

    Attributes:
        elements: the tokens, each with the ids of its element before and after.
        kept: the waits for events that stay open, each as token and the ids of the event before and after.
        closed: the waits for events that the target does not know.
        armed: the events that only the target knows, each as token and id.
    """

    elements: list[tuple[int, str, str]] = field(default_factory=list)
    kept: list[tuple[int, str, str]] = field(default_factory=list)
    closed: list[WaitClosed] = field(default_factory=list)
    armed: list[tuple[int, str]] = field(default_factory=list)


def migrate(state: State, plan: Plan) -> tuple[State, Moves]:
    """Return the state in the target net, where there is no obstacle; the one given is void.

    Raises:
        ElementFailed: an event that is new cannot be armed.
    """
    state.open_shelves()
    moved, moves = State(plan.target, state.environment), Moves()
    moved.status, moved.last_id, moved.written = state.status, state.last_id, state.written
    for token in state.tokens.values():
        there = _moved(token, moved, plan)
        moved.add(there)
        moves.elements.append((token.id, token.node.id, there.node.id))
    moved.ready.extend(moved.tokens[token.id] for token in state.ready if token.id in moved.tokens)
    for token in state.tokens.values():
        _Listening(token, moved, plan, moves).carry_over()
    return moved, moves


def _moved(token: Token, moved: State, plan: Plan) -> Token:
    """Return a token as it stands in the target; the events it waits for are still to come."""
    node = plan.expect(token.node)
    is_open = token.node.index in token.waits and not isinstance(node.work, Catch)
    return Token(
        token.id,
        node,
        moved.tokens[token.parent.id] if token.parent is not None else None,
        {} if node.outputs and token.variables is None else token.variables,
        {node.index: None} if is_open else {},
        {
            _index(plan, join): {plan.flows[flow]: count for flow, count in flows.items()}
            for join, flows in token.arrivals.items()
        },
        _counters(token, plan),
        token.loop_counter,
        [_done(done, plan) for done in token.done],
        None if token.undo is None else [_done(done, plan) for done in token.undo],
        {_index(plan, join): sorted(plan.flows[flow] for flow in flows) for join, flows in token.resets.items()},
    )


def _index(plan: Plan, source: int) -> int:
    return plan.expect(plan.source.nodes[source]).index


def _counters(token: Token, plan: Plan) -> Instances | None:
    """Return the counters of a body as they are; the items of an ad hoc subprocess are indexes of its elements."""
    if token.instances is None or is_body_of_instances(token):
        return token.instances
    items = [_index(plan, item) for item in token.instances.items if isinstance(item, int)]
    return replace(token.instances, items=list[object](items))


def _done(done: Done, plan: Plan) -> Done:
    return Done(_index(plan, done.node), done.variables, tuple(_done(inner, plan) for inner in done.inside))


class _Listening:
    """The events that one token waits for, on their way to the target."""

    def __init__(self, token: Token, moved: State, plan: Plan, moves: Moves) -> None:
        self._token, self._moved, self._plan, self._moves = token, moved, plan, moves
        self._there = moved.tokens[token.id]
        self._same = dict(self._pairs())

    def carry_over(self) -> None:
        """Keep the waits for events that both nets know, close the others, and arm what only the target knows."""
        for index, wait in self._token.waits.items():
            event = self._plan.source.nodes[index]
            if isinstance(event.work, Catch | Boundary | Start):
                self._keep_or_close(event, wait)
        known = {node.index for node in self._same.values()}
        for head in self._expected():
            if head.index not in known:
                self._arm(head)

    def _pairs(self) -> Iterator[tuple[int, Node]]:
        """Pair the elements whose events are listened for in the source with those in the target."""
        expected = {node.index for node in heads(self._plan.target, self._there)}
        for head in heads(self._plan.source, self._token):
            there = self._plan.counterpart(head)
            if there is not None and there.index in expected and self._plan.alike(head, there):
                expected.discard(there.index)
                yield head.index, there

    def _expected(self) -> Iterator[Node]:
        """Go through what the token would listen for in the target, had it entered its element there."""
        if self._there in self._moved.ready or self._there.undo is not None:
            return
        silent = self._moved.is_interrupted(self._there)
        for head in heads(self._plan.target, self._there):
            if not (silent and isinstance(head.work, Start)):
                yield head

    def _keep_or_close(self, event: Node, wait: Wait) -> None:
        head = event.index if event.stands_for is None else event.stands_for
        own = self._plan.counterpart(event) if head in self._same else None
        if own is not None and _subject(event) == _subject(own):
            self._there.waits[own.index] = wait
            if event.index not in self._plan.source.conditional:
                self._moves.kept.append((self._token.id, event.id, own.id))
            return
        if event.index not in self._plan.source.conditional:
            closed = WaitClosed(token=self._token.id, element_id=self._token.node.id, event_id=event.id)
            self._moves.closed.append(closed)
        if own is not None:
            self._arm(own)

    def _arm(self, head: Node) -> None:
        before = set(self._there.waits)
        listening.arm(self._moved, self._there, head)
        opened = self._there.waits.keys() - before
        self._moves.armed += [(self._there.id, self._plan.target.nodes[index].id) for index in sorted(opened)]


def _subject(event: Node) -> object:
    """Return what an event is about; two timers are about the same, whatever their times."""
    match getattr(event.work, "event", None):
        case Message(name=name) | Signal(name=name):
            return name
        case Conditional(condition=condition):
            return condition
    return None
