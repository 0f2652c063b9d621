"""Notices: what somebody was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.receiving import ArrivalView
from api.views import View
from engine import clock, db
from engine.bpmn.instances import ZONE
from engine.bpmn.models import ProcessInstance, UserTask
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.models import Notice, Person, Review
from web import names, notice_pages, papers
from web.addresses import go
from web.dates import Deadline, instant
from web.languages import N_, gettext

TEXTS = {
    "task-near": N_("{name} is due {due}"),
    "task-due": N_("This task is due: {name}"),
    "task-overdue": N_("{name} is overdue since {due}; it was reported to the next level"),
    "deadline-extended": N_("{name} is now due {after}: {reason}"),
    "task-reopened": N_("{name} is open again until {after}: {reason}"),
    "task-escalated": N_("{name} is overdue since {due}: {holders}"),
    "deadline-moved": N_("The working calendar has changed: {name} is now due {after}, not {before}"),
    "result-released": N_("Your result is released."),
    "result-corrected": N_("Your result is corrected from {before} to {after}: {reason}"),
    "follow-up-closed": N_("HR closed {name}; nothing else follows from it: {reason}"),
    "plan-closed": N_("Your improvement plan is closed without a finding: {reason}"),
    "plan-led": N_("{name} leads the improvement plan from now on."),
    "plan-revision": N_("You are asked to agree to other objectives in your improvement plan: {reason}"),
    "reopening-declined": N_("HR did not reopen what you asked for: {reason}"),
    "signature-void": N_("The signatures under a result are void, and both sides sign again: {reason}"),
    "appeal-window": N_("Your result is delivered. You may appeal against it until {until}."),
    "step-closed": N_("HR closed the step {step}, which is no signature: {reason}"),
    "targets-imposed": N_("Your targets were decided on without your signature: {reason}"),
    "targets-waived": N_("No targets apply to you in this cycle: {reason}"),
    "result-consequences": N_(
        "A result has another version: {number} things that hung on it are settled, {for_hr} are HR's to decide."
    ),
    "result-withheld": N_("Your result is not released with the others: {reason}"),
    "indicator-vetoed": N_("An indicator of yours counts as nothing, for forbidden conduct: {conduct}"),
    "actuals-rejected": N_("Finance did not confirm the actual values: {comment}"),
    "appeal-decided": N_("Your appeal is decided."),
    "appeal-let-in": N_("Your late appeal is let in: {reasons}"),
    "appeal-returned": N_("Your appeal is given back to be mended, once: {reasons}"),
    "appeal-rejected": N_("Your appeal is not admitted: {reasons}"),
    "appeal-withdrawn": N_("Your appeal is withdrawn."),
    "appeal-settled": N_("Your appeal is settled."),
    "appeal-lapsed": N_("Your appeal is closed: {reasons}"),
    "appeal-offer": N_("The rater's side offers to settle your appeal."),
    "appeal-basis": N_("The rater's side has produced the basis of the scores in your appeal."),
    "appeal-commented": N_("The appellant has commented on the basis that you produced."),
    "appeal-over": N_("An appeal in which you answer for the rater's side is over."),
    "appeal-hearing": N_("A hearing of the appeal is on {on}: {place}"),
    "appeal-represented": N_("{name} speaks for the appellant from now on."),
    "appeal-suspended": N_("The deadlines of the appeal do not run until {until}: {reason}"),
    "appeal-resumed": N_("The deadlines of the appeal run again."),
    "appeal-prolonged": N_("The appeal may take {days} working days more: {reason}"),
    "appeal-overdue": N_("An appeal is not decided within its term."),
    "appeals-joined": N_("Your appeal is heard together with others, and decided on its own: {reason}"),
    "task-postponed": N_("{name} is now due {after}, not {before}"),
    "rating-again": N_("You are asked to rate again in an appeal."),
    "distribution-exceeded": N_(
        "After an appeal {count} have the grade {grade}, and {advised} are advised: it stands."
    ),
    "superior-changed": N_("{now} leads the review of {name} instead of {was}: {reason}"),
    "period-split": N_("The period of {name} is split into two sheets, which are weighed by days: {reason}"),
    "targets-changed": N_("Your targets change; please read and sign them again: {reason}"),
    "transfer-lapsed": N_("The offer of the post {post} has lapsed without your answer: your pay and your plan stay."),
    "change-rejected": N_("A change of the cycle that you entered was rejected: {reason}"),
    "rating-handed-on": N_("A rating was handed on to you."),
    "calibration-behind": N_(
        "A session is not approved at the moment of release: its results come out after the others."
    ),
    "calibration-late": N_("A session was approved after the moment of release: its results are released at once."),
    "calibration-remark": N_("Another calibration session has commented on one of your reviews."),
    "calibration-convened": N_("You sit in a calibration session."),
    "result-calibrated": N_(
        "A result that you rated as superior was calibrated. It is under embargo: tell nobody before its release."
    ),
    "panel-announced": N_("The panel of an appeal is drawn: you may object to its members."),
    "panel-called": N_("Your lot was drawn for the panel of an appeal: please declare whether you have a conflict."),
    "panel-convened": N_("You sit on the panel of an appeal."),
    "panel-vacancy": N_("A member of a panel that sits is excluded; the next by lot is called."),
    "regulation-published": N_("Please read a regulation and confirm that you have."),
    "launch-returned": N_("The launch of {label} was returned: {reason}"),
    "cycle-cancelled": N_("{label} is cancelled: {reason}. What you wrote is kept."),
    "result-returned": N_("A calibration sends a review back to you: {reason}"),
}


MOMENTS = {"before", "after", "due"}
"""The details of a notice about a task that are instants."""

PAGES = {
    "task-near": ("web.tasks.task", "task"),
    "task-due": ("web.tasks.task", "task"),
    "task-overdue": ("web.tasks.task", "task"),
    "deadline-moved": ("web.tasks.task", "task"),
    "deadline-extended": ("web.tasks.task", "task"),
    "task-reopened": ("web.tasks.task", "task"),
    "appeal-window": ("web.papers.index", "review"),
    "targets-imposed": ("web.letters.letter", "review"),
    "change-rejected": ("web.changes.change", "change"),
    "result-released": ("web.results.result", "review"),
    "result-corrected": ("web.results.result", "review"),
    "plan-closed": ("web.plans.plan", "plan"),
    "plan-led": ("web.plans.plan", "plan"),
    "plan-revision": ("web.plans.plan", "plan"),
    "transfer-lapsed": ("web.plans.plan", "plan"),
    "reopening-declined": ("web.reopenings.index", "review"),
    "signature-void": ("web.reopenings.index", "review"),
    "panel-announced": ("web.appeals.case", "appeal"),
    "panel-convened": ("web.panels.case", "appeal"),
    "panel-vacancy": ("web.panels.case", "appeal"),
    "regulation-published": ("web.regulations.regulation", "regulation"),
    "calibration-behind": ("web.calibrations.session", "calibration"),
    "calibration-late": ("web.calibrations.session", "calibration"),
    "calibration-remark": ("web.calibrations.session", "calibration"),
    "calibration-convened": ("web.calibrations.session", "calibration"),
    "appeal-decided": ("web.appeals.case", "appeal"),
    **{
        f"appeal-{kind}": ("web.appeals.case", "appeal")
        for kind in (
            *("let-in", "returned", "rejected", "withdrawn", "settled", "lapsed", "offer", "basis", "commented"),
            *("over", "hearing", "represented", "suspended", "resumed", "prolonged", "overdue"),
        )
    },
    "appeals-joined": ("web.appeals.case", "appeal"),
    "task-postponed": ("web.tasks.task", "task"),
    "launch-returned": ("web.cycles.cycle", "cycle"),
}
"""The page that a kind of notice leads to, and which of its details is its key; others lead to their review."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice."""

    key: int
    text: str
    at: str
    read: bool
    address: str
    """What it is about; empty where there is no page."""
    about: str
    """Whose review it is about; empty for the own, and for one whose page the reader may not open."""


blueprint = Blueprint("notices", __name__)


class Index(ArrivalView):
    """The own notices."""

    def get(self) -> str:
        """List them, the newest first."""
        return render_template("notices.html", lines=read_all(self.session, by=auth.caller()))


class Reading(View):
    """The reading of a notice."""

    def post(self, key: int) -> Response:
        """Mark it as read."""
        notices.mark_read(self.session, key, by=auth.caller())
        return go(url_for(".index"))


blueprint.add_url_rule("/notices", view_func=Index.as_view("index"))
blueprint.add_url_rule("/notices/<key:key>/read", view_func=Reading.as_view("read"))


def read_all(session: Session, *, by: Identity) -> list[NoticeLine]:
    """Read somebody's notices; an account that is nobody's has none."""
    rows = session.scalars(_own(session, by).order_by(Notice.key.desc()).limit(200)).all()
    zones, addresses = _zones(session, rows), notice_pages.of(session, rows, PAGES, by=by)
    people = _people(session, rows, by)
    return [
        NoticeLine(
            key=notice.key,
            text=_text(session, notice, zones.get(notice.key, ZoneInfo(ZONE))),
            at=instant(notice.written_at, zones.get(notice.key, ZoneInfo(ZONE))),
            read=notice.read_at is not None,
            address=addresses.get(notice.key, ""),
            about=people.get(int(notice.details.get("review", 0)), ""),
        )
        for notice in rows
    ]


def unread() -> int:
    """Count what whoever asks has not read yet, for the head of every page."""
    person = g.get("identity")
    if person is None:
        return 0
    with db.reading() as session:
        waiting = _own(session, person).where(Notice.read_at.is_(None)).subquery()
        return session.scalar(select(func.count()).select_from(waiting)) or 0


def _own(session: Session, by: Identity) -> Select[Notice]:
    own = select(Notice).join(Person, Person.key == Notice.person_key).where(Person.username == by.username)
    return own.where(notices.told(clock.now(session)))


def _zones(session: Session, rows: Sequence[Notice]) -> dict[int, ZoneInfo]:
    """Find the cycle's zone of each notice about a task: a deadline is told as the task's page tells it (E-47)."""
    about = {notice.key: int(notice.details["task"]) for notice in rows if "task" in notice.details}
    found = (
        select(UserTask.key, ProcessInstance.zone)
        .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
        .where(UserTask.key.in_(about.values()))
    )
    zones = {task: ZoneInfo(zone) for task, zone in session.execute(found)}
    return {key: zones[task] for key, task in about.items() if task in zones}


def _text(session: Session, notice: Notice, zone: ZoneInfo) -> str:
    """Say a notice in the request's language; what has no text of its own is named by its kind."""
    details = {name: names.local(value) if isinstance(value, str) else value for name, value in notice.details.items()}
    for name in MOMENTS & notice.details.keys() if "task" in notice.details else ():
        details[name] = Deadline.of(notice.details[name], zone).text if notice.details[name] else "–"
    if "holders" in notice.details:
        details["holders"] = gettext(", ").join(names.of_accounts(session, notice.details["holders"]).values())
    if notice.kind == "appeal-window":
        details["until"] = papers.appeal_until(session, int(notice.details["review"]))
    return gettext(TEXTS[notice.kind]).format(**details) if notice.kind in TEXTS else notice.kind


def _people(session: Session, rows: Sequence[Notice], by: Identity) -> Mapping[int, str]:
    """Name the others whose reviews notices are about, as far as their reader may know of them."""
    named = {int(row.details["review"]) for row in rows if "review" in row.details}
    found = session.execute(
        select(Review.key, Person)
        .join(Person, Person.key == Review.appraisee_key)
        .where(Review.key.in_(named), access.reviews(session, by), Person.username != by.username)
    )
    return {key: names.of_person(person) for key, person in found}
