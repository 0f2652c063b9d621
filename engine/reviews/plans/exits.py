"""Exit reviews: legal points, the union, a person outside the line who decides; nothing ends a contract by itself.

Labour Contract Law art. 40 (two findings, training or transfer between, notice), 42 (protection), 43 (union).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import ExitReview, ExitState, MentorTerm, Person, Plan, Role
from engine.reviews.organisation import employments, lines, people
from engine.reviews.plans import checklists, endings, plans
from engine.reviews.sentences import Sentence, expect_text

CHECKING = "reviewflow.check-exit"
"""What hears HR's check in an exit review, whatever HR calls the process."""

NOTICE = 30
"""The days of notice, the day of service not counted (art. 40; Civil Code art. 201)."""


def begin(session: Session, plan: Plan) -> ExitReview:
    """Begin the exit review of a plan, or find the one that is begun."""
    begun = of_plan(session, plan)
    if begun is None:
        begun = ExitReview(plan_key=plan.key, begun_at=clock.now(session))
        session.add(begun)
        session.flush()  # its steps refer to it
    return begun


def of_plan(session: Session, plan: Plan) -> ExitReview | None:
    """Find the exit review of a plan."""
    return session.scalar(select(ExitReview).where(ExitReview.plan_key == plan.key))


def expected(session: Session, plan: Plan) -> ExitReview:
    """Find the exit review of a plan.

    Raises:
        NotFound: there is none.
    """
    found = of_plan(session, plan)
    if found is None:
        raise NotFound("Expected to find the exit review of plan {key}, but there is none", key=plan.key)
    return found


def check(session: Session, plan: Plan, *, decider: Person, compensation: str, reason: str, by: Identity) -> None:
    """Let the checklist hold, as HR, and name the person outside the line who decides; the union is to be told.

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: it is checked or stopped.
        Invalid: a point of the checklist does not hold, the decider is of the line, or something is not said.
    """
    intent = Sentence("check the exit of plan {key}", key=plan.key)
    held = _begun(session, plan, by, intent)
    expect_text(reason, "reason", intent)
    expect_text(compensation, "compensation", intent)
    points = checklists.points(session, plan)
    problems = list(checklists.problems(points))
    if decider.key not in {person.key for person in deciders(session, plan, by)}:
        sentence = Sentence("{name} has a part in it: somebody outside the line decides", name=decider.name)
        problems.append(Problem(sentence, "decider", "in-line"))
    if problems:
        raise Invalid("Expected to {intent}, but the law does not allow it to go on", problems, intent=intent)
    held.checklist = {"points": [point.to_json() for point in points], "compensation": compensation}
    held.state, held.reason, held.checked_by = ExitState.CHECKED, reason, by.username
    held.decider_key, held.union_told_on = decider.key, plans.today_of(session, plan)


def stop(session: Session, plan: Plan, *, reason: str, by: Identity) -> None:
    """Stop an exit before anybody decides on it, as HR: the employment goes on.

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: it is checked or stopped.
        Invalid: no reason is given.
    """
    intent = Sentence("stop the exit of plan {key}", key=plan.key)
    held = _begun(session, plan, by, intent)
    expect_text(reason, "reason", intent)
    _settle(session, held, ExitState.STOPPED, reason, by)


def hear_union(session: Session, plan: Plan, opinion: str, *, by: Identity) -> None:
    """Record what the union says, as the union (art. 43).

    Raises:
        Forbidden: `by` does not speak for the union.
        Conflict: the checklist does not hold yet, or the union is heard.
        Invalid: nothing is said.
    """
    intent = Sentence("hear the union on the exit of plan {key}", key=plan.key)
    people.expect_role(by, Role.UNION, intent)
    held = _expect(session, plan, intent, ExitState.CHECKED)
    if held.union_heard_by:
        raise Conflict("Expected to {intent}, but it is heard", intent=intent)
    expect_text(opinion, "opinion", intent)
    held.union_opinion, held.union_heard_by = opinion, by.username


def decide(session: Session, plan: Plan, *, ends: bool, reason: str, by: Identity) -> None:
    """Decide whether the contract ends, as the person outside the line whom HR named.

    Raises:
        Forbidden: `by` is somebody else.
        Conflict: the checklist does not hold yet, or the union is not heard.
        Invalid: no reason is given, or it is to end and a point of the checklist does not hold any more.
    """
    intent = Sentence("decide on the exit of plan {key}", key=plan.key)
    held = _expect(session, plan, intent, ExitState.CHECKED)
    reviews.expect_person(session, held.decider_key, by, intent)
    if not held.union_heard_by:
        raise Conflict("Expected to {intent}, but the union is not heard", intent=intent)
    expect_text(reason, "reason", intent)
    if ends:
        _expect_lawful(session, plan, "decision", intent)
    _settle(session, held, ExitState.DECIDED if ends else ExitState.KEPT, reason, by)


def serve(session: Session, plan: Plan, *, served_on: date, last_day: date, in_lieu: str, by: Identity) -> None:
    """Record that the notice was served, as HR: 30 days before the last day, or a month's pay in lieu.

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: nobody has decided that the contract ends.
        Invalid: the notice is too short and nothing is paid in lieu, or a point of the checklist holds no more.
    """
    intent = Sentence("serve the notice of plan {key}", key=plan.key)
    plans.expect_officer(session, plan, by, intent)
    held = _expect(session, plan, intent, ExitState.DECIDED)
    plans.expect_past(session, plan, served_on, "servedOn", intent)
    _expect_lawful(session, plan, "servedOn", intent)
    if problem := _notice_problem(served_on, last_day, in_lieu):
        raise Invalid("Expected to {intent}, but the notice does not fit", [problem], intent=intent)
    held.served_on, held.last_day, held.in_lieu = served_on, last_day, in_lieu.strip()
    held.state = ExitState.SERVED


def deciders(session: Session, plan: Plan, by: Identity) -> Sequence[Person]:
    """List who is outside the line: nobody observed, above, who led or mentored, or who found or checked anything."""
    today = plans.today_of(session, plan)
    above = {person.key for person in lines.superiors_of(session, plan.appraisee_key, today)}
    mentored = set(session.scalars(select(MentorTerm.person_key).where(MentorTerm.plan_key == plan.key)))
    led = {plans.superior_key(session, plan), reviews.found(session, plan.review_key).superior_key}
    acted = [plan.decided_by, plan.proposed_by, plan.gate.get("opened_by", ""), by.username]
    outside = select(Person).where(
        employments.employed_on(today),
        Person.key.not_in({plan.appraisee_key, *led, *above, *mentored} - {None}),
        Person.username.not_in(acted),
    )
    return session.scalars(outside.order_by(Person.employee_id)).all()


def _begun(session: Session, plan: Plan, by: Identity, intent: str) -> ExitReview:
    plans.expect_officer(session, plan, by, intent)
    return _expect(session, plan, intent, ExitState.BEGUN)


def _expect(session: Session, plan: Plan, intent: str, state: ExitState) -> ExitReview:
    held = expected(session, plan)
    if held.state is not state:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=held.state.value)
    return held


def _settle(session: Session, held: ExitReview, state: ExitState, reason: str, by: Identity) -> None:
    held.state, held.reason = state, reason
    held.decided_by, held.decided_at = by.username, clock.now(session)


def _expect_lawful(session: Session, plan: Plan, where: str, intent: str) -> None:
    found = list(checklists.problems(checklists.points(session, plan), where))
    if found or plan.outcome in endings.WITHOUT_FINDING:
        raise Invalid("Expected to {intent}, but the law does not allow it now", found, intent=intent)


def _notice_problem(served_on: date, last_day: date, in_lieu: str) -> Problem | None:
    if in_lieu.strip():
        sentence = Sentence("{text} is no amount of yuan", text=in_lieu)
        return None if _is_amount(in_lieu) else Problem(sentence, "inLieu", "no-amount")
    earliest = served_on + timedelta(days=NOTICE)
    if last_day >= earliest:
        return None
    sentence = Sentence("With 30 days' notice the last day is {day} or later", day=earliest.isoformat())
    return Problem(sentence, "lastDay", "short-notice")


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text.strip()) > 0
    except InvalidOperation:
        return False
