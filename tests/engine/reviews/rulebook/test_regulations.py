"""Tests of engine.reviews.rulebook.regulations: democratic procedure, publication, a receipt per person."""

from datetime import UTC, date, datetime

import pytest

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.cycle import cycles
from engine.reviews.models import Procedure
from engine.reviews.rulebook import regulations

HELD = {"held_on": date(2025, 6, 20), "participants": "职工代表 21 人", "minutes": "讨论并修改第三条"}


@pytest.fixture
def drafted(session, company, act):
    """A drafted handbook."""
    return regulations.draft(session, "handbook", "第一条……", title="绩效考核实施细则", by=act("hui"))


@pytest.fixture
def published(session, drafted, act):
    """The handbook, published after discussion and consultation."""
    for step in Procedure:
        regulations.record(session, drafted, step, **HELD, by=act("hui"))
    return regulations.publish(session, drafted, by=act("hui"))


def findings(session, cycle):
    return {(finding.problem.code, finding.blocks) for finding in cycles.check(session, cycle)}


def test_p1_a_regulation_is_not_published_before_both_steps_of_the_procedure_are_on_record(session, drafted, act):
    regulations.record(session, drafted, Procedure.DISCUSSION, **HELD, by=act("hui"))

    with pytest.raises(Invalid) as refused:
        regulations.publish(session, drafted, by=act("hui"))

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("consultation", "procedure-missing")
    ]


def test_l002_27_a_published_version_never_changes_and_the_next_one_starts_its_own_procedure(session, published, act):
    later = regulations.draft(session, "handbook", "第一条(修订)", title="绩效考核实施细则", by=act("hui"))

    assert (published.version, later.version, len(published.digest)) == (1, 2, 64)
    assert regulations.procedure(session, later) == []
    with pytest.raises(Conflict):
        regulations.record(session, published, Procedure.DISCUSSION, **HELD, by=act("hui"))
    with pytest.raises(Conflict):
        regulations.publish(session, published, by=act("hui"))


@pytest.mark.parametrize(("changed", "code"), [({"minutes": " "}, "empty"), ({"held_on": date(2026, 1, 1)}, "future")])
def test_a_step_needs_minutes_and_has_been_held(session, drafted, act, changed, code):
    with pytest.raises(Invalid) as refused:
        regulations.record(session, drafted, Procedure.DISCUSSION, **{**HELD, **changed}, by=act("hui"))

    assert [problem.code for problem in refused.value.problems] == [code]


def test_e47_what_was_held_this_morning_before_eight_is_not_still_to_come(session, drafted, act):
    clock.pin(session, datetime(2025, 6, 30, 23, 30, tzinfo=UTC))  # 07:30 on 1 July at home

    row = regulations.record(
        session, drafted, Procedure.DISCUSSION, **{**HELD, "held_on": date(2025, 7, 1)}, by=act("hui")
    )

    assert row.held_on == date(2025, 7, 1)


def test_each_person_confirms_to_have_read_it_and_once_is_enough(session, published, company, act):
    first = regulations.receive(session, published, by=act("ann"))
    again = regulations.receive(session, published, by=act("ann"))

    assert first is again
    assert regulations.receivers(session, published.key) == {company["ann"].key}


def test_nobody_confirms_a_draft_and_only_hr_makes_regulations(session, drafted, act):
    with pytest.raises(Conflict):
        regulations.receive(session, drafted, by=act("ann"))
    with pytest.raises(Forbidden):
        regulations.publish(session, drafted, by=act("sun"))


def test_p1_a_cycle_is_not_launched_on_a_regulation_that_is_not_published(session, cycle, drafted, act):
    regulations.govern(cycle, drafted, by=act("hui"))

    assert ("regulation-unpublished", True) in findings(session, cycle)
    with pytest.raises(Invalid, match="Its regulation is not published"):
        cycles.launch(session, cycle, by=act("hui"))


def test_who_has_not_read_it_is_named_before_the_launch(session, cycle, published, act):
    regulations.govern(cycle, published, by=act("hui"))

    before = findings(session, cycle)
    regulations.receive(session, published, by=act("ann"))

    assert ("not-received", False) in before
    assert "not-received" not in {code for code, _ in findings(session, cycle)}


def test_a_launched_cycle_keeps_its_regulation(cycle, review, published, act):
    with pytest.raises(Conflict):
        regulations.govern(cycle, published, by=act("hui"))
