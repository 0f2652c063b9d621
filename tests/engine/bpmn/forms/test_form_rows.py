"""The rows of dynamic lists."""

from decimal import Decimal

WHO = {"type": "textfield", "key": "who", "readonly": True}
RATING = {"type": "number", "key": "rating", "label": "Rating", "validate": {"required": True, "max": 5}}
KNOWN = [{"who": "ann", "id": 1}, {"who": "bob", "id": 2}]


def rows(*components, **more):
    return {"type": "dynamiclist", "path": "ratings", "label": "Ratings", "components": list(components), **more}


def test_every_row_is_checked_field_by_field(form, refused):
    schema = form(rows(WHO, RATING, allowAddRemove=False))
    given = [{"who": "ann", "rating": 6}, {"who": "bob", "rating": None}]

    found = refused(schema, {"ratings": given}, ratings=KNOWN)

    assert found == [("ratings[0].rating", "maximum"), ("ratings[1].rating", "required")]


def test_what_the_form_does_not_show_of_a_row_stays(form, accept):
    schema = form(rows(WHO, RATING, allowAddRemove=False))
    given = [{"who": "ann", "rating": 4}, {"who": "bob", "rating": 3}]

    accepted = accept(schema, {"ratings": given}, ratings=KNOWN)

    assert accepted == {"ratings": [{"who": "ann", "rating": 4, "id": 1}, {"who": "bob", "rating": 3, "id": 2}]}


def test_rows_in_another_order_are_refused_rather_than_given_to_somebody_else(form, refused):
    schema = form(rows(WHO, RATING, allowAddRemove=False))
    given = [{"who": "bob", "rating": 4}, {"who": "ann", "rating": 3}]

    found = refused(schema, {"ratings": given}, ratings=KNOWN)

    assert found == [("ratings[0]", "foreign-row"), ("ratings[1]", "foreign-row")]


def test_a_list_that_cannot_grow_keeps_its_length(form, refused):
    schema = form(rows(WHO, RATING, allowAddRemove=False))

    found = refused(schema, {"ratings": [{"who": "ann", "rating": 4}]}, ratings=KNOWN)

    assert found == [("ratings", "row-count"), ("ratings[1].rating", "required")]


def test_a_locked_list_keeps_its_rows_though_it_could_grow(form, refused):
    row = {"type": "number", "key": "rating"}
    for lock in ({"readonly": True}, {"readonly": "=locked"}):
        schema = form(rows(row, **lock))

        found = refused(schema, {"ratings": [{"rating": 1}]}, ratings=[], locked=True)

        assert found == [("ratings", "row-count")]


def test_rows_may_go_and_come_where_the_list_can_grow(form, accept):
    schema = form(rows({**WHO, "defaultValue": "?"}, RATING))
    given = [{"who": "bob", "rating": 1}, {"who": "?", "rating": 2}]

    accepted = accept(schema, {"ratings": given}, ratings=KNOWN)

    assert accepted == {"ratings": [{"who": "bob", "rating": 1, "id": 2}, {"who": "?", "rating": 2}]}


def test_a_row_that_is_neither_known_nor_new_is_refused(form, refused):
    schema = form(rows(WHO, RATING))

    found = refused(schema, {"ratings": [{"who": "mallory", "rating": 1}]}, ratings=KNOWN)

    assert found == [("ratings[0]", "foreign-row")]


def test_a_list_that_can_grow_and_was_not_sent_has_lost_all_its_rows(form, accept):
    schema = form(rows(RATING))

    assert accept(schema, {}, ratings=[{"rating": 1}]) == {"ratings": []}


def test_a_list_that_nobody_knows_starts_with_its_default_rows(form, accept):
    schema = form(rows({"type": "number", "key": "rating"}, allowAddRemove=False, defaultRepetitions=2))

    assert accept(schema, {}) == {"ratings": [{"rating": None}, {"rating": None}]}


def test_expressions_in_a_row_see_the_row_its_parent_and_its_number(form, accept):
    total = {"type": "expression", "key": "total", "expression": "=this.rating * parent.factor + i[1]"}
    note = {"type": "textfield", "key": "note", "conditional": {"hide": "=this.rating < 3"}}
    overall = {"type": "expression", "key": "overall", "expression": "=sum(ratings.total)"}
    schema = form({"type": "number", "key": "factor"}, rows(RATING, total, note), overall)
    given = [{"rating": 2, "note": "x"}, {"rating": 3, "note": "y"}]

    accepted = accept(schema, {"factor": 10, "ratings": given})

    assert accepted["ratings"] == [
        {"rating": 2, "total": Decimal(21)},
        {"rating": 3, "total": Decimal(32), "note": "y"},
    ]
    assert accepted["overall"] == Decimal(53)


def test_limits_and_choices_may_depend_on_the_row(form, refused):
    limited = {"type": "number", "key": "rating", "validate": {"max": "=this.top"}}
    choice = {"type": "select", "key": "grade", "valuesExpression": "=this.grades"}
    schema = form(rows({"type": "number", "key": "top", "readonly": True}, limited, choice, allowAddRemove=False))
    known = [{"top": 3, "grades": ["A"]}, {"top": 5, "grades": ["B"]}]
    given = [{"top": 3, "rating": 4, "grade": "A"}, {"top": 5, "rating": 4, "grade": "A"}]

    found = refused(schema, {"ratings": given}, ratings=known)

    assert found == [("ratings[0].rating", "maximum"), ("ratings[1].grade", "not-an-option")]


def test_lists_stand_within_lists(form, accept, refused):
    inner = {"type": "dynamiclist", "path": "items", "components": [RATING]}
    schema = form(rows(WHO, inner, allowAddRemove=False))
    given = [{"who": "ann", "items": [{"rating": 1}, {"rating": 2}]}, {"who": "bob", "items": []}]

    accepted = accept(schema, {"ratings": given}, ratings=KNOWN)
    given[0]["items"][1]["rating"] = 9

    assert accepted["ratings"][0] == {"who": "ann", "items": [{"rating": 1}, {"rating": 2}], "id": 1}
    assert refused(schema, {"ratings": given}, ratings=KNOWN) == [("ratings[0].items[1].rating", "maximum")]


def test_a_list_has_an_end(form, refused):
    schema = form(rows({"type": "number", "key": "rating"}))

    assert refused(schema, {"ratings": [{}] * 20_000}) == [("ratings", "too-many-rows")]
