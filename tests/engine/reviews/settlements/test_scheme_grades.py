"""Grades in a scheme: HR writes them by id or by name, results are compared with them by id (X-01)."""

from datetime import date
from pathlib import Path

import pytest

from engine.errors import Invalid
from engine.reviews.cycle import cycles
from engine.reviews.rulebook import templates
from engine.reviews.settlements import schemes

PRESET = Path(__file__).parents[4] / "processes" / "presets" / "by-post-000.toml"
"""A template whose grades have ids beside their names."""


@pytest.fixture
def graded(session, company, act):
    """A cycle with the four grades of the template."""
    row = templates.draft_file(session, PRESET.name, PRESET.read_bytes(), by=act("hui"))
    templates.publish(session, row.key, by=act("hui"))
    first, last = date(2025, 7, 1), date(2025, 9, 30)
    return cycles.draft(session, label="2025 Q3", starts_on=first, ends_on=last, template_key=row.key, by=act("hui"))


@pytest.mark.parametrize("written", ["优秀", "excellent"])
def test_a_grade_counts_by_its_name_as_by_its_id(session, graded, act, written):
    bonus = {"id": "bonus", "name": "奖金", "layer": "base", "kind": "grade", "on": "bonus"}
    streak = {"id": "promotion", "name": "晋升", "n": 2, "unit": "quarter", "levels": [written]}
    rules = {"lines": [{**bonus, "grades": [{"id": written, "coefficient": "1.5"}]}], "streaks": [streak]}

    kept = schemes.read(schemes.agree(session, graded, rules, reason="季度方案", by=act("hui")).rules)

    assert [one.id for line in kept.lines for one in line.grades] == ["excellent"]
    assert [rule.levels for rule in kept.streaks] == [("excellent",)]


def paying(**shares):
    grades = [{"id": name, "coefficient": share} for name, share in shares.items()]
    line = {"id": "pay", "name": "绩效工资", "layer": "base", "kind": "grade", "on": "pay"}
    return {"lines": [{**line, "grades": grades}]}


def test_e80_a_grade_that_pays_less_than_a_worse_one_is_refused_so_that_no_appeal_costs_anything(session, graded, act):
    with pytest.raises(Invalid) as refused:
        schemes.agree(session, graded, paying(qualified="0.8"), reason="季度方案", by=act("hui"))

    assert [(one.code, str(one.message)) for one in refused.value.problems] == [
        ("grades-fall", "qualified pays less than to_improve")
    ]
    assert schemes.agree(session, graded, paying(qualified="0.8", to_improve="0.8"), reason="x", by=act("hui"))
