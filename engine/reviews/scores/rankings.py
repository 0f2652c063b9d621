"""Rankings: who is among the first, where the policy for ties is said and never assumed (E-39).

A rank is for awards alone: it is no input to a plan or an exit (section 5, rule 10), and is never published (E-94).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

Entry = TypeVar("Entry")
Score = Callable[[Entry], Fraction]


class Ties(StrEnum):
    """What becomes of those who tie where the line is drawn."""

    ALL = "all"
    """All of them are in, so that there may be more than asked for."""
    NONE = "none"
    """None of them is in, so that there may be fewer."""
    SECOND_KEY = "second-key"
    """A second score decides; who ties in that too is in."""


def places(share: Fraction, group: int) -> int:
    """Give how many the first `share` of a group are, such as a tenth of 25: two, never rounded up."""
    return int(share * group)


def top(
    entries: Sequence[Entry],
    count: int,
    *,
    score: Score[Entry],
    ties: Ties,
    second: Score[Entry] | None = None,
) -> list[Entry]:
    """Choose the first `count` by score, the highest first, and by policy those who tie at the last place.

    Raises:
        ValueError: ties go by a second key, and there is none.
    """
    if ties is Ties.SECOND_KEY and second is None:
        raise ValueError("ties that a second key decides need a second key")
    ranked = sorted(entries, key=score, reverse=True)
    if count <= 0 or not ranked:
        return []
    if count >= len(ranked):
        return ranked
    line = score(ranked[count - 1])
    above = [entry for entry in ranked if score(entry) > line]
    tied = [entry for entry in ranked if score(entry) == line]
    if ties is Ties.ALL or len(above) + len(tied) == count:
        return above + tied
    if ties is Ties.NONE or second is None:
        return above
    return above + top(tied, count - len(above), score=second, ties=Ties.ALL)
