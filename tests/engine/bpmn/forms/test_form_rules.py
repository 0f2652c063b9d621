"""The rules of each component: what passes, what does not, and by which rule."""

from decimal import Decimal

import pytest

from engine.bpmn.forms import SENTENCES
from engine.errors import Invalid

OPTIONS = {"values": [{"label": "One", "value": 1}, {"label": "Two", "value": "two"}, {"label": "Yes", "value": True}]}
TIME = {"type": "datetime", "subtype": "time"}
BOTH = {"type": "datetime", "subtype": "datetime"}


def nest(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "case",
    [
        ({"type": "textfield"}, "", []),
        ({"type": "textfield"}, None, []),
        ({"type": "textfield"}, 5, ["wrong-type"]),
        ({"type": "textfield"}, ["a"], ["wrong-type"]),
        ({"type": "textfield", "validate": {"required": True}}, "", ["required"]),
        ({"type": "textfield", "validate": {"required": True}}, None, ["required"]),
        ({"type": "textfield", "validate": {"required": True}}, " ", []),
        ({"type": "textfield", "validate": {"minLength": 3}}, "abc", []),
        ({"type": "textfield", "validate": {"minLength": 3}}, " ab ", ["too-short"]),
        ({"type": "textfield", "validate": {"minLength": 3}}, "", []),
        ({"type": "textfield", "validate": {"maxLength": 3}}, "一二三", []),
        ({"type": "textfield", "validate": {"maxLength": 3}}, "𠀀𠀀", ["too-long"]),
        ({"type": "textfield", "validate": {"maxLength": "3"}}, "abcd", ["too-long"]),
        ({"type": "textarea", "validate": {"minLength": "=3 + 1"}}, "abc", ["too-short"]),
        ({"type": "textarea", "validate": {"minLength": "=nothing"}}, "abc", []),
        ({"type": "textfield", "validate": {"pattern": "^[A-Z]+$"}}, "ABC", []),
        ({"type": "textfield", "validate": {"pattern": "^[A-Z]+$"}}, "ABC\u2028", ["pattern"]),
        ({"type": "textfield", "validate": {"pattern": r"^\d+$"}}, "٣", ["pattern"]),
        ({"type": "textfield", "validate": {"pattern": "^(?=.*[0-9])[a-z0-9[]+$"}}, "a[1", []),
        ({"type": "textfield", "validate": {"pattern": "^.$"}}, "\u2028", ["pattern"]),
        ({"type": "textfield", "validate": {"pattern": "^(a|a)*$"}}, "a" * 40 + "!", ["pattern-time"]),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "ann@example.com", []),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "ann@", ["email"]),
        ({"type": "textfield", "validate": {"validationType": "email"}}, "", []),
        ({"type": "textfield", "validate": {"validationType": "phone"}}, "+8613812345678", []),
        ({"type": "textfield", "validate": {"validationType": "phone"}}, "13812345678", ["phone"]),
        ({"type": "number"}, None, []),
        ({"type": "number"}, 5, []),
        ({"type": "number"}, "5", ["wrong-type"]),
        ({"type": "number"}, True, ["wrong-type"]),
        ({"type": "number", "serializeToString": True}, "5.50", []),
        ({"type": "number", "serializeToString": True}, 5, ["wrong-type"]),
        ({"type": "number", "serializeToString": True}, "0x10", ["wrong-type"]),
        ({"type": "number", "serializeToString": True, "validate": {"max": 5}}, "5.50", ["maximum"]),
        ({"type": "number", "validate": {"required": True}}, None, ["required"]),
        ({"type": "number", "validate": {"required": True}}, 0, []),
        ({"type": "number", "validate": {"min": 1, "max": 5}}, 0, ["minimum"]),
        ({"type": "number", "validate": {"min": 1, "max": 5}}, Decimal("5.0000000000000000001"), ["maximum"]),
        ({"type": "number", "validate": {"min": "=2 * 3"}}, 5, ["minimum"]),
        ({"type": "number", "validate": {"min": "=nothing"}}, 5, []),
        ({"type": "number", "validate": {"max": '="five"'}}, 5, ["limit"]),
        ({"type": "number", "decimalDigits": 0}, Decimal("1.5"), ["integer"]),
        ({"type": "number", "decimalDigits": 0}, Decimal("1.0"), []),
        ({"type": "number", "decimalDigits": 2}, Decimal("1.255"), ["decimal-digits"]),
        ({"type": "number", "increment": "0.5"}, Decimal("1.5"), []),
        ({"type": "number", "increment": "0.5"}, Decimal("1.3"), ["increment"]),
        ({"type": "number", "increment": 5, "validate": {"max": 10}}, -12, ["increment"]),
        ({"type": "number", "increment": 3}, Decimal(10**40), ["increment"]),
        ({"type": "number"}, Decimal("1E+400"), ["wrong-type"]),
        ({"type": "number"}, Decimal("1E-999999"), ["wrong-type"]),
        ({"type": "checkbox"}, None, []),
        ({"type": "checkbox"}, 1, ["wrong-type"]),
        ({"type": "checkbox", "validate": {"required": True}}, False, ["required"]),
        ({"type": "checkbox", "validate": {"required": True}}, True, []),
        ({"type": "select", **OPTIONS}, "two", []),
        ({"type": "select", **OPTIONS}, 1, []),
        ({"type": "select", **OPTIONS}, Decimal("1.0"), []),
        ({"type": "select", **OPTIONS}, True, []),
        ({"type": "select", **OPTIONS}, "1", ["not-an-option"]),
        ({"type": "select", **OPTIONS}, False, ["not-an-option"]),
        ({"type": "select", **OPTIONS}, {"label": "One"}, ["not-an-option"]),
        ({"type": "select", **OPTIONS}, nest(200), ["not-an-option"]),
        ({"type": "checklist", **OPTIONS}, nest(200), ["not-an-option"]),
        ({"type": "checklist", **OPTIONS}, [1] * 100_000, ["chosen-twice"]),
        ({"type": "radio", **OPTIONS}, "three", ["not-an-option"]),
        ({"type": "radio", "validate": {"required": True}, **OPTIONS}, None, ["required"]),
        ({"type": "radio", "valuesExpression": '=["a", "b"]'}, "b", []),
        ({"type": "radio", "valuesExpression": '=["a", "b"]'}, "c", ["not-an-option"]),
        ({"type": "select", "valuesKey": "grades"}, "A", []),
        ({"type": "select", "valuesKey": "grades"}, {"grade": 2}, []),
        ({"type": "select", "valuesKey": "grades"}, "C", ["not-an-option"]),
        ({"type": "select", "valuesKey": "nobody"}, "C", ["not-an-option"]),
        ({"type": "checklist", **OPTIONS}, [1, "two"], []),
        ({"type": "checklist", **OPTIONS}, None, []),
        ({"type": "checklist", **OPTIONS}, [1, 3], ["not-an-option"]),
        ({"type": "checklist", **OPTIONS}, [1, 1], ["chosen-twice"]),
        ({"type": "checklist", **OPTIONS}, "two", ["wrong-type"]),
        ({"type": "taglist", "validate": {"required": True}, **OPTIONS}, [], ["required"]),
        ({"type": "filepicker"}, "files::abc", ["wrong-type"]),
        ({"type": "filepicker"}, {"id": 1}, ["wrong-type"]),
        ({"type": "filepicker", "validate": {"required": True}}, None, ["required"]),
        ({"type": "datetime"}, "2026-04-01", []),
        ({"type": "datetime"}, "2026-02-30", ["wrong-type"]),
        ({"type": "datetime"}, "2026-4-1", ["wrong-type"]),
        ({"type": "datetime"}, "2026-04-01T10:00", ["wrong-type"]),
        ({"type": "datetime"}, 20260401, ["wrong-type"]),
        ({"type": "datetime", "validate": {"required": True}}, None, ["required"]),
        ({"type": "datetime", "disallowPassedDates": True}, "2026-04-01", []),
        ({"type": "datetime", "disallowPassedDates": True}, "2026-03-31", ["past-date"]),
        (TIME, "09:30", []),
        (TIME, "24:00", ["wrong-type"]),
        (TIME, "09:30Z", ["wrong-type"]),
        (TIME, "09:31", ["time-interval"]),
        ({**TIME, "timeInterval": 1}, "09:31", []),
        ({**TIME, "timeInterval": 60}, "09:30", ["time-interval"]),
        ({**TIME, "timeInterval": 60, "timeSerializingFormat": "utc_normalized"}, "09:30Z", []),
        ({**TIME, "timeSerializingFormat": "utc_offset"}, "09:30+08:00", []),
        ({**TIME, "timeSerializingFormat": "utc_offset"}, "09:30", ["wrong-type"]),
        (BOTH, "2026-04-01T09:30", []),
        (BOTH, "2026-04-01", ["wrong-type"]),
        ({**BOTH, "disallowPassedDates": True}, "2026-03-31T23:45", ["past-date"]),
    ],
)
def test_each_rule_lets_through_what_form_js_lets_through(form, accept, refused, case):
    component, value, codes = case
    schema = form({**component, "key": "it"})
    known = {"grades": ["A", {"label": "B", "value": {"grade": 2}}, "", None, {"label": "", "value": {}}]}

    found = refused(schema, {"it": value}, **known) if codes else accept(schema, {"it": value}, **known)

    assert [code for _, code in found] == codes if codes else list(found) == ["it"]


def test_all_problems_are_reported_with_place_sentence_and_facts(form, accept):
    schema = form(
        {"type": "number", "key": "score", "label": "Score", "validate": {"max": 5}, "decimalDigits": 0},
        {"type": "textfield", "key": "why", "label": "Reason", "validate": {"required": True}},
    )

    with pytest.raises(Invalid) as refusal:
        accept(schema, {"score": Decimal("6.5")})

    assert [str(problem) for problem in refusal.value.problems] == [
        "score: Score must be a whole number.",
        "score: Score must be at most 5.",
        "why: Reason is required.",
    ]
    assert all(SENTENCES[each.code] % each.facts == each.message for each in refusal.value.problems)


def test_an_author_may_say_himself_what_a_pattern_means(form, accept):
    rules = {"pattern": "^[A-Z]$", "patternErrorMessage": "请填写一个大写字母"}
    schema = form({"type": "textfield", "key": "grade", "validate": rules})

    with pytest.raises(Invalid) as refusal:
        accept(schema, {"grade": "a"})

    assert [problem.message for problem in refusal.value.problems] == ["请填写一个大写字母"]


def test_a_date_in_the_past_stays_where_nobody_changed_it(form, accept):
    schema = form({"type": "datetime", "key": "from", "disallowPassedDates": True})

    accepted = accept(schema, {"from": "2025-01-01"}, **{"from": "2025-01-01"})

    assert accepted == {"from": "2025-01-01"}


def test_a_text_field_holds_one_line(form, accept):
    schema = form({"type": "textfield", "key": "one"}, {"type": "textarea", "key": "many"})

    accepted = accept(schema, {"one": "a\nb", "many": "a\nb"})

    assert accepted == {"one": "a b", "many": "a\nb"}
