"""《绩效承诺书》: the targets as they were agreed, with their weights and sources, and who signed them (L003-11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import Review, TargetDecision, TargetSheet, TargetState
from engine.reviews.organisation import people
from engine.reviews.papers import signatures
from engine.reviews.papers.typesetting import typeset
from engine.reviews.reports import printing
from engine.reviews.rulebook import assignments, templates
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Section, Template
from engine.reviews.scores.quantities import plain


def of_review(session: Session, review: Review, *, by: Identity, version: int | None = None) -> bytes:
    """Typeset the newest version of a review's targets, or a given one, as PDF; unsigned ones say so.

    Raises:
        NotFound: there are none, or none that `by` may know of.
    """
    known = select(TargetSheet).where(TargetSheet.review_key == review.key, access.targets(session, by))
    chosen = known if version is None else known.where(TargetSheet.version == version)
    sheet = session.scalar(chosen.order_by(TargetSheet.version.desc()).limit(1))
    if sheet is None:
        raise NotFound(
            "Expected to find the targets of review {key}, but {username} may know of none",
            key=review.key,
            username=by.username,
        )
    template = reviews.template(session, review)
    decided = session.scalar(
        select(TargetDecision.decided_at)
        .where(TargetDecision.sheet_key == sheet.key)
        .order_by(TargetDecision.key.desc())
        .limit(1)
    )
    head = printing.heading(session, review)
    content = {
        "about": f"{head['appraiseeName']} {head['employeeId']} · {head['cycle']}",
        "origin": f"{head['cycle']} · {head['employeeId']} · v{sheet.version}",
        "facts": _facts(session, review, sheet, head),
        "sections": [_section(section, template, sheet) for section in template.sections],
        "notes": list(_notes(review, template, sheet)),
        "signatures": signatures.printed(session, review, signatures.of_targets(session, review, sheet)),
        "digest": sheet.digest,
    }
    return typeset("commitment", content, as_of=decided or sheet.drafted_at)


def _facts(session: Session, review: Review, sheet: TargetSheet, head: dict[str, Any]) -> list[tuple[str, str, str]]:
    row = templates.found(session, reviews.template_key(session, review))
    superior = people.by_key(session, review.superior_key).name if review.superior_key else ""
    english = people.by_key(session, review.appraisee_key).name_en
    return [
        ("姓名", "Name", f"{head['appraiseeName']} {english}".strip()),
        ("工号", "Employee id", head["employeeId"]),
        ("部门", "Department", head["department"]),
        ("岗位", "Post", head["post"]),
        ("周期", "Cycle", head["cycle"]),
        ("考核期间", "Period", head["period"]),
        ("直接上级", "Superior", superior),
        ("目标版本", "Version", str(sheet.version)),
        ("评分规则", "Template", f"{row.title} {row.title_en} v{row.version}"),
    ]


def _section(section: Section, template: Template, sheet: TargetSheet) -> dict[str, Any]:
    return {
        "name": (f"{section.name} {plain(section.weight)}%", section.name_en),
        "measured": not all(indicator.is_rated for indicator in section.indicators),
        "lines": [_line(indicator, template, sheet) for indicator in section.indicators],
    }


def _line(indicator: Indicator, template: Template, sheet: TargetSheet) -> dict[str, Any]:
    return {
        "name": (indicator.name, indicator.name_en),
        "weight": plain(indicator.weight),
        "target": sheet.targets.get(indicator.id, ""),
        "unit": indicator.unit,
        "direction": printing.direction(indicator),
        "source": indicator.source,
        "raters": "、".join(group.name for group in template.rater_groups if group.id in indicator.rated_by),
        "rubric": indicator.rubric,
    }


def _notes(review: Review, template: Template, sheet: TargetSheet) -> Iterator[str]:
    if sheet.state is TargetState.IMPOSED:
        yield "目标由上级的上级决定，未经本人签署。Imposed by the second level, without the appraisee's signature."
    elif not sheet.state.holds:
        yield "本承诺书尚未签署，不作为考核依据。Not signed yet: nothing is measured against it."
    weights = "；".join(f"{group.name} {plain(group.weight)}%" for group in template.rater_groups)
    yield f"评价方权重 Weights of the rater groups: {weights}"
    yield from (f"由规则表决定 Decided by table: {decided}" for decided in assignments.told(review))
