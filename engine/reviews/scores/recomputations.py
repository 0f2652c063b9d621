"""Recomputations: a stored result followed figure by figure, as a panel or a person with a calculator would."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import feel
from engine.errors import Problem
from engine.reviews.models import Result
from engine.reviews.scores.breakdowns import Node, exact
from engine.reviews.scores.quantities import decimal, rounded
from engine.reviews.scores.workings import rounding_of
from engine.reviews.sentences import Sentence

TOLERANCE = Fraction(1, 10**28)
"""How far a formula over values of 34 digits may lie from the exact value."""


def of_results(session: Session) -> Iterator[Problem]:
    """Name the results, of all cycles, that do not follow from what is stored of them."""
    for result in session.scalars(select(Result).order_by(Result.key)):
        names = differences(result.figures)
        if not names and exact(result.figures) != Fraction(result.total):
            names = ["total"]
        if names:
            sentence = Sentence(
                "Version {version} does not follow in {names}", version=result.version, names=", ".join(names)
            )
            yield Problem(sentence, str(result.review_key), "not-recomputed")


def differences(figures: Node) -> list[str]:
    """Name the figures that do not follow from their inputs by their formula; none where all do."""
    return [node["name"] for node in _computed(figures) if not _follows(node)]


def _computed(node: Node) -> Iterator[Node]:
    if "formula" in node:
        yield node
    for part in node.get("inputs", ()):
        yield from _computed(part)


def _follows(node: Node) -> bool:
    inputs = {part["name"]: exact(part) for part in node["inputs"]}
    if rounding := rounding_of(node):  # an edge needs all digits
        return exact(node) == Fraction(rounded(inputs[rounding[1]], int(rounding[2])))
    value = feel.compile(node["formula"]).evaluate({name: decimal(one) for name, one in inputs.items()})
    return isinstance(value, int | type(decimal(Fraction(0)))) and abs(Fraction(value) - exact(node)) < TOLERANCE
