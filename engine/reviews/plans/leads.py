"""Leads: who leads a plan once the superior of its review does not any more, named by HR; open tasks go along.

A plan runs for months after its cycle, so no change of that cycle reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import drafts, instances, modifications, tasks
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.errors import Conflict, Invalid, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.models import Person, Plan, PlanState, Review
from engine.reviews.organisation import employments, lines, people
from engine.reviews.plans import plans
from engine.reviews.sentences import Sentence

WITNESSED = "state_on_plan"
"""The step in which a former superior says what was seen: it stays theirs (E-83)."""

LED = "superior"
"""The variable that names who leads."""

RUNNING = (PlanState.PROPOSED, PlanState.CONFIRMED, PlanState.DRAFTED, PlanState.OBSERVED)
"""The states in which a plan is led."""


def name(session: Session, plan: Plan, after: Person, *, by: Identity) -> None:
    """Name who leads a plan from now on, as HR; the open tasks go along, with what was typed into them.

    A change of the cycle that another has approved names it as the system.

    Raises:
        Forbidden: `by` is not HR, or it is the own plan.
        Conflict: it is over, or that one leads it already.
        Invalid: the one named is the appraisee, below the appraisee, the mentor, or not employed.
    """
    intent = Sentence("name who leads plan {key}", key=plan.key)
    if by is not SYSTEM:
        plans.expect_officer(session, plan, by, intent)
    plans.expect_state(plan, intent, *RUNNING)
    before = plans.superior_key(session, plan)
    if before == after.key:
        raise Conflict("Expected to {intent}, but {username} leads it already", intent=intent, username=after.username)
    if problems := list(_problems(session, plan, after)):
        raise Invalid("Expected to {intent}, but it cannot be that one", problems, intent=intent)
    plan.superior_key = after.key
    session.flush()  # whoever takes a task over is asked whether they lead it
    if before is not None:
        _hand_over(session, plan, people.by_key(session, before), after, by)
    for key in (plan.appraisee_key, after.key):
        notices.write(session, key, "plan-led", plan=str(plan.key), name=after.name)


def led_by(session: Session, person_key: int) -> Sequence[Plan]:
    """List the running plans that somebody leads, the first one first."""
    led = func.coalesce(Plan.superior_key, Review.superior_key) == person_key
    running = select(Plan).join(Review, Review.key == Plan.review_key).where(led, Plan.state.in_(RUNNING))
    return session.scalars(running.order_by(Plan.key)).all()


def _hand_over(session: Session, plan: Plan, before: Person, after: Person, by: Identity) -> None:
    running = session.scalars(
        select(ProcessInstance).where(
            ProcessInstance.root_key == plan.instance_key, ProcessInstance.state == InstanceState.ACTIVE
        )
    ).all()
    held = select(UserTask).where(
        UserTask.instance_key.in_([one.key for one in running]),
        UserTask.state == TaskState.CREATED,
        UserTask.assignee == before.username,
        UserTask.element_id != WITNESSED,
    )
    for task in session.scalars(held.order_by(UserTask.key)).all():
        if tasks.hand_on(session, task.key, after.username, by=by.trusted()):
            drafts.offer(session, task, after.username)
    for one in running:
        if instances.variables(session, one.key).get(LED) == before.username:
            modifications.set_variables(session, one.key, {LED: after.username}, local=True, by=by.trusted())


def _problems(session: Session, plan: Plan, after: Person) -> Iterator[Problem]:
    today = plans.today_of(session, plan)
    if after.key == plan.appraisee_key or _is_below(session, plan, after):
        yield Problem(Sentence("Nobody is led by oneself, or from below"), "superior", "from-below")
    if after.key == plan.mentor_key:
        yield Problem(Sentence("Neither appraisee nor superior is the mentor"), "superior", "own-mentor")
    if not employments.is_employed(session, after.key, today):
        sentence = Sentence("{name} is not employed on {day}", name=after.name, day=today.isoformat())
        yield Problem(sentence, "superior", "not-employed")


def _is_below(session: Session, plan: Plan, person: Person) -> bool:
    above = lines.superiors_of(session, person.key, plans.today_of(session, plan))
    return plan.appraisee_key in {one.key for one in above}
