"""Refusals in the reader's language, on pages and in answers of the API."""

from __future__ import annotations

import base64

import pytest

from engine import feel, misreadings
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


def test_a_refusal_is_said_in_chinese_with_its_intent_its_state_and_its_people(app):
    intent = Sentence("decide appeal {key}", key=7)
    refusal = Conflict("Expected to {intent}, but it is {state}", intent=intent, state="lodged")

    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        said = sentences.told(refusal.message)

    assert str(refusal) == "Expected to decide appeal 7, but it is lodged"
    assert said == "未能裁决申诉 7：其状态是“已提出”"


def test_somebody_whose_account_is_called_like_a_word_of_ours_keeps_the_name(app):
    refusal = Conflict("Expected to {intent}, but {username} has voted", intent="vote", username="hr")

    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        said = sentences.told(refusal.message)

    assert said.endswith("：hr 已投票")


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
    assert asked["detail"] == "未能重置时钟：张伟 不是运维人员"


def test_a_problem_is_said_to_clients_of_the_api_as_it_stands_in_english(app):
    problem = Problem("process  x has no  start", "x", "no-start-event", {"process": "x"})

    with app.test_request_context():
        said = sentences.answered(problem)

    assert said == problem.message


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("score >", "此处应为表达式，但文本已结束（第 1 行第 8 列）"),
        ("(score", "此处应为 )，但文本已结束（第 1 行第 7 列）"),
        ("scroe(1)", "此处应为函数，但没有 scroe；是否应为 score？（第 1 行第 1 列）"),
        ("1 ， 2", "此处应为 ,，但写的是全角的 ，（第 1 行第 3 列）"),
    ],
)
def test_what_is_wrong_with_an_expression_is_said_in_chinese(app, text, chinese):
    with pytest.raises(feel.FeelSyntaxError) as wrong:
        feel.compile_expression(text, names=frozenset({"score"}))

    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        said = sentences.told(misreadings.told(wrong.value))

    assert said == chinese
    assert str(misreadings.told(wrong.value)) == str(wrong.value)
