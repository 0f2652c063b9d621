"""The invariants of appeals, plans and money can fail: each finds the record that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.models import (
    Appeal,
    AppealReading,
    ExitReview,
    ExitState,
    Outcome,
    PanelMember,
    PanelState,
    Person,
    Plan,
    PlanTraining,
    Result,
    Verdict,
    Vote,
)
from simulation import rulebook
from simulation.cases import Dispute
from simulation.diary import Chapter
from simulation.invariants import Evidence
from simulation.invariants.findings import INVARIANTS

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("year")]  # one worker lives it

Spoil = Callable[[Session, Evidence], None]


def an_appellant_ends_with_less(session: Session, evidence: Evidence) -> None:
    _newest(session, evidence).total = "1.00"


def an_appellant_ends_with_a_worse_grade(session: Session, evidence: Evidence) -> None:
    chapter, name, _ = next(_heard(evidence))
    chapter.read[name] = (Fraction(0), rulebook.BANDS[0][1])
    _newest(session, evidence).grade = rulebook.LOWEST


def an_appellant_loses_the_grade_without_asking(session: Session, evidence: Evidence) -> None:
    _newest(session, evidence).grade = None


def a_verdict_is_not_what_was_voted(session: Session, evidence: Evidence) -> None:
    _, _, dispute = next(_heard(evidence))
    appeal = session.get_one(Appeal, int(dispute.key))
    appeal.verdict = Verdict.UPHELD if appeal.verdict is not Verdict.UPHELD else Verdict.CORRECTED


def a_vote_was_counted_wrongly(_session: Session, evidence: Evidence) -> None:
    _, _, dispute = next(_heard(evidence))
    other = "upheld" if dispute.ended != "upheld" else "corrected"
    dispute.votes = dict.fromkeys(dispute.votes, other)


def an_appeal_is_forgotten(_session: Session, evidence: Evidence) -> None:
    chapter, name, _ = next(_heard(evidence))
    del chapter.appeals[name]


def a_superior_sits_on_the_panel(session: Session, evidence: Evidence) -> None:
    chapter, name, dispute = next(_heard(evidence))
    superior = select(Person).where(Person.username == chapter.company.called(name).superior)
    _seated(session, dispute).person_key = session.scalars(superior).one().key


def a_panel_has_two_members(session: Session, evidence: Evidence) -> None:
    _, _, dispute = next(_heard(evidence))
    _seated(session, dispute).state = PanelState.EXCLUDED


def who_declared_a_conflict_sits(session: Session, evidence: Evidence) -> None:
    _, _, dispute = next(_heard(evidence))
    person = session.get_one(Person, _seated(session, dispute).person_key)
    dispute.conflicted.add(person.username)


def an_excluded_member_voted(session: Session, _evidence: Evidence) -> None:
    vote = session.scalars(select(Vote)).first()
    assert vote is not None
    session.get_one(PanelMember, vote.member_key).state = PanelState.EXCLUDED


def a_member_read_before_the_panel_sat(session: Session, _evidence: Evidence) -> None:
    members = select(Person.username).join(PanelMember, PanelMember.person_key == Person.key)
    for reading in session.scalars(select(AppealReading).where(AppealReading.read_by.in_(members))):
        reading.read_at -= timedelta(days=60)


def a_plan_rests_on_a_good_result(session: Session, evidence: Evidence) -> None:
    plan = session.scalars(select(Plan)).first()
    good = session.scalars(select(Result).where(Result.grade == rulebook.BANDS[0][1])).first()
    assert plan is not None
    assert good is not None
    plan.review_key = good.review_key


def a_low_result_opens_no_plan(_session: Session, evidence: Evidence) -> None:
    chapter = next(one for one in evidence.diary.chapters if not one.year)
    planned = {name for one in evidence.diary.chapters for name in one.plans}
    chosen = next(name for name in chapter.open if name not in planned and name not in chapter.appeals)
    chapter.adjusted[chosen] = (Fraction(10), rulebook.LOWEST)


def an_observation_ends_a_day_late(session: Session, _evidence: Evidence) -> None:
    plan = _observed(session)
    plan.ends_on = plan.ends_on and plan.ends_on + timedelta(days=1)


def a_plan_ends_as_nobody_decided(session: Session, _evidence: Evidence) -> None:
    plan = _observed(session)
    plan.outcome = Outcome.TRANSFERRED if plan.outcome is not Outcome.TRANSFERRED else Outcome.PASSED


def a_training_had_no_hours(session: Session, _evidence: Evidence) -> None:
    for training in session.scalars(select(PlanTraining)):
        training.hours = "0"


def a_training_came_after_the_second_finding(session: Session, _evidence: Evidence) -> None:
    for training in session.scalars(select(PlanTraining)):
        training.held_on += timedelta(days=400)


def nobody_remembers_a_training(_session: Session, evidence: Evidence) -> None:
    for chapter in evidence.diary.chapters:
        for course in chapter.plans.values():
            course.trainings.clear()


def an_exit_has_no_second_finding(session: Session, _evidence: Evidence) -> None:
    held = session.scalars(select(ExitReview)).first()
    assert held is not None
    session.get_one(Plan, held.plan_key).outcome = Outcome.PASSED


def a_notice_is_too_short(session: Session, _evidence: Evidence) -> None:
    served = session.scalars(select(ExitReview).where(ExitReview.state == ExitState.SERVED)).first()
    assert served is not None
    served.last_day = served.served_on


def the_line_decides_on_an_exit(_session: Session, evidence: Evidence) -> None:
    for chapter in evidence.diary.chapters:
        for name, course in chapter.plans.items():
            if course.decided:
                course.decided = (course.decided[0], chapter.company.called(name).superior, course.decided[2])


def the_union_is_heard_too_late(_session: Session, evidence: Evidence) -> None:
    for chapter in evidence.diary.chapters:
        for course in chapter.plans.values():
            course.heard = course.heard and course.heard + timedelta(days=100)


def a_line_is_paid_twice(_session: Session, evidence: Evidence) -> None:
    chapter = _paying(evidence)
    chapter.paid.append(next(one for one in chapter.paid if one.amount))


def an_amount_is_off_by_a_cent(_session: Session, evidence: Evidence) -> None:
    chapter = _paying(evidence)
    chapter.paid[0] = replace(chapter.paid[0], amount=chapter.paid[0].amount + Fraction(1, 100))


def a_line_is_paid_late(_session: Session, evidence: Evidence) -> None:
    chapter = _paying(evidence)
    chapter.paid = [replace(one, day=one.day + timedelta(days=30)) for one in chapter.paid]


def a_line_is_never_paid(_session: Session, evidence: Evidence) -> None:
    _paying(evidence).paid.pop(0)


def a_streak_is_missed(_session: Session, evidence: Evidence) -> None:
    next(one for one in evidence.diary.chapters if one.streaks).streaks = set()


def a_streak_is_found_that_is_none(_session: Session, evidence: Evidence) -> None:
    first = next(one for one in evidence.diary.chapters if one.streaks is not None)
    first.streaks = {one.employee_id for one in first.company.reviewed}


SPOILED: list[tuple[str, Spoil]] = [
    ("appeals", an_appellant_ends_with_less),
    ("appeals", an_appellant_ends_with_a_worse_grade),
    ("appeals", an_appellant_loses_the_grade_without_asking),
    ("verdicts", a_verdict_is_not_what_was_voted),
    ("verdicts", a_vote_was_counted_wrongly),
    ("verdicts", an_appeal_is_forgotten),
    ("panels", a_superior_sits_on_the_panel),
    ("panels", a_panel_has_two_members),
    ("panels", who_declared_a_conflict_sits),
    ("exclusion", an_excluded_member_voted),
    ("exclusion", a_member_read_before_the_panel_sat),
    ("grounds", a_plan_rests_on_a_good_result),
    ("grounds", a_low_result_opens_no_plan),
    ("observation", an_observation_ends_a_day_late),
    ("observation", a_plan_ends_as_nobody_decided),
    ("exits", a_training_had_no_hours),
    ("exits", a_training_came_after_the_second_finding),
    ("exits", nobody_remembers_a_training),
    ("exits", an_exit_has_no_second_finding),
    ("exits", a_notice_is_too_short),
    ("exits", the_line_decides_on_an_exit),
    ("exits", the_union_is_heard_too_late),
    ("pay", a_line_is_paid_twice),
    ("pay", an_amount_is_off_by_a_cent),
    ("pay", a_line_is_paid_late),
    ("pay", a_line_is_never_paid),
    ("streaks", a_streak_is_missed),
    ("streaks", a_streak_is_found_that_is_none),
]


@pytest.mark.parametrize(("name", "spoil"), SPOILED, ids=[spoil.__name__ for _, spoil in SPOILED])
def test_an_invariant_barks_where(name: str, spoil: Spoil, spoiled: Session, evidence: Evidence) -> None:
    spoil(spoiled, evidence)
    spoiled.flush()

    violations = list(INVARIANTS[name][1](spoiled, evidence))

    assert violations
    assert all(str(one) for one in violations)


def _heard(evidence: Evidence) -> Iterator[tuple[Chapter, str, Dispute]]:
    """Yield the appeals that a panel decided, those with a grade left first."""
    found = [(c, name, one) for c in evidence.diary.chapters for name, one in c.appeals.items() if one.votes]
    return iter(sorted(found, key=lambda one: (one[2].sought == "annulled", one[2].key)))


def _newest(session: Session, evidence: Evidence) -> Result:
    """Find the result in force of an appellant who did not ask to have it annulled."""
    chapter, name, _ = next(_heard(evidence))
    versions = select(Result).where(Result.review_key == int(chapter.reviews[name])).order_by(Result.version)
    return session.scalars(versions).all()[-1]


def _seated(session: Session, dispute: Dispute) -> PanelMember:
    members = select(PanelMember).where(PanelMember.appeal_key == int(dispute.key))
    found = session.scalars(members.where(PanelMember.state == PanelState.SEATED)).first()
    assert found is not None
    return found


def _observed(session: Session) -> Plan:
    plan = session.scalars(select(Plan).where(Plan.ends_on.is_not(None), Plan.outcome.is_not(None))).first()
    assert plan is not None
    return plan


def _paying(evidence: Evidence) -> Chapter:
    return next(one for one in evidence.diary.chapters if one.paid)
