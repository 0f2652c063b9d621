"""Workings: how a figure came about, its formula in words and with its numbers in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from engine.reviews.scores.breakdowns import Node
from engine.reviews.scores.quantities import readable, rounded

Terms = Mapping[str, tuple[str, str]]
"""What the names in formulas mean, in Chinese and in English."""

ROUNDING = re.compile(r"round half up\((\w+), (\d+)\)")
"""The one formula that is no FEEL: FEEL rounds half to even."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SIGNS = {" * ": " × ", " / ": " ÷ ", " - ": " − "}
_FUNCTIONS = {
    "round half up": ("四舍五入", "rounded half up"),
    "max": ("取较大者", "the greater of"),
    "min": ("取较小者", "the lesser of"),
    "mean": ("平均", "the mean of"),
}
_WORDS = {"if ": ("如果", "if"), " then ": ("则", "then"), " else ": ("否则", "else")}
_NUMBERED = {
    "rater": ("评价人 {number}", "Rater {number}"),
    "value": ("第 {number} 个值", "Value {number}"),
    "step": ("第 {number} 档下限", "Bound of step {number}"),
    "reach": ("第 {number} 档完成率", "Completion of step {number}"),
    "split": ("第 {number} 段总分", "Total of part {number}"),
    "days": ("第 {number} 段天数", "Days of part {number}"),
}
"""What figures that come in numbers are called."""


def term(name: str, terms: Terms) -> tuple[str, str]:
    """Say what a figure's name means, in Chinese and in English."""
    numbered = re.fullmatch(r"([a-z]+)_(\d+)", name)
    if numbered and numbered[1] in _NUMBERED:
        chinese, english = (text.format(number=numbered[2]) for text in _NUMBERED[numbered[1]])
        return chinese, english
    return terms.get(name, (name, ""))


def value(node: Node) -> str:
    """Write a figure as it was entered, a rounded one with its places, else a number with six decimals at most."""
    if rounding := rounding_of(node):
        return str(rounded(Fraction(node["value"]), int(rounding[2])))
    return str(node.get("text") or readable(Decimal(node["value"])))


def rounding_of(node: Node) -> re.Match[str] | None:
    """Find what a figure rounds, and to how many places; None for one that is not rounded."""
    return ROUNDING.fullmatch(node.get("formula", ""))


def written(formula: str, parts: Mapping[str, str], *, english: bool) -> str:
    """Write a formula with `parts` in place of its names, and its functions in words."""
    for function, words in _FUNCTIONS.items():
        formula = formula.replace(f"{function}(", f"{words[english]} (")
    for sign, printed in _SIGNS.items():
        formula = formula.replace(sign, printed)
    for word, words in _WORDS.items():
        formula = formula.replace(word, word.replace(word.strip(), words[english]))
    return _NAME.sub(lambda match: parts.get(match[0], match[0]), formula)


def with_numbers(node: Node, *, english: bool) -> str:
    """Write a figure's formula with its numbers; nothing for what was entered."""
    return written(
        node.get("formula", ""), {part["name"]: value(part) for part in node.get("inputs", ())}, english=english
    )


def is_exact(node: Node) -> bool:
    """Tell whether `value` has all digits of a figure."""
    return "text" in node or ("exact" not in node and Decimal(value(node)) == Decimal(node["value"]))


def sign(node: Node) -> str:
    """Say what stands between a formula with its numbers and its value: nearly equal where digits are left out.

    Rounding is exact of itself, but for a number whose digits that are not printed decide it.
    """
    if rounding := rounding_of(node):
        (rests_on,) = node["inputs"]
        again = rounded(Fraction(readable(Decimal(rests_on["value"]))), int(rounding[2]))
        return "=" if again == Decimal(node["value"]) else "≈"
    return "=" if is_exact(node) and all(is_exact(part) for part in node.get("inputs", ())) else "≈"


def found(node: Node | None, name: str) -> str:
    """Find a figure of a name among what another rests on, and write it; nothing where there is none."""
    for part in (node or {}).get("inputs", ()):
        if part["name"] == name:
            return value(part)
        if deeper := found(part, name):
            return deeper
    return ""
