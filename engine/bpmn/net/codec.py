"""The state of an instance as compact JSON: its tokens and scopes, elements by index of the definition version.

A token is a row `[id, node, parent, variables, waits, arrivals, instances, loop counter, [done, undo, resets]]`, cut
after its last cell that says something.
Numbers keep every digit: a Decimal is written as a JSON number and read back as one.

The first line is the state; after it comes a line for each large value, to which the variables of a row then refer, and
one for each shelf.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from engine import exact_json, feel
from engine.bpmn.net.nodes import Net
from engine.bpmn.net.shelves import LARGE, ON_ONE, Shelf, Stored, spans
from engine.bpmn.net.tokens import Done, Instances, State, Status, Token

_VERSION = 1


def dump(state: State) -> bytes:
    """Write a state."""
    new = list(_fill_shelves(state)) if state.net.shelvable and not state.ready else []
    shelves = [*state.shelves, *new]
    tokens = [*state.tokens.values()] or [state.root]
    if new:
        tokens = [token for token in tokens if not any(shelf.holds(token.id) for shelf in new)]
    values: list[bytes] = []
    content = {
        "v": _VERSION,
        "status": state.status,
        "last": state.last_id,
        "written": sorted(state.written),
        "ready": [token.id for token in state.ready if token.id in state.tokens],
        "tokens": [_row(token, _apart(token.variables, values)) for token in tokens],
        "shelves": [[shelf.body, shelf.spans] for shelf in shelves],
    }
    told = {name: cell for name, cell in content.items() if cell != []}
    return b"\n".join([_write(told), *values, *(shelf.content for shelf in shelves)])


def _write(value: object) -> bytes:
    return exact_json.dumps(value, _plain)


def _apart(variables: dict[str, object] | None, values: list[bytes]) -> object:
    """Return the variables of a row, the large ones as the numbers of the lines that hold them."""
    if not variables:
        return variables
    large = {name: value for name, value in variables.items() if isinstance(value, _SIZED) and len(value) >= LARGE}
    if not large:
        return variables
    places = {}
    for name, value in large.items():
        values.append(value.raw if isinstance(value, Stored) else _write(value))
        places[name] = len(values)
    return [{name: value for name, value in variables.items() if name not in large}, places]


_SIZED = (list, dict, Stored)


def _fill_shelves(state: State) -> Iterator[Shelf]:
    """Put the instances of large multi-instance activities on shelves; none of them may have a turn to come."""
    away: set[int] = set()
    for body in state.tokens.values():
        if body.node.index not in state.net.shelvable or body.loop_counter or body.id in away:
            continue
        if len(body.children) >= LARGE or any(shelf.body == body.id for shelf in state.shelves):
            instances = list(body.children.values())
            for first in range(0, len(instances), ON_ONE):
                tokens = [token for instance in instances[first : first + ON_ONE] for token in _subtree(instance)]
                away.update(token.id for token in tokens)
                yield _filled(body, tokens)


def _filled(body: Token, tokens: list[Token]) -> Shelf:
    content = _write([_row(token, token.variables) for token in tokens])
    return Shelf(body.id, spans(token.id for token in tokens), content)


def _subtree(token: Token) -> Iterator[Token]:
    yield token
    for child in token.children.values():
        yield from _subtree(child)


def load(net: Net, blob: bytes, environment: feel.Environment) -> State:
    """Read a state that `dump` wrote for the same definition version."""
    first, *lines = blob.split(b"\n")
    content = exact_json.loads(first)
    state = State(net, environment)
    state.read_shelf = _read_shelf
    shelves = content.get("shelves", ())
    rows = lines[len(lines) - len(shelves) :]
    state.shelves = [Shelf(body, places, row) for (body, places), row in zip(shelves, rows, strict=True)]
    state.status = Status(content["status"])
    state.last_id = content["last"]
    state.written = set(content.get("written", ()))
    for row in content["tokens"]:
        state.add(_token(state, row, lines))
    state.ready.extend(token for token in map(state.find, content.get("ready", ())) if token is not None)
    if state.status is not Status.ACTIVE:
        state.tokens.clear()
    return state


def _read_shelf(state: State, shelf: Shelf) -> None:
    for row in exact_json.loads(shelf.content):
        state.add(_token(state, row, []))


def _plain(value: object) -> orjson.Fragment:
    return orjson.Fragment(value.raw) if isinstance(value, Stored) else exact_json.number(value)


def _row(token: Token, variables: object) -> list[object]:
    row: list[object] = [
        token.id,
        token.node.index,
        token.parent.id if token.parent else 0,
        variables,
        {str(index): wait for index, wait in token.waits.items()} or None,
        {str(join): {str(flow): n for flow, n in flows.items()} for join, flows in token.arrivals.items()} or None,
        token.instances and _instances_cells(token.instances),
        token.loop_counter or None,
        _rare_cells(token) if token.done or token.undo is not None or token.resets else None,
    ]
    while row[-1] is None:
        row.pop()
    return row


def _instances_cells(instances: Instances) -> list[object]:
    cells: list[object] = [instances.total, instances.started, instances.completed, instances.items]
    return [*cells, instances.terminated] if instances.terminated else cells


def _rare_cells(token: Token) -> list[object]:
    return [
        [_done_cells(done) for done in token.done],
        None if token.undo is None else [_done_cells(done) for done in token.undo],
        {str(join): flows for join, flows in token.resets.items()},
    ]


def _token(state: State, row: list[Any], lines: list[bytes]) -> Token:
    number, node, parent, variables, waits, arrivals, instances, loop_counter, rare = row + [None] * (9 - len(row))
    token = Token(
        number,
        state.net.nodes[node],
        state.tokens[parent] if parent else None,
        _together(variables, lines) if isinstance(variables, list) else variables,
        {int(index): wait for index, wait in waits.items()} if waits else {},
        {int(join): {int(flow): n for flow, n in flows.items()} for join, flows in (arrivals or {}).items()},
        instances and Instances(*instances),
        loop_counter or 0,
    )
    if rare is not None:
        done, undo, resets = rare
        token.done = [_done(cells) for cells in done]
        token.undo = None if undo is None else [_done(cells) for cells in undo]
        token.resets = {int(join): flows for join, flows in resets.items()}
    return token


def _together(variables: list[Any], lines: list[bytes]) -> dict[str, object]:
    """Return the variables of a row with those that stand on lines of their own."""
    small, places = variables
    return {**small, **{name: Stored(lines[place - 1]) for name, place in places.items()}}


def _done_cells(done: Done) -> list[object]:
    return [done.node, done.variables, [_done_cells(inner) for inner in done.inside]]


def _done(cells: list[Any]) -> Done:
    node, variables, inside = cells
    return Done(node, variables, tuple(_done(inner) for inner in inside))
