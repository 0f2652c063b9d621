"""The invariants of mid-cycle changes and of what follows results can fail: each finds the record that is broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.reviews.models import (
    AbilityPlan,
    AbilityPlanState,
    Appeal,
    AppealState,
    ChangeState,
    CycleChange,
    FollowUp,
    FollowUpState,
    PanelMember,
    PanelState,
    Practice,
    Rater,
    TargetSheet,
)
from simulation.cases import Fate
from simulation.invariants import Evidence
from simulation.invariants.findings import INVARIANTS

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("year")]  # one worker lives it

Spoil = Callable[[Session, Evidence], None]


def an_appeal_goes_on_that_was_withdrawn(session: Session, evidence: Evidence) -> None:
    disputes = [one for chapter in evidence.diary.chapters for one in chapter.appeals.values()]
    withdrawn = next(one for one in disputes if one.ended == Fate.WITHDRAWN)
    session.get_one(Appeal, int(withdrawn.key)).state = AppealState.DECIDED


def a_joined_case_is_heard_by_others(session: Session, evidence: Evidence) -> None:
    disputes = [one for chapter in evidence.diary.chapters for one in chapter.appeals.values()]
    joined, leading = [one for one in disputes if one.votes][:2]
    joined.joined_to = leading.key
    for member in session.scalars(select(PanelMember).where(PanelMember.appeal_key == int(leading.key))):
        member.state = PanelState.EXCLUDED


def something_follows_another_grade(session: Session, _evidence: Evidence) -> None:
    ability = session.scalars(select(FollowUp).where(FollowUp.rule_id == "ability")).first()
    assert ability is not None
    ability.rule_id = "reward"


def nothing_follows_a_grade(session: Session, evidence: Evidence) -> None:
    chapter = next(one for one in evidence.diary.chapters if one.follow_ups)
    name, rule = next(iter(chapter.follow_ups))
    follow_up = session.scalars(
        select(FollowUp).where(FollowUp.review_key == int(chapter.reviews[name]), FollowUp.rule_id == rule)
    ).one()
    follow_up.rule_id = "promotion"


def another_reward_is_kept_than_was_chosen(session: Session, _evidence: Evidence) -> None:
    _chosen(session).choice = "car"


def a_choice_lapses(session: Session, _evidence: Evidence) -> None:
    _chosen(session).state = FollowUpState.LAPSED


def an_appraisee_decides_on_the_own(session: Session, evidence: Evidence) -> None:
    row = _chosen(session)
    row.decided_by = evidence.diary.reviews[str(row.review_key)][1]


def a_practice_is_lost(session: Session, _evidence: Evidence) -> None:
    key = session.scalars(select(Practice.key)).first()
    session.execute(delete(Practice).where(Practice.key == key))


def an_ability_plan_is_missed_that_was_practised(session: Session, _evidence: Evidence) -> None:
    for plan in session.scalars(select(AbilityPlan)):
        plan.state = AbilityPlanState.MISSED


def a_change_is_approved_by_whoever_decided_it(session: Session, _evidence: Evidence) -> None:
    change = _applied(session)
    change.settled_by = change.decided_by


def a_change_is_undone(session: Session, _evidence: Evidence) -> None:
    _applied(session).state = ChangeState.REJECTED


def a_superior_covers_a_day_more(session: Session, _evidence: Evidence) -> None:
    rater = session.scalars(select(Rater).where(Rater.covers_until.is_not(None))).first()
    assert rater is not None
    assert rater.covers_until is not None
    rater.covers_until += timedelta(days=1)


def the_targets_of_before_are_lost(session: Session, evidence: Evidence) -> None:
    chapter = next(one for one in evidence.diary.chapters if one.replaced)
    name = next(iter(chapter.replaced))
    for sheet in session.scalars(select(TargetSheet).where(TargetSheet.review_key == int(chapter.reviews[name]))):
        sheet.targets = {**chapter.targets[name]}


SPOILS: list[tuple[str, Spoil]] = [
    ("verdicts", an_appeal_goes_on_that_was_withdrawn),
    ("panels", a_joined_case_is_heard_by_others),
    ("follow-ups", something_follows_another_grade),
    ("follow-ups", nothing_follows_a_grade),
    ("choices", another_reward_is_kept_than_was_chosen),
    ("choices", a_choice_lapses),
    ("choices", an_appraisee_decides_on_the_own),
    ("practice", a_practice_is_lost),
    ("practice", an_ability_plan_is_missed_that_was_practised),
    ("changes", a_change_is_approved_by_whoever_decided_it),
    ("changes", a_change_is_undone),
    ("shares", a_superior_covers_a_day_more),
    ("targets", the_targets_of_before_are_lost),
]


@pytest.mark.parametrize(("name", "spoil"), SPOILS, ids=[spoil.__name__ for _, spoil in SPOILS])
def test_an_invariant_finds_what_is_broken(name: str, spoil: Spoil, spoiled: Session, evidence: Evidence) -> None:
    spoil(spoiled, evidence)
    spoiled.flush()

    _, invariant = INVARIANTS[name]

    assert list(invariant(spoiled, evidence))


def _chosen(session: Session) -> FollowUp:
    return session.scalars(select(FollowUp).where(FollowUp.choice != "")).first() or pytest.fail("nobody chose")


def _applied(session: Session) -> CycleChange:
    found = session.scalars(select(CycleChange).where(CycleChange.state == ChangeState.APPLIED)).first()
    return found or pytest.fail("no change was applied")
