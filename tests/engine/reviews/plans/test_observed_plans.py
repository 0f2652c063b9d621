"""Improvement plans of the demo company on the shipped processes and forms."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import chores
from engine.errors import Forbidden, Invalid
from engine.reviews import demo
from engine.reviews.deadlines import holidays
from engine.reviews.models import Plan
from engine.reviews.organisation import people
from engine.reviews.plans import endings, mentoring, notes, plans, triggers
from engine.reviews.plans.plan_rules import PlanRules


def sign(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate()
    demonstration.release()
    demonstration.interview()


@pytest.fixture
def signed(demonstration):
    """Zhang Wei's result, signed with objection."""
    sign(demonstration)
    return demonstration


@pytest.fixture
def observed(signed):
    """The plan of Zhang Wei, who did not sign it, under observation."""
    observe(signed)
    return signed


def observe(signed):
    propose(signed)
    signed.do(demo.OFFICER, "confirm_plan", decision="open", reason="目标合理", targetsReasonable=True)
    signed.do("li.na", "write_plan", **WRITTEN, mentor="song.qi")
    signed.do("li.na", "hold_plan_talk", heldOn="2025-09-22", minutes="逐项说明")
    signed.do("zhang.wei", "sign_plan", accepted=False, remark="不同意目标")


WRITTEN = {
    "objectives": [{"objective": "续约率 85%", "measure": "CRM 月报", "support": "每周辅导"}],
    "training": "谈判训练 16 学时",
    "months": "3",
}


def propose(demonstration, by=demo.OFFICER):
    with db.transaction() as session:
        who = identity.identity_of(session, by)
        return plans.propose(session, demonstration.review(session), grounds="连续两个月未达标", by=who)


def only_plan(session):
    return session.scalars(select(Plan)).one()


def test_a_plan_is_proposed_by_hr_alone_and_ends_after_three_months_by_a_person(signed):
    with pytest.raises(Forbidden):
        propose(signed, by="li.na")
    propose(signed)
    signed.do(demo.OFFICER, "confirm_plan", decision="open", reason="目标合理", targetsReasonable=True)
    with pytest.raises(Invalid) as refused:
        signed.do("li.na", "write_plan", **WRITTEN, mentor="zhang.wei")
    signed.do("li.na", "write_plan", **WRITTEN, mentor="song.qi")
    signed.do("li.na", "hold_plan_talk", heldOn="2025-09-22", minutes="逐项说明")
    signed.do("zhang.wei", "sign_plan", accepted=False, remark="不同意目标")
    signed.do("song.qi", "mentor_note", note="完成两次演练")
    signed.pass_time(timedelta(days=8))
    signed.do("song.qi", "mentor_note", note="续约两家")

    signed.pass_time(timedelta(days=100))

    with db.reading() as session, pytest.raises(Exception, match="No row"):
        signed.task(session, "mentor_note", "song.qi")
    signed.do("li.na", "judge_plan", findings="续约率 86%")
    signed.do(demo.OFFICER, "assess", outcome="passed", reason="目标达成")
    with db.reading() as session:
        plan = only_plan(session)
        written = notes.of_plan(session, plan)
    assert {problem.where for problem in refused.value.problems} == {"mentor"}
    assert (plan.state.value, plan.outcome.value, plan.accepted) == ("ended", "passed", False)
    assert plan.ends_on.isoformat() == "2025-12-22"
    assert [note.text for note in written] == ["完成两次演练", "续约两家", "续约率 86%"]


def test_the_rule_of_the_cycle_proposes_once_the_window_for_an_appeal_has_closed(demonstration):
    with db.transaction() as session:
        by = identity.identity_of(session, demo.OFFICER)
        rules = PlanRules(trigger="pip-trigger-000", mapping={"良好": "D"})
        triggers.choose(session, demonstration.cycle(session), rules, by=by)
    sign(demonstration)
    with db.reading() as session:
        assert session.scalars(select(Plan)).first() is None

    demonstration.pass_time(timedelta(days=21))

    with db.reading() as session:
        plan = only_plan(session)
        assert (plan.state.value, plan.proposed_by) == ("proposed", "engine")
        assert "(000)" in plan.grounds
    demonstration.do(demo.OFFICER, "confirm_plan", decision="dismiss", reason="目标偏高")


def test_e85_the_open_note_goes_to_the_new_mentor(observed):
    with db.transaction() as session:
        mentor = people.named(session, "chen.jing")
        mentoring.replace(session, only_plan(session), mentor, by=identity.identity_of(session, "li.na"))

    with db.reading() as session, pytest.raises(Exception, match="No row"):
        observed.task(session, "mentor_note", "song.qi")
    observed.do("chen.jing", "mentor_note", note="接手辅导")
    with db.reading() as session:
        assert [note.written_by for note in notes.of_plan(session, only_plan(session))] == ["chen.jing"]


def publish(days_off):
    with db.transaction() as session:
        by = identity.identity_of(session, demo.OFFICER)
        holidays.publish(session, extra_holidays=days_off, extra_workdays=[], note="临时通知", by=by)
    with db.transaction() as session:
        while waiting := chores.due(session):
            for chore in waiting:
                chores.run(session, chore)


def test_e44_the_last_day_of_an_observation_moves_with_each_notice_of_days_off(signed):
    publish([date(2025, 12, 22)])
    observe(signed)
    with db.reading() as session:
        told = only_plan(session).ends_on

    publish([])
    signed.pass_time(timedelta(days=92))

    with db.reading() as session:
        assert (told, only_plan(session).ends_on) == (date(2025, 12, 23), date(2025, 12, 22))
        assert signed.task(session, "judge_plan", "li.na")


def test_e92_whatever_the_process_waits_for_ends_with_a_plan_that_is_closed(observed):
    with db.transaction() as session:
        by = identity.identity_of(session, demo.OFFICER)
        endings.close(session, only_plan(session), endings.Outcome.ABOLISHED, reason="撤岗", by=by)

    with db.reading() as session:
        assert not endings.is_running(session, only_plan(session))
