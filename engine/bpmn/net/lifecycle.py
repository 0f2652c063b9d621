"""How an element is completed and left, whatever it does."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bpmn.net import gateways, multi_instance, scopes, undoing
from engine.bpmn.net.announcing import throw_event
from engine.bpmn.net.nodes import Flow
from engine.bpmn.net.tokens import State, Status, Token
from engine.bpmn.net.work import Subprocess


def complete(state: State, token: Token, flows: Sequence[Flow] | None = None) -> None:
    """Complete an element and go on by these flows, or by those that the standard chooses."""
    scopes.map_outputs(state, token)
    if token.loop_counter and token.parent is not None:
        complete_instance(state, token.parent, token)
    else:
        leave(state, token, flows)


def complete_instance(state: State, body: Token, instance: Token) -> None:
    """Complete an instance of a multi-instance activity, and the activity with the last or when its condition holds."""
    multi_instance.collect(state, body, instance)
    for event in multi_instance.announced(state, body, instance):
        throw_event(event, state, instance)
    if instance.id not in state.tokens:
        return
    done = multi_instance.is_done(state, body, instance)
    undoing.remember(state, instance)
    state.discard(instance, "completed")
    if done:
        state.empty(body)
        complete_body(state, body)
    elif multi_instance.has_more(body):
        multi_instance.start_next(state, body)


def complete_body(state: State, body: Token) -> None:
    """Complete a multi-instance activity."""
    multi_instance.hand_over(state, body)
    leave(state, body)


def leave(state: State, token: Token, flows: Sequence[Flow] | None = None) -> None:
    """Take a token on along the flows; the last one to leave completes what it was in."""
    parent = token.parent
    if parent is None:
        finish(state, Status.COMPLETED)
        return
    if parent.undo is not None:
        state.discard(token, "completed")
        state.resume(parent)
        return
    chosen = gateways.flows_out(state, token) if flows is None else flows
    undoing.remember(state, token)
    state.discard(token, "completed")
    for flow in chosen:
        for _ in range(token.node.gives):
            gateways.arrive(state, parent, flow)
    settle(state, parent)


def settle(state: State, scope: Token) -> None:
    """Complete what a token has just left, if it was the last; an ad hoc subprocess decides when it has its turn."""
    if isinstance(scope.node.work, Subprocess) and scope.node.work.ad_hoc is not None:
        state.resume(scope)
    elif not scope.children and not scope.arrivals:
        complete(state, scope)


def finish(state: State, status: Status) -> None:
    """End the process instance."""
    state.status = status
    state.discard(state.root, "completed" if status is Status.COMPLETED else "terminated")
