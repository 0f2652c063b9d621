"""Tests of superiors who are gone when something is still theirs to do: it goes on under whoever follows."""

from datetime import date

import pytest
from changing import apply, complete, entered
from demonstration import MINUTES, RATINGS, column
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Invalid
from engine.reviews.changes import records
from engine.reviews.models import ChangeKind, RaterState
from engine.reviews.organisation import employments, people
from engine.reviews.rating import raters, ratings

TODAY = date(2025, 9, 22)
LOWERED = {"factor": "0.80", "indicators": ["sales_revenue"], "effective_on": date(2025, 9, 1)}
FOLLOWS = {"to": "he.ping", "effective_on": TODAY, "reason": "李娜离职"}


@pytest.fixture
def rated(demonstration):
    """Zhang Wei's review with its total."""
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    return demonstration


@pytest.fixture
def lowered(rated):
    """The same with a lower target, which Zhang Wei has not signed: Li Na's ratings are stale."""
    key = entered(rated, ChangeKind.TARGETS, **LOWERED)
    apply(rated, key, "apply")
    return key


def gone(username):
    """Let somebody's employment have ended yesterday."""
    with db.transaction() as session:
        employments.spell_of(session, people.named(session, username).key, TODAY).valid_until = date(2025, 9, 21)


def preview(key):
    with db.reading() as session:
        return records.found(session, key).preview


def confirm(key, username):
    """Rate in the task in which a change asks to confirm."""
    with db.transaction() as session:
        who = identity.identity_of(session, username)
        mine = select(UserTask).where(UserTask.element_id == "confirm_changed_rating")
        task = session.scalars(mine.where(UserTask.state == TaskState.CREATED, tasks.visible_to(who))).one()
        shown = tasks.paper(session, task.key, by=who).variables["ratings"]
        given = column("rating", RATINGS["superior"])
        rows = [{"indicator": row["indicator"], "evidence": "以记录为准", **given[row["indicator"]]} for row in shown]
        tasks.complete(session, task.key, by=who, variables={"ratings": rows})


def test_a_stale_rating_of_somebody_who_has_left_is_settled_by_the_successor_and_released(rated, lowered):
    gone("li.na")

    key = entered(rated, ChangeKind.LEAVER, "li.na", **FOLLOWS)
    (about_zhang,) = [one for one in preview(key) if one["effects"]["notes"] == ["stale-left"]]
    apply(rated, key, *[_first(one) for one in preview(key)])
    complete(lowered, "zhang.wei", outcome="signed", confirmed=True)
    confirm(lowered, "he.ping")
    rated.release()

    assert about_zhang["choices"] == ["hand-over", "keep"]
    with db.reading() as session:
        review = rated.review(session)
        there = raters.of_review(session, review, raters.SUPERIOR)
        assert [one.state for one in there] == [RaterState.SUBMITTED] * 2
        assert {one.given_by for _, one in ratings.of_review(session, review)} >= {"li.na", "he.ping"}
        assert rated.task(session, "hold_interview", "he.ping")


def test_whoever_is_there_confirms_before_another_takes_over(rated, lowered):
    key = entered(rated, ChangeKind.SUPERIOR, **FOLLOWS)

    told = preview(key)[-1]
    assert (told["choices"], told["effects"]["notes"]) == (["keep"], ["stale"])


def test_what_a_change_asks_of_the_superior_goes_along_to_the_successor(rated, lowered):
    complete(lowered, "zhang.wei", outcome="signed", confirmed=True)
    gone("li.na")

    key = entered(rated, ChangeKind.SUPERIOR, **FOLLOWS)
    told = preview(key)[-1]["effects"]["tasks"]
    apply(rated, key, *[_first(one) for one in preview(key)])

    assert [(one["element"], one["from"], one["to"]) for one in told] == [
        ("confirm_changed_rating", "li.na", "he.ping")
    ]
    confirm(lowered, "he.ping")
    rated.release()


def test_after_the_release_the_interview_goes_to_the_successor_and_nobody_rates_again(rated):
    rated.release()

    key = entered(rated, ChangeKind.SUPERIOR, to="he.ping", effective_on=date(2025, 10, 8))
    (told,) = [one for one in preview(key) if one["part"] == "superior"]
    apply(rated, key, *[_first(one) for one in preview(key)])

    assert told["choices"] == ["hand-over", "keep"]
    assert told["effects"]["raters"] == []
    rated.do("he.ping", "hold_interview", heldOn="2025-09-22", **MINUTES)
    rated.do("zhang.wei", "confirm_minutes", confirmed=True)
    with db.reading() as session:
        assert len(raters.of_review(session, rated.review(session), raters.SUPERIOR)) == 1


def test_after_the_period_a_superior_is_followed_but_no_days_are_split(rated):
    key = entered(rated, ChangeKind.SUPERIOR, to="he.ping", effective_on=date(2025, 10, 8))

    assert preview(key)[-1]["choices"] == ["hand-over", "both", "keep"]
    with pytest.raises(Invalid) as refused:
        entered(rated, ChangeKind.TARGETS, **{**LOWERED, "effective_on": date(2025, 10, 8)})
    assert [one.code for one in refused.value.problems] == ["outside-period"]


def _first(told):
    return told["choices"][0]


@pytest.mark.parametrize(("to", "stands_there"), [("zhou.jie", "zhou.jie"), ("li.na", "gao.yuan"), (None, None)])
def test_who_follows_a_second_level_stands_there_unless_they_lead_the_review(rated, to, stands_there):
    key = entered(rated, ChangeKind.LEAVER, "wang.qiang", to=to, effective_on=TODAY)

    (told,) = [one for one in preview(key) if one["part"] == "second" and one["person"] == zhang(rated)]
    assert (told["effects"]["from"], told["effects"]["to"]) == ("wang.qiang", stands_there)
    assert told["effects"]["notes"] == ([] if stands_there else ["nobody-follows"])


def test_where_the_successor_cannot_lead_nobody_else_stands_above_the_superior(rated):
    key = entered(rated, ChangeKind.SUPERIOR, to="chen.jing", effective_on=TODAY)

    told = {one["part"]: (one["choices"], one["effects"]["to"], one["effects"]["notes"]) for one in preview(key)}
    assert told == {
        "second": (["keep"], "wang.qiang", []),
        "superior": (["keep"], "li.na", ["rates-already"]),
    }


def zhang(demonstration):
    with db.reading() as session:
        return str(demonstration.review(session).appraisee_key)
