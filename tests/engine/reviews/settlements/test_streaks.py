"""Streaks over periods: the promotion rules of the documents (X-16) and what leave does to them (W-13, E-16)."""

import tomllib
from datetime import date
from fractions import Fraction

import pytest

from engine.calendars import same_day_months_later
from engine.reviews.cycle import cancellations, cycles
from engine.reviews.models import CycleKind, FollowUpKind
from engine.reviews.settlements import schemes, streaks
from engine.reviews.settlements.streaks import Gap, Period, StreakRule, running
from engine.settings import ROOT

SHIPPED = ROOT / "processes" / "settlements" / "follow-ups.toml"
A_THRICE = StreakRule(id="promotion", name="优先晋升", n=3, unit=CycleKind.QUARTER, levels=("A", "A+"))
TWO_MISSES = StreakRule(id="pip", name="连续两月未达标", n=2, unit=CycleKind.MONTH, below=Fraction(100))


def periods(grades, kind=CycleKind.QUARTER, first=date(2025, 1, 1)):
    """Make periods in a row; None is one without a rating, and a dash one that has no cycle."""
    length = {CycleKind.QUARTER: 3, CycleKind.YEAR: 12}.get(kind, 1)
    return [
        Period(
            key=number,
            kind=kind,
            starts_on=same_day_months_later(first, number * length),
            ends_on=date.fromordinal(same_day_months_later(first, (number + 1) * length).toordinal() - 1),
            grade=grade,
            total=Fraction(80 if grade == "missed" else 100),
        )
        for number, grade in enumerate(grades)
        if grade != "-"
    ]


@pytest.mark.parametrize(
    ("grades", "reached"),
    [
        (["A", "A", "A"], True),
        (["A", "A+", "A"], True),
        (["A", "A", "B"], False),
        (["A", "B", "A", "A"], False),
        (["B", "A", "A", "A"], True),
        (["A", "A", None, "A"], True),
        (["A", "A", "-", "A"], False),
        ([], False),
    ],
)
def test_x16_l000_23_three_in_a_row_with_leave_passed_over_and_a_missing_cycle_ending_it(grades, reached):
    assert (len(running(A_THRICE, periods(grades))) >= 3) is reached


@pytest.mark.parametrize(("gap", "reached"), [(Gap.SKIP, True), (Gap.END, False)])
def test_e16_whether_leave_ends_a_streak_is_the_rules_own(gap, reached):
    rule = StreakRule(id="x", name="x", n=2, unit=CycleKind.QUARTER, levels=("A",), unrated=gap)

    assert (len(running(rule, periods(["A", None, "A"]))) >= 2) is reached


@pytest.mark.parametrize(("gap", "reached"), [(Gap.SKIP, True), (Gap.END, False)])
def test_x16_whether_a_quarter_without_a_cycle_ends_a_streak_is_the_rules_own(gap, reached):
    rule = StreakRule(id="x", name="x", n=2, unit=CycleKind.QUARTER, levels=("A",), absent=gap)

    assert (len(running(rule, periods(["A", "-", "A"]))) >= 2) is reached


@pytest.mark.parametrize(
    ("months", "fires"),
    [
        (["met", "missed", "missed"], True),
        (["missed", "met", "missed"], False),
        (["missed", None, "missed"], True),
        (["missed", "missed", "met"], False),
    ],
)
def test_w13_two_months_below_target_in_a_row(months, fires):
    assert (len(running(TWO_MISSES, periods(months, CycleKind.MONTH))) >= 2) is fires


def test_w13_december_and_january_are_in_a_row():
    december = periods(["missed", "missed"], CycleKind.MONTH, date(2025, 12, 1))

    assert [period.starts_on for period in running(TWO_MISSES, december)] == [date(2025, 12, 1), date(2026, 1, 1)]


def test_a_streak_counts_its_own_unit_alone():
    months = periods(["A", "A", "A"], CycleKind.MONTH)

    assert running(A_THRICE, months) == []


def test_a_streak_is_read_from_the_results_in_force_and_pilots_count_nowhere(session, cycle, released):
    rule = StreakRule(id="good", name="良好", n=1, unit=CycleKind.QUARTER, levels=("良好",))

    standings = streaks.standings(session, cycle, [rule])
    cycle.pilot = True

    assert [(one.person.name, [period.total for period in one.periods]) for one in standings] == [
        ("安然", [Fraction("87.68")])
    ]
    assert streaks.standings(session, cycle, [rule]) == []


def test_e62_a_cycle_that_hr_gave_up_neither_counts_nor_ends_a_streak(session, cycle, released, company, act):
    rule = StreakRule(id="good", name="良好", n=1, unit=CycleKind.QUARTER, levels=("良好",), unrated=Gap.END)
    days = {"starts_on": date(2025, 10, 1), "ends_on": date(2025, 12, 31)}
    wrong = cycles.draft(session, label="2025 Q4", template_key=cycle.template_key, by=act("hui"), **days)
    wrong.kind = CycleKind.QUARTER
    cycles.enrol(session, wrong, company["ann"], by=act("hui"))

    cancellations.cancel(session, wrong, reason="模板选错了", by=act("hui"))

    known = streaks.of_person(session, company["ann"].key, wrong.ends_on)
    assert [one.total for one in running(rule, known)] == [Fraction("87.68")]


@pytest.mark.parametrize(
    ("grades", "reached"),
    [
        (["优秀", "良好"], True),
        (["待改进", "良好", "良好"], True),  # the last two years alone
        (["良好", "合格"], False),
        (["良好", "合格", "良好"], False),
        (["良好"], False),
        (["良好", None, "良好"], True),  # a year on leave neither counts nor ends it
    ],
)
def test_l003_19_who_was_good_or_better_in_the_last_two_years_may_apply_for_a_leading_post(grades, reached):
    scheme = schemes.read(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    (leading,) = [one for one in scheme.follow_ups if one.streak == "two_years_good"]
    (rule,) = [one for one in scheme.streaks if one.id == leading.streak]

    assert leading.kind is FollowUpKind.OFFER
    assert (len(running(rule, periods(grades, CycleKind.YEAR, date(2020, 1, 1)))) >= rule.n) is reached
