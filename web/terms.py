"""The terms of a cycle: what proves a delivery, and how long windows, second service and settlement take."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.reviews.cycle import cycles, terms
from engine.reviews.models import CycleState, Proof
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import runs_cycles
from web.papers import PROOFS

COUNTS = {
    "service_days": N_("Working days after which HR serves again what is not proven to have come"),
    "appeal_days": N_("Working days from the proven delivery until the window for an appeal closes"),
    "returns": N_("How often targets are returned before the second level decides on them"),
    "settlement_days": N_("Working days from the release until an undisputed result is settled"),
}

blueprint = Blueprint("terms", __name__)


class CycleTerms(View):
    """The terms of one cycle."""

    def get(self, key: int) -> str:
        """Show them, and ask for others while the cycle is a draft."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to read the terms of a cycle, but the page is for HR")
        cycle = cycles.found(self.session, key)
        chosen = asdict(terms.of_cycle(self.session, key))
        proofs = [(proof.value, gettext(label)) for proof, label in PROOFS.items()]
        counts = [(name, gettext(label), chosen[name]) for name, label in COUNTS.items()]
        drafted = cycle.state is CycleState.DRAFT
        return render_template(
            "terms.html", cycle=cycle, proofs=proofs, proof=chosen["proof"].value, counts=counts, drafted=drafted
        )

    def post(self, key: int) -> Response:
        """Choose others."""
        counts = {name: request.form.get(name, 0, type=int) for name in COUNTS}
        chosen = terms.read({"proof": request.form.get("proof", Proof.OPENED.value), **counts})
        terms.choose(self.session, cycles.found(self.session, key), chosen, by=auth.caller())
        flash(gettext("The terms are chosen."))
        return go(url_for("web.cycles.cycle", key=key))


blueprint.add_url_rule("/cycles/<key:key>/terms", view_func=CycleTerms.as_view("terms"))
