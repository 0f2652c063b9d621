"""The guide for HR: every key that a file of rules can hold, and every value of a choice, stands in it."""

from __future__ import annotations

import dataclasses
import enum
import re

import pytest

from engine.reviews.consequences import rules as consequences
from engine.reviews.cycle.terms import Terms
from engine.reviews.deadlines.timing import Timing
from engine.reviews.plans.plan_rules import PlanRules
from engine.reviews.rulebook import indicators, rules
from engine.reviews.scores.quantities import Notation
from engine.reviews.settlements import dues, lines, schemes, streaks, tiers
from engine.settings import ROOT

GUIDE = re.sub(r"```.*?```", "", (ROOT / "processes" / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
TOLD = set(re.findall(r"[A-Za-z_][A-Za-z_0-9-]*", " ".join(re.findall(r"`([^`]+)`", GUIDE))))
SAID_OF_ANYTHING = {"id", "name", "name_en"}
WRITTEN = (rules, indicators, lines, tiers, schemes, consequences)
OTHERS = (PlanRules, Terms, Timing, streaks.StreakRule, streaks.Gap, dues.Disputed, Notation)


def kinds():
    """The records and choices of which files of rules are made."""
    own = (kind for module in WRITTEN for kind in vars(module).values() if is_own(kind, module))
    return [*own, *OTHERS]


def is_own(kind, module):
    """Whether a class is defined in a module, and is a record or a choice."""
    defined_there = isinstance(kind, type) and kind.__module__ == module.__name__
    return defined_there and (dataclasses.is_dataclass(kind) or issubclass(kind, enum.StrEnum))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_whatever_hr_can_write_into_a_file_of_rules_stands_in_the_guide(kind):
    if dataclasses.is_dataclass(kind):
        written = {field.name for field in dataclasses.fields(kind)}
    else:
        written = {member.value for member in kind}

    assert written - SAID_OF_ANYTHING - TOLD == set()
