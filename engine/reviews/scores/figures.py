"""Figures of a scorecard: each keeps its inputs and its formula, so that a panel can recompute it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.reviews.scores.quantities import decimal, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number on a scorecard.

    Attributes:
        name: the name by which formulas read it; unique among the inputs of one formula.
        exact: its value as a fraction, because 34 digits cannot hold a third and a rounding edge would show it.
        formula: the FEEL expression over the names of `inputs` that gives `exact`; empty for what was entered.
        inputs: the figures the formula reads.
        text: what was entered, as it was written, such as 85%.
        label: what it is called where no rule names it, such as 2025-07.
        absent: the parts that were not applicable, whose weight the others carry.
        shares: the per cent that each part then carries; only where something is absent.
    """

    name: str
    exact: Fraction
    formula: str = ""
    inputs: tuple[Figure, ...] = ()
    text: str = ""
    label: str = ""
    absent: tuple[str, ...] = ()
    shares: tuple[tuple[str, Fraction], ...] = ()

    @property
    def value(self) -> Decimal:
        """Give the figure as a decimal of at most 34 digits."""
        return decimal(self.exact)

    def find(self, *path: str) -> Figure:
        """Follow the names in `path` down the inputs.

        Raises:
            KeyError: an input on the way has no such name.
        """
        figure = self
        for name in path:
            figure = {part.name: part for part in figure.inputs}[name]
        return figure

    def to_json(self) -> dict[str, object]:
        """Write the figure and all it rests on as JSON: numbers as strings, what is empty left out."""
        written: dict[str, object] = {"name": self.name, "value": f"{self.value:f}"}
        if Fraction(self.value) != self.exact:
            written["exact"] = str(self.exact)
        if self.text:
            written["text"] = self.text
        if self.label:
            written["label"] = self.label
        if self.formula:
            written["formula"] = self.formula
            written["inputs"] = [part.to_json() for part in self.inputs]
        if self.absent:
            written["absent"] = list(self.absent)
            written["shares"] = {name: plain(share) for name, share in self.shares}
        return written


def entered(name: str, exact: Fraction, text: str = "", label: str = "") -> Figure:
    """Make a figure of what somebody entered or a rule says."""
    return Figure(name=name, exact=exact, text=text or plain(exact), label=label)


def mean(name: str, parts: Sequence[Figure]) -> Figure:
    """Average figures, each counting the same; the formula shows how many there were."""
    exact = sum((part.exact for part in parts), Fraction(0)) / len(parts)
    return Figure(
        name=name, exact=exact, formula=f"mean({', '.join(part.name for part in parts)})", inputs=tuple(parts)
    )


def total(name: str, parts: Sequence[Figure]) -> Figure:
    """Add figures up."""
    exact = sum((part.exact for part in parts), Fraction(0))
    return Figure(name=name, exact=exact, formula=" + ".join(part.name for part in parts), inputs=tuple(parts))


def adjusted(total: Decimal, rests_on: Mapping[str, Any], difference: Fraction) -> tuple[str, dict[str, Any]]:
    """Add to a total, written as `Figure.to_json` does, what it is adjusted by; it is recomputed like any other."""
    if not difference:
        return str(total), dict(rests_on)
    changed = str(total + decimal(difference))
    inputs = [
        {**rests_on, "name": "computed_total"},
        {"name": "adjustment", "value": plain(difference), "text": plain(difference)},
    ]
    return changed, {"name": "total", "value": changed, "formula": "computed_total + adjustment", "inputs": inputs}


def adjustment_of(rests_on: Mapping[str, Any]) -> Fraction:
    """Sum up what a total, written as `Figure.to_json` does, was adjusted by."""
    inputs = {part["name"]: part for part in rests_on.get("inputs", ())}
    if "adjustment" not in inputs:
        return Fraction(0)
    return Fraction(inputs["adjustment"]["value"]) + adjustment_of(inputs["computed_total"])
