"""Tests of engine.reviews.plans: from the proposal to the outcome."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews import notices as told
from engine.reviews.cases import appeals
from engine.reviews.models import LeaveKind, NoteKind, Outcome, PlanState
from engine.reviews.organisation import absences, employments
from engine.reviews.plans import (
    answers,
    assessments,
    drafts,
    endings,
    gates,
    leads,
    mentoring,
    notes,
    plans,
    revisions,
    spans,
    trainings,
    transfers,
)
from engine.reviews.plans.drafts import Objective
from engine.reviews.plans.trainings import Training
from engine.reviews.plans.transfers import Offer

TRAINING = "谈判训练 16 学时"


def test_w15_the_observation_from_the_end_of_november_ends_in_february(observed):
    assert (observed.starts_on, observed.ends_on) == (date(2025, 11, 30), date(2026, 2, 28))


def test_e52_twelve_days_of_sick_leave_move_the_end_by_twelve_days(session, observed, company, act, at):
    away = (date(2026, 1, 5), date(2026, 1, 16))

    absences.enter_leave(session, company["ann"], LeaveKind.SICK, *away, by=act("hui"))

    assert spans.last_day(session, observed) == date(2026, 2, 28) + timedelta(days=12)
    at(2026, 1, 6)
    assert spans.is_suspended(session, observed)
    at(2026, 1, 17)
    assert not spans.is_suspended(session, observed)


def test_a_leave_without_a_last_day_moves_the_end_day_by_day(session, observed, company, act, at):
    absences.enter_leave(session, company["ann"], LeaveKind.SICK, date(2026, 1, 5), None, by=act("hui"))

    at(2026, 1, 6)
    early = spans.last_day(session, observed)
    at(2026, 1, 14)
    later = spans.last_day(session, observed)

    assert (later - early).days == 8


def test_one_plan_at_a_time_and_hr_may_dismiss_a_proposal(session, plan, released, act):
    with pytest.raises(Conflict, match="not over"):
        plans.propose(session, released, grounds="x", by=act("hui"))

    gates.dismiss(session, plan, reason="targets were not reasonable", by=act("hui"))

    assert plan.state is PlanState.DISMISSED
    assert plans.propose(session, released, grounds="x", by=act("hui")).key != plan.key


def test_hr_opens_no_plan_on_unreasonable_targets_or_during_a_leave(session, plan, company, act):
    absences.enter_leave(session, company["ann"], LeaveKind.SICK, date(2025, 7, 1), date(2025, 7, 5), by=act("hui"))

    with pytest.raises(Invalid) as refused:
        gates.confirm(session, plan, reason="x", targets_reasonable=False, by=act("hui"))

    assert {problem.code for problem in refused.value.problems} == {"unreasonable", "on-leave"}
    assert (plan.state, plan.gate) == (PlanState.PROPOSED, {})


def test_a_plan_needs_complete_objectives_and_a_mentor_who_is_another(session, plan, company, act):
    gates.confirm(session, plan, reason="目标合理", targets_reasonable=True, by=act("hui"))
    counted = Objective("高管陪同谈判", "谈判记录", "总监陪同", count=0, due_on=date(2025, 12, 31))

    with pytest.raises(Invalid) as refused:
        drafts.draft(
            session,
            plan,
            [Objective("x", "y", " "), counted],
            mentor=company["ann"],
            training=TRAINING,
            months=4,
            by=act("sun"),
        )

    assert {(p.where, p.code) for p in refused.value.problems} == {
        ("objectives[0].support", "empty"),
        ("objectives[1].count", "count"),
        ("mentor", "own-mentor"),
        ("months", "months"),
    }


def test_e88_a_refusal_is_recorded_and_the_observation_goes_on(session, written, act):
    with pytest.raises(Conflict, match="has not answered"):
        spans.begin(session, written)

    answers.answer(session, written, accepted=False, comment="不同意目标", by=act("ann"))
    written.months = 1
    spans.begin(session, written)

    assert (written.accepted, written.answer, written.state) == (False, "不同意目标", PlanState.OBSERVED)


def test_the_mentor_writes_notes_and_does_not_decide(session, observed, act):
    notes.write(session, observed, "完成两次客户谈判演练", by=act("pan"))
    with pytest.raises(Forbidden):
        notes.write(session, observed, "x", by=act("sun"))
    with pytest.raises(Forbidden):
        assessments.assess(session, observed, Outcome.PASSED, reason="x", by=act("pan"))

    assessments.assess(session, observed, Outcome.PASSED, reason="目标达成", by=act("sun"))

    assert (observed.state, observed.outcome) == (PlanState.ENDED, Outcome.PASSED)
    assert len(notes.of_plan(session, observed)) == 1


def test_notes_are_due_weekly_every_two_weeks_and_after_thirty_days_but_not_on_leave(
    session, observed, company, act, at
):
    away = (date(2025, 12, 14), date(2025, 12, 16))
    absences.enter_leave(session, company["ann"], LeaveKind.SICK, *away, by=act("hui"))

    assert notes.following(session, observed, NoteKind.WEEK).due
    notes.write(session, observed, "第一周", by=act("pan"))
    at(2025, 12, 14)
    week, fortnight, formal = (notes.following(session, observed, kind) for kind in notes.EVERY)

    assert [week.due, fortnight.due, formal.due] == [False, False, False]
    assert [one.at.date() for one in (week, fortnight)] == [date(2025, 12, 17)] * 2
    assert formal.at.date() == date(2025, 12, 30) + timedelta(days=3)


def test_e91_an_observation_is_extended_by_a_month_and_only_once(session, observed, act):
    first_end = observed.ends_on

    assessments.assess(session, observed, Outcome.EXTENDED, reason="病假两周", by=act("sun"))
    with pytest.raises(Invalid, match="extended before"):
        assessments.assess(session, observed, Outcome.EXTENDED, reason="再等等", by=act("hui"))

    assert (observed.state, observed.outcome) == (PlanState.OBSERVED, None)
    assert (first_end, observed.ends_on) == (date(2026, 2, 28), date(2026, 3, 30))  # 28 March is a Saturday
    assert (observed.extended_by, observed.extension_reason) == ("sun", "病假两周")


def test_e85_another_mentor_takes_over_and_days_without_one_do_not_count(session, observed, company, act, at):
    spell = employments.spell_of(session, company["pan"].key, date(2025, 12, 1))
    spell.valid_until = date(2025, 12, 9)
    at(2025, 12, 12)

    assert mentoring.current(session, observed) is None
    mentoring.name(session, observed, company["shi"], by=act("sun"))

    assert mentoring.current(session, observed) == company["shi"]
    assert spans.lost_days(session, observed, date(2025, 11, 30), date(2026, 2, 28)) == {
        date(2025, 12, 10),
        date(2025, 12, 11),
    }
    assert observed.ends_on == date(2026, 3, 2)


def test_e86_without_training_or_transfer_there_is_no_second_finding(session, observed, act):
    assessments.judge(session, observed, "续约率 70%", by=act("sun"))

    with pytest.raises(Invalid) as refused:
        assessments.assess(session, observed, Outcome.FAILED, reason="未达到", by=act("hui"))

    assert [problem.code for problem in refused.value.problems] == ["no-remedy"]
    assert observed.state is PlanState.OBSERVED


@pytest.mark.parametrize("hours", ["", "0", "-2", "两天"])
def test_a_training_record_without_hours_is_refused(session, observed, act, hours):
    empty = Training("谈判训练", "培训学院", "冯老师", hours, date(2025, 11, 30), attended=True)

    with pytest.raises(Invalid) as refused:
        trainings.record(session, observed, empty, by=act("hui"))

    assert [problem.code for problem in refused.value.problems] == ["no-hours"]
    assert not trainings.of_plan(session, observed)


def test_a_training_that_was_not_attended_is_kept_and_does_not_count(session, observed, attended, act):
    missed = Training("谈判训练", "培训学院", "冯老师", "16", date(2025, 11, 30), attended=False)
    trainings.record(session, observed, missed, by=act("hui"))
    assert not trainings.given(session, observed)

    row = trainings.record(session, observed, attended, by=act("sun"))

    assert trainings.given(session, observed) == [row]
    assert Decimal(row.hours) == 16


def test_e79_the_support_of_a_plan_goes_on_during_an_appeal_about_the_grade_that_opened_it(
    session, observed, released, company, act
):
    appeals.lodge(session, released, grounds="等级有误", items=[], remedy="更正", by=act("ann"))

    notes.write(session, observed, "陪同拜访两家客户", by=act("pan"))

    assert [note.text for note in notes.of_plan(session, observed, NoteKind.WEEK)] == ["陪同拜访两家客户"]
    assert observed.state is PlanState.OBSERVED
    assert not spans.is_suspended(session, observed)


def test_e87_a_target_is_raised_only_with_the_appraisees_agreement(session, observed, released, act):
    raised = [Objective("续约率达到 95%", "CRM 月报", "每周辅导一小时")]

    with pytest.raises(Conflict, match="only with the appraisee's agreement"):
        revisions.expect_targets_agreed(session, released, {"new_customers": "25"}, agreed=False)
    revisions.ask(session, observed, raised, reason="公司目标上调", by=act("sun"))
    assert observed.objectives[0]["objective"] == "续约率达到 85%"
    revisions.answer(session, observed, agreed=False, by=act("ann"))
    assert observed.objectives[0]["objective"] == "续约率达到 85%"

    revisions.ask(session, observed, raised, reason="改为双方同意", by=act("sun"))
    revisions.answer(session, observed, agreed=True, by=act("ann"))

    assert observed.objectives[0]["objective"] == "续约率达到 95%"
    revisions.expect_targets_agreed(session, released, {"new_customers": "25"}, agreed=True)
    revisions.expect_targets_agreed(session, released, {"new_customers": "20"}, agreed=False)


def test_e89_an_early_pass_ends_the_plan_and_frees_the_person(session, observed, act, at):
    at(2025, 12, 30)

    notes.hold_point(session, observed, "提前达到", support="继续陪同", by=act("hui"))
    assessments.assess(session, observed, Outcome.PASSED, reason="提前达到", by=act("hui"))

    assert observed.ended_at == clock.now(session)
    assert plans.running_of(session, observed.appraisee_key) is None


def test_e90_less_pay_takes_agreement_and_a_no_leaves_everything_as_it_is(session, observed, act):
    offered = Offer("客服专员", date(2026, 3, 2), less_pay=True, terms="新目标三个月;工资下调一级")
    transfers.offer(session, observed, offered, reason="更适合", by=act("hui"))
    assert observed.state is PlanState.OBSERVED

    transfers.answer(session, observed, agreed=False, comment="不接受降薪", by=act("ann"))
    with pytest.raises(Conflict, match="nothing is offered"):
        transfers.answer(session, observed, agreed=True, comment="", by=act("ann"))
    assert (observed.state, observed.outcome) == (PlanState.OBSERVED, None)

    transfers.offer(session, observed, offered, reason="再谈", by=act("hui"))
    transfers.answer(session, observed, agreed=True, comment="", by=act("ann"))

    assert (observed.state, observed.outcome) == (PlanState.ENDED, Outcome.TRANSFERRED)


def test_e90_an_offer_nobody_answers_lapses_which_is_neither_a_yes_nor_a_no(session, observed, company, act):
    offered = Offer("客服专员", date(2026, 3, 2), less_pay=True, terms="新目标三个月;工资下调一级")
    row = transfers.offer(session, observed, offered, reason="更适合", by=act("hui"))

    transfers.lapse(session, observed)

    assert (row.agreed, row.answered_at, row.lapsed_at) == (None, None, clock.now(session))
    assert (observed.state, observed.outcome) == (PlanState.OBSERVED, None)
    assert told.of_person(session, by=act("ann"))[0].kind == "transfer-lapsed"
    with pytest.raises(Conflict, match="nothing is offered"):
        transfers.answer(session, observed, agreed=True, comment="", by=act("ann"))
    transfers.offer(session, observed, offered, reason="再谈", by=act("hui"))
    assert transfers.open_of(session, observed) is not None


def test_e92_an_abolished_post_closes_the_plan_without_a_finding(session, observed, act):
    with pytest.raises(Invalid, match="is a finding"):
        endings.close(session, observed, Outcome.FAILED, reason="撤岗", by=act("hui"))
    with pytest.raises(Forbidden):
        endings.close(session, observed, Outcome.ABOLISHED, reason="撤岗", by=act("sun"))

    endings.close(session, observed, Outcome.ABOLISHED, reason="撤岗", by=act("hui"))

    assert (observed.state, observed.outcome, observed.findings) == (PlanState.ENDED, Outcome.ABOLISHED, "")


def test_another_superior_leads_a_plan_whose_own_has_left_and_goes_on_with_what_is_open(
    session, observed, company, act
):
    led = leads.led_by(session, company["sun"].key)
    leads.name(session, observed, company["dai"], by=act("hui"))
    with pytest.raises(Forbidden):
        notes.check_in(session, observed, "不再负责", by=act("sun"))
    notes.check_in(session, observed, "接手后第一次检查", by=act("dai"))

    assert (led, leads.led_by(session, company["sun"].key)) == ([observed], [])
    assert plans.superior_key(session, observed) == company["dai"].key
    assert observed in plans.visible(session, by=act("dai"))


def test_nobody_leads_a_plan_from_below_or_as_its_mentor(session, observed, company, act):
    codes = []
    for named in ("ann", "pan"):
        with pytest.raises(Invalid) as refused:
            leads.name(session, observed, company[named], by=act("hui"))
        codes += [problem.code for problem in refused.value.problems]
    with pytest.raises(Forbidden):
        leads.name(session, observed, company["dai"], by=act("sun"))

    assert codes == ["from-below", "own-mentor"]


def test_what_is_found_is_kept_each_time_and_why_it_was_opened(session, observed, act):
    assessments.judge(session, observed, "续约率 80%", by=act("sun"))
    assessments.assess(session, observed, Outcome.EXTENDED, reason="再看一个月", by=act("hui"))
    assessments.judge(session, observed, "续约率 86%", by=act("sun"))
    assessments.assess(session, observed, Outcome.PASSED, reason="达到", by=act("hui"))

    found = notes.of_plan(session, observed, NoteKind.FINDINGS)
    assert [one.text for one in found] == ["续约率 80%", "续约率 86%"]
    assert (observed.opening, observed.reason) == ("目标合理", "达到")


def test_e90_why_another_post_is_offered_is_kept_while_the_appraisee_thinks(session, observed, act):
    offered = Offer("客服专员", date(2026, 1, 5), less_pay=True, terms="基本工资下调一级")
    row = transfers.offer(session, observed, offered, reason="更适合客服", by=act("hui"))

    transfers.answer(session, observed, agreed=True, comment="同意", by=act("ann"))

    assert (row.reason, observed.reason, observed.outcome) == ("更适合客服", "更适合客服", Outcome.TRANSFERRED)
