"""Notes on a running plan: the mentor's each week, the superior's every two weeks, HR's at 30, 60 and 90 days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import NoteKind, Plan, PlanNote, PlanState
from engine.reviews.plans import plans, spans
from engine.reviews.sentences import Sentence, expect_text

EVERY = {NoteKind.WEEK: 7, NoteKind.CHECK_IN: 14, NoteKind.FORMAL: 30}
"""After how many days a note of a kind is due again."""

MORNING = time(9)
"""When somebody is asked, on the day it is due."""


@dataclass(frozen=True, slots=True)
class Next:
    """When the next note of a kind is due: now, at an instant, or never again."""

    due: bool
    at: datetime | None


def write(session: Session, plan: Plan, text: str, *, by: Identity) -> PlanNote:
    """Write the week's note on a running plan, as its mentor.

    Raises:
        Forbidden: `by` is not the mentor.
        Conflict: the observation does not run.
        Invalid: the note is empty.
    """
    reviews.expect_person(session, plan.mentor_key, by, Sentence("write a note on plan {key}", key=plan.key))
    return _add(session, plan, NoteKind.WEEK, text, by)


def check_in(session: Session, plan: Plan, text: str, *, by: Identity) -> PlanNote:
    """Record a check-in on a running plan, as the superior.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: the observation does not run.
        Invalid: nothing is recorded.
    """
    reviews.expect_person(
        session, plans.superior_key(session, plan), by, Sentence("check in on plan {key}", key=plan.key)
    )
    return _add(session, plan, NoteKind.CHECK_IN, text, by)


def hold_point(session: Session, plan: Plan, text: str, *, support: str = "", by: Identity) -> PlanNote:
    """Record a formal point, as HR; more support may be promised at it, targets are not raised (E-87).

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: the observation does not run.
        Invalid: nothing is recorded.
    """
    plans.expect_officer(session, plan, by, Sentence("hold a formal point of plan {key}", key=plan.key))
    note = _add(session, plan, NoteKind.FORMAL, text, by)
    if support.strip():
        note.text = f"{text}\n\n+ {support.strip()}"
    return note


def keep_findings(session: Session, plan: Plan, text: str, *, by: Identity) -> PlanNote:
    """Keep what the superior found at the end: after an extension there are findings again, and none is lost."""
    return _add(session, plan, NoteKind.FINDINGS, text, by)


def of_plan(session: Session, plan: Plan, kind: NoteKind | None = None) -> Sequence[PlanNote]:
    """List a plan's notes, the oldest first."""
    own = select(PlanNote).where(PlanNote.plan_key == plan.key)
    return session.scalars((own if kind is None else own.where(PlanNote.kind == kind)).order_by(PlanNote.key)).all()


def following(session: Session, plan: Plan, kind: NoteKind) -> Next:
    """Tell when the next note of a kind is due; nobody is asked while the appraisee is on leave."""
    assert plan.starts_on is not None  # noqa: S101 - it is observed
    today, zone = plans.today_of(session, plan), plans.zone_of(session, plan)
    day = _day(session, plan, kind, plan.starts_on)
    if day is None:
        return Next(due=False, at=None)
    if (back := spans.suspended_until(session, plan, max(day, today))) is not None:
        day = max(back, today) + timedelta(days=1)
    return Next(due=day <= today, at=datetime.combine(day, MORNING, zone))


def _day(session: Session, plan: Plan, kind: NoteKind, start: date) -> date | None:
    written = of_plan(session, plan, kind)
    if kind is NoteKind.FORMAL:
        return _formal_day(session, plan, len(written) + 1, start)
    if not written:
        return start if kind is NoteKind.WEEK else start + timedelta(days=EVERY[kind])
    last = written[-1].written_at.astimezone(plans.zone_of(session, plan)).date()
    return last + timedelta(days=EVERY[kind])


def _formal_day(session: Session, plan: Plan, number: int, start: date) -> date | None:
    """Find the day of a formal point; None where the observation ends before it."""
    day = start + timedelta(days=EVERY[NoteKind.FORMAL] * number)
    day += timedelta(days=len(spans.lost_days(session, plan, start, day)))
    return day if day <= spans.last_day(session, plan) else None


def _add(session: Session, plan: Plan, kind: NoteKind, text: str, by: Identity) -> PlanNote:
    intent = Sentence("write a note on plan {key}", key=plan.key)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(text, "note", intent)
    row = PlanNote(plan_key=plan.key, text=text, written_by=by.username, written_at=clock.now(session), kind=kind)
    session.add(row)
    session.flush()  # when the next one is due depends on it
    return row
