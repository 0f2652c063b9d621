"""Blends: values weighed against one another, those that do not apply leaving their share to the others by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.errors import Invalid
from engine.reviews.rulebook.rules import Absent, Template
from engine.reviews.scores.figures import Figure, entered, mean
from engine.reviews.scores.gaps import NOT_APPLICABLE, Absence, Weighted, absence_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the two parts of a total that a team shares: both are there, or there is no total."""

    id: str
    name: str
    weight: Fraction
    mandatory: bool = True


def blend(
    name: str, parts: Sequence[Weighted], values: Mapping[str, Figure | Absence], absent: Absent | None
) -> Figure:
    """Weigh values against one another; where `absent` lets them, those that do not apply leave their share to others.

    Raises:
        Invalid: a value is missing, one that does not apply is mandatory or may not pass on, or none is left.
    """
    problems = absence_problems(name, parts, values, absent)
    if problems:
        raise Invalid("Expected to blend the parts of {name}, but not all are there", problems, name=name)
    present = [(part, figure) for part in parts if isinstance(figure := values[part.id], Figure)]
    weights = [entered(f"{part.id}_weight", part.weight) for part, _ in present]
    figures = [replace(figure, name=part.id) for part, figure in present]
    whole = sum((weight.exact for weight in weights), Fraction(0))
    products = " + ".join(f"{figure.name} * {weight.name}" for figure, weight in zip(figures, weights, strict=True))
    left_out = tuple(part.id for part in parts if not isinstance(values[part.id], Figure))
    return Figure(
        name=name,
        exact=sum((f.exact * w.exact for f, w in zip(figures, weights, strict=True)), Fraction(0)) / whole,
        formula=f"({products}) / ({' + '.join(weight.name for weight in weights)})",
        inputs=(*figures, *weights),
        absent=left_out,
        shares=tuple((part.id, part.weight * 100 / whole) for part, _ in present) if left_out else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What a total rests on beside its own scorecard.

    Attributes:
        team: the team's total, where the template lets it count; None where it is not there.
        stretches: the totals of sheets of other days of the period, each with its days; `days` are those of its own.
        periods: the totals of other periods, by kind; only those that exist (W-08).
    """

    team: Figure | None = None
    stretches: Sequence[tuple[Figure, int]] = ()
    days: int = 0
    periods: Mapping[str, Sequence[Figure]]


def with_team(template: Template, personal: Figure, team: Figure | None) -> Figure:
    """Blend the personal total with the team's (L001-29).

    Raises:
        Invalid: the team has no total.
    """
    if not template.team_weight:
        return personal
    parts = (
        Part(id="team", name="团队", weight=template.team_weight),
        Part(id="personal", name="个人", weight=100 - template.team_weight),
    )
    values = {"personal": personal} if team is None else {"team": team, "personal": personal}
    return blend("total_exact", parts, values, Absent.BLOCK)


def over_periods(template: Template, own: tuple[str, Figure], periods: Mapping[str, Sequence[Figure]]) -> Figure:
    """Compose a total over periods: the mean of those of each kind that exist, the kinds weighed (W-08).

    `own` is the total of the scorecard itself, with the kind of its period.

    Raises:
        Invalid: a kind has no result, and its weight may not pass on.
    """
    kind, total = own
    if not template.periods:
        return total
    totals = {**periods, kind: (total,)}
    values: dict[str, Figure | Absence] = {
        share.id: _mean_of(share.id, totals[share.id]) if totals.get(share.id) else NOT_APPLICABLE
        for share in template.periods
    }
    return blend("total_exact", template.periods, values, template.absent_periods)


def by_days(name: str, parts: Sequence[tuple[Figure, int]], label: str = "") -> Figure:
    """Weigh totals by the days that each covers, where somebody's period is split between two scorecards (E-09)."""
    if len(parts) == 1:
        return replace(parts[0][0], name=name)
    totals = [replace(figure, name=f"split_{number}") for number, (figure, _) in enumerate(parts, start=1)]
    days = [entered(f"days_{number}", Fraction(count)) for number, (_, count) in enumerate(parts, start=1)]
    products = " + ".join(f"{total.name} * {count.name}" for total, count in zip(totals, days, strict=True))
    whole = sum((count.exact for count in days), Fraction(0))
    return Figure(
        name=name,
        exact=sum((t.exact * d.exact for t, d in zip(totals, days, strict=True)), Fraction(0)) / whole,
        formula=f"({products}) / ({' + '.join(count.name for count in days)})",
        inputs=(*totals, *days),
        label=label,
    )


def _mean_of(kind: str, totals: Sequence[Figure]) -> Figure:
    if len(totals) == 1:
        return replace(totals[0], name=kind)
    return mean(kind, [replace(total, name=f"{kind}_{number}") for number, total in enumerate(totals, start=1)])
