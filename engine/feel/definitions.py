"""Functions defined in FEEL."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.errors import FeelEvaluationError, NullResult
from engine.feel.run import MAXIMUM_CALLS, Frame, Run
from engine.feel.types import ANY, Type
from engine.feel.values import Code, Value


class Closure:
    """A function with its body and the frame that it was defined in."""

    __slots__ = ("_body", "_frame", "_slots", "_weight", "name", "parameter_types", "parameters", "result_type")

    def __init__(
        self,
        *,
        parameters: tuple[str, ...],
        types: tuple[Type, ...],
        slots: tuple[int, ...],
        body: Code,
        weight: int,
        frame: Frame,
    ) -> None:
        self.name = "function"
        self.parameters = parameters
        self.parameter_types = types
        self.result_type = ANY
        self._slots = slots
        self._body = body
        self._weight = weight
        self._frame = frame

    def know(self, slot: int) -> None:
        """Let the function see itself under the name that it is given."""
        self._frame[slot] = self

    def call(self, run: Run, arguments: Sequence[Value]) -> Value:
        """Call with positional arguments.

        Raises:
            NullResult: the arguments do not fit.
            FeelEvaluationError: functions call each other too deep.
        """
        if len(arguments) != len(self.parameters):
            raise NullResult(f"the function takes {len(self.parameters)} arguments, not {len(arguments)}")
        frame = self._frame.copy()
        frame[0] = run
        for slot, of, argument in zip(self._slots, self.parameter_types, arguments, strict=True):
            frame[slot] = of.fit(argument)
        run.spend(self._weight + len(frame) // 8)
        if not run.calls:
            raise FeelEvaluationError(f"Expected functions at most {MAXIMUM_CALLS} calls deep")
        run.calls -= 1
        result = self._body(frame)
        run.calls += 1
        return result

    def call_named(self, run: Run, names: Sequence[str], arguments: Sequence[Value]) -> Value:
        """Call with named arguments.

        Raises:
            NullResult: the arguments do not fit.
        """
        given = dict(zip(names, arguments, strict=True))
        if given.keys() != set(self.parameters) or len(given) != len(names):
            raise NullResult(f"the function takes {', '.join(self.parameters) or 'no arguments'}")
        return self.call(run, [given[name] for name in self.parameters])
