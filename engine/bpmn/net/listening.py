"""What tokens listen for: the waits that the world answers, and the conditions that variables make true."""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch

from engine import feel
from engine.bpmn.net import scopes, timers
from engine.bpmn.net.effects import MessageAwaited, SignalAwaited, TimerArmed
from engine.bpmn.net.failures import ElementFailed, kind_of
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Boundary, Catch, Conditional, Event, Formula, Message, Signal, Start, Timer, UserTask


def arm(state: State, token: Token, node: Node) -> None:
    """Let a token listen for the event of a node, or for each of its several events."""
    for alternative in state.net.alternatives[node.index]:
        if isinstance(alternative.work, Catch | Boundary | Start) and alternative.work.event is not None:
            listen(alternative.work.event, state, token, alternative)


def arm_boundaries(state: State, token: Token) -> None:
    """Let an activity listen for the events on its border."""
    for boundary in state.net.boundaries[token.node.index]:
        if boundary.stands_for is None:
            arm(state, token, boundary)


def arm_reactions(state: State, scope: Token) -> None:
    """Let a process or subprocess listen for the events to which the event subprocesses in it react."""
    for start in state.net.reactions[scope.node.index]:
        if start.stands_for is None:
            arm(state, scope, start)


@singledispatch
def listen(event: Event, state: State, token: Token, node: Node) -> None:
    """Open the wait for an event. Errors, escalations and the like are looked for when they are thrown."""


@listen.register
def _(event: Timer, state: State, token: Token, node: Node) -> None:
    arm_timer(state, token, node, timer_schedule(event, state, token, node))


@listen.register
def _(event: Message, state: State, token: Token, node: Node) -> None:
    name = text_of(state, token, event.name, "message name")
    key = text_of(state, token, event.correlation_key, "correlation key") if event.correlation_key else ""
    told = {name: key} if event.correlation_key or not event.name.literal else None
    state.open_wait(token, node, told)
    state.effects.append(
        MessageAwaited(
            token=token.id, element_id=token.node.id, event_id=node.id, message_name=name, correlation_key=key
        )
    )


@listen.register
def _(event: Signal, state: State, token: Token, node: Node) -> None:
    name = text_of(state, token, event.name, "signal name")
    state.open_wait(token, node, None if event.name.literal else {name: ""})
    state.effects.append(SignalAwaited(token=token.id, element_id=token.node.id, event_id=node.id, signal_name=name))


@listen.register
def _(_event: Conditional, state: State, token: Token, node: Node) -> None:
    state.open_wait(token, node)


def timer_schedule(event: Timer, state: State, token: Token, node: Node) -> Schedule:
    """Tell when a timer fires that is armed now; on a user task it goes by the calendar of who is to do it (E-46)."""
    environment = surroundings(state, token)
    value = scopes.evaluate(state, token, event.formula, environment=environment)
    try:
        return timers.schedule(event, value, environment)
    except (ValueError, OverflowError) as error:
        raise ElementFailed(node.id, f"its timer cannot be armed: {error}") from error


def surroundings(state: State, token: Token) -> feel.Environment:
    """Return what the deadlines at a token go by: at a user task its assignee's own calendar."""
    work = token.node.work
    if not isinstance(work, UserTask) or work.assignee is None or _is_body(token):
        return state.environment
    if token.id not in state.calendars:
        assignee = scopes.evaluate(state, token, work.assignee)
        state.calendars[token.id] = state.environment.of(assignee if isinstance(assignee, str) and assignee else None)
    return state.calendars[token.id]


def _is_body(token: Token) -> bool:
    """Whether a token stands for all instances of an activity, each of which has its own assignee."""
    return token.node.loop is not None and not token.loop_counter


def arm_timer(state: State, token: Token, node: Node, schedule: Schedule) -> None:
    """Open the wait for the next due time of a timer."""
    state.open_wait(token, node, schedule.cells())
    state.effects.append(
        TimerArmed(
            token=token.id,
            element_id=token.node.id,
            event_id=node.id,
            due=schedule.due,
            number=schedule.number,
        )
    )


def became_true(state: State) -> tuple[Token, Node] | None:
    """Return an awaited condition that has become true since it was last looked at, with the token that awaits it."""
    if not state.net.conditional:
        return None
    for token in state.tokens.values():
        for index in state.net.conditional & token.waits.keys():
            node = state.net.nodes[index]
            held, token.waits[index] = token.waits[index], _holds(state, token, node)
            if token.waits[index] and not held:
                return token, node
    return None


def _holds(state: State, token: Token, node: Node) -> bool:
    event = getattr(node.work, "event", None)
    return isinstance(event, Conditional) and scopes.evaluate(state, token, event.condition) is True


def text_of(state: State, token: Token, formula: Formula, what: str) -> str:
    """Return a formula's value, which must be text, a number being good as text.

    Raises:
        ElementFailed: it is neither, or it is empty.
    """
    return as_text(scopes.evaluate(state, token, formula), token, formula, what)


def as_text(value: object, token: Token, formula: Formula, what: str) -> str:
    """Return as text what a formula has given.

    Raises:
        ElementFailed: it is neither text nor a number, or it is empty.
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise ElementFailed(
            token.node.id, f"its {what} {formula.text!r} must be text that is not empty, but it is {kind_of(value)}"
        )
    return value
