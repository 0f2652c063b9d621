"""Records: dataclasses written as JSON or TOML and read back, every gap and mistake named with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from engine.errors import Problem
from engine.reviews.scores.quantities import plain, weight
from engine.reviews.sentences import Sentence, UnreadableError

Json = dict[str, Any]
AnyRecord = TypeVar("AnyRecord")


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one file or row.

    Attributes:
        readers: how fields are read, by their annotated types.
        problems: what is wrong with it so far.
    """

    readers: Mapping[str, Reader]
    problems: list[Problem] = field(default_factory=list)

    def record(self, kind: type[AnyRecord], given: object, where: str) -> AnyRecord | None:
        """Read a record; where something is missing, unknown or of the wrong kind, name it and answer None."""
        if not isinstance(given, Mapping):
            self.problems.append(Problem(Sentence("It must be an object"), where, "wrong-type"))
            return None
        known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
        before = len(self.problems)
        self.problems.extend(
            Problem(Sentence("There is nothing called {name}", name=name), _at(where, name), "unknown")
            for name in given
            if name not in known
        )
        values = {name: self._part(one, given, _at(where, name)) for name, one in known.items()}
        if len(self.problems) > before:
            return None
        return kind(**{name: value for name, value in values.items() if value is not MISSING})

    def listed(self, value: object, read_one: Callable[[object, str], Any], where: str) -> tuple[Any, ...]:
        """Read the members of a list, each at a place of its own.

        Raises:
            UnreadableError: it is no list.
        """
        if not isinstance(value, list):
            raise UnreadableError(Sentence("It must be a list"))
        return tuple(read_one(part, _at(where, _name_of(part, number))) for number, part in enumerate(value))

    def _part(self, one: Field[Any], given: Mapping[str, Any], where: str) -> Any:
        if one.name not in given:
            if one.default is MISSING and one.default_factory is MISSING:
                self.problems.append(Problem(Sentence("It is missing"), where, "missing"))
            return MISSING
        try:
            return self.readers[str(one.type)](given[one.name], where, self)
        except UnreadableError as error:
            self.problems.append(Problem(error.sentence, where, "wrong-value"))
            return None


Reader = Callable[[object, str, Reading], Any]


def write(value: object) -> Any:
    """Write a record so that it is read back exactly; what is empty is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: write(part)
            for one in fields(value)
            if (part := getattr(value, one.name)) != one.default and part != ()
        }
    if isinstance(value, tuple):
        return [write(part) for part in value]
    return plain(value) if isinstance(value, Fraction) else value


def one_of(kind: type[StrEnum]) -> Reader:
    """Read a member of an enumeration by its value."""
    members = {member.value: member for member in kind}

    def read_one(value: object, _where: str, _reading: Reading) -> StrEnum:
        if str(value) not in members:
            raise UnreadableError(Sentence("{value} is none of {choices}", value=value, choices=", ".join(members)))
        return members[str(value)]

    return read_one


def one(kind: type[AnyRecord]) -> Reader:
    """Read a record within another."""
    return lambda value, where, reading: reading.record(kind, value, where)


def several(kind: type[AnyRecord]) -> Reader:
    """Read a list of records."""
    return lambda value, where, reading: reading.listed(value, lambda part, at: reading.record(kind, part, at), where)


def optional(read_one: Reader) -> Reader:
    """Read a field that may be null."""
    return lambda value, where, reading: None if value is None else read_one(value, where, reading)


def _text(value: object, _where: str, _reading: Reading) -> str:
    if not isinstance(value, str):
        raise UnreadableError(Sentence("{value} is no text", value=value))
    return value


def _whole(value: object, _where: str, _reading: Reading) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise UnreadableError(Sentence("{value} is no whole number up to 1000", value=value))
    return value


def _truth(value: object, _where: str, _reading: Reading) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(Sentence("{value} is neither true nor false", value=value))
    return value


def _fraction(value: object, _where: str, _reading: Reading) -> Fraction:
    return weight(str(value))


def _texts(value: object, where: str, reading: Reading) -> tuple[str, ...]:
    return reading.listed(value, lambda part, at: _text(part, at, reading), where)


def _name_of(part: object, number: int) -> str:
    name = part.get("id") if isinstance(part, Mapping) else None
    return name if isinstance(name, str) and name else str(number)


def _at(where: str, name: str) -> str:
    return f"{where}/{name}" if where else name


PLAIN: Mapping[str, Reader] = {
    "str": _text,
    "int": _whole,
    "bool": _truth,
    "Fraction": _fraction,
    "Fraction | None": optional(_fraction),
    "tuple[str, ...]": _texts,
}
"""How texts, numbers and lists of texts are read."""
