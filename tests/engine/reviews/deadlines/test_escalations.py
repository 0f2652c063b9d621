"""Two reminders and one escalation: who is told of an open task, when, and who is not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from diagrams import bpmn
from sqlalchemy import select

from engine import clock
from engine.bpmn import deployments, instances, operations, tasks
from engine.bpmn import timers as bpmn_timers
from engine.bpmn.deployments import Resource
from engine.bpmn.models import InstanceState, ProcessInstance, UserTask
from engine.errors import Incident
from engine.identity import SYSTEM
from engine.reviews import notices
from engine.reviews.deadlines import escalations
from engine.reviews.models import Escalation, Leave, LeaveKind
from engine.reviews.organisation import lines, people

TASK = (
    '<bpmn:serviceTask id="{id}"><bpmn:extensionElements><zeebe:taskDefinition type="reviewflow.{id}"/>'
    '<zeebe:taskHeaders><zeebe:header key="kind" value="u"/>{to}</zeebe:taskHeaders>'
    "</bpmn:extensionElements></bpmn:serviceTask>"
)
ASKED = """
    start s
    user u 'Say something': {whom}; due =add working days(today(), 3)
    boundary near beside u: date =add working days(today(), 2)
    boundary due beside u: date =add working days(today(), 3)
    boundary overdue beside u: date =add working days(today(), 5)
    {remind}
    {escalate}
    end e
    end told
    s > u > e
    near > remind
    due > remind > told
    overdue > escalate > told
"""
DAY_2, DAY_3, DAY_5 = (datetime(2025, 7, day, 16, 30, tzinfo=UTC) for day in (3, 4, 8))
"""Half an hour after the second, third and fifth working day after Tuesday, the first of July."""


@pytest.fixture
def asked(session, company):
    """Open a task that reminds twice and escalates once."""

    def ask(whom="assignee ann", to="line"):
        header = f'<zeebe:header key="to" value="{to}"/>'
        called = {"remind": TASK.format(id="remind", to=""), "escalate": TASK.format(id="escalate", to=header)}
        text = ASKED.format(whom=whom, **called)
        deployments.deploy(
            session, deployments.read([Resource("asked.bpmn", bpmn(text, "asked"))], by=SYSTEM), by=SYSTEM
        )
        instance = instances.start(session, process_id="asked", variables={}, by=SYSTEM)
        return session.scalars(select(UserTask).where(UserTask.instance_key == instance.key)).one()

    return ask


@pytest.fixture
def at(session):
    """Let it be an instant, and all fire that is due by then."""

    def wait(instant):
        clock.pin(session, instant)
        while due := bpmn_timers.due(session):
            for timer in due:
                bpmn_timers.fire(session, timer)

    return wait


@pytest.fixture
def told(session, act):
    """The kinds of notices somebody got, the first one first."""
    return lambda username: [notice.kind for notice in reversed(notices.of_person(session, by=act(username)))]


def test_the_holder_is_reminded_before_and_at_the_deadline_and_the_superior_told_after_it(asked, at, told):
    asked()

    at(DAY_2)
    assert (told("ann"), told("sun")) == (["task-near"], [])
    at(DAY_3)
    assert (told("ann"), told("sun")) == (["task-near", "task-due"], [])
    at(DAY_5)

    assert told("ann") == ["task-near", "task-due", "task-overdue"]
    assert told("sun") == ["task-escalated"]
    assert told("dai") == []


def test_a_task_that_is_done_reminds_nobody_and_leaves_nothing_that_waits(session, asked, at, told, act):
    task = asked()
    at(DAY_2)

    tasks.complete(session, task.key, by=act("ann"), variables={})
    at(DAY_5)

    assert told("ann") == ["task-near"]
    assert told("sun") == []
    assert session.get_one(ProcessInstance, task.instance_key).state is InstanceState.COMPLETED


def test_e50_after_days_without_a_worker_everybody_is_told_once(session, asked, at, told):
    asked()

    at(DAY_5 + timedelta(days=3))

    assert told("ann") == ["task-due"]
    assert told("sun") == ["task-escalated"]


def test_who_is_on_leave_is_not_reminded_and_the_next_superior_who_is_there_is_told(session, company, asked, at, told):
    session.add_all(
        Leave(person_key=company[name].key, kind=LeaveKind.SICK, valid_from=date(2025, 7, 1)) for name in ("ann", "sun")
    )
    asked()

    at(DAY_3)
    at(DAY_5)

    assert (told("ann"), told("sun")) == ([], [])
    assert told("dai") == ["task-escalated"]


def test_above_the_last_of_a_line_hr_is_told(asked, at, told):
    asked("assignee dai")

    at(DAY_5)

    assert told("hui") == ["task-escalated"]


def test_what_waits_for_hr_is_reported_to_the_head_of_hr(session, company, asked, at, told):
    person = {"employee_id": "H900", "username": "lin", "name": "林", "department": "office"}
    lin = people.hire(session, **person, employed_from=date(2024, 1, 1), roles=[people.Role.HR], by=SYSTEM)
    lines.assign(session, lin, company["hui"], valid_from=date(2024, 1, 1), by=SYSTEM)
    asked("groups hr", "head")

    at(DAY_5)

    assert told("hui") == ["task-due", "task-escalated"]
    assert told("lin") == ["task-due"]


def test_what_the_line_must_not_know_is_reported_to_hr_alone(asked, at, told):
    asked("assignee ann", "hr")

    at(DAY_5)

    assert told("hui") == ["task-escalated"]
    assert told("sun") == []


def test_who_was_told_stands_beside_the_task(session, asked, at):
    task = asked()

    at(DAY_5)

    assert escalations.of_tasks(session, [task.key]) == {task.key: ["sun"]}
    (row,) = session.scalars(select(Escalation)).all()
    assert row.escalated_at == DAY_5


def test_a_diagram_that_reports_to_nobody_known_makes_an_incident(session, asked, act):
    task = asked(to="moon")
    call = operations.Call(
        session=session,
        instance_key=task.instance_key,
        business_id=None,
        element_id="escalate",
        variables={},
        headers={"kind": "u", "to": "moon"},
        now=clock.now(session),
        by="engine",
    )

    with pytest.raises(Incident, match="none of line, head, hr"):
        operations.perform("reviewflow.escalate", call)
