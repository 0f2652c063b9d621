"""When the results of a cycle propose improvement plans: the decision table, in words, and what it has proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn import definitions
from engine.bpmn.models import DecisionDefinition
from engine.dmn import Listing
from engine.errors import Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, CycleState, Person, Plan, PlanGround, Review
from engine.reviews.plans import plan_rules, triggers
from engine.reviews.plans.plan_rules import PlanRules
from engine.reviews.rulebook import grade_bands, templates
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.languages import gettext
from web.navigation import runs_cycles

LEVEL = "level-"
"""What the fields of the grades begin with."""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table that proposes plans, in one version."""

    id: str
    version: int
    listing: Listing

    def columns(self) -> list[str]:
        """Name its columns: what is asked, and what follows."""
        asked = [f"{gettext('If')}: {names.local(name)}" for name in self.listing.inputs]
        return [*asked, *map(names.local, self.listing.outputs)]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A plan of the cycle with one of its grounds, and the rule that was met; empty where a person proposed it."""

    plan: int
    person: str
    ground: str
    rule: str
    void: bool


@dataclass(frozen=True, slots=True)
class RulesPage:
    """What the page shows."""

    cycle: Cycle
    drafted: bool
    chosen: PlanRules
    table: Table | None
    """The table in the version that the cycle goes by."""
    newer: int | None
    """The latest version of it, where that is another one."""
    tables: tuple[Table, ...]
    grades: tuple[tuple[str, str, str], ...]
    """Each grade's id and name, and what it is on the table's scale."""
    proposed: tuple[Proposed, ...]


blueprint = Blueprint("plan_rules", __name__)


class Rules(View):
    """The plan rules of one cycle."""

    def get(self, key: int) -> str:
        """Show them, and ask for others while the cycle is a draft."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show when results propose plans, but the page is for HR")
        page = read(self.session, cycles.found(self.session, key), by=auth.caller())
        return render_template("plan-rules.html", page=page, level=LEVEL, target=f"{page.chosen.target:f}")

    def post(self, key: int) -> Response:
        """Choose others."""
        triggers.choose(self.session, cycles.found(self.session, key), _given(request.form), by=auth.caller())
        flash(gettext("The rules for plans are chosen."))
        return go(url_for(".rules", key=key))


blueprint.add_url_rule("/cycles/<key:key>/plan-rules", view_func=Rules.as_view("rules"))


def read(session: Session, cycle: Cycle, *, by: Identity) -> RulesPage:
    """Read what the page shows."""
    latest = plan_rules.tables(session)
    goes_by = plan_rules.table_of(session, cycle)
    listing = definitions.listing(session, goes_by) if goes_by else None
    newest = latest.get(goes_by.decision_id) if goes_by else None
    chosen = plan_rules.of_cycle(session, cycle)
    return RulesPage(
        cycle=cycle,
        drafted=cycle.state is CycleState.DRAFT,
        chosen=chosen,
        table=Table(goes_by.decision_id, goes_by.version, listing) if goes_by and listing else None,
        newer=newest[0].version if newest and goes_by and newest[0].key != goes_by.key else None,
        tables=tuple(Table(name, row.version, found) for name, (row, found) in latest.items()),
        grades=tuple(_grades(session, cycle, chosen.mapping)),
        proposed=tuple(_proposed(session, cycle, by)),
    )


def _grades(session: Session, cycle: Cycle, mapping: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    template = templates.rules(session, cycle.template_key)
    called = {one.id: names.either(one.name, one.name_en) for one in template.levels}
    for grade in dict.fromkeys([*grade_bands.grades(session, template), *mapping]):
        yield grade, called.get(grade, grade), mapping.get(grade, "")


def _proposed(session: Session, cycle: Cycle, by: Identity) -> Iterator[Proposed]:
    grounds = (
        select(Plan, PlanGround, Person)
        .join(PlanGround, PlanGround.plan_key == Plan.key)
        .join(Review, Review.key == Plan.review_key)
        .join(Person, Person.key == Plan.appraisee_key)
        .where(Review.cycle_key == cycle.key, access.plans(session, by))
        .order_by(Plan.key, PlanGround.key)
    )
    for plan, ground, person in session.execute(grounds):
        yield Proposed(plan.key, names.of_person(person), ground.text, _called(session, ground.rule), ground.void)


def _called(session: Session, rule: str) -> str:
    table = definitions.latest(session, DecisionDefinition, rule) if rule else None
    return names.local(table.name) if table and table.name else rule


def _given(form: Mapping[str, str]) -> PlanRules:
    """Read what was filled in.

    Raises:
        Invalid: something is no number.
    """
    levels = {name.removeprefix(LEVEL): text.strip() for name, text in form.items() if name.startswith(LEVEL)}
    given: dict[str, object] = {"trigger": form.get("trigger", ""), "mapping": {k: v for k, v in levels.items() if v}}
    problems = []
    for name, number in (("repeated", int), ("lookback", int), ("target", Decimal)):
        if text := form.get(name, "").strip():
            try:
                given[name] = number(text)
            except (ValueError, InvalidOperation):
                problems.append(Problem(Sentence("{text} is no number", text=text), f"plans/{name}", "no-number"))
    if problems:
        raise Invalid("Expected to read when results propose plans, but not every number is one", problems)
    return plan_rules.read(given)
