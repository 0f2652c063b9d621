"""Grades in a scheme: HR writes them by id or by name, results are compared with them by id (X-01)."""

from datetime import date
from pathlib import Path

import pytest

from engine.reviews.cycle import cycles
from engine.reviews.rulebook import templates
from engine.reviews.settlements import schemes

PRESET = Path(__file__).parents[4] / "processes" / "presets" / "by-post-000.toml"
"""A template whose grades have ids beside their names."""


@pytest.mark.parametrize("written", ["优秀", "excellent"])
def test_a_grade_counts_by_its_name_as_by_its_id(session, company, act, written):
    row = templates.draft_file(session, PRESET.name, PRESET.read_bytes(), by=act("hui"))
    templates.publish(session, row.key, by=act("hui"))
    first, last = date(2025, 7, 1), date(2025, 9, 30)
    cycle = cycles.draft(session, label="2025 Q3", starts_on=first, ends_on=last, template_key=row.key, by=act("hui"))
    bonus = {"id": "bonus", "name": "奖金", "layer": "base", "kind": "grade", "on": "bonus"}
    streak = {"id": "promotion", "name": "晋升", "n": 2, "unit": "quarter", "levels": [written]}
    rules = {"lines": [{**bonus, "grades": [{"id": written, "coefficient": "1.5"}]}], "streaks": [streak]}

    kept = schemes.read(schemes.agree(session, cycle, rules, reason="季度方案", by=act("hui")).rules)

    assert [one.id for line in kept.lines for one in line.grades] == ["excellent"]
    assert [rule.levels for rule in kept.streaks] == [("excellent",)]
