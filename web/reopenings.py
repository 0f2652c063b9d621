"""Reopenings: what was given in a review is corrected, given or signed again, by request and approval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.reviews import known
from api.views import View
from engine.bpmn import instances
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles, reopenings, reviews
from engine.reviews.models import Reopening, ReopeningKind, ReopeningState, Result, Review, ReviewState
from engine.reviews.organisation import people, scopes
from engine.reviews.release import results
from engine.reviews.scores.actuals import Value
from web import histories, names
from web.addresses import go
from web.dates import instant
from web.histories import Diagram
from web.languages import N_, gettext
from web.navigation import keeps_actuals

KINDS = {
    ReopeningKind.ACTUAL: N_("Correct an actual value"),
    ReopeningKind.SELF_EVALUATION: N_("Reopen the self-evaluation"),
    ReopeningKind.SIGNATURE: N_("Void the signatures and sign again"),
}
STATES = {
    ReopeningState.REQUESTED: (N_("Requested"), "info"),
    ReopeningState.DECLINED: (N_("Declined"), "empty"),
    ReopeningState.APPROVED: (N_("Reopened"), "warn"),
    ReopeningState.SETTLED: (N_("Settled"), "good"),
}


@dataclass(frozen=True, slots=True)
class ReopeningLine:
    """One reopening as the page shows it."""

    what: str
    reason: str
    state: str
    state_kind: str
    requested: str
    decided: str
    remark: str
    outcome: str
    """The version before and the one after, as far as the reader may see them."""
    diagram: Diagram | None


blueprint = Blueprint("reopenings", __name__)


class Index(View):
    """The reopenings of a review."""

    def get(self, key: int) -> str:
        """List them, and what may be asked for now."""
        by, review = auth.caller(), known(self.session, key)
        found = reopenings.of_review(self.session, review, by=by)
        return render_template(
            "reopenings.html",
            key=key,
            person=_appraisee(self.session, review),
            lines=[_line(self.session, review, one, by) for one in found],
            kinds=[(kind.value, gettext(KINDS[kind])) for kind in _askable(self.session, review, by)],
        )


class Request(View):
    """The request to reopen something."""

    def get(self, key: int, kind: str) -> str:
        """Ask what and why."""
        review = known(self.session, key)
        asked = ReopeningKind(kind)
        indicators = [
            (one.id, names.either(one.name, one.name_en)) for one in reviews.template(self.session, review).measured
        ]
        return render_template(
            "reopen.html",
            key=key,
            kind=kind,
            title=gettext(KINDS[asked]),
            person=_appraisee(self.session, review),
            indicators=indicators if asked is ReopeningKind.ACTUAL else (),
        )

    def post(self, key: int, kind: str) -> Response:
        """Ask for it; HR's decision is the first step of its process."""
        review, by, reason = known(self.session, key), auth.caller(), request.form.get("reason", "")
        if ReopeningKind(kind) is ReopeningKind.ACTUAL:
            reopenings.correct_actual(self.session, review, _entry(reason), by=by)
        elif ReopeningKind(kind) is ReopeningKind.SIGNATURE:
            reopenings.reopen_signature(self.session, review, reason=reason, by=by)
        else:
            reopenings.reopen_self_evaluation(self.session, review, reason=reason, by=by)
        flash(gettext("The request is with HR."))
        return go(url_for(".index", key=key))


blueprint.add_url_rule("/reviews/<key:key>/reopenings", view_func=Index.as_view("index"))
blueprint.add_url_rule(
    "/reviews/<key:key>/reopenings/<any(actual, 'self-evaluation', signature):kind>",
    view_func=Request.as_view("ask"),
)


def _askable(session: Session, review: Review, by: Identity) -> Iterator[ReopeningKind]:
    """Name what somebody may ask for at present; whether it is granted, the request itself finds out."""
    own = by.username == people.by_key(session, review.appraisee_key).username
    leads = review.superior_key is not None and by.username == people.by_key(session, review.superior_key).username
    if keeps_actuals(by) and not own and results.newest(session, review):
        yield ReopeningKind.ACTUAL
    if not (own or leads or scopes.keeps(session, review, by)):
        return
    if review.state is ReviewState.RUNNING:
        yield ReopeningKind.SELF_EVALUATION
    if review.state is ReviewState.SIGNED:
        yield ReopeningKind.SIGNATURE


def _entry(reason: str) -> Value:
    sent = request.form
    return Value(
        sent.get("indicator", ""),
        sent.get("value", ""),
        "",
        sent.get("source", ""),
        reason,
        sent.get("period", ""),
    )


def _line(session: Session, review: Review, reopening: Reopening, by: Identity) -> ReopeningLine:
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    accounts = names.of_accounts(session, [reopening.requested_by, reopening.decided_by])
    instance = instances.get(session, reopening.instance_key) if reopening.instance_key else None
    decided = reopening.decided_at
    return ReopeningLine(
        what=_what(session, review, reopening),
        reason=reopening.reason,
        state=gettext(STATES[reopening.state][0]),
        state_kind=STATES[reopening.state][1],
        requested=f"{accounts[reopening.requested_by]}, {instant(reopening.requested_at, zone)}",
        decided=f"{accounts[reopening.decided_by]}, {instant(decided, zone)}" if decided else "",
        remark=reopening.remark,
        outcome=_outcome(session, reopening, by),
        diagram=histories.diagram(session, instance) if instance and scopes.keeps(session, review, by) else None,
    )


def _what(session: Session, review: Review, reopening: Reopening) -> str:
    what = gettext(KINDS[reopening.kind])
    if reopening.kind is not ReopeningKind.ACTUAL:
        return what
    change = reopening.change
    title = next(
        (
            names.either(one.name, one.name_en)
            for one in reviews.template(session, review).measured
            if one.id == change["indicator"]
        ),
        change["indicator"],
    )
    period = f" ({change['period']})" if change["period"] else ""
    value = change["value"] or gettext("Does not apply")
    return gettext(": ").join((what, f"{title}{period} → {value}"))


def _outcome(session: Session, reopening: Reopening, by: Identity) -> str:
    wanted = (reopening.before_key, reopening.after_key)
    rows = session.scalars(select(Result).where(Result.key.in_(wanted), access.results(session, by)))
    visible = {result.key: f"{result.total} {result.grade or ''}".strip() for result in rows}
    told = [visible[key] for key in dict.fromkeys(wanted) if key in visible]
    return " → ".join(told) if reopening.after_key in visible else ""


def _appraisee(session: Session, review: Review) -> str:
    return names.of_person(people.by_key(session, review.appraisee_key))
