"""What is hidden, computed or locked."""

from decimal import Decimal

import pytest

GOOD = {"type": "checkbox", "key": "good"}
WHY = {"type": "textfield", "key": "why", "validate": {"required": True}}


@pytest.mark.parametrize(
    ("hide", "known", "hidden"),
    [
        ("=good", {}, True),
        ("=not(good)", {}, False),
        ("=grade = 3", {"grade": 3}, True),
        ("=grade > 3", {"grade": 3}, False),
        ("=grade > 3", {}, True),
        ("=not(grade > 3)", {}, False),
        ("=not(grade > 3) and (good)", {"grade": 1}, True),
        ('=not(list contains(["(", "\\")"], grade))', {"grade": "("}, False),
        ("=grade", {"grade": "yes"}, False),
        ("=count(grade) = 0", {"grade": []}, True),
    ],
)
def test_a_condition_holds_as_in_form_js_where_null_holds_too(form, accept, hide, known, hidden):
    schema = form(GOOD, {"type": "textfield", "key": "why", "conditional": {"hide": hide}})

    accepted = accept(schema, {"good": True, "why": "x"}, **known)

    assert ("why" not in accepted) is hidden


def test_hidden_fields_are_dropped_and_not_checked(form, accept):
    schema = form(GOOD, {**WHY, "conditional": {"hide": "=good"}})

    accepted = accept(schema, {"good": True, "why": ["nonsense"]})

    assert accepted == {"good": True}


def test_a_hidden_group_hides_what_it_contains(form, accept, refused):
    group = {"type": "group", "path": "more", "components": [WHY], "conditional": {"hide": "=good"}}
    schema = form(GOOD, group)

    assert accept(schema, {"good": True}) == {"good": True}
    assert refused(schema, {"good": False}) == [("more.why", "required")]


def test_a_hidden_answer_is_seen_by_no_expression(form, accept):
    hidden = {"type": "number", "key": "bonus", "conditional": {"hide": "=good"}}
    total = {"type": "expression", "key": "total", "expression": "=if bonus = null then 0 else bonus"}
    schema = form(GOOD, hidden, total)

    accepted = accept(schema, {"good": True, "bonus": 1000})

    assert accepted == {"good": True, "total": Decimal(0)}


def test_computed_fields_are_computed_anew_whatever_was_sent(form, accept):
    fields = [{"type": "number", "key": key} for key in ("a", "b")]
    total = {"type": "expression", "key": "total", "expression": "=twice / 2"}
    twice = {"type": "expression", "key": "twice", "expression": "=(a + b) * 2"}
    schema = form(*fields, total, twice)

    accepted = accept(schema, {"a": Decimal("0.1"), "b": Decimal("0.2"), "total": 100, "twice": "x"})

    assert accepted["total"] == Decimal("0.3")


def test_a_field_computed_on_submission_sees_what_has_settled(form, accept):
    total = {"type": "expression", "key": "total", "expression": "=a * 2", "computeOn": "presubmit"}
    schema = form({"type": "number", "key": "a"}, total)

    assert accept(schema, {"a": 4}) == {"a": 4, "total": Decimal(8)}


def test_an_expression_that_fails_gives_null_and_one_that_chases_itself_stops(form, accept):
    schema = form(
        {"type": "expression", "key": "wrong", "expression": '="a" + 1'},
        {"type": "expression", "key": "more", "expression": "=if more = null then 1 else more + 1"},
    )

    accepted = accept(schema, {})

    assert accepted["wrong"] is None
    assert isinstance(accepted["more"], Decimal)


@pytest.mark.parametrize("lock", [{"readonly": True}, {"readonly": "=locked"}, {"disabled": True}])
def test_what_is_locked_stays_as_it_is_known(form, accept, lock):
    schema = form({"type": "textfield", "key": "name", **lock})

    accepted = accept(schema, {"name": "Mallory"}, name="Ann", locked=True)

    assert accepted == {"name": "Ann"}


@pytest.mark.parametrize("lock", [{"readonly": True}, {"disabled": True}])
def test_a_locked_group_locks_what_it_contains(form, accept, lock):
    group = {"type": "group", "path": "person", "components": [{"type": "textfield", "key": "name"}], **lock}
    schema = form(group)

    accepted = accept(schema, {"person": {"name": "Mallory"}}, person={"name": "Ann", "id": 7})

    assert accepted == {"person": {"name": "Ann", "id": 7}}


def test_an_answer_to_a_locked_field_moves_no_condition(form, accept):
    schema = form({**GOOD, "readonly": True}, {**WHY, "conditional": {"hide": "=good"}})

    accepted = accept(schema, {"good": True, "why": "because"}, good=False)

    assert accepted == {"good": False, "why": "because"}


def test_a_field_that_was_not_sent_keeps_what_is_known_but_takes_no_default(form, accept, refused):
    sure = {"type": "checkbox", "key": "sure", "defaultValue": True, "validate": {"required": True}}
    schema = form({"type": "textfield", "key": "name"}, sure)

    assert accept(schema, {"sure": True}, name="Ann") == {"name": "Ann", "sure": True}
    assert refused(schema, {}, name="Ann") == [("sure", "required")]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"rating": 5}, ("rating", "undeclared-variable")),
        ({"more": {"name": "x", "id": 1}}, ("more.id", "undeclared-variable")),
        ({"more": 5}, ("more", "wrong-type")),
        ({"list": {"a": 1}}, ("list", "wrong-type")),
        ({"list": [5]}, ("list[0]", "wrong-type")),
        ({"list": [{"b": 1}]}, ("list[0].b", "undeclared-variable")),
    ],
)
def test_names_that_the_form_does_not_declare_are_refused(form, refused, answers, problem):
    schema = form(
        {"type": "group", "path": "more", "components": [{"type": "textfield", "key": "name"}]},
        {"type": "dynamiclist", "path": "list", "components": [{"type": "number", "key": "a"}]},
    )

    assert refused(schema, answers) == [problem]


def test_dotted_keys_and_groups_meet_in_one_object(form, accept):
    schema = form(
        {"type": "textfield", "key": "person.name"},
        {"type": "group", "path": "person", "components": [{"type": "number", "key": "age"}]},
    )

    accepted = accept(schema, {"person": {"name": "Ann", "age": 40}})

    assert accepted == {"person": {"name": "Ann", "age": 40}}


def test_a_default_is_an_exact_number_though_the_schema_is_plain_json(form, accept):
    schema = form({"type": "number", "key": "weight", "readonly": True, "defaultValue": 0.1})

    accepted = accept(schema, {})

    assert repr(accepted) == "{'weight': Decimal('0.1')}"
