"""Variables in scopes, as Camunda 8 defines them (D5): the nearest scope wins, what is new belongs to the instance.

Values are never changed in place: what is set inside a value makes new ones along the path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import feel
from engine.bpmn.net.failures import ElementFailed
from engine.bpmn.net.shelves import unwrap
from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Formula
from engine.errors import ErrorType

Variables = Mapping[str, object]


def around(token: Token) -> Iterator[Token]:
    """Go through the token and those around it that are scopes, nearest first."""
    current: Token | None = token
    while current is not None:
        if current.variables is not None:
            yield current
        current = current.parent


def visible(token: Token, *nearer: Mapping[str, object]) -> Variables:
    """Return what can be read at a token, `nearer` before all of it."""
    scopes = [dict(more) for more in nearer]
    current: Token | None = token
    while current is not None:
        if current.variables:
            scopes.append(current.variables)
        current = current.parent
    return _Visible(scopes)


class _Visible(Mapping[str, object]):
    """Variables of scopes, the nearest first; large ones are read when they are asked for."""

    __slots__ = ("_scopes",)

    def __init__(self, scopes: list[dict[str, object]]) -> None:
        self._scopes = scopes

    def __getitem__(self, name: str) -> object:
        for scope in self._scopes:
            if name in scope:
                return unwrap(scope[name])
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for scope in reversed(self._scopes) for name in scope))

    def __len__(self) -> int:
        return len(set().union(*self._scopes))

    def __contains__(self, name: object) -> bool:
        for scope in self._scopes:  # noqa: SIM110 - a generator takes twice as long, for every name that is read
            if name in scope:
                return True
        return False


def own(token: Token) -> dict[str, object]:
    """Return a token's own variables."""
    return {name: unwrap(value) for name, value in (token.variables or {}).items()}


def evaluate(
    state: State,
    token: Token,
    formula: Formula,
    *nearer: Mapping[str, object],
    failing: ErrorType = ErrorType.EXTRACT_VALUE_ERROR,
    environment: feel.Environment | None = None,
) -> object:
    """Return a formula's value at a token, in the surroundings of the instance unless others are given.

    Raises:
        ElementFailed: it has none.
    """
    if formula.literal:
        return formula.text
    around = environment or state.environment
    try:
        return formula.evaluate(visible(token, *nearer), around)
    except feel.FeelError as error:
        raise ElementFailed(token.node.id, f"the expression {formula.text!r} failed: {error}", failing) from error


def evaluate_to_json(
    state: State,
    token: Token,
    formula: Formula,
    *nearer: Mapping[str, object],
    failing: ErrorType = ErrorType.EXTRACT_VALUE_ERROR,
) -> object:
    """Return a formula's value at a token as it can be kept in a variable.

    Raises:
        ElementFailed: it has none.
    """
    value = evaluate(state, token, formula, *nearer, failing=failing)
    try:
        return feel.to_json(value)
    except (feel.FeelError, TypeError, ValueError) as error:
        reason = f"the value of {formula.text!r} cannot be kept in a variable: {error}"
        raise ElementFailed(token.node.id, reason, failing) from error


def assign(state: State, token: Token, variables: Variables) -> None:
    """Set variables where they are defined, nearest to the token first, else in the process instance."""
    for name, value in variables.items():
        scope = next((scope for scope in around(token) if name in (scope.variables or {})), state.root)
        if scope is state.root:
            state.written.add(name)
        if scope.variables is not None:
            scope.variables[name] = value


def assign_locally(state: State, token: Token, variables: Variables) -> None:
    """Set variables at a token, which becomes a scope if it was none."""
    token.variables = {**(token.variables or {}), **variables}
    if token is state.root:
        state.written.update(variables)


def receive(state: State, token: Token, variables: Variables) -> None:
    """Set what a person, a job or an event brought; output mappings, if any, choose what leaves the element."""
    if token.node.outputs and token.variables is not None:
        token.variables.update(variables)
    else:
        assign(state, token, variables)


def map_inputs(state: State, token: Token) -> None:
    """Fill the token's own scope by the input mappings of its element, each seeing those before it."""
    if token.variables is None and (token.node.inputs or token.node.outputs):
        token.variables = {}
    for mapping in token.node.inputs:
        value = evaluate_to_json(state, token, mapping.source, failing=ErrorType.IO_MAPPING_ERROR)
        token.variables = with_value(token.variables or {}, mapping.target, value)


def map_outputs(state: State, token: Token) -> None:
    """Let out what the output mappings name, each round of a loop what it made.

    The results of an instance of a multi-instance activity stay with it, where its output element is read.
    """
    stays = token.loop_counter and token.node.loop is not None and token.node.loop.repeat is None
    target = token if stays or token.parent is None else token.parent
    seen = visible(target)
    results: dict[str, object] = {}
    for mapping in token.node.outputs:
        value = evaluate_to_json(state, token, mapping.source, results, failing=ErrorType.IO_MAPPING_ERROR)
        name, inside, _ = mapping.target.partition(".")
        if inside and name not in results and name in seen:
            results[name] = seen[name]
        results = with_value(results, mapping.target, value)
    assign(state, target, results)


def with_value(variables: Mapping[str, object], path: str, value: object) -> dict[str, object]:
    """Return the variables with a value set at a path such as `review.score`; nothing that was there is changed."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**variables, name: value}
    inner = unwrap(variables.get(name))
    return {**variables, name: with_value(inner if isinstance(inner, Mapping) else {}, rest, value)}
