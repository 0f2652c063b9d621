"""FEEL's types: whether a value is of one, and how a value is fitted to one (DMN 1.5, section 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.feel import syntax as ast
from engine.feel.errors import FeelSyntaxError, NullResult
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Range, Value, kind


@dataclass(frozen=True, slots=True)
class Type:
    """Any value."""

    def admits(self, value: Value) -> bool:  # noqa: ARG002 - every other type asks
        """Tell whether a value that is not null is of this type."""
        return True

    def fit(self, value: Value) -> Value:
        """Return the value, converted where FEEL converts implicitly.

        Raises:
            NullResult: the value does not fit.
        """
        if value is None or self.admits(value):
            return value
        if type(value) is list and len(value) == 1 and value[0] is not None and self.admits(value[0]):
            return value[0]
        raise NullResult(f"a {kind(value)} is no {self}")

    def __str__(self) -> str:
        return "Any"


@dataclass(frozen=True, slots=True)
class Simple(Type):
    """One of the named types without parameters."""

    name: str

    def admits(self, value: Value) -> bool:
        """Tell whether a value that is not null is of this type."""
        return kind(value) == self.name

    def fit(self, value: Value) -> Value:
        """Return the value; a date becomes its midnight in UTC where a date and time is wanted."""
        if self.name == "date and time" and type(value) is Date:
            return DateTime(value, Time(0, 0))
        return Type.fit(self, value)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListType(Type):
    """Lists of one type."""

    item: Type

    def admits(self, value: Value) -> bool:
        """Tell whether a value that is not null is of this type."""
        return type(value) is list and all(item is None or self.item.admits(item) for item in value)

    def fit(self, value: Value) -> Value:
        """Return the list, each item fitted; another value becomes a list of its own."""
        if value is None:
            return None
        if type(value) is list:
            return [self.item.fit(item) for item in value]
        return [self.item.fit(value)]

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class ContextType(Type):
    """Contexts with at least these entries."""

    fields: tuple[tuple[str, Type], ...]

    def admits(self, value: Value) -> bool:
        """Tell whether a value that is not null is of this type."""
        if type(value) is not dict:
            return False
        return all(name in value and (value[name] is None or of.admits(value[name])) for name, of in self.fields)

    def fit(self, value: Value) -> Value:
        """Return the context, each entry fitted."""
        if type(value) is list and len(value) == 1:
            value = value[0]
        if value is None:
            return None
        if type(value) is not dict or any(name not in value for name, _ in self.fields):
            raise NullResult(f"a {kind(value)} is no {self}")
        return {**value, **{name: of.fit(value[name]) for name, of in self.fields}}

    def __str__(self) -> str:
        return f"context<{', '.join(f'{name}: {of}' for name, of in self.fields)}>"


@dataclass(frozen=True, slots=True)
class RangeType(Type):
    """Ranges of one type."""

    item: Type

    def admits(self, value: Value) -> bool:
        """Tell whether a value that is not null is of this type."""
        return type(value) is Range and all(end is None or self.item.admits(end) for end in (value.low, value.high))

    def __str__(self) -> str:
        return f"range<{self.item}>"


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    """Functions that take these parameters and give this result.

    What a function without a declared result gives is not known before it is called: such a one is admitted.
    """

    parameters: tuple[Type, ...] | None
    result: Type

    def admits(self, value: Value) -> bool:
        """Tell whether a value that is not null is of this type."""
        if not hasattr(type(value), "call_named"):
            return False
        if self.parameters is None:
            return True
        own = getattr(value, "parameter_types", None)
        if own is None or len(own) != len(self.parameters):
            return False
        fit = all(subtype(given, taken) for given, taken in zip(self.parameters, own, strict=True))
        return fit and (value.result_type is ANY or subtype(value.result_type, self.result))

    def __str__(self) -> str:
        parameters = ", ".join(str(parameter) for parameter in self.parameters or ())
        return f"function<{parameters}> -> {self.result}"


ANY = Type()
_SIMPLE = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "years and months duration",
    "days and time duration",
)
NAMED: dict[str, Type] = {
    "Any": ANY,
    "Null": Simple("null"),
    "list": ListType(ANY),
    "context": ContextType(()),
    "range": RangeType(ANY),
    "function": FunctionType(None, ANY),
    "dateTime": Simple("date and time"),
    "dayTimeDuration": Simple("days and time duration"),
    "yearMonthDuration": Simple("years and months duration"),
    **{name: Simple(name) for name in _SIMPLE},
}


def subtype(narrow: Type, wide: Type) -> bool:
    """Tell whether every value of one type is of another."""
    if wide in (ANY, narrow):
        return True
    if isinstance(narrow, ListType) and isinstance(wide, ListType):
        return subtype(narrow.item, wide.item)
    if isinstance(narrow, RangeType) and isinstance(wide, RangeType):
        return subtype(narrow.item, wide.item)
    if isinstance(narrow, ContextType) and isinstance(wide, ContextType):
        own = dict(narrow.fields)
        return all(name in own and subtype(own[name], of) for name, of in wide.fields)
    if isinstance(narrow, FunctionType) and isinstance(wide, FunctionType):
        return _function_subtype(narrow, wide)
    return False


def _function_subtype(narrow: FunctionType, wide: FunctionType) -> bool:
    if wide.parameters is None:
        return True
    if narrow.parameters is None or len(narrow.parameters) != len(wide.parameters):
        return False
    pairs = zip(wide.parameters, narrow.parameters, strict=True)
    return all(subtype(given, taken) for given, taken in pairs) and subtype(narrow.result, wide.result)


def resolve(node: ast.TypeName, known: Mapping[str, Type], text: str) -> Type:
    """Find the type that a type's name means.

    Raises:
        FeelSyntaxError: there is no such type.
    """
    parametric = _PARAMETRIC.get(node.name)
    arguments = [resolve(argument, known, text) for argument in node.arguments]
    if parametric is not None and (node.arguments or node.result is not None):
        if parametric is not _function and node.name != "context" and len(arguments) != 1:
            raise FeelSyntaxError(
                "Expected one type for {name}, but found {count}", text, node.at, name=node.name, count=len(arguments)
            )
        return parametric(node, arguments, resolve(node.result, known, text) if node.result else ANY)
    found = known.get(node.name) or NAMED.get(node.name)
    if found is None:
        raise FeelSyntaxError("Expected a type, but there is no {name}", text, node.at, name=node.name)
    return found


def _function(_: ast.TypeName, arguments: list[Type], result: Type) -> Type:
    return FunctionType(tuple(arguments), result)


_PARAMETRIC: dict[str, Callable[[ast.TypeName, list[Type], Type], Type]] = {
    "list": lambda _, arguments, __: ListType(arguments[0]),
    "range": lambda _, arguments, __: RangeType(arguments[0]),
    "context": lambda node, arguments, _: ContextType(tuple(zip(node.fields, arguments, strict=True))),
    "function": _function,
}
