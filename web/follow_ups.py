"""Follow-ups: what the rules propose because of a cycle's results, how far each is, and what changed them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.rosters import XLSX, attached
from api.views import View
from engine.reviews.consequences import closings, exports, follow_ups, visibility
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Answer,
    Became,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    ResultConsequence,
    Review,
)
from engine.reviews.organisation import people
from engine.reviews.settlements import schemes
from engine.sentences import Sentence
from web import answers, names
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import runs_cycles

KINDS = {
    FollowUpKind.CHOICE: N_("The person chooses"),
    FollowUpKind.OFFER: N_("The person may apply"),
    FollowUpKind.DUTY: N_("An ability plan is made"),
    FollowUpKind.GRANT: N_("HR grants it"),
}
STATES = {
    FollowUpState.PROPOSED: (N_("Proposed"), "info"),
    FollowUpState.DECLINED: (N_("Does not follow"), "empty"),
    FollowUpState.OPEN: (N_("Confirmed"), "info"),
    FollowUpState.APPLIED: (N_("Applied for"), "info"),
    FollowUpState.SETTLED: (N_("Settled"), "good"),
    FollowUpState.REFUSED: (N_("Not approved"), "empty"),
    FollowUpState.LAPSED: (N_("Lapsed"), "empty"),
    FollowUpState.WITHDRAWN: (N_("Withdrawn: the result changed"), "warn"),
}
BECAME = {
    Became.STANDS: (N_("Stands"), "empty"),
    Became.RECOMPUTED: (N_("Computed anew"), "good"),
    Became.CORRECTED: (N_("Corrected by the difference"), "good"),
    Became.WITHDRAWN: (N_("Withdrawn"), "warn"),
    Became.PROPOSED: (N_("Proposed"), "info"),
    Became.FOR_HR: (N_("HR decides"), "warn"),
}
SORTS = {
    "answer": N_("Answer to the result"),
    "settlement": N_("Settlement line"),
    "streak": N_("Results in a row"),
    "follow-up": N_("Follow-up"),
    "plan": N_("Improvement plan"),
    "longer-period": N_("Longer period"),
}


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One follow-up as the page shows it."""

    closing: str
    """Where HR closes it; empty where it is not open."""
    person: str
    name: str
    kind: str
    grounds: str
    state: str
    state_kind: str
    choice: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What became of one thing that hung on a result."""

    person: str
    sort: str
    name: str
    became: str
    became_kind: str
    told: str


blueprint = Blueprint("follow_ups", __name__)


class OfCycle(View):
    """What follows a cycle's results."""

    def get(self, key: int) -> str:
        """Show it to HR and finance."""
        by = auth.caller()
        schemes.expect_payer(by, Sentence("show what follows the results"))
        cycle = cycles.found(self.session, key)
        found = follow_ups.of_cycle(self.session, cycle, by=by)
        return render_template(
            "follow-ups.html",
            cycle=cycle,
            proposes=runs_cycles(by),
            lines=[_line(self.session, one) for one in found],
            changes=_changes(self.session, key),
        )

    def post(self, key: int) -> Response:
        """Propose what is not proposed yet."""
        made = follow_ups.propose(self.session, cycles.found(self.session, key), by=auth.caller())
        flash(gettext("{number} follow-ups are proposed; each is a task of HR first.").format(number=len(made)))
        return go(url_for(".of_cycle", key=key))


class Closing(View):
    """The end of a follow-up that somebody leaves undone."""

    def post(self, key: int) -> Response:
        """Let it lapse, which is nobody's answer."""
        row = follow_ups.seen(self.session, key, by=auth.caller())
        closings.close(self.session, row, reason=request.form.get("reason", ""), by=auth.caller())
        flash(gettext("The follow-up is closed; nothing else follows from it."))
        return go(url_for(".of_cycle", key=reviews.found(self.session, row.review_key).cycle_key))


class Export(View):
    """The workbook of what follows."""

    def post(self, key: int) -> Response:
        """Hand it out, which leaves a disclosure."""
        content = exports.of_cycle(self.session, cycles.found(self.session, key), by=auth.caller())
        return attached(content, f"follow-ups-{key}.xlsx", XLSX)


blueprint.add_url_rule("/cycles/<key:key>/follow-ups", view_func=OfCycle.as_view("of_cycle"))
blueprint.add_url_rule("/follow-ups/<key:key>/closing", view_func=Closing.as_view("closing"))
blueprint.add_url_rule("/cycles/<key:key>/follow-ups/export", view_func=Export.as_view("export"))


def _line(session: Session, row: FollowUp) -> FollowUpLine:
    state, kind = STATES[row.state]
    options = {one["id"]: names.either(one["name"], one.get("name_en", "")) for one in row.rule.get("options", ())}
    return FollowUpLine(
        closing=url_for(".closing", key=row.key) if row.state in closings.CLOSABLE else "",
        person=_person(session, row.review_key),
        name=names.either(row.rule["name"], row.rule.get("name_en", "")),
        kind=gettext(KINDS[row.kind]),
        grounds=names.local(row.grounds),
        state=gettext(state),
        state_kind=kind,
        choice=options.get(row.choice, row.choice),
        reason=row.reason,
    )


def _changes(session: Session, cycle_key: int) -> list[ChangeLine]:
    rows = session.scalars(
        select(ResultConsequence)
        .join(Review, Review.key == ResultConsequence.review_key)
        .where(Review.cycle_key == cycle_key, visibility.result_consequences(session, auth.caller()))
        .order_by(ResultConsequence.key.desc())
    )
    return [_change(session, row) for row in rows]


def _change(session: Session, row: ResultConsequence) -> ChangeLine:
    became, kind = BECAME[row.became]
    return ChangeLine(
        person=_person(session, row.review_key),
        sort=gettext(SORTS.get(row.what, row.what)),
        name=_named(row),
        became=gettext(became),
        became_kind=kind,
        told=row.told,
    )


def _named(row: ResultConsequence) -> str:
    """Name what hung on the result; an answer by what was answered."""
    return gettext(answers.ANSWERS[Answer(row.name)]) if row.name in set(Answer) else row.name


def _person(session: Session, review_key: int) -> str:
    return names.of_person(people.by_key(session, reviews.found(session, review_key).appraisee_key))
