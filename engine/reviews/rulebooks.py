"""Templates as JSON: what the database keeps and HR's files hold. Every gap is named, nothing is assumed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import Invalid, Problem
from engine.reviews import timing
from engine.reviews.indicators import Cadence, Collection, Direction, Horizon, Indicator, RubricLevel, Step
from engine.reviews.quantities import Notation, plain, weight
from engine.reviews.rules import (
    Absent,
    Constraint,
    Dimension,
    Level,
    Model,
    PeriodShare,
    RaterGroup,
    Scale,
    Section,
    Template,
)
from engine.reviews.sentences import Sentence, UnreadableError
from engine.reviews.timing import Timing

Json = dict[str, Any]
Record = (
    Scale
    | Level
    | RaterGroup
    | Dimension
    | Step
    | RubricLevel
    | Indicator
    | Section
    | Constraint
    | PeriodShare
    | Template
)
AnyRecord = TypeVar("AnyRecord", bound=Record)
Reader = Callable[[object, str, list[Problem]], Any]


def read(rules: Mapping[str, Any]) -> Template:
    """Read a template.

    Raises:
        Invalid: something is missing, unknown or of the wrong kind; each place is named.
    """
    problems: list[Problem] = []
    template = _record(Template, rules, "", problems)
    if problems or template is None:
        raise Invalid("Expected to read the template, but it is not written as templates are", problems)
    return template


def read_indicator(rules: Mapping[str, Any]) -> Indicator:
    """Read an indicator by itself.

    Raises:
        Invalid: something is missing, unknown or of the wrong kind; each place is named.
    """
    problems: list[Problem] = []
    indicator = _record(Indicator, rules, "", problems)
    if problems or indicator is None:
        raise Invalid("Expected to read the indicator, but it is not written as indicators are", problems)
    return indicator


@dataclass(frozen=True, slots=True)
class Book:
    """A file of rules: what the template is called, what it says, and how a cycle by it runs."""

    template_id: str
    title: str
    title_en: str
    rules: Json
    process_id: str
    zone: str
    timing: Timing


def load(path: Path) -> Book:
    """Read a file of rules, such as `processes/review/cycle.toml`.

    Raises:
        Invalid: it is no TOML, or a part of it is missing.
    """
    try:
        parts = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        template, cycle = parts["template"], parts["cycle"]
        return Book(
            template_id=template["id"],
            title=template["title"],
            title_en=template.get("title_en", ""),
            rules=parts["rules"],
            process_id=cycle["process"],
            zone=cycle["zone"],
            timing=timing.read(cycle),
        )
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"Expected to read rules from {path.name}, but it is no TOML: {error}") from error
    except KeyError as missing:
        problem = Problem(Sentence("It is missing"), str(missing.args[0]), "missing")
        raise Invalid(f"Expected to read rules from {path.name}, but it is not complete", [problem]) from missing


def write(template: Template | Indicator) -> Json:
    """Write a template or an indicator so that `read` gives it back exactly; what is empty is left out."""
    written: Json = _written(template)
    return written


def _written(value: object) -> Any:
    if isinstance(value, Record):
        return {
            field.name: _written(part)
            for field in fields(value)
            if (part := getattr(value, field.name)) != field.default and part != ()
        }
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    return plain(value) if isinstance(value, Fraction) else value


def _record(kind: type[AnyRecord], given: object, where: str, problems: list[Problem]) -> AnyRecord | None:
    if not isinstance(given, Mapping):
        problems.append(Problem(Sentence("It must be an object"), where, "wrong-type"))
        return None
    known = {field.name: field for field in fields(kind)}
    before = len(problems)
    problems += [
        Problem(Sentence("There is nothing called {name}", name=name), _at(where, name), "unknown")
        for name in given
        if name not in known
    ]
    values = {name: _part(field, given, _at(where, name), problems) for name, field in known.items()}
    if len(problems) > before:
        return None
    return kind(**{name: value for name, value in values.items() if value is not MISSING})


def _part(field: Field[Any], given: Mapping[str, Any], where: str, problems: list[Problem]) -> Any:
    if field.name not in given:
        if field.default is MISSING:
            problems.append(Problem(Sentence("It is missing"), where, "missing"))
        return MISSING
    try:
        return _READERS[str(field.type)](given[field.name], where, problems)
    except UnreadableError as error:
        problems.append(Problem(error.sentence, where, "wrong-value"))
        return None


def _text(value: object, _where: str, _problems: list[Problem]) -> str:
    if not isinstance(value, str):
        raise UnreadableError(Sentence("{value} is no text", value=value))
    return value


def _whole(value: object, _where: str, _problems: list[Problem]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise UnreadableError(Sentence("{value} is no whole number up to 1000", value=value))
    return value


def _truth(value: object, _where: str, _problems: list[Problem]) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(Sentence("{value} is neither true nor false", value=value))
    return value


def _fraction(value: object, _where: str, _problems: list[Problem]) -> Fraction:
    return weight(str(value))


def _list(value: object, read_one: Callable[[object, str], Any], where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise UnreadableError(Sentence("It must be a list"))
    return tuple(read_one(part, _at(where, _name_of(part, number))) for number, part in enumerate(value))


def _records(kind: type[AnyRecord]) -> Reader:
    return lambda value, where, problems: _list(value, lambda part, at: _record(kind, part, at, problems), where)


def _choice(kind: type[StrEnum]) -> Reader:
    members = {member.value: member for member in kind}

    def read_one(value: object, _where: str, _problems: list[Problem]) -> StrEnum:
        if str(value) not in members:
            raise UnreadableError(Sentence("{value} is none of {choices}", value=value, choices=", ".join(members)))
        return members[str(value)]

    return read_one


def _name_of(part: object, number: int) -> str:
    name = part.get("id") if isinstance(part, Mapping) else None
    return name if isinstance(name, str) and name else str(number)


def _at(where: str, name: str) -> str:
    return f"{where}/{name}" if where else name


def _optional(read_one: Reader) -> Reader:
    return lambda value, where, problems: None if value is None else read_one(value, where, problems)


_READERS: Mapping[str, Reader] = {
    "str": _text,
    "int": _whole,
    "bool": _truth,
    "Fraction": _fraction,
    "Fraction | None": _optional(_fraction),
    "Direction": _choice(Direction),
    "Model": _choice(Model),
    "Notation": _choice(Notation),
    "Absent | None": _optional(_choice(Absent)),
    "Cadence | None": _optional(_choice(Cadence)),
    "Collection | None": _optional(_choice(Collection)),
    "Horizon | None": _optional(_choice(Horizon)),
    "Scale": lambda value, where, problems: _record(Scale, value, where, problems),
    "tuple[str, ...]": lambda value, where, problems: _list(value, lambda part, at: _text(part, at, problems), where),
    "tuple[RaterGroup, ...]": _records(RaterGroup),
    "tuple[Section, ...]": _records(Section),
    "tuple[Indicator, ...]": _records(Indicator),
    "tuple[Step, ...]": _records(Step),
    "tuple[RubricLevel, ...]": _records(RubricLevel),
    "tuple[Level, ...]": _records(Level),
    "tuple[Dimension, ...]": _records(Dimension),
    "tuple[Constraint, ...]": _records(Constraint),
    "tuple[PeriodShare, ...]": _records(PeriodShare),
}
