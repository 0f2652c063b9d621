"""Compile boxed expressions (DMN 1.5, sections 7.3 and 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.dmn.elements import Element, child, children, local, name_of, text_of
from engine.dmn.logic import Compilation, DecisionRun, DefinedFunction, Logic, Names, Scope, fitted
from engine.dmn.tables import compile_table
from engine.feel.errors import NullResult
from engine.feel.loops import members
from engine.feel.structures import as_list, item_at
from engine.feel.types import ANY
from engine.feel.values import Value, kind

_BESIDE = frozenset({"description", "extensionElements"})
"""What may stand beside expressions and is none."""
_FEEL = ("feel", "https://www.omg.org/spec/dmn/", "http://www.omg.org/spec/dmn/", "http://www.omg.org/spec/feel/")


def compile_boxed(compilation: Compilation, element: Element, names: Names) -> Logic:
    """Compile a boxed expression of any kind; its own type, where it has one, is applied to its result."""
    compiler = _COMPILERS.get(local(element))
    if compiler is None:
        return compilation.wrong(element, f"There is no expression {local(element)}.", "unknown-expression")
    logic = compiler(compilation, element, names)
    of = compilation.types.of(element)
    if of is ANY:
        return logic
    return lambda run, scope: fitted(run, of, logic(run, scope))


def expression_in(element: Element | None) -> Element | None:
    """Return the boxed expression that stands in an element."""
    return None if element is None else child(element, *_COMPILERS)


def compile_inside(compilation: Compilation, element: Element, name: str, names: Names) -> Logic:
    """Compile the boxed expression that stands in a named child."""
    inner = expression_in(child(element, name))
    if inner is None:
        return compilation.wrong(element, f"The {name} of this {local(element)} is missing.", "missing-expression")
    return compile_boxed(compilation, inner, names)


def _literal(compilation: Compilation, element: Element, names: Names) -> Logic:
    language = str(element.get("expressionLanguage", "")).lower()
    if language and not language.startswith(_FEEL):
        return compilation.wrong(element, f"The language {language} is not FEEL.", "unknown-language")
    text = text_of(element)
    if not text:
        return lambda run, _: run.null("the expression is empty", 0)
    return compilation.expression(element, text, names)


def _context(compilation: Compilation, element: Element, names: Names) -> Logic:
    entries: list[tuple[str, Logic]] = []
    for entry in children(element, "contextEntry"):
        variable, inner = child(entry, "variable"), expression_in(entry)
        name = "" if variable is None else name_of(variable)
        if inner is None:
            logic: Logic = compilation.wrong(entry, "The expression of this entry is missing.", "missing-expression")
        else:
            itself = {name} if local(inner) == "functionDefinition" else set()  # a function may call itself
            logic = compile_boxed(compilation, inner, names | itself)
        entries.append((name, _typed(compilation, variable, logic)))
        names |= {name}

    def built(run: DecisionRun, scope: Scope) -> Value:
        inner, context = dict(scope), {}
        for name, logic in entries:
            value = logic(run, inner)
            if not name:
                return value
            if isinstance(value, DefinedFunction):
                value.scope[name] = value
            inner[name] = context[name] = value
        return context

    return built


def _typed(compilation: Compilation, variable: Element | None, logic: Logic) -> Logic:
    of = compilation.types.of(variable)
    return logic if of is ANY else lambda run, scope: fitted(run, of, logic(run, scope))


def _list(compilation: Compilation, element: Element, names: Names) -> Logic:
    items = [compile_boxed(compilation, item, names) for item in children(element) if local(item) not in _BESIDE]
    return lambda run, scope: [item(run, scope) for item in items]


def _relation(compilation: Compilation, element: Element, names: Names) -> Logic:
    columns = [name_of(column) for column in children(element, "column")]
    rows = [
        [compile_boxed(compilation, cell, names) for cell in children(row) if local(cell) not in _BESIDE]
        for row in children(element, "row")
    ]
    if any(len(row) != len(columns) for row in rows):
        return compilation.wrong(element, "A row has more or fewer cells than there are columns.", "relation-width")
    return lambda run, scope: [
        {name: cell(run, scope) for name, cell in zip(columns, row, strict=True)} for row in rows
    ]


def _invocation(compilation: Compilation, element: Element, names: Names) -> Logic:
    called = expression_in(element)
    if called is None:
        return compilation.wrong(element, "The function to be called is missing.", "missing-expression")
    function = compile_boxed(compilation, called, names)
    bindings: list[tuple[str, Logic]] = []
    for binding in children(element, "binding"):
        parameter, argument = child(binding, "parameter"), expression_in(binding)
        if parameter is not None:
            logic = (lambda *_: None) if argument is None else compile_boxed(compilation, argument, names)
            bindings.append((name_of(parameter), logic))
    parameters = [name for name, _ in bindings]

    def result(run: DecisionRun, scope: Scope) -> Value:
        target = function(run, scope)
        if not hasattr(type(target), "call_named"):
            return run.null(f"a {kind(target)} cannot be called", 0)
        arguments = [logic(run, scope) for _, logic in bindings]
        try:
            return target.call_named(run, parameters, arguments) if parameters else target.call(run, [])
        except NullResult as reason:
            return run.null(str(reason), 0)

    return result


def function_definition(compilation: Compilation, element: Element, names: Names) -> Logic:
    """Compile a boxed function; it is a value that remembers where it was defined."""
    if str(element.get("kind", "FEEL")).upper() not in ("FEEL", "F"):
        return compilation.wrong(
            element, f"Functions of kind {element.get('kind')} are not run here.", "external-function"
        )
    formal = list(children(element, "formalParameter"))
    parameters = tuple(name_of(parameter) for parameter in formal)
    types = tuple(compilation.types.of(parameter) for parameter in formal)
    inner = expression_in(element)
    if inner is None:
        return compilation.wrong(element, "The body of this function is missing.", "missing-expression")
    body = compile_boxed(compilation, inner, names | set(parameters))
    return lambda _, scope: DefinedFunction("function", parameters, types, ANY, body, dict(scope))


def _conditional(compilation: Compilation, element: Element, names: Names) -> Logic:
    condition, yes, no = (compile_inside(compilation, element, part, names) for part in ("if", "then", "else"))
    return lambda run, scope: yes(run, scope) if condition(run, scope) is True else no(run, scope)


def _filter(compilation: Compilation, element: Element, names: Names) -> Logic:
    source = compile_inside(compilation, element, "in", names)
    match = compile_inside(compilation, element, "match", names | {"item"} | compilation.words)

    def filtered(run: DecisionRun, scope: Scope) -> Value:
        kept: list[Value] = []
        items = as_list(source(run, scope))
        for item in items:
            run.spend(len(scope) + 1)
            entries = item if type(item) is dict else {}
            verdict = match(run, {**scope, "item": item, **entries})
            if type(verdict) is Decimal:
                return item_at(run, items, verdict, 0)
            if verdict is True:
                kept.append(item)
        return kept

    return filtered


def _each(
    compilation: Compilation, element: Element, names: Names, body: str
) -> Callable[[DecisionRun, Scope, list[Value]], Value]:
    variable = " ".join(str(element.get("iteratorVariable", "")).split())
    source = compile_inside(compilation, element, "in", names)
    logic = compile_inside(compilation, element, body, names | {variable, "partial"})

    def steps(run: DecisionRun, scope: Scope, results: list[Value]) -> Value:
        for item in members(source(run, scope)):
            run.spend(len(scope) + len(results) // 8 + 1)
            results.append(logic(run, {**scope, "partial": results.copy(), variable: item}))
        return results

    return steps


def _for(compilation: Compilation, element: Element, names: Names) -> Logic:
    steps = _each(compilation, element, names, "return")

    def collected(run: DecisionRun, scope: Scope) -> Value:
        try:
            return steps(run, scope, [])
        except NullResult as reason:
            return run.null(str(reason), 0)

    return collected


def _quantified(*, every: bool) -> Callable[[Compilation, Element, Names], Logic]:
    def compiled(compilation: Compilation, element: Element, names: Names) -> Logic:
        steps = _each(compilation, element, names, "satisfies")

        def truth(run: DecisionRun, scope: Scope) -> Value:
            try:
                verdicts = steps(run, scope, [])
            except NullResult as reason:
                return run.null(str(reason), 0)
            if any(verdict is not every and type(verdict) is bool for verdict in verdicts):
                return not every
            return every if all(verdict is every for verdict in verdicts) else None

        return truth

    return compiled


_COMPILERS: dict[str, Callable[[Compilation, Element, Names], Logic]] = {
    "literalExpression": _literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": function_definition,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified(every=False),
    "every": _quantified(every=True),
    "decisionTable": compile_table,
}
