"""Assessments: what superior and HR find at the end of an observation; whoever mentored does not decide."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import MentorTerm, Outcome, Plan, PlanState, Role
from engine.reviews.organisation import people
from engine.reviews.plans import chains, endings, notes, plans, spans
from engine.reviews.sentences import Sentence, expect_text

DECIDED = (Outcome.PASSED, Outcome.EXTENDED, Outcome.FAILED)
"""What an assessment may decide; another post is an offer (`transfers`)."""


def judge(session: Session, plan: Plan, findings: str, *, by: Identity) -> None:
    """Write down what was reached of each objective, as the superior, before HR decides.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: the observation does not run.
        Invalid: nothing is written down.
    """
    intent = Sentence("judge plan {key}", key=plan.key)
    reviews.expect_person(session, plans.superior_key(session, plan), by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(findings, "findings", intent)
    plan.findings = findings
    notes.keep_findings(session, plan, findings, by=by)


def assess(session: Session, plan: Plan, outcome: Outcome, *, reason: str, by: Identity) -> None:
    """Decide how the observation ends, or extend it, as the superior or HR; whoever mentored does not decide.

    That the objectives are missed is a second finding: HR alone finds it, after the superior's findings, and never
    where neither training nor another post was given (E-86).

    Raises:
        Forbidden: `by` is neither, or is the mentor or the appraisee.
        Conflict: the observation does not run.
        Invalid: no reason is given, it is to be extended a second time, or a second finding has no ground to stand on.
    """
    intent = Sentence("assess plan {key}", key=plan.key)
    _expect_judge(session, plan, by, intent)
    plans.expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(reason, "reason", intent)
    if outcome not in DECIDED:
        raise Invalid("Expected to {intent}, but {outcome} is no assessment", intent=intent, outcome=outcome.value)
    if outcome is Outcome.EXTENDED:
        _extend(session, plan, reason=reason, by=by)
        return
    if outcome is Outcome.FAILED:
        _expect_second_finding(session, plan, by, intent)
    endings.settle(session, plan, outcome, reason=reason, by=by)


def _extend(session: Session, plan: Plan, *, reason: str, by: Identity) -> None:
    """Observe for one more month, counted from the last day, once (E-91)."""
    if plan.extended_at is not None:
        problem = Problem(Sentence("It has been extended before, and is extended only once"), "outcome", "extended")
        raise Invalid("Expected to extend plan {key}, but it has been extended before", [problem], key=plan.key)
    plan.extended_at, plan.extended_by, plan.extension_reason = clock.now(session), by.username, reason
    spans.last_day(session, plan)


def _expect_second_finding(session: Session, plan: Plan, by: Identity, intent: str) -> None:
    people.expect_role(by, Role.HR, intent)
    problems = []
    if not plan.findings:
        sentence = Sentence("The superior has not written down what was reached")
        problems.append(Problem(sentence, "outcome", "no-findings"))
    if not chains.remedies(session, plan):
        sentence = Sentence("Neither training nor another post was given: there is no second finding without one")
        problems.append(Problem(sentence, "outcome", "no-remedy"))
    if problems:
        raise Invalid("Expected to {intent}, but a second finding has no ground to stand on", problems, intent=intent)


def _expect_judge(session: Session, plan: Plan, by: Identity, intent: str) -> None:
    """Let pass the superior and HR, but nobody who mentored or is observed."""
    person = people.named(session, by.username)
    if person.key != plans.superior_key(session, plan):
        people.expect_role(by, Role.HR, intent)
    mentored = select(MentorTerm.person_key).where(MentorTerm.plan_key == plan.key)
    if person.key in {plan.appraisee_key, plan.mentor_key, *session.scalars(mentored)}:
        raise Forbidden("Expected to {intent}, but {username} has a part in it", intent=intent, username=by.username)
