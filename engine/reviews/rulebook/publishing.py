"""What forbids publishing a template: every fault at once, each with its place in the file; nothing mends itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from engine.errors import Problem
from engine.reviews.rulebook import systems
from engine.reviews.rulebook.group_rules import group_problems
from engine.reviews.rulebook.indicator_rules import indicator_problems
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Section, Template
from engine.reviews.scores.completions import step_problems
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence

_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TAKEN = frozenset(
    {
        "and",
        "between",
        "else",
        "every",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "not",
        "null",
        "of",
        "or",
        "return",
        "some",
        "then",
        "true",
    }
)
"""Words of FEEL, in which the formulas over these ids are written."""


_RESERVED = frozenset({"team", "personal"})
"""What formulas call the two parts of a composed total."""

MOST_PLACES = 6
"""The most decimals of a total."""

_PERIODS = ("month", "quarter", "half", "year", "stage", "special")


def publishing_problems(template: Template) -> list[Problem]:
    """Name everything that forbids publishing `template`; an empty list lets it pass.

    Nothing is normalised: weights that total 90 are HR's to mend (W-02, W-09, E-24).
    """
    return [
        *_total_problems(template),
        *_scale_problems(template),
        *_choice_problems(template),
        *_id_problems(template),
        *_reference_problems(template),
        *(problem for group in template.rater_groups for problem in group_problems(group)),
        *_bound_problems(template),
        *_constraint_problems(template),
        *(problem for where, _, one in _placed(template) for problem in _rubric_problems(template, one, where)),
        *(problem for where, _, one in _placed(template) for problem in indicator_problems(one, template.scale, where)),
        *(problem for where, _, one in _placed(template) for problem in step_problems(one, where)),
        *(
            replace(problem, where=f"{where}/{problem.where}")
            for where, _, one in _placed(template)
            for problem in systems.problems(one, one.source)
        ),
    ]


def is_plain(name: str) -> bool:
    """Tell whether formulas can be written over a name."""
    return _ID.fullmatch(name) is not None and name not in _TAKEN | _RESERVED


def _placed(template: Template) -> Iterator[tuple[str, Section, Indicator]]:
    """Go through the indicators with their places in the file."""
    for section in template.sections:
        for indicator in section.indicators:
            yield f"sections/{section.id}/indicators/{indicator.id}", section, indicator


def _total_problems(template: Template) -> Iterator[Problem]:
    """Check the three axes of weights, each of its own scope, and the periods (X-04)."""
    yield from _total_problem("rater_groups", [g.weight for g in template.rater_groups], Fraction(100))
    if template.dimensions:
        yield from _total_problem("dimensions", [d.weight for d in template.dimensions], Fraction(100))
        for dimension in template.dimensions:
            parts = [s.weight for s in template.sections if s.dimension == dimension.id]
            yield from _total_problem(f"dimensions/{dimension.id}", parts, Fraction(100))
    else:
        yield from _total_problem("sections", [s.weight for s in template.sections], Fraction(100))
    for section in template.sections:
        yield from _total_problem(f"sections/{section.id}", [i.weight for i in section.indicators], section.whole)
    guides = [level.guideline for level in template.levels if level.guideline is not None]
    if guides:
        yield from _total_problem("levels", guides, Fraction(100))
    if template.periods:
        yield from _total_problem("periods", [p.weight for p in template.periods], Fraction(100))


def _total_problem(where: str, weights: Sequence[Fraction], whole: Fraction) -> Iterator[Problem]:
    total = sum(weights, Fraction(0))
    if total == whole:
        return
    template = (
        "The weights total {total}, but must total {whole}: {points} points are missing"
        if total < whole
        else "The weights total {total}, but must total {whole}: {points} points too many"
    )
    sentence = Sentence(template, total=plain(total), whole=plain(whole), points=plain(abs(whole - total)))
    yield Problem(sentence, where=where, code="weights-total")


def _scale_problems(template: Template) -> Iterator[Problem]:
    scale = template.scale
    if scale.minimum >= scale.maximum:
        sentence = Sentence("From {minimum} to {maximum} is no scale", minimum=scale.minimum, maximum=scale.maximum)
        yield Problem(sentence, "scale", "scale-backwards")
    if scale.places > MOST_PLACES:
        sentence = Sentence("A total is printed with {most} places at most", most=MOST_PLACES)
        yield Problem(sentence, "scale/places", "too-many-places")


def _choice_problems(template: Template) -> Iterator[Problem]:
    """Demand what the documents leave open (X-24): neither answer is right for everybody, so none is assumed."""
    if template.absent_raters is None:
        sentence = Sentence("A choice is due where raters do not rate: pass-on or block")
        yield Problem(sentence, "absent_raters", "choice-missing")
    if template.absent_indicators is None:
        sentence = Sentence("A choice is due where an indicator does not apply: pass-on or block")
        yield Problem(sentence, "absent_indicators", "choice-missing")
    if template.periods and template.absent_periods is None:
        sentence = Sentence("A choice is due where a period has no result: pass-on or block")
        yield Problem(sentence, "absent_periods", "choice-missing")


def _id_problems(template: Template) -> Iterator[Problem]:
    axes = (
        template.sections,
        template.indicators,
        template.rater_groups,
        template.dimensions,
        template.levels,
        template.periods,
    )
    named = [(one.id, one.name) for axis in axes for one in axis]
    for name, _ in (one for one in named if not one[1].strip()):
        yield Problem(Sentence("It has no name"), name, "no-name")
    ids = Counter(name for name, _ in named)
    for name, times in ids.items():
        if times > 1:
            yield Problem(Sentence("The id {id} is used {times} times", id=name, times=times), name, "duplicate-id")
        if not is_plain(name):
            yield Problem(Sentence("The id {id} is no plain name such as sales_revenue", id=name), name, "bad-id")


def _reference_problems(template: Template) -> Iterator[Problem]:
    known = {group.id for group in template.rater_groups}
    for where, _, indicator in _placed(template):
        for name in sorted(set(indicator.rated_by) - known):
            sentence = Sentence("It is rated by {group}, which is no rater group", group=name)
            yield Problem(sentence, f"{where}/rated_by", "unknown-rater-group")
    for group in template.rater_groups:
        if not template.rated_by(group.id):
            yield Problem(Sentence("This rater group rates nothing"), f"rater_groups/{group.id}", "idle-rater-group")
    yield from _axis_problems(template)


def _axis_problems(template: Template) -> Iterator[Problem]:
    dimensions = {dimension.id for dimension in template.dimensions}
    for section in template.sections:
        if section.dimension not in (dimensions or {""}):
            sentence = Sentence("It belongs to {name}, which is no dimension", name=section.dimension or "-")
            yield Problem(sentence, f"sections/{section.id}/dimension", "unknown-dimension")
    for share in template.periods:
        if share.id not in _PERIODS:
            sentence = Sentence("{name} is no kind of period: {kinds}", name=share.id, kinds=", ".join(_PERIODS))
            yield Problem(sentence, f"periods/{share.id}", "unknown-period")


def _bound_problems(template: Template) -> Iterator[Problem]:
    for where, _, indicator in _placed(template):
        if indicator.weight <= 0:
            yield Problem(Sentence("Its weight must be above zero"), f"{where}/weight", "weight-not-positive")
    if template.team_weight > 100:
        sentence = Sentence("The team weighs {weight} of 100", weight=plain(template.team_weight))
        yield Problem(sentence, "team_weight", "team-too-heavy")
    for name, bound in (("outlier_at", template.outlier_at), ("total_cap", template.total_cap)):
        if bound == 0:
            yield Problem(Sentence("It must be above zero"), name, "not-positive")


def _constraint_problems(template: Template) -> Iterator[Problem]:
    groups = frozenset[str]().union(*(one.groups for one in template.indicators))
    for constraint in template.constraints:
        if constraint.of not in groups:
            sentence = Sentence("No indicator is of the group {group}", group=constraint.of)
            yield Problem(sentence, f"constraints/{constraint.of}", "unknown-group")
            continue
        shares = [template.share(section, one) for _, section, one in _placed(template) if constraint.of in one.groups]
        total = sum(shares, Fraction(0))
        if not constraint.minimum <= total <= constraint.maximum:
            sentence = Sentence(
                "The indicators of {group} weigh {total} of 100, but must weigh {minimum} to {maximum}",
                group=constraint.of,
                total=plain(total),
                minimum=plain(constraint.minimum),
                maximum=plain(constraint.maximum),
            )
            yield Problem(sentence, f"constraints/{constraint.of}", "outside-constraint")


def _rubric_problems(template: Template, indicator: Indicator, where: str) -> Iterator[Problem]:
    """Name the points that a rubric leaves open or says twice; one that says nothing is text (X-21)."""
    said = Counter(level.rating for level in indicator.rubric_levels)
    scale = template.scale
    for point in range(scale.minimum, scale.maximum + 1) if said else ():
        if (times := said[Fraction(point)]) != 1:
            sentence = Sentence("Its rubric says {times} times what {rating} means", times=times, rating=point)
            yield Problem(sentence, f"{where}/rubric_levels", "rubric-incomplete")
    for rating in said:
        if not scale.allows(rating):
            sentence = Sentence("{rating} is no step of the scale", rating=plain(rating))
            yield Problem(sentence, f"{where}/rubric_levels", "off-scale")
