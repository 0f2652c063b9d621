"""Check-ins: each month of a cycle its focus, its work summary and an answer, and no grade (L000-11, L004-11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import instances, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import InstanceState, ProcessInstance
from engine.errors import Conflict, NotFound
from engine.identity import SYSTEM, Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.deadlines import timing
from engine.reviews.models import CheckIn, Cycle, CycleState, Review, ReviewState, Role, WeeklyNote
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

ROUND = "check-in-round"
"""The process that begins a month's check-ins, one for each cycle that has them."""

DUE = "check-in-due"
"""The message that starts one person's check-in of one month."""

BEGINS = time(9)
"""When a month's check-ins begin, on its first working day."""


def schedule(session: Session, cycle: Cycle, *, by: Identity) -> ProcessInstance:
    """Let a launched cycle have check-ins each month until it ends, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is not launched, or has them already.
    """
    intent = Sentence("schedule check-ins in cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.LAUNCHED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=cycle.state.value)
    if is_scheduled(session, cycle):
        raise Conflict("Expected to {intent}, but it has them already", intent=intent)
    started = instances.start(
        session,
        process_id=ROUND,
        variables={"cycle": str(cycle.key)},
        by=by.trusted(),
        origin=timing.origin(cycle, cycle.key),
    )
    return instances.get(session, started.key)


def is_scheduled(session: Session, cycle: Cycle) -> bool:
    """Tell whether a cycle has check-ins each month, or had them until its last."""
    return _round(session, cycle) is not None


def next_month(session: Session, cycle: Cycle, *, after: str = "") -> tuple[str, datetime] | None:
    """Find the next month of a cycle, and when its check-ins begin; a month that is over has none any more."""
    zone = ZoneInfo(cycle.zone)
    today = calendars.today(session, zone)
    for first in _months(cycle.starts_on, cycle.ends_on):
        if f"{first:%Y-%m}" > after and _last_of(first) >= today:
            opens = calendars.calendar(session, cycle.calendar).add_working_days(first - timedelta(days=1), 1)
            return f"{first:%Y-%m}", datetime.combine(opens, BEGINS, zone)
    return None


def begin(session: Session, cycle: Cycle, month: str) -> Sequence[CheckIn]:
    """Begin a month's check-ins, one for each review of the cycle that runs and has a superior."""
    running = select(Review).where(
        Review.cycle_key == cycle.key, Review.state == ReviewState.RUNNING, Review.superior_key.is_not(None)
    )
    begun = [
        CheckIn(review_key=review.key, month=month, begun_at=clock.now(session))
        for review in session.scalars(running.order_by(Review.key))
    ]
    session.add_all(begun)
    session.flush()  # the processes that start next read them
    conversation = _round(session, cycle)  # its zone and calendar are the cycle's (E-46, E-47)
    for check_in in begun:
        message = Publication(DUE, str(check_in.key), _variables(session, cycle, check_in))
        messages.publish(session, message, by=SYSTEM, conversation=conversation)
    return begun


def found(session: Session, key: int) -> CheckIn:
    """Find a check-in by key.

    Raises:
        NotFound: there is none.
    """
    check_in = session.get(CheckIn, key)
    if check_in is None:
        raise NotFound("Expected to find check-in {key}, but there is none", key=key)
    return check_in


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[CheckIn]:
    """List the check-ins of a review that somebody may read, month by month."""
    own = select(CheckIn).where(CheckIn.review_key == review.key, access.check_ins(session, by))
    return session.scalars(own.order_by(CheckIn.month)).all()


def weekly_notes(session: Session, check_in: CheckIn) -> Sequence[WeeklyNote]:
    """List what was looked back on week by week."""
    notes = select(WeeklyNote).where(WeeklyNote.check_in_key == check_in.key)
    return session.scalars(notes.order_by(WeeklyNote.key)).all()


def focus(session: Session, check_in: CheckIn, text: str, *, by: Identity) -> None:
    """Name the core battle of the month, as the superior, after the calibration of targets (L001-10).

    It changes no target: that is signed anew by its own process (X-19).

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: it is named.
        Invalid: nothing is said.
    """
    intent = Sentence("name the focus of check-in {key}", key=check_in.key)
    review = reviews.found(session, check_in.review_key)
    reviews.expect_person(session, review.superior_key, by, intent)
    if check_in.focused_at is not None:
        raise Conflict("Expected to {intent}, but it is named", intent=intent)
    expect_text(text, "focus", intent)
    check_in.focus, check_in.focused_by, check_in.focused_at = text, by.username, clock.now(session)


def summarise(
    session: Session, check_in: CheckIn, summary: str, *, obstacles: str, values: Mapping[str, str], by: Identity
) -> None:
    """Write the month's work summary and how far the indicators are, as the appraisee.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: it is written.
        Invalid: nothing is said.
    """
    intent = Sentence("summarise check-in {key}", key=check_in.key)
    review = reviews.found(session, check_in.review_key)
    reviews.expect_person(session, review.appraisee_key, by, intent)
    if check_in.summarised_at is not None:
        raise Conflict("Expected to {intent}, but it is written", intent=intent)
    expect_text(summary, "summary", intent)
    check_in.values = [{"indicator": name, "value": value} for name, value in values.items() if value.strip()]
    check_in.summary, check_in.obstacles, check_in.summarised_at = summary, obstacles, clock.now(session)


def note_week(session: Session, check_in: CheckIn, text: str, *, by: Identity) -> WeeklyNote:
    """Write down what a week brought, as the appraisee.

    Raises:
        Forbidden: `by` is not the appraisee.
        Invalid: nothing is said.
    """
    intent = Sentence("note a week of check-in {key}", key=check_in.key)
    review = reviews.found(session, check_in.review_key)
    reviews.expect_person(session, review.appraisee_key, by, intent)
    expect_text(text, "note", intent)
    note = WeeklyNote(check_in_key=check_in.key, text=text, written_at=clock.now(session))
    session.add(note)
    return note


def answer(session: Session, check_in: CheckIn, text: str, *, by: Identity) -> None:
    """Answer a work summary after the monthly talk, as the superior; it is no grade.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: there is no summary yet, or it is answered.
        Invalid: nothing is said.
    """
    intent = Sentence("answer check-in {key}", key=check_in.key)
    review = reviews.found(session, check_in.review_key)
    reviews.expect_person(session, review.superior_key, by, intent)
    if check_in.summarised_at is None or check_in.answered_at is not None:
        state = Sentence("there is no summary yet") if check_in.summarised_at is None else Sentence("it is answered")
        raise Conflict("Expected to {intent}, but {state}", intent=intent, state=state)
    expect_text(text, "answer", intent)
    check_in.answer, check_in.answered_by, check_in.answered_at = text, by.username, clock.now(session)


def _round(session: Session, cycle: Cycle) -> int | None:
    """Find the process that begins a cycle's months, or began them."""
    rounds = select(ProcessInstance.key).where(
        ProcessInstance.process_id == ROUND,
        ProcessInstance.business_id == str(cycle.key),
        ProcessInstance.state != InstanceState.TERMINATED,
    )
    return session.scalar(rounds.limit(1))


def _variables(session: Session, cycle: Cycle, check_in: CheckIn) -> dict[str, object]:
    review = reviews.found(session, check_in.review_key)
    following = _last_of(date.fromisoformat(f"{check_in.month}-01")) + timedelta(days=1)
    ends = calendars.calendar(session, cycle.calendar).add_working_days(following, -1)
    accounts = {"appraisee": review.appraisee_key, "superior": review.superior_key}
    return {
        "checkIn": str(check_in.key),
        "review": str(review.key),
        "month": check_in.month,
        "monthEnds": ends.isoformat(),
        "nextMonth": following.isoformat(),  # from which diagrams count anew as calendars change (E-43)
        **{name: people.by_key(session, key).username if key else None for name, key in accounts.items()},
        **timing.variables(cycle),
    }


def _months(first: date, last: date) -> Iterator[date]:
    """Yield the first days of the months that a period touches."""
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = _last_of(day) + timedelta(days=1)


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
