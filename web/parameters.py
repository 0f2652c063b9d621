"""The parameters of a rule book as HR reads them: each choice that the documents leave open, and what was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Absent, Approver, Below, Deviation, Model, Nominator, RaterGroup, Template
from engine.reviews.scores.quantities import plain
from web import names
from web.languages import N_, gettext

MODELS = {
    Model.BLEND_OF_TOTALS: N_("A: each rater group's total, then blended"),
    Model.RATERS_IN_ITEMS: N_("B: raters blended within each indicator"),
}
DEVIATIONS = {
    Deviation.DIFFERENCE: N_("(actual − target) ÷ target"),
    Deviation.QUOTIENT: N_("actual ÷ target, as document 002 has it"),
}
ABSENT = {
    Absent.TO_OTHERS: N_("Its weight passes to the others, and the sheet says so"),
    Absent.BLOCK: N_("There is no result without it"),
    None: N_("Not chosen yet"),
}
DIRECTIONS = {
    "higher": N_("More is better"),
    "lower-ratio": N_("Less is better: target ÷ actual"),
    "lower-linear": N_("Less is better: 2 − actual ÷ target"),
    "steps": N_("By steps of the actual value"),
    "match": N_("As targeted, or nothing"),
}
NOMINATORS = {
    Nominator.HR: N_("HR nominates"),
    Nominator.APPRAISEE: N_("the appraisee nominates"),
    Nominator.SUPERIOR: N_("the superior nominates"),
}
APPROVERS = {Approver.SUPERIOR: N_("the superior approves"), Approver.HR: N_("HR approves")}
BELOW = {
    Below.TO_OTHERS: N_("anonymous, absent below {smallest}"),
    Below.COUNTS: N_("anonymous, by thirds of the scale below {smallest}"),
}
CADENCES = {"month": N_("by month"), "quarter": N_("by quarter"), "half": N_("by half-year"), "year": N_("by year")}
COLLECTIONS = {"mean": N_("their mean"), "sum": N_("their sum"), "last": N_("the newest")}
HORIZONS = {"short": N_("short term"), "long": N_("long term")}


@dataclass(frozen=True, slots=True)
class Fact:
    """A parameter and its value."""

    label: str
    value: str
    address: str = ""


def choices(template: Template) -> Iterator[Fact]:
    """List what the template chooses for everybody."""
    scale = template.scale
    steps = gettext("half points") if scale.half_points else gettext("whole points")
    yield Fact(gettext("Model"), gettext(MODELS[template.model]))
    yield Fact(gettext("Ratings"), f"{scale.minimum}–{scale.maximum}, {steps}")
    yield Fact(gettext("Rounding"), gettext("Once, at the end, half up to {places} places").format(places=scale.places))
    yield Fact(gettext("Absent raters"), gettext(ABSENT[template.absent_raters]))
    yield Fact(gettext("Absent indicators"), gettext(ABSENT[template.absent_indicators]))
    if template.periods:
        yield Fact(gettext("Absent periods"), gettext(ABSENT[template.absent_periods]))
    yield Fact(gettext("Needs a reason"), _needs_reason(template))
    yield Fact(gettext("Deviation from the target"), gettext(DEVIATIONS[template.deviation]))
    yield Fact(gettext("Defence before a panel"), gettext("yes") if template.defence else gettext("no"))
    if template.evidence_pack:
        yield Fact(gettext("Evidence pack"), gettext(", ").join(map(names.local, template.evidence_pack)))
    yield Fact(gettext("Table of the grades"), template.grade_decision)
    yield Fact(gettext("Cap of the total"), plain(template.total_cap) if template.total_cap else gettext("none"))


def shares(template: Template) -> Iterator[Fact]:
    """List the weights beside those of the sections: dimensions, periods, team, bounds."""
    for dimension in template.dimensions:
        yield Fact(names.either(dimension.name, dimension.name_en), f"{plain(dimension.weight)}%")
    if template.dimension_decision:
        yield Fact(gettext("Weights by post"), template.dimension_decision)
    for period in template.periods:
        yield Fact(names.either(period.name, period.name_en), f"{plain(period.weight)}%")
    if template.team_weight:
        team, person = plain(template.team_weight), plain(100 - template.team_weight)
        yield Fact(gettext("Team and person"), f"{team} : {person}")
    for bound in template.constraints:
        label = gettext("Weight of {group}").format(group=gettext(HORIZONS.get(bound.of, bound.of)))
        yield Fact(label, f"{plain(bound.minimum)}–{plain(bound.maximum)}")


def rating(group: RaterGroup) -> str:
    """Say what a rater group weighs, who is in it and what of it is shown."""
    said = [f"{plain(group.weight)}%"]
    if group.nominated_by is Nominator.LINE:
        said.append(gettext("whoever one has a dotted line to"))
    elif not group.by_position:
        said += _nomination(group)
    if group.case_length:
        said.append(gettext("each with a case of {length} characters or more").format(length=group.case_length))
    if group.anonymous:
        said.append(gettext(BELOW[group.below]).format(smallest=group.smallest))
    return gettext(", ").join(said)


def _nomination(group: RaterGroup) -> Iterator[str]:
    yield gettext(NOMINATORS[group.nominated_by])
    if group.approved_by is not Approver.NOBODY:
        yield gettext(APPROVERS[group.approved_by])
    yield gettext("{fewest} to {most} raters").format(fewest=group.fewest, most=group.most)
    yield gettext("at most {load} appraisees each").format(load=group.load)
    if group.quorum:
        yield gettext("quorum {quorum}").format(quorum=group.quorum)
    if group.outside:
        yield gettext("from other departments")
    if group.departments:
        yield gettext("from {departments}").format(departments=gettext(", ").join(group.departments))


def levels(template: Template) -> list[str]:
    """List the levels of the scale of grades, the highest first."""
    return [names.either(level.name, level.name_en) for level in template.levels]


def measuring(indicator: Indicator) -> str:
    """Say how a measured indicator is scored."""
    said = [gettext(DIRECTIONS[indicator.direction.value])]
    if indicator.target:
        said.append(gettext("target {target}").format(target=f"{indicator.target} {indicator.unit}".strip()))
    said += [
        f"{step.at_least or '…'} → {_percent(step.completion)}" for step in indicator.steps
    ]  # each half-open, up to the next
    if indicator.cap is not None:
        said.append(gettext("at most {cap}").format(cap=_percent(indicator.cap)))
    if indicator.floor:
        said.append(gettext("at least {floor}").format(floor=_percent(indicator.floor)))
    if indicator.undefined_as is not None:
        said.append(gettext("{share} where the formula has no value").format(share=_percent(indicator.undefined_as)))
    return gettext(", ").join([*said, *_origin(indicator)])


def _origin(indicator: Indicator) -> Iterator[str]:
    if indicator.cadence and indicator.collected:
        yield f"{gettext(CADENCES[indicator.cadence.value])}, {gettext(COLLECTIONS[indicator.collected.value])}"
    if indicator.horizon:
        yield gettext(HORIZONS[indicator.horizon.value])
    if indicator.source:
        yield indicator.source
    if indicator.library:
        yield gettext("from the library: {entry}").format(entry=indicator.library)


def _needs_reason(template: Template) -> str:
    """Say which actual values are entered with a reason."""
    above = gettext("above {bound}").format(bound=_percent(template.outlier_at))
    return gettext("{above}, and short of the target").format(above=above) if template.missed_needs_reason else above


def _percent(share: Fraction) -> str:
    return f"{plain(share * 100)}%"
