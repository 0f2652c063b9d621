"""Events: what is listened for, what happens when it comes, and what is thrown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import singledispatch

from engine import feel
from engine.bpmn.net import lifecycle, scopes, timers
from engine.bpmn.net.effects import (
    ErrorUncaught,
    EscalationUncaught,
    MessageAwaited,
    MessageThrown,
    SignalAwaited,
    SignalThrown,
    TimerArmed,
)
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.tokens import State, Status, Token
from engine.bpmn.net.work import Boundary, Catch, Error, Escalation, Event, Formula, Message, Signal, Terminate, Timer

# ---- listening


def arm(state: State, token: Token, node: Node) -> None:
    """Let a token listen for the event of a node: its own, one on its border, or one that follows a gateway."""
    if isinstance(node.work, Catch | Boundary):
        listen(node.work.event, state, token, node)


def arm_boundaries(state: State, token: Token) -> None:
    """Let an activity listen for the events on its border."""
    for boundary in state.net.boundaries[token.node.index]:
        arm(state, token, boundary)


@singledispatch
def listen(event: Event, state: State, token: Token, node: Node) -> None:
    """Open the wait for an event. Errors and escalations are looked for when they are thrown."""


@listen.register
def _(event: Timer, state: State, token: Token, node: Node) -> None:
    value = scopes.evaluate(state, token, event.formula)
    try:
        schedule = timers.schedule(event, value, state.environment)
    except (ValueError, OverflowError) as error:
        raise ElementFailed(node.id, f"its timer cannot be armed: {error}") from error
    _arm_timer(state, token, node, schedule)


@listen.register
def _(event: Message, state: State, token: Token, node: Node) -> None:
    name = text_of(state, token, event.name, "message name")
    key = text_of(state, token, event.correlation_key, "correlation key") if event.correlation_key else ""
    state.open_wait(token, node)
    state.effects.append(
        MessageAwaited(
            token=token.id, element_id=token.node.id, event_id=node.id, message_name=name, correlation_key=key
        )
    )


@listen.register
def _(event: Signal, state: State, token: Token, node: Node) -> None:
    name = text_of(state, token, event.name, "signal name")
    state.open_wait(token, node)
    state.effects.append(SignalAwaited(token=token.id, element_id=token.node.id, event_id=node.id, signal_name=name))


def _arm_timer(state: State, token: Token, node: Node, schedule: Schedule) -> None:
    state.open_wait(token, node, schedule)
    state.effects.append(
        TimerArmed(
            token=token.id,
            element_id=token.node.id,
            event_id=node.id,
            due=schedule.due,
            number=schedule.number,
        )
    )


def text_of(state: State, token: Token, formula: Formula, what: str) -> str:
    """Return what must be text, a number being good as text.

    Raises:
        ElementFailed: it is neither, or it is empty.
    """
    value = scopes.evaluate(state, token, formula)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise ElementFailed(
            token.node.id, f"its {what} {formula.text!r} must be text, but it is {feel.to_json(value)!r}"
        )
    return value


# ---- happening


def trigger(state: State, token: Token, event: Node, variables: Variables) -> None:
    """Let an event that a token listens for happen."""
    if isinstance(event.work, Boundary):
        _keep_listening(state, token, event)
        fire_boundary(state, token, event, variables)
    elif event is token.node:
        state.close_wait(token, event)
        scopes.receive(state, token, variables)
        lifecycle.complete(state, token)
    else:
        _choose(state, token, event, variables)


def _choose(state: State, gateway: Token, event: Node, variables: Variables) -> None:
    """Go on from an event-based gateway by the event that came first."""
    if gateway.parent is not None:
        token = state.create(event, gateway.parent)
        state.discard(gateway, "completed")
        occur(state, token, variables)


def _keep_listening(state: State, token: Token, event: Node) -> None:
    """Arm the next round of a timer that has fired; messages and signals stay awaited."""
    schedule = token.waits[event.index]
    if schedule is None:
        return
    state.close_wait(token, event)
    following = schedule.following(state.environment)
    if following is not None and not _interrupts(event):
        _arm_timer(state, token, event, following)


def fire_boundary(state: State, host: Token, boundary: Node, variables: Variables) -> None:
    """Go on by a boundary event, the activity interrupted if the event says so."""
    if host.parent is None:
        return
    if _interrupts(boundary):
        state.discard(host, "terminated")
    occur(state, state.create(boundary, host.parent), variables)


def occur(state: State, token: Token, variables: Variables) -> None:
    """Pass through an event that has come, with what it brought."""
    if token.node.outputs:
        token.variables = {}
    scopes.receive(state, token, variables)
    lifecycle.complete(state, token)


def _interrupts(boundary: Node) -> bool:
    return isinstance(boundary.work, Boundary) and boundary.work.interrupting


# ---- throwing


def throw(state: State, token: Token, event: Event) -> None:
    """Throw an event at an intermediate throw event, an end event or a send task, and go on where the event lets it."""
    throw_event(event, state, token)
    if token.id in state.tokens:
        lifecycle.complete(state, token)


@singledispatch
def throw_event(event: Event, _state: State, _token: Token) -> None:
    """Do what throwing an event means."""
    raise TypeError(f"{event!r} cannot be thrown")


@throw_event.register
def _(event: Message, state: State, token: Token) -> None:
    name = text_of(state, token, event.name, "message name")
    key = text_of(state, token, event.correlation_key, "correlation key") if event.correlation_key else ""
    state.effects.append(
        MessageThrown(
            token=token.id, element_id=token.node.id, message_name=name, correlation_key=key, variables=_carried(token)
        )
    )


@throw_event.register
def _(event: Signal, state: State, token: Token) -> None:
    name = text_of(state, token, event.name, "signal name")
    state.effects.append(
        SignalThrown(token=token.id, element_id=token.node.id, signal_name=name, variables=_carried(token))
    )


@throw_event.register
def _(event: Error, state: State, token: Token) -> None:
    if not throw_code(state, token, event, _carried(token)):
        state.effects.append(ErrorUncaught(token=token.id, element_id=token.node.id, code=event.code or ""))
        lifecycle.finish(state, Status.TERMINATED)


@throw_event.register
def _(event: Escalation, state: State, token: Token) -> None:
    if not throw_code(state, token, event, _carried(token)):
        state.effects.append(EscalationUncaught(token=token.id, element_id=token.node.id, code=event.code or ""))


@throw_event.register
def _(_event: Terminate, state: State, token: Token) -> None:
    if token.parent is not None:
        state.empty(token.parent, but=token)


def _carried(token: Token) -> Mapping[str, object]:
    """Return what a thrown event takes along: what its input mappings gave it, and nothing else."""
    return dict(token.variables) if token.node.inputs and token.variables else {}


def throw_code(state: State, token: Token, event: Error | Escalation, variables: Variables) -> bool:
    """Let the nearest boundary event that catches an error or escalation fire; say whether there was one."""
    found = next(_catching(state, token, event), None)
    if found is None:
        return False
    fire_boundary(state, *found, variables)
    return True


def _catching(state: State, token: Token, event: Error | Escalation) -> Iterator[tuple[Token, Node]]:
    """Go through those that catch it: the nearest activity first, on each the event with the code before the rest."""
    current: Token | None = token
    while current is not None:
        boundaries = [] if current.loop_counter else state.net.boundaries[current.node.index]
        for code in (event.code, None):
            for boundary in boundaries:
                if isinstance(boundary.work, Boundary) and boundary.work.event == type(event)(code):
                    yield current, boundary
        current = current.parent
