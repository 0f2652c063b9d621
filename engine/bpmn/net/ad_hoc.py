"""Ad hoc subprocesses (BPMN 2.0, section 13.3.5): no start, no order but what the flows inside say.

Nobody chooses here what is done: every element that no flow enters is started, all of them together or one after the
other in the file's order, and the completion condition is asked whenever something inside is done.
"""

from __future__ import annotations

from engine.bpmn.net import lifecycle, scopes
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.tokens import Instances, State, Token
from engine.bpmn.net.work import AdHoc, Subprocess


def begin(state: State, token: Token) -> None:
    """Start what is inside: all of it, or the first."""
    first = state.net.unordered[token.node.index]
    token.instances = Instances(total=len(first), items=list(first))
    state.resume(token)


def resume(state: State, token: Token) -> None:
    """Go on after something inside is done: complete, or start what is next."""
    work = _ad_hoc(token)
    if token.instances is None:
        return
    if token.instances.items != list(state.net.unordered[token.node.index]) and _is_complete(state, token, work):
        token.instances.items.clear()
        if work.cancel_remaining:
            state.empty(token)
    elif not token.children:
        _start(state, token, work)
    if not token.children and not token.arrivals:
        if work.condition is not None and not _is_complete(state, token, work):
            raise ElementFailed(token.node.id, "everything in it is done, but its completion condition does not hold")
        token.instances = None
        lifecycle.complete(state, token)


def _start(state: State, token: Token, work: AdHoc) -> None:
    items = token.instances.items if token.instances is not None else []
    for _ in range(min(1, len(items)) if work.sequential else len(items)):
        index = items.pop(0)
        if isinstance(index, int):
            state.start(state.net.nodes[index], token)


def _is_complete(state: State, token: Token, work: AdHoc) -> bool:
    return work.condition is not None and scopes.evaluate(state, token, work.condition) is True


def _ad_hoc(token: Token) -> AdHoc:
    work = token.node.work
    found = work.ad_hoc if isinstance(work, Subprocess) else None
    return found or AdHoc()
