"""Tests of engine.reviews.cycle.launches: what the launch of a cycle asks for, and that it begins each review once."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.bpmn import chores, deployments, instances
from engine.bpmn.deployments import Resource
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews import operations as _  # noqa: F401 - registers what the diagram calls by name
from engine.reviews.cycle import cancellations, cycles, launches
from engine.reviews.models import CycleState, Procedure
from engine.reviews.organisation import lines, people
from engine.reviews.rating import raters
from engine.reviews.rulebook import regulations

ROOT = Path(__file__).parents[4]
FORMS = ("cycle-check", "regulation-discussion", "regulation-consultation", "regulation-publication", "cycle-receipts")


@pytest.fixture
def procedure(session):
    """The shipped launch procedure, deployed."""
    files = [Resource("cycle-launch.bpmn", (ROOT / "processes/cycle-launch/process.bpmn").read_bytes())]
    files += [Resource(f"{name}.form", (ROOT / f"forms/{name}.form").read_bytes()) for name in FORMS]
    deployments.deploy(session, deployments.read(files, by=SYSTEM), by=SYSTEM)


@pytest.fixture
def regulation(session, cycle, act):
    """The regulation of the cycle, a draft."""
    row = regulations.draft(session, "handbook", "第一条", title="细则", by=act("hui"))
    regulations.govern(cycle, row, by=act("hui"))
    return row


@pytest.fixture
def published(session, regulation, act):
    """The regulation after its democratic procedure."""
    for step in Procedure:
        about = {"held_on": date(2025, 6, 20), "participants": "代表", "minutes": "同意"}
        regulations.record(session, regulation, step, **about, by=act("hui"))
    return regulations.publish(session, regulation, by=act("hui"))


@pytest.fixture
def crowd(session, company, cycle, act):
    """Three people in the cycle."""
    for name in ("sun", "fan"):
        lines.assign(session, company[name], company["dai"], valid_from=date(2024, 1, 2), by=act("hui"))
        review = cycles.enrol(session, cycle, company[name], by=act("hui"))
        raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))
    return cycle


def open_tasks(session):
    return session.scalars(select(UserTask.element_id).where(UserTask.state == TaskState.CREATED)).all()


def work_off(session):
    while due := chores.due(session):
        for key in due:
            chores.run(session, key)


def test_a_cycle_without_a_regulation_is_launched_at_once_by_the_procedure(session, procedure, cycle, act):
    launches.request(session, cycle, by=act("hui"))

    assert cycle.state is CycleState.LAUNCHED
    assert instances.get(session, cycle.procedure_key).state is InstanceState.COMPLETED


def test_where_no_procedure_is_deployed_a_cycle_is_launched_at_once(session, cycle, act):
    launches.request(session, cycle, by=act("hui"))

    assert (cycle.state, cycle.procedure_key) == (CycleState.LAUNCHED, None)


def test_l003_28_an_unpublished_regulation_goes_through_the_democratic_procedure_first(
    session, procedure, regulation, cycle, act
):
    launches.request(session, cycle, by=act("hui"))

    assert (cycle.state, open_tasks(session)) == (CycleState.DRAFT, ["record_discussion"])
    with pytest.raises(Conflict, match="under way"):
        launches.request(session, cycle, by=act("hui"))


def test_the_last_receipt_launches_the_cycle_and_a_second_one_of_the_same_person_counts_once(
    session, procedure, published, crowd, act
):
    launches.request(session, crowd, by=act("hui"))
    states = []
    for name in ("ann", "ann", "sun", "fan"):
        regulations.receive(session, published, by=act(name))
        states.append(crowd.state.value)

    assert states == ["draft", "draft", "draft", "launched"]
    assert [person.username for person in regulations.outstanding(session, crowd)] == []


def test_what_the_procedure_does_not_bring_is_refused_before_it_begins(session, procedure, regulation, cycle, act):
    cycles.enrol(session, cycle, people.named(session, "wei"), by=act("hui"))

    with pytest.raises(Invalid) as refused:
        launches.request(session, cycle, by=act("hui"))
    with pytest.raises(Forbidden):
        launches.request(session, cycle, by=act("sun"))

    assert {problem.code for problem in refused.value.problems} == {"no-superior", "no-rater"}
    assert open_tasks(session) == []


def test_reviews_begin_in_batches_in_the_background_and_each_once(session, crowd, act, monkeypatch):
    monkeypatch.setattr(cycles, "BATCH", 1)

    cycles.launch(session, crowd, by=act("hui"), most=1)
    begun = len(cycles.unbegun(session, crowd))
    work_off(session)
    cycles.begin_next(session, cycle=str(crowd.key))  # a chore that is done again after a power cut

    started = session.scalars(select(ProcessInstance.key)).all()
    assert (begun, len(cycles.unbegun(session, crowd)), len(started)) == (2, 0, 3)


def test_e62_cancelling_a_cycle_on_its_way_ends_its_launch(session, procedure, regulation, cycle, act):
    launches.request(session, cycle, by=act("hui"))

    cancellations.cancel(session, cycle, reason="以后再说", by=act("hui"))

    assert (cycle.state, open_tasks(session)) == (CycleState.CANCELLED, [])
    assert instances.get(session, cycle.procedure_key).state is InstanceState.TERMINATED
