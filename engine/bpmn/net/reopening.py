"""More time: timers on the border of an activity move, and an activity that one of them ended is begun again.

An activity that a boundary event ended is begun again as long as the token it sent on can be taken back.

It can where the token waits at the next join, or on the next user task, and nothing lies between but gateways that let
it pass. What has gone on cannot be undone: it is refused, and says where the token is.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from engine.bpmn.net import listening
from engine.bpmn.net.nodes import Flow, Node
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Boundary, Exclusive, Parallel, Timer, UserTask
from engine.errors import Conflict


class BorderTimer(NamedTuple):
    """A timer on the border of an activity; `shared` if it is that of all instances of a multi-instance activity."""

    token: int
    event_id: str
    due: datetime
    shared: bool


def reopen(state: State, element_id: str, scope: int) -> Token:
    """Begin an activity again, in a scope, that the event on its border ended; return its token.

    Raises:
        Conflict: nothing closes it, or the process has gone on.
    """
    node, parent = state.net.by_id[element_id], state.find(scope)
    event = _closing_event(state, node)
    if node.loop is not None:
        raise Conflict(
            "Expected to reopen {element_id}, but it is done by several and was closed for all of them",
            element_id=element_id,
        )
    if parent is None:
        raise Conflict("Expected to reopen {element_id}, but what it was part of is over", element_id=element_id)
    _take_back(state, parent, node, event)
    token = state.create(node, parent)
    state.ready.append(token)
    return token


def border_timers(state: State, token: Token) -> list[BorderTimer]:
    """Tell when the timers on the border of a token's activity would fire if it were begun now, fired or not."""
    body = token.parent if token.loop_counter else None
    host = token if body is None else body
    return [
        BorderTimer(host.id, node.id, listening.timer_schedule(node.work.event, state, host, node).due, host is body)
        for node in state.net.boundaries[host.node.index]
        if isinstance(node.work, Boundary) and isinstance(node.work.event, Timer) and node.work.event.kind != "cycle"
    ]


def arm(state: State, token: Token, event: Node, due: datetime) -> None:
    """Let a timer on the border of a token's activity fire at a time, be it awaited or have it fired before."""
    if event.index in token.waits:
        state.close_wait(token, event)
    listening.arm_timer(state, token, event, Schedule(due))


def _closing_event(state: State, node: Node) -> Node:
    """Return the one event on the border of an activity that ends it."""
    ending = [
        boundary
        for boundary in state.net.boundaries[node.index]
        if isinstance(boundary.work, Boundary) and boundary.work.interrupting
    ]
    if len(ending) != 1:
        raise Conflict("Expected to reopen {id}, but {count} events close it, not one", id=node.id, count=len(ending))
    return ending[0]


def _take_back(state: State, parent: Token, node: Node, event: Node) -> None:
    """Take off the token that an event sent on."""
    flow = _only_flow(event, node)
    target = state.net.nodes[flow.target]
    while isinstance(target.work, Exclusive):
        flow = _only_flow(target, node)
        target = state.net.nodes[flow.target]
    if isinstance(target.work, Parallel):
        waiting = parent.arrivals.get(target.index, {})
        if not waiting.get(flow.index):
            raise Conflict(
                "Expected to reopen {id}, but the process has gone on beyond {target_id}",
                id=node.id,
                target_id=target.id,
            )
        waiting[flow.index] -= 1
        parent.arrivals[target.index] = {index: count for index, count in waiting.items() if count}
        if not parent.arrivals[target.index]:
            del parent.arrivals[target.index]
        return
    there = [token for token in parent.children.values() if token.node is target]
    if len(there) != 1 or not isinstance(target.work, UserTask):
        raise Conflict(
            "Expected to reopen {id}, but the process has gone on beyond {target_id}", id=node.id, target_id=target.id
        )
    state.discard(there[0], "terminated")


def _only_flow(node: Node, reopened: Node) -> Flow:
    if len(node.flows) != 1 or node.flows[0].condition is not None:
        raise Conflict(
            "Expected to reopen {id}, but the process has chosen its way at {node_id}", id=reopened.id, node_id=node.id
        )
    return node.flows[0]
