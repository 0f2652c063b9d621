"""Calibration sessions: convened by HR; the list, the guideline and the proposals for those who sit in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn import instances
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Adjustment,
    AdjustmentState,
    Calibration,
    CalibrationRemark,
    CalibrationState,
    Cycle,
    Department,
    Person,
    Seat,
)
from engine.reviews.organisation import people
from engine.reviews.rating.leanings import Leaning
from engine.reviews.release import (
    adjustments,
    calibration,
    calibration_sheets,
    embargoes,
    guidelines,
    hearings,
    sittings,
)
from engine.reviews.release.adjustments import Change
from engine.reviews.release.calibration import Guidance
from engine.reviews.release.calibration_sheets import Line, Share
from engine.reviews.release.hearings import Heard
from engine.reviews.sentences import Sentence
from web import histories, names
from web.addresses import go
from web.dates import instant
from web.histories import Diagram
from web.languages import N_, gettext
from web.navigation import runs_cycles

STATES = {
    CalibrationState.OPEN: (N_("In session"), "info"),
    CalibrationState.LOCKED: (N_("Locked, to be approved"), "warn"),
    CalibrationState.APPROVED: (N_("Approved, under embargo"), "good"),
    CalibrationState.RELEASED: (N_("Released"), "good"),
}
SEATS = {Seat.CHAIR: N_("Chair"), Seat.SUPERIOR: N_("Superior"), Seat.CLERK: N_("Keeps the record")}
PROPOSALS = {
    AdjustmentState.PROPOSED: (N_("Proposed"), "info"),
    AdjustmentState.ACCEPTED: (N_("Accepted"), "good"),
    AdjustmentState.DECLINED: (N_("Declined"), "empty"),
}


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session in the list."""

    key: int
    unit: str
    cycle: str
    chair: str
    state: str
    state_kind: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed change of a result."""

    key: int
    becomes: str
    reason: str
    by: str
    state: str
    state_kind: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One result on the list."""

    rank: str
    name: str
    superior: str
    total: str
    grade: str
    proposals: tuple[Proposal, ...]
    remarks: tuple[tuple[str, str], ...]
    """What sessions say that hear it: by whom, and what."""


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A review of another session that this one hears."""

    key: int
    name: str
    owner: str
    """The unit whose session decides on it; empty while there is none."""
    state: str
    outcome: str
    remarks: tuple[tuple[str, str], ...]
    """What was said of it here: by whom, and what."""


@dataclass(frozen=True, slots=True)
class SessionPage:
    """What the page of a session shows."""

    line: SessionLine
    members: tuple[str, ...]
    approver: str
    release: str
    remark: str
    """Why the second level returned it; empty where it did not."""
    results: tuple[ResultLine, ...]
    shares: tuple[Share, ...]
    leanings: tuple[tuple[str, Leaning], ...]
    heard: tuple[HeardLine, ...]
    choices: tuple[tuple[int, str], ...]
    """Whose results may be changed now: review key and name."""
    decides: bool
    task_key: int | None
    """The open task of whoever asks: to lock, or to approve."""
    diagram: Diagram | None

    @property
    def grades(self) -> list[tuple[str, str]]:
        """List the grades to choose from."""
        return [(share.level, share.level) for share in self.shares]

    @property
    def comments(self) -> list[tuple[int, str]]:
        """List the reviews to comment on: key and name."""
        return [(line.key, line.name) for line in self.heard]

    def width(self, count: int | None) -> str:
        """Answer a count as a share of all lines, as CSS writes it."""
        return f"{100 * (count or 0) / max(1, len(self.results)):.2f}%"


blueprint = Blueprint("calibrations", __name__)


class Index(View):
    """The sessions."""

    def get(self) -> str:
        """List the sessions that whoever asks may know of."""
        rows = self.session.execute(_rows().where(sittings.calibrations(self.session, auth.caller())))
        return render_template("calibrations.html", sessions=[_line(self.session, *row) for row in rows])


class OneSession(View):
    """One session."""

    def get(self, key: int) -> str:
        """Show it, as far as whoever asks may see it."""
        return render_template("calibration.html", page=read(self.session, key, by=auth.caller()))


class Convening(View):
    """The convening of a session."""

    def get(self, key: int) -> str:
        """Ask for unit, chair, guideline and the moment of release."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to convene a calibration, but that is HR's to do")
        cycle = cycles.found(self.session, key)
        until = embargoes.until(self.session, cycle)
        zone = ZoneInfo(cycle.zone)
        return render_template(
            "convene.html",
            cycle=cycle,
            departments=[(one.key, names.either(one.name, one.name_en)) for one in _units(self.session, cycle)],
            people=_staff(self.session),
            embargo=until.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if until else "",
        )

    def post(self, key: int) -> Response:
        """Convene it."""
        cycle = cycles.found(self.session, key)
        unit = request.form.getlist("departments", type=int)
        shares = guideline_of(request.form.get("guideline", "")) or dict(guidelines.of_unit(self.session, cycle, unit))
        approver = request.form.get("approver", 0, type=int)
        held = calibration.convene(
            self.session,
            cycle,
            [people.department_by_key(self.session, one) for one in unit],
            chair=people.by_key(self.session, request.form.get("chair", 0, type=int)),
            approver=people.by_key(self.session, approver) if approver else None,
            guidance=Guidance(shares=shares),
            embargo=_moment(self.session, cycle),
            by=auth.caller(),
        )
        flash(gettext("The session is convened; its members are told."))
        return go(url_for(".session", key=held.key))


class Proposing(View):
    """The proposals of a session."""

    def post(self, key: int) -> Response:
        """Propose a change."""
        held = _known(self.session, key, auth.caller())
        review = reviews.found(self.session, request.form.get("review", 0, type=int))
        change = Change(total=request.form.get("total", "").strip(), grade=request.form.get("grade", ""))
        reason = request.form.get("reason", "")
        adjustments.propose(self.session, held, review, change, reason=reason, by=auth.caller())
        flash(gettext("The change is proposed."))
        return go(url_for(".session", key=key))


class Commenting(View):
    """The comments on reviews of other sessions."""

    def post(self, key: int) -> Response:
        """Comment on one that this session hears."""
        held = _known(self.session, key, auth.caller())
        review = reviews.found(self.session, request.form.get("review", 0, type=int))
        hearings.remark(self.session, held, review, request.form.get("text", ""), by=auth.caller())
        flash(gettext("The session that decides on it is told."))
        return go(url_for(".session", key=key))


class Deciding(View):
    """The chair's decision on a proposal."""

    def post(self, key: int) -> Response:
        """Accept it or decline it."""
        seen = select(Adjustment).where(Adjustment.key == key, sittings.adjustments(self.session, auth.caller()))
        adjustment = self.session.scalar(seen)
        if adjustment is None:
            raise NotFound("Expected to find adjustment {key}, but there is none that you may know of", key=key)
        accepted = request.form.get("decision") == "accept"
        adjustments.decide(self.session, adjustment, accepted=accepted, by=auth.caller())
        return go(url_for(".session", key=adjustment.calibration_key))


blueprint.add_url_rule("/calibrations", view_func=Index.as_view("index"))
blueprint.add_url_rule("/calibrations/<key:key>", view_func=OneSession.as_view("session"))
blueprint.add_url_rule("/calibrations/<key:key>/adjustments", view_func=Proposing.as_view("propose"))
blueprint.add_url_rule("/calibrations/<key:key>/remarks", view_func=Commenting.as_view("comment"))
blueprint.add_url_rule("/adjustments/<key:key>/decision", view_func=Deciding.as_view("decide"))
blueprint.add_url_rule("/cycles/<key:key>/calibrations/new", view_func=Convening.as_view("convene"))


def read(session: Session, key: int, *, by: Identity) -> SessionPage:
    """Read what the page of a session shows to somebody.

    Raises:
        NotFound: there is no such session, or none that `by` may know of.
    """
    held = _known(session, key, by)
    cycle = cycles.found(session, held.cycle_key)
    shown = calibration_sheets.of_session(session, held, by=by)
    seats = {people.by_key(session, one.person_key): one.seat for one in calibration.members(session, held)}
    sits = held.state is CalibrationState.OPEN and by.username in {person.username for person in seats}
    until = embargoes.until(session, cycle)
    instance = instances.get(session, held.instance_key) if held.instance_key else None
    return SessionPage(
        line=_line(session, held, cycle),
        members=tuple(f"{names.of_person(person)} ({gettext(SEATS[seat])})" for person, seat in seats.items()),
        approver=names.of_person(people.by_key(session, held.approver_key)),
        release=instant(until, ZoneInfo(cycle.zone)) if until else "",
        remark=shown.remark,
        results=tuple(_results(session, shown.lines)),
        shares=shown.shares if shown.lines else (),
        leanings=tuple((names.of_person(one.rater), one) for one in shown.leanings),
        heard=tuple(_heard(session, shown.heard)),
        choices=tuple((one.review.key, names.of_person(one.appraisee)) for one in shown.lines if one.result and sits),
        decides=sits and calibration.chair_of(session, held).username == by.username,
        task_key=_task_key(session, held, by),
        diagram=histories.diagram(session, instance) if instance else None,
    )


def _known(session: Session, key: int, by: Identity) -> Calibration:
    held = session.scalar(select(Calibration).where(Calibration.key == key, sittings.calibrations(session, by)))
    if held is None:
        raise NotFound("Expected to find calibration {key}, but there is none that you may know of", key=key)
    return held


def _rows() -> Select[Calibration, Cycle]:
    joined = select(Calibration, Cycle).join(Cycle, Cycle.key == Calibration.cycle_key)
    return joined.order_by(Calibration.key.desc())


def _line(session: Session, held: Calibration, cycle: Cycle) -> SessionLine:
    state, kind = STATES[held.state]
    return SessionLine(
        key=held.key,
        unit=_unit(session, held),
        cycle=cycle.label,
        chair=names.of_person(calibration.chair_of(session, held)),
        state=gettext(state),
        state_kind=kind,
    )


def _unit(session: Session, held: Calibration) -> str:
    unit = [people.department_by_key(session, int(key)) for key in held.department_keys]
    return gettext(", ").join(names.either(one.name, one.name_en) for one in unit)


def _results(session: Session, lines: Iterable[Line]) -> Iterable[ResultLine]:
    for line in lines:
        yield ResultLine(
            rank=str(line.rank or ""),
            name=names.of_person(line.appraisee),
            superior=names.of_person(line.superior) if line.superior else "",
            total=line.result.total if line.result else gettext("Closed") if line.closed else "",
            grade=(line.result.grade or "") if line.result else "",
            proposals=tuple(_proposal(session, one) for one in line.adjustments),
            remarks=_said(session, line.remarks),
        )


def _heard(session: Session, lines: Iterable[Heard]) -> Iterable[HeardLine]:
    for line in lines:
        owner = line.owner
        yield HeardLine(
            key=line.review.key,
            name=names.of_person(line.appraisee),
            owner=_unit(session, owner) if owner else "",
            state=gettext(STATES[owner.state][0]) if owner else "",
            outcome=f"{line.outcome.total} {line.outcome.grade}" if line.outcome else "",
            remarks=_said(session, line.remarks),
        )


def _said(session: Session, remarks: Iterable[CalibrationRemark]) -> tuple[tuple[str, str], ...]:
    return tuple((names.of_accounts(session, [one.written_by])[one.written_by], one.text) for one in remarks)


def _proposal(session: Session, adjustment: Adjustment) -> Proposal:
    state, kind = PROPOSALS[adjustment.state]
    return Proposal(
        key=adjustment.key,
        becomes=f"{adjustment.total} {adjustment.grade}",
        reason=adjustment.reason,
        by=names.of_accounts(session, [adjustment.proposed_by])[adjustment.proposed_by],
        state=gettext(state),
        state_kind=kind,
    )


def _task_key(session: Session, held: Calibration, by: Identity) -> int | None:
    own = (UserTask.assignee == by.username, UserTask.state == TaskState.CREATED)
    return session.scalar(select(UserTask.key).where(UserTask.instance_key == held.instance_key, *own).limit(1))


def _units(session: Session, cycle: Cycle) -> list[Department]:
    keys = {review.department_key for review in cycles.reviews_of(session, cycle)}
    return list(session.scalars(select(Department).where(Department.key.in_(keys)).order_by(Department.code)))


def _staff(session: Session) -> list[tuple[int, str]]:
    rows = session.scalars(select(Person).order_by(Person.employee_id))
    return [(person.key, f"{names.of_person(person)} ({person.employee_id})") for person in rows]


def guideline_of(text: str) -> dict[str, str]:
    """Read a guideline: a grade and its per cent on each line, the best first."""
    rows = [line.rsplit(maxsplit=1) for line in text.splitlines() if line.strip()]
    return {row[0]: row[-1].rstrip("%") for row in rows}


def _moment(session: Session, cycle: Cycle) -> datetime | None:
    """Read the moment of release in the cycle's zone; None where it stays as it is.

    Raises:
        Invalid: it is no moment.
    """
    text = request.form.get("embargo", "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(cycle.zone))
    except ValueError as error:
        problem = Problem(Sentence("It is no moment such as 2025-10-20 09:00"), "embargo", "bad-moment")
        raise Invalid("Expected to convene a calibration, but its moment of release is not clear", [problem]) from error
    return None if moment == embargoes.until(session, cycle) else moment
