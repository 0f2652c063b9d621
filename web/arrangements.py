"""How a cycle is arranged before its launch: what it covers, whom it takes in, what governs it; and its cancelling."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn.models import DecisionDefinition
from engine.errors import NotFound
from engine.reviews.cycle import cancellations, cycles, families
from engine.reviews.cycle.families import Relations
from engine.reviews.models import Cycle, CycleKind, Regulation
from engine.reviews.rulebook import regulations
from web import names
from web.addresses import go
from web.cycles import choices
from web.languages import N_, gettext
from web.navigation import runs_cycles

KINDS = {
    CycleKind.MONTH: N_("Month"),
    CycleKind.QUARTER: N_("Quarter"),
    CycleKind.HALF: N_("Half-year"),
    CycleKind.YEAR: N_("Year"),
    CycleKind.SPECIAL: N_("Special task"),
    CycleKind.STAGE: N_("Stage of a special task"),
    CycleKind.TEAM: N_("Teams"),
    CycleKind.NEW_TEAM: N_("New team"),
}

blueprint = Blueprint("arrangements", __name__)


class Index(View):
    """The arrangement of a cycle."""

    def get(self, key: int) -> str:
        """Show how it is arranged, and ask for changes while it is a draft."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show how a cycle is arranged, but the page is for HR")
        cycle = cycles.found(self.session, key)
        kinds = [(kind.value, gettext(text)) for kind, text in KINDS.items()]
        return render_template("arrangement.html", cycle=cycle, kinds=kinds, **_choices(self.session, cycle))

    def post(self, key: int) -> Response:
        """Arrange it."""
        cycle, given = cycles.found(self.session, key), request.form
        relations = Relations(
            kind=CycleKind(given.get("kind", cycle.kind)),
            parent_key=given.get("parent", type=int) or None,
            team_cycle_key=given.get("team_cycle", type=int) or None,
            template_decision=given.get("template_decision", ""),
            pilot="pilot" in given,
            cut_off=given.get("cut_off", type=date.fromisoformat),
            eligibility_decision=given.get("eligibility_decision") or cycle.eligibility_decision,
        )
        families.relate(self.session, cycle, relations, by=auth.caller())
        if regulation := given.get("regulation", type=int):
            regulations.govern(cycle, regulations.found(self.session, regulation), by=auth.caller())
        return go(url_for("web.cycles.cycle", key=key))


class Cancellation(View):
    """The cancelling of a cycle."""

    def post(self, key: int) -> Response:
        """Cancel it."""
        cycle = cycles.found(self.session, key)
        cancellations.cancel(self.session, cycle, reason=request.form.get("reason", ""), by=auth.caller())
        flash(gettext("Cancelled. What was typed is kept for the cycle that takes its place."))
        return go(url_for(".index", key=key))


class Replacement(View):
    """The cycle that takes the place of a cancelled one."""

    def post(self, key: int) -> Response:
        """Draft it."""
        label, template = request.form.get("label", "").strip(), request.form.get("template", 0, type=int)
        cycle = cycles.found(self.session, key)
        again = cancellations.draft_again(self.session, cycle, label=label, template_key=template, by=auth.caller())
        return go(url_for("web.cycles.cycle", key=again.key))


blueprint.add_url_rule("/cycles/<key:key>/arrangement", view_func=Index.as_view("index"))
blueprint.add_url_rule("/cycles/<key:key>/cancellation", view_func=Cancellation.as_view("cancel"))
blueprint.add_url_rule("/cycles/<key:key>/replacement", view_func=Replacement.as_view("replace"))


def _choices(session: Session, cycle: Cycle) -> dict[str, object]:
    others = session.scalars(select(Cycle).where(Cycle.key != cycle.key).order_by(Cycle.starts_on.desc())).all()
    tables = session.scalars(select(DecisionDefinition.decision_id).distinct().order_by(DecisionDefinition.decision_id))
    decisions = [(name, name) for name in tables]
    rows = session.scalars(select(Regulation).order_by(Regulation.key.desc()))
    return {
        "parents": [(one.key, one.label) for one in others],
        "teams": [(one.key, one.label) for one in others if one.kind in (CycleKind.TEAM, CycleKind.NEW_TEAM)],
        "decisions": decisions,
        "regulations": [(row.key, f"{names.either(row.title, row.title_en)} v{row.version}") for row in rows],
        "templates": choices(session),
    }
