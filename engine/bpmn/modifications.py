"""Modifications: somebody puts a running instance right by hand, its tokens or its variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from engine.bpmn import element_instances, history, instances, moves, steps
from engine.bpmn.models import Variables
from engine.bpmn.net import Status
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.modification import Activation
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.sentences import Sentence

Place = int | str
"""One element instance by its key, or all of an element by the element's id."""


class Scope(StrEnum):
    """In what the token of a move is put down."""

    CHOSEN = "direct"
    """In the ancestor that is named, or in what there is."""
    INFERRED = "inferred"
    """In the nearest of what is around its source that is around its target too."""
    PARENT = "sourceParent"
    """In what is right around its source."""


@dataclass(frozen=True, slots=True)
class Activating:
    """An element to be activated.

    Attributes:
        ancestor: the key of the element instance in which it is to be; None means what there is.
        variables: to be set at an element, by its id; an empty id means the process instance.
    """

    element_id: str
    ancestor: int | None = None
    variables: Mapping[str, Variables] | None = None


@dataclass(frozen=True, slots=True)
class Moving:
    """Element instances to be ended, for each of which another is to begin."""

    source: Place
    target: Activating
    scope: Scope = Scope.CHOSEN


@dataclass(frozen=True, slots=True)
class Modification:
    """All that is to be done to one instance at once."""

    activate: tuple[Activating, ...] = ()
    move: tuple[Moving, ...] = ()
    terminate: tuple[Place, ...] = ()


def modify(session: Session, key: int, modification: Modification, *, by: Identity) -> None:
    """Activate and terminate elements of a running instance, and carry it on to its next wait.

    What it called ends with its call activity; an instance in which nothing is left is terminated.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such instance.
        Invalid: an element cannot be activated, or is not active.
        Conflict: the instance has ended, or a join would wait for ever.
        Incident: the process cannot go on from there.
    """
    _expect_operator(by, Sentence("modify process instance {key}", key=key))
    with instances.moved(session, key, None, by=by.username, event=history.Event.MODIFIED, element_id=None) as step:
        moves = [(token, moving) for moving in modification.move for token in _tokens(step, moving.source)]
        activations = [_activation(step, wanted) for wanted in modification.activate]
        activations += [_moved(step, token, moving) for token, moving in moves]
        ended = [token for place in modification.terminate for token in _tokens(step, place)]
        ended += [token for token, _ in moves]
        try:
            step.execution.modify(activations, ended)
        except ElementFailed as failure:
            raise Conflict(
                "Expected to modify process instance {key}, but {failure}", key=key, failure=str(failure)
            ) from failure
        _expect_alive(step)
        told = {"activated": [activation.element_id for activation in activations], "terminated": ended}
        step.details["modification"] = told


def set_variables(session: Session, key: int, variables: Variables, *, local: bool, by: Identity) -> None:
    """Set variables of a running process instance or element instance: where they are defined, or there alone.

    Raises:
        Forbidden: `by` is no operator.
        NotFound: there is no such element instance, or it is over.
        Conflict: the process instance has ended.
        Incident: a condition that became true leads where the process cannot go on.
    """
    _expect_operator(by, Sentence("set variables of element instance {key}", key=key))
    instance_key, token = element_instances.find(session, key)
    event = history.Event.VARIABLES
    with instances.moved(session, instance_key, None, by=by.username, event=event, element_id=None) as step:
        step.execution.set_variables(token, variables, local=local)
        step.details["variables"] = sorted(variables)
        if step.instance.incidents:
            moves.overrule(session, instance_key, variables, at=token, execution=step.execution)


def _tokens(step: steps.Step, place: Place) -> list[int]:
    """Return the tokens that are meant.

    Raises:
        Invalid: nothing of the instance is.
    """
    if isinstance(place, int):
        return [_token(step, place)]
    found = step.execution.find(place)
    if not found:
        raise _refused(step, place, Sentence("{place} is not active", place=place))
    return found


def _token(step: steps.Step, key: int) -> int:
    try:
        instance_key, token = element_instances.find(step.session, key)
    except NotFound as nothing:
        raise _refused(step, str(key), Sentence("there is no element instance {key}", key=key)) from nothing
    if instance_key != step.instance.key:
        raise _refused(
            step,
            str(key),
            Sentence(
                "element instance {key} is of process instance {instance_key}", key=key, instance_key=instance_key
            ),
        )
    return token


def _activation(step: steps.Step, wanted: Activating) -> Activation:
    ancestor = None if wanted.ancestor is None else _token(step, wanted.ancestor)
    process_id = step.net.nodes[0].id
    variables = {name or process_id: given for name, given in (wanted.variables or {}).items()}
    return Activation(wanted.element_id, ancestor, variables)


def _moved(step: steps.Step, token: int, moving: Moving) -> Activation:
    """Return what a move activates for one token that it ends."""
    activation = _activation(step, moving.target)
    if moving.scope is Scope.CHOSEN:
        return activation
    path = set(_path(step, moving.target.element_id))
    above = [
        place for place, element in step.execution.around(token) if moving.scope is Scope.PARENT or element in path
    ]
    return replace(activation, ancestor=above[0] if above else None)


def _path(step: steps.Step, element_id: str) -> Iterator[str]:
    """Go through the ids of what is around an element."""
    node = step.net.by_id.get(element_id)
    while node is not None and node.parent is not None:
        node = step.net.nodes[node.parent]
        yield node.id


def _expect_alive(step: steps.Step) -> None:
    """Refuse to leave a called process without anything: the one that called it would wait for ever."""
    if step.execution.state is not Status.ACTIVE and step.instance.parent_key is not None:
        reason = Sentence(
            "nothing would be left of it, and process instance {parent_key} called it",
            parent_key=step.instance.parent_key,
        )
        raise Conflict("Expected to modify process instance {key}, but {reason}", key=step.instance.key, reason=reason)


def _refused(step: steps.Step, where: str, reason: str) -> Invalid:
    problem = Problem(f"{reason[0].upper()}{reason[1:]}.", where, "modification")
    return Invalid(
        "Expected to modify process instance {key}, but {reason}", [problem], key=step.instance.key, reason=reason
    )


def _expect_operator(by: Identity, intent: str) -> None:
    if not by.operator:
        raise Forbidden("Expected to {intent}, but {username} is no operator", intent=intent, username=by.username)
