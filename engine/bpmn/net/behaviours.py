"""What a token does when it has its turn: one table, by the element's work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.bpmn.net import activities, ad_hoc, lifecycle, listening, multi_instance, scopes, throwing
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import (
    Assignments,
    Boundary,
    Call,
    Catch,
    Complex,
    Decision,
    EventBased,
    Exclusive,
    Inclusive,
    Job,
    Parallel,
    Pass,
    Script,
    Start,
    Subprocess,
    Throw,
    UserTask,
)


def take_turn(state: State, token: Token) -> None:
    """Let a token enter its element, or go on there where it has something more to do."""
    if token.undo is not None:
        throwing.resume(state, token)
    elif token.node.loop is not None and not token.loop_counter:
        _enter_body(state, token)
    elif token.instances is not None:
        ad_hoc.resume(state, token)
    else:
        _enter(state, token)


def _enter(state: State, token: Token) -> None:
    """Enter an element: open its scope, what may interrupt it, and its work."""
    scopes.map_inputs(state, token)
    if not token.loop_counter:
        listening.arm_boundaries(state, token)
    _ENTER[type(token.node.work)](state, token, token.node.work)


def _enter_body(state: State, body: Token) -> None:
    listening.arm_boundaries(state, body)
    multi_instance.open_body(state, body)
    if not body.children:
        lifecycle.complete_body(state, body)


def _go_on(state: State, token: Token, _work: object) -> None:
    lifecycle.complete(state, token)


def _open_subprocess(state: State, token: Token, work: Subprocess) -> None:
    activities.open_subprocess(state, token)
    if work.ad_hoc is not None:
        ad_hoc.begin(state, token)
    elif not state.net.starts[token.node.index]:
        lifecycle.complete(state, token)


def _wait_for_event(state: State, token: Token, _work: Catch) -> None:
    listening.arm(state, token, token.node)


def _wait_for_first_event(state: State, token: Token, _work: EventBased) -> None:
    for flow in token.node.flows:
        listening.arm(state, token, state.net.nodes[flow.target])


_ENTER: dict[type, Callable[[State, Token, Any], None]] = {
    Assignments: activities.assign,
    Boundary: _go_on,
    Call: activities.call_process,
    Catch: _wait_for_event,
    Complex: _go_on,
    Decision: activities.call_decision,
    EventBased: _wait_for_first_event,
    Exclusive: _go_on,
    Inclusive: _go_on,
    Job: activities.open_job,
    Parallel: _go_on,
    Pass: _go_on,
    Script: activities.run_script,
    Start: _go_on,
    Subprocess: _open_subprocess,
    Throw: throwing.throw,
    UserTask: activities.open_user_task,
}
