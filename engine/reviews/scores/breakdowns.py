"""Breakdowns: the figures of a result, found again section by section and line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Deviation, Model, RaterGroup, Section, Template
from engine.reviews.scores.quantities import plain, rounded

Node = Mapping[str, Any]
"""A figure as `Figure.to_json` writes it."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a rater group gave to a line, and what its word weighed there."""

    group: str
    name: str
    name_en: str
    weight: str
    share: str
    """The per cent it carried once the weights of absent groups had passed to the others; empty for an absent one."""
    rating: str
    counted: bool
    reason: str
    """Why it is absent, or counts without being shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: how its score comes about."""

    indicator: str
    name: str
    name_en: str
    weight: str
    applies: bool
    score: str
    """Rounded to two places for print; `figure` has it exact."""
    formula: str
    inputs: list[Node]
    shares: list[Share]
    figure: Node | None
    deviation: str = ""
    """How far from its target it ended, in per cent; empty for what is rated, or has no target above zero."""


@dataclass(frozen=True, slots=True)
class Part:
    """One section; in a blend of totals, one section as one rater group sees it."""

    section: str
    name: str
    name_en: str
    weight: str
    group: str | None
    score: str
    formula: str
    inputs: list[Node]
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Finds a template's sections and indicators again in the figures of a result.

    Attributes:
        absences: why rater groups are absent, by group.
    """

    template: Template
    absences: Mapping[str, str]

    def parts(self, figures: Node) -> Iterator[Part]:
        """Go through the sections of a result."""
        sections = {section.id: section for section in self.template.sections}
        for group, total in self._totals(figures).items():
            for name, node in _nodes(total, sections).items():
                yield self._part(sections[name], group, node)

    def _totals(self, figures: Node) -> dict[str | None, Node]:
        if self.template.model is Model.RATERS_IN_ITEMS:
            return {None: figures}
        totals: dict[str | None, Node] = {}
        totals.update(_nodes(figures, {group.id for group in self.template.rater_groups}))
        return totals

    def _part(self, section: Section, group: str | None, node: Node) -> Part:
        lines = _nodes(node, {indicator.id for indicator in section.indicators})
        return Part(
            section=section.id,
            name=section.name,
            name_en=section.name_en,
            weight=plain(section.weight),
            group=group,
            score=_printed_score(node),
            formula=node["formula"],
            inputs=[_head(part) for part in node["inputs"]],
            lines=[self._line(indicator, lines.get(indicator.id)) for indicator in section.indicators],
        )

    def _line(self, indicator: Indicator, node: Node | None) -> Line:
        return Line(
            indicator=indicator.id,
            name=indicator.name,
            name_en=indicator.name_en,
            weight=plain(indicator.weight),
            applies=node is not None,
            score="" if node is None else _printed_score(node),
            formula="" if node is None else node["formula"],
            inputs=[] if node is None else list(node["inputs"]),
            shares=[] if node is None else self._shares(indicator, node),
            figure=node,
            deviation="" if node is None or indicator.is_rated else _deviation(node, self.template.deviation),
        )

    def _shares(self, indicator: Indicator, node: Node) -> list[Share]:
        rating = next((part for part in node["inputs"] if part["name"] == "rating"), None)
        if rating is None:
            return []
        groups = [group for group in self.template.rater_groups if group.id in indicator.rated_by]
        given = {part["name"]: part for part in rating["inputs"]}
        present = [group for group in groups if group.id in given]
        return [self._share(group, given.get(group.id), present) for group in groups]

    def _share(self, group: RaterGroup, node: Node | None, present: list[RaterGroup]) -> Share:
        whole = sum((one.weight for one in present), Fraction(0))
        hidden = node is None or (group.anonymous and "formula" not in node)
        return Share(
            group=group.id,
            name=group.name,
            name_en=group.name_en,
            weight=plain(group.weight),
            share="" if node is None else str(rounded(group.weight * 100 / whole, 2)),
            rating="" if hidden or node is None else str(node.get("text") or node["value"]),
            counted=node is not None,
            reason=self.absences.get(group.id, "") if hidden else "",
        )


def _nodes(node: Node, names: Collection[str]) -> dict[str, Node]:
    """Find the figures with these names that a figure rests on, each at its first place."""
    found: dict[str, Node] = {}
    for part in node.get("inputs", ()):
        if part["name"] in names:
            found.setdefault(part["name"], part)
        else:
            found = {**_nodes(part, names), **found}
    return found


def _deviation(node: Node, reading: Deviation) -> str:
    """Print the deviation of a measured indicator from its target, as its template reads the word (X-10)."""
    found = _nodes(node, {"target", "actual"})
    if len(found) < 2 or exact(found["target"]) <= 0:
        return ""
    part = exact(found["actual"]) / exact(found["target"])
    return f"{rounded((part if reading is Deviation.QUOTIENT else part - 1) * 100, 2)}%"


def _head(node: Node) -> Node:
    """Leave out what a figure rests on: the lines below tell that."""
    return {name: value for name, value in node.items() if name != "inputs"}


def exact(node: Node) -> Fraction:
    """Give a figure's exact value."""
    return Fraction(node.get("exact", node["value"]))


def _printed_score(node: Node) -> str:
    return str(rounded(exact(node), 2))
