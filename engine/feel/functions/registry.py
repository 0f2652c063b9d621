"""The built-in functions, each under its name with the signatures it can be called with.

A signature reads `substring(string: string, start position: number, [length: number?])`: brackets make a parameter
optional, a question mark lets null through, `...` takes any number of further arguments. Arguments that do not fit
make the result null, as the standard wants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.errors import NullResult
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.types import ANY, Type
from engine.feel.values import Range, Value, kind

Implementation = Callable[..., Value]
F = TypeVar("F", bound=Implementation)
_REFUSED = object()
_PYTHON: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (Date,),
    "time": (Time,),
    "date and time": (DateTime,),
    "date or date and time": (Date, DateTime),
    "years and months duration": (YearsMonths,),
    "days and time duration": (DaysTime,),
    "context": (dict,),
    "list": (list,),
    "range": (Range,),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A built-in's parameter."""

    name: str
    type: str
    optional: bool
    nullable: bool
    repeated: bool

    def take(self, value: Value) -> Value:
        """Return the argument as the function wants it, or `_REFUSED`."""
        wanted = _PYTHON.get(self.type)
        if wanted is not None and type(value) in wanted:
            return value
        if self.type == "any" or (value is None and self.nullable):
            return value
        if value is None:
            return _REFUSED
        if self.type == "list":
            return [value]
        if self.type == "function":
            return value if hasattr(type(value), "call_named") else _REFUSED
        if type(value) is list and len(value) == 1 and type(value[0]) is not list:
            return self.take(value[0])
        return _REFUSED


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in."""

    parameters: tuple[Parameter, ...]
    function: Implementation
    least: int
    asked: tuple[tuple[int, tuple[type, ...]], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Note which arguments are asked for their type, and for which."""
        wanted = enumerate(parameter.type for parameter in self.parameters)
        asked = tuple((index, _PYTHON.get(kind, ())) for index, kind in wanted if kind != "any")
        object.__setattr__(self, "asked", asked)

    def takes(self, arguments: Sequence[Value]) -> bool:
        """Tell whether arguments are all there and as the function wants them: most are, and need no fitting."""
        if len(arguments) != len(self.parameters):
            return False
        for index, wanted in self.asked:  # noqa: SIM110 - a generator takes twice as long, on every call
            if type(arguments[index]) not in wanted:
                return False
        return True

    def bind(self, arguments: Sequence[Value]) -> list[Value] | None:
        """Fit positional arguments to the parameters; None where they do not fit."""
        last = self.parameters[-1] if self.parameters else None
        if len(arguments) < self.least or (len(arguments) > len(self.parameters) and not (last and last.repeated)):
            return None
        bound: list[Value] = []
        for index, argument in enumerate(arguments):
            taken = self.parameters[min(index, len(self.parameters) - 1)].take(argument)
            if taken is _REFUSED:
                return None
            bound.append(taken)
        return bound

    def arrange(self, given: dict[str, Value]) -> list[Value] | None:
        """Order named arguments by the parameters; None where the names do not fit."""
        names = [parameter.name for parameter in self.parameters]
        if not given.keys() <= set(names):
            return None
        if any(parameter.name not in given and not parameter.optional for parameter in self.parameters):
            return None
        reach = max((names.index(name) + 1 for name in given), default=0)
        return [given.get(name) for name in names[:reach]]

    def begins_with(self, names: Sequence[str]) -> bool:
        """Tell whether its first parameters have these names, in this order."""
        return [parameter.name for parameter in self.parameters[: len(names)]] == list(names)

    def __str__(self) -> str:
        return ", ".join(parameter.name for parameter in self.parameters)


@dataclass(slots=True, eq=False)
class Builtin:
    """A built-in function."""

    name: str
    signatures: list[Signature] = field(default_factory=list)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the first signature's parameters."""
        return tuple(parameter.name for parameter in self.signatures[0].parameters)

    @property
    def parameter_types(self) -> tuple[Type, ...]:
        """The types of the first signature's parameters."""
        return tuple(ANY for _ in self.signatures[0].parameters)

    @property
    def result_type(self) -> Type:
        """The type of the result."""
        return ANY

    def unary(self) -> tuple[type, Implementation] | None:
        """Return the function and its parameter's Python type, where it has one parameter and one signature."""
        if len(self.signatures) != 1 or len(self.signatures[0].parameters) != 1:
            return None
        (parameter,) = self.signatures[0].parameters
        wanted = _PYTHON.get(parameter.type, ())
        return (wanted[0], self.signatures[0].function) if len(wanted) == 1 and not parameter.repeated else None

    def call(self, run: Run, arguments: Sequence[Value]) -> Value:
        """Call with positional arguments.

        Raises:
            NullResult: no signature takes these arguments.
        """
        for signature in self.signatures:
            bound = arguments if signature.takes(arguments) else signature.bind(arguments)
            if bound is not None:
                return charged(run, signature.function(run, *bound))
        raise self._refused(", ".join(map(kind, arguments)))

    def call_named(self, run: Run, names: Sequence[str], arguments: Sequence[Value]) -> Value:
        """Call with named arguments.

        Raises:
            NullResult: no signature takes these arguments.
        """
        given = dict(zip(names, arguments, strict=True))
        # before(point, range) and before(range, point) have the same names: the order in which they are written tells
        for signature in sorted(self.signatures, key=lambda signature: not signature.begins_with(names)):
            arranged = signature.arrange(given)
            bound = None if arranged is None else signature.bind(arranged)
            if bound is not None and len(given) == len(names):
                return charged(run, signature.function(run, *bound))
        raise self._refused(", ".join(f"{name}: {kind(value)}" for name, value in given.items()))

    def _refused(self, given: str) -> NullResult:
        ways = " or ".join(f"{self.name}({signature})" for signature in self.signatures)
        return NullResult(f"{ways} cannot take ({given})")


def charged(run: Run, result: Value) -> Value:
    """Return a result after taking what it costs from the budget: memory is bounded by the steps."""
    if type(result) is str or type(result) is list:
        run.spend(len(result) >> 5)
    return result


BUILTINS: dict[str, Builtin] = {}


def builtin(text: str) -> Callable[[F], F]:
    """Register a function under the signature that is written."""
    name, _, rest = text.partition("(")
    parts = rest.removesuffix(")").split(", ") if rest != ")" else []
    parameters = tuple(_parameter(part) for part in parts)
    least = sum(not parameter.optional for parameter in parameters)

    def register(function: F) -> F:
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(Signature(parameters, function, least))
        return function

    return register


def _parameter(text: str) -> Parameter:
    name, _, of = text.strip("[]").partition(": ")
    wanted = of.rstrip(".")
    return Parameter(name, wanted.rstrip("?"), text.startswith("["), wanted.endswith("?"), of.endswith("..."))
