"""Events that happen: what goes on from them, and what they end."""

from __future__ import annotations

from engine.bpmn.net import lifecycle, listening, scopes
from engine.bpmn.net.nodes import Node
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Boundary, Several, Start


def trigger(state: State, token: Token, event: Node, variables: Variables) -> None:
    """Let an event that a token listens for happen."""
    element = element_of(state, event)
    if isinstance(event.work, Boundary | Start):
        _keep_listening(state, token, event)
    elif event.index in token.waits and element is token.node:
        state.close_wait(token, event)
    if _wants_more(state, token, element, event):
        scopes.receive(state, token, variables)
    elif isinstance(element.work, Boundary):
        fire_boundary(state, token, element, variables)
    elif isinstance(element.work, Start):
        react(state, token, element, variables)
    elif element is token.node:
        _close_all(state, token, element)
        scopes.receive(state, token, variables)
        lifecycle.complete(state, token)
    else:
        choose(state, token, element, variables)


def element_of(state: State, event: Node) -> Node:
    """Return the element whose event, or one of whose several events, this is."""
    return event if event.stands_for is None else state.net.nodes[event.stands_for]


def _wants_more(state: State, token: Token, element: Node, event: Node) -> bool:
    """Say whether an element that needs all of its events still waits for one; if not, it listens for all again."""
    told = getattr(element.work, "event", None)
    if not (isinstance(told, Several) and told.all):
        return False
    if event.index in token.waits:
        state.close_wait(token, event)
    if any(other.index in token.waits for other in state.net.alternatives[element.index]):
        return True
    if isinstance(element.work, Boundary | Start) and not element.work.interrupting:
        listening.arm(state, token, element)
    return False


def _close_all(state: State, token: Token, element: Node) -> None:
    for alternative in state.net.alternatives[element.index]:
        if alternative.index in token.waits:
            state.close_wait(token, alternative)


def choose(state: State, gateway: Token, event: Node, variables: Variables) -> None:
    """Go on from an event-based gateway by the event that came first."""
    if gateway.parent is not None:
        token = state.create(event, gateway.parent)
        state.discard(gateway, "completed")
        occur(state, token, variables)


def _keep_listening(state: State, token: Token, event: Node) -> None:
    """Arm the next round of a timer that has fired; messages and signals stay awaited."""
    schedule = token.waits[event.index]
    if not isinstance(schedule, list):
        return
    state.close_wait(token, event)
    following = Schedule.of_cells(schedule).following(state.environment)
    if following is not None and not _interrupts(event):
        listening.arm_timer(state, token, event, following)


def catch_thrown(state: State, token: Token, event: Node, variables: Variables) -> None:
    """Let an event happen that was thrown inside: on the border of an activity, or for an event subprocess."""
    element = element_of(state, event)
    if isinstance(element.work, Boundary):
        fire_boundary(state, token, element, variables)
    else:
        react(state, token, element, variables)


def fire_boundary(state: State, host: Token, boundary: Node, variables: Variables) -> None:
    """Go on by a boundary event, the activity interrupted if the event says so."""
    if host.parent is None:
        return
    if _interrupts(boundary):
        state.discard(host, "terminated")
    occur(state, state.create(boundary, host.parent), variables)


def react(state: State, scope: Token, start: Node, variables: Variables) -> None:
    """Play an event subprocess, everything else in its scope ended if its start event says so."""
    if start.parent is None:
        return
    if _interrupts(start):
        state.close_reactions(scope)
        state.empty(scope)
    reaction = state.create(state.net.nodes[start.parent], scope, variables={})
    listening.arm_reactions(state, reaction)
    token = state.create(start, reaction, variables={} if start.outputs else None)
    scopes.receive(state, token, variables)
    state.ready.append(token)


def occur(state: State, token: Token, variables: Variables) -> None:
    """Pass through an event that has come, with what it brought."""
    if token.node.outputs:
        token.variables = {}
    scopes.receive(state, token, variables)
    lifecycle.complete(state, token)


def _interrupts(event: Node) -> bool:
    return isinstance(event.work, Boundary | Start) and event.work.interrupting
