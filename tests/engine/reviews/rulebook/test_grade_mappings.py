"""Grade mappings: grades of different scales are compared by a declared table, or not at all (X-02)."""

from dataclasses import replace

import pytest

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.reviews.rulebook import grade_mappings, rulebooks, templates
from engine.reviews.rulebook.rules import Level

LETTERS, WORDS = ("a", "b", "c"), ("excellent", "good", "fair", "weak")
FITTING = {"excellent": "a", "good": "a", "fair": "b", "weak": "c"}


@pytest.fixture
def scales(session, company, mended, act):
    """Two published templates: one grades by words, the other by letters, in which B is the pass mark."""

    def published(template_id, levels):
        rules = replace(mended, levels=tuple(Level(id=one, name=one) for one in levels))
        row = templates.draft(session, template_id, rulebooks.write(rules), title=template_id, by=act("hui"))
        return templates.publish(session, row.key, by=act("hui"))

    return published("words", WORDS), published("letters", LETTERS)


def test_x02_a_grade_is_carried_to_another_scale_by_the_declared_table_alone(session, scales, act):
    words, letters = scales
    with pytest.raises(Conflict, match="no mapping says"):
        grade_mappings.carried(session, "good", words, letters)

    grade_mappings.declare(session, "words", "letters", FITTING, reason="等级含义相同", by=act("hui"))

    assert grade_mappings.carried(session, "good", words, letters) == "a"
    assert grade_mappings.carried(session, "good", words, words) == "good"
    with pytest.raises(Conflict):  # the other direction is a table of its own
        grade_mappings.carried(session, "a", letters, words)


def test_x02_the_newest_table_holds_and_the_ones_before_are_kept(session, scales, act):
    words, letters = scales
    for standing in ("a", "b"):
        levels = FITTING | {"good": standing}
        grade_mappings.declare(session, "words", "letters", levels, reason=standing, by=act("hui"))

    assert grade_mappings.carried(session, "good", words, letters) == "b"
    assert [one.reason for one in grade_mappings.everything(session)] == ["b", "a"]


@pytest.mark.parametrize(
    ("levels", "codes"),
    [
        ({"excellent": "a", "good": "a", "fair": "b"}, {"missing-grade"}),
        (FITTING | {"weak": "d"}, {"unknown-grade"}),
        (FITTING | {"excellent": "c"}, {"order"}),
    ],
)
def test_x02_a_table_with_a_hole_or_that_turns_the_order_is_refused(session, scales, act, levels, codes):
    with pytest.raises(Invalid) as refused:
        grade_mappings.declare(session, "words", "letters", levels, reason="x", by=act("hui"))

    assert {problem.code for problem in refused.value.problems} == codes


def test_only_hr_declares_a_mapping(session, scales, act):
    with pytest.raises(Forbidden):
        grade_mappings.declare(session, "words", "letters", FITTING, reason="x", by=act("sun"))


def test_x02_a_mapping_that_is_withdrawn_holds_no_more_and_stays_on_record(session, scales, act):
    words, letters = scales
    grade_mappings.declare(session, "words", "letters", FITTING, reason="等级含义相同", by=act("hui"))

    grade_mappings.withdraw(session, "words", "letters", reason="量表已改", by=act("hui"))

    with pytest.raises(Conflict, match="no mapping says"):
        grade_mappings.carried(session, "good", words, letters)
    assert [(one.reason, bool(one.levels)) for one in grade_mappings.everything(session)] == [
        ("量表已改", False),
        ("等级含义相同", True),
    ]
    with pytest.raises(NotFound):
        grade_mappings.withdraw(session, "words", "letters", reason="again", by=act("hui"))
