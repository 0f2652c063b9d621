"""Tests of engine.reviews.plans.triggers: the five rules of W-13 as the shipped decision tables say them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine import clock
from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.consequences import reruns
from engine.reviews.cycle import cycles
from engine.reviews.models import (
    Appeal,
    CycleKind,
    CycleState,
    FollowUpKind,
    FollowUpState,
    Outcome,
    PlanState,
    Result,
    Review,
    ReviewState,
    Verdict,
)
from engine.reviews.organisation import people
from engine.reviews.plans import consequences, endings, gates, plans, statements, triggers
from engine.reviews.plans.plan_rules import PlanRules, read
from engine.reviews.plans.triggers import Opens
from engine.reviews.release import results

TABLES = Path(__file__).parents[4] / "processes" / "pip-observation" / "pip-triggers.dmn"
LAST = {1: 31, 2: 28, 3: 31, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


@pytest.fixture
def rated(session, company, cycle, act):
    """Let ann have been rated in another cycle; its rules are those given, its superior sun unless another is named."""
    found = deployments.read([Resource(TABLES.name, TABLES.read_bytes())], by=SYSTEM)
    deployments.deploy(session, found, by=SYSTEM)

    def rate(
        label, first, last, total, grade="合格", *, rules=None, superior="sun", kind=CycleKind.MONTH, on_leave=False
    ):
        row = cycles.draft(
            session,
            label=label,
            starts_on=first,
            ends_on=last,
            template_key=cycle.template_key,
            by=act("hui"),
        )
        row.kind = kind
        triggers.choose(session, row, rules or PlanRules(), by=act("hui"))
        row.state, row.released_at = CycleState.LAUNCHED, clock.now(session)
        review = Review(
            cycle_key=row.key,
            appraisee_key=company["ann"].key,
            superior_key=company[superior].key,
            department_key=people.department(session, "sales").key,
            state=ReviewState.CLOSED if on_leave else ReviewState.RELEASED,
        )
        session.add(review)
        session.flush()
        if not on_leave:
            give(session, review, total, grade)
        return review

    return rate


def give(session, review, total, grade, version=1):
    session.add(
        Result(
            review_key=review.key,
            version=version,
            template_key=cycles.found(session, review.cycle_key).template_key,
            total=total,
            figures={},
            grade=grade,
            computed_by="hui",
            computed_at=clock.now(session),
            released_at=clock.now(session),
        )
    )
    session.flush()


@pytest.fixture
def month(rated):
    def rate(year, number, total, **more):
        return rated(f"{year}-{number:02}", date(year, number, 1), date(year, number, LAST[number]), total, **more)

    return rate


@pytest.fixture
def quarter(rated):
    def rate(grade, **more):
        return rated("2025 Q4", date(2025, 10, 1), date(2025, 12, 31), "65", grade, kind=CycleKind.QUARTER, **more)

    return rate


def opened(session, review):
    found = triggers.find(session, review)
    return found.opens if found else None


@pytest.mark.parametrize(
    ("trigger", "mapping", "opens"),
    [
        ("000", {}, None),
        ("000", {"待改进": "D"}, Opens.PLAN),
        ("000", {"待改进": "E"}, Opens.PLAN),
        ("000", {"待改进": "C"}, None),
        ("001", {"待改进": "B"}, Opens.ABILITY),
        ("001", {"待改进": "C"}, None),
        ("002", {"待改进": "C"}, Opens.PLAN),
        ("002", {}, None),
    ],
)
def test_w13_x03_a_grade_opens_something_only_by_its_mapping(session, quarter, trigger, mapping, opens):
    review = quarter("待改进", rules=PlanRules(trigger=f"pip-trigger-{trigger}", mapping=mapping))

    assert opened(session, review) is opens


RULE_003 = PlanRules(trigger="pip-trigger-003")


@pytest.mark.parametrize(
    ("totals", "opens"),
    [(("100", "90", "99.99"), Opens.PLAN), (("90", "100", "90"), None), (("90", "90", "100"), None)],
)
def test_w13_two_months_in_a_row_under_target_open_a_plan(session, month, totals, opens):
    reviews = [month(2025, number, total, rules=RULE_003) for number, total in zip((7, 8, 9), totals, strict=True)]

    assert opened(session, reviews[-1]) is opens


def test_w13_the_streak_crosses_the_year_and_a_month_on_leave_neither_counts_nor_resets(session, month):
    month(2025, 11, "90")
    month(2025, 12, "", on_leave=True)

    assert opened(session, month(2026, 1, "90", rules=RULE_003)) is Opens.PLAN


def test_w13_document_004_gives_no_number_so_the_cycle_must(session, cycle, quarter, rated, act):
    with pytest.raises(Invalid) as refused:
        triggers.choose(session, cycle, PlanRules(trigger="pip-trigger-004"), by=act("hui"))
    with pytest.raises(Invalid) as unknown:
        triggers.choose(session, cycle, PlanRules(trigger="pip-trigger-999"), by=act("hui"))

    rules = PlanRules(trigger="pip-trigger-004", repeated=2, target=Decimal(70))
    rated("2025 Q3 b", date(2025, 7, 1), date(2025, 9, 30), "69", kind=CycleKind.QUARTER)

    assert [problem.where for problem in refused.value.problems] == ["plans/repeated"]
    assert [problem.code for problem in unknown.value.problems] == ["unknown-decision"]
    assert opened(session, quarter("待改进", rules=rules)) is Opens.PLAN


def test_x03_rules_that_are_not_written_as_such_are_refused_with_their_places():
    with pytest.raises(Invalid) as refused:
        read({"trigger": 3, "repeated": 0, "rank": 10})

    assert {problem.where for problem in refused.value.problems} == {"plans/trigger", "plans/repeated", "plans/rank"}


def test_e82_two_triggers_at_once_give_one_plan_with_two_grounds(session, month, quarter, act):
    month(2025, 11, "90")
    by_month = month(2025, 12, "90", rules=RULE_003)
    by_grade = quarter("待改进", rules=PlanRules(trigger="pip-trigger-002", mapping={"待改进": "C"}))

    first = triggers.propose(session, by_month, by=act("hui"))
    second = triggers.propose(session, by_grade, by=act("hui"))
    again = triggers.propose(session, by_grade, by=act("hui"))

    assert first is second
    assert again is None
    assert [ground.rule for ground in plans.grounds_of(session, first)] == ["pip-trigger-003", "pip-trigger-002"]


def test_e83_superiors_of_both_months_state_what_they_saw(session, month, act):
    month(2025, 12, "90", superior="dai")
    plan = triggers.propose(session, month(2026, 1, "90", rules=RULE_003), by=act("hui"))

    with pytest.raises(Forbidden):
        statements.give(session, plan, "没有带过", by=act("pan"))
    for name in ("dai", "sun"):
        statements.give(session, plan, f"{name} 看到的情况", by=act(name))
    with pytest.raises(Conflict, match="already"):
        statements.give(session, plan, "再说一遍", by=act("sun"))

    assert [one.username for one in statements.witnesses(session, plan)] == ["sun", "dai"]
    assert [one.text for one in statements.of_plan(session, plan)] == ["dai 看到的情况", "sun 看到的情况"]


def test_e84_a_period_that_lies_within_a_plan_opens_no_other(session, month, quarter, act):
    month(2025, 8, "90")
    plan = triggers.propose(session, month(2025, 9, "90", rules=RULE_003), by=act("hui"))
    plan.state, plan.starts_on = PlanState.OBSERVED, date(2025, 10, 1)

    by_grade = quarter("待改进", rules=PlanRules(trigger="pip-trigger-002", mapping={"待改进": "C"}))

    assert triggers.propose(session, by_grade, by=act("hui")) is None
    assert len(plans.grounds_of(session, plan)) == 1


def test_e89_a_relapse_takes_a_new_trigger_and_names_the_plan_before(session, month, act):
    first = plans.begin(session, month(2025, 3, "90"), plans.Ground("x"), by=act("hui"))
    first.starts_on = date(2025, 4, 1)
    endings.settle(session, first, Outcome.PASSED, reason="提前达到", by=act("hui"))
    month(2025, 7, "90")

    used = triggers.propose(session, month(2025, 8, "90", rules=RULE_003), by=act("hui"))
    again = triggers.propose(session, month(2025, 9, "90", rules=RULE_003), by=act("hui"))

    assert used is None
    assert again is not None
    assert again.follows_key == first.key


@pytest.mark.parametrize(("lookback", "relapse"), [(2, False), (3, True)])
def test_e89_how_long_a_passed_plan_is_looked_back_on_is_the_cycles_to_say(session, month, act, lookback, relapse):
    first = plans.begin(session, month(2025, 3, "90"), plans.Ground("x"), by=act("hui"))
    first.starts_on = date(2025, 4, 1)
    endings.settle(session, first, Outcome.PASSED, reason="提前达到", by=act("hui"))
    month(2025, 8, "90")
    clock.pin(session, datetime(2025, 10, 1, 1, tzinfo=UTC))  # three months after the first of July

    rules = PlanRules(trigger="pip-trigger-003", lookback=lookback)
    again = triggers.propose(session, month(2025, 9, "90", rules=rules), by=act("hui"))

    assert again is not None
    assert again.follows_key == (first.key if relapse else None)


def test_rank_alone_opens_nothing(session, quarter):
    """The tables know grades and totals against targets; no figure of a rank reaches them (Guiding Case 18)."""
    lowest = quarter("待改进", rules=PlanRules(trigger="pip-trigger-003"))

    assert opened(session, lowest) is None


def test_a_dismissed_proposal_is_not_made_again_on_the_same_results(session, month, act):
    month(2025, 11, "90")
    review = month(2025, 12, "90", rules=RULE_003)
    plan = triggers.propose(session, review, by=act("hui"))

    gates.dismiss(session, plan, reason="目标偏高", by=act("hui"))

    assert triggers.propose(session, review, by=act("hui")) is None


def test_hr_lets_the_rule_of_a_cycle_propose_and_nobody_else_does(session, month, act):
    month(2025, 11, "90")
    review = month(2025, 12, "90", rules=RULE_003)
    row = cycles.found(session, review.cycle_key)

    with pytest.raises(Forbidden):
        triggers.propose_in(session, row, by=act("sun"))
    found = triggers.propose_in(session, row, by=act("hui"))

    assert [plan.review_key for plan in found] == [review.key]


def test_e79_an_annulled_grade_voids_the_plan_and_a_correction_that_still_meets_the_rule_does_not(session, month, act):
    month(2025, 11, "90")
    review = month(2025, 12, "90", rules=RULE_003)
    plan = triggers.propose(session, review, by=act("hui"))

    give(session, review, "95", "合格", version=2)
    (kept,) = consequences.result_changed(session, review, by=SYSTEM)
    state = plan.state
    (voided,) = consequences.result_changed(session, review, by=SYSTEM, annulled=True)

    assert (kept.voided, state) == (False, PlanState.PROPOSED)
    assert (voided.voided, plan.state, plan.outcome) == (True, PlanState.ENDED, Outcome.VOIDED)
    assert not endings.is_running(session, plan)


def test_e79_a_panel_that_is_not_hr_voids_the_plan_by_its_decision(session, month, act):
    month(2025, 11, "90")
    review = month(2025, 12, "90", rules=RULE_003)
    plan = triggers.propose(session, review, by=act("hui"))

    (voided,) = consequences.result_changed(session, review, by=act("pan"), annulled=True)

    assert (voided.voided, plan.outcome, plan.decided_by) == (True, Outcome.VOIDED, "pan")


def test_e73_a_correction_that_lifts_the_month_over_its_target_voids_the_plan(session, month, act):
    month(2025, 11, "90")
    review = month(2025, 12, "90", rules=RULE_003)
    plan = triggers.propose(session, review, by=act("hui"))

    give(session, review, "100", "优秀", version=2)
    consequences.result_changed(session, review, by=SYSTEM)

    assert plan.outcome is Outcome.VOIDED


def test_l004_04_a_team_below_target_has_a_plan_that_its_head_answers_for(session, rated, act):
    rules = PlanRules(trigger="pip-trigger-002", mapping={"待改进": "C"})
    review = rated("团队 Q4", date(2025, 10, 1), date(2025, 12, 31), "65", "待改进", rules=rules, kind=CycleKind.TEAM)

    plan = triggers.propose(session, review, by=act("hui"))

    assert plan.department_key == review.department_key
    assert plan.appraisee_key == review.appraisee_key


RULE_001 = PlanRules(trigger="pip-trigger-001", mapping={"待改进": "B"})


def test_l001_31_the_rule_of_document_001_proposes_an_ability_plan_once_and_no_pip(session, quarter, act):
    review = quarter("待改进", rules=RULE_001)

    (made,) = triggers.propose_in(session, cycles.found(session, review.cycle_key), by=act("hui"))
    again = triggers.propose(session, review, by=act("hui"))

    assert (made.kind, made.state, made.grounds) == (FollowUpKind.DUTY, FollowUpState.PROPOSED, "等级 B (001) Grade B")
    assert [(one["id"], one["count"]) for one in made.rule["exercises"]] == [("negotiation", 5)]
    assert again is None
    assert plans.running_of(session, review.appraisee_key) is None


def test_an_ability_plan_is_withdrawn_when_the_corrected_grade_opens_it_no_more(session, quarter, act):
    review = quarter("待改进", rules=RULE_001)
    made = triggers.propose(session, review, by=act("hui"))
    before = results.expected(session, review)

    give(session, review, "85", "合格", version=2)
    reruns.rerun(session, review, before, results.expected(session, review), by=SYSTEM)

    assert made.state is FollowUpState.WITHDRAWN


def appealed(session, review, **more):
    row = Appeal(
        review_key=review.key,
        result_key=results.expected(session, review).key,
        grounds="x",
        items=[],
        remedy="y",
        lodged_by="ann",
        lodged_at=clock.now(session),
        **more,
    )
    session.add(row)
    session.flush()
    return row


def test_what_is_rated_again_to_no_effect_stands_and_proposes_what_its_rule_says(session, quarter):
    review = quarter("待改进", rules=PlanRules(trigger="pip-trigger-000", mapping={"待改进": "D"}))
    appeal = appealed(session, review, verdict=Verdict.REEVALUATED)

    consequences.appeal_ended(session, appeal, by=SYSTEM)

    running = plans.running_of(session, review.appraisee_key)
    assert running is not None
    assert running.review_key == review.key


def test_an_appeal_against_any_result_that_a_ground_rests_on_is_seen_at_the_gate(session, month, act):
    first = month(2025, 11, "90")
    plan = triggers.propose(session, month(2025, 12, "90", rules=RULE_003), by=act("hui"))
    before = gates.look(session, plan).appealed

    appealed(session, first)

    assert (before, gates.look(session, plan).appealed) == (False, True)


def test_e84_who_may_know_of_the_plan_reads_that_the_period_lies_within_it_and_nobody_else(session, month, act):
    month(2025, 8, "90")
    plan = triggers.propose(session, month(2025, 9, "90", rules=RULE_003), by=act("hui"))
    plan.state, plan.starts_on, plan.ends_on = PlanState.OBSERVED, date(2025, 10, 1), date(2025, 12, 31)
    within, before = month(2025, 10, "80"), month(2025, 3, "80")

    told = {name: plans.during(session, within, by=act(name)) for name in ("ann", "sun", "hui", "pan", "fan")}

    assert {name: [one.key for one in found] for name, found in told.items()} == {
        "ann": [plan.key],
        "sun": [plan.key],
        "hui": [plan.key],
        "pan": [],
        "fan": [],
    }
    assert plans.during(session, before, by=act("hui")) == []


def test_w13_a_table_that_hr_edits_applies_to_the_cycles_that_choose_it_since(session, month):
    before = month(2025, 8, "90", rules=RULE_003)
    edited = TABLES.read_bytes().replace(b"&gt;= 2", b"&gt;= 1")
    deployments.deploy(session, deployments.read([Resource(TABLES.name, edited)], by=SYSTEM), by=SYSTEM)

    found = [opened(session, before), opened(session, month(2025, 9, "90", rules=RULE_003))]

    assert found == [None, Opens.PLAN]


def test_e84_a_void_plan_is_no_note_beside_a_grade(session, month, act):
    month(2025, 8, "90")
    plan = triggers.propose(session, month(2025, 9, "90", rules=RULE_003), by=act("hui"))
    plan.state, plan.starts_on, plan.ends_on = PlanState.OBSERVED, date(2025, 10, 1), date(2025, 12, 31)
    within = month(2025, 10, "80")

    endings.close(session, plan, Outcome.VOIDED, reason="等级撤销", by=act("hui"))

    assert plans.during(session, within, by=act("hui")) == []
