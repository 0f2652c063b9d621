"""Tests of engine.reviews.rulebook.goals: from the company over departments to people."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from engine.errors import Invalid
from engine.reviews.models import Department, GoalLevel
from engine.reviews.rulebook import goals
from engine.reviews.rulebook.goals import Given


@pytest.fixture
def handed(session, cycle, act):
    """Hand a goal down."""
    return lambda **given: goals.hand_down(session, cycle, Given(**given), by=act("hui"))


@pytest.fixture
def top(handed):
    """The company's goal: 1000 of revenue."""
    return handed(level=GoalLevel.COMPANY, indicator_id="sales_revenue", target="1000", unit="万元")


def below(top, company, target, share, **changed):
    given = {
        "level": GoalLevel.DEPARTMENT,
        "indicator_id": "sales_revenue",
        "target": target,
        "owner": object_session(company["ann"]).scalars(select(Department.key).where(Department.code == "sales")).one(),
        "parent_key": top.key,
        "share": share,
    }
    return {**given, **changed}


def test_l000_14_shares_are_totalled_for_each_goal_above_by_itself(session, cycle, company, handed, top):
    other = handed(level=GoalLevel.COMPANY, indicator_id="customer_referrals", target="50")
    handed(**below(top, company, "700", "70"))
    handed(**below(other, company, "5", "10", indicator_id="customer_referrals"))

    problems = list(goals.gaps(session, cycle))

    assert [(problem.where, problem.message.values["total"]) for problem in problems] == [
        (str(top.key), "70"),
        (str(other.key), "10"),
    ]


def test_thirds_add_up_exactly(session, cycle, company, handed, top):
    for _ in range(3):
        handed(**below(top, company, "100%", "100/3"))

    assert list(goals.gaps(session, cycle)) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"target": "600"}, "not-its-share"),
        ({"target": "some"}, "bad-quantity"),
        ({"unit": "元"}, "other-unit"),
        ({"share": ""}, "share"),
        ({"owner": None}, "owner"),
    ],
)
def test_a_goal_that_is_not_the_share_of_the_one_above_is_refused(company, handed, top, changed, code):
    with pytest.raises(Invalid) as refused:
        handed(**{**below(top, company, "700", "70"), **changed})

    assert code in {problem.code for problem in refused.value.problems}


def test_a_goal_of_a_higher_level_is_part_of_none_below(company, handed, top):
    personal = handed(**below(top, company, "500", "50", level=GoalLevel.PERSON, owner=company["ann"].key))

    with pytest.raises(Invalid, match="not part of a person's"):
        handed(**below(personal, company, "250", "50"))


def test_what_was_handed_down_to_somebody_is_what_the_draft_of_the_targets_begins_with(
    session, company, handed, top, review
):
    handed(**below(top, company, "500", "50", level=GoalLevel.PERSON, owner=company["ann"].key))

    assert goals.of_review(session, review) == {"sales_revenue": "500"}
