"""Tests of other targets in the middle of a cycle: for many at once, previewed, signed again, old results untouched."""

from datetime import date
from fractions import Fraction

import pytest
from changing import apply, complete, entered
from demonstration import RATINGS, column
from sqlalchemy import select

from engine import db, identity
from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.changes import records, revisions
from engine.reviews.models import ChangeKind, RaterState, Result, TargetSheet, TargetState
from engine.reviews.rating import raters
from engine.reviews.release import results
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.scores.quantities import Notation
from engine.reviews.signing import targets

FROM = {"effective_on": date(2025, 9, 1), "reason": "市场下行"}
EVERYBODY = ("zhang.wei", "he.ping", "xu.lan")


@pytest.fixture
def signed(demonstration):
    """Three whose targets are signed."""
    demonstration.launch()
    for name in EVERYBODY:
        demonstration.agree_on_targets(name)
    return demonstration


def sheets(demonstration, username="zhang.wei"):
    with db.reading() as session:
        rows = select(TargetSheet).where(TargetSheet.review_key == demonstration.review(session, username).key)
        found = session.scalars(rows.order_by(TargetSheet.version))
        return [(one.version, one.state, one.targets["sales_revenue"]) for one in found]


@pytest.mark.parametrize(
    ("target", "notation", "after"),
    [
        ("500", Notation.NUMBER, "400"),
        ("85%", Notation.PERCENT, "68%"),
        ("1:5", Notation.RATIO, "1:4"),
        ("18", Notation.COUNT, "14"),
        ("0.7", Notation.NUMBER, "0.56"),
    ],
)
def test_a_factor_multiplies_a_target_as_it_is_written_and_counts_stay_whole(target, notation, after):
    indicator = Indicator(id="x", name="x", weight=Fraction(10), target=target, notation=notation)

    assert revisions.scaled(indicator, target, Fraction("0.8")) == after


def test_l000_31_a_group_is_lowered_by_a_fifth_at_once_and_everybody_signs_again(signed):
    key = entered(signed, ChangeKind.TARGETS, *EVERYBODY, factor="0.80", indicators=["sales_revenue"], **FROM)

    with db.reading() as session:
        told = [one["effects"]["targets"] for one in records.found(session, key).preview]
    apply(signed, key, "apply", "apply", "apply")
    complete(key, "xu.lan", outcome="signed", confirmed=True)

    assert [[(row["before"], row["after"]) for row in rows] for rows in told] == [[("500", "400")]] * 3
    assert sheets(signed) == [(1, TargetState.SIGNED, "500"), (2, TargetState.APPROVED, "400")]
    assert sheets(signed, "xu.lan") == [(1, TargetState.SIGNED, "500"), (2, TargetState.SIGNED, "400")]


def test_what_is_not_signed_yet_does_not_hold(signed):
    apply(signed, entered(signed, ChangeKind.TARGETS, factor="0.80", **FROM), "apply")

    with db.reading() as session:
        held = targets.in_force(session, signed.review(session))

    assert held is not None
    assert (held.version, held.targets["sales_revenue"]) == (1, "500")


def test_who_declines_the_changed_targets_has_them_decided_by_the_second_level_with_a_reason(signed):
    key = entered(signed, ChangeKind.TARGETS, values={"sales_revenue": "450"}, **FROM)
    apply(signed, key, "apply")

    complete(key, "zhang.wei", outcome="declined", reason="旺季已过,仍然过高", confirmed=True)
    rows = [{"indicator": name, "target": target} for name, target in after(signed).items()]
    complete(key, "wang.qiang", targets=rows, reason="按区域平均")

    assert sheets(signed)[-1] == (3, TargetState.IMPOSED, "450")


def after(demonstration):
    with db.reading() as session:
        return targets.of_review(session, demonstration.review(session)).targets


def test_e31_a_result_keeps_its_version_and_stale_ratings_are_confirmed_before_the_next(signed):
    signed.import_actuals()
    signed.rate()
    with db.reading() as session:
        first = results.newest(session, signed.review(session))

    key = entered(signed, ChangeKind.TARGETS, factor="0.80", indicators=["sales_revenue"], **FROM)
    apply(signed, key, "apply")
    with db.reading() as session:
        states = [one.state for one in raters.of_review(session, signed.review(session), raters.SUPERIOR)]
        untouched = session.scalars(select(Result.total)).all()
    with pytest.raises(Conflict, match="wait for what a change of the cycle asked for"):
        signed.release(left_out=("he.ping", "xu.lan", "ma.chao"))
    complete(key, "zhang.wei", outcome="signed", confirmed=True)
    given = [{"indicator": name, "rating": value} for name, value in RATINGS["superior"].items()]
    complete(key, "li.na", ratings=given)

    with db.reading() as session:
        versions = session.execute(select(Result.version, Result.total, Result.reason).order_by(Result.version)).all()
        (row,) = records.reviews_of(session, records.found(session, key))
    assert states == [RaterState.STALE]
    assert untouched == ["87.68"] == [first.total]
    assert [(one.version, one.total) for one in versions] == [(1, "87.68"), (2, "92.72")]
    assert versions[1].reason == f"change {key}: 市场下行"
    assert row.settled_at is not None


def test_e56_what_a_superior_gave_of_the_own_days_stands_and_the_present_one_rates_once_it_is_time(signed):
    signed.import_actuals()
    signed.do("sun.lei", "confirm_actuals", decision="confirm")
    signed.do("li.na", "superior_evaluation", ratings=column("rating", RATINGS["superior"]))
    follows = entered(signed, ChangeKind.SUPERIOR, to="he.ping", effective_on=date(2025, 9, 1))
    apply(signed, follows, "split")

    lowered = entered(signed, ChangeKind.TARGETS, factor="0.80", indicators=["sales_revenue"], **FROM)
    with db.reading() as session:
        notes = records.found(session, lowered).preview[0]["effects"]["notes"]
    apply(signed, lowered, "apply")
    complete(lowered, "zhang.wei", outcome="signed", confirmed=True)
    given = [{"indicator": name, "rating": value} for name, value in RATINGS["superior"].items()]
    complete(follows, "he.ping", ratings=given)

    with db.reading() as session:
        states = [one.state for one in raters.of_review(session, signed.review(session), raters.SUPERIOR)]
        (row,) = records.reviews_of(session, records.found(session, lowered))
    assert notes == []
    assert states == [RaterState.SUBMITTED, RaterState.SUBMITTED]
    assert row.settled_at is not None


def test_l002_09_the_owner_agrees_before_hr_approves_and_nobody_else_does(signed):
    key = entered(signed, ChangeKind.TARGETS, factor="0.80", owner="wang.qiang", **FROM)
    complete(key, "zhao.min", decision="decide", items=[{"choice": "apply"}])

    complete(key, "wang.qiang", decision="reject", remark="先看九月")

    with db.reading() as session:
        change = records.found(session, key)
        assert (change.state.value, change.settled_by, change.remark) == ("rejected", "wang.qiang", "先看九月")
    assert len(sheets(signed)) == 1


def test_l002_09_who_leads_everybody_concerned_may_ask_for_other_targets_and_nobody_else(signed):
    key = entered(signed, ChangeKind.TARGETS, *EVERYBODY, factor="0.80", by="wang.qiang", **FROM)

    with db.reading() as session:
        assert records.visible(session, key, by=identity.identity_of(session, "wang.qiang")).key == key
    with pytest.raises(Forbidden):
        entered(signed, ChangeKind.TARGETS, "ma.chao", factor="0.80", by="liu.yang", **FROM)


@pytest.mark.parametrize(
    "details",
    [{}, {"factor": "0"}, {"factor": "-0.2"}, {"factor": "viel"}, {"factor": "0.8", "values": {"sales_revenue": "1"}}],
)
def test_a_factor_that_is_none_is_refused(signed, details):
    with pytest.raises(Invalid, match="it is not complete"):
        entered(signed, ChangeKind.TARGETS, **details, **FROM)


def test_targets_that_are_not_signed_or_cannot_be_measured_against_stay(demonstration):
    demonstration.launch()
    demonstration.agree_on_targets()

    unsigned = entered(demonstration, ChangeKind.TARGETS, "he.ping", factor="0.80", **FROM)
    wrong = entered(demonstration, ChangeKind.TARGETS, values={"sales_revenue": "很多"}, **FROM)

    with db.reading() as session:
        told = [records.found(session, key).preview[0] for key in (unsigned, wrong)]
    assert [one["choices"] for one in told] == [["keep"], ["keep"]]
    assert [one["effects"]["notes"] for one in told] == [["targets-unsigned"], ["targets-wrong"]]


def test_a_result_is_computed_by_what_holds_while_the_changed_targets_wait_for_a_signature(signed):
    apply(signed, entered(signed, ChangeKind.TARGETS, factor="0.80", **FROM), "apply")
    signed.import_actuals()
    signed.do("sun.lei", "confirm_actuals", decision="confirm")

    signed.do("zhang.wei", "self_evaluation", ratings=column("rating", RATINGS["self"]))
    signed.do("li.na", "superior_evaluation", ratings=column("rating", RATINGS["superior"]))
    for name in ("chen.jing", "liu.yang"):
        signed.do(name, "cross_evaluation", ratings=column("rating", RATINGS[name]))

    with db.reading() as session:
        assert session.scalars(select(Result.total)).all() == ["87.68"]
