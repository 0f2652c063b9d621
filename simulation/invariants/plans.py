"""No plan reaches an exit without two findings and training between, and nothing but a low result opens one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.models import ExitReview, ExitState, Outcome, Person, Plan, PlanGround, PlanState, PlanTraining
from simulation import almanac, rulebook
from simulation.almanac import day_of
from simulation.cases import Course
from simulation.diary import Chapter
from simulation.invariants.evidence import Evidence, Violation
from simulation.invariants.results import expected

NOTICE = timedelta(days=30)
"""How long before the last day a notice is served (art. 40)."""

DECIDED = (ExitState.DECIDED, ExitState.SERVED, ExitState.KEPT)
"""The states of an exit review in which somebody has decided."""

UNFOUND = (Outcome.RESIGNED, Outcome.ABOLISHED, Outcome.VOIDED)
"""The outcomes by which nothing is found."""


def nobody_exits_without_two_findings(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each exit has two findings, training between, the union's word, a decision from outside the line, and notice."""
    rows = select(ExitReview, Plan).join(Plan, Plan.key == ExitReview.plan_key)
    for held, plan in session.execute(rows):
        chapter, name = evidence.diary.reviews[str(plan.review_key)]
        case, course = evidence.case(str(plan.review_key)), chapter.plans.get(name)
        if course is None:
            yield Violation(case, day_of(held.begun_at), "there is an exit review, but nobody knows of a plan")
            continue
        for sentence in (
            *_findings(session, plan, chapter, name, evidence),
            *_remembered(held, course, name, evidence),
        ):
            yield Violation(case, day_of(held.begun_at), sentence)


def _findings(session: Session, plan: Plan, chapter: Chapter, name: str, evidence: Evidence) -> Iterator[str]:
    """Say which of two findings and what lies between is missing, by the rows."""
    first = day_of(chapter.released_at) if chapter.released_at else date.max
    if plan.outcome is not Outcome.VOIDED and expected(chapter, name, evidence)[-1][1] != rulebook.LOWEST:
        yield "the result that opened the plan is not the lowest grade"
    second = day_of(plan.ended_at) if plan.ended_at else date.min
    if plan.outcome is not Outcome.FAILED and plan.outcome not in UNFOUND:
        yield f"there is no second finding, but {plan.outcome.value if plan.outcome else 'none'}"
    given = session.scalars(select(PlanTraining).where(PlanTraining.plan_key == plan.key)).all()
    if not any(one.attended and Fraction(one.hours) > 0 and first <= one.held_on <= second for one in given):
        yield "no training with hours that was attended lies between the findings"


def _remembered(held: ExitReview, course: Course, name: str, evidence: Evidence) -> Iterator[str]:
    """Say what those concerned do not remember of an exit that went on."""
    if not any(one.attended for one in course.trainings):
        yield "nobody remembers a training"
    if course.found is None or course.found[0] != Outcome.FAILED:
        yield "nobody remembers a second finding"
    if held.state in DECIDED and (course.heard is None or course.decided is None or course.decided[2] < course.heard):
        yield "it was decided by nobody, or before the union was heard"
    if course.decided and course.decided[1] in {name, course.mentor, *evidence.company.above(name)}:
        yield f"{course.decided[1]} decided, who is not outside the line"
    if held.state is ExitState.SERVED:
        yield from _notice(held, course)


def _notice(held: ExitReview, course: Course) -> Iterator[str]:
    """Say what is wrong with a notice that was served."""
    if course.decided is None or course.decided[0] != "end":
        yield "a notice was served, but nobody decided that"
    if held.served_on is None or held.last_day is None or held.last_day - held.served_on < NOTICE:
        yield f"the notice of {held.served_on} lets the contract end on {held.last_day}"


def plans_rest_on_low_results(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each plan rests on a result of the lowest grade, and each such result that stands has opened one."""
    plans: dict[str, list[Plan]] = defaultdict(list)
    rows = select(Plan, Person.username).join(Person, Person.key == Plan.appraisee_key).order_by(Plan.key)
    for plan, username in session.execute(rows):
        plans[username].append(plan)
        chapter, name = evidence.diary.reviews[str(plan.review_key)]
        case, day = evidence.case(str(plan.review_key)), day_of(plan.proposed_at)
        rules = session.scalars(select(PlanGround.rule).where(PlanGround.plan_key == plan.key)).all()
        found = [version[1] for version in expected(chapter, name, evidence)]
        if username != name or not any(rules) or rulebook.LOWEST not in found:
            yield Violation(case, day, "a plan without a low result")
        if plan.outcome is Outcome.VOIDED and found[-1] == rulebook.LOWEST:
            yield Violation(case, day, "the plan was voided, but what it rests on stands")
    yield from _unproposed(plans, evidence)


def _unproposed(plans: Mapping[str, Sequence[Plan]], evidence: Evidence) -> Iterator[Violation]:
    """Name the lowest results that stand and opened no plan, though none was under way."""
    for chapter in evidence.diary.chapters:
        for name in chapter.open if chapter.proposes and chapter.released_at is not None else ():
            gone = evidence.diary.left.get(name)
            if expected(chapter, name, evidence)[-1][1] != rulebook.LOWEST or (gone and gone < _asked_by(chapter)):
                continue
            own = plans.get(name, ())
            rested = any(str(plan.review_key) == chapter.reviews[name] for plan in own)
            if not rested and not any(_covers(plan, chapter) for plan in own):
                yield Violation(evidence.case(chapter.reviews[name]), None, "has the lowest grade, but no plan")


def _covers(plan: Plan, chapter: Chapter) -> bool:
    """Tell whether a plan was under way in a period, or when its results came: none is judged twice for it (E-84)."""
    if day_of(plan.proposed_at) > _asked_by(chapter):
        return False
    return plan.ended_at is None or day_of(plan.ended_at) >= chapter.first_day


def _asked_by(chapter: Chapter) -> date:
    """Tell by when the rule was asked of every result, appeals over: the latest day on which one opens a plan."""
    assert chapter.released_at is not None  # noqa: S101 - asked of released cycles alone
    return day_of(chapter.released_at) + timedelta(days=60)


def plans_are_observed_as_long_as_said(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each plan ends as those concerned remember, on the day that counting gives, or earlier where it was passed."""
    for plan in session.scalars(select(Plan)):
        chapter, name = evidence.diary.reviews[str(plan.review_key)]
        case, course = evidence.case(str(plan.review_key)), chapter.plans.get(name)
        if course is None or plan.outcome in UNFOUND:
            continue
        told = "dismissed" if plan.state is PlanState.DISMISSED else plan.outcome.value if plan.outcome else "none"
        if told != (course.found[0] if course.found else "none"):
            yield Violation(case, day_of(plan.proposed_at), f"ended as {told}, but those concerned say {course.found}")
        if plan.starts_on is None:
            continue
        if course.begun != plan.starts_on:
            yield Violation(
                case, plan.starts_on, f"is observed from {plan.starts_on}, but was answered on {course.begun}"
            )
        if plan.ends_on != (due := last_day(course, evidence)):
            yield Violation(case, plan.starts_on, f"is observed until {plan.ends_on}, but counting gives {due}")


def last_day(course: Course, evidence: Evidence) -> date:
    """Count the last day of an observation: months from its first day, moved to a workday; one more if extended."""
    assert course.begun is not None  # noqa: S101 - it is observed
    end = worked(months_after(course.begun, course.months), evidence)
    if course.extended:
        end = worked(months_after(end, 1), evidence)
    return end


def months_after(day: date, months: int) -> date:
    """Count months on: the same day, or the last one of a month that is shorter (Civil Code art. 202)."""
    number = day.month - 1 + months
    year, month = day.year + number // 12, number % 12 + 1
    for wanted in range(day.day, 0, -1):
        try:
            return date(year, month, wanted)
        except ValueError:
            continue
    raise ValueError(f"No day {months} months after {day}")


def worked(day: date, evidence: Evidence) -> date:
    """Move a day on to a workday, by each notice that was published before it was over, but never into the past."""
    first = [one for one in evidence.diary.notices if day_of(one.published_at) <= day]
    end = almanac.workday_after(day, 0, first[-1])
    for notice in evidence.diary.notices[len(first) :]:
        moved, told = almanac.workday_after(day, 0, notice), day_of(notice.published_at)
        if end >= told and moved >= told:
            end = moved
    return end
