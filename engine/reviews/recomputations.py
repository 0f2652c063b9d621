"""Recomputations: a stored result followed figure by figure, as a panel or a person with a calculator would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from engine import feel
from engine.reviews.breakdowns import Node, exact
from engine.reviews.quantities import decimal, rounded

TOLERANCE = Fraction(1, 10**28)
"""How far a formula over values of 34 digits may lie from the exact value."""

_ROUNDING = re.compile(r"round half up\((\w+), (\d+)\)")


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
    if rounding := _ROUNDING.fullmatch(node["formula"]):  # an edge needs all digits
        return exact(node) == Fraction(rounded(inputs[rounding[1]], int(rounding[2])))
    value = feel.compile(node["formula"]).evaluate({name: decimal(one) for name, one in inputs.items()})
    return isinstance(value, int | type(decimal(Fraction(0)))) and abs(Fraction(value) - exact(node)) < TOLERANCE
