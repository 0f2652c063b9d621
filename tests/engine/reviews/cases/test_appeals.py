"""Tests of engine.reviews.cases.appeals: panels, sealed votes, decisions."""

from datetime import date

import pytest

from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.cases import appeals, decisions, votes
from engine.reviews.models import Answer, AppealState, Verdict
from engine.reviews.signing import interviews
from engine.reviews.signing.interviews import Minutes


def codes(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


@pytest.fixture
def appeal(session, released, act):
    return appeals.lodge(
        session, released, grounds="协作评分缺少事实", items=["collaboration"], remedy="重新评分", by=act("ann")
    )


@pytest.fixture
def panel(appeal, seat, act):
    """The accounts of the panel, the chair's first."""
    appeals.admit(appeal, by=act("hui"))
    return seat(appeal)


@pytest.fixture
def heard(appeal, panel):
    """The appeal before its panel."""
    assert sorted(panel) == ["ou", "qin", "wei"]
    return appeal


def test_only_the_own_released_result_can_be_appealed_against(session, scored, act):
    with pytest.raises(Forbidden):
        appeals.lodge(session, scored, grounds="x", items=[], remedy="y", by=act("sun"))
    with pytest.raises(Conflict, match="running"):
        appeals.lodge(session, scored, grounds="x", items=[], remedy="y", by=act("ann"))


@pytest.mark.parametrize("answer", Answer)
def test_x07_however_a_result_is_answered_the_right_to_appeal_stays(session, company, released, act, answer):
    minutes = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")
    interviews.record(session, released, minutes, held_on=date(2025, 7, 1), by=act("sun"))
    if answer is Answer.REFUSED:
        interviews.record_refusal(session, released, witness=company["pan"], comment="当场拒绝", by=act("sun"))
    elif answer is Answer.UNANSWERED:
        interviews.record_silence(session, released, comment="逾期未答", by=act("hui"))
    else:
        interviews.sign(session, released, answer, by=act("ann"), comment="协作评分偏低")

    appeal = appeals.lodge(session, released, grounds="缺少事实", items=[], remedy="重新评分", by=act("ann"))

    assert appeal.state is AppealState.LODGED


def test_one_appeal_per_result_with_grounds_and_real_items(session, released, act):
    with pytest.raises(Invalid) as refused:
        appeals.lodge(session, released, grounds=" ", items=["luck"], remedy="y", by=act("ann"))
    appeals.lodge(session, released, grounds="x", items=[], remedy="y", by=act("ann"))

    with pytest.raises(Conflict, match="already"):
        appeals.lodge(session, released, grounds="x", items=[], remedy="y", by=act("ann"))

    assert codes(refused) == {("grounds", "empty"), ("luck", "unknown-indicator")}


def test_the_majority_decides_and_the_chair_serves_it_with_reasons(session, heard, panel, act):
    for name, verdict in zip(panel, (Verdict.CORRECTED, Verdict.UPHELD, Verdict.CORRECTED), strict=True):
        votes.cast(session, heard, verdict, reasons="facts", by=act(name))

    corrections = {"innovation_adopted": "3"}
    decisions.decide(session, heard, reasons="工单记录支持申诉人", given=corrections, by=act(panel[0]))

    assert (heard.state, heard.verdict) == (AppealState.DECIDED, Verdict.CORRECTED)


def test_e71_without_a_majority_the_result_stands(session, heard, panel, act):
    for name, verdict in zip(panel, (Verdict.CORRECTED, Verdict.UPHELD, Verdict.REEVALUATED), strict=True):
        votes.cast(session, heard, verdict, reasons="facts", by=act(name))

    decisions.decide(session, heard, reasons="no majority", by=act(panel[0]))

    assert heard.verdict is Verdict.UPHELD


def test_nothing_is_decided_before_the_last_vote_nor_by_another_than_the_chair(session, heard, panel, act):
    votes.cast(session, heard, Verdict.UPHELD, reasons="facts", by=act(panel[0]))

    with pytest.raises(Conflict, match="not all are cast"):
        decisions.decide(session, heard, reasons="x", by=act(panel[0]))
    with pytest.raises(Forbidden):
        decisions.decide(session, heard, reasons="x", by=act(panel[1]))
    with pytest.raises(Conflict, match="has voted"):
        votes.cast(session, heard, Verdict.UPHELD, reasons="facts", by=act(panel[0]))
    with pytest.raises(Forbidden, match="not on its panel"):
        votes.cast(session, heard, Verdict.UPHELD, reasons="facts", by=act("hui"))


def test_an_appeal_is_rejected_with_reasons_or_withdrawn_by_the_appellant(session, appeal, act):
    with pytest.raises(Invalid, match="not said"):
        appeals.reject(session, appeal, reasons="", by=act("hui"))
    with pytest.raises(Forbidden):
        appeals.withdraw(session, appeal, by=act("hui"))

    appeals.withdraw(session, appeal, by=act("ann"))

    assert appeal.state is AppealState.WITHDRAWN
