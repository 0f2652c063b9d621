"""Call activities: which version they find, how deep they go, and what they may not call."""

import pytest
from company import ANN, complete, deploy, open_tasks, start, state, variables
from diagrams import bpmn
from sqlalchemy import func, select

from engine import db
from engine.bpmn import calls, deployments
from engine.bpmn.deployments import Resource
from engine.bpmn.models import ProcessInstance
from engine.errors import Incident, Invalid
from engine.identity import SYSTEM

pytestmark = pytest.mark.usefixtures("database")

TAGGED = "start s\nscript k: let version = {}\nend e\ns > k > e"


def problems(*texts: str, **named: str) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        deploy(*texts, **named)
    return [(problem.where, problem.code) for problem in refusal.value.problems]


def test_the_latest_version_is_called_even_if_it_came_after_the_caller() -> None:
    deploy("start s\nuser u: assignee ann\ncall c: calls child\nend e\ns > u > c > e", child=TAGGED.format(1))
    instance = start()
    deploy(child=TAGGED.format(2))

    complete("u", ANN)

    assert variables(instance) == {"version": 2}


def test_with_the_binding_deployment_what_was_deployed_with_the_caller_is_called() -> None:
    caller = "start s\nuser u: assignee ann\ncall c: calls child; binding deployment\nend e\ns > u > c > e"
    deploy(caller, child=TAGGED.format(1))
    instance = start()
    deploy(child=TAGGED.format(2))

    complete("u", ANN)

    assert variables(instance) == {"version": 1}


def test_with_the_binding_version_tag_the_latest_with_that_tag_is_called() -> None:
    for version, tag in enumerate(("old", "new", "new", "old"), 1):
        told = f'<bpmn:extensionElements><zeebe:versionTag value="{tag}"/></bpmn:extensionElements>'.encode()
        content = bpmn(TAGGED.format(version), "child").replace(b'"true">', b'"true">' + told, 1)
        with db.transaction() as session:
            deployments.deploy(session, deployments.read([Resource("child.bpmn", content)], by=SYSTEM), by=SYSTEM)
    deploy("start s\ncall c: calls child; binding versionTag; tag new\nend e\ns > c > e")

    assert variables(start()) == {"version": 3}


def test_a_version_tag_that_nothing_has_is_an_incident() -> None:
    deploy(
        "start s\nuser u: assignee ann\ncall c: calls child; binding versionTag; tag gone\ns > u > c",
        child=TAGGED.format(1),
    )
    start()

    with pytest.raises(Incident, match="versionTag gone"):
        complete("u", ANN)


def test_a_recursion_that_ends_runs() -> None:
    deploy(
        """
        start s
        exclusive x
        call c: calls p; in n = n - 1
        end e
        s > x > c [n > 0] > e
        x > e [else]
        """
    )

    instance = start(n=20)

    assert state(instance) == "COMPLETED"
    with db.reading() as session:
        assert session.scalars(select(func.count()).select_from(ProcessInstance)).one() == 21


def test_a_recursion_without_end_is_refused_and_leaves_nothing() -> None:
    deploy("start s\nexclusive x\ncall c: calls p\nend e\ns > x > c [true] > e\nx > e [else]")

    with pytest.raises(Incident, match=f"{calls.DEEPEST} processes have called each other already") as failure:
        start()

    assert failure.value.element_id == "c"
    with db.reading() as session:
        assert session.scalars(select(ProcessInstance)).all() == []


def test_calling_itself_without_waiting_is_refused_at_deployment() -> None:
    assert problems("start s\ncall c: calls p\nend e\ns > c > e") == [("p.bpmn#c", "endless-calls")]


def test_so_is_a_circle_of_calls_in_one_file_or_over_what_is_deployed_already() -> None:
    one, other = (
        "start s\nsub b\n  call c: calls {}\ns > b",
        "start s\nparallel f\ncall c: calls {}\nend e\ns > f > c\nf > e",
    )

    assert problems(one.format("q"), q=other.format("p")) == [
        ("q.bpmn#c", "endless-calls"),
        ("p.bpmn#c", "endless-calls"),
    ]

    deploy(p="start s\nend e\ns > e")
    deploy(q=other.format("p"))
    assert problems(one.format("q")) == [("p.bpmn#c", "endless-calls")]


def test_a_circle_of_calls_in_which_somebody_is_waited_for_is_deployed() -> None:
    deploy("start s\nuser u\ncall c: calls p\ns > u > c")

    start()

    assert list(open_tasks()) == ["u"]


def test_what_only_events_start_cannot_be_called() -> None:
    found = problems("start s\ncall c: calls q\ns > c", q="start s: message go\nuser u\ns > u")

    assert found == [("p.bpmn#c", "no-start-event")]


def test_a_computed_call_of_what_there_is_not_is_an_incident() -> None:
    deploy("start s\nuser u: assignee ann\ncall c: calls =next\ns > u > c")
    start(next="nowhere")

    with pytest.raises(Incident, match="nowhere") as failure:
        complete("u", ANN)

    assert failure.value.element_id == "c"
    assert list(open_tasks()) == ["u"]
