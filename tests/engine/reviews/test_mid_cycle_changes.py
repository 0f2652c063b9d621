"""HR changes the shipped evaluation in the middle of a cycle, and the reviews under way go over to it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from demonstration import RATINGS, Demonstration, column
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import deployments, history, instance_migrations
from engine.bpmn.deployments import Resource
from engine.bpmn.instance_migrations import Goal
from engine.bpmn.models import InstanceState, ProcessDefinition, ProcessInstance, Timer
from engine.identity import SYSTEM
from engine.reviews import demo, notices
from engine.reviews.reports import progress, sheets
from engine.settings import ROOT

EVALUATION = ROOT / "processes" / "evaluation" / "process.bpmn"
PEERS = ROOT / "processes" / "peer-rating" / "process.bpmn"
REMINDER = """
    <bpmn:boundaryEvent id="cross_again" attachedToRef="cross_evaluation" cancelActivity="false">
      <bpmn:outgoing>cross_again__remind</bpmn:outgoing>
      <bpmn:timerEventDefinition id="cross_again_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P1D</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="cross_again_remind">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="reviewflow.remind" />
        <zeebe:taskHeaders><zeebe:header key="kind" value="cross_evaluation" /></zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:incoming>cross_again__remind</bpmn:incoming>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="cross_again__remind" sourceRef="cross_again" targetRef="cross_again_remind" />
    </bpmn:subProcess>"""
RENAMED = {
    "self_evaluation": "self_assessment",
    "self_evaluation_due": "self_assessment_due",
    "self_evaluation_closed": "self_assessment_closed",
}
MAPPINGS = {"evaluation": RENAMED, "peer-rating": {}}


@pytest.fixture
def half_rated(demonstration: Demonstration) -> Demonstration:
    """Zhang Wei's review, rated by the superior and one of two others, but not by himself."""
    rate_in_part(demonstration)
    return demonstration


def rate_in_part(demonstration: Demonstration) -> None:
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.rate(skipping=("zhang.wei", "liu.yang"))


def change() -> None:
    """Rename the self-evaluation, by id and by name, and remind the others once more."""
    content = EVALUATION.read_text(encoding="utf-8")
    content = content.replace("self_evaluation", "self_assessment").replace("Self-rating", "Self-assessment")
    peers = PEERS.read_text(encoding="utf-8").replace("</bpmn:subProcess>", REMINDER)
    changed = [Resource("evaluation.bpmn", content.encode()), Resource("peer-rating.bpmn", peers.encode())]
    with db.transaction() as session:
        deployments.deploy(session, deployments.read(changed, by=SYSTEM), by=SYSTEM)


def migrate() -> None:
    """Let the evaluations and peer ratings under way go over to the newest version."""
    with db.transaction() as session:
        for process_id, mapping in MAPPINGS.items():
            newest = select(ProcessDefinition.key).where(ProcessDefinition.process_id == process_id)
            key = session.scalars(newest.order_by(ProcessDefinition.version.desc())).first()
            running = (ProcessInstance.process_id == process_id, ProcessInstance.state == InstanceState.ACTIVE)
            for instance in session.scalars(select(ProcessInstance.key).where(*running)).all():
                instance_migrations.migrate(session, instance, Goal(key or 0, mapping), by=SYSTEM)


def reminders(username: str) -> int:
    with db.reading() as session:
        found = notices.of_person(session, by=identity.identity_of(session, username))
        return sum(notice.kind in {"task-near", "task-due", "task-overdue"} for notice in found)


@pytest.mark.usefixtures("database")
def test_a_review_under_way_is_rated_to_its_end_in_the_changed_evaluation() -> None:
    half_rated = Demonstration()
    half_rated.prepare()
    rate_in_part(half_rated)
    with db.reading() as session:
        due = half_rated.task(session, "self_evaluation", "zhang.wei").due_at
        closing = session.scalars(select(Timer.due_at).where(Timer.event_id == "self_evaluation_closed")).one()

    change()
    migrate()

    with db.reading() as session:
        task = half_rated.task(session, "self_assessment", "zhang.wei")
        moved = session.scalars(select(Timer.due_at).where(Timer.event_id == "self_assessment_closed")).one()
    assert (task.due_at, moved) == (due, closing)
    half_rated.do("zhang.wei", "self_assessment", ratings=column("rating", RATINGS["self"]))
    half_rated.do("liu.yang", "cross_evaluation", ratings=column("rating", RATINGS["liu.yang"]))
    with db.reading() as session:
        sheet = sheets.of_review(session, half_rated.review(session), by=identity.identity_of(session, "li.na"))
        assert not list(history.verify(session))
    assert (sheet.total, sheet.grade) == (Decimal("87.68"), "良好")
    half_rated.release()
    half_rated.interview("agreed")


def test_the_new_reminder_and_the_renamed_ones_reach_those_who_are_late(half_rated: Demonstration) -> None:
    change()
    migrate()

    half_rated.pass_time(timedelta(days=1))
    after_a_day = reminders("liu.yang"), reminders("zhang.wei"), reminders("chen.jing")
    half_rated.pass_time(timedelta(days=4))

    assert after_a_day == (1, 0, 0)
    assert reminders("zhang.wei") == 1


def test_the_cycles_progress_counts_on_under_the_new_name(half_rated: Demonstration) -> None:
    change()
    migrate()

    with db.reading() as session:
        officer = identity.identity_of(session, demo.OFFICER)
        steps = {
            step.element_id: step for step in progress.of_cycle(session, half_rated.cycle(session), by=officer).steps
        }
    cross = steps["cross_evaluation"]
    assert (cross.open, cross.completed) == (1, 1)
    assert steps["self_assessment"].name.endswith("Self-assessment")
    assert "self_evaluation" not in steps
