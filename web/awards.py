"""Awards: what is published for everybody, what is still to be decided, and one's own points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.consequences import awards, points
from engine.reviews.consequences.awards import CASE, Nomination
from engine.reviews.cycle import cycles
from engine.reviews.models import Award, AwardState, Cycle, CycleState, Person, PointEntry, Review
from engine.reviews.organisation import people
from web import names
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import runs_cycles

STATES = {
    AwardState.NOMINATED: (N_("Nominated"), "info"),
    AwardState.CONFERRED: (N_("Conferred"), "good"),
    AwardState.DECLINED: (N_("Declined"), "empty"),
}
CASE_TEXTS = {"project": N_("Project"), "fact": N_("Fact"), "figure": N_("Number that shows it")}


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One award as the page shows it."""

    key: int
    person: str
    name: str
    period: str
    citation: str
    case: tuple[tuple[str, str], ...]
    state: str
    state_kind: str
    decidable: bool


blueprint = Blueprint("awards", __name__)


class Index(View):
    """The awards."""

    def get(self) -> str:
        """Show what is published, and to HR what is to be decided."""
        by = auth.caller()
        nominable = _nominable(self.session, by)
        return render_template(
            "awards.html",
            published=[_line(self.session, one, by) for one in awards.published(self.session)],
            waiting=[_line(self.session, one, by) for one in _waiting(self.session, by)],
            ledger=_ledger(self.session, by),
            people=[
                (f"{cycle.key}:{one.employee_id}", f"{names.of_person(one)} · {cycle.label}")
                for cycle, one in nominable
            ],
            kinds=_kinds(self.session, {cycle.key: cycle for cycle, _ in nominable}.values()),
            case=[(name, gettext(CASE_TEXTS[name])) for name in CASE],
        )

    def post(self) -> Response:
        """Name somebody for an award."""
        cycle_key, _, employee_id = request.form.get("person", "").partition(":")
        cycle = cycles.found(self.session, int(cycle_key) if cycle_key.isascii() and cycle_key.isdigit() else 0)
        person = people.by_employee_id(self.session, employee_id)
        case = {name: request.form.get(name, "") for name in CASE}
        told = {name: request.form.get(name, "").strip() for name in ("award", "period", "citation")}
        said = Nomination(told["award"], told["period"], told["citation"], case)
        awards.nominate(self.session, cycle, person, said, by=auth.caller())
        flash(gettext("The nomination is with HR."))
        return go(url_for(".index"))


class Decision(View):
    """HR's decision on an award."""

    def post(self, key: int) -> Response:
        """Confer it, which publishes it, or decline it."""
        by = auth.caller()
        award = awards.found(self.session, key, by=by)
        conferred = request.form.get("decision") == "confer"
        awards.decide(self.session, award, conferred=conferred, reason=request.form.get("reason", ""), by=by)
        flash(gettext("The award is published.") if conferred else gettext("The award is declined; nobody is told."))
        return go(url_for(".index"))


blueprint.add_url_rule("/awards", view_func=Index.as_view("index"))
blueprint.add_url_rule("/awards/<key:key>/decision", view_func=Decision.as_view("decide"))


def _line(session: Session, award: Award, by: Identity) -> AwardLine:
    state, kind = STATES[award.state]
    person = people.by_key(session, award.person_key)
    return AwardLine(
        key=award.key,
        person=names.of_person(person),
        name=names.either(award.name, award.name_en),
        period=award.period,
        citation=award.citation,
        case=tuple((gettext(CASE_TEXTS[name]), award.case[name]) for name in CASE),
        state=gettext(state),
        state_kind=kind,
        decidable=runs_cycles(by) and by.username not in (award.nominated_by, person.username),
    )


def _waiting(session: Session, by: Identity) -> Sequence[Award]:
    if not runs_cycles(by):
        return ()
    return session.scalars(select(Award).where(Award.state == AwardState.NOMINATED).order_by(Award.key)).all()


def _ledger(session: Session, by: Identity) -> tuple[int, list[PointEntry]]:
    """Give one's own balance and entries, the newest first."""
    person = session.scalar(select(Person).where(Person.username == by.username))
    if person is None:
        return 0, []
    own = [one for one in points.entries(session, by=by) if one.person_key == person.key]
    return points.balance(session, person), own[::-1]


def _nominable(session: Session, by: Identity) -> list[tuple[Cycle, Person]]:
    """List whom somebody may name: of launched cycles that have awards, the own staff, or anybody for HR."""
    rows = session.execute(
        select(Cycle, Person)
        .join(Review, Review.cycle_key == Cycle.key)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Cycle.state == CycleState.LAUNCHED, access.scorecards(session, by), Person.username != by.username)
        .order_by(Cycle.starts_on.desc(), Person.employee_id)
    )
    found = [(cycle, person) for cycle, person in rows]
    having = {key for key in {cycle.key for cycle, _ in found} if awards.rules(session, cycles.found(session, key))}
    return [(cycle, person) for cycle, person in found if cycle.key in having]


def _kinds(session: Session, found: Iterable[Cycle]) -> list[tuple[str, str]]:
    rules = {rule.id: rule for cycle in found for rule in awards.rules(session, cycle)}
    return [(rule.id, names.either(rule.name, rule.name_en)) for rule in rules.values()]
