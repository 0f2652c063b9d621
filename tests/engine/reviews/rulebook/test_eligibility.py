"""Tests of engine.reviews.rulebook.eligibility: who is rated by the shipped table, who is above the top."""

from datetime import date
from pathlib import Path

import pytest

from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.errors import Conflict
from engine.identity import SYSTEM, Membership
from engine.reviews.cycle import cycles
from engine.reviews.models import Leave, LeaveKind, ReviewState, Role, Spell, Treatment
from engine.reviews.organisation import employments, lines
from engine.reviews.rating import raters
from engine.reviews.release import results
from engine.reviews.rulebook import assignments, eligibility

TABLE = Path(__file__).parents[4] / "processes" / "review" / "eligibility.dmn"


@pytest.fixture(autouse=True)
def table(session):
    """The shipped table, deployed."""
    deployments.deploy(session, deployments.read([Resource(TABLE.name, TABLE.read_bytes())], by=SYSTEM), by=SYSTEM)


@pytest.fixture
def spell(session, company):
    """Ann's employment."""
    return employments.spell_of(session, company["ann"].key, date(2025, 7, 1))


@pytest.fixture
def launched(session, cycle, act):
    """Launch the cycle and give ann's review."""

    def launch():
        cycles.launch(session, cycle, by=act("hui"))
        (review,) = cycles.reviews_of(session, cycle)
        return review

    return launch


def codes(session, cycle):
    return {(one.problem.where, one.problem.code, one.blocks) for one in cycles.check(session, cycle)}


def on_leave(session, person_key, first, last):
    session.add(Leave(person_key=person_key, kind=LeaveKind.MATERNITY, valid_from=first, valid_until=last))
    session.flush()


@pytest.mark.parametrize(
    ("joined", "treatment"), [(date(2025, 6, 16), Treatment.TARGETS_ONLY), (date(2025, 6, 15), Treatment.RATED)]
)
def test_e13_who_joins_after_the_cut_off_sets_targets_only_and_on_the_day_itself_is_included(
    cycle, spell, launched, joined, treatment
):
    cycle.cut_off, spell.valid_from = date(2025, 6, 15), joined

    review = launched()

    assert (review.treatment, review.state, review.instance_key is None) == (treatment, ReviewState.RUNNING, False)


def test_e13_who_sets_targets_only_holds_no_release_up_and_is_asked_for_no_rating(session, cycle, spell, launched, act):
    cycle.cut_off, spell.valid_from = date(2025, 6, 1), date(2025, 6, 16)
    said = codes(session, cycle)

    review = launched()

    assert ("E001", "targets-only", False) in said
    assert [one.group_id for one in raters.of_review(session, review)] == ["cross", "cross"]
    with pytest.raises(Conflict, match="0 of 0 reviews"):
        results.release(session, cycle, by=act("hui"))
    eligibility.close_unrated(review)
    assert (review.state, review.closing_reason) == (ReviewState.CLOSED, "截止日之后入职 joined after the cut-off")


@pytest.mark.parametrize(("last", "treatment"), [(date(2025, 8, 16), "not-rated"), (date(2025, 8, 15), "rated")])
def test_e16_long_leave_over_most_of_the_period_is_not_rated_and_never_the_lowest_grade(
    session, spell, launched, last, treatment
):
    on_leave(session, spell.person_key, date(2025, 7, 1), last)  # 47 or 46 of 92 days

    review = launched()

    assert review.treatment.value == treatment
    assert (review.state is ReviewState.CLOSED) == (treatment == "not-rated")
    assert (review.instance_key is None) == (treatment == "not-rated")
    assert [one["decision"] for one in assignments.records(review)] == ["eligibility"]
    assert assignments.told(review) == []  # sheets and letters are read by superiors, who see no leave


def test_e17_probation_takes_no_part_until_its_last_day_is_over(session, cycle, spell, launched):
    spell.probation_until = date(2025, 7, 1)
    said = codes(session, cycle)

    review = launched()

    assert ("E001", "excluded", False) in said
    assert (review.treatment, review.closing_reason) == (Treatment.EXCLUDED, "试用期内 on probation")


def test_who_has_left_takes_no_part_and_forbids_no_launch(session, cycle, spell):
    spell.valid_until = date(2025, 6, 30)

    found = codes(session, cycle)

    assert ("E001", "excluded", False) in found
    assert not [code for _, code, blocks in found if blocks]


def test_e14_who_came_back_is_judged_by_the_second_spell(session, company, cycle, spell, launched):
    spell.valid_until, cycle.cut_off = date(2025, 5, 31), date(2025, 6, 15)
    session.add(Spell(person_key=company["ann"].key, valid_from=date(2025, 6, 20)))
    session.flush()

    assert launched().treatment is Treatment.TARGETS_ONLY


def test_a_table_that_names_no_treatment_forbids_the_launch(session, cycle):
    text = TABLE.read_text(encoding="utf-8").replace('<text>"rated"</text>', "<text>null</text>")
    text = text.replace('"rated", "targets-only"', '"targets-only"')
    deployments.deploy(session, deployments.read([Resource(TABLE.name, text.encode())], by=SYSTEM), by=SYSTEM)

    assert ("E001", "unknown-treatment", True) in codes(session, cycle)


def test_without_the_table_everybody_is_rated_and_hr_is_told(session, cycle):
    cycle.eligibility_decision = "nobody-wrote-it"

    assert ("2025 Q3", "no-eligibility", False) in codes(session, cycle)


@pytest.fixture
def board(session, company):
    """Somebody on the board."""
    session.add(Membership(username="qin", group=Role.BOARD.value, valid_from=date(2025, 1, 1)))
    session.flush()
    return company["qin"]


def test_e11_the_board_is_the_next_level_of_who_has_no_superior_and_the_check_lists_them(
    session, company, cycle, board, act
):
    top = company["dai"]
    review = cycles.enrol(session, cycle, top, by=act("hui"))
    raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))
    said = codes(session, cycle)

    cycles.launch(session, cycle, by=act("hui"))

    assert ("E003", "board", False) in said
    assert (review.superior_key, review.second_superior_key) == (board.key, None)


def test_e11_the_board_stands_above_the_one_level_that_somebody_has(session, company, board):
    levels = lines.levels_of(session, company["sun"].key, date(2025, 7, 1))

    assert [person.username for person in levels] == ["dai", "qin"]


def test_e11_nobody_is_the_own_next_level(session, company, board):
    assert lines.levels_of(session, board.key, date(2025, 7, 1)) == []
