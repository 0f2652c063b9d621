"""Formulas as people read them: once in the words of the sheet, once with the numbers in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from web import names, numbers
from web.languages import N_, gettext

Node = Mapping[str, Any]
"""A figure as `engine.reviews.figures.Figure.to_json` writes it."""

Terms = Mapping[str, tuple[str, str]]
"""What a figure's name means, in Chinese and in English."""

NAME = re.compile(r"[a-z][a-z0-9_]*")
SIGNS = {" * ": " × ", " / ": " ÷ ", " - ": " − "}
FUNCTIONS = {
    "round half up": N_("rounded half up"),
    "max": N_("the greater of"),
    "min": N_("the lesser of"),
    "mean": N_("the mean of"),
}


@dataclass(frozen=True, slots=True)
class Working:
    """How a figure came about."""

    label: str
    value: str
    words: str = ""
    """The formula in words; empty for what was entered."""
    figures: str = ""
    """The formula with its numbers."""
    inputs: tuple[Working, ...] = ()
    note: str = ""
    """Who was absent, and how the weights passed on."""
    exact: bool = True
    """Whether `value` has all digits of the figure."""

    @property
    def sign(self) -> str:
        """What stands between the formula with its numbers and its value."""
        return "=" if self.exact and all(one.exact for one in self.inputs) else "≈"


def working(node: Node, terms: Terms) -> Working:
    """Explain a figure and everything that it rests on."""
    inputs = node.get("inputs", ())
    formula = node.get("formula", "")
    return Working(
        label=term(node["name"], terms),
        value=value(node),
        words=_written(formula, {one["name"]: term(one["name"], terms) for one in inputs}),
        figures=_written(formula, {one["name"]: value(one) for one in inputs}),
        inputs=tuple(working(one, terms) for one in inputs),
        note=_absence(node, terms),
        exact="text" in node or ("exact" not in node and Decimal(value(node)) == Decimal(node["value"])),
    )


def value(node: Node) -> str:
    """Write a figure as it was entered, else as a number with six decimals at most."""
    return str(node.get("text") or numbers.number(Decimal(node["value"])))


def term(name: str, terms: Terms) -> str:
    """Say what a figure's name means, in the request's language."""
    rater = re.fullmatch(r"rater_(\d+)", name)
    if rater:
        return gettext("Rater {number}").format(number=rater[1])
    return names.either(*terms[name]) if name in terms else name


def _written(formula: str, parts: Mapping[str, str]) -> str:
    for function, words in FUNCTIONS.items():
        formula = formula.replace(f"{function}(", f"{gettext(words)} (")
    for sign, printed in SIGNS.items():
        formula = formula.replace(sign, printed)
    return NAME.sub(lambda match: parts.get(match[0], match[0]), formula)


def _absence(node: Node, terms: Terms) -> str:
    if not node.get("absent"):
        return ""
    absent = ", ".join(term(name, terms) for name in node["absent"])
    shares = ", ".join(f"{term(name, terms)} {share}%" for name, share in node["shares"].items())
    return gettext("Not counted: {absent}. The weights of the others: {shares}.").format(absent=absent, shares=shares)
