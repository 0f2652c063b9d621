"""Tests of engine.reviews.cycle.reopenings: what was given is given again, and nothing is overwritten."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews import notices
from engine.reviews.cases import appeals
from engine.reviews.cycle import reopenings
from engine.reviews.models import Answer, RaterState, ReopeningState, Result, ReviewState, SignOff
from engine.reviews.rating import raters, ratings
from engine.reviews.release import results
from engine.reviews.scores import actuals, figures, recomputations
from engine.reviews.scores.actuals import Value
from engine.reviews.signing import interviews
from engine.reviews.signing.interviews import Minutes

FOUND_LATE = Value("sales_revenue", "560", "", "财务季报", "漏记一笔合同")


@pytest.fixture
def answered(session, released, act):
    """The review with its result answered."""
    minutes = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")
    interviews.record(session, released, minutes, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.sign(session, released, Answer.AGREED, by=act("ann"))
    return released


@pytest.fixture
def corrected(session, answered, act):
    """The reopening by which finance corrected the sales after the release."""
    reopening = reopenings.correct_actual(session, answered, FOUND_LATE, by=act("fan"))
    reopenings.approve(session, reopening, by=act("hui"))
    results.compute(session, answered, by=SYSTEM, reason="reopening")
    results.grade(session, answered, "优秀", total="91.04")
    return reopening


def test_e30_a_correction_after_the_release_is_a_version_with_its_reason_and_the_employee_is_told_the_difference(
    session, answered, corrected, act
):
    opens = reopenings.settle(session, corrected)

    totals = session.scalars(select(Result.total).order_by(Result.version)).all()
    value = actuals.newest(session, answered)["sales_revenue", ""]
    told = next(one for one in notices.of_person(session, by=act("ann")) if one.kind == "result-corrected")
    assert opens
    assert totals == ["87.68", "91.04"]
    assert (value.version, value.reason, value.entered_by, value.confirmed_by) == (2, "漏记一笔合同", "fan", "hui")
    assert actuals.originals(session, answered)["sales_revenue", ""].value == "480"
    assert (told.details["before"], told.details["after"]) == ("87.68 良好", "91.04 优秀")
    assert list(recomputations.of_results(session)) == []


def test_e30_the_reopened_window_is_for_what_was_corrected_alone(session, answered, corrected, act):
    reopenings.settle(session, corrected)
    review_window = {"grounds": "x", "remedy": "y", "by": act("ann")}
    appeals.lodge(session, answered, items=["collaboration"], **review_window)  # the review's own window is the older
    appeals.withdraw(session, session.scalars(select(appeals.Appeal)).one(), by=act("ann"))
    results.compute(session, answered, by=SYSTEM)

    with pytest.raises(Invalid) as refused:
        appeals.lodge(session, answered, items=["sales_revenue", "collaboration"], **review_window)

    assert [(one.where, one.code) for one in refused.value.problems] == [("collaboration", "not-corrected")]


def test_what_a_calibration_added_stays_when_a_value_is_corrected(session, answered, act):
    session.add(
        Result(
            review_key=answered.key,
            version=2,
            template_key=answered.template_key,
            total="88.68",
            figures=figures.adjusted(Decimal("87.68"), results.expected(session, answered).figures, Fraction(1))[1],
            grade="良好",
            computed_by="hui",
            computed_at=answered_at(session, answered),
        )
    )
    session.flush()
    reopening = reopenings.correct_actual(session, answered, FOUND_LATE, by=act("fan"))
    reopenings.approve(session, reopening, by=act("hui"))

    result = results.compute(session, answered, by=SYSTEM)

    assert result.total == "92.04"
    assert list(recomputations.of_results(session)) == []


def answered_at(session, review):
    return session.scalars(select(SignOff.recorded_at).where(SignOff.review_key == review.key)).one()


def test_only_another_than_who_asked_and_than_the_appraisee_approves(session, answered, act):
    with pytest.raises(Forbidden, match="neither in hr nor in finance"):
        reopenings.correct_actual(session, answered, FOUND_LATE, by=act("sun"))
    reopening = reopenings.correct_actual(session, answered, FOUND_LATE, by=act("hui"))

    with pytest.raises(Forbidden, match="another decides"):
        reopenings.approve(session, reopening, by=act("hui"))
    with pytest.raises(Forbidden, match="not in hr"):
        reopenings.approve(session, reopening, by=act("fan"))

    assert reopening.state is ReopeningState.REQUESTED


def test_one_thing_is_reopened_at_a_time_and_nothing_while_a_panel_decides(session, answered, act):
    reopening = reopenings.reopen_signature(session, answered, reason="附错了文件", by=act("ann"))
    with pytest.raises(Conflict, match="something else is being reopened"):
        reopenings.correct_actual(session, answered, FOUND_LATE, by=act("fan"))
    reopenings.decline(session, reopening, reason="文件无误", by=act("hui"))
    appeals.lodge(session, answered, grounds="x", items=[], remedy="y", by=act("ann"))

    with pytest.raises(Conflict, match="the panel corrects"):
        reopenings.correct_actual(session, answered, FOUND_LATE, by=act("fan"))


def test_e56_the_superiors_ratings_are_stale_until_confirmed_and_nothing_is_released(
    session, cycle, scored, given, act
):
    reopening = reopenings.reopen_self_evaluation(session, scored, reason="漏写项目", by=act("ann"))

    stale = reopenings.approve(session, reopening, by=act("hui"))
    states = {one.group_id: one.state for one in raters.of_review(session, scored)}
    with pytest.raises(Conflict, match="1 of 1 reviews are reopened"):
        results.release(session, cycle, by=act("hui"))
    for username in ("ann", "sun"):
        ratings.submit(session, scored, *given[username], by=act(username))
    reopenings.settle(session, reopening)
    results.release(session, cycle, by=act("hui"))

    assert stale
    assert states == {"self": RaterState.STALE, "superior": RaterState.STALE, "cross": RaterState.SUBMITTED}
    assert {one.version for rater, one in ratings.of_review(session, scored) if rater.group_id == "superior"} == {2}


def test_e56_after_the_release_a_self_evaluation_is_not_reopened(session, released, act):
    with pytest.raises(Conflict, match="is released"):
        reopenings.reopen_self_evaluation(session, released, reason="x", by=act("ann"))


def test_e57_a_void_signature_stays_as_it_was_given_and_both_sign_again(session, answered, act):
    reopening = reopenings.reopen_signature(session, answered, reason="附错了文件", by=act("sun"))
    reopenings.approve(session, reopening, by=act("hui"))
    in_between = (answered.state, interviews.answer_to(session, results.expected(session, answered)))

    with pytest.raises(Forbidden):
        reopenings.countersign(session, reopening, by=act("hui"))
    countersigned = reopenings.countersign(session, reopening, by=act("sun"))
    again = interviews.sign(session, answered, Answer.OBJECTED, by=act("ann"), comment="协作评分偏低")

    signatures = session.scalars(select(SignOff).order_by(SignOff.key)).all()
    assert in_between == (ReviewState.RELEASED, None)
    assert [one.answer for one in signatures] == [Answer.AGREED, Answer.OBJECTED]
    assert interviews.answer_to(session, results.expected(session, answered)) is again
    assert countersigned.digest == again.digest
    assert "signature-void" in {one.kind for one in notices.of_person(session, by=act("sun"))}
