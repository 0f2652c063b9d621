"""Tests of a named rater who is gone: a substitute takes the place, or it goes back to whoever names one."""

from datetime import date

import pytest
from changing import apply, entered
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import drafts
from engine.bpmn.models import TaskDraft, TaskState, UserTask
from engine.errors import Invalid
from engine.reviews.changes import records
from engine.reviews.models import ChangeKind, RaterState
from engine.reviews.organisation import people
from engine.reviews.rating import raters

TODAY = date(2025, 9, 22)


@pytest.fixture
def rating_open(demonstration):
    """Zhang Wei's review in the evaluation: nobody has rated."""
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.do("sun.lei", "confirm_actuals", decision="confirm")
    return demonstration


def cross_raters(demonstration):
    with db.reading() as session:
        rows = raters.of_review(session, demonstration.review(session), "cross")
        return {people.by_key(session, one.person_key).username: one.state for one in rows}


def open_of(demonstration, element):
    with db.reading() as session:
        instance = demonstration.review(session).instance_key
        held = select(UserTask).where(UserTask.root_key == instance, UserTask.state == TaskState.CREATED)
        return sorted(str(one.assignee) for one in session.scalars(held.where(UserTask.element_id == element)))


def choices_of(demonstration, key):
    """Return what may become of Zhang Wei's item of a change, and the number of items."""
    with db.reading() as session:
        review = str(demonstration.review(session).key)
        preview = records.found(session, key).preview
        return next(one["choices"] for one in preview if one["review"] == review), len(preview)


def test_e06_a_substitute_takes_the_task_and_no_draft_of_an_anonymous_rater_goes_along(rating_open):
    with db.transaction() as session:
        task = rating_open.task(session, "cross_evaluation", "liu.yang")
        drafts.save(session, task.key, {"ratings": []}, by=identity.identity_of(session, "liu.yang"))

    key = entered(rating_open, ChangeKind.RATER, "liu.yang", to="zheng.hao", effective_on=TODAY)
    choices, items = choices_of(rating_open, key)
    apply(rating_open, key, *["hand-over"] * items)

    assert choices == ["hand-over", "apply", "keep"]
    assert open_of(rating_open, "cross_evaluation") == ["chen.jing", "zheng.hao"]
    assert cross_raters(rating_open) == {
        "chen.jing": RaterState.ASKED,
        "liu.yang": RaterState.DECLINED,
        "zheng.hao": RaterState.ASKED,
    }
    with db.reading() as session:
        assert session.scalars(select(TaskDraft.offered_to)).all() == [None]


def test_e06_without_a_substitute_the_place_goes_back_to_whoever_names_one(rating_open):
    key = entered(rating_open, ChangeKind.RATER, "liu.yang", effective_on=TODAY)
    _, items = choices_of(rating_open, key)

    apply(rating_open, key, *["apply"] * items)

    assert open_of(rating_open, "replace_rater") == ["None"]
    assert cross_raters(rating_open)["liu.yang"] is RaterState.DECLINED


def test_a_substitute_whom_the_rules_exclude_is_not_offered(rating_open):
    key = entered(rating_open, ChangeKind.RATER, "liu.yang", to="chen.jing", effective_on=TODAY)

    choices, _ = choices_of(rating_open, key)

    assert choices == ["apply", "keep"]


def test_somebody_who_rates_nobody_is_gone_from_nothing(rating_open):
    with pytest.raises(Invalid, match="it changes nothing"):
        entered(rating_open, ChangeKind.RATER, "song.qi", effective_on=TODAY)
