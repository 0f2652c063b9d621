"""Suspensions: working days that do not count, with a reason; and the one prolongation of an appeal.

The deadlines of the appeal's process and of those it has called move by the working days that do not count, those that
begin meanwhile by what is left of them. Each suspension says until when at first, so that no deadline ends in it; who
ends it before takes back what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import agenda, postponements
from engine.bpmn.deadlines import Moved
from engine.bpmn.models import InstanceState
from engine.calendars import WorkingCalendar
from engine.errors import Conflict, Invalid, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.cases import panels, proceedings
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import escalations, reminders
from engine.reviews.models import PENDING, Appeal, AppealState, AppealSuspension, Cycle
from engine.reviews.sentences import Sentence, expect_text

LONGEST = 30
"""The most working days of one suspension."""

SOUGHT = "合议组人数不足，正在另请库外成员 The panel is short of members, who are sought from outside"
"""Why the process suspends an appeal."""

ITS_OWN = frozenset(
    {
        "reviewflow.admit-appeal",
        "reviewflow.cast-vote",
        "reviewflow.open-appeal",
        "reviewflow.produce-basis",
        "reviewflow.rate-again",
        "reviewflow.record-hearing",
        "reviewflow.write-decision",
        proceedings.SEATING,
    }
)
"""What the processes of an appeal call, whatever HR calls these: their steps ask whether it is suspended."""

PROLONGED = 10
"""The working days that an appeal gets more, once (P6)."""


def suspend(session: Session, appeal: Appeal, *, until: date, reason: str, by: Identity) -> AppealSuspension:
    """Let the days from today up to and with `until` not count, as HR: what is due moves by the working days in it.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: the appeal is over, or suspended already.
        Invalid: no reason is given, or the day lies behind or too far ahead.
    """
    intent = Sentence("suspend appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    _expect_running(appeal, intent)
    if current(session, appeal) is not None:
        raise Conflict("Expected to {intent}, but it is suspended", intent=intent)
    expect_text(reason, "reason", intent)
    days = _days(session, appeal, _today(session, appeal), until)
    if not 1 <= days <= LONGEST:
        sentence = Sentence("It must be from {least} to {most} working days", least=1, most=LONGEST)
        raise Invalid(
            "Expected to {intent}, but not for {days} days",
            [Problem(sentence, "until", "days")],
            intent=intent,
            days=days,
        )
    return _begin(session, appeal, until, reason, by)


@agenda.watches(ITS_OWN)
def hold(session: Session, cause: agenda.Cause) -> None:
    """Let the days of a suspension not count for what begins while it lasts either; a search of its own goes on."""
    awaited, instance = cause.effect, cause.instance
    if not isinstance(awaited, agenda.Awaited):
        return
    appeal = session.scalar(select(Appeal).where(Appeal.instance_key == instance.root_key))
    row = current(session, appeal) if appeal else None
    if appeal is None or row is None or (_is_search(row) and proceedings.SEATING in awaited.operations):
        return
    days = _days(session, appeal, _today(session, appeal), row.ends_on)
    if days and instance.state is InstanceState.ACTIVE:
        place = instance.key, instance.root_key
        postponements.postpone(session, place, awaited.tokens, days, by=SYSTEM.username)


def pause(session: Session, appeal: Appeal, *, entered_before: int) -> None:
    """Suspend an appeal, as its process does, while members of its panel are sought from outside (E-67).

    What the formation of the panel has entered since `entered_before`, a key, goes on: the search has its own deadline.
    """
    if current(session, appeal) is None:
        until = _calendar(session, appeal).add_working_days(_today(session, appeal), LONGEST - 1)
        _begin(session, appeal, until, SOUGHT, SYSTEM, entered_before=entered_before)


def go_on(session: Session, appeal: Appeal) -> None:
    """End the suspension that the process began; one that HR began stays."""
    row = current(session, appeal)
    if row is not None and _is_search(row):
        _end(session, appeal, row, SYSTEM)


def resume(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """End a suspension before its last day, as HR: what was not needed of it is taken back.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: the appeal is not suspended.
    """
    intent = Sentence("resume appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    row = current(session, appeal)
    if row is None:
        raise Conflict("Expected to {intent}, but it is not suspended", intent=intent)
    _end(session, appeal, row, by)


def prolong(session: Session, appeal: Appeal, *, reason: str, by: Identity) -> None:
    """Give an appeal ten working days more, once, as HR with a reason: every open deadline moves.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: the appeal is over, or was prolonged before.
        Invalid: no reason is given.
    """
    intent = Sentence("prolong appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    _expect_running(appeal, intent)
    if appeal.prolonged_reason:
        raise Conflict("Expected to {intent}, but it was prolonged before, and is prolonged only once", intent=intent)
    expect_text(reason, "reason", intent)
    appeal.prolonged_reason = reason
    _shift(session, appeal, PROLONGED, by)
    _tell(session, appeal, "appeal-prolonged", days=str(PROLONGED), reason=reason)


def current(session: Session, appeal: Appeal) -> AppealSuspension | None:
    """Find the suspension in which an appeal is today."""
    today = _today(session, appeal)
    return next((row for row in of_appeal(session, appeal) if row.begins_on <= today <= row.ends_on), None)


def of_appeal(session: Session, appeal: Appeal) -> Sequence[AppealSuspension]:
    """List the suspensions of an appeal, the oldest first."""
    own = select(AppealSuspension).where(AppealSuspension.appeal_key == appeal.key)
    return session.scalars(own.order_by(AppealSuspension.key)).all()


def _begin(
    session: Session, appeal: Appeal, until: date, reason: str, by: Identity, *, entered_before: int | None = None
) -> AppealSuspension:
    today = _today(session, appeal)
    row = AppealSuspension(
        appeal_key=appeal.key,
        begins_on=today,
        ends_on=until,
        reason=reason,
        begun_by=by.username,
        begun_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # whether it is suspended is asked next
    _shift(session, appeal, _days(session, appeal, today, until), by, entered_before)
    _tell(session, appeal, "appeal-suspended", until=until.isoformat(), reason=reason)
    return row


def _end(session: Session, appeal: Appeal, row: AppealSuspension, by: Identity) -> None:
    today = _today(session, appeal)
    left = _days(session, appeal, today, row.ends_on)
    row.ends_on, row.resumed_by = today - timedelta(days=1), by.username
    _shift(session, appeal, -left, by, entered_before=row.key if _is_search(row) else None)
    _tell(session, appeal, "appeal-resumed")


def _shift(session: Session, appeal: Appeal, days: int, by: Identity, entered_before: int | None = None) -> None:
    if appeal.instance_key is None or not days:
        return
    but = (proceedings.SEATING, entered_before) if entered_before is not None else None
    moved = postponements.shift(session, appeal.instance_key, days, by=by.trusted(), but=but)
    _tell_holders(session, moved)


def _tell_holders(session: Session, moved: Iterable[Moved]) -> None:
    for one in moved:
        if one.task is None:
            continue
        escalations.lift(session, one.task.key)
        for person in reminders.holding(session, one.task):
            told = {"before": one.before.isoformat(), "after": one.after.isoformat()}
            notices.write(session, person.key, "task-postponed", task=str(one.task.key), name=one.task.name, **told)


def _tell(session: Session, appeal: Appeal, kind: str, **details: str) -> None:
    """Tell both sides."""
    review = reviews.found(session, appeal.review_key)
    for key in {review.appraisee_key, appeal.respondent_key} - {None}:
        if key is not None:
            notices.write(session, key, kind, appeal=str(appeal.key), **details)


def _is_search(row: AppealSuspension) -> bool:
    """Tell whether the process began a suspension, while it seeks members from outside."""
    return row.begun_by == SYSTEM.username


def _expect_running(appeal: Appeal, intent: str) -> None:
    if appeal.state not in (AppealState.LATE, *PENDING):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)


def _days(session: Session, appeal: Appeal, first: date, last: date) -> int:
    """Count the working days of a stretch, both ends included."""
    return _calendar(session, appeal).working_days_between(first - timedelta(days=1), last)


def _calendar(session: Session, appeal: Appeal) -> WorkingCalendar:
    return calendars.calendar(session, _cycle(session, appeal).calendar)


def _today(session: Session, appeal: Appeal) -> date:
    return calendars.today(session, ZoneInfo(_cycle(session, appeal).zone))


def _cycle(session: Session, appeal: Appeal) -> Cycle:
    return cycles.found(session, reviews.found(session, appeal.review_key).cycle_key)
