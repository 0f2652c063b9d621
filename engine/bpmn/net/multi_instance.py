"""Activities done several times: a body that starts, counts and collects, and its instances.

A standard loop is a sequential body that does not know how many there will be.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from engine.bpmn.net import scopes
from engine.bpmn.net.failures import ElementFailed, kind_of
from engine.bpmn.net.nodes import Loop, Repeat
from engine.bpmn.net.shelves import unwrap
from engine.bpmn.net.tokens import Instances, State, Token
from engine.bpmn.net.work import Event, Formula


def open_body(state: State, body: Token) -> None:
    """Start the instances of a body: all of them, or the first."""
    loop = _loop(body)
    if loop.repeat is not None:
        _open_loop(state, body, loop.repeat)
        return
    items = _items(state, body, loop)
    given = body.variables or {}
    body.variables = {**given, loop.output_collection: [None] * len(items)} if loop.output_collection else {**given}
    body.instances = Instances(total=len(items), items=list(items))
    for _ in range(min(1, len(items)) if loop.sequential else len(items)):
        start_next(state, body)


def _open_loop(state: State, body: Token, repeat: Repeat) -> None:
    """Start the first round of a standard loop, unless its condition is asked before and does not hold."""
    body.variables = {}
    body.instances = Instances(total=0)
    if repeat.maximum != 0 and (not repeat.before or _again(state, body, body, repeat)):
        start_next(state, body)


def has_more(body: Token) -> bool:
    """Say whether an instance is to follow the one that is done."""
    return _loop(body).repeat is not None or bool(_instances(body).items)


def start_next(state: State, body: Token) -> None:
    """Start the next instance, with a scope of its own."""
    loop, instances = _loop(body), _instances(body)
    instances.started += 1
    item = instances.items.pop(0) if instances.items else None
    own: dict[str, object] = {}
    if loop.output_element is not None and (name := _variable_of(loop.output_element.text)):
        own[name] = None
    if loop.element:
        own[loop.element] = item
    own["loopCounter"] = instances.started
    state.ready.append(state.create(body.node, body, variables=own, loop_counter=instances.started))


def collect(state: State, body: Token, instance: Token) -> None:
    """Count an instance, and put what it brought into the output collection, at the place of its item."""
    loop = _loop(body)
    if instance.terminated:
        _instances(body).terminated += 1
    else:
        _instances(body).completed += 1
    if loop.output_collection and loop.output_element and body.variables is not None:
        collected = unwrap(body.variables[loop.output_collection])
        if not isinstance(collected, list):
            raise ElementFailed(body.node.id, f"its output collection {loop.output_collection} is no list any more")
        value = scopes.evaluate_to_json(state, instance, loop.output_element)
        place = instance.loop_counter - 1
        body.variables[loop.output_collection] = [*collected[:place], value, *collected[place + 1 :]]


def announced(state: State, body: Token, instance: Token) -> list[Event]:
    """Return the events to throw when an instance is completed (BPMN 2.0, table 10.29); none if it was terminated."""
    if instance.terminated:
        return []
    first = _instances(body).completed == 1
    return [
        each.event
        for each in _loop(body).announcements
        if (first or not each.once) and (each.condition is None or _holds(state, body, instance, each.condition))
    ]


def is_done(state: State, body: Token, instance: Token) -> bool:
    """Say whether the instance just completed was the last, or fulfils the completion condition."""
    loop, instances = _loop(body), _instances(body)
    if loop.repeat is not None:
        return instances.started == loop.repeat.maximum or not _again(state, body, instance, loop.repeat)
    if instances.completed + instances.terminated == instances.total:
        return True
    return loop.condition is not None and _holds(state, body, instance, loop.condition)


def _holds(state: State, body: Token, instance: Token, condition: Formula) -> bool:
    """Say whether a condition holds after an instance; it sees how many there are."""
    instances = _instances(body)
    counters = {
        "numberOfInstances": instances.total,
        "numberOfActiveInstances": instances.active,
        "numberOfCompletedInstances": instances.completed,
        "numberOfTerminatedInstances": instances.terminated,
    }
    value = scopes.evaluate(state, instance, condition, counters)
    if not isinstance(value, bool):
        raise ElementFailed(
            body.node.id, f"its condition {condition.text!r} is neither true nor false but {kind_of(value)}"
        )
    return value


def _again(state: State, body: Token, seen_from: Token, repeat: Repeat) -> bool:
    """Say whether the condition of a standard loop holds; it sees how many rounds there were."""
    if repeat.condition is None:
        return True
    value = scopes.evaluate(state, seen_from, repeat.condition, {"loopCounter": _instances(body).started})
    if not isinstance(value, bool):
        raise ElementFailed(body.node.id, f"its loop condition is neither true nor false but {kind_of(value)}")
    return value


def hand_over(state: State, body: Token) -> None:
    """Give the output collection to the scope around the activity."""
    if body.parent is not None and body.variables:
        name = _loop(body).output_collection
        if name:
            scopes.assign(state, body.parent, {name: body.variables[name]})


def _items(state: State, body: Token, loop: Loop) -> Sequence[object]:
    if loop.collection is not None:
        items = scopes.evaluate_to_json(state, body, loop.collection)
        if not isinstance(items, list):
            raise ElementFailed(
                body.node.id, f"its input collection {loop.collection.text!r} is not a list but {kind_of(items)}"
            )
        return items
    if loop.cardinality is None:
        raise ElementFailed(body.node.id, "it has neither an input collection nor a cardinality")
    count = scopes.evaluate(state, body, loop.cardinality)
    if isinstance(count, bool) or not isinstance(count, int | Decimal) or count != int(count) or count < 0:
        raise ElementFailed(
            body.node.id,
            f"its cardinality {loop.cardinality.text!r} is no whole number from 0 on but {kind_of(count)}",
        )
    return [None] * int(count)


def _variable_of(expression: str) -> str | None:
    """Return the variable that an output element such as `answer` or `answer.text` reads, if it is no more."""
    name = expression.partition(".")[0].strip()
    return name if name.isidentifier() else None


def _loop(body: Token) -> Loop:
    return cast("Loop", body.node.loop)  # only tokens on multi-instance activities come here


def _instances(body: Token) -> Instances:
    return cast("Instances", body.instances)  # it counts from the moment it is open
