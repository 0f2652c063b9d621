"""Teams: which of a cycle's departments are first in a part of the score, by the mean of their people (L001-32)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Result, Settlement
from engine.reviews.release import results
from engine.reviews.scores import rankings
from engine.reviews.scores.breakdowns import exact
from engine.reviews.settlements.lines import BONUS, TeamBonus


def first(session: Session, cycle: Cycle, bonus: TeamBonus) -> set[int]:
    """Give the keys of the departments that are first; one without a score in that part is not ranked."""
    scores: defaultdict[int, list[Fraction]] = defaultdict(list)
    for review in cycles.reviews_of(session, cycle):
        result = results.newest(session, review)
        if review.department_key is None or result is None or result.released_at is None:
            continue
        score = _score(result.figures, bonus.part)
        if score is not None:
            scores[review.department_key].append(score)
    means = {key: sum(own, Fraction(0)) / len(own) for key, own in scores.items()}
    count = rankings.places(bonus.share / 100, len(means))
    return set(rankings.top(list(means), count, score=means.__getitem__, ties=bonus.ties))


def was_paid(before: Settlement | None, result: Result) -> bool:
    """Tell whether payroll had the bonus of a first team with a line, on the result that still holds.

    It stays: nobody loses by what an appeal corrects for somebody else (E-72).
    """
    if before is None or before.payroll_key is None or before.result_key != result.key:
        return False
    return any(part["name"] == BONUS for part in before.figures.get("inputs", ()))


def _score(figure: Mapping[str, Any], name: str) -> Fraction | None:
    """Find the figure of a section or indicator in those that a total rests on."""
    if figure["name"] == name:
        return exact(figure)
    found = (_score(part, name) for part in figure.get("inputs", ()))
    return next((score for score in found if score is not None), None)
