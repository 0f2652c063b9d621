"""Tests of engine.reviews.meetings.duties and occasions: what recurs, by the working calendar, and who confirms it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from engine import calendars, clock
from engine.calendars import CalendarVersion
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.files import records
from engine.reviews.meetings import duties, occasions
from engine.reviews.meetings.occasions import Account
from engine.reviews.models import Duty, OccasionState
from engine.reviews.organisation import employments, people
from engine.reviews.rulebook import rulebooks
from engine.settings import ROOT

SHIPPED = ROOT / "processes" / "duties.toml"
ADVANCE = {
    "id": "monthly-advance",
    "name": "每月预发提成",
    "each": "month",
    "on": "last",
    "done_by": {"role": "finance"},
    "confirmed_by": {"role": "hr"},
    "hands_in": ["预发清单"],
}


@pytest.fixture
def shipped():
    """The shipped duties by their ids."""
    rows = rulebooks.parse_toml(SHIPPED.name, SHIPPED.read_bytes())["duty"]
    return {row["id"]: duties.read(row) for row in rows}


@pytest.fixture
def planned(session, company, act):
    """A duty that recurs from now on."""
    return lambda **rules: duties.plan(session, {**ADVANCE, **rules}, by=act("hui"))


@pytest.fixture
def occasion(session, planned):
    """The advance of July, which finance carries out and HR confirms."""
    duty = planned()
    return occasions.begin(session, duty, duties.next_period(session, duty))


def days(session, rules, count=3):
    """Give the next days of a duty, by period."""
    duty = Duty(duty_id=rules.id, rules=records.write(rules), planned_by="hui", planned_at=clock.now(session))
    found, after = [], ""
    for _ in range(count):
        period = duties.next_period(session, duty, after=after)
        after = period.label
        found.append((after, duties.due_on(session, rules, period)))
    return found


def said(**others):
    """An account of what was done."""
    whole = {"report": "已预发", "handed_in": {"预发清单": "七月清单"}, "attended": {}, "documents": []}
    return Account(**{**whole, **others})


def test_l001_17_the_award_morning_is_on_the_last_working_day_of_the_quarter(session, shipped):
    found = days(session, shipped["award-morning"], count=2)

    assert found == [("2025-Q3", date(2025, 9, 30)), ("2025-Q4", date(2025, 12, 31))]


def test_l001_33_marketing_hands_its_strategy_and_leads_over_before_the_quarter(session, shipped):
    rules = shipped["acquisition-pack"]

    found = days(session, rules, count=2)

    # 26, 28 (a Sunday that is worked), 29 and 30 September come before the quarter
    assert found == [("2025-Q4", date(2025, 9, 28)), ("2026-Q1", date(2025, 12, 29))]
    assert (len(rules.hands_in), rules.files) == (2, 2)


def test_l001_34_finance_publishes_its_rules_each_quarter_and_pays_advances_each_month(session, shipped):
    published, paid = days(session, shipped["commission-rules"]), days(session, shipped["monthly-advance"])

    assert [label for label, _ in published] == ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert paid[0] == ("2025-07", date(2025, 7, 29))
    assert paid[2] == ("2025-09", date(2025, 9, 28))


def test_l001_35_l003_16_departments_meet_and_sales_answers_on_the_leads_each_month(session, shipped):
    met, answered = days(session, shipped["cross-review"], 1), days(session, shipped["mql-quality"], 1)

    # the days after the month before last count as well: July begins on a Tuesday
    assert met == [("2025-06", date(2025, 7, 3))]
    assert answered == [("2025-06", date(2025, 7, 7))]
    assert shipped["mql-quality"].confirmed_by.head_of == "product"


def test_l002_29_newcomers_are_trained_and_the_experienced_review_cases_with_attendance(session, company, shipped, act):
    joined = date(2025, 5, 12)
    people.hire(
        session,
        employee_id="N1",
        username="new",
        name="新人",
        department="sales",
        employed_from=joined,
        by=SYSTEM,
    )
    invited = {}
    for name in ("newcomer-training", "case-review"):
        duty = duties.plan(session, records.write(shipped[name]), by=act("hui"))
        occasion = occasions.begin(session, duty, duties.next_period(session, duty))
        invited[name] = [person.username for _, person in occasions.attendance(session, occasion, by=act("hui"))]

    assert invited["newcomer-training"] == ["new"]
    assert invited["case-review"] == ["ann", "sun", "dai"]
    assert not employments.is_employed(session, company["ann"].key, date(2023, 1, 1))


def test_l002_29_a_training_that_nobody_needs_is_over_at_once(session, planned):
    duty = planned(attended_by={"departments": ["sales"], "joined_within": 1})

    occasion = occasions.begin(session, duty, duties.next_period(session, duty))

    assert occasion.state is OccasionState.EMPTY


def test_what_is_due_is_handed_in_whole_and_each_who_should_attend_is_told_of(session, planned, act):
    duty = planned(attended_by={"departments": ["product"]}, files=1)
    occasion = occasions.begin(session, duty, duties.next_period(session, duty))

    with pytest.raises(Invalid) as refused:
        occasions.carry_out(session, occasion, said(handed_in={"预发清单": " "}), by=act("fan"))

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("handedIn[0].text", "missing"),
        ("attendance", "missing"),
        ("files", "too-few-files"),
    ]
    assert occasion.state is OccasionState.OPEN


def test_another_confirms_what_was_carried_out_and_a_return_has_a_reason(session, occasion, act):
    with pytest.raises(Conflict, match="it is open"):
        occasions.confirm(session, occasion, accepted=True, remark="", by=act("hui"))
    occasions.carry_out(session, occasion, said(), by=act("fan"))
    with pytest.raises(Forbidden, match="another confirms"):
        occasions.confirm(session, occasion, accepted=True, remark="", by=act("fan"))
    with pytest.raises(Invalid):
        occasions.confirm(session, occasion, accepted=False, remark=" ", by=act("hui"))
    occasions.confirm(session, occasion, accepted=False, remark="少一人", by=act("hui"))
    occasions.carry_out(session, occasion, said(report="已补"), by=act("fan"))

    occasions.confirm(session, occasion, accepted=True, remark="", by=act("hui"))

    assert (occasion.state, occasion.report, occasion.confirmed_by) == (OccasionState.DONE, "已补", "hui")


def test_whoever_has_nothing_to_do_with_a_duty_knows_of_no_occasion(session, planned, act):
    duty = planned(attended_by={"departments": ["product"]})
    occasion = occasions.begin(session, duty, duties.next_period(session, duty))
    invited = {row.person_key: (True, "") for row, _ in occasions.attendance(session, occasion, by=act("hui"))}
    occasions.carry_out(session, occasion, said(attended=invited), by=act("fan"))
    session.flush()

    readers = {name for name in ("ann", "pan", "fan", "hui") if occasions.of_duty(session, duty, by=act(name))}
    told = {name: len(occasions.attendance(session, occasion, by=act(name))) for name in ("ann", "pan", "fan", "hui")}

    assert readers == {"pan", "fan", "hui"}
    assert told == {"ann": 0, "pan": 1, "fan": 2, "hui": 2}


def test_a_duty_names_people_and_departments_that_there_are_and_recurs_once(session, planned, act):
    planned()

    with pytest.raises(Conflict, match="end it first"):
        planned()
    with pytest.raises(Invalid) as refused:
        planned(id="other", done_by={"person": "nobody"}, attended_by={"departments": ["moon"]})
    assert [problem.where for problem in refused.value.problems] == ["done_by/person", "attended_by/departments"]
    with pytest.raises(Invalid) as misread:
        planned(id="other", done_by={"role": "hr", "person": "ann"}, count=0, lead=61)
    assert {problem.where for problem in misread.value.problems} == {"done_by", "count", "lead"}
    with pytest.raises(Forbidden):
        duties.plan(session, {**ADVANCE, "id": "other"}, by=act("sun"))


def test_a_duty_that_is_ended_has_no_next_period_and_begins_nothing(session, planned, act):
    duty = planned()
    period = duties.next_period(session, duty)

    duties.end(session, duty, by=act("hui"))

    assert duties.next_period(session, duty) is None
    assert occasions.begin(session, duty, period) is None
    assert list(duties.running(session)) == []
    with pytest.raises(Conflict, match="it is ended"):
        duties.end(session, duty, by=act("hui"))


def test_a_head_does_it_and_hr_where_a_department_has_none(session, company, planned, act):
    people.department(session, "sales").head_key = company["dai"].key
    led, orphaned = planned(done_by={"head_of": "sales"}), planned(id="other", done_by={"head_of": "service"})

    holders = [occasions.holder(session, "doer", duties.rules_of(duty).done_by) for duty in (led, orphaned)]

    assert holders == [{"doer": "dai", "doerGroups": []}, {"doer": None, "doerGroups": ["hr"]}]


def test_the_day_of_an_occasion_follows_the_calendar_that_holds(session, shipped):
    before = days(session, shipped["award-morning"], 1)
    session.add(
        CalendarVersion(
            name=calendars.DEFAULT,
            version=1,
            extra_holidays=["2025-09-30"],
            extra_workdays=[],
            note="公司放假",
            published_by="hui",
            published_at=clock.now(session),
        )
    )
    session.flush()

    after = days(session, shipped["award-morning"], 1)

    assert (before[0][1], after[0][1]) == (date(2025, 9, 30), date(2025, 9, 29))


def test_every_shipped_duty_can_be_planned_and_none_twice(session, company, act):
    content = rulebooks.parse_toml(SHIPPED.name, SHIPPED.read_bytes())

    first = duties.plan_file(session, content, by=act("hui"))
    again = duties.plan_file(session, content, by=act("hui"))

    assert (len(first), again) == (8, [])
    assert len(session.scalars(select(Duty)).all()) == 8
    with pytest.raises(Invalid):
        duties.plan_file(session, {}, by=act("hui"))


def test_a_day_that_has_passed_is_not_begun_any_more(session, shipped):
    clock.pin(session, datetime(2025, 7, 30, 1, 0, tzinfo=UTC))

    found = days(session, shipped["monthly-advance"], 1)

    assert found == [("2025-08", date(2025, 8, 27))]
