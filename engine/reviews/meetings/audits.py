"""Health audits: what incentives brought, how satisfied people are, how the business grew in a half-year (L001-37).

No figure is shown that rests on fewer people than the smallest group of the survey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.reviews.cycle import reviews
from engine.reviews.meetings import diagnoses, periods, surveys
from engine.reviews.meetings.periods import Each, Period
from engine.reviews.models import Actual, Cycle, CycleState, Diagnosis, Review, Settlement
from engine.reviews.organisation import people
from engine.reviews.scores.quantities import Notation, parse, rounded

PLACES = 2


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in yuan, and how many people it rests on."""

    value: Fraction
    people: int

    @property
    def shown(self) -> bool:
        """Whether it rests on enough people to be told."""
        return self.people >= surveys.SMALLEST


@dataclass(frozen=True, slots=True)
class Health:
    """What a half-year brought; None where there is nothing, or too few people to tell of.

    Attributes:
        incentives: what the settlements of its cycles pay, in yuan.
        revenue: the confirmed values of the chosen indicator, in yuan.
        before: the same in the half-year before.
    """

    incentives: Decimal | None
    revenue: Decimal | None
    before: Decimal | None

    @property
    def growth(self) -> Decimal | None:
        """Per cent by which the revenue grew: (this half − the one before) ÷ the one before."""
        if self.revenue is None or not self.before:
            return None
        return rounded(100 * (Fraction(self.revenue) - Fraction(self.before)) / Fraction(self.before), PLACES)

    @property
    def roi(self) -> Decimal | None:
        """What one yuan of incentives brought more: (this half − the one before − incentives) ÷ incentives."""
        if self.revenue is None or self.before is None or not self.incentives:
            return None
        gained = Fraction(self.revenue) - Fraction(self.before)
        return rounded((gained - Fraction(self.incentives)) / Fraction(self.incentives), PLACES)


def health(session: Session, diagnosis: Diagnosis, period: Period) -> Health:
    """Count what a half-year brought, from what finance confirmed and settled."""
    return Health(
        incentives=_told(_incentives(session, period)),
        revenue=_told(revenue(session, diagnosis, period)),
        before=_told(revenue(session, diagnosis, period.before)),
    )


def _told(amount: Amount) -> Decimal | None:
    return rounded(amount.value, PLACES) if amount.shown else None


def _incentives(session: Session, period: Period) -> Amount:
    """Add up the newest version of each line of the half-year's cycles."""
    newest = select(func.max(Settlement.key)).group_by(Settlement.review_key, Settlement.line_id)
    rows = (
        select(Review.appraisee_key, Settlement.amount)
        .join(Review, Review.key == Settlement.review_key)
        .where(Settlement.key.in_(newest), Review.cycle_key.in_(_cycles(session, period)))
    )
    found = session.execute(rows).all()
    return Amount(sum((Fraction(amount) for _, amount in found), Fraction(0)), len({key for key, _ in found}))


def revenue(session: Session, diagnosis: Diagnosis, period: Period) -> Amount:
    """Add up the newest confirmed values of the chosen indicator, once where periods lie within one another."""
    cycles = _leaves(session, _cycles(session, period))
    mine = (Actual.indicator_id == diagnosis.revenue, Actual.confirmed_at.is_not(None), Actual.value.is_not(None))
    newest = select(func.max(Actual.key)).where(*mine).group_by(Actual.review_key, Actual.period)
    rows = (
        select(Review, Actual.value)
        .join(Review, Review.key == Actual.review_key)
        .where(Actual.key.in_(newest), Review.cycle_key.in_(cycles))
    )
    found = [
        (review.appraisee_key, parse(value, Notation.NUMBER))
        for review, value in session.execute(rows)
        if value and _is_number(session, review, diagnosis.revenue)
    ]
    total = sum((value for _, value in found), Fraction(0))
    return Amount(total * Fraction(diagnosis.revenue_unit), len({key for key, _ in found}))


def _is_number(session: Session, review: Review, indicator_id: str) -> bool:
    """Tell whether an indicator is measured in numbers, which alone can be added up."""
    measured = {one.id: one for one in reviews.template(session, review).measured}
    return indicator_id in measured and measured[indicator_id].notation is Notation.NUMBER


def _cycles(session: Session, period: Period) -> Sequence[int]:
    """List the cycles that end within a half-year and count."""
    counted = select(Cycle.key).where(
        Cycle.ends_on.between(period.first, period.last),
        Cycle.state.in_((CycleState.LAUNCHED, CycleState.CLOSED)),
        Cycle.pilot.is_(False),
    )
    return session.scalars(counted.order_by(Cycle.key)).all()


def _leaves(session: Session, keys: Sequence[int]) -> list[int]:
    parents = set(session.scalars(select(Cycle.parent_key).where(Cycle.key.in_(keys))))
    return [key for key in keys if key not in parents]


def gathered(session: Session, diagnosis: Diagnosis) -> dict[str, Any]:
    """Gather what an audit rests on, as its form shows it and as it is kept when it is published."""
    answered, sheets = surveys.turnout(session, diagnosis)
    period = periods.called(Each.HALF, diagnosis.period)
    return {
        "period": diagnosis.period,
        "respondents": f"{answered} / {sheets} 份答卷 sheets answered",
        "figures": _lines(health(session, diagnosis, period)) if period else [],
        "satisfaction": [_answered(session, diagnosis, one) for one in surveys.means(session, diagnosis)],
        "themes": [
            {"theme": one.theme, "advice": one.advice}
            for one in sorted(diagnoses.interviews(session, diagnosis), key=lambda one: (one.theme, one.advice))
            if one.held
        ],
        "comments": [{"text": text} for text in surveys.remarks(session, diagnosis)],
    }


def _lines(found: Health) -> list[dict[str, str]]:
    return [
        _line("激励总额 Incentives", found.incentives, "元 yuan", "本半年各周期结算之和 the settlements of its cycles"),
        _line("业绩 Revenue", found.revenue, "元 yuan", "财务确认的实际值之和 the values that finance confirmed"),
        _line("上半年业绩 Revenue before", found.before, "元 yuan", "上一个半年的同一数字 the same of the half before"),
        _line("增长 Growth", found.growth, "%", "(本半年 − 上半年) ÷ 上半年 (this half − before) ÷ before"),
        _line(
            "激励 ROI Incentive ROI",
            found.roi,
            "",
            "(本半年 − 上半年 − 激励) ÷ 激励 (this half − before − incentives) ÷ incentives",
        ),
    ]


def _line(name: str, value: Decimal | None, unit: str, formula: str) -> dict[str, str]:
    shown = f"{value} {unit}".strip() if value is not None else "–"
    return {"name": name, "value": shown, "formula": formula}


def _answered(session: Session, diagnosis: Diagnosis, one: surveys.Mean) -> dict[str, str]:
    asked = {question["id"]: question for question in diagnosis.questions}[one.question]
    named = [_unit(session, key) for key in one.units]
    return {
        "question": f"{asked['name']} {asked['name_en']}",
        "unit": "、".join(named) if named else "全部 All",
        "answers": str(one.answers),
        "mean": str(rounded(one.mean, PLACES)),
    }


def _unit(session: Session, key: int | None) -> str:
    if key is None:
        return "小部门合并 Small departments together"
    department = people.department_by_key(session, key)
    return f"{department.name} {department.name_en}".strip()
