"""While a session sits, somebody leaves or a result has another version: nobody waits, and nothing old is written."""

import pytest

from engine.errors import Conflict
from engine.reviews.cycle import reviews
from engine.reviews.models import CalibrationState
from engine.reviews.release import calibration_sheets


def left(held, name):
    """Let HR close the review of somebody who has left."""
    reviews.close(held.session, held.reviews[name], reason="离职", by=held.act("hui"))


def test_e15_nobody_waits_for_the_result_of_somebody_who_has_left(held):
    held.send_back("bo")
    with pytest.raises(Conflict, match="1 results are still to come"):
        held.lock()

    left(held, "bo")
    held.lock()
    held.approve()

    assert held.held.state is CalibrationState.APPROVED


def test_e15_who_has_left_counts_in_no_share_of_the_list_and_gets_no_other_result(held):
    held.decide(held.propose("sun", "bo", total="90"))
    before = shares(held)

    left(held, "bo")
    after = shares(held)
    sheet = calibration_sheets.of_session(held.session, held.held, by=held.act("dai"))
    closed = [line.appraisee.username for line in sheet.lines if line.closed]
    with pytest.raises(Conflict, match="the review is closed"):
        held.propose("sun", "bo", total="95")
    held.lock()
    held.approve()

    assert before == {"优秀": (0, 1), "良好": (5, 4), "待改进": (0, 0)}
    assert after == {"优秀": (0, 0), "良好": (4, 4), "待改进": (0, 0)}
    assert closed == ["bo"]
    assert held.result("bo") == (1, "87.68", "良好")


def shares(held):
    sheet = calibration_sheets.of_session(held.session, held.held, by=held.act("dai"))
    return {one.level: (one.count, one.then) for one in sheet.shares}


def test_what_was_accepted_about_an_older_version_is_decided_again_before_the_lock(held):
    adjustment = held.propose("sun", "bo", total="90")
    held.decide(adjustment)
    held.compute("bo")

    with pytest.raises(Conflict, match="another version by now"):
        held.lock()
    held.decide(adjustment, accepted=False)
    held.lock()

    assert held.held.state is CalibrationState.LOCKED
