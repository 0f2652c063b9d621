"""Appeals: lodged from the result sheet while the window is open; the case as its parties and its panel may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api import auth
from api.receiving import CaseView
from api.views import View
from engine import clock
from engine.bpmn import instances
from engine.bpmn.documents import Document
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cases import evidence, panels, votes, windows
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    PENDING,
    Appeal,
    AppealState,
    Cycle,
    PanelMember,
    PanelState,
    Person,
    Review,
    Role,
    Verdict,
    Vote,
)
from engine.reviews.organisation import people
from web import courses, histories, names
from web.courses import Course
from web.dates import Deadline, deadline, instant
from web.histories import Diagram, HistoryLine
from web.languages import N_, gettext

SOUGHT = {
    Verdict.CORRECTED: N_("Correct the result"),
    Verdict.REEVALUATED: N_("Have another rater rate again"),
    Verdict.ANNULLED: N_("Annul the result: the period then counts as not rated"),
}
STATES = {
    AppealState.LATE: (N_("Late admission asked for"), "warn"),
    AppealState.LODGED: (N_("Lodged"), "info"),
    AppealState.RETURNED: (N_("Given back to be mended"), "warn"),
    AppealState.ADMITTED: (N_("Admitted"), "info"),
    AppealState.REJECTED: (N_("Not admitted"), "bad"),
    AppealState.HEARD: (N_("Before the panel"), "info"),
    AppealState.REEVALUATED: (N_("Rated again"), "info"),
    AppealState.DECIDED: (N_("Decided"), "good"),
    AppealState.SETTLED: (N_("Settled between the sides"), "good"),
    AppealState.WITHDRAWN: (N_("Withdrawn"), "empty"),
    AppealState.LAPSED: (N_("Closed by HR"), "empty"),
}
VERDICTS = {
    Verdict.UPHELD: N_("The result stands"),
    Verdict.CORRECTED: N_("The result is corrected"),
    Verdict.REEVALUATED: N_("Another rater rates again"),
    Verdict.ANNULLED: N_("The procedure was breached"),
}


@dataclass(frozen=True, slots=True)
class AppealLine:
    """One appeal in the list."""

    key: int
    appellant: str
    cycle: str
    lodged: str
    state: str
    state_kind: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a panel, and the vote where it may be seen."""

    person: str
    chair: bool
    verdict: str
    reasons: str


@dataclass(frozen=True, slots=True)
class AppealPage:
    """What the page of a case shows."""

    line: AppealLine
    review_key: int
    grounds: str
    items: tuple[str, ...]
    remedy: str
    evidence: Sequence[Document]
    panel: tuple[Seat, ...]
    sealed: bool
    """Whether votes are outstanding, so that none is shown."""
    verdict: str
    reasons: str
    before_panel: bool
    """Whether whoever asks may open the panel's page of the case."""
    diagram: Diagram | None
    history: tuple[HistoryLine, ...]
    zone: ZoneInfo
    sought: str
    course: Course
    records: bool
    """Whether the reader may hand a recording in with it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window for an appeal that is open; without `until` as long as delivery is not proven."""

    until: Deadline | None


blueprint = Blueprint("appeals", __name__)


class Index(View):
    """The appeals."""

    def get(self) -> str:
        """List the appeals that whoever asks may know of."""
        return render_template("appeals.html", appeals=read_all(self.session, by=auth.caller()))


class Case(CaseView):
    """One appeal."""

    def get(self, key: int) -> str:
        """Show the case."""
        return render_template("appeal.html", page=read(self.session, key, by=auth.caller()))


blueprint.add_url_rule("/appeals", view_func=Index.as_view("index"))
blueprint.add_url_rule("/appeals/<key:key>", view_func=Case.as_view("case"))


def window(session: Session, review: Review, *, by: Identity) -> Window | None:
    """Tell until when somebody may appeal against the own result; None where the window is not open."""
    if people.by_key(session, review.appraisee_key).username != by.username or not windows.is_open(session, review):
        return None
    due, now = windows.closes_at(session, review), clock.now(session)
    if due is None:
        return Window(None)
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    return Window(deadline(session, due, now, zone)) if now < due else None


def read_all(session: Session, *, by: Identity) -> list[AppealLine]:
    """Read the appeals that somebody may know of, the newest first."""
    rows = session.execute(_cases().where(access.appeals(session, by)).order_by(Appeal.key.desc()))
    return [_line(appeal, person, cycle) for appeal, person, cycle in rows]


def read(session: Session, key: int, *, by: Identity) -> AppealPage:
    """Read what the page of a case shows to somebody.

    Raises:
        NotFound: there is no such appeal, or none that `by` may know of.
    """
    row = session.execute(_cases().where(Appeal.key == key, access.appeals(session, by))).first()
    if row is None:
        raise NotFound(
            "Expected to find appeal {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    appeal, person, cycle = row
    instance = instances.get(session, appeal.instance_key) if appeal.instance_key else None
    zone = ZoneInfo(cycle.zone)
    rules = reviews.template(session, reviews.found(session, appeal.review_key))
    indicators = {one.id: names.either(one.name, one.name_en) for one in rules.indicators}
    return AppealPage(
        line=_line(appeal, person, cycle),
        review_key=appeal.review_key,
        grounds=appeal.grounds,
        items=tuple(indicators.get(item, item) for item in appeal.items),
        remedy=appeal.remedy,
        evidence=evidence.of_appeal(session, appeal),
        panel=tuple(_panel(session, appeal, by)),
        sealed=appeal.state is AppealState.HEARD and not votes.all_cast(session, appeal),
        verdict=gettext(VERDICTS[appeal.verdict]) if appeal.verdict else "",
        reasons=appeal.reasons,
        before_panel=Role.HR in by.groups or panels.seat_of(session, appeal, by) is not None,
        diagram=histories.diagram(session, instance) if instance else None,
        history=histories.lines(session, instance, by=by) if instance else (),
        zone=zone,
        sought=gettext(SOUGHT[appeal.sought]),
        course=courses.read(session, appeal, indicators, zone, by=by),
        records=appeal.state in PENDING and person.username == by.username,
    )


def _cases() -> Select[Appeal, Person, Cycle]:
    return (
        select(Appeal, Person, Cycle)
        .join(Review, Review.key == Appeal.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .join(Cycle, Cycle.key == Review.cycle_key)
    )


def _line(appeal: Appeal, person: Person, cycle: Cycle) -> AppealLine:
    state, kind = STATES[appeal.state]
    lodged = instant(appeal.lodged_at, ZoneInfo(cycle.zone))
    return AppealLine(appeal.key, names.of_person(person), cycle.label, lodged, gettext(state), kind)


def _panel(session: Session, appeal: Appeal, by: Identity) -> Sequence[Seat]:
    """Seat the panel; a vote shows as soon as `access.votes` lets it pass."""
    visible = select(Vote).where(Vote.appeal_key == appeal.key, access.votes(session, by))
    cast = {vote.member_key: vote for vote in session.scalars(visible)}
    rows = session.execute(
        select(PanelMember, Person)
        .join(Person, Person.key == PanelMember.person_key)
        .where(PanelMember.appeal_key == appeal.key, PanelMember.state != PanelState.EXCLUDED)
        .order_by(PanelMember.place, PanelMember.key)
    )
    return [
        Seat(
            person=names.of_person(person),
            chair=member.chair,
            verdict=gettext(VERDICTS[vote.verdict]) if (vote := cast.get(member.key)) else "",
            reasons=vote.reasons if vote else "",
        )
        for member, person in rows
    ]
