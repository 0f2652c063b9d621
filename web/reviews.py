"""Reviews: those that somebody may know of, and one with where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api import auth
from api.views import View
from engine import clock
from engine.bpmn import instances
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cases import evidence
from engine.reviews.models import Cycle, Person, Result, Review, ReviewState, TargetSheet
from engine.reviews.organisation import scopes
from engine.reviews.signing import deliveries
from web import histories, marks, names, raters, vetoes
from web.dates import Deadline, deadline
from web.histories import Diagram, HistoryLine
from web.languages import N_, gettext
from web.marks import Mark
from web.navigation import runs_cycles
from web.raters import RaterLine

STATES = {
    ReviewState.ENROLLED: (N_("Enrolled"), "empty"),
    ReviewState.RUNNING: (N_("Running"), "info"),
    ReviewState.RELEASED: (N_("Result released"), "info"),
    ReviewState.SIGNED: (N_("Answer on record"), "good"),
    ReviewState.CLOSED: (N_("Closed"), "empty"),
}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One appraisee's passage through a cycle."""

    key: int
    appraisee: str
    cycle: str
    state: str
    state_kind: str
    standing: str
    """The steps it is at."""
    result: str
    """Total and grade; empty where there is none that the reader may see."""
    marks: tuple[Mark, ...]
    """What sets it apart from the others."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A step that somebody has before them."""

    name: str
    person: str
    due: Deadline | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A process of the review: the whole, or one that it called."""

    name: str
    diagram: Diagram
    history: tuple[HistoryLine, ...]
    running: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What the page of a review shows."""

    line: ReviewLine
    zone: ZoneInfo
    people: tuple[tuple[str, str], ...]
    """Each part in the review and who has it."""
    tasks: tuple[OpenTask, ...]
    stages: tuple[Stage, ...]
    """Only for HR: everybody else sees the steps that are their own."""
    closing: str
    """Who closed it in the appraisee's place, and why; empty where nobody did."""
    papers: str
    """Where the papers are; empty for whoever may know of none."""
    raters: tuple[RaterLine, ...]
    """Only for HR, and never of the own review."""
    plan: str
    """Where to propose an improvement plan; empty for whoever may not."""
    recording: str
    """Where a recording is handed in; empty for whoever may not, or where it is too late."""
    commitment: str
    """Where the commitment letter is; empty where there are no targets, or for whoever may not see them."""
    vetoes: str
    """Where the vetoes are; empty where there is none, and for whoever lays none."""


blueprint = Blueprint("reviews", __name__)


class Index(View):
    """The reviews."""

    def get(self) -> str:
        """List the reviews that whoever asks may know of."""
        return render_template("reviews.html", reviews=read_all(self.session, by=auth.caller()))


class OneReview(View):
    """One review."""

    def get(self, key: int) -> str:
        """Show where it stands."""
        return render_template("review.html", page=read(self.session, key, by=auth.caller()))


blueprint.add_url_rule("/reviews", view_func=Index.as_view("index"))
blueprint.add_url_rule("/reviews/<key:key>", view_func=OneReview.as_view("review"))


def read_all(session: Session, *, by: Identity, cycle_key: int | None = None) -> list[ReviewLine]:
    """Read the reviews that somebody may know of, of one cycle or of all, the newest cycle first."""
    chosen = _rows().where(access.reviews(session, by)).order_by(Cycle.starts_on.desc(), Person.employee_id)
    if cycle_key is not None:
        chosen = chosen.where(Review.cycle_key == cycle_key)
    return _lines(session, chosen, by)


def read(session: Session, key: int, *, by: Identity) -> ReviewPage:
    """Read what the page of a review shows to somebody.

    Raises:
        NotFound: there is no such review, or none that `by` may know of.
    """
    chosen = _rows().where(Review.key == key, access.reviews(session, by))
    lines = _lines(session, chosen, by)
    if not lines:
        raise NotFound(
            "Expected to find review {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    review, _person, cycle = session.execute(chosen).one()
    zone = ZoneInfo(cycle.zone)
    keeps = scopes.keeps(session, review, by)
    return ReviewPage(
        line=lines[0],
        zone=zone,
        people=tuple(_people(session, review)),
        tasks=tuple(_tasks(session, review, zone)) if keeps else (),
        stages=tuple(_stages(session, review, by)) if keeps else (),
        closing=_closing(session, review, by),
        papers=_papers(session, review, by),
        raters=tuple(raters.of_review(session, review, by)),
        plan=url_for("web.plans.propose", key=key) if runs_cycles(by) and lines[0].result else "",
        recording=url_for("web.recordings.of_review", key=key)
        if evidence.takes_recordings(session, review, by)
        else "",
        commitment=url_for("web.prints.commitment", key=key) if _has_targets(session, key, by) else "",
        vetoes=vetoes.address(session, review, by),
    )


def _has_targets(session: Session, key: int, by: Identity) -> bool:
    known = select(TargetSheet.key).where(TargetSheet.review_key == key, access.targets(session, by))
    return session.scalar(known.limit(1)) is not None


def _rows() -> Select[Review, Person, Cycle]:
    return (
        select(Review, Person, Cycle)
        .join(Person, Person.key == Review.appraisee_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
    )


def _lines(session: Session, chosen: Select[Review, Person, Cycle], by: Identity) -> list[ReviewLine]:
    rows = session.execute(chosen).all()
    results = _results(session, {review.key for review, _, _ in rows}, by)
    marked = marks.of_reviews(session, {review.key for review, _, _ in rows}, by=by)
    standing = _standing(session, {review.instance_key for review, _, _ in rows if review.instance_key})
    return [
        ReviewLine(
            key=review.key,
            appraisee=names.of_person(person),
            cycle=cycle.label,
            state=gettext(STATES[review.state][0]),
            state_kind=STATES[review.state][1],
            standing=gettext(", ").join(standing.get(review.instance_key or 0, ())),
            result=results.get(review.key, ""),
            marks=tuple(marked.get(review.key, ())),
        )
        for review, person, cycle in rows
    ]


def _results(session: Session, keys: Collection[int], by: Identity) -> Mapping[int, str]:
    """Read the newest result of each review that somebody may see."""
    visible = select(Result).where(Result.review_key.in_(keys), access.results(session, by)).order_by(Result.version)
    return {result.review_key: f"{result.total} {result.grade or ''}".strip() for result in session.scalars(visible)}


def _standing(session: Session, roots: Collection[int]) -> Mapping[int, list[str]]:
    """Name the steps that are open in each review, each once."""
    rows = session.execute(
        select(UserTask.root_key, UserTask.name, UserTask.element_id)
        .where(UserTask.root_key.in_(roots), UserTask.state == TaskState.CREATED)
        .order_by(UserTask.key)
    )
    standing: defaultdict[int, list[str]] = defaultdict(list)
    for root, name, element_id in rows:
        step = names.local(name or element_id)
        if step not in standing[root]:
            standing[root].append(step)
    return standing


def _people(session: Session, review: Review) -> list[tuple[str, str]]:
    parts = {
        gettext("Superior"): review.superior_key,
        gettext("Second superior"): review.second_superior_key,
    }
    found = {part: session.get(Person, key) for part, key in parts.items() if key is not None}
    return [(part, names.of_person(person)) for part, person in found.items() if person]


def _tasks(session: Session, review: Review, zone: ZoneInfo) -> list[OpenTask]:
    opened = select(UserTask).where(UserTask.root_key == review.instance_key, UserTask.state == TaskState.CREATED)
    rows = session.scalars(opened.order_by(UserTask.due_at, UserTask.key)).all()
    people = names.of_accounts(session, [task.assignee for task in rows])
    now = clock.now(session)
    return [
        OpenTask(
            name=names.local(task.name or task.element_id),
            person=people.get(task.assignee or "", gettext("nobody yet")),
            due=deadline(session, task.due_at, now, zone) if task.due_at else None,
        )
        for task in rows
    ]


def _closing(session: Session, review: Review, by: Identity) -> str:
    """Say who closed it and why to whoever may see the scorecard: not to raters, for it may be about health."""
    seen = select(Review.key).where(Review.key == review.key, access.scorecards(session, by))
    if not review.closing_reason or session.scalar(seen) is None:
        return ""
    account, _, said = review.closing_reason.partition(": ")
    return gettext(": ").join((names.of_accounts(session, [account])[account], said)) if said else marks.reason(review)


def _papers(session: Session, review: Review, by: Identity) -> str:
    """Lead to the papers whoever may see that some were sent, and HR, who may close a step there."""
    if scopes.keeps(session, review, by) or deliveries.of_review(session, review, by=by):
        return url_for("web.papers.index", key=review.key)
    return ""


def _stages(session: Session, review: Review, by: Identity) -> list[Stage]:
    family = select(ProcessInstance.key).where(ProcessInstance.root_key == review.instance_key)
    stages = []
    for key in session.scalars(family.order_by(ProcessInstance.key)):
        instance = instances.get(session, key)
        diagram = histories.diagram(session, instance)
        running = instance.state is InstanceState.ACTIVE
        stages.append(Stage(diagram.name, diagram, histories.lines(session, instance, by=by), running))
    return stages
