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

NUMBERED = {
    "rater": N_("Rater {number}"),
    "value": N_("Value {number}"),
    "step": N_("Bound of step {number}"),
    "reach": N_("Completion of step {number}"),
    "split": N_("Total of part {number}"),
    "days": N_("Days of part {number}"),
}
"""What figures that come in numbers are called."""

WORDS = {"if ": N_("if"), " then ": N_("then"), " else ": N_("else")}


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
        label=_called(node, terms),
        value=value(node),
        words=_written(formula, {one["name"]: _called(one, terms) for one in inputs}),
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
    numbered = re.fullmatch(r"([a-z]+)_(\d+)", name)
    if numbered and numbered[1] in NUMBERED:
        return gettext(NUMBERED[numbered[1]]).format(number=numbered[2])
    return names.either(*terms[name]) if name in terms else name


def _written(formula: str, parts: Mapping[str, str]) -> str:
    for function, words in FUNCTIONS.items():
        formula = formula.replace(f"{function}(", f"{gettext(words)} (")
    for sign, printed in SIGNS.items():
        formula = formula.replace(sign, printed)
    for word, printed in WORDS.items():
        formula = formula.replace(word, word.replace(word.strip(), gettext(printed)))
    return NAME.sub(lambda match: parts.get(match[0], match[0]), formula)


def _called(node: Node, terms: Terms) -> str:
    return str(node.get("label") or term(node["name"], terms))


def _absence(node: Node, terms: Terms) -> str:
    if not node.get("absent"):
        return ""
    absent = ", ".join(term(name, terms) for name in node["absent"])
    shares = ", ".join(f"{term(name, terms)} {share}%" for name, share in node["shares"].items())
    return gettext("Not counted: {absent}. The weights of the others: {shares}.").format(absent=absent, shares=shares)
