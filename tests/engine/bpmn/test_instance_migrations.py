"""Running instances that go over to another version, in the database."""

from datetime import timedelta
from typing import Any

import pytest
from company import ANN, BOB, complete, deploy, later, now, open_tasks, pin, start, state, variables
from diagrams import bpmn
from sqlalchemy import select

from engine import db
from engine.bpmn import (
    candidates,
    deployments,
    history,
    incidents,
    instance_migrations,
    instances,
    jobs,
    messages,
    tasks,
)
from engine.bpmn.deployments import Resource
from engine.bpmn.instance_migrations import Goal, Preview
from engine.bpmn.jobs import Wanted
from engine.bpmn.messages import Publication
from engine.bpmn.models import (
    Element,
    ElementInstance,
    FormDefinition,
    IncidentRecord,
    Job,
    MessageSubscription,
    ProcessDefinition,
    Timer,
)
from engine.bpmn.store import Instance
from engine.errors import Conflict, Forbidden, Incident, Invalid, NotFound
from engine.identity import SYSTEM, Identity

pytestmark = pytest.mark.usefixtures("database")

REVIEW = """
    start s
    user own 'Own view': users ann,bob; due =today() + duration("P3D")
    boundary late on own: duration P5D
    end e
    end f
    s > own > e
    late > f
"""


def newest(process_id: str = "p", **mapping: str) -> Goal:
    with db.reading() as session:
        query = select(ProcessDefinition.key).where(ProcessDefinition.process_id == process_id)
        key = session.scalars(query.order_by(ProcessDefinition.version.desc())).first()
    assert key is not None
    return Goal(key, mapping)


def migrate(instance: Instance, goal: Goal, by: Identity = SYSTEM) -> None:
    with db.transaction() as session:
        instance_migrations.migrate(session, instance.key, goal, by=by)


def preview(instance: Instance, goal: Goal, by: Identity = SYSTEM) -> Preview:
    with db.reading() as session:
        return instance_migrations.preview(session, instance.key, goal, by=by)


def open_incidents() -> list[IncidentRecord]:
    with db.reading() as session:
        return incidents.open_ones(session)


def publish(name: str, key: str) -> None:
    with db.transaction() as session:
        messages.publish(session, Publication(name, key), by=SYSTEM)


def form(form_id: str) -> Resource:
    components = '[{"type": "number", "key": "rating", "id": "r", "label": "Rating"}]'
    content = f'{{"id": "{form_id}", "type": "default", "schemaVersion": 19, "components": {components}}}'
    return Resource(f"{form_id}.form", content.encode())


def deploy_with(text: str, *forms: str) -> None:
    with db.transaction() as session:
        found = [form(form_id) for form_id in forms]
        deployments.deploy(
            session, deployments.read([*found, Resource("p.bpmn", bpmn(text, "p"))], by=SYSTEM), by=SYSTEM
        )


def test_an_open_task_keeps_its_key_holder_dates_and_candidates_and_takes_the_new_name_and_form() -> None:
    deploy_with(REVIEW.replace("users", "form old; users"), "old")
    instance = start()
    with db.transaction() as session:
        tasks.claim(session, open_tasks()["own"].key, by=ANN)
    before = open_tasks()["own"]
    later(days=1)
    deploy_with(
        REVIEW.replace("own 'Own view': users ann,bob", "mine 'My view': form new; users cy")
        .replace("late on own", "late on mine")
        .replace("s > own", "s > mine")
        .replace("P3D", "P9D"),
        "new",
    )

    migrate(instance, newest(own="mine"))

    after = open_tasks()["mine"]
    assert (after.key, after.assignee, after.due_at) == (before.key, "ann", before.due_at)
    assert (after.name, after.process_version, after.definition_key) == ("My view", 2, newest().definition_key)
    with db.reading() as session:
        assert candidates.of_task(session, after.key) == (["ann", "bob"], [])
        assert session.get_one(FormDefinition, after.form_key).form_id == "new"
        assert instances.get(session, instance.key).process_version == 2


def test_a_timer_keeps_its_due_time_under_its_new_name_and_fires_once() -> None:
    pin(now())
    deploy(REVIEW)
    instance = start()
    due = now() + timedelta(days=5)
    later(days=1)
    deploy(REVIEW.replace("late", "too_late").replace("P5D", "P50D"))

    migrate(instance, newest(late="too_late"))

    with db.reading() as session:
        assert [(t.event_id, t.due_at) for t in session.scalars(select(Timer))] == [("too_late", due)]
    assert later(days=4) == 1
    assert state(instance) == "COMPLETED"


def test_events_that_change_names_with_each_other_keep_what_they_wait_for() -> None:
    text = "start s\nuser u\nboundary a on u: duration P1D\nboundary b on u: duration P2D\nuser x\nuser y\n"
    deploy(text + "s > u\na > x\nb > y")
    instance = start()
    deploy(text + "s > u\na > x\nb > y > x")

    migrate(instance, newest(a="b", b="a"))
    later(days=1)

    assert list(open_tasks()) == ["y"]


def test_a_new_boundary_event_is_armed_from_now_and_a_removed_one_is_gone() -> None:
    deploy(REVIEW)
    instance = start()
    later(days=1)
    deploy(REVIEW.replace("late", "reminder").replace("on own: duration P5D", "beside own: duration P1D"))

    seen = preview(instance, newest())
    migrate(instance, newest())

    assert (seen.armed, seen.closed, seen.problems) == (("reminder",), ("late",), ())
    with db.reading() as session:
        assert [t.event_id for t in session.scalars(select(Timer))] == ["reminder"]
    assert later(days=1) == 1
    assert list(open_tasks()) == ["own"]


def test_a_message_still_finds_its_instance_in_another_process() -> None:
    deploy("start s\ncatch c: message go key =id\nend e\ns > c > e")
    instance = start(id="7")
    deploy(q="start s\ncatch d: message go key =other\nuser u\ns > d > u")

    migrate(instance, newest("q", c="d"))
    with db.reading() as session:
        found = session.scalars(select(MessageSubscription)).one()
    publish("go", "7")

    assert (found.process_id, found.event_id, found.correlation_key) == ("q", "d", "7")
    assert list(open_tasks()) == ["u"]


def test_a_message_of_another_name_is_awaited_anew() -> None:
    deploy("start s\ncatch c: message go key =id\nend e\ns > c > e")
    instance = start(id="7")
    deploy("start s\ncatch c: message leave key =id\nend e\ns > c > e")

    migrate(instance, newest())
    publish("go", "7")
    still = state(instance)
    publish("leave", "7")

    assert (still, state(instance)) == ("ACTIVE", "COMPLETED")


def test_raters_keep_their_items_and_what_others_answered() -> None:
    text = "start s\nuser rate: each-of =raters; item rater; list got; answer =r; out r = r; assignee =rater\nend e\n"
    deploy(text + "s > rate > e")
    instance = start(raters=["ann", "bob"])
    complete("rate", BOB, r=2)
    deploy(text.replace("assignee", "priority 70; assignee") + "user more\ns > rate > more > e")

    migrate(instance, newest())
    complete("rate", ANN, r=1)

    assert list(open_tasks()) == ["more"]
    assert variables(instance)["got"] == [1, 2]


def test_a_called_process_goes_on_and_returns_to_the_migrated_one() -> None:
    deploy("start s\ncall c: calls q\nend e\ns > c > e", q="start s\nuser u: assignee ann; out x = x\nend e\ns > u > e")
    instance = start()
    deploy("start s\ncall d: calls q\nuser v\nend e\ns > d > v > e")

    migrate(instance, newest(c="d"))
    complete("u", ANN, x=4)

    assert list(open_tasks()) == ["v"]
    assert variables(instance) == {"x": 4}


def test_e53_a_preview_names_moves_and_obstacles_and_changes_nothing() -> None:
    deploy(REVIEW)
    instance = start()
    deploy(REVIEW.replace("own", "mine"))

    refused = preview(instance, newest())
    possible = preview(instance, newest(own="mine"))

    assert [problem.message for problem in refused.problems] == [
        "own is active, but no element of the target stands for it."
    ]
    assert [(move.source, move.target, move.task and move.task.name) for move in possible.moves] == [
        ("own", "mine", "Own view")
    ]
    assert list(open_tasks()) == ["own"]
    assert open_tasks()["own"].process_version == 1


def test_what_cannot_be_migrated_is_refused_and_stays_as_it_was() -> None:
    deploy(REVIEW)
    instance = start()
    deploy(REVIEW.replace("own", "mine"))

    with pytest.raises(Conflict, match="own is active, but no element of the target stands for it"):
        migrate(instance, newest())
    with pytest.raises(Invalid, match="unknown elements"):
        migrate(instance, newest(nobody="mine"))
    with pytest.raises(NotFound):
        migrate(instance, Goal(1))
    with pytest.raises(Forbidden):
        migrate(instance, newest(own="mine"), by=ANN)
    migrate(instance, newest(own="mine"))
    with pytest.raises(Conflict, match="goes by that version already"):
        migrate(instance, newest())


def test_a_new_event_that_cannot_be_awaited_refuses() -> None:
    deploy("start s\nuser u\ns > u")
    instance = start()
    deploy("start s\nuser u\nboundary b on u: message m key =nobody\nend e\ns > u\nb > e")

    seen = preview(instance, newest())

    assert [problem.code for problem in seen.problems] == ["migration-arming"]
    with pytest.raises(Conflict, match="correlation key"):
        migrate(instance, newest())


def test_an_ended_instance_is_not_migrated() -> None:
    deploy("start s\nend e\ns > e")
    instance = start()
    deploy("start s\nuser u\nend e\ns > u > e")

    with pytest.raises(Conflict, match="it is completed"):
        migrate(instance, newest())
    with pytest.raises(Conflict, match="it is completed"):
        preview(instance, newest())


def test_the_history_keeps_the_plan_and_both_versions() -> None:
    deploy(REVIEW)
    instance = start()
    deploy(REVIEW.replace("own", "mine"))

    migrate(instance, newest(own="mine"))

    with db.reading() as session:
        entry: Any = history.of(session, instance.key)[-1]
        assert not list(history.verify(session))
    told = entry.details["migration"]
    assert entry.event is history.Event.MIGRATED
    assert (told["from"]["version"], told["to"]["version"], told["mapping"]) == (1, 2, {"own": "mine"})


def test_a_process_that_cannot_go_on_in_the_target_leaves_the_instance_alone() -> None:
    deploy(q="start s\nuser u\ns > u")
    instance = start("q", x=2)
    text = "start s\nuser u\nboundary b on u: condition x > 1\nexclusive g\nend e\n"
    deploy(text + "s > u > e\nb > g > e [x > 5]\ng > u [x = 3]")

    with pytest.raises(Incident):
        migrate(instance, newest())

    assert open_tasks()["u"].process_id == "q"


def test_what_is_under_way_is_of_the_new_versions_elements_and_what_is_over_is_not() -> None:
    deploy("start s\njob first: type pay\nuser u: assignee ann\nend e\ns > first > u > e")
    instance = start()
    deploy("start s\njob paid: type pay\nuser u: assignee ann\nend e\ns > paid > u > e")

    migrate(instance, newest(first="paid"))

    with db.reading() as session:
        job = session.scalars(select(Job)).one()
        rows = session.execute(
            select(Element.element_id, ElementInstance.state, ProcessDefinition.version)
            .join(Element, Element.key == ElementInstance.element_key)
            .join(ProcessDefinition, ProcessDefinition.key == Element.definition_key)
            .order_by(ElementInstance.token)
        ).all()
    assert (job.element_id, job.process_version) == ("paid", 2)
    assert [tuple(row) for row in rows] == [("p", "ACTIVE", 2), ("s", "COMPLETED", 1), ("paid", "ACTIVE", 2)]


def test_the_instances_of_a_step_done_several_times_go_over_with_what_holds_them() -> None:
    deploy("start s\nuser u: assignee ann; each-of =[1, 2]; item x\nend e\ns > u > e")
    instance = start()
    deploy("start s\nuser v: assignee ann; each-of =[1, 2]; item x\nend e\ns > v > e")

    migrate(instance, newest(u="v"))

    with db.reading() as session:
        kinds = session.scalars(
            select(Element.type)
            .join(ElementInstance, ElementInstance.element_key == Element.key)
            .where(Element.element_id == "v")
            .order_by(ElementInstance.token)
        ).all()
    assert kinds == ["MULTI_INSTANCE_BODY", "USER_TASK", "USER_TASK"]


def test_a_workers_job_stays_in_its_hand() -> None:
    deploy("start s\njob j: type outside\nend e\ns > j > e")
    instance = start()
    with db.transaction() as session:
        (taken,) = jobs.activate(session, Wanted("outside", 1, timedelta(minutes=5)), by=SYSTEM)
    deploy("start s\njob k: type elsewhere\nuser u\nend e\ns > k > u > e")

    migrate(instance, newest(j="k"))
    with db.transaction() as session:
        found = jobs.get(session, taken.job.key, by=SYSTEM)
        jobs.complete(session, found.key, by=SYSTEM, variables={"x": 1})

    assert (found.element_id, found.type, found.process_version) == ("k", "outside", 2)
    assert list(open_tasks()) == ["u"]


FAILING = "start s\nuser u\nboundary b on u: message m key =k\nexclusive g\nend e\nend f\ns > u > e\nb > g > f [x > 1]"


def test_an_incident_is_resolved_in_the_version_that_mends_it() -> None:
    deploy(FAILING)
    instance = start(x=1, k="1")
    publish("m", "1")
    (incident,) = open_incidents()
    deploy(FAILING.replace("boundary b", "boundary c").replace("b > g", "c > g").replace("x > 1", "x = 1"))

    migrate(instance, newest(b="c"))
    with db.transaction() as session:
        incidents.resolve(session, incident.key, by=SYSTEM)

    assert open_incidents() == []
    assert state(instance) == "COMPLETED"


def test_an_incident_about_what_the_target_does_not_know_is_over() -> None:
    deploy(FAILING)
    instance = start(x=1, k="1")
    publish("m", "1")
    deploy("start s\nuser u\nend e\ns > u > e")

    migrate(instance, newest())

    assert open_incidents() == []
    with db.reading() as session:
        assert instances.get(session, instance.key).incidents == 0
