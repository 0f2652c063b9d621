"""Verdicts: what a panel may decide, which is never worse for the appellant than what there is (E-80)."""

from __future__ import annotations

from engine.errors import Invalid, Problem
from engine.reviews.models import Appeal, Verdict
from engine.reviews.sentences import Sentence

VOTABLE = (Verdict.UPHELD, Verdict.CORRECTED, Verdict.REEVALUATED)
"""What every panel may decide; it annuls only where the appellant asked for it, who would lose a grade by it."""


def choices(appeal: Appeal) -> tuple[Verdict, ...]:
    """List what a panel may decide in an appeal."""
    return (*VOTABLE, Verdict.ANNULLED) if appeal.sought is Verdict.ANNULLED else VOTABLE


def expect_votable(appeal: Appeal, verdict: Verdict, intent: str) -> None:
    """Let pass only a verdict that the panel may decide.

    Raises:
        Invalid: it may not: it would be worse than what the appellant has and asked for (E-80).
    """
    if verdict not in choices(appeal):
        sentence = Sentence("The appellant does not ask to have the result annulled, and would lose it")
        raise Invalid("Expected to {intent}, but not so", [Problem(sentence, "verdict", "not-sought")], intent=intent)
