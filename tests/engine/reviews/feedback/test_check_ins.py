"""Tests of engine.reviews.feedback.check_ins: months within a cycle, without a grade."""

from datetime import UTC, date, datetime, timedelta

import pytest
from demonstration import Demonstration
from sqlalchemy import select

from engine import clock, db, identity
from engine.bpmn.models import TaskState, UserTask
from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.cycle import cancellations
from engine.reviews.deadlines import holidays
from engine.reviews.feedback import check_ins
from engine.reviews.models import CheckIn, TargetState, WeeklyNote
from engine.reviews.release import results
from engine.reviews.signing import targets


@pytest.fixture
def check_in(session, cycle, review):
    """Ann's check-in of July."""
    (begun,) = check_ins.begin(session, cycle, "2025-07")
    return begun


def test_l000_11_l001_10_each_month_of_the_cycle_begins_on_its_first_working_day(session, cycle, review):
    months = []
    month = ""
    while found := check_ins.next_month(session, cycle, after=month):
        month = found[0]
        months.append((month, found[1].date(), found[1].hour))

    assert months == [
        ("2025-07", date(2025, 7, 1), 9),
        ("2025-08", date(2025, 8, 1), 9),
        ("2025-09", date(2025, 9, 1), 9),
    ]


def test_e46_a_month_begins_by_the_calendar_of_its_cycle(session, cycle, review, act):
    holidays.publish(
        session, name="US", country="US", extra_holidays=[], extra_workdays=[], note="联邦假日", by=act("hui")
    )
    cycle.calendar = "US"

    found = check_ins.next_month(session, cycle, after="2025-08")

    assert found is not None
    assert found[1].date() == date(2025, 9, 2)  # 1 September is Labor Day


def months_open(session):
    """List the open tasks of months, each with when it is due."""
    waiting = select(UserTask).where(UserTask.process_id == "check-in", UserTask.state == TaskState.CREATED)
    return {task.element_id: task.due_at for task in session.scalars(waiting)}


def test_e47_a_month_counts_its_days_in_the_zone_of_its_cycle_and_ends_with_it(demonstration):
    company = Demonstration()  # what another has done with the company is none of this one's
    with db.transaction() as session:
        company.cycle(session).zone = "America/New_York"
    company.launch()
    with db.transaction() as session:
        hr = identity.identity_of(session, "zhao.min")
        check_ins.schedule(session, company.cycle(session), by=hr)
    company.pass_time(timedelta(hours=1))

    with db.transaction() as session:
        begun = months_open(session)
        cancellations.cancel(session, company.cycle(session), reason="规则有误", by=hr)
        left = months_open(session)

    assert begun["name_focus"] == datetime(2025, 9, 25, 4, tzinfo=UTC)  # the 21st there, and three working days
    assert left == {}


def test_a_month_that_is_over_is_not_begun_any_more(session, cycle, review):
    clock.pin(session, datetime(2025, 9, 10, 1, 0, tzinfo=UTC))

    found = check_ins.next_month(session, cycle)

    assert found is not None
    assert found[0] == "2025-09"
    assert check_ins.next_month(session, cycle, after="2025-09") is None


def test_l004_11_a_month_has_a_focus_weeks_a_summary_and_an_answer_and_no_score(session, review, check_in, act):
    check_ins.focus(session, check_in, "续约十家老客户", by=act("sun"))
    check_ins.note_week(session, check_in, "续约两家", by=act("ann"))
    values = {"sales_revenue": "150", "new_customers": " "}
    check_ins.summarise(session, check_in, "续约四家", obstacles="", values=values, by=act("ann"))
    check_ins.answer(session, check_in, "节奏合适", by=act("sun"))

    (read,) = check_ins.of_review(session, review, by=act("ann"))

    assert (read.focus, read.summary, read.answer) == ("续约十家老客户", "续约四家", "节奏合适")
    assert read.values == [{"indicator": "sales_revenue", "value": "150"}]
    assert [one.text for one in session.scalars(select(WeeklyNote))] == ["续约两家"]
    assert results.newest(session, review) is None
    assert not {"rating", "score", "grade"} & {column.key for column in CheckIn.__table__.columns}


def test_x19_the_focus_of_a_month_leaves_the_targets_and_their_signature_as_they_are(session, signed, cycle, act):
    before = targets.in_force(session, signed)
    (july,) = check_ins.begin(session, cycle, "2025-07")

    check_ins.focus(session, july, "本季核心战役:老客户续约", by=act("sun"))

    after = targets.of_review(session, signed)
    assert (after.key, after.version, after.state) == (before.key, before.version, TargetState.SIGNED)
    assert after.targets["renewal_rate"] == "85%"


def test_each_writes_the_own_part_once(session, check_in, act):
    with pytest.raises(Forbidden):
        check_ins.focus(session, check_in, "x", by=act("ann"))
    with pytest.raises(Forbidden):
        check_ins.summarise(session, check_in, "x", obstacles="", values={}, by=act("sun"))
    with pytest.raises(Conflict, match="no summary yet"):
        check_ins.answer(session, check_in, "x", by=act("sun"))
    with pytest.raises(Invalid):
        check_ins.focus(session, check_in, " ", by=act("sun"))
    check_ins.focus(session, check_in, "x", by=act("sun"))

    with pytest.raises(Conflict, match="it is named"):
        check_ins.focus(session, check_in, "y", by=act("sun"))


def test_check_ins_are_read_by_the_appraisee_the_line_and_hr_alone(session, review, check_in, act):
    readers = {
        username
        for username in ("ann", "sun", "dai", "pan", "fan", "hui")
        if check_ins.of_review(session, review, by=act(username))
    }

    assert readers == {"ann", "sun", "dai", "hui"}
