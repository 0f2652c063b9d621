"""Lines of a settlement sheet: what each pays, by what was reached and entered, with its formula (L001-18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from engine.errors import Invalid, Problem
from engine.reviews.scores.figures import Figure, entered
from engine.reviews.scores.rankings import Ties
from engine.reviews.sentences import Sentence
from engine.reviews.settlements import tiers
from engine.reviews.settlements.tiers import TierTable

BONUS = "team_bonus"
"""What the figure is called by which a first team's line is raised."""


class Layer(StrEnum):
    """The three layers of an incentive (L001-18)."""

    BASE = "base"
    """基础: for reaching the target."""
    EXCESS = "excess"
    """超额: for what lies beyond it."""
    INNOVATION = "innovation"
    """创新: from a pool."""


class Kind(StrEnum):
    """How a line comes to its amount."""

    THRESHOLD = "threshold"
    """A share of an entered amount, once the completion reaches a bound (L001-21)."""
    TIERS = "tiers"
    """Rates on an amount by a tier table (L000-21, L001-22)."""
    GRADE = "grade"
    """An entered amount times the coefficient of the grade (L002-21)."""
    COUNT = "count"
    """So much for each of an entered number (L000-22)."""
    POOL = "pool"
    """A share of a pool that is a share of an entered amount (L001-23)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeShare:
    """What a grade, by its id, makes of an amount: 1.5 for S, 0.8 for C."""

    id: str
    coefficient: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a line pays more once an entered amount reaches a part of its target: 10 % more at 150 % (L001-27)."""

    on: str
    target: str
    reached: Fraction
    more: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamBonus:
    """What a line pays more to the teams that are first in a part of the score (L001-32).

    Attributes:
        part: the section or indicator whose mean over a team's people is compared.
        share: the first so many per cent of the teams; never rounded up.
        ties: what becomes of those who tie at the last place (E-39).
        more: the per cent that the line pays more.
    """

    part: str
    share: Fraction
    ties: Ties
    more: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a settlement scheme.

    Attributes:
        on: the entered amount it is computed on, by name, such as monthly_salary or sales.
        target: the entered target that `on` is compared with; lines of grades need none.
        reached: from which part of the target a threshold pays, 0.8 meaning 80 %.
        share: the per cent of `on` that a threshold or a pool pays, or the amount for each of a count.
        own_share: the entered per cent of a pool that is this person's.
        table: the tiers, where rates rise.
        grades: the coefficients, where grades decide; one that is not listed leaves the amount as it is.
        release, team: what it pays more, each on top of the other.
    """

    id: str
    name: str
    layer: Layer
    kind: Kind
    on: str
    name_en: str = ""
    target: str = ""
    reached: Fraction = Fraction(0)
    share: Fraction = Fraction(0)
    own_share: str = ""
    table: TierTable | None = None
    grades: tuple[GradeShare, ...] = ()
    release: Release | None = None
    team: TeamBonus | None = None

    @property
    def rests_on_result(self) -> bool:
        """Tell whether a rating can change what it pays: by the total or the grade, or by which teams are first."""
        by_total = self.kind is Kind.GRADE or (self.kind is Kind.THRESHOLD and not self.target)
        return by_total or self.team is not None

    @property
    def needs(self) -> tuple[str, ...]:
        """Name the amounts that must be entered before it can be computed."""
        released = (self.release.on, self.release.target) if self.release else ()
        return tuple(name for name in (self.on, self.target, self.own_share, *released) if name)


def pay(
    line: Line, amounts: Mapping[str, Fraction], *, completion: Fraction, grade: str, team_is_first: bool = False
) -> Figure:
    """Compute what a line pays, exactly; it is rounded once, when the sheet is written.

    `amounts` are what finance entered, by name; `completion` is what was reached of the target, 1 meaning 100 %, where
    the line names no target of its own; `grade` is the id of the level in force; `team_is_first` whether the own team
    is among the first that the line's team bonus speaks of.

    Raises:
        Invalid: an amount is missing, or a target is zero; each is named.
    """
    problems = [
        Problem(Sentence("{name} is not entered", name=name), line.id, "amount-missing")
        for name in line.needs
        if name not in amounts
    ]
    problems += [
        Problem(Sentence("{name} is zero", name=target), line.id, "target-zero")
        for target in (line.target, line.release.target if line.release else "")
        if target and amounts.get(target) == 0
    ]
    if problems:
        raise Invalid("Expected to compute line {id}, but not all of it is entered", problems, id=line.id)
    figure = _PAYING[line.kind](line, amounts, completion, grade)
    if line.release is not None:
        figure = _released(line.id, line.release, figure, amounts)
    return _raised(line.id, figure, BONUS, line.team.more) if line.team and team_is_first else figure


def _released(name: str, release: Release, figure: Figure, amounts: Mapping[str, Fraction]) -> Figure:
    reached = amounts[release.on] / amounts[release.target]
    return _raised(name, figure, "release", release.more) if reached >= release.reached else figure


def _raised(name: str, figure: Figure, why: str, more: Fraction) -> Figure:
    before = replace(figure, name=f"before_{why}")
    formula = f"before_{why} * (1 + {why} / 100)"
    return Figure(
        name=name, exact=figure.exact * (1 + more / 100), formula=formula, inputs=(before, entered(why, more))
    )


def _threshold(line: Line, amounts: Mapping[str, Fraction], completion: Fraction, _grade: str) -> Figure:
    reached = amounts[line.on] / amounts[line.target] if line.target else completion
    inputs = (
        entered(line.on, amounts[line.on]),
        entered("completion", reached),
        entered("threshold", line.reached),
        entered("share", line.share),
    )
    exact = amounts[line.on] * line.share / 100 if reached >= line.reached else Fraction(0)
    formula = f"if completion >= threshold then {line.on} * share / 100 else 0"
    return Figure(name=line.id, exact=exact, formula=formula, inputs=inputs)


def _tiers(line: Line, amounts: Mapping[str, Fraction], _completion: Fraction, _grade: str) -> Figure:
    if line.table is None:
        raise Invalid("Expected to compute line {id}, but it has no tiers", id=line.id)
    figure = tiers.paid(line.table, amounts[line.on], amounts[line.target])
    return Figure(name=line.id, exact=figure.exact, formula=figure.formula, inputs=figure.inputs)


def _grade(line: Line, amounts: Mapping[str, Fraction], _completion: Fraction, grade: str) -> Figure:
    coefficient = next((one.coefficient for one in line.grades if one.id == grade), Fraction(1))
    inputs = (entered(line.on, amounts[line.on]), entered("coefficient", coefficient, label=grade))
    exact = amounts[line.on] * coefficient
    return Figure(name=line.id, exact=exact, formula=f"{line.on} * coefficient", inputs=inputs)


def _count(line: Line, amounts: Mapping[str, Fraction], _completion: Fraction, _grade: str) -> Figure:
    inputs = (entered(line.on, amounts[line.on]), entered("each", line.share))
    return Figure(name=line.id, exact=amounts[line.on] * line.share, formula=f"{line.on} * each", inputs=inputs)


def _pool(line: Line, amounts: Mapping[str, Fraction], _completion: Fraction, _grade: str) -> Figure:
    own = amounts[line.own_share]
    inputs = (entered(line.on, amounts[line.on]), entered("share", line.share), entered("own_share", own))
    exact = amounts[line.on] * line.share / 100 * own / 100
    return Figure(name=line.id, exact=exact, formula=f"{line.on} * share / 100 * own_share / 100", inputs=inputs)


_PAYING = {
    Kind.THRESHOLD: _threshold,
    Kind.TIERS: _tiers,
    Kind.GRADE: _grade,
    Kind.COUNT: _count,
    Kind.POOL: _pool,
}
