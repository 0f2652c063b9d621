"""Whoever from HR is appraised is an appraisee in the own review: a colleague from HR acts there (E-95)."""

from datetime import date

import pytest
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import tasks
from engine.bpmn.models import ProcessInstance, TaskCandidate, TaskState, UserTask
from engine.errors import Forbidden, NotFound
from engine.identity import Membership
from engine.reviews.case_files import transitions
from engine.reviews.cycle import reviews
from engine.reviews.deadlines import extensions, reminders
from engine.reviews.organisation import people
from engine.reviews.rating import departures, nominations, raters
from engine.reviews.reports import progress

OWN = "one's own"


@pytest.fixture
def launched(demonstration):
    """Let Zhang Wei, who is appraised, be in HR too."""
    demonstration.launch()
    with db.transaction() as session:
        session.add(Membership(username="zhang.wei", group="hr"))
    return demonstration


def held(session, username):
    """Find the first open task that somebody holds."""
    own = select(UserTask).where(UserTask.assignee == username, UserTask.state == TaskState.CREATED)
    return session.scalars(own.order_by(UserTask.key)).first()


def test_e95_nobody_from_hr_does_in_the_own_review_what_is_hrs_to_do(launched):
    with db.reading() as session:
        me, review = identity.identity_of(session, "zhang.wei"), launched.review(session)
        rater = raters.of_review(session, review, "cross")[0]
        whole = launched.cycle(session)

        with pytest.raises(Forbidden, match=OWN):
            reviews.close(session, review, reason="我不参加", by=me)
        with pytest.raises(Forbidden, match=OWN):
            reviews.cover(session, review, whole.starts_on, whole.ends_on, by=me)
        with pytest.raises(Forbidden, match=OWN):
            raters.excuse(session, rater, reason="不必等", by=me)
        with pytest.raises(Forbidden, match=OWN):
            departures.withdraw(session, rater, reason="换人", by=me)
        with pytest.raises(Forbidden, match=OWN):
            raters.nominate(session, review, people.named(session, "wu.fang"), group_id="cross", by=me)
        with pytest.raises(Forbidden, match=OWN):
            nominations.extend(session, review, "cross", [people.named(session, "wu.fang")], by=me)


def test_e95_nobody_takes_a_group_task_of_the_own_review_and_everybody_else_of_the_group_may(launched):
    launched.agree_on_targets()
    launched.import_actuals()
    with db.transaction() as session:
        session.add(Membership(username="zhang.wei", group="finance"))

    with db.reading() as session:
        me, colleague = (identity.identity_of(session, name) for name in ("zhang.wei", "sun.lei"))
        task = launched.task(session, "confirm_actuals", "sun.lei")
        may_know = select(UserTask.key).where(UserTask.element_id == "confirm_actuals")

        assert task.key not in session.scalars(may_know.where(tasks.visible_to(me))).all()
        assert task.key in session.scalars(may_know.where(tasks.visible_to(colleague))).all()
        assert "zhang.wei" not in reminders.holders(session, task)
        with pytest.raises(NotFound):
            tasks.paper(session, task.key, by=me)
        with pytest.raises(NotFound):
            tasks.claim(session, task.key, by=me)


def test_e95_who_is_named_a_candidate_in_the_own_review_takes_the_task_whatever_the_group(launched):
    launched.agree_on_targets()
    launched.import_actuals()
    with db.transaction() as session:
        task = launched.task(session, "confirm_actuals", "sun.lei")
        session.add(TaskCandidate(task_key=task.key, kind="user", name="zhang.wei"))

    with db.transaction() as session:
        task = launched.task(session, "confirm_actuals", "sun.lei")

        assert "zhang.wei" in reminders.holders(session, task)
        assert tasks.claim(session, task.key, by=identity.identity_of(session, "zhang.wei")).assignee == "zhang.wei"


def test_e95_who_is_in_hr_extends_no_deadline_of_the_own_review_and_those_of_others(launched):
    with db.transaction() as session:
        me = identity.identity_of(session, "zhang.wei")

        with pytest.raises(Forbidden, match=OWN):
            extensions.extend(session, [held(session, "zhang.wei").key], date(2025, 10, 20), reason="忙", by=me)
        (given,) = extensions.extend(session, [held(session, "he.ping").key], date(2025, 10, 20), reason="病", by=me)

    assert given.extended_by == "zhang.wei"


def test_e95_nobody_from_hr_is_told_who_is_late_in_the_own_review(launched):
    with db.reading() as session:
        me, cycle = identity.identity_of(session, "zhang.wei"), launched.cycle(session)
        own, colleague = launched.review(session), identity.identity_of(session, "zhao.min")

        mine = progress.of_cycle(session, cycle, by=me)
        theirs = progress.of_cycle(session, cycle, by=colleague)
        listed = {task.root_key for task in extensions.open_of(session, cycle, by=me)}

    assert "zhang.wei" not in mine.people
    assert "zhang.wei" in theirs.people
    assert own.instance_key not in listed
    assert listed


def test_e95_nobody_from_hr_reads_in_the_own_history_who_rated_when(launched):
    launched.agree_on_targets()
    launched.import_actuals()
    launched.rate()

    with db.reading() as session:
        root = launched.review(session).instance_key
        found = select(ProcessInstance).where(ProcessInstance.root_key == root)
        instances = session.scalars(found).all()
        mine, theirs = (
            {one.entry.by for each in instances for one in transitions.told(session, each, by=by) if one.tells_who}
            for by in (identity.identity_of(session, name) for name in ("zhang.wei", "zhao.min"))
        )

    raters_beside_one_another = {"chen.jing", "liu.yang"}
    assert raters_beside_one_another <= theirs
    assert raters_beside_one_another & mine == set()
