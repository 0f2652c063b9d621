"""Improvement plans: proposed by HR, and one with its objectives, notes and outcome."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn import instances
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Forbidden, NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import (
    Cycle,
    ExitReview,
    ExitState,
    Outcome,
    Person,
    Plan,
    PlanRevision,
    PlanState,
    PlanTraining,
    Review,
    Role,
)
from engine.reviews.organisation import people
from engine.reviews.plans import drafts, notes, plans, revisions, spans, statements, trainings, visibility
from web import histories, names
from web.addresses import go
from web.dates import instant
from web.histories import Diagram, HistoryLine
from web.languages import N_, gettext
from web.navigation import runs_cycles

STATES = {
    PlanState.PROPOSED: (N_("Proposed"), "info"),
    PlanState.DISMISSED: (N_("Dismissed"), "empty"),
    PlanState.CONFIRMED: (N_("Opened, to be written"), "info"),
    PlanState.DRAFTED: (N_("Written, to be answered"), "info"),
    PlanState.OBSERVED: (N_("Under observation"), "warn"),
    PlanState.ENDED: (N_("Ended"), "good"),
}
OUTCOMES = {
    Outcome.PASSED: N_("The objectives are reached"),
    Outcome.EXTENDED: N_("Observed for one more month"),
    Outcome.TRANSFERRED: N_("Another post"),
    Outcome.FAILED: N_("The objectives are missed"),
    Outcome.RESIGNED: N_("Closed without a finding: the person has left"),
    Outcome.ABOLISHED: N_("Closed without a finding: the post was abolished"),
    Outcome.VOIDED: N_("Void: what opened it does not hold"),
}

EXITS = {
    ExitState.BEGUN: N_("HR goes through the legal points"),
    ExitState.CHECKED: N_("A person outside the line decides"),
    ExitState.STOPPED: N_("Stopped: the employment goes on"),
    ExitState.KEPT: N_("Decided: the employment goes on"),
    ExitState.DECIDED: N_("Decided: the contract ends, notice is to be served"),
    ExitState.SERVED: N_("Notice is served"),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in the list."""

    key: int
    person: str
    cycle: str
    proposed: str
    state: str
    state_kind: str
    period: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the mentor wrote."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Todo:
    """What whoever reads the page may do on it."""

    task: int | None
    """The open task of the process that is theirs, such as the week's note."""
    refusal: bool
    closing: bool
    mentor: bool
    leading: bool
    """Whether they may say who leads it."""
    revision: PlanRevision | None
    people: tuple[tuple[str, str], ...]
    """Who can be named as mentor or witness."""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What the page of a plan shows."""

    line: PlanLine
    superior: str
    mentor: str
    training: str
    objectives: tuple[dict[str, str], ...]
    answer: str
    notes: tuple[Note, ...]
    grounds_given: tuple[str, ...]
    trainings: tuple[PlanTraining, ...]
    said: tuple[Note, ...]
    """What superiors stated of the periods that it rests on."""
    suspended: bool
    exit: str
    """How far the exit review is, for whoever may know of it."""
    todo: Todo
    extension: str
    """Why it was extended; empty where it was not."""
    outcome: str
    opening: str
    """Why HR opened it."""
    reason: str
    diagram: Diagram | None
    history: tuple[HistoryLine, ...]
    zone: ZoneInfo


blueprint = Blueprint("plans", __name__)


class Index(View):
    """The plans."""

    def get(self) -> str:
        """List the plans that whoever asks may know of."""
        return render_template("plans.html", plans=read_all(self.session, by=auth.caller()))


class OnePlan(View):
    """One plan."""

    def get(self, key: int) -> str:
        """Show it."""
        return render_template("plan.html", page=read(self.session, key, by=auth.caller()))


class Proposal(View):
    """The proposal of a plan."""

    def get(self, key: int) -> str:
        """Ask on what grounds."""
        person = auth.caller()
        if not runs_cycles(person):
            raise Forbidden(
                "Expected to propose a plan in review {key}, but {username} is not in hr",
                key=key,
                username=person.username,
            )
        review = reviews.found(self.session, key)
        appraisee = people.by_key(self.session, review.appraisee_key)
        return render_template("propose.html", key=key, person=names.of_person(appraisee))

    def post(self, key: int) -> Response:
        """Propose it; HR's confirmation is the first step of its process."""
        review = reviews.found(self.session, key)
        plan = plans.propose(self.session, review, grounds=request.form.get("grounds", ""), by=auth.caller())
        flash(gettext("The plan is proposed."))
        return go(url_for(".plan", key=plan.key))


blueprint.add_url_rule("/plans", view_func=Index.as_view("index"))
blueprint.add_url_rule("/plans/<key:key>", view_func=OnePlan.as_view("plan"))
blueprint.add_url_rule("/reviews/<key:key>/plan", view_func=Proposal.as_view("propose"))


def read_all(session: Session, *, by: Identity) -> list[PlanLine]:
    """Read the plans that somebody may know of, the newest first."""
    rows = session.execute(_rows().where(access.plans(session, by)).order_by(Plan.key.desc()))
    return [_line(session, plan, person, cycle) for plan, person, cycle in rows]


def read(session: Session, key: int, *, by: Identity) -> PlanPage:
    """Read what the page of a plan shows to somebody.

    Raises:
        NotFound: there is no such plan, or none that `by` may know of.
    """
    row = session.execute(_rows().where(Plan.key == key, access.plans(session, by))).first()
    if row is None:
        raise NotFound(
            "Expected to find plan {key}, but there is none that {username} may know of", key=key, username=by.username
        )
    plan, person, cycle = row
    zone = ZoneInfo(cycle.zone)
    instance = instances.get(session, plan.instance_key) if plan.instance_key else None
    return PlanPage(
        line=_line(session, plan, person, cycle),
        superior=_named(session, plans.superior_key(session, plan)),
        mentor=_named(session, plan.mentor_key),
        training=plan.training,
        objectives=tuple(plan.objectives),
        answer=_answer(plan),
        notes=tuple(_notes(session, plan, zone)),
        grounds_given=tuple(one.text for one in plans.grounds_of(session, plan) if not one.void),
        trainings=tuple(trainings.of_plan(session, plan)),
        said=tuple(_statements(session, plan, zone)),
        suspended=spans.is_suspended(session, plan),
        exit=_exit(session, plan, by),
        todo=_todo(session, plan, by),
        extension=plan.extension_reason or "",
        outcome=gettext(OUTCOMES[plan.outcome]) if plan.outcome else "",
        opening=plan.opening,
        reason=plan.reason if plan.state in plans.OVER or not plan.opening else "",
        diagram=histories.diagram(session, instance) if instance else None,
        history=histories.lines(session, instance, by=by) if instance else (),
        zone=zone,
    )


def _rows() -> Select[Plan, Person, Cycle]:
    return (
        select(Plan, Person, Cycle)
        .join(Review, Review.key == Plan.review_key)
        .join(Person, Person.key == Plan.appraisee_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
    )


def state(plan: Plan, *, suspended: bool) -> tuple[str, str]:
    """Say in which state a plan is, and how it is marked."""
    said, kind = (N_("Suspended: on leave"), "empty") if suspended else STATES[plan.state]
    return gettext(OUTCOMES[plan.outcome]) if plan.outcome else gettext(said), kind


def _line(session: Session, plan: Plan, person: Person, cycle: Cycle) -> PlanLine:
    said, kind = state(plan, suspended=spans.is_suspended(session, plan))
    return PlanLine(
        key=plan.key,
        person=names.of_person(person),
        cycle=cycle.label,
        proposed=instant(plan.proposed_at, ZoneInfo(cycle.zone)),
        state=said,
        state_kind=kind,
        period=f"{plan.starts_on} – {plan.ends_on}" if plan.starts_on else "",
    )


def _answer(plan: Plan) -> str:
    if plan.accepted is None:
        return ""
    answer = gettext("Signed") if plan.accepted else gettext("Not signed; that has no penalty")
    return gettext(": ").join((answer, plan.answer)) if plan.answer else answer


def _notes(session: Session, plan: Plan, zone: ZoneInfo) -> list[Note]:
    rows = notes.of_plan(session, plan)
    authors = names.of_accounts(session, [note.written_by for note in rows])
    return [Note(note.text, authors[note.written_by], instant(note.written_at, zone)) for note in rows]


def _statements(session: Session, plan: Plan, zone: ZoneInfo) -> list[Note]:
    return [
        Note(one.text, names.of_person(people.by_key(session, one.person_key)), instant(one.given_at, zone))
        for one in statements.of_plan(session, plan)
    ]


def _exit(session: Session, plan: Plan, by: Identity) -> str:
    seen = select(ExitReview).where(ExitReview.plan_key == plan.key, visibility.exit_reviews(session, by))
    held = session.scalar(seen)
    return gettext(EXITS[held.state]) if held else ""


def _todo(session: Session, plan: Plan, by: Identity) -> Todo:
    own = by.username == people.by_key(session, plan.appraisee_key).username
    superior_key = plans.superior_key(session, plan)
    leads = not own and (Role.HR in by.groups or by.username == _username(session, superior_key))
    observed = plan.state is PlanState.OBSERVED
    officer = Role.HR in by.groups and not own
    open_task = select(UserTask.key).where(
        UserTask.instance_key == plan.instance_key,
        UserTask.state == TaskState.CREATED,
        UserTask.assignee == by.username,
    )
    return Todo(
        task=session.scalar(open_task.limit(1)),
        refusal=officer and plan.state is PlanState.DRAFTED and plan.accepted is None,
        closing=officer and plan.state not in plans.OVER,
        mentor=leads and observed,
        leading=officer and plan.state not in plans.OVER,
        revision=revisions.open_of(session, plan) if own and observed else None,
        people=tuple((one.username, names.of_person(one)) for one in drafts.mentors(session, plan))
        if leads or officer
        else (),
    )


def _named(session: Session, key: int | None) -> str:
    return names.of_person(people.by_key(session, key)) if key else ""


def _username(session: Session, key: int | None) -> str:
    return people.by_key(session, key).username if key else ""
