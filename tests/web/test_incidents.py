from __future__ import annotations

import re
from datetime import timedelta

import pytest
from diagrams import bpmn
from sqlalchemy import select

from engine import db
from engine.bpmn import chores, deployments, instances, jobs, signals
from engine.bpmn.deployments import Resource
from engine.bpmn.instances import Origin
from engine.bpmn.jobs import Failure, Wanted
from engine.bpmn.models import IncidentRecord, Job, UserTask
from engine.identity import SYSTEM

BONUS = """
    start s
    catch c: signal paid
    exclusive x '等级 Grade'
    end e
    end f
    s > c > x > e [score > 3]
    x > f [score <= 3]
"""


@pytest.fixture
def stuck(company):
    """Let a process hear a signal after which it cannot go on."""
    with db.transaction() as session:
        deployments.deploy(
            session, deployments.read([Resource("bonus.bpmn", bpmn(BONUS, "bonus"))], by=SYSTEM), by=SYSTEM
        )
        made = instances.start(
            session, process_id="bonus", variables={"score": "high"}, by=SYSTEM, origin=Origin(business_id="bonus-7")
        )
        signals.broadcast(session, "paid", {}, by=SYSTEM)
    return made


def resolve_all(visitor):
    page = visitor.client.get("/incidents").get_data(as_text=True)
    return [visitor.sends(address) for address in re.findall(r'action="(/incidents/[^"]+)"', page)]


def test_an_operator_sees_what_cannot_go_on_and_why(stuck, at):
    page, chinese = at("admin").reads("/incidents"), at("admin", "zh_CN").reads("/incidents")

    assert "bonus bonus-7 Grade A condition cannot be told" in page
    assert "the condition of" in page
    assert "等级 条件无法判断" in chinese
    assert "处理并重试" in chinese
    assert 'href="/incidents"' in at("admin").client.get("/processes").get_data(as_text=True)


def test_what_fails_again_stays_in_the_list_with_its_attempts(stuck, at):
    operator = at("admin")

    (answer,) = resolve_all(operator)

    assert answer.status_code == 200
    with db.reading() as session:
        found = session.scalars(select(IncidentRecord).order_by(IncidentRecord.key)).all()
    assert [(incident.attempts, incident.resolved_by) for incident in found] == [(1, "admin"), (2, None)]
    assert "Resolve and retry" in operator.reads("/incidents")


def test_a_job_without_retries_gets_one_more(company, at):
    with db.transaction() as session:
        text = "start s\njob pay: type payment; retries 1\nend e\ns > pay > e"
        deployments.deploy(
            session, deployments.read([Resource("pay.bpmn", bpmn(text, "payroll"))], by=SYSTEM), by=SYSTEM
        )
        instances.start(session, process_id="payroll", variables={}, by=SYSTEM)
        (taken,) = jobs.activate(session, Wanted("payment", 1, timedelta(minutes=1)), by=SYSTEM)
        jobs.fail(session, taken.job.key, Failure("the bank is closed"), by=SYSTEM)
    operator = at("admin")
    page = operator.reads("/incidents")

    resolve_all(operator)

    assert "Automatic work failed the bank is closed" in page
    assert "No incident is open" in operator.reads("/incidents")
    with db.reading() as session:
        assert session.scalars(select(Job.retries)).one() == 1


def test_background_work_that_failed_for_good_is_done_again(company, at):
    with db.transaction() as session:
        chores.keep(session, "test-gone", {}, "the mail server is away")
    operator = at("admin")
    page = operator.reads("/incidents")

    resolve_all(operator)

    assert "test-gone the mail server is away" in page
    with db.reading() as session:
        assert chores.failed(session) == []
        assert len(chores.due(session)) == 1


def test_incidents_are_for_operators_alone(stuck, at):
    with db.reading() as session:
        key = session.scalars(select(IncidentRecord.key)).one()
    hr = at("zhao.min")

    page, answer = hr.reads("/incidents", status=404), hr.sends(f"/incidents/{key}/resolution")

    assert "Grade" not in page
    assert answer.status_code == 404
    assert 'href="/incidents"' not in hr.client.get("/processes").get_data(as_text=True)


def test_a_step_that_a_person_cannot_complete_is_not_their_fault_and_operators_see_who_and_why(company, at):
    text = "start s\nuser note '记录 Note': assignee zhang.wei\nexclusive x\nend e\ns > note > x > e [score > 3]"
    with db.transaction() as session:
        files = deployments.read([Resource("bonus.bpmn", bpmn(text, "bonus"))], by=SYSTEM)
        deployments.deploy(session, files, by=SYSTEM)
        instances.start(session, process_id="bonus", variables={"score": "high"}, by=SYSTEM)
        task = session.scalars(select(UserTask).where(UserTask.element_id == "note")).one()
    person = at("zhang.wei", "zh_CN")

    answers = [person.answers(f"/tasks/{task.key}/completion", {}) for _ in range(2)]
    page = at("admin").reads("/incidents")

    assert [answer.status_code for answer in answers] == [500, 500]
    assert "这不是您的问题" in answers[0].json["detail"]
    assert "A condition cannot be told" in page
    assert "Zhang Wei could not complete the step and must do so again" in page
    assert "Resolve and retry" not in page
    with db.reading() as session:
        assert session.scalars(select(IncidentRecord.attempts)).all() == [2]
