"""The texts of forms in one language."""

from __future__ import annotations

import json
import re

import pytest

from engine.settings import ROOT
from web import passages

CHINESE = re.compile("[\u3400-\u9fff]")
TERMS = re.compile(r"\{\{.*?\}\}|`[^`]*`|SHA-256", re.DOTALL)
"""What is the same in both languages: values, code, names of standards."""


def texts(part):
    """The texts of a form's text components."""
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "text" else []
        return own + [text for value in part.values() for text in texts(value)]
    return [text for one in part for text in texts(one)] if isinstance(part, list) else []


SHIPPED = sorted({text for form in (ROOT / "forms").glob("*.form") for text in texts(json.loads(form.read_text()))})


def read(app, text, language):
    with app.test_request_context(headers={"Accept-Language": language}):
        return passages.local(text)


def test_every_text_of_a_shipped_form_is_read_in_one_language_with_all_its_values(app):
    for text in SHIPPED:
        chinese, english = (read(app, text, language) for language in ("zh-CN", "en"))

        assert not re.search("[A-Za-z]{2}", TERMS.sub("", chinese)), chinese
        assert not CHINESE.search(TERMS.sub("", english)), english
        assert set(passages.VALUE.findall(text)) == set(passages.VALUE.findall(chinese))
        assert set(passages.VALUE.findall(text)) == set(passages.VALUE.findall(english))


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        (
            "## 申诉 Appeal\n\n理由 Why: {{why}}",
            "## 申诉\n\n理由: {{why}}",
            "## Appeal\n\nWhy: {{why}}",
        ),
        ("至少附 {{n}} 个。 At least {{n}}.", "至少附 {{n}} 个。", "At least {{n}}."),
        ("已评 Rated: {{a}} · 法定 Quorum: {{b}}", "已评: {{a}} · 法定: {{b}}", "Rated: {{a}} · Quorum: {{b}}"),
        ("第一条规则。\n\nThis is the first rule.", "第一条规则。", "This is the first rule."),
    ],
)
def test_a_text_in_both_languages_is_read_in_one(app, text, chinese, english):
    assert read(app, text, "zh-CN") == chinese
    assert read(app, text, "en") == english


@pytest.mark.parametrize("text", ["请在 Confluence 页面填写", "请使用 Excel", "OKR", "规则见下\n\nOKR", "{{text}}"])
def test_a_text_in_one_language_is_read_as_it_is(app, text):
    assert read(app, text, "zh-CN") == text
    assert read(app, text, "en") == text
