"""HR's page of a cycle: how far each step has got, who is late, what the check found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine import clock
from engine.bpmn.models import TaskState, UserTask
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles, launches
from engine.reviews.cycle.findings import Finding
from engine.reviews.feedback import check_ins
from engine.reviews.models import Cycle, CycleState, Person, Review, ReviewState, Role, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.rulebook import templates
from web import names, progress, releases, reviews
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import keeps_actuals, reads_cycles, runs_cycles
from web.progress import Progress
from web.reviews import ReviewLine

STATES = {
    CycleState.DRAFT: (N_("Draft"), ""),
    CycleState.LAUNCHED: (N_("Launched"), "info"),
    CycleState.CLOSED: (N_("Closed"), "good"),
    CycleState.CANCELLED: (N_("Cancelled"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that HR can do with the cycle now, or the reason why not."""

    label: str
    address: str
    primary: bool = False
    obstacle: str = ""
    question: str = ""
    """What to ask before doing it."""
    asks: bool = False
    """Whether the address is a page that asks for more."""


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One cycle in the list."""

    key: int
    name: str
    period: str
    state: str
    state_kind: str
    reviews: int
    late: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody who is enrolled in a cycle that is not launched, and who is asked to rate them."""

    key: int
    name: str
    raters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CyclePage:
    """What the cycle page shows."""

    line: CycleLine
    template: str
    template_key: int
    progress: Progress
    reviews: tuple[ReviewLine, ...]
    enrolled: tuple[Enrolled, ...]
    """Only while it is a draft."""
    people: tuple[tuple[int, str], ...]
    """Whom HR may enrol or nominate: key and name."""
    groups: tuple[tuple[str, str], ...]
    """The rater groups to nominate for."""
    findings: tuple[Finding, ...] | None
    """What forbids the launch, and what HR should know before; None for a cycle that is launched."""
    templates: tuple[tuple[int, str], ...]
    """Those that the cycle may use instead of its own."""
    actions: tuple[Action, ...]
    arranges: bool
    """Whether who looks at it runs cycles."""
    imports: bool
    settles: bool
    """Whether whoever asks may see what its results are worth."""
    """Whether actual values may be imported now."""

    @property
    def choices(self) -> list[tuple[int, str]]:
        """List the reviews to nominate raters for: key and appraisee."""
        return [(one.key, one.name) for one in self.enrolled]


blueprint = Blueprint("cycles", __name__)


class Index(View):
    """The cycles."""

    def get(self) -> str:
        """List them, the newest first."""
        person = _expect_keeper()
        known = select(Cycle).where(access.cycles(self.session, person)).order_by(Cycle.starts_on.desc())
        lines = [_line(self.session, cycle, person) for cycle in self.session.scalars(known)]
        return render_template("cycles.html", cycles=lines, may_draft=runs_cycles(person))


class OneCycle(View):
    """One cycle."""

    def get(self, key: int) -> str:
        """Show where it stands."""
        return render_template("cycle.html", page=read(self.session, key, by=_expect_keeper()))


class Launch(View):
    """The launch of a cycle."""

    def post(self, key: int) -> Response:
        """Have it launched: at once, or when what its launch still needs is done."""
        cycle = launches.request(self.session, cycles.found(self.session, key), by=auth.caller())
        if cycle.state is CycleState.LAUNCHED:
            begun = sum(one.state is ReviewState.RUNNING for one in cycles.reviews_of(self.session, cycle))
            flash(gettext("Launched: {count} reviews have begun.").format(count=begun))
        else:
            flash(gettext("The launch is under way. Its tasks are in the inboxes of those concerned."))
        return go(url_for(".cycle", key=key))


class Closing(View):
    """The end of a cycle."""

    def post(self, key: int) -> Response:
        """Close it."""
        cycles.close(self.session, cycles.found(self.session, key), by=auth.caller())
        return go(url_for(".cycle", key=key))


blueprint.add_url_rule("/cycles", view_func=Index.as_view("index"))
blueprint.add_url_rule("/cycles/<key:key>", view_func=OneCycle.as_view("cycle"))
blueprint.add_url_rule("/cycles/<key:key>/launch", view_func=Launch.as_view("launch"))
blueprint.add_url_rule("/cycles/<key:key>/end", view_func=Closing.as_view("close"))


def read(session: Session, key: int, *, by: Identity) -> CyclePage:
    """Read what the page of a cycle shows.

    Raises:
        NotFound: there is no such cycle, or none that `by` may know of.
    """
    cycle = session.scalar(select(Cycle).where(Cycle.key == key, access.cycles(session, by)))
    if cycle is None:
        raise NotFound("Expected to find cycle {key}, but there is none", key=key)
    template = templates.found(session, cycle.template_key)
    draft = cycle.state is CycleState.DRAFT
    lines = tuple(reviews.read_all(session, by=by, cycle_key=key))
    return CyclePage(
        line=_line(session, cycle, by),
        template=names.either(template.title, template.title_en),
        template_key=template.key,
        progress=progress.of_cycle(session, cycle, by=by) if runs_cycles(by) else Progress(),
        reviews=() if draft else lines,
        enrolled=tuple(_enrolled(session, cycle)) if draft else (),
        people=tuple(everybody(session)) if draft else (),
        groups=tuple(_groups(session, cycle)) if draft else (),
        findings=tuple(cycles.check(session, cycle)) if draft else None,
        templates=tuple(choices(session)) if draft else (),
        actions=tuple(_actions(session, cycle)) if runs_cycles(by) else (),
        arranges=runs_cycles(by),
        imports=cycle.state is CycleState.LAUNCHED and keeps_actuals(by),
        settles=cycle.state is not CycleState.DRAFT and bool({Role.HR, Role.FINANCE} & auth.caller().groups),
    )


def _line(session: Session, cycle: Cycle, by: Identity) -> CycleLine:
    state, kind = STATES[cycle.state]
    known = select(Review).where(Review.cycle_key == cycle.key, access.reviews(session, by))
    roots = known.with_only_columns(Review.instance_key)
    opened = select(UserTask.key).where(UserTask.root_key.in_(roots), UserTask.state == TaskState.CREATED)
    late = session.scalars(opened.where(UserTask.due_at <= clock.now(session))).all()
    return CycleLine(
        key=cycle.key,
        name=cycle.label,
        period=f"{cycle.starts_on} – {cycle.ends_on}",
        state=gettext(state),
        state_kind=kind,
        reviews=session.scalar(select(func.count()).select_from(known.subquery())) or 0,
        late=len(late),
    )


def choices(session: Session) -> list[tuple[int, str]]:
    """List the templates to choose from, the newest first: key and title."""
    rows = session.scalars(select(TemplateVersion).order_by(TemplateVersion.key.desc()))
    return [(row.key, _titled(row)) for row in rows]


def _titled(row: TemplateVersion) -> str:
    state = "" if row.published_at else f" ({gettext('Draft')})"
    return f"{names.either(row.title, row.title_en)} v{row.version}{state}"


def _enrolled(session: Session, cycle: Cycle) -> list[Enrolled]:
    groups = dict(_groups(session, cycle))
    return [
        Enrolled(
            key=review.key,
            name=names.of_person(people.by_key(session, review.appraisee_key)),
            raters=tuple(
                f"{names.of_person(people.by_key(session, rater.person_key))} ({groups[rater.group_id]})"
                for rater in raters.of_review(session, review)
                if rater.group_id in groups
            ),
        )
        for review in cycles.reviews_of(session, cycle)
    ]


def everybody(session: Session, *, by: Identity | None = None) -> list[tuple[int, str]]:
    """List the people to choose from, all or those whom somebody may see: key, and name with employee id."""
    chosen = select(Person).order_by(Person.employee_id)
    rows = session.scalars(chosen if by is None else chosen.where(access.people(session, by)))
    return [(person.key, f"{names.of_person(person)} ({person.employee_id})") for person in rows]


def _groups(session: Session, cycle: Cycle) -> list[tuple[str, str]]:
    """List the groups whose raters HR names; the others follow from the reporting line."""
    rules = templates.rules(session, cycle.template_key)
    return [
        (group.id, names.either(group.name, group.name_en))
        for group in rules.rater_groups
        if group.id not in raters.BY_POSITION
    ]


def _actions(session: Session, cycle: Cycle) -> list[Action]:
    if launches.is_under_way(session, cycle):
        return [
            Action(gettext("Launch"), url_for(".launch", key=cycle.key), obstacle=gettext("The launch is under way."))
        ]
    if cycle.state is CycleState.DRAFT:
        question = gettext("Launch the cycle? Its rules and reporting lines are frozen then.")
        return [Action(gettext("Launch"), url_for(".launch", key=cycle.key), primary=True, question=question)]
    if cycle.state in (CycleState.CLOSED, CycleState.CANCELLED):
        return []
    session_address = url_for("web.calibrations.convene", key=cycle.key)
    convene = Action(gettext("Convene a calibration"), session_address, asks=True)
    figures = Action(gettext("Figures"), url_for("web.figures.of_cycle", key=cycle.key), asks=True)
    return [figures, convene, *_check_ins(session, cycle), _release(session, cycle), _close(session, cycle)]


def _check_ins(session: Session, cycle: Cycle) -> list[Action]:
    if check_ins.is_scheduled(session, cycle):
        return []
    return [Action(gettext("Schedule monthly check-ins"), url_for("web.check_ins.schedule", key=cycle.key))]


def _release(session: Session, cycle: Cycle) -> Action:
    waiting = releases.unreleased(session, cycle, by=auth.caller())
    obstacle = "" if any(one.result for one in waiting) else gettext("No review has a result that is not released.")
    return Action(
        gettext("Release results"),
        url_for("web.releases.release", key=cycle.key),
        primary=True,
        obstacle=obstacle,
        asks=True,
    )


def _close(session: Session, cycle: Cycle) -> Action:
    states = Counter(review.state for review in cycles.reviews_of(session, cycle))
    left = sum(count for state, count in states.items() if state not in {ReviewState.SIGNED, ReviewState.CLOSED})
    obstacle = gettext("{count} reviews are not over.").format(count=left) if left else ""
    return Action(gettext("Close"), url_for(".close", key=cycle.key), obstacle=obstacle)


def _expect_keeper() -> Identity:
    person = auth.caller()
    if not reads_cycles(person):
        raise NotFound("Expected to show the cycles, but they are for HR and finance")
    return person
