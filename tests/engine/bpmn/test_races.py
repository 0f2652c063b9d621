"""Two people at once: of two racing completions one wins, and two honest ones both succeed."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from company import ANN, BOB, deploy, open_tasks, start, state, variables
from diagrams import bpmn
from sqlalchemy import select

from engine import db
from engine.bpmn import deployments, tasks
from engine.bpmn.files import Reading, Resource
from engine.bpmn.models import ProcessDefinition
from engine.errors import Conflict, NotFound
from engine.identity import SYSTEM, Identity

pytestmark = pytest.mark.usefixtures("database")

PARALLEL = """
    start s
    parallel f
    user u: assignee ann; out a = answer
    user v: assignee bob; out b = answer
    parallel j
    end e
    s > f > u > j > e
    f > v > j
"""


def at_once(*acts: Callable[[], None]) -> list[Exception | None]:
    """Let each act begin at the same moment in a thread of its own; return how each ended."""
    together, ends = Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], None]) -> None:
        together.wait()
        try:
            act()
        except (Conflict, NotFound) as refusal:
            ends[number] = refusal

    threads = [Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def completing(element_id: str, by: Identity, answer: str) -> Callable[[], None]:
    key = open_tasks()[element_id].key

    def act() -> None:
        with db.transaction() as session:
            tasks.complete(session, key, by=by, variables={"answer": answer})

    return act


def test_of_two_completions_of_one_task_exactly_one_wins() -> None:
    deploy(PARALLEL)
    for _ in range(10):
        instance = start()

        ends = at_once(completing("u", ANN, "first"), completing("u", ANN, "second"))

        assert sorted(type(end).__name__ for end in ends) == ["Conflict", "NoneType"]
        assert variables(instance)["a"] == ("first" if ends[0] is None else "second")
        completing("v", BOB, "done")()


def test_two_raters_of_one_instance_finish_at_once_and_neither_is_lost() -> None:
    deploy(PARALLEL)
    for _ in range(20):
        instance = start()

        ends = at_once(completing("u", ANN, "good"), completing("v", BOB, "fair"))

        assert ends == [None, None]
        assert (state(instance), variables(instance)) == ("COMPLETED", {"a": "good", "b": "fair"})


def test_deployments_of_one_process_at_once_make_one_version_each_and_the_same_content_one() -> None:
    read = [files(f"start s\nuser u{number // 2}\nend e\ns > u{number // 2} > e") for number in range(6)]

    def deploying(readings: list[Reading]) -> Callable[[], None]:
        def act() -> None:
            with db.transaction() as session:
                deployments.deploy(session, readings, by=SYSTEM)

        return act

    ends = at_once(*map(deploying, read))

    assert ends == [None] * 6
    with db.reading() as session:
        found = session.scalars(select(ProcessDefinition.version).order_by(ProcessDefinition.version)).all()
    assert found == list(range(1, len(found) + 1))
    assert 3 <= len(found) <= 6


def files(text: str) -> list[Reading]:
    return deployments.read([Resource("p.bpmn", bpmn(text, "p"))], by=SYSTEM)
