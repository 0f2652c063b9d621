"""Formulas as people read them: once in the words of the sheet, once with the numbers in place."""

from __future__ import annotations

from dataclasses import dataclass

from engine.reviews.scores import workings
from engine.reviews.scores.breakdowns import Node
from engine.reviews.scores.workings import Terms, value
from web import languages, names
from web.languages import gettext


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
    sign: str = "="
    """What stands between the formula with its numbers and its value."""


def working(node: Node, terms: Terms) -> Working:
    """Explain a figure and everything that it rests on."""
    inputs = node.get("inputs", ())
    english = languages.current() == "en"
    called = {one["name"]: _called(one, terms) for one in inputs}
    return Working(
        label=_called(node, terms),
        value=value(node),
        words=workings.written(node.get("formula", ""), called, english=english),
        figures=workings.with_numbers(node, english=english),
        inputs=tuple(working(one, terms) for one in inputs),
        note=_absence(node, terms),
        sign=workings.sign(node),
    )


def term(name: str, terms: Terms) -> str:
    """Say what a figure's name means, in the request's language."""
    return names.either(*workings.term(name, terms))


def _called(node: Node, terms: Terms) -> str:
    return str(node.get("label") or term(node["name"], terms))


def _absence(node: Node, terms: Terms) -> str:
    if not node.get("absent"):
        return ""
    absent = gettext(", ").join(term(name, terms) for name in node["absent"])
    shares = gettext(", ").join(f"{term(name, terms)} {share}%" for name, share in node["shares"].items())
    return gettext("Not counted: {absent}. The weights of the others: {shares}.").format(absent=absent, shares=shares)
