"""How records read on a form or a sheet: Chinese first, short English beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Actual, Review
from engine.reviews.organisation import people, snapshots
from engine.reviews.rulebook.indicators import Direction, Indicator
from engine.reviews.scores import actuals
from engine.reviews.scores.completions import UndefinedError, completion, measure_of
from engine.reviews.scores.quantities import Notation, rounded
from engine.reviews.sentences import UnreadableError
from engine.reviews.signing import targets

_NOTATIONS = {
    Notation.NUMBER: "数值,如 480 Number",
    Notation.PERCENT: "百分比,如 85% Per cent",
    Notation.RATIO: "比例,如 1:4.2 Ratio",
    Notation.COUNT: "个数,如 18 Count",
    Notation.YES_NO: "是或否 Yes or no",
}
_DIRECTIONS = {
    Direction.HIGHER: "越高越好 Higher is better",
    Direction.LOWER_RATIO: "越低越好 Lower is better",
    Direction.LOWER_LINEAR: "越低越好 Lower is better",
    Direction.STEPS: "按档计分 Scored by steps",
    Direction.MATCH: "达到即满分 As targeted, or nothing",
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


def scale(session: Session, review: Review) -> dict[str, Any]:
    """Say from where to where a review is rated, for a form's limits and its raters (X-01)."""
    rules = reviews.template(session, review).scale
    lowest, highest = rules.minimum, rules.maximum
    steps = ("可评半分", "half points allowed") if rules.half_points else ("只评整分", "whole points only")
    told = f"{lowest} 到 {highest} 分，{steps[0]}。 From {lowest} to {highest}, {steps[1]}."
    return {"lowest": lowest, "highest": highest, "scale": told}


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


def moment(session: Session, review: Review, instant: datetime | None) -> str:
    """Give an instant to the minute in the zone of the review's cycle, with its distance from UTC; nothing for None."""
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    return instant.astimezone(zone).isoformat(sep=" ", timespec="minutes") if instant else ""


def measured(session: Session, review: Review) -> list[dict[str, Any]]:
    """List the measured indicators with targets and actual values as written, originals beside corrections."""
    sheet = targets.in_force(session, review) or targets.of_review(session, review)
    agreed = sheet.targets if sheet else {}
    entered = actuals.of_review(session, review)
    first = actuals.originals(session, review)
    return [
        {
            "indicator": indicator.id,
            "name": title(indicator),
            "target": agreed.get(indicator.id, ""),
            "unit": indicator.unit,
            **_entered(indicator, agreed.get(indicator.id), entered.get(indicator.id, []), first),
        }
        for indicator in reviews.template(session, review).measured
    ]


def _entered(
    indicator: Indicator, target: str | None, values: Sequence[Actual], first: Mapping[tuple[str, str], Actual]
) -> dict[str, str]:
    corrected = [first[value.indicator_id, value.period] for value in values if value.version > 1]
    return {
        "actual": "; ".join(_written(value) for value in values),
        "original": "; ".join(_written(value) for value in corrected),
        "source": "; ".join(dict.fromkeys(value.source for value in values)),
        "reason": "; ".join(value.reason for value in values if value.reason),
        "completion": _completion(indicator, target, values),
    }


def _written(actual: Actual) -> str:
    value = actual.value or "不适用 N/A"
    return f"{actual.period}: {value}" if actual.period else value


def _completion(indicator: Indicator, target: str | None, values: Sequence[Actual]) -> str:
    measure = None if target is None else measure_of(target, [(value.period, value.value) for value in values])
    if measure is None:
        return ""
    try:
        return per_cent(completion(indicator, measure).exact)
    except (UnreadableError, UndefinedError):
        return ""  # what is not defined is named when the total is computed
