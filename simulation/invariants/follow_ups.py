"""What follows results besides money follows those alone to which a rule applies, and ends as people remember."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.models import AbilityPlan, AbilityPlanState, FollowUp, FollowUpState, Person, Practice, Review
from simulation.almanac import day_of
from simulation.cases import Following
from simulation.diary import Chapter
from simulation.follow_ups import ABILITY, COUNT, GRADES, REWARD
from simulation.invariants.evidence import Evidence, Violation
from simulation.invariants.results import expected

Rows = Mapping[tuple[int, str, str], FollowUp]
"""By place of the chapter, person and rule."""


def follow_ups_rest_on_grades(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Whatever follows a result rests on a grade that its rule names, and follows each such result that stands."""
    rows = _rows(session, evidence)
    for (number, name, rule), row in rows.items():
        chapter = evidence.diary.chapters[number]
        if GRADES[rule] not in [grade for _, grade in expected(chapter, name, evidence)]:
            yield _violation(evidence, chapter, name, row, f"{rule} follows a result that never had {GRADES[rule]}")
    for number, chapter in enumerate(evidence.diary.chapters):
        for name in chapter.open if chapter.follows else ():
            grade = expected(chapter, name, evidence)[-1][1]
            for rule in (rule for rule, wanted in GRADES.items() if wanted == grade):
                if (number, name, rule) not in rows:
                    yield Violation(
                        evidence.case(chapter.reviews[name]), None, f"is {grade}, but {rule} does not follow"
                    )


def follow_ups_end_as_decided(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each ends as HR and the appraisee decided, which no appraisee does as HR; what lapses has no consequence."""
    for (number, name, rule), row in _rows(session, evidence).items():
        chapter = evidence.diary.chapters[number]
        said = chapter.follow_ups.get((name, rule), Following())
        if row.decided_by == name:
            yield _violation(evidence, chapter, name, row, f"{name} decided on the own {rule}")
        if row.choice != said.choice:
            yield _violation(evidence, chapter, name, row, f"{row.choice} is kept, but {said.choice} was chosen")
        if row.state not in _ends(rule, said):
            yield _violation(evidence, chapter, name, row, f"{rule} is {row.state.value}, but HR said {said.confirmed}")


def ability_plans_are_practised(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """An ability plan is completed by what was practised alone; the second evaluation leaves the result as it is."""
    rows = {row.key: (where, row) for where, row in _rows(session, evidence).items()}
    practised = Counter(session.scalars(select(Practice.ability_plan_key)))
    for plan in session.scalars(select(AbilityPlan)):
        if plan.follow_up_key not in rows:
            continue
        (number, name, rule), row = rows[plan.follow_up_key]
        chapter = evidence.diary.chapters[number]
        said = chapter.follow_ups.get((name, rule), Following())
        if practised[plan.key] != len(said.practised):
            told = f"{practised[plan.key]} times is kept, but it was practised {len(said.practised)} times"
            yield _violation(evidence, chapter, name, row, told)
        if (plan.state is AbilityPlanState.EVALUATED) != bool(said.again):
            yield _violation(evidence, chapter, name, row, f"is {plan.state.value}, but was evaluated: {said.again!r}")
        done = len(said.practised) >= COUNT
        if done != (plan.state in (AbilityPlanState.COMPLETED, AbilityPlanState.EVALUATED)):
            yield _violation(evidence, chapter, name, row, f"is {plan.state.value} after {len(said.practised)} times")


def _ends(rule: str, said: Following) -> set[FollowUpState]:
    """Tell how something may have ended, by what was said of it; an appeal withdraws what is not settled."""
    withdrawn = {FollowUpState.WITHDRAWN}
    if said.confirmed is None:
        return withdrawn
    if not said.confirmed:
        return {FollowUpState.DECLINED}
    if rule == REWARD and not said.choice:
        return {FollowUpState.LAPSED} | withdrawn
    if rule == ABILITY and not said.agreed:
        return withdrawn
    return {FollowUpState.SETTLED} | (withdrawn if rule == ABILITY else set())


def _rows(session: Session, evidence: Evidence) -> Rows:
    """Find the newest row of each rule for each person, withdrawn ones where there is no other."""
    numbers = {key: number for number, one in enumerate(evidence.diary.chapters) for key in one.reviews.values()}
    rows = (
        select(FollowUp, Review.key, Person.username)
        .join(Review, Review.key == FollowUp.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .where(FollowUp.rule_id.in_(GRADES))
        .order_by(FollowUp.key)
    )
    return {(numbers[str(review)], name, row.rule_id): row for row, review, name in session.execute(rows)}


def _violation(evidence: Evidence, chapter: Chapter, name: str, row: FollowUp, sentence: str) -> Violation:
    return Violation(evidence.case(chapter.reviews[name]), day_of(row.proposed_at), sentence)
