"""Tests of engine.reviews.panels.recusals: whoever had a part is out, with every reason."""

from datetime import date

import pytest

from engine import clock
from engine.identity import SYSTEM, Membership
from engine.reviews.cases import appeals, joinders, representations
from engine.reviews.models import (
    Appeal,
    AppealState,
    CalibratedReview,
    Calibration,
    Department,
    LeaveKind,
    Line,
    PanelMember,
    Recusal,
    Review,
    Role,
    Standing,
)
from engine.reviews.organisation import absences, kinships, lines, people
from engine.reviews.panels import draws, recusals
from engine.reviews.signing import deliveries


@pytest.fixture
def appeal(session, released, act):
    return appeals.lodge(
        session, released, grounds="协作评分缺少事实", items=["collaboration"], remedy="重新评分", by=act("ann")
    )


@pytest.fixture
def reasons(session, appeal, company):
    """Why somebody cannot hear ann's appeal."""
    return lambda name: recusals.of_appeal(session, appeal).get(company[name].key, [])


def hire(session, username, department="office", roles=(Role.PANEL,)):
    return people.hire(
        session,
        employee_id=f"X-{username}",
        username=username,
        name=username,
        department=department,
        employed_from=date(2024, 1, 1),
        roles=roles,
        by=SYSTEM,
    )


def test_e66_and_e68_whoever_led_rated_or_agreed_to_the_targets_is_out_and_nobody_else(reasons):
    assert reasons("ann") == [Recusal.APPELLANT, Recusal.RATER, Recusal.TARGETS]
    assert reasons("sun") == [Recusal.LINE, Recusal.RATER, Recusal.TARGETS]
    assert reasons("dai") == [Recusal.LINE, Recusal.TARGETS]
    assert reasons("pan") == [Recusal.RATER]
    assert [reasons(name) for name in ("ou", "qin", "wei")] == [[], [], []]


def test_e66_who_led_the_appellant_in_the_period_is_out_though_it_is_over(session, company, act, reasons):
    top = hire(session, "top")
    lines.assign(session, company["qin"], top, valid_from=date(2024, 1, 1), by=SYSTEM)
    lines.assign(session, company["ann"], company["qin"], valid_from=date(2025, 7, 1), by=SYSTEM)
    company["top"] = top
    lines.assign(session, company["ann"], company["sun"], valid_from=date(2025, 7, 2), by=SYSTEM)

    assert reasons("qin") == [Recusal.LINE]
    assert reasons("top") == [Recusal.LINE]
    assert reasons("wei") == []


def test_who_led_the_superior_only_after_the_appellant_had_gone_is_not_out(session, company, reasons):
    old, later = hire(session, "old"), hire(session, "later")
    lines.assign(session, company["ann"], old, valid_from=date(2024, 1, 1), by=SYSTEM)
    lines.assign(session, company["ann"], company["sun"], valid_from=date(2025, 6, 1), by=SYSTEM)
    lines.assign(session, old, later, valid_from=date(2024, 1, 1), by=SYSTEM)
    company.update(old=old, later=later)

    assert (reasons("old"), reasons("later")) == ([], [])


def test_a_dotted_line_and_the_heads_of_the_departments_above_count_as_the_line(session, company, reasons):
    lines.assign(session, company["ann"], company["qin"], valid_from=date(2024, 1, 1), kind=Line.MATRIX, by=SYSTEM)
    sales = people.department(session, "sales")
    whole = Department(code="whole", name="本部", head_key=company["wei"].key)
    session.add(whole)
    session.flush()
    sales.parent_key = whole.key

    assert reasons("qin") == [Recusal.LINE]
    assert reasons("wei") == [Recusal.LINE]


def test_kin_of_either_party_is_out_whoever_declared_it(session, company, act, reasons):
    kinships.declare(session, company["ou"], company["ann"], relation="表兄妹", by=act("ou"))
    kinships.declare(session, company["sun"], company["qin"], relation="夫妻", by=act("hui"))

    assert reasons("ou") == [Recusal.KIN]
    assert reasons("qin") == [Recusal.KIN]


def test_a_witness_in_the_review_is_out(session, company, appeal, released, reasons):
    sent = deliveries.send(session, released, appeal_key=appeal.key)
    sent.witness_key = company["qin"].key
    session.flush()

    assert reasons("qin") == [Recusal.WITNESS]


def test_e75_whoever_was_called_to_an_earlier_panel_of_the_matter_is_out(session, company, appeal, reasons):
    session.add(PanelMember(appeal_key=appeal.key, person_key=company["qin"].key))
    session.flush()
    again = type(appeal)(
        review_key=appeal.review_key,
        result_key=appeal.result_key,
        grounds="x",
        items=[],
        remedy="x",
        lodged_by="ann",
        lodged_at=clock.now(session),
    )
    session.add(again)
    session.flush()

    assert reasons("qin") == []
    assert recusals.of_appeal(session, again)[company["qin"].key] == [Recusal.EARLIER]


def test_e69_whose_own_grade_is_on_the_same_list_of_a_session_is_out(session, company, graded, appeal, released):
    (rival,), (other,) = graded("sales", 良好=1), graded("product", 良好=1)
    held = Calibration(
        cycle_key=released.cycle_key,
        department_keys=[],
        guideline=[],
        smallest_group=4,
        decision_id="bands",
        approver_key=company["dai"].key,
        opened_by="hui",
        opened_at=clock.now(session),
    )
    session.add(held)
    session.flush()
    session.add_all(CalibratedReview(calibration_key=held.key, review_key=one.key) for one in (released, rival))
    session.flush()

    found = recusals.of_appeal(session, appeal)

    assert found[rival.appraisee_key] == [Recusal.RIVAL]
    assert other.appraisee_key not in found


def test_who_is_on_leave_today_is_out(session, company, act, reasons):
    absences.enter_leave(session, company["wei"], LeaveKind.SICK, date(2025, 6, 1), None, by=act("hui"))

    assert reasons("wei") == [Recusal.AWAY]


def test_e76_whoever_cannot_hear_one_of_joined_cases_hears_none(session, appeal, company, act, reasons):
    review = session.get_one(Review, appeal.review_key)
    other = Review(
        cycle_key=review.cycle_key, appraisee_key=company["ou"].key, superior_key=company["qin"].key, state=review.state
    )
    session.add(other)
    session.flush()
    twin = Appeal(
        review_key=other.key,
        result_key=appeal.result_key,
        grounds="同一目标",
        items=["collaboration"],
        remedy="更正",
        lodged_by="ou",
        lodged_at=clock.now(session),
        state=AppealState.ADMITTED,
    )
    session.add(twin)
    session.flush()

    joinders.join(session, appeal, [twin], reason="同一目标", by=act("hui"))

    assert reasons("ou")[0] == Recusal.APPELLANT
    assert Recusal.LINE in reasons("qin")
    assert {one.username for one in recusals.parties(session, appeal)} == {"ann", "sun", "ou", "qin"}


def test_e77_whoever_speaks_for_the_appellant_does_not_judge_and_is_the_party(session, appeal, company, act, reasons):
    representations.appoint(
        session, appeal, company["wei"], standing=Standing.INCAPABLE, proof="监护证明", by=act("hui")
    )

    assert reasons("wei") == [Recusal.REPRESENTATIVE]
    assert [one.username for one in recusals.parties(session, appeal)] == ["wei", "sun"]


def test_l002_25_of_the_group_of_three_only_who_agreed_to_no_target_hears_the_appeal(session, company, appeal, act):
    group = {"dai": "E003", "hui": "E006", "fan": "E007"}  # marketing, HR, finance: 营销管理专项小组
    for member in group:
        session.add(Membership(username=member, group=Role.PANEL))
    session.flush()

    appeals.admit(appeal, by=act("hui"))
    lots = draws.draw(session, appeal, size=3, by=act("hui"))

    assert {name: name in lots.pool for name in group.values()} == {"E003": False, "E006": True, "E007": True}
    assert lots.excluded["E003"] == [Recusal.LINE, Recusal.TARGETS]
