"""HR's decision tables at the launch: what they are told of somebody, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from engine import feel
from engine.bpmn import decisions, definitions
from engine.bpmn.models import DecisionDefinition
from engine.reviews.models import Cycle, TemplateVersion
from engine.reviews.organisation.registers import Register
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.rules import Template


class Answer(NamedTuple):
    """What a table answered."""

    output: object
    """None where it has no answer, for whatever reason."""
    record: list[dict[str, Any]]
    """How it came about, as the history keeps decisions; empty where the table could not be asked."""


class Tables:
    """The tables as they are deployed now, to be asked about people of a cycle as they stand on a register's day.

    Each is looked up once, however many people it is asked about.
    """

    def __init__(self, session: Session, cycle: Cycle, register: Register) -> None:
        self._session = session
        self.cycle = cycle
        self.register = register
        self._known: dict[str, DecisionDefinition | None] = {}
        self._rules: dict[int, Template] = {}

    def deployed(self, decision_id: str) -> DecisionDefinition | None:
        """Find the latest version of a table, where there is one."""
        if decision_id not in self._known:
            self._known[decision_id] = definitions.latest(self._session, DecisionDefinition, decision_id)
        return self._known[decision_id]

    def ask(self, decision_id: str, person_key: int) -> Answer:
        """Evaluate a table for somebody; what has no answer answers null, for its caller to name."""
        definition = self.deployed(decision_id)
        if definition is None:
            return Answer(None, [])
        try:
            evaluation = definitions.decision(self._session, definition).evaluate(self.about(person_key))
        except feel.FeelError:
            return Answer(None, [])
        return Answer(evaluation.output, [decisions.record("launch", definition, evaluation)])

    def rules(self, template_key: int) -> Template:
        """Read the rules of a template, published or not."""
        if template_key not in self._rules:
            self._rules[template_key] = templates.rules(self._session, template_key)
        return self._rules[template_key]

    @cached_property
    def own(self) -> TemplateVersion:
        """The cycle's own template, which holds where no table names another."""
        return templates.found(self._session, self.cycle.template_key)

    @cached_property
    def templates(self) -> Mapping[str, TemplateVersion]:
        """The templates that a table may name: the newest published version of each."""
        return templates.newest(self._session)

    def about(self, person_key: int) -> dict[str, object]:
        """Tell a table where somebody stands on the day, and how much of the cycle's period is theirs."""
        cycle, register = self.cycle, self.register
        post, department = register.post(person_key), register.department(person_key)
        spell = register.spell(person_key)
        away = register.days_of_leave(person_key, cycle.starts_on, cycle.ends_on)
        probation = spell.probation_until if spell else None
        return {
            "post": post.name if post else "",
            "family": post.family if post else "",
            "department": department.code if department else "",
            "kind": cycle.kind.value,
            "employed": register.is_employed(person_key),
            "joined": spell.valid_from if spell else None,
            "cutOff": cycle.cut_off or cycle.ends_on,
            "leaveDays": away,
            "periodDays": (cycle.ends_on - cycle.starts_on).days + 1,
            "onProbation": probation is not None and probation >= register.day,
        }
