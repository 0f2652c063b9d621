"""Vetoes: the page of a review on which finance or audit says behind which indicators forbidden conduct was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Review, ReviewState, Veto
from engine.reviews.organisation import people
from engine.reviews.scores import vetoes
from web import names
from web.addresses import go


@dataclass(frozen=True, slots=True)
class VetoLine:
    """An indicator that counts as nothing, or did until the veto was lifted."""

    key: int
    indicator: str
    conduct: str
    found_by: str
    found_at: datetime
    lifted_by: str
    """Empty while it holds."""
    lifted_at: datetime | None
    lifting_reason: str


@dataclass(frozen=True, slots=True)
class VetoPage:
    """What the page shows."""

    key: int
    appraisee: str
    cycle: str
    zone: ZoneInfo
    lines: tuple[VetoLine, ...]
    choices: tuple[tuple[str, str], ...]
    """The indicators that may be vetoed now; none for whoever may lay none."""
    lifts: bool


blueprint = Blueprint("vetoes", __name__)


class OfReview(View):
    """The vetoes of a review."""

    def get(self, key: int) -> str:
        """List them, lifted ones too, and ask finance and audit for the next."""
        return render_template("vetoes.html", page=read(self.session, key, by=auth.caller()))

    def post(self, key: int) -> Response:
        """Let an indicator count as nothing."""
        by, asked = auth.caller(), request.form
        vetoes.lay(
            self.session, _known(self.session, key, by), asked.get("indicator", ""), asked.get("text", ""), by=by
        )
        return go(url_for(".of_review", key=key))


class Lifting(View):
    """The lifting of a veto."""

    def post(self, key: int) -> Response:
        """Lift it with the reason."""
        by = auth.caller()
        veto = vetoes.found(self.session, key, by=by)
        vetoes.lift(self.session, veto, reason=request.form.get("reason", ""), by=by)
        return go(url_for(".of_review", key=veto.review_key))


blueprint.add_url_rule("/reviews/<key:key>/vetoes", view_func=OfReview.as_view("of_review"))
blueprint.add_url_rule("/vetoes/<key:key>/lifting", view_func=Lifting.as_view("lifting"))


def address(session: Session, review: Review, by: Identity) -> str:
    """Say where the vetoes of a review are; empty for whoever neither lays any nor may know of one."""
    shown = vetoes.may_lay(session, review, by=by) or bool(vetoes.of_review(session, review, by=by))
    return url_for("web.vetoes.of_review", key=review.key) if shown else ""


def read(session: Session, key: int, *, by: Identity) -> VetoPage:
    """Read what the page shows to somebody.

    Raises:
        NotFound: there is no such review, or none whose values `by` may see.
    """
    review = _known(session, key, by)
    cycle = cycles.found(session, review.cycle_key)
    measured = {one.id: names.either(one.name, one.name_en) for one in reviews.template(session, review).measured}
    may = vetoes.may_lay(session, review, by=by) and review.state is ReviewState.RUNNING
    held = vetoes.vetoed(session, review)
    return VetoPage(
        key=key,
        appraisee=names.of_person(people.by_key(session, review.appraisee_key)),
        cycle=cycle.label,
        zone=ZoneInfo(cycle.zone),
        lines=tuple(_line(session, one, measured) for one in vetoes.of_review(session, review, by=by)),
        choices=tuple((name, said) for name, said in measured.items() if name not in held) if may else (),
        lifts=may,
    )


def _known(session: Session, key: int, by: Identity) -> Review:
    review = session.scalar(select(Review).where(Review.key == key, access.scorecards(session, by)))
    if review is None:
        raise NotFound(
            "Expected to find review {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return review


def _line(session: Session, veto: Veto, measured: dict[str, str]) -> VetoLine:
    who = names.of_accounts(session, [veto.found_by, *([veto.lifted_by] if veto.lifted_by else [])])
    return VetoLine(
        key=veto.key,
        indicator=measured.get(veto.indicator_id, veto.indicator_id),
        conduct=veto.conduct,
        found_by=who[veto.found_by],
        found_at=veto.found_at,
        lifted_by=who[veto.lifted_by] if veto.lifted_by else "",
        lifted_at=veto.lifted_at,
        lifting_reason=veto.lifting_reason,
    )
