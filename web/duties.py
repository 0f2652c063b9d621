"""Recurring duties as a page: what HR plans, and to each person the occasions that are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn.documents import Document
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cases import evidence
from engine.reviews.meetings import duties, occasions
from engine.reviews.meetings.duties import Holder, Rules
from engine.reviews.meetings.periods import Each, Side
from engine.reviews.models import Duty, Occasion, OccasionState
from engine.reviews.organisation import people
from engine.reviews.rulebook import rulebooks
from engine.settings import ROOT
from web import names
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import runs_cycles
from web.uploads import uploaded

SHIPPED = ROOT / "processes" / "duties.toml"

EACH = {Each.MONTH: N_("each month"), Each.QUARTER: N_("each quarter"), Each.HALF: N_("each half-year")}
SIDES = {
    Side.FIRST: N_("working day {count} of it"),
    Side.LAST: N_("working day {count} before its end, counted from the last"),
    Side.BEFORE: N_("{count} working days before it"),
    Side.AFTER: N_("{count} working days after it"),
}
STATES = {
    OccasionState.OPEN: (N_("To be carried out"), "warn"),
    OccasionState.CARRIED_OUT: (N_("To be confirmed"), "warn"),
    OccasionState.DONE: (N_("Done"), "good"),
    OccasionState.EMPTY: (N_("Nobody to attend"), "empty"),
}
ROLES = {"hr": N_("HR"), "finance": N_("Finance"), "auditor": N_("Auditor")}


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty that recurs."""

    key: int
    name: str
    when: str
    doer: str
    confirmer: str


@dataclass(frozen=True, slots=True)
class OccasionLine:
    """A duty in one period."""

    duty: str
    period: str
    due_on: date
    state: tuple[str, str]
    report: str
    handed_in: tuple[tuple[str, str], ...]
    attendance: tuple[tuple[str, bool | None, str], ...]
    """Who should attend, whether they did, and what is said of it."""
    done_by: str
    confirmed_by: str
    remark: str
    documents: Sequence[Document] = ()


blueprint = Blueprint("duties", __name__)


class Index(View):
    """The recurring duties."""

    def get(self) -> str:
        """Show the occasions one may know of, and for HR what recurs."""
        person = auth.caller()
        plans = runs_cycles(person)
        return render_template(
            "duties.html",
            plans=plans,
            lines=[_line(self.session, duty) for duty in duties.running(self.session)] if plans else [],
            shipped=[(rules.id, names.either(rules.name, rules.name_en)) for rules in shipped(self.session)],
            occasions=read_all(self.session, by=person),
        )

    def post(self) -> Response:
        """Plan those of a file, or the one that is shipped."""
        content = rulebooks.parse_toml(*uploaded()) if "file" in request.files else _shipped()
        wanted = request.form.get("duty")
        rows = [row for row in content.get("duty", []) if wanted is None or row.get("id") == wanted]
        planned = duties.plan_file(self.session, {"duty": rows}, by=auth.caller())
        flash(gettext("{number} duties recur from now on.").format(number=len(planned)))
        return go(url_for(".index"))


class Ending(View):
    """The end of a duty."""

    def post(self, key: int) -> Response:
        """Let it recur no more."""
        duties.end(self.session, duties.found(self.session, key), by=auth.caller())
        return go(url_for(".index"))


blueprint.add_url_rule("/duties", view_func=Index.as_view("index"))
blueprint.add_url_rule("/duties/<key:key>/ending", view_func=Ending.as_view("end"))


def shipped(session: Session) -> list[Rules]:
    """List the shipped duties that do not recur yet."""
    known = {duty.duty_id for duty in duties.running(session)}
    return [rules for row in _shipped()["duty"] if (rules := duties.read(row)).id not in known]


def read_all(session: Session, *, by: Identity) -> list[OccasionLine]:
    """Read the occasions somebody may know of, the newest first."""
    wanted = select(Occasion, Duty).join(Duty, Duty.key == Occasion.duty_key).where(access.occasions(session, by))
    rows = session.execute(wanted.order_by(Occasion.due_on.desc(), Occasion.key.desc())).all()
    called = names.of_accounts(session, [name for one, _ in rows for name in (one.done_by, one.confirmed_by)])
    readable = set(session.scalars(select(Occasion.key).where(access.handed_in(by))))
    return [
        replace(_occasion(session, one, duty, called, by), documents=evidence.of_occasion(session, one))
        if one.key in readable
        else _occasion(session, one, duty, called, by)
        for one, duty in rows
    ]


def _shipped() -> dict[str, list[dict[str, object]]]:
    return dict(rulebooks.parse_toml(SHIPPED.name, SHIPPED.read_bytes()))


def _occasion(session: Session, one: Occasion, duty: Duty, called: Mapping[str, str], by: Identity) -> OccasionLine:
    rules, (state, kind) = duties.rules_of(duty), STATES[one.state]
    return OccasionLine(
        duty=names.either(rules.name, rules.name_en),
        period=one.period,
        due_on=one.due_on,
        state=(gettext(state), kind),
        report=one.report,
        handed_in=tuple((names.local(row["name"]), row["text"]) for row in one.handed_in),
        attendance=tuple(
            (names.of_person(person), row.attended, row.note)
            for row, person in occasions.attendance(session, one, by=by)
        ),
        done_by=called.get(one.done_by, ""),
        confirmed_by=called.get(one.confirmed_by, ""),
        remark=one.remark,
    )


def _line(session: Session, duty: Duty) -> DutyLine:
    rules = duties.rules_of(duty)
    when = gettext(SIDES[rules.on]).format(count=rules.count)
    return DutyLine(
        key=duty.key,
        name=names.either(rules.name, rules.name_en),
        when=gettext(": ").join((gettext(EACH[rules.each]), when)),
        doer=_held_by(session, rules.done_by),
        confirmer=_held_by(session, rules.confirmed_by) if rules.confirmed_by else "",
    )


def _held_by(session: Session, holder: Holder) -> str:
    if holder.role is not None:
        return gettext(ROLES.get(holder.role.value, holder.role.value))
    if holder.person is not None:
        return names.of_person(people.named(session, holder.person))
    department = people.department(session, holder.head_of or "")
    return gettext("head of {department}").format(department=names.either(department.name, department.name_en))
