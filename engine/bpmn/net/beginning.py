"""How an instance begins: by hand, or with an event that starts its process."""

from __future__ import annotations

from engine.bpmn.net import events, scopes
from engine.bpmn.net.nodes import Net, Node
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import EventBased, Start
from engine.errors import Invalid, Problem
from engine.sentences import Sentence


def by_hand(state: State, variables: Variables, start_event: str | None = None) -> None:
    """Begin at the none start event, of several at the one that is named; without any, with all that nothing leads to.

    Raises:
        Invalid: only events start the process, or it is not said at which of several it begins.
    """
    begins = [node for node in state.net.by_hand if start_event in (None, node.id)]
    if not begins:
        raise _refusal(state.net, Sentence("no start event without a trigger"))
    if state.net.ambiguous and start_event is None:
        known = ", ".join(node.id for node in begins)
        raise _refusal(
            state.net,
            Sentence("several start events without a trigger; say which of {known} it begins with", known=known),
        )
    root = _root(state, dict(variables))
    for node in begins:
        state.ready.append(state.create(node, root, variables={} if node.outputs else None))


def by_event(state: State, event: str, variables: Variables) -> None:
    """Begin with the event of a node, one of the net's triggers, which brings the variables.

    Raises:
        Invalid: the process has no such event.
    """
    node = next((node for node in state.net.triggers if node.id == event), None)
    if node is None:
        raise _refusal(state.net, Sentence("no start event {event}", event=event))
    root, element = _root(state, {}), events.element_of(state, node)
    gateway = next((start for start in state.net.starts[0] if _leads_to(start, element)), None)
    if gateway is not None:
        _by_gateway(state, state.create(gateway, root), element, variables)
    elif isinstance(element.work, Start):
        token = state.create(element, root, variables={} if element.outputs else None)
        scopes.receive(state, token, variables)
        state.ready.append(token)
    else:
        events.occur(state, state.create(element, root), variables)


def _by_gateway(state: State, gateway: Token, event: Node, variables: Variables) -> None:
    """Go on from the gateway by the event that came; a parallel one waits for the others beside it."""
    work, root = gateway.node.work, gateway.parent
    if isinstance(work, EventBased) and work.parallel and root is not None:
        for flow in gateway.node.flows:
            if flow.target != event.index:
                state.start(state.net.nodes[flow.target], root)
    events.choose(state, gateway, event, variables)


def _root(state: State, variables: dict[str, object]) -> Token:
    """Put the token of the process itself; it has a turn of its own where it reacts to events."""
    root = state.create(state.net.nodes[0], None, variables=variables)
    if state.net.reactions[0]:
        state.ready.append(root)
    return root


def _leads_to(start: Node, event: Node) -> bool:
    return isinstance(start.work, EventBased) and any(flow.target == event.index for flow in start.flows)


def _refusal(net: Net, what: str) -> Invalid:
    sentence = Sentence(
        "Expected to start process {process_id}, but it has {what}", process_id=net.process_id, what=what
    )
    return Invalid(sentence, [Problem(sentence, net.process_id, "no-start-event")])
