"""Filters of searches: fields that read a value or `{operator: operand}` and load as SQL conditions.

A filter schema is the list of what may be asked about a noun: `assignee = TextFilter(UserTask.assignee)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate
from sqlalchemy import ColumnElement, and_, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from api.fields import CamelSchema, InstantField, KeyField
from engine import db

Condition = ColumnElement[bool]
Wrap = Callable[[Condition], Condition]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

NAMED = ("$eq", "$neq", "$exists", "$in", "$notIn")
WORDED = (*NAMED, "$like")
ORDERED = (*NAMED, "$gt", "$gte", "$lt", "$lte")

MOST_OPERANDS = 1000
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "$eq": eq,
    "$gt": gt,
    "$gte": ge,
    "$lt": lt,
    "$lte": le,
}
NEGATIVE = {"$neq": "$eq", "$notIn": "$in"}


def _as_it_is(condition: Condition) -> Condition:
    return condition


class FilterField(fields.Field[Condition]):
    """What may be asked of one column.

    Args:
        column: the column that is compared.
        within: makes of a comparison the condition on the searched rows, such as an `exists` over another table.
    """

    operators: ClassVar[tuple[str, ...]] = NAMED
    operand: ClassVar[fields.Field[Any]] = fields.String()

    def __init__(self, column: Column, *, within: Wrap = _as_it_is, **kwargs: Any) -> None:
        self.column = column
        self.within = within
        self.choices: list[str] = kwargs.pop("choices", [])
        kwargs.setdefault("metadata", {"oneOf": [self._scalar(), self._operations()]})
        super().__init__(**kwargs)

    def _scalar(self) -> dict[str, object]:
        return {"type": "string", **({"enum": self.choices} if self.choices else {})}

    def _operations(self) -> dict[str, object]:
        return {"type": "object", "properties": {operator: self._shape(operator) for operator in self.operators}}

    def _shape(self, operator: str) -> dict[str, object]:
        if operator == "$exists":
            return {"type": "boolean"}
        return {"type": "array", "items": self._scalar()} if operator in {"$in", "$notIn"} else self._scalar()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Condition:  # noqa: ARG002 - marshmallow's signature
        operations = value if isinstance(value, Mapping) else {"$eq": value}
        return and_(true(), *(self._condition(operator, operand) for operator, operand in operations.items()))

    def _condition(self, operator: str, operand: Any) -> Condition:
        """Return an operator's condition. A negative one holds wherever its positive does not: in empty columns too."""
        if operator not in self.operators:
            raise ValidationError(f"{operator} is none of {', '.join(self.operators)}.")
        if operator in NEGATIVE:
            return not_(self._condition(NEGATIVE[operator], operand))
        if operator == "$exists":
            present = self.within(self.column.is_not(None))
            return present if _flag.deserialize(operand) else not_(present)
        if operator == "$in":
            return self.within(self._among(_operands(operand)))
        return self.within(and_(self.column.is_not(None), self._compared(operator, operand)))

    def _among(self, operands: list[Any]) -> Condition:
        return and_(self.column.is_not(None), self.column.in_([self.operand.deserialize(one) for one in operands]))

    def _compared(self, operator: str, operand: Any) -> Condition:
        if operator == "$like":
            return _like(self.column, _pattern.deserialize(operand))
        compared: Condition = COMPARISONS[operator](self.column, self.operand.deserialize(operand))
        return compared


class TextFilter(FilterField):
    """A name, an id or another text."""

    operators = WORDED


class KeyFilter(FilterField):
    """A key."""

    operand = KeyField()


class NumberFilter(FilterField):
    """A whole number."""

    operators = ORDERED
    operand = fields.Integer(strict=True, validate=validate.Range(-(2**31), 2**31 - 1))

    def _scalar(self) -> dict[str, object]:
        return {"type": "integer"}


class InstantFilter(FilterField):
    """An instant."""

    operators = ORDERED
    operand = InstantField()

    def _scalar(self) -> dict[str, object]:
        return {"type": "string", "format": "date-time"}


class StateFilter(FilterField):
    """A state. Camunda knows more states than are ever reached here; nothing is in those."""

    operators = WORDED

    def __init__(self, column: Column, states: type[StrEnum], *, beside: tuple[str, ...]) -> None:
        self.states = states
        super().__init__(column, choices=[*states, *beside])

    def _among(self, operands: list[Any]) -> Condition:
        unknown = [one for one in operands if one not in self.choices]
        if unknown:
            raise ValidationError(f"{unknown[0]} is none of {', '.join(self.choices)}.")
        return self.column.in_([state for state in self.states if state in operands])

    def _compared(self, operator: str, operand: Any) -> Condition:
        if operator == "$like":
            pattern = glob(_pattern.deserialize(operand))
            return self.column.in_([state for state in self.states if fnmatchcase(state, pattern)])
        return self._among([operand])


class FlagFilter(fields.Boolean):
    """A condition that may be asked for, or its opposite."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(truthy={True}, falsy={False})
        self.condition = condition

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        asked = super()._deserialize(value, attr, data, **kwargs)
        return self.condition if asked else not_(self.condition)


class FilterSchema(CamelSchema):
    """What may be asked of a noun; loads as one condition."""

    @post_load
    def join(self, conditions: dict[str, Any], **_: Any) -> Condition:
        """Join what is asked: every condition must hold, and one of `$or` where that is given."""
        alternatives = conditions.pop("or_", [])
        return and_(true(), *conditions.values(), or_(*alternatives) if alternatives else true())


_flag = fields.Boolean(truthy={True}, falsy={False})
_pattern = fields.String(validate=validate.Length(max=256))


def _operands(operand: Any) -> list[Any]:
    if not isinstance(operand, list) or len(operand) > MOST_OPERANDS:
        raise ValidationError(f"A list of at most {MOST_OPERANDS} values is expected.")
    return operand


def glob(pattern: str) -> str:
    """Turn a pattern with `*` and `?`, which a backslash escapes, into one for GLOB and `fnmatch`."""
    return "".join(map(_glob_step, _steps(pattern)))


def _like(column: Column, pattern: str) -> Condition:
    """Match a text. Case matters, which SQLite's LIKE would ignore."""
    if db.bound().sqlite:
        return column.op("GLOB", is_comparison=True)(glob(pattern))
    return column.like("".join(map(_like_step, _steps(pattern))), escape="\\")


def _steps(pattern: str) -> list[str]:
    return re.findall(r"\\.|.", pattern, re.DOTALL)


def _glob_step(step: str) -> str:
    if step in {"*", "?"}:
        return step
    literal = step[-1]
    return f"[{literal}]" if literal in "*?[" else literal


def _like_step(step: str) -> str:
    if step in {"*", "?"}:
        return "%" if step == "*" else "_"
    literal = step[-1]
    return f"\\{literal}" if literal in "%_\\" else literal
