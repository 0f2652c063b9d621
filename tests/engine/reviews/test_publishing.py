"""Tests of engine.reviews.publishing: what forbids publishing a template."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.reviews.publishing import publishing_problems


def codes(template):
    return {(problem.where, problem.code) for problem in publishing_problems(template)}


def test_w02_document_004_is_refused_with_the_ten_points_it_misses(document_004):
    problems = publishing_problems(document_004)

    assert [str(problem) for problem in problems] == [
        "sections/quantitative: The weights total 90, but must total 100: 10 points are missing"
    ]
    assert problems[0].message.values == {"total": "90", "whole": "100", "points": "10"}


def test_the_mended_template_may_be_published(mended):
    assert publishing_problems(mended) == []


@pytest.mark.parametrize(("weights", "accepted"), [(("33.33",) * 3, False), (("100/3",) * 3, True)])
def test_e24_three_thirds_are_accepted_only_as_thirds(mended, weights, accepted):
    groups = [replace(group, weight=Fraction(w)) for group, w in zip(mended.rater_groups, weights, strict=True)]

    found = codes(replace(mended, rater_groups=tuple(groups)))

    assert (("rater_groups", "weights-total") not in found) is accepted


def test_ids_raters_and_bounds_that_cannot_work_are_named(mended):
    quantitative, qualitative = mended.sections
    first, second, *others = quantitative.indicators
    broken = replace(
        quantitative,
        indicators=(
            replace(first, id="in", cap=Fraction(-1)),
            replace(second, rated_by=("peers",)),
            *(replace(indicator, weight=Fraction(0)) for indicator in others),
        ),
    )

    found = codes(replace(mended, sections=(broken, replace(qualitative, indicators=qualitative.indicators[:1] * 2))))

    assert {
        ("in", "bad-id"),
        ("sections/quantitative/indicators/in/cap", "cap-below-floor"),
        ("sections/quantitative/indicators/new_customers/rated_by", "unknown-rater-group"),
        ("sections/quantitative/indicators/renewal_rate/weight", "weight-not-positive"),
        ("customer_satisfaction", "duplicate-id"),
        ("rater_groups/cross", "idle-rater-group"),
    } <= found
