"""What is wrong with a form is said when it is read."""

import json

import pytest

from engine.bpmn import forms
from engine.errors import Invalid

TEXT = {"type": "textfield", "key": "name"}


def problems(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(Invalid) as refusal:
        forms.read(content)
    return [(problem.where, problem.code) for problem in refusal.value.problems]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"\xff", b'{"id": NaN}', b"[" * 100_000])
def test_what_is_no_json_object_is_no_form(content):
    assert problems(content) == [("", "no-form")]


@pytest.mark.parametrize("text", [r"\ud800", r"\u0000", r"\\\u0000"])
def test_what_no_database_can_keep_is_no_form(text):
    assert problems(b'{"id": "f", "components": [{"type": "text", "text": "%s"}]}' % text.encode()) == [("", "no-form")]


def test_an_id_that_is_no_text_is_none_and_a_backslash_is_one():
    children = [{**TEXT, "id": ["a"]}, {**TEXT, "key": "other", "id": ["a"], "label": "\\u0000"}]

    assert forms.read(json.dumps({"id": "f", "components": children}).encode())["id"] == "f"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"components": [TEXT]}, [("", "no-id")]),
        ({"id": "f"}, [("f", "no-components")]),
        ({"id": "f", "components": []}, [("f", "no-components")]),
        ({"id": "f", "components": [5]}, [("f", "unknown-component")]),
    ],
)
def test_a_form_has_an_id_and_components(schema, expected):
    assert problems(schema) == expected


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ([{"type": "signature", "key": "s"}], [("s", "unknown-component")]),
        ([{"type": ["group"], "key": "s"}], [("s", "unknown-component")]),
        ([{"type": "textfield", "label": "Name"}], [("Name", "no-key")]),
        ([{"type": "textfield", "key": "na me"}], [("na me", "bad-key")]),
        ([{"type": "textfield", "key": "姓名"}], [("姓名", "bad-key")]),
        ([{"type": "textfield", "key": "a..b"}], [("a..b", "bad-key")]),
        ([{"type": "textfield", "key": "__proto__"}], [("__proto__", "bad-key")]),
        ([TEXT, TEXT], [("name", "duplicate-key")]),
        ([TEXT, {"type": "number", "key": "name.first"}], [("name.first", "duplicate-key")]),
        ([{"type": "number", "key": "name.first"}, TEXT], [("name", "duplicate-key")]),
        ([{**TEXT, "id": "x"}, {"type": "text", "id": "x"}], [("x", "duplicate-id")]),
        ([{"type": "dynamiclist", "components": [TEXT], "label": "Rows"}], [("Rows", "no-key")]),
        ([{"type": "group", "components": "x", "path": "g"}], [("g", "no-components")]),
        ([{**TEXT, "conditional": {"hide": "=a >"}}], [("name", "bad-expression")]),
        ([{**TEXT, "conditional": {"hide": "=not(a >)"}}], [("name", "bad-expression")]),
        ([{**TEXT, "conditional": {"hide": "a > 5"}}], [("name", "no-expression")]),
        ([{**TEXT, "readonly": "=nosuch(1)"}], [("name", "bad-expression")]),
        ([{**TEXT, "validate": {"maxLength": "=1 +"}}], [("name", "bad-expression")]),
        ([{**TEXT, "validate": {"maxLength": "many"}}], [("name", "bad-limit")]),
        ([{**TEXT, "validate": {"pattern": "(["}}], [("name", "bad-pattern")]),
        ([{"type": "number", "key": "n", "increment": "half"}], [("n", "bad-limit")]),
        ([{"type": "select", "key": "s", "valuesExpression": "=["}], [("s", "bad-expression")]),
        ([{"type": "expression", "key": "e", "expression": "1 + 1"}], [("e", "no-expression")]),
        ([{"type": "expression", "key": "e"}], [("e", "no-expression")]),
    ],
)
def test_each_mistake_is_named_with_its_component(components, expected):
    assert problems({"id": "f", "components": components}) == expected


def test_all_mistakes_are_named_at_once():
    components = [{"type": "textfield", "key": "a b"}, {**TEXT, "validate": {"pattern": "("}}]

    assert problems({"id": "f", "components": components}) == [("a b", "bad-key"), ("name", "bad-pattern")]


def test_a_list_of_rows_has_names_of_its_own():
    rows = {"type": "dynamiclist", "path": "rows", "components": [TEXT]}
    shown = {"type": "group", "components": [{"type": "text", "text": "# Hello"}]}

    schema = forms.read(json.dumps({"id": "f", "components": [TEXT, rows, shown]}).encode())

    assert schema["id"] == "f"


def test_groups_too_deep_are_refused():
    schema = TEXT
    for _ in range(200):
        schema = {"type": "group", "components": [schema]}

    assert [code for _, code in problems({"id": "f", "components": [schema]})] == ["too-deep"]
