"""The course of an appeal on its page: what was said, its clock, and what can be done besides tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import clock
from engine.bpmn import timers
from engine.bpmn.documents import Document
from engine.errors import Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cases import (
    appeals,
    evidence,
    joinders,
    panels,
    readings,
    reevaluations,
    representations,
    second_reviews,
    statements,
    suspensions,
)
from engine.reviews.models import (
    PENDING,
    Appeal,
    AppealState,
    AppealSuspension,
    PanelMember,
    Role,
    Standing,
    StatementKind,
)
from engine.reviews.organisation import people
from engine.reviews.panels import recusals, vacancies
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.dates import Deadline, deadline, instant
from web.documents import uploaded
from web.languages import N_, gettext

KINDS = {
    StatementKind.CURE: N_("Mended by the appellant"),
    StatementKind.OFFER: N_("Offer of a settlement"),
    StatementKind.ANSWER: N_("Answer to the offer"),
    StatementKind.BASIS: N_("Basis of the scores, from the rater's side"),
    StatementKind.SILENCE: N_("The rater's side produced nothing in time: the burden of proof is its own"),
    StatementKind.COMMENT: N_("Comment of the appellant"),
    StatementKind.HEARING: N_("How it was heard"),
    StatementKind.DELIBERATION: N_("Deliberation of the panel"),
    StatementKind.REEVALUATION: N_("Rated again"),
}
STANDINGS = {
    Standing.AUTHORISED: N_("Power of attorney"),
    Standing.LEFT: N_("The appellant has left"),
    Standing.INCAPABLE: N_("The appellant cannot act"),
    Standing.DIED: N_("The appellant has died"),
}
OVERDUE = "reviewflow.appeal-overdue"


@dataclass(frozen=True, slots=True)
class Said:
    """One statement."""

    what: str
    by: str
    at: str
    text: str
    lines: tuple[str, ...]
    papers: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Course:
    """What the page shows of the course of an appeal, and what the reader can do."""

    said: tuple[Said, ...]
    term: Deadline | None
    """By when it is to be decided."""
    suspended: str
    speaker: str
    """Who speaks for the appellant, where it is somebody else."""
    together: tuple[tuple[int, str], ...]
    earlier: int | None
    second: int | None
    reads: tuple[str, ...]
    withdraws: bool
    officer: bool
    """Whether the reader is HR, and it is not over."""
    joinable: tuple[tuple[str, str], ...]
    standings: tuple[tuple[str, str], ...]
    second_open: bool
    challengeable: tuple[tuple[str, str], ...]
    """The members who sit and to whom the reader, as a party, may object."""
    sits: bool
    """Whether a panel sits."""
    rerated: bool
    """Whether somebody is named who rates again, and has not yet."""


Act = Callable[[Session, Appeal, Identity], str]


class Doing(View):
    """Something that the sides or HR do in the course of an appeal."""

    def post(self, key: int, act: str) -> Response:
        """Do it, and show the case again."""
        appeal, by = appeals.known(self.session, key, by=auth.caller()), auth.caller()
        flash(gettext(ACTS[act](self.session, appeal, by)))
        return go(url_for("web.appeals.case", key=key))


class SecondReview(View):
    """The second and last review of a decided appeal."""

    def post(self, key: int) -> Response:
        """Ask for it, with new evidence."""
        appeal, by = appeals.known(self.session, key, by=auth.caller()), auth.caller()
        papers = uploaded(self.session, "evidence")
        asked = second_reviews.ask(
            self.session, appeal, grounds=request.form.get("grounds", ""), documents=papers, by=by
        )
        flash(gettext("Your second review is asked for."))
        return go(url_for("web.appeals.case", key=asked.key))


def _withdraw(session: Session, appeal: Appeal, by: Identity) -> str:
    appeals.withdraw(session, appeal, by=by)
    return N_("Your appeal is withdrawn.")


def _lapse(session: Session, appeal: Appeal, by: Identity) -> str:
    appeals.lapse(session, appeal, reasons=request.form.get("reason", ""), by=by)
    return N_("The appeal is closed.")


def _suspend(session: Session, appeal: Appeal, by: Identity) -> str:
    until, reason = _day(request.form.get("until", "")), request.form.get("reason", "")
    suspensions.suspend(session, appeal, until=until, reason=reason, by=by)
    return N_("The deadlines are suspended; what is due moves by the working days in it.")


def _resume(session: Session, appeal: Appeal, by: Identity) -> str:
    suspensions.resume(session, appeal, by=by)
    return N_("The deadlines of the appeal run again.")


def _prolong(session: Session, appeal: Appeal, by: Identity) -> str:
    suspensions.prolong(session, appeal, reason=request.form.get("reason", ""), by=by)
    return N_("The appeal is prolonged by ten working days.")


def _represent(session: Session, appeal: Appeal, by: Identity) -> str:
    person = people.called(session, request.form.get("person", ""))
    standing = Standing(request.form.get("standing", Standing.AUTHORISED))
    representations.appoint(
        session, appeal, person, standing=standing, proof=request.form.get("proof", ""), by=by
    )  # fmt: skip
    return N_("Somebody else speaks for the appellant from now on.")


def _join(session: Session, appeal: Appeal, by: Identity) -> str:
    others = [appeals.known(session, int(key), by=by) for key in request.form.getlist("appeals") if key.isdigit()]
    joinders.join(session, appeal, others, reason=request.form.get("reason", ""), by=by)
    return N_("The appeals are heard together.")


def _rate(session: Session, appeal: Appeal, by: Identity) -> str:
    reevaluations.replace(session, appeal, people.called(session, request.form.get("rater", "")), by=by)
    return N_("Somebody else is asked to rate again.")


def _object(session: Session, appeal: Appeal, by: Identity) -> str:
    member = session.get(PanelMember, request.form.get("member", 0, type=int))
    if member is None:
        raise NotFound("Expected to object to a member of the panel of appeal {key}, but none is named", key=appeal.key)
    vacancies.object_(session, appeal, member, reason=request.form.get("reason", ""), by=by)
    return N_("Your motion is with the chair, or with the head of HR where it is about the chair.")


def _check(session: Session, appeal: Appeal, by: Identity) -> str:
    panels.expect_officer(appeal, by, Sentence("look at the panel of appeal {key}", key=appeal.key))
    if vacancies.check(session, appeal, by=by):
        return N_("Who is recused by now is excluded; the next by lot is called.")
    return N_("Every member may still sit.")


ACTS: dict[str, Act] = {
    "withdrawal": _withdraw,
    "closing": _lapse,
    "suspension": _suspend,
    "resumption": _resume,
    "prolongation": _prolong,
    "rater": _rate,
    "representation": _represent,
    "joinder": _join,
    "objection": _object,
    "check": _check,
}

blueprint = Blueprint("courses", __name__)
blueprint.add_url_rule(f"/appeals/<key:key>/<any({', '.join(ACTS)}):act>", view_func=Doing.as_view("do"))
blueprint.add_url_rule("/appeals/<key:key>/second-review", view_func=SecondReview.as_view("second_review"))


def read(session: Session, appeal: Appeal, indicators: dict[str, str], zone: ZoneInfo, *, by: Identity) -> Course:
    """Read what the page of a case shows of its course."""
    speaker, own = representations.speaker(session, appeal), people.named(session, appeal.lodged_by)
    running = appeal.state in (AppealState.LATE, *PENDING)
    pending = suspensions.current(session, appeal) if running else None
    officer = Role.HR in by.groups and by.username != appeal.lodged_by
    second = second_reviews.of_appeal(session, appeal)
    speaks = by.username in (speaker.username, own.username)
    joinable = joinders.joinable(session, appeal) if officer and running else []
    due = timers.leading_to(session, appeal.instance_key, OVERDUE) if running and appeal.instance_key else None
    return Course(
        said=tuple(_said(session, appeal, indicators, zone, by)),
        term=deadline(session, due, clock.now(session), zone) if due else None,
        suspended=_suspended(pending) if pending else "",
        speaker=names.of_person(speaker) if speaker is not own else "",
        together=tuple(_together(session, appeal, by)),
        earlier=appeal.earlier_key,
        second=second.key if second else None,
        reads=tuple(_reads(session, appeal, zone, by)),
        withdraws=running and speaks,
        officer=running and officer,
        joinable=tuple((str(other.key), names.of_person(person)) for other, person in joinable),
        standings=tuple((one.value, gettext(text)) for one, text in STANDINGS.items()),
        second_open=speaks and second_reviews.is_open(session, appeal),
        challengeable=tuple(_challengeable(session, appeal, by)),
        sits=appeal.state is AppealState.HEARD,
        rerated=appeal.state is AppealState.REEVALUATED and appeal.new_rater_key is not None,
    )


def _suspended(pending: AppealSuspension) -> str:
    """Say how long the clock stands still and why; what the process says itself is in both languages."""
    why = names.local(pending.reason) if pending.reason == suspensions.SOUGHT else pending.reason
    return gettext(": ").join((f"{pending.begins_on} – {pending.ends_on}", why))


def _challengeable(session: Session, appeal: Appeal, by: Identity) -> list[tuple[str, str]]:
    parties = {party.username for party in recusals.parties(session, appeal)}
    if appeal.state is not AppealState.HEARD or by.username not in parties:
        return []
    members = panels.seated(session, appeal)
    return [(str(one.key), names.of_person(people.by_key(session, one.person_key))) for one in members]


def _said(session: Session, appeal: Appeal, indicators: dict[str, str], zone: ZoneInfo, by: Identity) -> list[Said]:
    found = statements.of_appeal(session, appeal, by=by)
    accounts = names.of_accounts(session, [one.made_by for one in found if one.made_by])
    return [
        Said(
            what=gettext(KINDS[one.kind]),
            by=accounts.get(one.made_by, ""),
            at=instant(one.made_at, zone),
            text=one.text,
            lines=tuple(
                gettext(": ").join(
                    (indicators.get(line["indicator"], line["indicator"]), str(line.get("text") or line.get("rating")))
                )
                for line in one.lines
            ),
            papers=evidence.of_statement(session, one),
        )
        for one in found
    ]


def _together(session: Session, appeal: Appeal, by: Identity) -> list[tuple[int, str]]:
    known = {one.key for one in appeals.visible(session, by=by)}
    return [
        (one.key, names.of_person(people.named(session, one.lodged_by)))
        for one in joinders.heard_together(session, appeal)
        if one is not appeal and one.key in known
    ]


def _reads(session: Session, appeal: Appeal, zone: ZoneInfo, by: Identity) -> list[str]:
    if not (by.username == appeal.lodged_by or {Role.HR, Role.AUDITOR} & by.groups):
        return []
    rows = readings.of_appeal(session, appeal, by=by)[:20]
    accounts = names.of_accounts(session, [row.read_by for row in rows])
    return [f"{accounts.get(row.read_by, row.read_by)} · {instant(row.read_at, zone)}" for row in rows]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        problem = Problem(Sentence("{text} is no date", text=text), "until", "bad-date")
        raise Invalid("Expected to suspend an appeal, but a day is not clear", [problem]) from error
