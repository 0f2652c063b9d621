"""Compile function definitions, calls and type questions."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from engine.feel import syntax as ast
from engine.feel.compiler import COMPILERS, Compiler
from engine.feel.definitions import Closure
from engine.feel.errors import NullResult
from engine.feel.functions.registry import Builtin, charged
from engine.feel.run import Frame
from engine.feel.types import ANY, Simple
from engine.feel.values import Code, Invocable, Value, kind


def _function(compiler: Compiler, node: ast.Function) -> Code:
    names = {parameter.name: compiler.scope.slot() for parameter in node.parameters}
    if len(names) != len(node.parameters):
        raise compiler.wrong("Expected each parameter once", node.at)
    types = tuple(compiler.type(parameter.type) or ANY for parameter in node.parameters)
    compiler.scope.enter(names)
    body = compiler.code(node.body)
    compiler.scope.leave()
    weight = ast.measure(node.body)[0]

    def defined(frame: Frame) -> Value:
        return Closure(
            parameters=tuple(names),
            types=types,
            slots=tuple(names.values()),
            body=body,
            weight=weight,
            frame=frame.copy(),
        )

    return defined


def _call(compiler: Compiler, node: ast.Call) -> Code:
    builtin = _builtin(compiler, node.function)
    if builtin is not None:
        compiler.called.add(node.function.name if isinstance(node.function, ast.Name) else "")
        return _builtin_call(compiler, node, builtin)
    function, at, names = compiler.code(node.function), node.at, node.names
    hidden = compiler.functions.get(node.function.name) if isinstance(node.function, ast.Name) else None
    arguments = [compiler.code(argument) for argument in node.arguments]

    def result(frame: Frame) -> Value:
        called = function(frame)
        if not hasattr(type(called), "call_named"):
            called = hidden or called
        if not hasattr(type(called), "call_named"):
            return frame[0].null(f"a {kind(called)} cannot be called", at)
        values = [argument(frame) for argument in arguments]
        try:
            return called.call_named(frame[0], names, values) if names else called.call(frame[0], values)
        except NullResult as reason:
            return frame[0].null(str(reason), at)

    return result


def _builtin(compiler: Compiler, node: ast.Node) -> Invocable | None:
    if not isinstance(node, ast.Name) or node.name in compiler.names:
        return None
    found = compiler.scope.find(node.name)
    if found.slot is not None:
        return None
    builtin = compiler.functions.get(node.name)
    if builtin is None and not found.items:
        close = get_close_matches(node.name, [*compiler.functions, *compiler.names], n=1)
        if close:
            raise compiler.wrong(
                "Expected a function, but there is no {name}; did you mean {close}?",
                node.at,
                name=node.name,
                close=close[0],
            )
        raise compiler.wrong("Expected a function, but there is no {name}", node.at, name=node.name)
    return builtin


def _builtin_call(compiler: Compiler, node: ast.Call, builtin: Invocable) -> Code:
    arguments = [compiler.code(argument) for argument in node.arguments]
    at, call = node.at, builtin.call
    if node.names:
        names, call_named = node.names, builtin.call_named

        def named(frame: Frame) -> Value:
            try:
                return call_named(frame[0], names, [argument(frame) for argument in arguments])
            except NullResult as reason:
                return frame[0].null(str(reason), at)

        return named

    unary = builtin.unary() if isinstance(builtin, Builtin) and len(arguments) == 1 else None
    if unary is not None:
        return _unary_call(arguments[0], unary, call, at)

    def positional(frame: Frame) -> Value:
        try:
            return call(frame[0], [argument(frame) for argument in arguments])
        except NullResult as reason:
            return frame[0].null(str(reason), at)

    return positional


def _unary_call(argument: Code, unary: tuple[type, Callable[..., Value]], call: Callable[..., Value], at: int) -> Code:
    wanted, function = unary

    def result(frame: Frame) -> Value:
        value = argument(frame)
        try:
            return charged(frame[0], function(frame[0], value)) if type(value) is wanted else call(frame[0], [value])
        except NullResult as reason:
            return frame[0].null(str(reason), at)

    return result


def _instance_of(compiler: Compiler, node: ast.InstanceOf) -> Code:
    value, of = compiler.code(node.value), compiler.type(node.type) or ANY

    def truth(frame: Frame) -> Value:
        tested = value(frame)
        return of == Simple("null") if tested is None else of.admits(tested)

    return truth


COMPILERS.update({ast.Function: _function, ast.Call: _call, ast.InstanceOf: _instance_of})
