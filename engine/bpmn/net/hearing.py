"""What an instance hears of its own signals and messages: at once, where it listens when they are thrown (13.5.1).

Whoever begins to listen later, and all other instances, are told after the step.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.net import events
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Event, Message, Signal

Heard = tuple[int, str]
"""A token, and the id of the event that it heard."""


def hear_signal(state: State, name: str, variables: Variables) -> frozenset[Heard]:
    """Let everything in the instance that listens for a signal hear it; return what did."""
    return frozenset(_hear(state, list(_listeners(state, Signal, name)), variables))


def hear_message(state: State, name: str, key: str, variables: Variables) -> bool:
    """Let the first in the instance that waits for a message take it; say whether there was one."""
    return bool(list(_hear(state, list(_listeners(state, Message, name, key))[:1], variables)))


def _hear(state: State, listeners: list[tuple[Token, Node]], variables: Variables) -> Iterator[Heard]:
    for token, node in listeners:
        if token.id in state.tokens and node.index in token.waits:
            events.trigger(state, token, node, variables)
            yield token.id, node.id


def _listeners(state: State, kind: type[Signal | Message], name: str, key: str = "") -> Iterator[tuple[Token, Node]]:
    """Go through those who listen for it now, in the order in which they came."""
    places = {node.index for node in state.net.awaiting if _may_be(node, kind, name)}
    if not places:
        return
    state.open_shelves()
    for token in sorted(state.tokens.values(), key=lambda token: token.id):
        for index in sorted(places & token.waits.keys()):
            node, told = state.net.nodes[index], token.waits[index]
            if told == {name: key} or (told is None and not key and _by_diagram(node) == name):
                yield token, node


def _may_be(node: Node, kind: type[Signal | Message], name: str) -> bool:
    event = _event(node)
    return isinstance(event, kind) and (not event.name.literal or event.name.text == name)


def _by_diagram(node: Node) -> str | None:
    """Return the name that an event listens for if the diagram alone says it, and no key."""
    event = _event(node)
    if not isinstance(event, Signal | Message) or not event.name.literal or getattr(event, "correlation_key", None):
        return None
    return event.name.text


def _event(node: Node) -> Event | None:
    return getattr(node.work, "event", None)
