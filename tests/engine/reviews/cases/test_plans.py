"""Tests of engine.reviews.cases.plans: from the proposal to the outcome."""

from datetime import UTC, date, datetime

import pytest

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.cases import plans
from engine.reviews.cases.plans import Objective
from engine.reviews.models import Outcome, PlanState

TRAINING = "谈判训练 16 学时"
OBJECTIVES = [Objective("续约率达到 85%", "CRM 月报", "每周辅导一小时")]


@pytest.fixture
def plan(session, released, act):
    return plans.propose(session, released, grounds="连续两个月未达标", by=act("hui"))


@pytest.fixture
def observed(session, plan, company, act):
    plans.confirm(plan, reason="目标合理", by=act("hui"))
    plans.draft(session, plan, OBJECTIVES, mentor=company["pan"], training=TRAINING, by=act("sun"))
    plans.answer(session, plan, accepted=True, comment="", by=act("ann"))
    clock.pin(session, datetime(2025, 11, 30, 2, 0, tzinfo=UTC))
    plans.observe(session, plan)
    return plan


def test_w15_the_observation_from_the_end_of_november_ends_in_february(observed):
    assert (observed.starts_on, observed.ends_on) == (date(2025, 11, 30), date(2026, 2, 28))


def test_one_plan_at_a_time_and_hr_may_dismiss_a_proposal(session, plan, released, act):
    with pytest.raises(Conflict, match="not over"):
        plans.propose(session, released, grounds="x", by=act("hui"))

    plans.dismiss(plan, reason="targets were not reasonable", by=act("hui"))

    assert plan.state is PlanState.DISMISSED
    assert plans.propose(session, released, grounds="x", by=act("hui")).key != plan.key


def test_a_plan_needs_complete_objectives_and_a_mentor_who_is_another(session, plan, company, act):
    plans.confirm(plan, reason="目标合理", by=act("hui"))

    with pytest.raises(Invalid) as refused:
        plans.draft(session, plan, [Objective("x", "y", " ")], mentor=company["ann"], training=TRAINING, by=act("sun"))

    assert {(p.where, p.code) for p in refused.value.problems} == {
        ("objectives[0].support", "empty"),
        ("mentor", "own-mentor"),
    }


def test_e88_a_refusal_is_recorded_and_the_observation_goes_on(session, plan, company, act):
    plans.confirm(plan, reason="目标合理", by=act("hui"))
    plans.draft(session, plan, OBJECTIVES, mentor=company["pan"], training=TRAINING, by=act("sun"))
    with pytest.raises(Conflict, match="has not answered"):
        plans.observe(session, plan)

    plans.answer(session, plan, accepted=False, comment="不同意目标", by=act("ann"))
    plans.observe(session, plan, months=1)

    assert (plan.accepted, plan.answer, plan.state) == (False, "不同意目标", PlanState.OBSERVED)


def test_the_mentor_writes_notes_and_does_not_decide(session, observed, act):
    plans.note(session, observed, "完成两次客户谈判演练", by=act("pan"))
    with pytest.raises(Forbidden):
        plans.note(session, observed, "x", by=act("sun"))
    with pytest.raises(Forbidden):
        plans.assess(session, observed, Outcome.PASSED, reason="x", by=act("pan"))

    plans.assess(session, observed, Outcome.PASSED, reason="目标达成", by=act("sun"))

    assert (observed.state, observed.outcome) == (PlanState.ENDED, Outcome.PASSED)
    assert len(plans.notes_of(session, observed)) == 1


def test_e91_an_observation_is_extended_by_a_month_and_only_once(session, observed, act):
    first_end = observed.ends_on

    plans.assess(session, observed, Outcome.EXTENDED, reason="病假两周", by=act("sun"))
    with pytest.raises(Invalid, match="extended before"):
        plans.assess(session, observed, Outcome.EXTENDED, reason="再等等", by=act("hui"))

    assert (observed.state, observed.outcome) == (PlanState.OBSERVED, None)
    assert (first_end, observed.ends_on) == (date(2026, 2, 28), date(2026, 3, 30))  # 28 March is a Saturday
    assert (observed.extended_by, observed.extension_reason) == ("sun", "病假两周")
