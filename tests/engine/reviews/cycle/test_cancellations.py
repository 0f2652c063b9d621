"""Tests of engine.reviews.cycle.cancellations: a wrong cycle is given up, and nothing that was typed is lost."""

import pytest

from engine.bpmn import instances
from engine.bpmn.models import InstanceState
from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.cycle import cancellations, cycles
from engine.reviews.models import CycleState, GoalLevel, ReviewState
from engine.reviews.rating import raters, ratings
from engine.reviews.rulebook import goals
from engine.reviews.rulebook.goals import Given
from engine.reviews.signing import targets


@pytest.fixture
def cancelled(session, cycle, signed, given, act):
    """The cycle, cancelled after the targets were signed and one rater rated."""
    group, answers = given["sun"]
    ratings.submit(session, signed, group, answers, by=act("sun"))
    cancellations.cancel(session, cycle, reason="模板选错了", by=act("hui"))
    return cycle


def test_e62_a_cancelled_cycle_ends_its_processes_and_has_no_results(session, cancelled, signed):
    state = instances.get(session, signed.instance_key).state

    assert (cancelled.state, signed.state, state) == (
        CycleState.CANCELLED,
        ReviewState.CLOSED,
        InstanceState.TERMINATED,
    )
    assert signed.closing_reason == "hui: 模板选错了"


def test_e62_the_cycle_that_takes_its_place_has_its_people_raters_and_what_they_typed(
    session, cycle, cancelled, signed, act
):
    again = cancellations.draft_again(
        session, cancelled, label="2025 Q3 (2)", template_key=cycle.template_key, by=act("hui")
    )
    (review,) = cycles.launch(session, again, by=act("hui"))

    asked = {(rater.group_id, rater.person_key) for rater in raters.of_review(session, review)}
    before = cancellations.replaced(session, review)
    assert asked == {(rater.group_id, rater.person_key) for rater in raters.of_review(session, signed)}
    assert cancellations.targets_before(session, review)["sales_revenue"] == "500"
    assert targets.of_review(session, review) is None
    assert len(ratings.of_review(session, before)) == 4


def test_e62_goals_come_along_with_those_above_them(session, cycle, company, act):
    top = goals.hand_down(
        session, cycle, Given(level=GoalLevel.COMPANY, indicator_id="sales_revenue", target="1000"), by=act("hui")
    )
    share = Given(
        level=GoalLevel.PERSON,
        indicator_id="sales_revenue",
        target="500",
        owner=company["ann"].key,
        parent_key=top.key,
        share="50",
    )
    goals.hand_down(session, cycle, share, by=act("hui"))
    cancellations.cancel(session, cycle, reason="重来", by=act("hui"))

    again = cancellations.draft_again(session, cycle, label="again", template_key=cycle.template_key, by=act("hui"))

    above, below = goals.of_cycle(session, again)
    assert (above.target, below.target, below.parent_key) == ("1000", "500", above.key)


def test_a_cycle_is_cancelled_by_hr_with_a_reason_and_not_once_results_are_released(session, cycle, released, act):
    with pytest.raises(Forbidden):
        cancellations.cancel(session, cycle, reason="x", by=act("sun"))
    with pytest.raises(Conflict, match="results are released"):
        cancellations.cancel(session, cycle, reason="x", by=act("hui"))


def test_a_cycle_that_nobody_cancelled_is_not_drafted_again(session, cycle, act):
    with pytest.raises(Invalid):
        cancellations.cancel(session, cycle, reason=" ", by=act("hui"))
    with pytest.raises(Conflict, match="not cancelled"):
        cancellations.draft_again(session, cycle, label="again", template_key=cycle.template_key, by=act("hui"))
