"""Result sheets: a result as it is printed, every figure with its inputs and its formula."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access, cycles, people, raters, templates
from engine.reviews.models import Rater, RaterState, Result, Review, TemplateVersion
from engine.reviews.quantities import plain, rounded
from engine.reviews.rules import Indicator, Model, RaterGroup, Section, Template

Node = Mapping[str, Any]
"""A figure as `Figure.to_json` writes it."""

TERMS = {
    "total": ("总分", "Total"),
    "total_exact": ("未舍入的总分", "Total before rounding"),
    "total_cap": ("总分上限", "Cap of the total"),
    "points": ("得分合计", "Points"),
    "applicable_points": ("适用项得分", "Points of what applies"),
    "all_weights": ("全部权重", "All weights"),
    "applicable_weights": ("适用项权重", "Weights of what applies"),
    "section_weight": ("板块权重", "Weight of the section"),
    "whole": ("板块满分", "Whole of the section"),
    "weight": ("权重", "Weight"),
    "completion": ("完成率", "Completion"),
    "target": ("目标值", "Target"),
    "actual": ("实际值", "Actual"),
    "cap": ("上限", "Cap"),
    "floor": ("下限", "Floor"),
    "rating": ("评分", "Rating"),
    "maximum": ("最高分", "Highest rating"),
}
"""What the names in formulas mean; indicators, sections and rater groups have the names of their template."""


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
    """Why it is absent."""


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
class Sheet:
    """A version of a result, and everything a panel needs to recompute it."""

    review: str
    cycle: str
    employee_id: str
    appraisee: str
    appraisee_name: str
    appraisee_name_en: str
    version: int
    reason: str
    template: str
    template_version: int
    template_title: str
    template_title_en: str
    total: Decimal
    grade: str | None
    formula: str
    computed_at: str
    computed_by: str
    released_at: str | None
    sections: list[Part]
    terms: dict[str, tuple[str, str]]
    figures: Node
    versions: list[dict[str, Any]] = field(default_factory=list)
    """Every version that the reader may see, the newest first."""

    def to_json(self) -> dict[str, Any]:
        """Write the sheet as JSON."""
        return asdict(self)

    def brief(self) -> dict[str, Any]:
        """Give what a form shows of it: total, grade, and one row per indicator."""
        return {
            "total": self.total,
            "grade": self.grade,
            "lines": [
                {
                    "name": f"{line.name} {line.name_en}".strip(),
                    "weight": line.weight,
                    "inputs": "; ".join(self._told(node) for node in line.inputs),
                    "formula": line.formula,
                    "score": line.score,
                }
                for part in self.sections
                for line in part.lines
            ],
        }

    def _told(self, node: Node) -> str:
        chinese, english = self.terms.get(node["name"], (node["name"], ""))
        value = node.get("text") or str(rounded(_exact(node), 4))
        told = f"{chinese} {english}".strip() + f" {node['name']} = {value}"
        if "formula" not in node:
            return told
        return f"{told} ({node['formula']}: {'; '.join(self._told(part) for part in node['inputs'])})"


def of_review(session: Session, review: Review, *, by: Identity, version: int | None = None) -> Sheet:
    """Print the newest version of a result that somebody may see, or a given one.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    visible = select(Result).where(Result.review_key == review.key, access.results(session, by))
    versions = session.scalars(visible.order_by(Result.version.desc())).all()
    chosen = next((result for result in versions if version in (None, result.version)), None)
    if chosen is None:
        raise NotFound(f"Expected to find the result of review {review.key}, but {by.username} may know of none")
    return _printed(session, review, chosen, [_version(result) for result in versions])


def _version(result: Result) -> dict[str, Any]:
    return {
        "version": result.version,
        "total": Decimal(result.total),
        "grade": result.grade,
        "reason": result.reason,
        "computed_at": result.computed_at.isoformat(),
        "released_at": result.released_at and result.released_at.isoformat(),
    }


def _printed(session: Session, review: Review, result: Result, versions: list[dict[str, Any]]) -> Sheet:
    person = people.by_key(session, review.appraisee_key)
    row = templates.found(session, result.template_key)
    template = templates.rules(session, result.template_key)
    return Sheet(
        review=str(review.key),
        cycle=cycles.found(session, review.cycle_key).label,
        employee_id=person.employee_id,
        appraisee=person.username,
        appraisee_name=person.name,
        appraisee_name_en=person.name_en,
        formula=result.figures["formula"],
        sections=list(_Printer(template, _absences(session, review)).parts(result.figures)),
        terms=_terms(template),
        figures=result.figures,
        versions=versions,
        **_origin(row),
        **{**_version(result), "computed_by": result.computed_by},
    )


def _origin(row: TemplateVersion) -> dict[str, Any]:
    return {
        "template": row.template_id,
        "template_version": row.version,
        "template_title": row.title,
        "template_title_en": row.title_en,
    }


def _absences(session: Session, review: Review) -> dict[str, str]:
    """Say for each rater group why it is absent: each reason once, never whose."""
    reasons: dict[str, dict[str, None]] = {}
    excused: list[Rater] = [r for r in raters.of_review(session, review) if r.state is RaterState.EXCUSED]
    for rater in excused:
        reasons.setdefault(rater.group_id, {})[rater.reason] = None
    return {group: "; ".join(given) for group, given in reasons.items()}


def _terms(template: Template) -> dict[str, tuple[str, str]]:
    named: list[Section | Indicator | RaterGroup] = [
        *template.sections,
        *template.indicators,
        *template.rater_groups,
    ]
    weights = {
        f"{group.id}_weight": (f"{group.name}权重", f"Weight of {group.name_en or group.name}")
        for group in template.rater_groups
    }
    return {**TERMS, **{one.id: (one.name, one.name_en) for one in named}, **weights}


@dataclass(frozen=True, slots=True)
class _Printer:
    """Finds a template's sections and indicators again in the figures of a result."""

    template: Template
    absences: Mapping[str, str]

    def parts(self, figures: Node) -> Iterator[Part]:
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
        return Share(
            group=group.id,
            name=group.name,
            name_en=group.name_en,
            weight=plain(group.weight),
            share="" if node is None else str(rounded(group.weight * 100 / whole, 2)),
            rating="" if node is None else str(node.get("text") or node["value"]),
            counted=node is not None,
            reason="" if node is not None else self.absences.get(group.id, ""),
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


def _head(node: Node) -> Node:
    """Leave out what a figure rests on: the lines below tell that."""
    return {name: value for name, value in node.items() if name != "inputs"}


def _exact(node: Node) -> Fraction:
    return Fraction(node.get("exact", node["value"]))


def _printed_score(node: Node) -> str:
    return str(rounded(_exact(node), 2))
