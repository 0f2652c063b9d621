"""Modification: tokens put on elements and taken off them from outside, where no flow leads.

As Camunda 8 does it: an element is activated with all that is around it. Of that only what is missing is created,
without its start events and input mappings. A subprocess or an instance in which nothing is left is terminated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.bpmn.net import lifecycle, listening, scopes
from engine.bpmn.net.nodes import Net, Node
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.tokens import Instances, State, Status, Token
from engine.bpmn.net.work import Boundary, EventBased, Start, Subprocess
from engine.errors import Conflict, Invalid, Problem
from engine.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Activation:
    """A token that is put on an element.

    Attributes:
        ancestor: a token around it in which what is missing is created; None means what there is.
        variables: to be set at the element or at something around it, by that element's id.
    """

    element_id: str
    ancestor: int | None = None
    variables: Mapping[str, Variables] = field(default_factory=dict)


def modify(state: State, activations: Iterable[Activation], terminations: Iterable[int]) -> None:
    """Put tokens on elements, then take others off theirs; what has nothing left in it goes as well.

    Raises:
        Invalid: a token cannot be put where it is wanted.
        Conflict: a token to be taken off is not there, or a join would wait for ever.
    """
    state.open_shelves()
    ending = [_expect_token(state, token) for token in terminations]
    for wanted in activations:
        _activate(state, wanted)
    for token in ending:
        if token.id in state.tokens:
            _terminate(state, token)
    for token in ending:
        if token.parent is not None:
            _clear(state, token.parent)


def _activate(state: State, wanted: Activation) -> None:
    node = _expect_node(state.net, wanted)
    path = list(_path(state.net, node))
    token = _start_of(state, wanted, path)
    places = {above.node.id: above for above in reversed([*_above(token)])}  # of instances and their body, the instance
    _expect_scopes(wanted, {*places, *(scope.id for scope in path), node.id})
    for name in wanted.variables.keys() & places.keys():
        scopes.assign_locally(state, places[name], wanted.variables[name])
    for scope in path[path.index(token.node) + 1 :]:
        token = _open_scope(state, wanted, scope, token)
    there = state.create(node, token)
    if given := wanted.variables.get(node.id):
        scopes.assign_locally(state, there, given)
    state.ready.append(there)


def _path(net: Net, node: Node) -> Iterator[Node]:
    """Go through what is around an element, the process first."""
    if node.parent is not None:
        yield from _path(net, net.nodes[node.parent])
        yield net.nodes[node.parent]


def _above(token: Token | None) -> Iterator[Token]:
    """Go through a token and those around it."""
    while token is not None:
        yield token
        token = token.parent


def _start_of(state: State, wanted: Activation, path: list[Node]) -> Token:
    """Return the token in which what is missing around an element is created."""
    if wanted.ancestor is not None:
        token = _expect_token(state, wanted.ancestor)
        if token.node not in path or _is_body(token):
            raise _refusal(
                wanted,
                Sentence("{id} ({token_id}) is nothing that it can be put into", id=token.node.id, token_id=token.id),
            )
        return token
    token = state.root
    for scope in path[1:]:
        inside = [one for child in token.children.values() if child.node is scope for one in _instances(child)]
        if len(inside) > 1:
            raise _refusal(
                wanted, Sentence("there are {count} of {id} and none is chosen", count=len(inside), id=scope.id)
            )
        if not inside:
            break
        token = inside[0]
    return token


def _instances(token: Token) -> list[Token]:
    return list(token.children.values()) if _is_body(token) else [token]


def _is_body(token: Token) -> bool:
    return token.node.loop is not None and not token.loop_counter


def _open_scope(state: State, wanted: Activation, scope: Node, parent: Token) -> Token:
    """Open a subprocess that begins with nothing."""
    if scope.loop is not None:
        raise _refusal(wanted, Sentence("it is in {id}, which is done several times and has not begun", id=scope.id))
    if not isinstance(scope.work, Subprocess) or scope.work.reaction:
        raise _refusal(wanted, Sentence("it is in {id}, which begins with its event", id=scope.id))
    token = state.create(scope, parent, variables=dict(wanted.variables.get(scope.id, {})))
    if scope.work.ad_hoc is not None:
        token.instances = Instances(total=0)
    listening.arm_boundaries(state, token)
    listening.arm_reactions(state, token)
    return token


def _terminate(state: State, token: Token) -> None:
    parent = token.parent
    if parent is None:
        lifecycle.finish(state, Status.TERMINATED)
        return
    state.discard(token, "terminated")
    if token.loop_counter and parent.instances is not None:
        parent.instances.terminated += 1
    elif parent.undo is not None or (parent.instances is not None and parent.instances.items):
        state.resume(parent)


def _clear(state: State, scope: Token) -> None:
    """Terminate a scope in which nothing is left, and what is around it if nothing is left there."""
    while scope.id in state.tokens and not scope.children and scope not in state.ready:
        if scope.arrivals:
            join = state.net.nodes[next(iter(scope.arrivals))]
            raise Conflict(
                "Expected to terminate what is left, but {id} would wait for ever for its other tokens", id=join.id
            )
        _terminate(state, scope)
        if scope.parent is None:
            return
        scope = scope.parent


def _expect_token(state: State, token: int) -> Token:
    found = state.find(token)
    if found is None:
        raise Conflict("Expected to modify token {token}, but it is no longer there", token=token)
    return found


def _expect_node(net: Net, wanted: Activation) -> Node:
    node = net.by_id.get(wanted.element_id)
    if node is None or node.parent is None or node.stands_for is not None:
        raise _refusal(wanted, Sentence("there is no such element"))
    if isinstance(node.work, Start | Boundary):
        raise _refusal(wanted, Sentence("it is an event that begins something or is on a border"))
    if isinstance(node.work, Subprocess) and node.work.reaction:
        raise _refusal(wanted, Sentence("it begins with its event"))
    if any(flow.target == node.index for one in net.nodes if isinstance(one.work, EventBased) for flow in one.flows):
        raise _refusal(wanted, Sentence("the event-based gateway before it awaits it"))
    return node


def _expect_scopes(wanted: Activation, known: set[str]) -> None:
    for name in wanted.variables:
        if name not in known:
            raise _refusal(wanted, Sentence("{name}, where variables are to be set, is not around it", name=name))


def _refusal(wanted: Activation, reason: str) -> Invalid:
    problem = Problem(Sentence("It cannot be activated: {reason}.", reason=reason), wanted.element_id, "activation")
    return Invalid(
        "Expected to activate {element_id}, but {reason}", [problem], element_id=wanted.element_id, reason=reason
    )
