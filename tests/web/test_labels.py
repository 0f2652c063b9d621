"""Forms in one language: what is written in both is shown in the reader's."""

from __future__ import annotations

import json
import re

import pytest

from engine import db
from web import labels as labels_

CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def task(company):
    """The page of Zhang Wei's first task."""
    company.launch()
    with db.reading() as session:
        return f"/tasks/{company.task(session, 'draft_targets', 'zhang.wei').key}"


def labels(visitor, task):
    """The labels of a task's form."""
    page = visitor.client.get(task).get_data(as_text=True)
    sent = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1])
    return re.findall(r'"label": "([^"]+)"', json.dumps(sent["schema"], ensure_ascii=False))


def test_the_labels_of_a_form_are_in_the_readers_language(task, at):
    english = labels(at("zhang.wei"), task)
    chinese = labels(at("zhang.wei", "zh_CN"), task)

    assert "Target" in english
    assert "目标值" in chinese
    assert not [label for label in english if CHINESE.search(label)]
    assert not [label for label in chinese if re.search("[A-Za-z]{3}", label)]


def test_a_refusal_names_the_field_in_the_readers_language(task, at):
    refused = at("zhang.wei").answers(f"{task}/completion", {"targets": []})
    told = refused.get_data(as_text=True)

    assert refused.status_code == 422
    assert not CHINESE.search(told)


def test_the_names_that_a_form_shows_are_in_the_readers_language_and_what_was_typed_is_not(app):
    shown = {
        "results": [{"name": "新客户开发数 New customers", "note": "合同 Contract"}],
        "targets": [{"name": "新客户开发数 New customers"}],
        "scale": "1 到 5 分，可评半分。 From 1 to 5, half points allowed.",
        "members": [{"name": "袁雪梅(销售一部)(组长 chair)"}],
    }
    schema = {"components": [{"type": "group", "components": [{"type": "dynamiclist", "path": "targets"}]}]}

    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        chinese = labels_.known(shown, schema)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        english = labels_.known(shown, schema)

    assert chinese["results"] == [{"name": "新客户开发数", "note": "合同 Contract"}]
    assert english["results"] == [{"name": "New customers", "note": "合同 Contract"}]
    assert (chinese["scale"], english["scale"]) == ("1 到 5 分，可评半分。", "From 1 to 5, half points allowed.")
    assert chinese["targets"] == english["targets"] == shown["targets"]
    assert chinese["members"] == english["members"] == shown["members"]
