"""Read the expressions that begin with a word: `if`, `for`, `some`, `every`, `function`; and the names of types."""

from __future__ import annotations

from engine.feel import syntax as ast
from engine.feel.cursor import Cursor


def _if(cursor: Cursor) -> ast.Node:
    at = cursor.take().at
    condition = cursor.expression()
    cursor.expect("then")
    yes = cursor.expression()
    cursor.expect("else")
    return ast.If(at, condition, yes, cursor.expression())


def _for(cursor: Cursor) -> ast.Node:
    at = cursor.take().at
    iterators = _iterators(cursor, "return")
    cursor.expect("return")
    return ast.For(at, iterators, cursor.expression())


def _quantified(cursor: Cursor) -> ast.Node:
    word = cursor.take()
    iterators = _iterators(cursor, "satisfies")
    cursor.expect("satisfies")
    return ast.Quantified(word.at, word.text == "every", iterators, cursor.expression())


def _iterators(cursor: Cursor, end: str) -> tuple[ast.Iterator, ...]:
    iterators: list[ast.Iterator] = []
    while not iterators or (not cursor.at(end) and cursor.accept(",")):
        at = cursor.peek().at
        name = cursor.loose_name("in")
        cursor.expect("in")
        source = cursor.expression()
        last = cursor.expression() if cursor.accept("..") else None
        iterators.append(ast.Iterator(at, name, source, last))
    return tuple(iterators)


def _function(cursor: Cursor) -> ast.Node:
    at = cursor.take().at
    cursor.expect("(")
    parameters: list[ast.Parameter] = []
    while not cursor.accept(")"):
        if parameters:
            cursor.expect(",")
        start = cursor.peek().at
        name = cursor.loose_name(":", ",", ")")
        parameters.append(ast.Parameter(start, name, read_type(cursor) if cursor.accept(":") else None))
    if cursor.at("external"):
        raise cursor.wrong("Expected a body in FEEL")
    return ast.Function(at, tuple(parameters), cursor.expression())


def read_type(cursor: Cursor) -> ast.TypeName:
    """Read the name of a type, with its arguments in angle brackets."""
    cursor.deeper()
    at = cursor.peek().at
    name = "function" if cursor.accept("function") else _type_name(cursor)
    node = _type_arguments(cursor, at, name) if cursor.at("<") else ast.TypeName(at, name)
    cursor.nesting -= 1
    return node


def _type_name(cursor: Cursor) -> str:
    if cursor.accept("null"):
        return "Null"
    name = cursor.name()
    while cursor.accept("."):
        name += "." + cursor.name()
    return name


def _type_arguments(cursor: Cursor, at: int, name: str) -> ast.TypeName:
    cursor.expect("<")
    fields: list[str] = []
    arguments: list[ast.TypeName] = []
    while not cursor.accept(">"):
        if arguments:
            cursor.expect(",")
        if name == "context":
            fields.append(cursor.loose_name(":"))
            cursor.expect(":")
        arguments.append(read_type(cursor))
    result = read_type(cursor) if cursor.accept("->") else None
    return ast.TypeName(at, name, tuple(arguments), tuple(fields), result)


STATEMENTS = {"if": _if, "for": _for, "some": _quantified, "every": _quantified, "function": _function}
