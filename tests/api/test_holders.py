"""Who may be given a task: nobody who never could complete it, whoever gives it and on whatever road."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from diagrams import bpmn
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine import db
from engine.bpmn import deployments, holders, instance_migrations, instances, tasks
from engine.bpmn.deployments import Resource
from engine.bpmn.instance_migrations import Goal
from engine.bpmn.models import ProcessDefinition, TaskState, UserTask
from engine.errors import Conflict
from engine.identity import SYSTEM
from engine.reviews.operations.holders import BY_GROUP

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

FOR_FINANCE = """
    start s
    user confirm: groups finance; hears reviewflow.confirm-actuals
    end e
    s > confirm > e
"""

PROCESSES = Path(__file__).parents[2] / "processes"


def task_of(element: str, holder: str | None = None) -> UserTask:
    """Find the open task at an element."""
    with db.reading() as session:
        waiting = select(UserTask).where(UserTask.element_id == element, UserTask.state == TaskState.CREATED)
        held = waiting if holder is None else waiting.where(UserTask.assignee == holder)
        return session.scalars(held.order_by(UserTask.key)).first() or pytest.fail(f"no {element} is open")


def newest() -> int:
    with db.reading() as session:
        versions = select(ProcessDefinition.key).where(ProcessDefinition.process_id == "appeal-arbitration")
        return session.scalars(versions.order_by(ProcessDefinition.version.desc())).first() or pytest.fail("none")


def migrate(key: int, goal: Goal) -> None:
    with db.transaction() as session:
        instance_migrations.migrate(session, key, goal, by=SYSTEM)


def give(client: FlaskClient, task: UserTask, to: str) -> TestResponse:
    return client.post(f"/v2/user-tasks/{task.key}/assignment", json={"assignee": to})


@pytest.mark.parametrize(
    ("stranger", "why"),
    [
        ("li.na", "li.na is not on its panel"),
        ("zhang.wei", "zhang.wei is not on its panel"),
        ("zheng.hao", "zheng.hao is not on its panel"),
    ],
)
@pytest.mark.parametrize("giver", ["root", "wu.fang"])
def test_a_vote_is_given_to_nobody_who_does_not_sit_on_the_panel(at: At, giver: str, stranger: str, why: str) -> None:
    voting, vote = at("voting"), task_of("cast_vote", "wu.fang")

    answer = give(voting(giver), vote, stranger)

    assert (answer.status_code, task_of("cast_vote", "wu.fang").key) == (400, vote.key)
    assert f"Expected to assign user task {vote.key}, but {stranger} could not complete it" in answer.text
    assert why in answer.text


@pytest.mark.parametrize("member", ["lin.tao", "zhou.jie"])
def test_nobody_gets_a_second_vote(at: At, member: str) -> None:
    voting, vote = at("voting"), task_of("cast_vote", "wu.fang")

    answer = give(voting("root"), vote, member)

    assert (answer.status_code, f"{member} has voted, or is asked to" in answer.text) == (400, True)


def test_an_operator_gives_a_vote_back_to_whose_it_is(at: At) -> None:
    voting, vote = at("voting"), task_of("cast_vote", "wu.fang")
    assert voting("root").delete(f"/v2/user-tasks/{vote.key}/assignee").status_code == 204

    answer = give(voting("root"), vote, "wu.fang")

    assert (answer.status_code, task_of("cast_vote", "wu.fang").key) == (204, vote.key)


def test_a_task_stays_with_its_holder_where_who_follows_could_not_complete_it(at: At) -> None:
    at("launched")
    draft = task_of("draft_targets", "zhang.wei")

    with db.transaction() as session:
        given = tasks.hand_on(session, draft.key, "li.na", by=SYSTEM)

    assert (given, task_of("draft_targets").assignee) == (False, "zhang.wei")


def test_nobody_leaves_to_nobody_what_no_one_else_could_claim(at: At) -> None:
    voting, vote = at("voting"), task_of("cast_vote", "wu.fang")

    answer = voting("wu.fang").delete(f"/v2/user-tasks/{vote.key}/assignee")

    assert answer.status_code == 409
    assert f"Expected to unassign user task {vote.key}, but nobody else could claim it" in answer.text
    assert task_of("cast_vote").assignee in {"wu.fang", "zhou.jie"}


def test_nobody_else_gets_to_draft_confirm_or_sign_what_is_the_appraisees(at: At) -> None:
    launched, draft = at("launched"), task_of("draft_targets")

    refused = give(launched("root"), draft, "li.na"), give(launched("zhang.wei"), draft, "wu.fang")

    assert [answer.status_code for answer in refused] == [400, 400]
    assert "that is not li.na's to do" in refused[0].text
    assert task_of("draft_targets").assignee == "zhang.wei"


def test_a_migration_turns_no_task_into_one_that_its_holder_never_could_complete(at: At) -> None:
    at("voting")
    vote = task_of("cast_vote", "wu.fang")
    diagram = (PROCESSES / "appeal-arbitration" / "process.bpmn").read_bytes()
    other = diagram.replace(b'type="reviewflow.cast-vote"', b'type="reviewflow.record-deliberation"')
    with db.transaction() as session:
        deployments.deploy(session, deployments.read([Resource("a.bpmn", other)], by=SYSTEM), by=SYSTEM)
    goal = Goal(newest())

    with db.reading() as session:
        seen = instance_migrations.preview(session, vote.instance_key, goal, by=SYSTEM)
    with pytest.raises(Conflict, match=r"cast_vote is held by wu\.fang, who could not complete cast_vote"):
        migrate(vote.instance_key, goal)

    assert [problem.code for problem in seen.problems] == ["migration-holder"]


def test_who_could_not_claim_a_groups_task_is_not_given_it(at: At) -> None:
    client = at("released")
    with db.transaction() as session:
        deployments.deploy(
            session, deployments.read([Resource("p.bpmn", bpmn(FOR_FINANCE, "p"))], by=SYSTEM), by=SYSTEM
        )
    with db.transaction() as session:
        instances.start(session, process_id="p", variables={}, by=SYSTEM)
    confirm = task_of("confirm")

    answer = give(client("root"), confirm, "wu.fang")

    assert answer.status_code == 400
    assert "wu.fang is no candidate for it" in answer.text


def test_every_answer_to_a_task_is_ruled_by_person_or_by_group() -> None:
    heard = {
        name
        for diagram in PROCESSES.glob("*/process.bpmn")
        for name in re.findall(r'eventType="completing" type="(reviewflow\.[a-z-]+)"', diagram.read_text("utf-8"))
    }

    unruled = {name for name in heard if not holders.is_ruled(name)}

    assert unruled | {"reviewflow.delegate-rating"} == BY_GROUP
