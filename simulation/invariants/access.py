"""Nobody read early or signed for another, and each task was done by whoever held it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.bpmn.models import TaskCandidate, TaskState, UserTask
from engine.identity import Membership
from engine.reviews.models import Answer, Person, Review, SignOff, TargetDecision, TargetSheet, TargetState
from simulation.almanac import day_of
from simulation.invariants.evidence import Evidence, Violation


def nothing_was_breached(_session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Whoever tried to read early, to read what is another's, or to act for another was refused."""
    for breach in evidence.diary.breaches:
        yield Violation(breach, None, "should have been refused")


def nobody_signed_for_another(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Results and targets are signed by the appraisee alone; a refusal is recorded by another, before a third."""
    witness = aliased(Person)
    signed = (
        select(SignOff, Person.username, witness.username)
        .join(Review, Review.key == SignOff.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .outerjoin(witness, witness.key == SignOff.witness_key)
    )
    found = {}
    for sign_off, name, seen_by in session.execute(signed):
        found[str(sign_off.review_key)] = sign_off.answer.value
        refused = sign_off.answer is Answer.REFUSED
        if refused and (seen_by is None or len({name, seen_by, sign_off.recorded_by}) < 3):
            sentence = f"the refusal was recorded by {sign_off.recorded_by} before {seen_by}"
            yield Violation(name, day_of(sign_off.recorded_at), sentence)
        silent = sign_off.answer is Answer.UNANSWERED
        if silent and (sign_off.recorded_by == name or seen_by is not None):
            yield Violation(name, day_of(sign_off.recorded_at), "the silence was recorded by its own author")
        if not refused and not silent and sign_off.recorded_by != name:
            yield Violation(name, day_of(sign_off.recorded_at), f"{sign_off.recorded_by} signed the result")
    chapters = evidence.diary.chapters
    said = {(one.reviews[name], answer) for one in chapters for name, answer in one.answers.items()}
    for review, answer in sorted(set(found.items()) ^ said):
        yield Violation(
            evidence.case(review),
            None,
            f"the result is answered as {answer} only here, or only as the person remembers",
        )
    yield from _targets(session, evidence)


def _targets(session: Session, evidence: Evidence) -> Iterator[Violation]:
    signed = (
        select(TargetDecision, TargetSheet, Person.username)
        .join(TargetSheet, TargetSheet.key == TargetDecision.sheet_key)
        .join(Review, Review.key == TargetSheet.review_key)
        .join(Person, Person.key == Review.appraisee_key)
        .where(TargetDecision.state == TargetState.SIGNED)
    )
    for decision, sheet, name in session.execute(signed):
        if decision.decided_by != name:
            yield Violation(name, day_of(decision.decided_at), f"{decision.decided_by} signed the targets")
        chapter, _ = evidence.diary.reviews[str(sheet.review_key)]
        if sheet.targets not in (chapter.targets.get(name), *chapter.replaced.get(name, ())):
            yield Violation(name, day_of(decision.decided_at), "signed other targets than were drafted last")


def tasks_were_done_by_their_holders(session: Session, _evidence: Evidence) -> Iterator[Violation]:
    """Each completed task was completed by its holder, or by somebody of a group that it was addressed to."""
    groups: dict[str, set[str]] = {}
    for membership in session.scalars(select(Membership)):
        groups.setdefault(membership.username, set()).add(membership.group)
    candidates: dict[int, set[str]] = {}
    for candidate in session.scalars(select(TaskCandidate).where(TaskCandidate.kind == "group")):
        candidates.setdefault(candidate.task_key, set()).add(candidate.name)
    for task in session.scalars(select(UserTask).where(UserTask.state == TaskState.COMPLETED)):
        by = task.completed_by or ""
        if task.assignee != by and not candidates.get(task.key, set()) & groups.get(by, set()):
            yield Violation(by, day_of(task.created_at), f"completed {task.element_id} of {task.assignee}")
