"""Templates as JSON: what the database keeps and HR's files hold. Every gap is named, nothing is assumed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import Invalid, Problem
from engine.reviews.cycle import terms
from engine.reviews.cycle.terms import Terms
from engine.reviews.deadlines import timing
from engine.reviews.deadlines.timing import Timing
from engine.reviews.files import records
from engine.reviews.files.records import Json, Reader, Reading
from engine.reviews.plans import plan_rules
from engine.reviews.plans.plan_rules import PlanRules
from engine.reviews.rulebook.indicators import (
    Cadence,
    Capability,
    Collection,
    Direction,
    Horizon,
    Indicator,
    RubricLevel,
    Step,
)
from engine.reviews.rulebook.rules import (
    Absent,
    Approver,
    Below,
    Constraint,
    Deviation,
    Dimension,
    Level,
    Model,
    Nominator,
    PeriodShare,
    RaterGroup,
    Scale,
    Section,
    Template,
)
from engine.reviews.scores.quantities import Notation
from engine.reviews.sentences import Sentence, UnreadableError


def read(rules: Mapping[str, Any]) -> Template:
    """Read a template.

    Raises:
        Invalid: something is missing, unknown or of the wrong kind; each place is named.
    """
    reading = Reading(_READERS)
    template = reading.record(Template, rules, "")
    if reading.problems or template is None:
        raise Invalid("Expected to read the template, but it is not written as templates are", reading.problems)
    return template


def read_indicator(rules: Mapping[str, Any]) -> Indicator:
    """Read an indicator by itself.

    Raises:
        Invalid: something is missing, unknown or of the wrong kind; each place is named.
    """
    reading = Reading(_READERS)
    indicator = reading.record(Indicator, rules, "")
    if reading.problems or indicator is None:
        raise Invalid("Expected to read the indicator, but it is not written as indicators are", reading.problems)
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
    terms: Terms
    timing: Timing
    plans: PlanRules


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """The table `[template]`."""

    id: str
    title: str
    title_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """The table `[cycle]`; what it says of time, delivery and plans is read by those who go by it."""

    process: str
    zone: str
    calendar: object = None
    close_of_business: object = None
    deadlines: object = None
    grace: object = None
    terms: Json = field(default_factory=dict)
    plans: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A whole file of rules."""

    template: _Heading
    cycle: _Course
    rules: Json


def load(path: Path) -> Book:
    """Read a file of rules, such as `processes/review/cycle.toml`.

    Raises:
        Invalid: it is no TOML, or a part of it is missing.
    """
    return parse(path.name, path.read_bytes())


def parse(name: str, content: bytes) -> Book:
    """Read the content of a file of rules.

    Raises:
        Invalid: it is no TOML, or a part of it is missing, unknown or of the wrong kind; each place is named.
    """
    parts = parse_toml(name, content)
    reading = Reading(_READERS)
    file = reading.record(_File, parts, "")
    if reading.problems or file is None:
        raise Invalid(
            "Expected to read rules from {name}, but it is not written as rules are", reading.problems, name=name
        )
    return Book(
        template_id=file.template.id,
        title=file.template.title,
        title_en=file.template.title_en,
        rules=file.rules,
        process_id=file.cycle.process,
        zone=file.cycle.zone,
        terms=terms.read(file.cycle.terms),
        timing=timing.read(parts["cycle"]),
        plans=plan_rules.read(file.cycle.plans),
    )


def parse_toml(name: str, content: bytes) -> Json:
    """Read TOML with its numbers as they are written.

    Raises:
        Invalid: it is no TOML.
    """
    try:
        return tomllib.loads(content.decode(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "Expected to read {name}, but it is no TOML", [Problem(str(error), name, "not-toml")], name=name
        ) from error


def write(template: Template | Indicator) -> Json:
    """Write a template or an indicator so that `read` gives it back exactly; what is empty is left out."""
    written: Json = records.write(template)
    return written


def _table(value: object, _where: str, _reading: Reading) -> Json:
    if not isinstance(value, dict):
        raise UnreadableError(Sentence("It must be an object"))
    return value


_READERS: Mapping[str, Reader] = {
    **records.PLAIN,
    "_Heading": records.one(_Heading),
    "_Course": records.one(_Course),
    "Json": _table,
    "object": lambda value, _where, _reading: value,
    "Deviation": records.one_of(Deviation),
    "Direction": records.one_of(Direction),
    "Model": records.one_of(Model),
    "Nominator": records.one_of(Nominator),
    "Approver": records.one_of(Approver),
    "Below": records.one_of(Below),
    "Notation": records.one_of(Notation),
    "Absent | None": records.optional(records.one_of(Absent)),
    "Capability | None": records.optional(records.one_of(Capability)),
    "Cadence | None": records.optional(records.one_of(Cadence)),
    "Collection | None": records.optional(records.one_of(Collection)),
    "Horizon | None": records.optional(records.one_of(Horizon)),
    "Scale": records.one(Scale),
    "tuple[RaterGroup, ...]": records.several(RaterGroup),
    "tuple[Section, ...]": records.several(Section),
    "tuple[Indicator, ...]": records.several(Indicator),
    "tuple[Step, ...]": records.several(Step),
    "tuple[RubricLevel, ...]": records.several(RubricLevel),
    "tuple[Level, ...]": records.several(Level),
    "tuple[Dimension, ...]": records.several(Dimension),
    "tuple[Constraint, ...]": records.several(Constraint),
    "tuple[PeriodShare, ...]": records.several(PeriodShare),
}
