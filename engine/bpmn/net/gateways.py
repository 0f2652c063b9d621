"""Where tokens fork and join: gateways, and the flows out of any other element."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.bpmn.net import scopes
from engine.bpmn.net.failures import ElementFailed, kind_of
from engine.bpmn.net.nodes import Flow, Node
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Complex, Exclusive, Inclusive, Parallel
from engine.errors import ErrorType

_WAITING = "waitingForStart"
"""What a complex gateway is until its condition holds."""


def flows_out(state: State, token: Token) -> list[Flow]:
    """Return the flows by which a token leaves: unconditional ones, those whose condition holds, or the default.

    Raises:
        ElementFailed: there are flows out, but none of them may be taken.
    """
    flows = token.node.flows
    if isinstance(token.node.work, Parallel):
        return list(flows)
    holding = (flow for flow in flows if not flow.default and _holds(state, token, flow))
    taken = list(_first(holding) if isinstance(token.node.work, Exclusive) else holding)
    if not any(flow.condition for flow in taken):
        taken += [flow for flow in flows if flow.default]
    if flows and not taken:
        reason = "no condition of the flows out of it holds, and none is the default"
        raise ElementFailed(token.node.id, reason, ErrorType.CONDITION_ERROR)
    return taken


def _first(flows: Iterator[Flow]) -> Iterator[Flow]:
    for flow in flows:
        yield flow
        return


def _holds(state: State, token: Token, flow: Flow) -> bool:
    if flow.condition is None:
        return True
    seen_from = token.parent or token
    value = scopes.evaluate(state, seen_from, flow.condition, _phase(token), failing=ErrorType.CONDITION_ERROR)
    if not isinstance(value, bool):
        raise ElementFailed(
            token.node.id,
            f"the condition of {flow.id}, {flow.condition.text!r}, is neither true nor false but {kind_of(value)}",
            ErrorType.CONDITION_ERROR,
        )
    return value


def _phase(token: Token) -> Mapping[str, object]:
    """Return what the conditions of flows out of a complex gateway see besides: how far it is."""
    return {_WAITING: True} if isinstance(token.node.work, Complex) else {}


def arrive(state: State, parent: Token, flow: Flow) -> None:
    """Bring a token over a flow: into the element, or to the join where it waits for the others."""
    node = state.net.nodes[flow.target]
    if not _joins(state, node) and node.takes == 1:
        state.start(node, parent)
        return
    waiting = parent.arrivals.setdefault(node.index, {})
    waiting[flow.index] = waiting.get(flow.index, 0) + 1
    if node.takes > 1:
        _gather(state, parent, node)
    elif isinstance(node.work, Parallel) and len(waiting) == len(state.net.incoming[node.index]):
        _join(state, parent, node)
    elif isinstance(node.work, Complex):
        _join_complex(state, parent, node, node.work)


def _gather(state: State, parent: Token, node: Node) -> None:
    """Start an activity that needs several tokens once they are there, wherever they came from."""
    waiting = parent.arrivals[node.index]
    if sum(waiting.values()) == node.takes:
        del parent.arrivals[node.index]
        state.start(node, parent)


def _joins(state: State, node: Node) -> bool:
    return isinstance(node.work, Parallel | Inclusive | Complex) and len(state.net.incoming[node.index]) > 1


def _join(state: State, parent: Token, node: Node) -> None:
    """Let one token of each flow that has any go through a join as one."""
    left = {flow: count - 1 for flow, count in parent.arrivals.pop(node.index).items() if count > 1}
    if left:
        parent.arrivals[node.index] = left
    state.start(node, parent)


def join_awaiting(state: State) -> Token | None:
    """Let one join go on whose other flows nothing can reach any more; return the scope it is in, if there was one."""
    if not state.net.reaching:
        return None
    for parent in state.tokens.values():
        for index in parent.arrivals:
            node = state.net.nodes[index]
            if isinstance(node.work, Inclusive) and not _awaited(state, parent, node, parent.arrivals[index].keys()):
                _join(state, parent, node)
                return parent
        for index, turns in parent.resets.items():
            filled = {*turns, *parent.arrivals.get(index, ())}
            if not _awaited(state, parent, state.net.nodes[index], filled):
                _reset(state, parent, state.net.nodes[index])
                return parent
    return None


def _awaited(state: State, parent: Token, join: Node, filled: Collection[int]) -> bool:
    """Say whether a token can still come to an empty flow, and not to a filled one (BPMN 2.0, section 13.4.3)."""
    reaching = state.net.reaching[join.index]
    places = {token.node.index for token in parent.children.values()} | (parent.arrivals.keys() - {join.index})
    reachable = [reaching.get(place, frozenset()) for place in places]
    return any(flows.difference(filled) and not flows.intersection(filled) for flows in reachable)


def _join_complex(state: State, parent: Token, gateway: Node, work: Complex) -> None:
    """Let a complex join go on if its condition holds with what has arrived: once, until it is reset (13.4.5)."""
    if gateway.index in parent.resets or work.activation is None:
        return
    waiting = parent.arrivals[gateway.index]
    if (
        scopes.evaluate(state, parent, work.activation, {"activationCount": sum(waiting.values()), _WAITING: True})
        is True
    ):
        parent.resets[gateway.index] = sorted(waiting)
        _join(state, parent, gateway)


def _reset(state: State, parent: Token, gateway: Node) -> None:
    """Take in what came to a complex join after it had gone on, and let it wait for the next round.

    Flows whose conditions ask for it go out then: as `waitingForStart` no longer holds, they may hold now (13.4.5).
    """
    turns = parent.resets.pop(gateway.index)
    waiting = parent.arrivals.pop(gateway.index, {})
    for flow in gateway.flows:
        if flow.condition and _WAITING in flow.condition.names:
            held = scopes.evaluate(state, parent, flow.condition, {_WAITING: False}, failing=ErrorType.CONDITION_ERROR)
            if held is True:
                arrive(state, parent, flow)
    left = {flow: n if flow in turns else n - 1 for flow, n in waiting.items() if flow in turns or n > 1}
    if left and isinstance(gateway.work, Complex):
        parent.arrivals[gateway.index] = left
        _join_complex(state, parent, gateway, gateway.work)


def stuck_join(state: State) -> Node | None:
    """Return a join that waits for ever: nothing runs beside what has arrived there."""
    for token in state.tokens.values():
        if token.arrivals and not token.children:
            return state.net.nodes[next(iter(token.arrivals))]
    return None
