"""Result sheets: a result as it is printed, every figure with its inputs and its formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import RaterState, Result, Review, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.plans import plans
from engine.reviews.rating import raters
from engine.reviews.release import results
from engine.reviews.reports import printing
from engine.reviews.rulebook import assignments, templates
from engine.reviews.rulebook.rules import PeriodShare, RaterGroup, Template
from engine.reviews.scores import compositions
from engine.reviews.scores.breakdowns import Breakdown, Line, Node, Part, Share, exact
from engine.reviews.scores.quantities import plain, rounded

__all__ = ["Line", "Node", "Part", "Share", "Sheet", "of_review"]

TERMS = {
    "total": ("总分", "Total"),
    "total_exact": ("未舍入的总分", "Total before rounding"),
    "total_cap": ("总分上限", "Cap of the total"),
    "computed_total": ("校准前的总分", "Total before calibration"),
    "adjustment": ("校准调整", "Adjustment by calibration"),
    "points": ("得分合计", "Points"),
    "applicable_points": ("适用项得分", "Points of what applies"),
    "all_weights": ("全部权重", "All weights"),
    "applicable_weights": ("适用项权重", "Weights of what applies"),
    "dimension_points": ("维度得分", "Points of the dimension"),
    "dimension_weight": ("维度权重", "Weight of the dimension"),
    "team": ("团队得分", "Team"),
    "team_weight": ("团队权重", "Weight of the team"),
    "personal": ("个人得分", "Personal"),
    "personal_weight": ("个人权重", "Weight of the person"),
    "forbidden_conduct": ("禁止行为,一票否决", "Forbidden conduct: it counts as nothing"),
    "undefined_as": ("公式不适用时的完成率", "Completion where the formula has none"),
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
    "sum_of_ratings": ("评分之和", "Sum of the ratings"),
    "raters": ("评价人数", "Number of raters"),
}
"""What the names in formulas mean; indicators, sections and rater groups have the names of their template."""

HIDDEN = "评价人不足 {smallest} 人,不单独显示 Fewer than {smallest} raters: not shown"
"""Why nothing of an anonymous group is shown; whether nobody rated or too few, nobody is to know."""


ANNULLED = ("已因申诉撤销:本期视为未评定", "Annulled on appeal: the period counts as not rated")
CORRECTED = ("已因申诉更正", "Corrected on appeal")


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
    mark: tuple[str, str]
    """What an appeal has made of it, in Chinese and English; empty where it is as it was released."""
    decided: list[str]
    """How tables of HR's chose template and weights for the appraisee."""
    covers: str
    """The days that it is of, where they are not those of the whole cycle."""
    sheets: list[Sheet]
    """The sheets of other days that went into this version by days, each as it was scored then (E-09)."""
    versions: list[dict[str, Any]] = field(default_factory=list)
    """Every version that the reader may see, the newest first."""
    plans: list[str] = field(default_factory=list)
    """The plans observed within the period that the reader may know of (E-84)."""

    def to_json(self) -> dict[str, Any]:
        """Write the sheet as JSON."""
        return asdict(self)

    def by_days(self) -> list[tuple[str, str, str]]:
        """Give for each sheet that is weighed by days which days, how many, and its total."""
        split = _split(self.figures) if self.sheets else {}
        return [
            (one.covers, plain(exact(split[f"days_{number}"])), str(rounded(exact(split[f"split_{number}"]), 2)))
            for number, one in enumerate((self, *self.sheets), start=1)
            if f"split_{number}" in split
        ]

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
        value = node.get("text") or str(rounded(exact(node), 4))
        told = f"{chinese} {english}".strip() + f" {node['name']} = {value}"
        if "formula" not in node:
            return told
        return f"{told} ({node['formula']}: {'; '.join(self._told(part) for part in node['inputs'])})"


class Named(printing.Titled, Protocol):
    """A part of the rules that formulas read by its id."""

    @property
    def id(self) -> str:
        """The name that formulas read."""


def of_review(session: Session, review: Review, *, by: Identity, version: int | None = None) -> Sheet:
    """Print the newest version of a result that somebody may see, or a given one.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    visible = select(Result).where(Result.review_key == review.key, access.results(session, by))
    versions = session.scalars(visible.order_by(Result.version.desc())).all()
    chosen = next((result for result in versions if version in (None, result.version)), None)
    if chosen is None:
        raise NotFound(
            "Expected to find the result of review {key}, but {username} may know of none",
            key=review.key,
            username=by.username,
        )
    printed = _printed(session, review, chosen, [_version(result) for result in versions])
    return replace(printed, plans=[str(one.key) for one in plans.during(session, review, by=by)])


def _version(result: Result) -> dict[str, Any]:
    return {
        "version": result.version,
        "total": Decimal(result.total),
        "grade": result.grade,
        "reason": result.reason,
        "computed_at": result.computed_at.isoformat(),
        "released_at": result.released_at and result.released_at.isoformat(),
    }


def _mark(result: Result) -> tuple[str, str]:
    if result.annulled:
        return ANNULLED
    return CORRECTED if results.is_appealed(result) else ("", "")


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
        sections=list(Breakdown(template, _absences(session, review, template)).parts(result.figures)),
        terms=_terms(template),
        figures=result.figures,
        mark=_mark(result),
        decided=assignments.told(review),
        covers=f"{review.covers_from} – {review.covers_until}" if review.covers_from else "",
        sheets=list(_sheets(session, review, result)),
        versions=versions,
        **_origin(row),
        **{**_version(result), "computed_by": result.computed_by},
    )


def _sheets(session: Session, review: Review, result: Result) -> Iterator[Sheet]:
    """Print the sheets of other days that a result says it was computed with: whoever may see it may see them."""
    others = select(Review, Result).join(Result, Result.review_key == Review.key)
    labels = set(_labels(result.figures))
    for part, scored in session.execute(others.where(Review.part_of_key == review.key).order_by(Review.covers_from)):
        if compositions.label_of(part, scored) in labels:
            yield _printed(session, part, scored, [])


def _split(node: Node) -> dict[str, Node]:
    """Find the totals and the days that a total is weighed by."""
    found = {part["name"]: part for part in node.get("inputs", ())}
    return found if "split_1" in found else next(filter(None, map(_split, found.values())), {})


def _labels(node: Node) -> Iterator[str]:
    if node.get("label"):
        yield node["label"]
    for part in node.get("inputs", ()):
        yield from _labels(part)


def _origin(row: TemplateVersion) -> dict[str, Any]:
    return {
        "template": row.template_id,
        "template_version": row.version,
        "template_title": row.title,
        "template_title_en": row.title_en,
    }


def _absences(session: Session, review: Review, template: Template) -> dict[str, str]:
    """Say for each rater group why it is absent: each reason once, never whose; of an anonymous one no reason."""
    reasons: dict[str, dict[str, None]] = {
        group.id: {HIDDEN.format(smallest=group.smallest): None} for group in template.rater_groups if group.anonymous
    }
    excused = [rater for rater in raters.of_review(session, review) if rater.state is RaterState.EXCUSED]
    for rater in excused:
        if not rater.anonymous:
            reasons.setdefault(rater.group_id, {})[rater.reason] = None
    return {group: "; ".join(given) for group, given in reasons.items()}


def _terms(template: Template) -> dict[str, tuple[str, str]]:
    weighed: list[RaterGroup | PeriodShare] = [*template.rater_groups, *template.periods]
    named: list[Named] = [*template.sections, *template.dimensions, *template.indicators, *weighed]
    weights = {f"{one.id}_weight": (f"{one.name}权重", f"Weight of {one.name_en or one.name}") for one in weighed}
    return {**TERMS, **{one.id: (one.name, one.name_en) for one in named}, **weights}
