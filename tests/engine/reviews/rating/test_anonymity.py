"""What of an anonymous rater group may be known: its mean and number, and of a small one nothing (E-21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from sqlalchemy import select

from engine.errors import Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Rating, Result
from engine.reviews.rating import anonymity, departures, openings, raters, ratings
from engine.reviews.rating.ratings import Given
from engine.reviews.release import results
from engine.reviews.reports import sheets
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.rules import Below, Scale


@pytest.fixture(name="launch")
def _launch(session, company, mended, act):
    """Launch a cycle whose cross group is anonymous and consists of some people; return its review."""

    def launch(named, below, label):
        hui = act("hui")
        groups = [
            replace(one, anonymous=True, smallest=3, below=below) if one.id == "cross" else one
            for one in mended.rater_groups
        ]
        rules = rulebooks.write(replace(mended, rater_groups=tuple(groups)))
        template = templates.draft(session, label, rules, title=label, by=hui)
        templates.publish(session, template.key, by=hui)
        dates = {"starts_on": date(2025, 7, 1), "ends_on": date(2025, 9, 30)}
        cycle = cycles.draft(session, label=label, template_key=template.key, by=hui, **dates)
        review = cycles.enrol(session, cycle, company["ann"], by=hui)
        for name in named:
            raters.nominate(session, review, company[name], group_id="cross", by=hui)
        cycles.launch(session, cycle, by=hui)
        return review

    return launch


@pytest.fixture(name="evaluate")
def _evaluate(session, launch, measure, given, act):
    """Bring a review to its result; the ratings of the cross group by account, None for whoever is late."""

    def evaluate(scores, *, below=Below.TO_OTHERS, label="2025 Q3"):
        review = launch(scores, below, label)
        measure(review)
        for name in ("ann", "sun"):
            group, answers = given[name]
            ratings.submit(session, review, group, answers, by=act(name))
        rate(review, scores)
        results.compute(session, review, by=SYSTEM)
        return review

    def rate(review, scores):
        for name, score in scores.items():
            if score is not None:
                ratings.submit(session, review, "cross", {"collaboration": Given(score, "x")}, by=act(name))
        raters.excuse_awaited(session, review, reason=f"late: {', '.join(scores)}", by=SYSTEM)

    evaluate.rate = rate
    return evaluate


@pytest.fixture(name="sheet_of")
def _sheet_of(session, act):
    """The sheet of a review as somebody reads it, without what differs between any two reviews."""

    def read(review, by="sun"):
        sheet = sheets.of_review(session, review, by=act(by)).to_json()
        for name in ("review", "cycle", "template", "template_title", "decided"):
            del sheet[name]
        return sheet

    return read


def collaboration(sheet):
    (line,) = [one for part in sheet["sections"] for one in part["lines"] if one["indicator"] == "collaboration"]
    return {share["group"]: share for share in line["shares"]}["cross"]


def test_e21_scores_of_one_mean_make_one_sheet_to_the_letter(evaluate, sheet_of):
    one = evaluate({"pan": "2", "shi": "3", "qin": "4"})
    other = evaluate({"pan": "4", "shi": "3.5", "qin": "1.5"}, label="2025 Q3 again")

    assert sheet_of(one) == sheet_of(other)


def test_e21_an_anonymous_group_shows_its_mean_and_its_number(evaluate, sheet_of):
    share = collaboration(sheet_of(evaluate({"pan": "2", "shi": "3", "qin": "4"})))

    assert (share["rating"], share["counted"]) == ("3", True)


@pytest.mark.parametrize("scores", [{"pan": "1"}, {"pan": "5", "shi": "1"}, {"pan": None}], ids=str)
def test_e21_too_few_are_absent_as_if_nobody_had_rated(evaluate, sheet_of, scores):
    few = sheet_of(evaluate(scores))
    nobody = sheet_of(evaluate({"wei": None}, label="2025 Q3 again"))

    assert few == nobody
    assert collaboration(few)["counted"] is False
    assert "3 人" in collaboration(few)["reason"]


def test_e21_where_too_few_count_all_the_same_subtracting_finds_a_third_of_the_scale(evaluate, sheet_of):
    one = sheet_of(evaluate({"pan": "1"}, below=Below.COUNTS))
    other = sheet_of(evaluate({"pan": "2"}, below=Below.COUNTS, label="2025 Q3 again"))

    assert one == other
    assert (collaboration(one)["counted"], collaboration(one)["rating"]) == (True, "")


@examples(st.integers(2, 10), st.booleans(), st.data())
def test_a_third_of_the_scale_is_told_by_one_of_its_steps(maximum, half, data):
    scale = Scale(minimum=1, maximum=maximum, half_points=half)
    mean = data.draw(st.fractions(1, maximum, max_denominator=6))

    told = anonymity.coarse(scale, mean)

    assert scale.allows(told)
    assert len({anonymity.coarse(scale, 1 + Fraction(maximum - 1, 60) * step) for step in range(61)}) <= 3


@pytest.fixture(name="rate_again")
def _rate_again(session, evaluate, act, given):
    """Have a result computed, and computed again after the superior and some of the peers rated again."""

    def rate_again(first, second):
        review = evaluate(first)
        raters.reopen(session, review)
        ratings.submit(session, review, *given["sun"], by=act("sun"))
        evaluate.rate(review, second)
        results.compute(session, review, by=SYSTEM)
        versions = select(Result).where(Result.review_key == review.key).order_by(Result.version)
        return session.scalars(versions).all()

    return rate_again


def test_e21_a_new_version_counts_nothing_that_only_few_raters_changed(session, rate_again):
    first, second = rate_again({"pan": "2", "shi": "3", "qin": "4"}, {"pan": "5"})

    assert (second.total, second.figures, second.counted) == (first.total, first.figures, first.counted)
    again = session.scalars(select(Rating).where(Rating.version == 2, Rating.given_by == "pan")).one()
    assert again.rating == "5"


def test_e21_a_new_version_counts_what_enough_raters_changed(rate_again):
    first, second = rate_again({"pan": "2", "shi": "3", "qin": "4"}, {"pan": "5", "shi": "5", "qin": "5"})

    assert Fraction(second.total) > Fraction(first.total)
    assert not {*first.counted["cross"]} & {*second.counted["cross"]}


def test_e21_a_new_version_is_compared_with_every_version_before_and_not_with_the_last_alone(
    session, evaluate, act, given
):
    """Three rated, three more did, then two of these leave: beside the first version the third would tell of two."""
    review = evaluate({"pan": "2", "shi": "3", "qin": "4", "ou": "1", "wei": "5", "fan": "3"})
    asked = {rating.given_by: rater for rater, rating in ratings.of_review(session, review)}
    first = results.expected(session, review)
    early = {asked[name].key for name in ("pan", "shi", "qin")}
    first.counted = {"cross": [str(one.key) for rater, one in ratings.of_review(session, review) if rater.key in early]}
    second = results.compute(session, review, by=SYSTEM)

    raters.reopen(session, review)
    ratings.submit(session, review, *given["sun"], by=act("sun"))
    ratings.submit(session, review, "cross", {"collaboration": Given("5", "x")}, by=act("qin"))
    for name in ("wei", "fan"):
        departures.decline(session, asked[name], reason="不再合作", by=act(name))
    raters.excuse_awaited(session, review, reason="late", by=SYSTEM)
    third = results.compute(session, review, by=SYSTEM)

    assert (len(first.counted["cross"]), len(second.counted["cross"])) == (3, 6)
    assert (third.total, third.figures, third.counted) == (second.total, second.figures, second.counted)


@pytest.mark.parametrize("reader", ["ann", "sun", "dai", "hui"])
def test_e74_nobody_lists_the_single_ratings_of_an_anonymous_group(session, evaluate, act, reader):
    evaluate({"pan": "2", "shi": "3", "qin": "4"})

    seen = session.scalars(select(Rating).where(access.ratings(session, act(reader)))).all()

    assert {rating.given_by for rating in seen} <= {"ann", "sun"}


def test_e74_an_auditor_opens_single_ratings_and_leaves_a_record(session, evaluate, company, act):
    review = evaluate({"pan": "2", "shi": "3", "qin": "4"})
    auditor = replace(act("fan"), groups=frozenset({"auditor"}))

    opened = openings.open_ratings(session, review, reason="抽查", by=auditor)

    assert [(rating.given_by, rating.rating) for _, rating in opened] == [("pan", "2"), ("shi", "3"), ("qin", "4")]
    (record,) = openings.of_review(session, review, by=act("hui"))
    assert (record.opened_by, record.reason) == ("fan", "抽查")


def test_e74_nobody_else_opens_them_and_nobody_without_a_reason(session, evaluate, act):
    review = evaluate({"pan": "2", "shi": "3", "qin": "4"})
    auditor = replace(act("fan"), groups=frozenset({"auditor"}))

    for reader in ("ann", "sun", "hui", "pan"):
        with pytest.raises(Forbidden):
            openings.open_ratings(session, review, reason="好奇", by=act(reader))
    with pytest.raises(Invalid):
        openings.open_ratings(session, review, reason=" ", by=auditor)

    assert openings.of_review(session, review, by=act("hui")) == []
