"""Distributions of grades beside their guideline: advice to a calibration, never an input to a plan or an exit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def quotas(group: int, shares: Sequence[Fraction]) -> list[int]:
    """Divide a group by shares: whole parts first, then to the largest remainders, ties to the higher level."""
    whole = sum(shares, Fraction(0))
    exact = [group * share / whole for share in shares]
    counts = [int(part) for part in exact]
    by_remainder = sorted(range(len(shares)), key=lambda level: (counts[level] - exact[level], level))
    for level in by_remainder[: group - sum(counts)]:
        counts[level] += 1
    return counts
