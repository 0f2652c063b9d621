"""Tests of who joins, leaves, comes back or is away for long while a cycle runs; and of corrections by a change."""

from datetime import date, timedelta

import pytest
from changing import apply, entered
from demonstration import TARGETS, column
from sqlalchemy import func, select

from engine import db, identity
from engine.bpmn import instances
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.reviews.changes import records
from engine.reviews.feedback import check_ins
from engine.reviews.models import (
    ChangeKind,
    CheckIn,
    LeaveKind,
    RaterState,
    Reopening,
    ReopeningState,
    Result,
    ReviewState,
    Treatment,
)
from engine.reviews.models import Review as Row
from engine.reviews.organisation import absences, lines, people
from engine.reviews.rating import raters
from engine.reviews.signing import targets

TODAY = date(2025, 9, 22)
CROSS = {"cross": ["chen.jing", "liu.yang"]}


@pytest.fixture
def launched(demonstration):
    demonstration.launch()
    return demonstration


@pytest.fixture
def hired(launched):
    """Two who were hired after the launch, under Li Na."""
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        for number, name in enumerate(("xin.yi", "xin.er"), start=1):
            person = people.hire(
                session, employee_id=f"S10{number}", username=name, name=name, department="sales",
                employed_from=TODAY, by=by,
            )  # fmt: skip
            lines.assign(session, person, people.named(session, "li.na"), valid_from=TODAY, by=by)
    return launched


def test_e13_a_whole_department_joins_at_once_each_with_rules_and_a_process_of_the_own(hired):
    key = entered(hired, ChangeKind.JOINER, "xin.yi", "xin.er", effective_on=TODAY, raters=CROSS)

    apply(hired, key, "apply", "apply")

    for name in ("xin.yi", "xin.er"):
        with db.reading() as session:
            review = hired.review(session, name)
            assert (review.state, review.treatment) == (ReviewState.RUNNING, Treatment.RATED)
            assert review.template_key is not None
            assert len(raters.of_review(session, review)) == 4
        hired.do(name, "draft_targets", name, targets=column("target", TARGETS))


def test_e13_who_joins_after_the_cut_off_sets_targets_only(hired):
    with db.transaction() as session:
        hired.cycle(session).cut_off = date(2025, 8, 31)

    key = entered(hired, ChangeKind.JOINER, "xin.yi", effective_on=TODAY)
    with db.reading() as session:
        notes = records.found(session, key).preview[0]["effects"]["notes"]
    apply(hired, key, "apply")

    with db.reading() as session:
        assert hired.review(session, "xin.yi").treatment is Treatment.TARGETS_ONLY
    assert notes == ["treatment-targets-only"]


def test_nobody_joins_without_the_raters_that_hr_names_nor_twice(hired):
    unnamed = entered(hired, ChangeKind.JOINER, "xin.yi", effective_on=TODAY)
    there = entered(hired, ChangeKind.JOINER, "zhang.wei", effective_on=TODAY)

    with db.reading() as session:
        told = [records.found(session, key).preview[0] for key in (unnamed, there)]
    assert [one["choices"] for one in told] == [["keep"], ["keep"]]
    assert [one["effects"]["notes"] for one in told] == [["raters-missing"], ["there-already"]]


def test_e14_who_leaves_and_comes_back_has_one_review_and_what_was_signed_stays(launched):
    launched.agree_on_targets()
    apply(launched, entered(launched, ChangeKind.LEAVER, effective_on=TODAY), "apply")

    apply(launched, entered(launched, ChangeKind.JOINER, "zhang.wei", effective_on=TODAY), "apply")
    launched.do("zhang.wei", "draft_targets", targets=column("target", TARGETS))

    with db.reading() as session:
        review = launched.review(session)
        own = select(func.count()).select_from(Row).where(Row.appraisee_key == review.appraisee_key)
        assert session.scalar(own) == 1
        assert review.state is ReviewState.RUNNING
        assert targets.of_review(session, review).version == 3
        assert targets.in_force(session, review).version == 1


def test_e15_a_leavers_review_is_closed_as_left_and_everything_in_it_is_kept(launched):
    launched.agree_on_targets()
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        check_ins.schedule(session, launched.cycle(session), by=by)
    launched.pass_time(timedelta(hours=1))

    apply(launched, entered(launched, ChangeKind.LEAVER, effective_on=TODAY, reason="个人原因"), "apply")

    with db.reading() as session:
        review = launched.review(session)
        open_ = select(UserTask).where(UserTask.root_key == review.instance_key, UserTask.state == TaskState.CREATED)
        assert (review.state, review.closing_reason) == (ReviewState.CLOSED, "离职 Left 2025-09-22: 个人原因")
        assert instances.get(session, review.instance_key).state is InstanceState.TERMINATED
        assert session.scalars(open_).all() == []
        assert [one.review_key == review.key for one in months_waiting(session)] == [False] * 3
        assert targets.in_force(session, review).targets == TARGETS


def months_waiting(session):
    """List the months whose processes run."""
    running = (ProcessInstance.process_id == "check-in", ProcessInstance.state == InstanceState.ACTIVE)
    keys = session.scalars(select(ProcessInstance.business_id).where(*running)).all()
    return session.scalars(select(CheckIn).where(CheckIn.key.in_(map(int, keys)))).all()


def test_a_leaver_who_leads_and_rates_others_hands_all_of_it_over_in_one_change(launched):
    key = entered(launched, ChangeKind.LEAVER, "li.na", effective_on=TODAY, to="wang.qiang")

    with db.reading() as session:
        items = [one["part"] for one in records.found(session, key).preview]
    apply(launched, key, *["hand-over"] * len(items))

    with db.reading() as session:
        led = {launched.review(session, name).superior_key for name in ("zhang.wei", "he.ping", "xu.lan", "ma.chao")}
        assert led == {people.named(session, "wang.qiang").key}
    assert items == ["superior"] * 4


def test_e16_long_leave_gives_more_time_or_no_rating_and_never_the_lowest_grade(launched):
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        person = people.named(session, "zhang.wei")
        absences.enter_leave(session, person, LeaveKind.MATERNITY, date(2025, 7, 1), date(2025, 9, 30), by=by)

    key = entered(launched, ChangeKind.LEAVE, effective_on=date(2025, 7, 1), until="2025-09-30")
    with db.reading() as session:
        proposed = records.found(session, key).preview[0]["choices"]
    apply(launched, key, "apply")

    with db.reading() as session:
        review = launched.review(session)
        assert (review.state, review.treatment) == (ReviewState.CLOSED, Treatment.NOT_RATED)
        assert session.scalar(select(func.count()).select_from(Result)) == 0
    assert proposed == ["apply", "extend", "keep"]


def test_e16_a_shorter_leave_moves_the_own_deadlines_past_the_return(launched):
    key = entered(launched, ChangeKind.LEAVE, effective_on=TODAY, until="2025-09-26")

    with db.reading() as session:
        (told,) = records.found(session, key).preview[0]["effects"]["tasks"]
    apply(launched, key, "extend")

    # five working days after 26 September: the National Day holiday lies between, 28 September is a workday
    assert told["until"] == "2025-10-10"
    with db.reading() as session:
        due = launched.task(session, "draft_targets", "zhang.wei").due_at
    assert due.date().isoformat() == "2025-10-10"


def test_a_correction_by_a_change_is_approved_once_and_makes_a_version(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    wanted = {"indicator": "sales_revenue", "value": "500", "source": "财务季报"}

    apply(demonstration, entered(demonstration, ChangeKind.CORRECTION, effective_on=TODAY, **wanted), "apply")

    with db.reading() as session:
        (reopening,) = session.scalars(select(Reopening)).all()
        totals = session.scalars(select(Result.total).order_by(Result.version)).all()
    assert (reopening.requested_by, reopening.decided_by, reopening.state) == (
        "zhao.min",
        "qian.li",
        ReopeningState.SETTLED,
    )
    assert totals == ["87.68", "88.52"]  # 20 of 500 are 4 %, of 30 points, of 70 %


def test_a_reopening_by_a_change_asks_the_appraisee_again(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate(skipping=("liu.yang",))

    key = entered(demonstration, ChangeKind.REOPENING, effective_on=TODAY, what="self-evaluation")
    apply(demonstration, key, "apply")

    with db.reading() as session:
        review = demonstration.review(session)
        states = {one.group_id: one.state for one in raters.of_review(session, review)}
        assert demonstration.task(session, "rate_again", "zhang.wei")
    assert states["self"] is RaterState.STALE
