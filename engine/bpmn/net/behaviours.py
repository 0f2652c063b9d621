"""What a token does on entering an element: one table, by the element's work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.bpmn.net import activities, events, lifecycle, multi_instance, scopes
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import (
    Boundary,
    Call,
    Catch,
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


def enter(state: State, token: Token) -> None:
    """Enter an element: open what may interrupt it, its scope, and its work."""
    if token.node.loop is not None and not token.loop_counter:
        _enter_body(state, token)
        return
    scopes.map_inputs(state, token)
    if not token.loop_counter:
        events.arm_boundaries(state, token)
    _ENTER[type(token.node.work)](state, token, token.node.work)


def _enter_body(state: State, body: Token) -> None:
    events.arm_boundaries(state, body)
    multi_instance.open_body(state, body)
    if not body.children:
        lifecycle.complete_body(state, body)


def _go_on(state: State, token: Token, _work: object) -> None:
    lifecycle.complete(state, token)


def _open_subprocess(state: State, token: Token, _work: Subprocess) -> None:
    activities.open_subprocess(state, token)


def _wait_for_event(state: State, token: Token, _work: Catch) -> None:
    events.arm(state, token, token.node)


def _wait_for_first_event(state: State, token: Token, _work: EventBased) -> None:
    for flow in token.node.flows:
        events.arm(state, token, state.net.nodes[flow.target])


def _throw(state: State, token: Token, work: Throw) -> None:
    events.throw(state, token, work.event)


_ENTER: dict[type, Callable[[State, Token, Any], None]] = {
    Boundary: _go_on,
    Call: activities.call_process,
    Catch: _wait_for_event,
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
    Throw: _throw,
    UserTask: activities.open_user_task,
}
