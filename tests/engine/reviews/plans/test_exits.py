"""Tests of engine.reviews.plans.exits: the legal points, the union, the person outside the line, the notice."""

from datetime import date

import pytest

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.models import Appeal, AppealState, ExitState, Outcome, ProtectionKind, Role
from engine.reviews.organisation import absences, people
from engine.reviews.plans import assessments, checklists, exits, trainings
from engine.reviews.release import results

SAID = {"compensation": "两年,两个月工资", "reason": "两次认定,其间有培训"}


@pytest.fixture
def failed(session, observed, attended, act, at):
    """The plan after the second finding, with a training between."""
    trainings.record(session, observed, attended, by=act("hui"))
    at(2026, 3, 1)
    assessments.judge(session, observed, "续约率 70%", by=act("sun"))
    assessments.assess(session, observed, Outcome.FAILED, reason="培训之后仍未达到", by=act("hui"))
    exits.begin(session, observed)
    return observed


@pytest.fixture
def union(session, company):
    """Whoever speaks for the union."""
    return people.hire(
        session,
        employee_id="U001",
        username="uma",
        name="吴敏",
        department="office",
        employed_from=date(2024, 1, 1),
        roles=(Role.UNION,),
        by=SYSTEM,
    )


@pytest.fixture
def checked(session, failed, company, act):
    """The exit review whose points hold; ou decides."""
    exits.check(session, failed, decider=company["ou"], **SAID, by=act("hui"))
    return failed


@pytest.fixture
def heard(session, checked, union, act):
    """The exit review on which the union is heard."""
    exits.hear_union(session, checked, "程序完整", by=act(union.username))
    return checked


def protect(session, company, act, first):
    absences.enter_protection(session, company["ann"], ProtectionKind.MATERNITY, first, None, by=act("hui"))


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_every_legal_point_is_shown_with_what_shows_it(session, failed):
    points = {point.name: point for point in checklists.points(session, failed)}

    assert all(point.holds for point in points.values())
    assert "谈判训练" in points["remedy"].shown_by
    assert "培训之后仍未达到" in points["second-finding"].shown_by


def test_nobody_of_the_line_who_mentored_or_who_found_anything_decides(session, failed, company, act):
    outside = {person.username for person in exits.deciders(session, failed, act("hui"))}
    for name in ("sun", "dai", "pan", "ann", "hui"):
        with pytest.raises(Invalid) as refused:
            exits.check(session, failed, decider=company[name], **SAID, by=act("hui"))
        assert codes(refused) == ["in-line"]

    assert "ou" in outside


def test_e18_a_protection_blocks_the_exit_at_the_check_and_at_the_decision(session, heard, company, act):
    protect(session, company, act, date(2026, 3, 1))

    with pytest.raises(Invalid) as refused:
        exits.decide(session, heard, ends=True, reason="仍不能胜任", by=act("ou"))
    exits.decide(session, heard, ends=False, reason="孕期不得解除", by=act("ou"))

    assert codes(refused) == ["protection"]
    assert exits.expected(session, heard).state is ExitState.KEPT


def test_e18_a_protection_blocks_the_check(session, failed, company, act):
    protect(session, company, act, date(2026, 2, 1))

    with pytest.raises(Invalid) as refused:
        exits.check(session, failed, decider=company["ou"], **SAID, by=act("hui"))

    assert codes(refused) == ["protection"]
    assert exits.expected(session, failed).state is ExitState.BEGUN


def test_e79_an_open_appeal_holds_the_exit_branch(session, failed, company, released, act):
    lodged = Appeal(
        review_key=released.key,
        result_key=results.expected(session, released).key,
        grounds="x",
        items=[],
        remedy="y",
        lodged_by="ann",
        lodged_at=failed.proposed_at,
    )
    session.add(lodged)
    session.flush()

    assert checklists.is_appealed(session, failed)
    with pytest.raises(Invalid) as refused:
        exits.check(session, failed, decider=company["ou"], **SAID, by=act("hui"))
    lodged.state = AppealState.DECIDED
    session.flush()

    assert codes(refused) == ["appeal"]
    assert not checklists.is_appealed(session, failed)


def test_nobody_decides_before_the_union_is_heard_and_nobody_for_the_one_who_was_named(session, checked, union, act):
    with pytest.raises(Conflict, match="the union is not heard"):
        exits.decide(session, checked, ends=True, reason="x", by=act("ou"))
    with pytest.raises(Forbidden):
        exits.hear_union(session, checked, "x", by=act("hui"))
    exits.hear_union(session, checked, "程序完整", by=act(union.username))
    with pytest.raises(Forbidden):
        exits.decide(session, checked, ends=True, reason="x", by=act("hui"))

    exits.decide(session, checked, ends=True, reason="仍不能胜任", by=act("ou"))

    assert exits.expected(session, checked).state is ExitState.DECIDED


def test_notice_takes_thirty_days_or_a_months_pay_in_lieu(session, heard, act):
    exits.decide(session, heard, ends=True, reason="仍不能胜任", by=act("ou"))
    on = {"served_on": date(2026, 3, 1), "by": act("hui")}

    with pytest.raises(Invalid) as short:
        exits.serve(session, heard, last_day=date(2026, 3, 30), in_lieu="", **on)
    with pytest.raises(Invalid) as unclear:
        exits.serve(session, heard, last_day=date(2026, 3, 1), in_lieu="一个月", **on)
    exits.serve(session, heard, last_day=date(2026, 3, 31), in_lieu="", **on)

    assert codes(short) == ["short-notice"]
    assert codes(unclear) == ["no-amount"]
    assert exits.expected(session, heard).state is ExitState.SERVED


def test_hr_stops_an_exit_with_a_reason(session, failed, act):
    with pytest.raises(Invalid):
        exits.stop(session, failed, reason=" ", by=act("hui"))

    exits.stop(session, failed, reason="先安排转岗培训", by=act("hui"))

    assert exits.expected(session, failed).state is ExitState.STOPPED
