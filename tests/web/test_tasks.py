from __future__ import annotations

import copy
import json
import re

import pytest
from demonstration import TARGETS, column
from sqlalchemy import select

from engine import db
from engine.reviews.models import TemplateVersion


@pytest.fixture
def task(company):
    """The key of Zhang Wei's first task."""
    company.launch()
    with db.reading() as session:
        return company.task(session, "draft_targets", "zhang.wei").key


STEPS = (
    ("zhang.wei", "draft_targets", {"targets": column("target", TARGETS)}),
    ("li.na", "review_targets", {"decision": "approve"}),
    ("wang.qiang", "approve_targets", {"decision": "approve"}),
    ("zhang.wei", "sign_targets", {"outcome": "signed", "confirmed": True}),
)


def shown(visitor, task):
    """What a task's page gives the form: its schema and what it is filled with."""
    page = visitor.client.get(f"/tasks/{task}").get_data(as_text=True)
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1])


def answers(visitor, task, **changed):
    """What the form would send: its rows as they were filled, with a target in each."""
    rows = shown(visitor, task)["variables"]["targets"]
    indicators = [row["indicator"] for row in rows]
    return {"targets": [{"indicator": name, "target": {**TARGETS, **changed}[name]} for name in indicators]}


def test_a_task_shows_its_form_its_diagram_and_its_history(task, at):
    visitor = at("zhang.wei")

    page = visitor.client.get(f"/tasks/{task}").get_data(as_text=True)

    assert "<rf-form" in page
    assert 'current="draft_targets"' in page
    assert "Begun" in page


def test_e64_a_task_of_another_is_not_found_though_its_link_was_forwarded(task, at):
    assert "Nothing found here" in at("he.ping").reads(f"/tasks/{task}", status=404)


def test_answers_complete_the_task_and_lead_back_to_the_inbox(task, at):
    visitor = at("zhang.wei")

    answer = visitor.answers(f"/tasks/{task}/completion", answers(visitor, task))

    assert answer.json == {"location": "/tasks"}
    assert "Done: Draft targets" in visitor.reads("/tasks")


def test_the_same_answers_sent_again_complete_once_and_are_answered_alike(task, at):
    visitor = at("zhang.wei")
    sent = answers(visitor, task)

    first = visitor.answers(f"/tasks/{task}/completion", sent, **{"Idempotency-Key": "once"})
    again = visitor.answers(f"/tasks/{task}/completion", sent, **{"Idempotency-Key": "once"})

    assert (again.status_code, again.json) == (first.status_code, first.json) == (200, {"location": "/tasks"})


def test_what_hr_refuses_is_said_at_its_field_in_the_readers_language(task, at):
    visitor = at("zhang.wei", "zh_CN")

    answer = visitor.answers(f"/tasks/{task}/completion", answers(visitor, task, renewal_rate="many"))

    assert answer.status_code == 422
    assert answer.json["title"] == "有内容需要更正"
    assert [problem["message"] for problem in answer.json["problems"]] == ["“many”的写法不对，应如 85%"]
    assert answer.json["problems"][0]["where"].startswith("targets")


def test_answers_without_the_sessions_token_are_refused(task, at):
    visitor = at("zhang.wei")

    answer = visitor.answers(f"/tasks/{task}/completion", {}, **{"X-CSRF-Token": "another"})

    assert answer.status_code == 403


def test_a_task_that_is_done_says_by_whom(task, at):
    visitor = at("zhang.wei")
    visitor.answers(f"/tasks/{task}/completion", answers(visitor, task))

    assert "This task was done by Zhang Wei." in visitor.reads(f"/tasks/{task}")


def test_e27_whether_more_is_better_is_a_sentence_beside_each_target_wherever_it_is_agreed_on(company, at):
    with db.transaction() as session:
        template = session.scalars(select(TemplateVersion).order_by(TemplateVersion.version.desc())).first()
        changed = copy.deepcopy(template.rules)
        changed["sections"][0]["indicators"][0]["direction"] = "lower-ratio"
        template.rules = changed
    company.launch()

    told = {}
    for name, element, answered in STEPS:
        with db.reading() as session:
            key = company.task(session, element, name).key
        form = shown(at(name), key)
        told[element] = ('"key": "direction"' in json.dumps(form), form["variables"]["targets"][0]["direction"])
        company.do(name, element, **answered)

    assert told == {element: (True, "越低越好 Lower is better") for _, element, _ in STEPS}
