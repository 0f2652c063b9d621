"""The last day of an observation, counted by hand: month ends, leave at its edges and twice, an extension (E-52)."""

from datetime import UTC, date, datetime

import pytest

from engine import clock
from engine.errors import Invalid
from engine.reviews.models import LeaveKind, Outcome
from engine.reviews.organisation import absences
from engine.reviews.plans import answers, assessments, drafts, gates, plans, spans
from engine.reviews.plans.drafts import Objective

OBJECTIVES = [Objective("续约率达到 85%", "CRM 月报", "每周辅导一小时")]


@pytest.fixture
def begun(session, released, company, act):
    """Begin an observation of so many months on a day, as if everything before had been done in an hour."""

    def begin(day, months):
        plan = plans.propose(session, released, grounds="连续两个月未达标", by=act("hui"))
        gates.confirm(session, plan, reason="目标合理", targets_reasonable=True, by=act("hui"))
        drafts.draft(
            session, plan, OBJECTIVES, mentor=company["pan"], training="谈判训练 16 学时", months=months, by=act("sun")
        )
        answers.answer(session, plan, accepted=True, comment="", by=act("ann"))
        clock.pin(session, datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC))
        spans.begin(session, plan)
        return plan

    return begin


@pytest.fixture
def away(session, company, act):
    """Enter that ann is on sick leave, from one day to another."""

    def enter(first, last):
        days = date.fromisoformat(first), date.fromisoformat(last)
        absences.enter_leave(session, company["ann"], LeaveKind.SICK, *days, by=act("hui"))

    return enter


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2025, 10, 31), 1, date(2025, 12, 1)),  # 30 November is a Sunday
        (date(2025, 12, 31), 2, date(2026, 2, 28)),  # a Saturday that works
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 12, 2), 2, date(2026, 2, 2)),
        (date(2025, 11, 16), 3, date(2026, 2, 24)),  # 16 February lies in the Spring Festival, which ends on the 23rd
    ],
)
def test_w15_months_end_with_the_month_and_a_day_off_moves_on(begun, first, months, last):
    assert begun(first, months).ends_on == last


@pytest.mark.parametrize(
    ("leaves", "last"),
    [
        ([("2025-12-01", "2025-12-12")], date(2026, 3, 12)),
        ([("2026-02-20", "2026-03-05")], date(2026, 3, 16)),  # 14 days; the 14th of March is a Saturday
        ([("2026-02-28", "2026-03-10")], date(2026, 3, 11)),  # begins on the last day: 11 days lost of it and after it
        ([("2025-12-01", "2025-12-03"), ("2026-01-05", "2026-01-06")], date(2026, 3, 5)),
        ([("2025-12-01", "2025-12-03"), ("2026-03-02", "2026-03-04")], date(2026, 3, 6)),  # the second within the move
        (
            [("2025-12-01", "2025-12-14"), ("2026-03-16", "2026-03-17")],
            date(2026, 3, 18),
        ),  # away on the day it moved to
        ([("2026-03-01", "2026-03-10")], date(2026, 2, 28)),  # begins after the last day
    ],
)
def test_e52_days_on_leave_move_the_last_day_wherever_they_lie(session, begun, away, leaves, last):
    plan = begun(date(2025, 11, 30), 3)

    for span in leaves:
        away(*span)

    assert spans.last_day(session, plan) == last


def test_e52_nobody_is_away_on_the_last_day_to_which_a_day_off_moved_it(session, begun, away):
    plan = begun(date(2025, 10, 31), 1)
    assert plan.ends_on == date(2025, 12, 1)  # a Monday

    away("2025-12-01", "2025-12-03")

    assert spans.last_day(session, plan) == date(2025, 12, 4)


def test_e91_a_month_more_counts_from_the_last_day_and_leave_in_it_moves_it_too(session, begun, away, act):
    plan = begun(date(2025, 11, 30), 3)
    away("2025-12-01", "2025-12-03")
    assert spans.last_day(session, plan) == date(2026, 3, 3)

    assessments.assess(session, plan, Outcome.EXTENDED, reason="再观察一个月", by=act("hui"))
    extended = plan.ends_on
    away("2026-03-10", "2026-03-11")

    assert extended == date(2026, 4, 3)
    assert spans.last_day(session, plan) == date(2026, 4, 7)  # Sunday the 5th is Qingming, the 6th off instead
    with pytest.raises(Invalid, match="extended before"):
        assessments.assess(session, plan, Outcome.EXTENDED, reason="再等等", by=act("hui"))


@pytest.mark.parametrize("months", [0, 4])
def test_an_observation_takes_one_to_three_months(begun, months):
    with pytest.raises(Invalid) as refused:
        begun(date(2025, 11, 30), months)

    assert [one.code for one in refused.value.problems] == ["months"]
