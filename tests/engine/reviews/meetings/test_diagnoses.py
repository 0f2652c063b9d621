"""Tests of the half-yearly diagnosis: who answers is kept nowhere, and no group is told of that is too small."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as supposing
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from engine import clock, identity
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import SYSTEM
from engine.reviews.meetings import audits, diagnoses, periods, surveys
from engine.reviews.meetings.audits import Health
from engine.reviews.meetings.diagnoses import Plan
from engine.reviews.meetings.periods import Each
from engine.reviews.models import CycleState, DiagnosisBallot, DiagnosisDraw, DiagnosisState
from engine.reviews.organisation import people

ASKED = ("goals", "fairness", "feedback", "incentives", "support", "growth")
SCORES = dict.fromkeys(ASKED, "4")


@pytest.fixture
def diagnosis(session, company, act):
    """The diagnosis of the first half of 2025; pan is to talk to ann."""
    plan = Plan(date(2025, 7, 10), "sales_revenue", "10000", [(company["ann"], company["pan"])])
    return diagnoses.open_survey(session, plan, by=act("hui"))


@pytest.fixture
def voting(session, diagnosis):
    """Let people answer each question with a score."""

    def vote(score, *usernames):
        for username in usernames:
            code = surveys.draw(session, diagnosis, by=identity.identity_of(session, username))
            surveys.answer(session, code, dict.fromkeys(ASKED, score), f"{score} 分")
            session.flush()

    return vote


def test_l002_30_everybody_draws_one_code_and_answers_once_without_a_name(session, diagnosis, act):
    code = surveys.draw(session, diagnosis, by=act("ann"))
    session.flush()
    with pytest.raises(Conflict, match="has drawn one"):
        surveys.draw(session, diagnosis, by=act("ann"))
    with pytest.raises(Invalid) as refused:
        surveys.answer(session, code, {**SCORES, "growth": "6", "goals": ""}, "x" * 2001)
    surveys.answer(session, code.lower(), SCORES, "更早公布细则")

    with pytest.raises(Conflict, match="is answered"):
        surveys.answer(session, code, SCORES, "")

    assert {problem.where for problem in refused.value.problems} == {"goals", "growth", "remark"}
    assert surveys.turnout(session, diagnosis) == (1, 10)
    with pytest.raises(NotFound):
        surveys.answer(session, "AAAA", SCORES, "")


def test_l002_30_nothing_joins_who_drew_and_what_was_answered(session, diagnosis, voting):
    voting("2", "ann")
    drawn, ballot = session.scalars(select(DiagnosisDraw)).one(), _answered(session)

    kept = {column.key: getattr(ballot, column.key) for column in DiagnosisBallot.__table__.columns}
    told = {column.key for column in DiagnosisDraw.__table__.columns}

    assert told == {"key", "diagnosis_key", "person_key"}
    assert set(kept) == {"key", "diagnosis_key", "unit_key", "locator", "salt", "digest", "scores", "remark"}
    assert drawn.person_key not in kept.values()
    assert not {column.type.python_type for column in DiagnosisBallot.__table__.columns} & {date, datetime}


def test_l002_30_all_sheets_are_there_before_one_is_drawn_and_keys_tell_no_order(session, diagnosis, voting):
    keys = session.scalars(select(DiagnosisBallot.key).order_by(DiagnosisBallot.key)).all()

    voting("3", "ann", "pan", "hui")

    after = session.scalars(select(DiagnosisBallot.key).order_by(DiagnosisBallot.key)).all()
    assert after == keys
    assert len({key >> 40 for key in keys}) > 1


def test_departments_that_are_too_small_have_their_sheets_together(session, diagnosis):
    units = session.execute(select(DiagnosisBallot.unit_key, func.count()).group_by(DiagnosisBallot.unit_key)).all()

    # sales, product, office: three each; service: two
    assert [tuple(row) for row in units] == [(None, 10)]


def test_l001_37_too_few_answers_are_told_of_in_no_figure(session, diagnosis, voting):
    voting("5", "ann", "sun", "dai", "pan")
    before = surveys.means(session, diagnosis), surveys.remarks(session, diagnosis)

    voting("1", "hui")

    assert before == ([], [])
    (goals, *_) = surveys.means(session, diagnosis)
    assert (goals.question, goals.units, goals.answers, goals.mean) == ("goals", (), 5, Fraction(21, 5))
    assert surveys.remarks(session, diagnosis) == ["1 分", *["5 分"] * 4]


@supposing(st.dictionaries(st.integers(1, 30), st.integers(1, 12), max_size=12))
@settings(max_examples=200, deadline=None)
def test_no_group_that_is_shown_nor_what_is_left_of_all_is_too_small(counts):
    groups = surveys.merged(counts)

    sizes = [sum(counts[unit] for unit in group) for group in groups]
    left = sum(counts.values()) - sum(sizes)
    members = Counter(unit for group in groups for unit in group)
    assert all(size >= surveys.SMALLEST for size in sizes)
    assert left == 0 or (not groups and left < surveys.SMALLEST)
    assert all(number == 1 for number in members.values())


def test_whoever_joined_after_the_opening_draws_no_code_and_a_closed_survey_takes_nothing(session, diagnosis, act):
    people.hire(
        session,
        employee_id="N1",
        username="new",
        name="新人",
        department="sales",
        employed_from=date(2025, 7, 3),
        by=SYSTEM,
    )
    with pytest.raises(Forbidden, match="was not employed"):
        surveys.draw(session, diagnosis, by=act("new"))
    code = surveys.draw(session, diagnosis, by=act("ann"))
    session.flush()

    diagnoses.close_survey(diagnosis)

    with pytest.raises(Conflict, match="the survey is over"):
        surveys.answer(session, code, SCORES, "")
    session.flush()
    with pytest.raises(Conflict, match="the survey is over"):
        surveys.draw(session, diagnosis, by=act("sun"))


def test_x12_a_diagnosis_is_of_the_half_before_and_opened_once_by_hr(session, company, diagnosis, act):
    plan = Plan(date(2025, 7, 10), "sales_revenue", "10000", [])

    with pytest.raises(Conflict, match="it is open"):
        diagnoses.open_survey(session, plan, by=act("hui"))
    clock.pin(session, datetime(2026, 1, 12, 1, 0, tzinfo=UTC))
    with pytest.raises(Forbidden):
        diagnoses.open_survey(session, plan, by=act("sun"))
    wrong = Plan(date(2026, 1, 1), "sales_revenue", "much", [(company["ann"], company["ann"])] * 2)
    with pytest.raises(Invalid) as refused:
        diagnoses.open_survey(session, wrong, by=act("hui"))

    assert diagnosis.period == "2025-H1"
    assert {problem.code for problem in refused.value.problems} == {"past", "same-person", "twice", "no-number"}


def test_an_interview_leaves_its_theme_and_the_audit_not_with_whom(session, company, diagnosis, act):
    (interview,) = diagnoses.interviews(session, diagnosis)
    told = {"held": True, "theme": "细则太晚", "advice": "提前一个月"}
    with pytest.raises(Forbidden):
        diagnoses.record_interview(session, interview, **told, by=act("sun"))

    diagnoses.record_interview(session, interview, **told, by=act("pan"))
    gathered = audits.gathered(session, diagnosis)

    assert gathered["themes"] == [{"theme": "细则太晚", "advice": "提前一个月"}]
    assert "安然" not in str(gathered)
    with pytest.raises(Conflict):
        diagnoses.record_interview(session, interview, **told, by=act("pan"))


def test_an_audit_is_published_once_after_the_survey_with_findings_and_measures(session, diagnosis, act):
    def publish(**said):
        whole = {"findings": "激励满意度低", "measures": "提前公布", **said}
        figures = audits.gathered(session, diagnosis)
        diagnoses.publish(session, diagnosis, figures, **whole, by=act("hui"))

    with pytest.raises(Conflict, match="it is open"):
        publish()
    diagnoses.close_survey(diagnosis)
    with pytest.raises(Invalid):
        publish(measures=" ")
    publish()

    with pytest.raises(Conflict, match="it is published"):
        publish()
    assert diagnosis.state is DiagnosisState.PUBLISHED
    assert diagnosis.figures["respondents"] == "0 / 10 份答卷 sheets answered"


def test_l001_37_the_return_of_incentives_and_the_growth_are_computed_as_their_formulas_say():
    found = Health(incentives=Decimal(50_000), revenue=Decimal(1_300_000), before=Decimal(1_000_000))

    assert (found.growth, found.roi) == (Decimal("30.00"), Decimal("5.00"))
    assert Health(None, Decimal(1), Decimal(1)).roi is None
    assert Health(Decimal(1), Decimal(1), None).growth is None
    assert Health(Decimal(1), Decimal(1), Decimal(0)).growth is None


def test_l001_37_one_persons_revenue_and_pay_are_told_of_in_no_audit(session, cycle, measured, diagnosis):
    cycle.state = CycleState.LAUNCHED
    period = periods.around(Each.HALF, date(2025, 9, 30))

    found = audits.health(session, diagnosis, period)
    amount = audits.revenue(session, diagnosis, period)

    assert (amount.value, amount.people) == (Fraction(4_800_000), 1)
    assert found == Health(None, None, None)


def _answered(session):
    return next(one for one in session.scalars(select(DiagnosisBallot)) if one.scores is not None)
