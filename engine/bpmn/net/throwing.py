"""Events that are thrown: to the world, to what surrounds the thrower, or to what has been done already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.net import events, hearing, lifecycle, scopes, undoing
from engine.bpmn.net.announcing import throw_event
from engine.bpmn.net.effects import ErrorUncaught, EscalationUncaught, MessageThrown, SignalThrown
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.listening import text_of
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.tokens import State, Status, Token
from engine.bpmn.net.work import (
    Boundary,
    Cancel,
    Compensation,
    Error,
    Escalation,
    Event,
    Message,
    Several,
    Signal,
    Start,
    Subprocess,
    Terminate,
    Throw,
)


def throw(state: State, token: Token, work: Throw) -> None:
    """Throw an event, or several, at an intermediate throw event, an end event or a send task.

    The token goes on where the events let it; what undoes something has its turn again when that is done.
    """
    thrown = [work.event]
    if isinstance(work.event, Several):
        alternatives = state.net.alternatives[token.node.index]
        thrown = [node.work.event for node in alternatives if isinstance(node.work, Throw)]
    for event in thrown:
        if token.id in state.tokens:
            throw_event(event, state, token)
    if token.id in state.tokens and token.undo is None:
        lifecycle.complete(state, token)


@throw_event.register
def _(event: Message, state: State, token: Token) -> None:
    name = text_of(state, token, event.name, "message name")
    key = text_of(state, token, event.correlation_key, "correlation key") if event.correlation_key else ""
    carried = _carried(token)
    state.effects.append(
        MessageThrown(
            token=token.id,
            element_id=token.node.id,
            message_name=name,
            correlation_key=key,
            variables=carried,
            taken=hearing.hear_message(state, name, key, carried),
        )
    )


@throw_event.register
def _(event: Signal, state: State, token: Token) -> None:
    name = text_of(state, token, event.name, "signal name")
    carried, youngest = _carried(token), state.last_id
    state.effects.append(
        SignalThrown(
            token=token.id,
            element_id=token.node.id,
            signal_name=name,
            variables=carried,
            youngest=youngest,
            heard=hearing.hear_signal(state, name, carried),
        )
    )


@throw_event.register
def _(event: Error, state: State, token: Token) -> None:
    throw_error(state, token, event, _carried(token))


@throw_event.register
def _(event: Escalation, state: State, token: Token) -> None:
    throw_escalation(state, token, event, _carried(token))


@throw_event.register
def _(_event: Terminate, state: State, token: Token) -> None:
    if token.parent is not None:
        state.empty(token.parent, but=token)
        token.parent.terminated = True


@throw_event.register
def _(event: Compensation, state: State, token: Token) -> None:
    undoes = token if event.awaited else state.create(token.node, token.parent)
    undoing.begin(state, undoes, undoing.scope_of(state, token, event.activity), event.activity)


@throw_event.register
def _(_event: Cancel, state: State, token: Token) -> None:
    transaction = _transaction(token)
    undoes = token if token.parent is transaction else state.create(token.node, transaction)
    state.close_reactions(transaction)
    state.empty(transaction, but=undoes)
    undoing.begin(state, undoes, transaction, None)


def resume(state: State, token: Token) -> None:
    """Undo the next thing, or go on where there is none left."""
    if undoing.undo_next(state, token):
        return
    token.undo = None
    if not isinstance(token.node.work, Throw):
        lifecycle.leave(state, token)
    elif isinstance(token.node.work.event, Cancel):
        _give_up(state, _transaction(token))
    elif isinstance(token.node.work.event, Compensation) and not token.node.work.event.awaited:
        _disappear(state, token)
    else:
        lifecycle.complete(state, token)


def _transaction(token: Token) -> Token:
    """Return the nearest transaction that a cancel end event stands in."""
    around = token.parent
    while around is not None:
        if isinstance(around.node.work, Subprocess) and around.node.work.transaction:
            return around
        around = around.parent
    raise ElementFailed(token.node.id, "it stands in no transaction")


def _disappear(state: State, token: Token) -> None:
    """Take away a token that has undone something while the one that threw it went on."""
    around = token.parent
    state.discard(token, "completed")
    if around is not None:
        lifecycle.settle(state, around)


def _give_up(state: State, transaction: Token) -> None:
    """Leave a transaction that was cancelled by the event on its border for that, or by no way at all."""
    host = transaction.parent if transaction.loop_counter else transaction
    if host is None or host.parent is None:
        return
    boundary = next((b for b in state.net.boundaries[host.node.index] if _event(b) == Cancel()), None)
    if boundary is not None:
        events.fire_boundary(state, host, events.element_of(state, boundary), {})
        return
    around = host.parent
    state.discard(host, "terminated")
    lifecycle.settle(state, around)


def _carried(token: Token) -> Mapping[str, object]:
    """Return what a thrown event takes along: what its input mappings gave it, and nothing else."""
    return scopes.own(token) if token.node.inputs else {}


def throw_error(state: State, token: Token, error: Error, variables: Variables) -> None:
    """Let an error happen; one that nothing catches ends the instance and is left to the process that called it."""
    if not throw_code(state, token, error, variables):
        state.effects.append(
            ErrorUncaught(token=token.id, element_id=token.node.id, code=error.code or "", variables=variables)
        )
        lifecycle.finish(state, Status.TERMINATED)


def throw_escalation(state: State, token: Token, escalation: Escalation, variables: Variables) -> bool:
    """Let an escalation happen; say whether an event catches it, or it is left to the process that called this one."""
    if throw_code(state, token, escalation, variables):
        return True
    state.effects.append(EscalationUncaught(token=token.id, element_id=token.node.id, code=escalation.code or ""))
    return False


def throw_code(state: State, token: Token, event: Error | Escalation, variables: Variables) -> bool:
    """Let the nearest event that catches an error or escalation happen; say whether there was one."""
    found = next(_catching(state, token, event), None)
    if found is None:
        return False
    events.catch_thrown(state, *found, variables)
    return True


def _catching(state: State, token: Token, event: Error | Escalation) -> Iterator[tuple[Token, Node]]:
    """Go through those that catch it, the nearest first: inside each activity before its border, codes before the rest.

    An event subprocess never catches what it throws itself.
    """
    inside: Token | None = None
    current: Token | None = token
    while current is not None:
        for catching in (_reactions(state, current, inside), _borders(state, current)):
            for code in (event.code, None):
                yield from ((current, node) for node in catching if _event(node) == type(event)(code))
        inside, current = current, current.parent


def _reactions(state: State, scope: Token, inside: Token | None) -> list[Node]:
    is_body = scope.node.loop is not None and not scope.loop_counter
    if inside is None or is_body or state.is_interrupted(scope):
        return []
    return [start for start in state.net.reactions[scope.node.index] if start.parent != inside.node.index]


def _borders(state: State, token: Token) -> tuple[Node, ...]:
    return () if token.loop_counter else state.net.boundaries[token.node.index]


def _event(node: Node) -> Event | None:
    return node.work.event if isinstance(node.work, Boundary | Start) else None
