"""Improvement plans (PIP): proposed, confirmed by HR, answered, observed for months, ended by a person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import instances
from engine.calendars import WorkingCalendar
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import timing
from engine.reviews.models import Cycle, Outcome, Person, Plan, PlanNote, PlanState, Review, ReviewState, Role
from engine.reviews.organisation import employments, people
from engine.reviews.sentences import Sentence, expect_text

PROCESS = "pip-observation"
"""The process that a plan runs."""

LONGEST = 3
"""The most months that may be observed (003; section 6.3)."""

EXTENSION = 1
"""By how many months an observation may be extended, once (P7)."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be reached, how that is seen, and what the employer contributes."""

    objective: str
    measure: str
    support: str


def propose(session: Session, review: Review, *, grounds: str, by: Identity) -> Plan:
    """Propose a plan, as HR; its process starts, and asks HR first whether there is to be one.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: no result of the review is released, or the appraisee has a plan that is not
            over (E-82).
        Invalid: no grounds are given.
    """
    intent = f"propose a plan in review {review.key}"
    people.expect_role(by, Role.HR, intent)
    reviews.expect_state(review, intent, ReviewState.RELEASED, ReviewState.SIGNED, ReviewState.CLOSED)
    over = (PlanState.DISMISSED, PlanState.ENDED)
    there = select(Plan.key).where(Plan.appraisee_key == review.appraisee_key, Plan.state.not_in(over))
    if session.scalar(there) is not None:
        raise Conflict(f"Expected to {intent}, but the appraisee has one that is not over")
    expect_text(grounds, "grounds", intent)
    plan = Plan(
        review_key=review.key,
        appraisee_key=review.appraisee_key,
        grounds=grounds,
        proposed_by=by.username,
        proposed_at=clock.now(session),
    )
    session.add(plan)
    session.flush()  # its process and notes refer to it
    _begin(session, plan, review, by)
    return plan


def visible(session: Session, *, by: Identity) -> Sequence[Plan]:
    """List the plans that somebody may know of, the newest first."""
    return session.scalars(select(Plan).where(access.plans(session, by)).order_by(Plan.key.desc())).all()


def mentors(session: Session, plan: Plan) -> Sequence[Person]:
    """List who may mentor: everybody employed but the appraisee and the own superior."""
    superior_key = reviews.found(session, plan.review_key).superior_key
    others = select(Person).where(Person.key.not_in([plan.appraisee_key, superior_key]))
    return session.scalars(
        others.where(employments.employed_on(calendars.today(session))).order_by(Person.employee_id)
    ).all()


def confirm(plan: Plan, *, reason: str, by: Identity) -> None:
    """Open a plan, as HR, with the reason why it is right.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is not proposed.
        Invalid: no reason is given.
    """
    intent = f"confirm plan {plan.key}"
    people.expect_role(by, Role.HR, intent)
    _expect_state(plan, intent, PlanState.PROPOSED)
    expect_text(reason, "reason", intent)
    plan.state = PlanState.CONFIRMED
    plan.reason = reason
    plan.decided_by = by.username


def found(session: Session, key: int) -> Plan:
    """Find a plan by key.

    Raises:
        NotFound: there is none.
    """
    plan = session.get(Plan, key)
    if plan is None:
        raise NotFound(f"Expected to find plan {key}, but there is none")
    return plan


def dismiss(plan: Plan, *, reason: str, by: Identity) -> None:
    """Decide that there is no plan, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is drafted or over.
        Invalid: no reason is given.
    """
    intent = f"dismiss plan {plan.key}"
    people.expect_role(by, Role.HR, intent)
    _expect_state(plan, intent, PlanState.PROPOSED)
    expect_text(reason, "reason", intent)
    plan.state = PlanState.DISMISSED
    plan.reason = reason
    plan.decided_by = by.username


def draft(
    session: Session, plan: Plan, objectives: Sequence[Objective], *, mentor: Person, training: str, by: Identity
) -> None:
    """Write down objectives, mentor and training, as the superior.

    Raises:
        Forbidden: `by` is not the superior.
        Conflict: the plan is not confirmed, or drafted already.
        Invalid: there are no objectives, one is not complete, the mentor is appraisee or superior, or no training is
            named.
    """
    intent = f"draft plan {plan.key}"
    superior_key = reviews.found(session, plan.review_key).superior_key
    reviews.expect_person(session, superior_key, by, intent)
    _expect_state(plan, intent, PlanState.CONFIRMED)
    expect_text(training, "training", intent)
    problems = [
        Problem(Sentence("It must not be empty"), f"objectives[{number}].{name}", "empty")
        for number, objective in enumerate(objectives)
        for name, text in asdict(objective).items()
        if not text.strip()
    ]
    if not objectives:
        problems.append(Problem(Sentence("There are no objectives"), "objectives", "no-objectives"))
    if mentor.key in {plan.appraisee_key, superior_key}:
        problems.append(Problem(Sentence("Neither appraisee nor superior is the mentor"), "mentor", "own-mentor"))
    if problems:
        raise Invalid(f"Expected to {intent}, but it is not complete", problems)
    plan.objectives = [asdict(objective) for objective in objectives]
    plan.mentor_key = mentor.key
    plan.training = training
    plan.state = PlanState.DRAFTED


def answer(session: Session, plan: Plan, *, accepted: bool, comment: str, by: Identity) -> None:
    """Sign a plan or refuse it, as the appraisee; a refusal is recorded and has no penalty (E-88).

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the plan is not drafted, or answered.
    """
    intent = f"answer plan {plan.key}"
    reviews.expect_person(session, plan.appraisee_key, by, intent)
    _expect_state(plan, intent, PlanState.DRAFTED)
    if plan.accepted is not None:
        raise Conflict(f"Expected to {intent}, but it is answered")
    plan.accepted = accepted
    plan.answer = comment


def observe(session: Session, plan: Plan, *, months: int = LONGEST) -> date:
    """Begin the observation and give its last day (W-15).

    Raises:
        Conflict: the plan is not answered.
        Invalid: it is longer than three months, or none.
    """
    intent = f"observe plan {plan.key}"
    _expect_state(plan, intent, PlanState.DRAFTED)
    if plan.accepted is None:
        raise Conflict(f"Expected to {intent}, but the appraisee has not answered it")
    if not 1 <= months <= LONGEST:
        raise Invalid(f"Expected to {intent}, but {months} months are not 1 to {LONGEST}")
    plan.starts_on = calendars.today(session, ZoneInfo(_cycle(session, plan).zone))
    plan.ends_on = _calendar(session, plan).add_months(plan.starts_on, months)
    plan.state = PlanState.OBSERVED
    return plan.ends_on


def note(session: Session, plan: Plan, text: str, *, by: Identity) -> PlanNote:
    """Write a note on a running plan, as its mentor.

    Raises:
        Forbidden: `by` is not the mentor.
        Conflict: the observation does not run.
        Invalid: the note is empty.
    """
    intent = f"write a note on plan {plan.key}"
    reviews.expect_person(session, plan.mentor_key, by, intent)
    _expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(text, "note", intent)
    row = PlanNote(plan_key=plan.key, text=text, written_by=by.username, written_at=clock.now(session))
    session.add(row)
    return row


def notes_of(session: Session, plan: Plan) -> Sequence[PlanNote]:
    """List a plan's notes, the oldest first."""
    return session.scalars(select(PlanNote).where(PlanNote.plan_key == plan.key).order_by(PlanNote.key)).all()


def assess(session: Session, plan: Plan, outcome: Outcome, *, reason: str, by: Identity) -> None:
    """Decide how the observation ends, or extend it, as the superior or HR; whoever mentored does not decide.

    Raises:
        Forbidden: `by` is neither, or is the mentor or the appraisee.
        Conflict: the observation does not run.
        Invalid: no reason is given, or it is to be extended a second time.
    """
    intent = f"assess plan {plan.key}"
    _expect_judge(session, plan, by, intent)
    _expect_state(plan, intent, PlanState.OBSERVED)
    expect_text(reason, "reason", intent)
    if outcome is Outcome.EXTENDED:
        _extend(session, plan, reason=reason, by=by)
        return
    plan.state = PlanState.ENDED
    plan.outcome = outcome
    plan.reason = reason
    plan.decided_by = by.username


def _extend(session: Session, plan: Plan, *, reason: str, by: Identity) -> None:
    """Observe for one more month, counted from the last day, once (E-91)."""
    if plan.extended_at is not None:
        problem = Problem(Sentence("It has been extended before, and is extended only once"), "outcome", "extended")
        raise Invalid(f"Expected to extend plan {plan.key}, but it has been extended before", [problem])
    assert plan.ends_on is not None  # noqa: S101 - it is observed
    plan.extended_at, plan.extended_by, plan.extension_reason = clock.now(session), by.username, reason
    plan.ends_on = _calendar(session, plan).add_months(plan.ends_on, EXTENSION)


def _expect_judge(session: Session, plan: Plan, by: Identity, intent: str) -> None:
    """Let pass the superior and HR, but nobody who mentored or is observed."""
    person = people.named(session, by.username)
    if person.key != reviews.found(session, plan.review_key).superior_key:
        people.expect_role(by, Role.HR, intent)
    if person.key in {plan.mentor_key, plan.appraisee_key}:
        raise Forbidden(f"Expected to {intent}, but {by.username} has a part in it")


def _calendar(session: Session, plan: Plan) -> WorkingCalendar:
    return calendars.calendar(session, _cycle(session, plan).calendar)


def _cycle(session: Session, plan: Plan) -> Cycle:
    return cycles.found(session, reviews.found(session, plan.review_key).cycle_key)


def _begin(session: Session, plan: Plan, review: Review, by: Identity) -> None:
    cycle = cycles.found(session, review.cycle_key)
    usernames = {
        "appraisee": people.by_key(session, review.appraisee_key).username,
        "superior": people.by_key(session, review.superior_key).username if review.superior_key else None,
    }
    instance = instances.start(
        session,
        process_id=PROCESS,
        variables={"review": str(review.key), "plan": str(plan.key), **usernames, **timing.variables(cycle)},
        by=by.trusted(),
        origin=timing.origin(cycle, review.key),
    )
    plan.instance_key = instance.key


def _expect_state(plan: Plan, intent: str, *states: PlanState) -> None:
    if plan.state not in states:
        raise Conflict(f"Expected to {intent}, but it is {plan.state.value}")
