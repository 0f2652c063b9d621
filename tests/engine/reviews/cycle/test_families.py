"""Tests of cycles that belong together: months in a quarter, split periods, teams, pilots."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from engine import clock
from engine.errors import Conflict, Invalid
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles, families, reviews
from engine.reviews.cycle.families import Relations
from engine.reviews.models import CycleKind, Result, ReviewState, Treatment
from engine.reviews.organisation import employments
from engine.reviews.rating import ratings
from engine.reviews.release import results
from engine.reviews.rulebook.rules import Absent, PeriodShare
from engine.reviews.scores.quantities import rounded
from engine.reviews.scores.recomputations import differences

OWN = Fraction(7, 10) * (Fraction("60.2") + Fraction(15 * 88, 85) + Fraction(15 * 92, 95)) + Fraction("24.5")
"""The total of the quarter's own scorecard, before rounding: 87.68 of issue 2."""


@pytest.fixture
def mended(mended):
    """The rules of a quarter that is composed of its months and of itself."""
    shares = (
        PeriodShare(id="month", name="月度", name_en="Months", weight=Fraction(30)),
        PeriodShare(id="quarter", name="季度", name_en="Quarter", weight=Fraction(70)),
    )
    return replace(mended, periods=shares, absent_periods=Absent.TO_OTHERS)


@pytest.fixture
def month(session, cycle, company, act):
    """Make a month of ann's within the quarter, with a released total or none."""

    def make(label, number, total, *, state=ReviewState.RELEASED, relations=None, who="ann"):
        row = cycles.draft(
            session,
            label=label,
            starts_on=date(2025, number, 1),
            ends_on=date(2025, number, 30),
            template_key=cycle.template_key,
            by=act("hui"),
        )
        families.relate(session, row, relations or Relations(kind=CycleKind.MONTH, parent_key=cycle.key), by=act("hui"))
        review = cycles.enrol(session, row, company[who], by=act("hui"))
        review.state = state
        review.department_key = employments.department_of(session, company[who].key, row.starts_on).key
        if total is not None:
            session.add(released(session, review, row.template_key, total))
            session.flush()
        return review

    return make


def released(session, review, template_key, total, version=1):
    return Result(
        review_key=review.key,
        version=version,
        template_key=template_key,
        total=total,
        figures={"name": "total", "value": total},
        computed_by="hui",
        computed_at=clock.now(session),
        released_at=clock.now(session),
    )


@pytest.fixture
def rated(session, measured, given, act):
    """The quarter's review with everything but its total."""
    for username, (group, answers) in given.items():
        ratings.submit(session, measured, group, answers, by=act(username))
    return measured


def composed(mean):
    return rounded(Fraction(mean) * Fraction(3, 10) + OWN * Fraction(7, 10), 2)


def test_l002_34_a_quarter_is_composed_of_the_months_that_exist_and_of_itself(session, rated, month):
    month("2025-07", 7, "80.00")
    month("2025-08", 8, None, state=ReviewState.CLOSED)
    month("2025-09", 9, "90.00")

    result = results.compute(session, rated, by=SYSTEM)

    months = result.figures["inputs"][0]["inputs"][0]
    assert Decimal(result.total) == composed(85)
    assert [part["label"] for part in months["inputs"]] == ["2025-07 v1", "2025-09 v1"]
    assert differences(result.figures) == []


def test_the_result_in_force_counts_and_a_correction_takes_its_place(session, cycle, rated, month):
    part = month("2025-07", 7, "80.00")
    session.add(released(session, part, cycle.template_key, "82.00", version=2))

    result = results.compute(session, rated, by=SYSTEM)

    assert Decimal(result.total) == composed(82)


def test_a_month_that_still_runs_blocks_and_is_named(session, rated, month):
    month("2025-07", 7, "80.00")
    month("2025-08", 8, None, state=ReviewState.RUNNING)

    with pytest.raises(Invalid) as refused:
        results.compute(session, rated, by=SYSTEM)

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [("2025-08", "not-released")]


def test_a_month_in_which_somebody_only_set_targets_does_not_exist_and_blocks_nothing(session, rated, month):
    month("2025-07", 7, "80.00")
    month("2025-08", 8, None, state=ReviewState.RUNNING).treatment = Treatment.TARGETS_ONLY

    result = results.compute(session, rated, by=SYSTEM)

    assert Decimal(result.total) == composed(80)


def test_l003_24_l003_30_l001_28_a_pilot_is_scored_and_counts_nowhere(session, cycle, rated, month):
    month("2025-07", 7, "10.00", relations=Relations(kind=CycleKind.MONTH, parent_key=cycle.key, pilot=True))

    result = results.compute(session, rated, by=SYSTEM)

    assert Decimal(result.total) == rounded(OWN, 2)
    assert result.figures["inputs"][0]["absent"] == ["month"]


def test_e09_two_scorecards_of_one_month_are_weighed_by_their_days(session, rated, month, act):
    before, after = month("2025-09 sales", 9, "80.00"), month("2025-09 product", 9, "90.00")
    reviews_split(session, act, before, after)

    result = results.compute(session, rated, by=SYSTEM)

    split = result.figures["inputs"][0]["inputs"][0]
    assert split["formula"] == "(split_1 * days_1 + split_2 * days_2) / (days_1 + days_2)"
    assert Decimal(result.total) == composed(Fraction(80 * 10 + 90 * 20, 30))


def reviews_split(session, act, before, after):
    for review in (before, after):
        review.state = ReviewState.RUNNING
    reviews.cover(session, before, date(2025, 9, 1), date(2025, 9, 10), by=act("hui"))
    reviews.cover(session, after, date(2025, 9, 11), date(2025, 9, 30), by=act("hui"))
    with pytest.raises(Invalid, match="days do not fit"):
        reviews.cover(session, after, date(2025, 9, 11), date(2025, 10, 1), by=act("hui"))


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ((CycleKind.MONTH, date(2025, 6, 1)), "outside-parent"),
        ((CycleKind.YEAR, date(2025, 7, 1)), "not-shorter"),
        ((CycleKind.SPECIAL, date(2025, 7, 1)), "not-shorter"),
    ],
)
def test_only_a_shorter_period_within_it_is_part_of_a_cycle(session, cycle, act, part, code):
    kind, first = part
    dates = {"starts_on": first, "ends_on": date(2025, 7, 31)}
    row = cycles.draft(session, label="part", **dates, template_key=cycle.template_key, by=act("hui"))

    with pytest.raises(Invalid) as refused:
        families.relate(session, row, Relations(kind=kind, parent_key=cycle.key), by=act("hui"))

    assert [problem.code for problem in refused.value.problems] == [code]


def drafted(session, cycle, act, label, relations):
    dates = {"starts_on": date(2025, 7, 1), "ends_on": date(2025, 7, 31)}
    row = cycles.draft(session, label=label, **dates, template_key=cycle.template_key, by=act("hui"))
    families.relate(session, row, relations, by=act("hui"))
    return row


def test_l002_04_l004_02_a_special_task_has_stages_and_a_stage_belongs_to_nothing_else(session, cycle, act):
    task = drafted(session, cycle, act, "双十一", Relations(kind=CycleKind.SPECIAL))

    stages = [
        drafted(session, cycle, act, name, Relations(kind=CycleKind.STAGE, parent_key=task.key))
        for name in ("预售", "爆发", "返场")
    ]

    assert [stage.parent_key for stage in stages] == [task.key] * 3
    with pytest.raises(Invalid, match="does not fit"):
        drafted(session, cycle, act, "stray", Relations(kind=CycleKind.STAGE, parent_key=cycle.key))


def test_l001_28_a_pilot_of_teams_counts_for_nobody_outside_a_pilot(session, cycle, act):
    pilot = drafted(session, cycle, act, "pilot", Relations(kind=CycleKind.NEW_TEAM, pilot=True))

    with pytest.raises(Invalid) as refused:
        families.relate(session, cycle, Relations(team_cycle_key=pilot.key), by=act("hui"))

    assert [problem.code for problem in refused.value.problems] == ["pilot"]


@pytest.mark.parametrize("kind", CycleKind)
def test_l004_01_l004_03_a_cycle_is_of_each_kind_that_the_documents_name(session, cycle, act, kind):
    families.relate(session, cycle, Relations(kind=kind), by=act("hui"))

    (review,) = cycles.launch(session, cycle, by=act("hui"))

    assert {kind.value for kind in CycleKind} >= {"month", "quarter", "half", "year", "special", "team", "new-team"}
    assert (cycle.kind, review.state) == (kind, ReviewState.RUNNING)


def test_e13_a_cut_off_lies_within_the_period(session, cycle, act):
    with pytest.raises(Invalid, match="does not fit"):
        families.relate(session, cycle, Relations(cut_off=date(2025, 10, 1)), by=act("hui"))


def test_no_cycle_is_part_of_itself_nor_shorter_than_its_parts(session, cycle, month, act):
    month("2025-07", 7, None)

    with pytest.raises(Invalid) as refused:
        families.relate(session, cycle, Relations(kind=CycleKind.MONTH, parent_key=cycle.key), by=act("hui"))

    assert {problem.code for problem in refused.value.problems} == {"own-parent", "has-parts"}


def test_a_launched_cycle_keeps_its_relations(session, cycle, review, act):
    with pytest.raises(Conflict):
        families.relate(session, cycle, Relations(), by=act("hui"))


class TestTeams:
    """Team 70, person 30."""

    @pytest.fixture
    def mended(self, mended):
        return replace(mended, periods=(), team_weight=Fraction(70))

    def test_the_total_of_the_department_counts_for_its_people(self, session, cycle, rated, month):
        team = month("Q3 teams", 9, "80.00", relations=Relations(kind=CycleKind.TEAM), who="dai")
        cycle.team_cycle_key = team.cycle_key

        result = results.compute(session, rated, by=SYSTEM)

        assert Decimal(result.total) == rounded(80 * Fraction(7, 10) + OWN * Fraction(3, 10), 2)
        assert differences(result.figures) == []

    def test_without_the_teams_total_there_is_none(self, session, rated):
        with pytest.raises(Invalid, match="team cycle"):
            results.compute(session, rated, by=SYSTEM)
