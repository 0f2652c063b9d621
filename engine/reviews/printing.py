"""How records read on a form or a sheet: Chinese first, short English beside it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.reviews import actuals, cycles, people, reviews, snapshots, targets
from engine.reviews.completions import Measure, completion
from engine.reviews.models import Review
from engine.reviews.quantities import Notation, rounded
from engine.reviews.rules import Direction, Indicator
from engine.reviews.sentences import UnreadableError

_NOTATIONS = {
    Notation.NUMBER: "数值,如 480 Number",
    Notation.PERCENT: "百分比,如 85% Per cent",
    Notation.RATIO: "比例,如 1:4.2 Ratio",
}
_DIRECTIONS = {
    Direction.HIGHER: "越高越好 Higher is better",
    Direction.LOWER_RATIO: "越低越好 Lower is better",
    Direction.LOWER_LINEAR: "越低越好 Lower is better",
}


class Titled(Protocol):
    """Something with a Chinese name and, it may be, an English one."""

    @property
    def name(self) -> str:
        """The Chinese name."""

    @property
    def name_en(self) -> str:
        """The English name, or the empty text."""


def heading(session: Session, review: Review) -> dict[str, Any]:
    """Say whose review of which cycle it is."""
    person = people.by_key(session, review.appraisee_key)
    department, post = snapshots.place(session, review)
    cycle = cycles.found(session, review.cycle_key)
    return {
        "appraiseeName": person.name,
        "employeeId": person.employee_id,
        "post": post.name if post else "",
        "department": department.name if department else "",
        "cycle": cycle.label,
        "period": f"{cycle.starts_on.isoformat()} – {cycle.ends_on.isoformat()}",
    }


def title(named: Titled) -> str:
    """Give a name in both languages."""
    return f"{named.name} {named.name_en}".strip()


def notation(indicator: Indicator) -> str:
    """Say how values of an indicator are written."""
    return _NOTATIONS[indicator.notation]


def direction(indicator: Indicator) -> str:
    """Say in which direction an indicator is good (E-27)."""
    return _DIRECTIONS[indicator.direction]


def decimal(text: str) -> Decimal:
    """Give a number that is kept as text."""
    return Decimal(text)


def per_cent(value: Fraction) -> str:
    """Give a share of one in per cent, rounded for print to two places."""
    return f"{rounded(value * 100, 2)}%"


def day(session: Session, review: Review, instant: datetime) -> str:
    """Give the day of an instant in the zone of the review's cycle."""
    zone = cycles.found(session, review.cycle_key).zone
    return instant.astimezone(ZoneInfo(zone)).date().isoformat()


def measured(session: Session, review: Review) -> list[dict[str, Any]]:
    """List the measured indicators with targets and actual values as they were written."""
    sheet = targets.of_review(session, review)
    agreed = sheet.targets if sheet else {}
    entered = actuals.of_review(session, review)
    return [
        {
            "indicator": indicator.id,
            "name": title(indicator),
            "target": agreed.get(indicator.id, ""),
            "actual": (entered[indicator.id].value or "不适用 N/A") if indicator.id in entered else "",
            "unit": indicator.unit,
            "source": entered[indicator.id].source if indicator.id in entered else "",
            "completion": _completion(
                indicator,
                agreed.get(indicator.id),
                entered[indicator.id].value if indicator.id in entered else None,
            ),
        }
        for indicator in reviews.template(session, review).measured
    ]


def _completion(indicator: Indicator, target: str | None, actual: str | None) -> str:
    if target is None or actual is None:
        return ""
    try:
        return per_cent(completion(indicator, Measure(target, actual)).exact)
    except (UnreadableError, ZeroDivisionError):
        return ""  # what is not defined is named when the total is computed
