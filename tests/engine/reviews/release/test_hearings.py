"""Sessions that hear a review of another one, groups that are merged, and what comes out late (P4)."""

from datetime import date, timedelta

import pytest

from engine import clock
from engine.errors import Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.models import Line
from engine.reviews.organisation import lines, people
from engine.reviews.release import calibration, calibration_sheets, embargoes, hearings
from engine.reviews.release.calibration import Guidance

ADVICE = Guidance(shares={"优秀": "20", "良好": "70", "待改进": "10"})


@pytest.fixture
def other(session, held, graded):
    """The session of the product department, into which bo has a dotted line; qin chairs it and pan sits in it."""
    hired, hui = date(2024, 1, 1), held.act("hui")
    lines.assign(session, held.person("bo"), held.person("pan"), valid_from=hired, kind=Line.MATRIX, by=SYSTEM)
    lines.assign(session, held.person("pan"), held.person("qin"), valid_from=hired, by=SYSTEM)
    lines.assign(session, held.person("qin"), held.person("gao"), valid_from=hired, by=SYSTEM)
    (review,) = graded("product", 良好=1)
    unit = [people.department(session, "product")]
    made = calibration.convene(session, held.cycle, unit, chair=held.person("qin"), guidance=ADVICE, by=hui)
    assert [place.review_key for place in calibration.owned(session, made)] == [review.key]
    return made


def test_e37_the_second_session_hears_what_the_first_decides_and_comments(session, held, other):
    before = hearings.of_session(session, other, by=held.act("qin"))
    said = hearings.remark(session, other, held.reviews["bo"], "跨部门项目没有体现", by=held.act("qin"))
    held.decide(held.propose("sun", "bo", total="90"))
    held.lock()
    held.approve()

    after = hearings.of_session(session, other, by=held.act("qin"))
    shown = calibration_sheets.of_session(session, held.held, by=held.act("dai"))

    assert [(one.appraisee.username, one.owner, one.outcome) for one in before] == [("bo", held.held, None)]
    assert [(one.outcome.total, one.outcome.grade) for one in after] == [("90.00", "优秀")]
    assert {line.appraisee.username: line.remarks for line in shown.lines}["bo"] == (said,)
    assert held.told("dai") >= {"calibration-remark"}


def test_e37_the_second_session_changes_nothing_and_only_its_members_comment(session, held, other):
    review = held.reviews["bo"]

    with pytest.raises(Invalid, match="cannot be held"):
        calibration.convene(
            session, held.cycle, [held.unit], chair=held.person("gao"), guidance=ADVICE, by=held.act("hui")
        )
    with pytest.raises(Forbidden):
        hearings.remark(session, other, review, "我同意", by=held.act("sun"))
    with pytest.raises(Forbidden):
        hearings.remark(session, other, held.reviews["ann"], "没有虚线", by=held.act("qin"))

    assert hearings.of_session(session, other, by=held.act("bo")) == []
    assert review.key not in {place.review_key for place in calibration.owned(session, other)}


def test_hr_is_told_of_sessions_that_the_moment_of_release_finds_unfinished(session, held, other):
    held.lock()
    held.approve()
    clock.pin(session, _after(session, held))

    assert held.release()

    assert other.state is calibration.CalibrationState.OPEN
    assert "calibration-behind" in held.told("hui")


def test_hr_is_told_when_a_session_is_approved_after_the_moment_of_release(session, held):
    clock.pin(session, _after(session, held))
    held.lock()

    held.approve()

    assert "calibration-late" in held.told("hui")


def test_e34_two_groups_of_four_are_advised_together_once_somebody_chairs_both(session, launched, graded, act):
    for department in ("product", "service"):
        graded(department, 良好=4)
    head = people.hire(
        session,
        employee_id="E990",
        username="chair",
        name="主席",
        department="office",
        employed_from=date(2024, 1, 1),
        by=SYSTEM,
    )
    lines.assign(session, head, people.named(session, "gao"), valid_from=date(2024, 1, 1), by=SYSTEM)
    units = [people.department(session, code) for code in ("product", "service")]
    embargo = clock.now(session) + timedelta(days=30)

    merged = calibration.convene(session, launched, units, chair=head, guidance=ADVICE, by=act("hui"), embargo=embargo)
    sheet = calibration_sheets.of_session(session, merged, by=act("chair"))

    assert calibration.chair_of(session, merged) is head
    assert len(sheet.lines) == 8
    assert [share.advised for share in sheet.shares] == [2, 5, 1]


def test_e34_a_group_of_four_alone_is_advised_nothing(session, launched, graded, act):
    graded("product", 良好=4)
    embargo = clock.now(session) + timedelta(days=30)

    alone = calibration.convene(
        session,
        launched,
        [people.department(session, "product")],
        chair=people.named(session, "dai"),
        guidance=ADVICE,
        by=act("hui"),
        embargo=embargo,
    )

    sheet = calibration_sheets.of_session(session, alone, by=act("dai"))
    assert [share.advised for share in sheet.shares] == [None, None, None]


def _after(session, room):
    return embargoes.until(session, room.cycle) + timedelta(days=1)
