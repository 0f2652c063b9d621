"""The state of an instance as compact JSON: its tokens and scopes, elements by index of the definition version.

A token is a row `[id, node, parent, variables, waits, arrivals, instances, loop counter, done, undo, resets]`, cut
after its last cell that says something.
Numbers keep every digit: a Decimal is written as a JSON number and read back as one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from engine import feel
from engine.bpmn.net.nodes import Net
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.tokens import Done, Instances, State, Status, Token, Wait

_VERSION = 1


def dump(state: State) -> bytes:
    """Write a state."""
    tokens = list(state.tokens.values()) or [state.root]
    content = {
        "v": _VERSION,
        "status": state.status,
        "last": state.last_id,
        "written": sorted(state.written),
        "ready": [token.id for token in state.ready if token.id in state.tokens],
        "tokens": [_row(token) for token in tokens],
    }
    told = {name: cell for name, cell in content.items() if cell != []}
    try:
        return orjson.dumps(told, _number)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_long_integers(told), _number)


def load(net: Net, blob: bytes, environment: feel.Environment) -> State:
    """Read a state that `dump` wrote for the same definition version."""
    content = json.loads(blob, parse_float=Decimal)
    state = State(net, environment)
    state.status = Status(content["status"])
    state.last_id = content["last"]
    state.written = set(content.get("written", ()))
    for row in content["tokens"]:
        state.add(_token(state, row))
    state.ready.extend(state.tokens[token] for token in content.get("ready", ()))
    if state.status is not Status.ACTIVE:
        state.tokens.clear()
    return state


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{value!r} cannot be kept in a variable")


def _with_long_integers(value: object) -> object:
    """Return the value with integers as decimals, for those that the JSON library finds too long."""
    if isinstance(value, Mapping):
        return {name: _with_long_integers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_long_integers(item) for item in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _row(token: Token) -> list[object]:
    row: list[object] = [
        token.id,
        token.node.index,
        token.parent.id if token.parent else 0,
        token.variables,
        {str(index): _schedule_cells(schedule) for index, schedule in token.waits.items()} or None,
        {str(join): {str(flow): n for flow, n in flows.items()} for join, flows in token.arrivals.items()} or None,
        token.instances
        and [token.instances.total, token.instances.started, token.instances.completed, token.instances.items],
        token.loop_counter or None,
        [_done_cells(done) for done in token.done] or None,
        None if token.undo is None else [_done_cells(done) for done in token.undo],
        {str(join): flows for join, flows in token.resets.items()} or None,
    ]
    while row[-1] is None:
        row.pop()
    return row


def _token(state: State, row: list[Any]) -> Token:
    number, node, parent, variables, waits, arrivals, instances, loop_counter, done, undo, resets = row + [None] * (
        11 - len(row)
    )
    return Token(
        number,
        state.net.nodes[node],
        state.tokens[parent] if parent else None,
        variables,
        {int(index): _schedule(cells) for index, cells in (waits or {}).items()},
        {int(join): {int(flow): n for flow, n in flows.items()} for join, flows in (arrivals or {}).items()},
        instances and Instances(*instances),
        loop_counter or 0,
        [_done(cells) for cells in done or ()],
        None if undo is None else [_done(cells) for cells in undo],
        {int(join): flows for join, flows in (resets or {}).items()},
    )


def _done_cells(done: Done) -> list[object]:
    return [done.node, done.variables, [_done_cells(inner) for inner in done.inside]]


def _done(cells: list[Any]) -> Done:
    node, variables, inside = cells
    return Done(node, variables, tuple(_done(inner) for inner in inside))


def _schedule_cells(schedule: Wait) -> list[object] | bool | None:
    if not isinstance(schedule, Schedule):
        return schedule
    cells: list[object] = [schedule.due.isoformat()]
    if schedule.anchor is not None:
        cells += [schedule.anchor.isoformat(), schedule.interval, schedule.step, schedule.number, schedule.limit]
    return cells


def _schedule(cells: Any) -> Wait:
    if cells is None or isinstance(cells, bool):
        return cells
    due, *cycle = cells
    if not cycle:
        return Schedule(datetime.fromisoformat(due))
    anchor, *rest = cycle
    return Schedule(datetime.fromisoformat(due), datetime.fromisoformat(anchor), *rest)
