"""Refusals in the reader's language, on pages and in answers of the API."""

from __future__ import annotations

import base64

from engine.errors import Conflict, Problem
from engine.sentences import Sentence
from web import sentences

PLAIN = base64.b64encode(b"zhang.wei:zhang.wei").decode()


def test_a_page_refuses_in_chinese_who_may_not_see_it(at):
    page = at("zhang.wei", "zh_CN").reads("/processes", status=404)

    assert "未能显示流程：仅供人事和运维人员查看" in page
    assert "Expected" not in page


def test_a_page_refuses_in_english_by_the_engines_own_sentence(at):
    page = at("zhang.wei").reads("/processes", status=404)

    assert "Expected to show the processes, but they are for HR and operators" in page


def test_a_refusal_of_unknown_words_is_not_half_translated(app):
    made = Conflict("Expected to {intent}, but it is closed", intent=Sentence("juggle {count} balls", count=3))

    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        known, unknown = (
            sentences.speaks("Expected to show the processes, but they are for HR"),
            sentences.speaks(made.message),
        )

    assert (known, unknown) == (True, False)


def test_the_api_answers_in_english_unless_chinese_is_asked_for(app):
    client = app.test_client()
    wrong = {"start": "nonsense"}

    plain, asked = (
        client.post("/v2/clock/reset", json=wrong, headers={"Authorization": f"Basic {PLAIN}", **language}).json
        for language in ({}, {"Accept-Language": "zh-CN"})
    )

    assert plain["detail"].startswith("Expected to ")
    assert asked["detail"].startswith("未能")


def test_a_problem_is_said_to_clients_of_the_api_as_it_stands_in_english(app):
    problem = Problem("process  x has no  start", "x", "no-start-event", {"process": "x"})

    with app.test_request_context():
        said = sentences.answered(problem)

    assert said == problem.message
