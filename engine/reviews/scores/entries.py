"""What may be entered as an actual value: its notation, unit, source and period, and whether it is credible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from engine.errors import Problem
from engine.reviews.files.spreadsheets import Columns
from engine.reviews.rulebook import systems
from engine.reviews.rulebook.indicators import Cadence, Indicator
from engine.reviews.scores.completions import Measure, UndefinedError, completion
from engine.reviews.scores.quantities import parse, plain, rounded
from engine.reviews.sentences import Sentence, UnreadableError

_PERIODS = {
    Cadence.MONTH: (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), 1, "2025-07"),
    Cadence.QUARTER: (re.compile(r"(\d{4})-Q([1-4])"), 3, "2025-Q3"),
    Cadence.HALF: (re.compile(r"(\d{4})-H([12])"), 6, "2025-H2"),
    Cadence.YEAR: (re.compile(r"(\d{4})()"), 12, "2025"),
}
"""How a period is written, how many months it has, and an example."""


COLUMNS: Columns = {
    "employee_id": ("employee id", "工号"),
    "indicator": ("指标",),
    "actual": ("实际值", "实际"),
    "unit": ("单位",),
    "source": ("数据来源", "来源"),
    "period": ("期间", "周期"),
    "reason": ("说明", "备注"),
}
"""The columns of an import and what else they may be headed."""

OPTIONAL = frozenset({"unit", "period", "reason"})
"""The columns that may be left out."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as somebody wrote it; None where it does not apply."""

    value: str | None
    unit: str
    source: str
    period: str


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a cycle covers, both included."""

    starts_on: date
    ends_on: date


def problems(indicator: Indicator, entry: Written, period: Period) -> list[Problem]:
    """Name what is wrong with an entry."""
    found = list(_period_problems(indicator, entry.period, period))
    if not entry.source:
        found.append(Problem(Sentence("The source is missing"), "source", "missing-source"))
    found += systems.problems(indicator, entry.source)
    if entry.unit not in {"", indicator.unit}:
        sentence = Sentence(
            "The unit is {unit}, but must be {expected}", unit=entry.unit, expected=indicator.unit or "-"
        )
        found.append(Problem(sentence, "unit", "other-unit"))
    try:
        if entry.value is not None:
            parse(entry.value, indicator.notation)
    except UnreadableError as error:
        found.append(Problem(error.sentence, "actual", "bad-quantity"))
    return found


def outliers(indicator: Indicator, measure: Measure, most: Fraction) -> Iterator[Problem]:
    """Name a value so far beyond its target that somebody must say why it is right (E-28)."""
    try:
        reached = completion(indicator, measure).exact
    except (UndefinedError, UnreadableError):
        return  # named when the total is computed
    if reached > most:
        sentence = Sentence(
            "{percent}% of the target {target} {unit} would be reached: check value and unit, or say why it is right",
            percent=plain(Fraction(rounded(reached * 100, 2))),
            target=measure.target,
            unit=indicator.unit,
        )
        yield Problem(sentence, "actual", "outlier")


def missed(indicator: Indicator, measure: Measure) -> Iterator[Problem]:
    """Name a value short of its target, of which somebody must say why (L004-20); a month alone is short of none."""
    if indicator.collected is not None:
        return
    try:
        reached = completion(indicator, measure).exact
    except (UndefinedError, UnreadableError):
        return  # named when the total is computed
    if reached < 1:
        sentence = Sentence("It is short of the target {target}: say why", target=measure.target)
        yield Problem(sentence, "reason", "missed")


def _period_problems(indicator: Indicator, written: str, period: Period) -> Iterator[Problem]:
    if indicator.collected is None or indicator.cadence is None:
        if written:
            yield Problem(Sentence("It is measured once a cycle, not by periods"), "period", "needless-period")
        return
    shape, months, example = _PERIODS[indicator.cadence]
    match = shape.fullmatch(written)
    if match is None:
        sentence = Sentence("Its period must be written like {example}", example=example)
        yield Problem(sentence, "period", "bad-period")
        return
    first = (int(match[2] or 1) - 1) * months + 1
    last = date(int(match[1]), first + months - 1, 1)
    if not period.starts_on.replace(day=1) <= last <= period.ends_on:
        yield Problem(Sentence("{period} does not end within the cycle", period=written), "period", "foreign-period")
