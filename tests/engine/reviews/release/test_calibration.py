"""What may happen in a calibration session, and what is written back (P4)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.models import Appeal, CalibrationState, RaterState, Rating, Seat
from engine.reviews.panels import recusals
from engine.reviews.rating import raters
from engine.reviews.release import adjustments, calibration, results
from engine.reviews.release.calibration import Guidance

MOMENT = datetime(2025, 10, 20, 1, 0, tzinfo=UTC)


def test_the_superiors_of_the_unit_sit_in_its_session_and_the_second_level_approves(held):
    seats = {one.person_key: one.seat for one in calibration.members(held.session, held.held)}

    assert seats == {
        held.person("dai").key: Seat.CHAIR,
        held.person("sun").key: Seat.SUPERIOR,
        held.person("tan").key: Seat.SUPERIOR,
        held.person("hui").key: Seat.CLERK,
    }
    assert held.held.approver_key == held.person("gao").key


def test_e36_locked_values_become_new_versions_at_once_and_the_rater_is_told(locked):
    before = results.expected(locked.session, locked.reviews["bo"])

    locked.approve()

    assert locked.result("bo") == (2, "90.00", "优秀")
    assert locked.result("ann") == (1, "87.68", "良好")
    assert (before.version, before.total, before.grade) == (1, "87.68", "良好")
    assert results.expected(locked.session, locked.reviews["bo"]).reason.endswith("项目难度")
    assert "result-calibrated" in locked.told("sun")
    assert "result-calibrated" not in locked.told("bo") | locked.told("pan")


def test_e36_if_one_value_cannot_be_written_back_none_is(held):
    for name in ("ann", "bo"):
        held.decide(held.propose("sun", name, grade="优秀"))
    held.lock()
    held.compute("bo")

    with pytest.raises(Conflict, match="another version by now"):
        held.approve()

    assert held.result("ann") == (1, "87.68", "良好")
    assert held.held.state is CalibrationState.LOCKED


def test_a_grade_changes_without_its_total_and_another_total_is_graded_by_the_table(held):
    graded = held.propose("sun", "ann", grade="待改进")
    banded = held.propose("hui", "bo", total="79.99")

    assert (graded.total, graded.grade) == ("87.68", "待改进")
    assert (banded.total, banded.grade) == ("79.99", "合格")


def test_a_change_that_is_none_is_refused(held):
    changes = (
        ({}, "one-of-two"),
        ({"total": "90", "grade": "优秀"}, "one-of-two"),
        ({"grade": "S"}, "no-level"),
        ({"grade": "良好"}, "no-change"),
        ({"total": "87.68"}, "no-change"),
        ({"total": "87.685"}, "bad-total"),
        ({"total": "-1"}, "bad-total"),
        ({"total": "many"}, "bad-quantity"),
        ({"grade": "优秀", "reason": " "}, "empty"),  # E-35: every change has its reason
    )

    found = []
    for change, _ in changes:
        with pytest.raises(Invalid) as refused:
            held.propose("sun", "bo", **change)
        found += [problem.code for problem in refused.value.problems]

    assert found == [code for _, code in changes]


def test_nobody_changes_the_own_result_or_that_of_a_superior(held):
    for member, appraisee in (("sun", "sun"), ("tan", "tan"), ("tan", "sun")):
        with pytest.raises(Forbidden, match="own or that of a superior"):
            held.propose(member, appraisee, grade="优秀")


def test_nobody_outside_the_session_proposes(held):
    for outsider in ("ann", "pan", "gao", "fan", "ou"):
        with pytest.raises(Forbidden, match="does not sit in"):
            held.propose(outsider, "bo", grade="优秀")


def test_nobody_acts_for_the_chair(held):
    proposal = held.propose("sun", "bo", grade="优秀")

    for deed in (
        lambda: held.decide(proposal, by="sun"),
        lambda: held.lock(by="hui"),
        lambda: held.send_back("bo", by="hui"),
    ):
        with pytest.raises(Forbidden, match="dai chairs it"):
            deed()


def test_nothing_happens_while_the_chair_is_gone(held):
    held.leaves("dai", date(2025, 6, 30))

    for deed in (lambda: held.propose("sun", "bo", grade="优秀"), held.lock):
        with pytest.raises(Conflict, match="its chair dai has left"):
            deed()


def test_a_session_is_locked_only_when_every_proposal_is_decided(held):
    proposal = held.propose("sun", "bo", grade="优秀")

    with pytest.raises(Conflict, match="1 proposals are not decided"):
        held.lock()
    held.decide(proposal, accepted=False)
    held.lock()
    held.approve()

    assert held.result("bo") == (1, "87.68", "良好")


def test_of_two_changes_of_one_result_one_is_accepted(held):
    first, second = (held.propose("sun", "bo", total=total) for total in ("90", "91"))
    held.decide(first)

    with pytest.raises(Conflict, match="another change of this result is accepted"):
        held.decide(second)


def test_a_locked_session_is_changed_only_after_the_second_level_returned_it(locked):
    (accepted,) = adjustments.of_session(locked.session, locked.held)
    with pytest.raises(Conflict, match="is locked"):
        locked.propose("sun", "ann", grade="优秀")
    with pytest.raises(Forbidden):
        locked.approve(by="dai")

    adjustments.return_(locked.session, locked.held, reason="请说明难度", by=locked.act("gao"))
    locked.decide(accepted, accepted=False)

    assert (locked.held.state, locked.held.remark) == (CalibrationState.OPEN, "请说明难度")


def test_a_review_goes_back_to_evaluation_and_its_session_waits_for_it(held, rate):
    proposal = held.propose("sun", "bo", grade="优秀")

    held.send_back("bo")
    for deed in (held.lock, lambda: held.propose("sun", "bo", grade="优秀"), lambda: held.send_back("bo")):
        with pytest.raises(Conflict, match="still to come"):
            deed()
    rate(held.reviews["bo"])
    held.compute("bo")
    with pytest.raises(Conflict, match="another version by now"):
        held.decide(proposal)
    held.decide(proposal, accepted=False)
    held.lock()

    assert held.result("bo") == (2, "87.68", "良好")
    versions = select(Rating.version).where(Rating.review_key == held.reviews["bo"].key)
    assert set(held.session.scalars(versions)) == {1, 2}
    assert "result-returned" in held.told("sun")


def test_a_rating_stands_where_its_rater_is_asked_again_and_does_not_answer(held):
    review = held.reviews["bo"]
    held.send_back("bo")
    (superior,) = raters.of_review(held.session, review, "superior")
    superior.state = RaterState.SUBMITTED

    raters.excuse_awaited(held.session, review, reason="late", by=SYSTEM)
    held.compute("bo")

    assert held.result("bo") == (2, "87.68", "良好")


@pytest.mark.parametrize(
    ("chair", "guidance", "problem"),
    [
        ("sun", Guidance(shares={"良好": "100"}), ("chair", "appraised")),
        ("gao", Guidance(shares={"良好": "100"}), ("approver", "no-approver")),
        ("dai", Guidance(shares={"优秀": "20", "良好": "70"}), ("guideline", "weights-total")),
        ("dai", Guidance(shares={"优秀": "all"}), ("guideline", "bad-share")),
    ],
)
def test_what_no_session_can_be_is_named(room, chair, guidance, problem):
    with pytest.raises(Invalid) as refused:
        room.convene(chair=chair, guidance=guidance, embargo=MOMENT)

    assert [(one.where, one.code) for one in refused.value.problems] == [problem]


def test_without_a_moment_of_release_there_is_no_session(room):
    with pytest.raises(Invalid) as refused:
        room.convene()

    assert [one.code for one in refused.value.problems] == ["missing-embargo"]


def test_e37_a_review_has_one_session_and_only_hr_convenes(held):
    with pytest.raises(Invalid) as refused:
        held.convene()
    with pytest.raises(Forbidden):
        held.convene(by="dai")

    assert {one.code for one in refused.value.problems} == {"in-another-session"}


def test_x06_who_calibrated_a_result_hears_no_appeal_against_it(held):
    review = held.reviews["bo"]
    result = results.expected(held.session, review)
    case = {"grounds": "x", "items": [], "remedy": "x", "lodged_by": "bo", "lodged_at": MOMENT}
    appeal = Appeal(review_key=review.key, result_key=result.key, **case)

    recused = recusals.of_appeal(held.session, appeal)

    assert {held.person(name).key for name in ("dai", "gao", "tan", "hui")} <= recused.keys()
