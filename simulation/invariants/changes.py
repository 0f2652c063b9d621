"""What changed in the middle of a cycle is as HR decided and another approved, and nothing that was written is lost."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import ENGINE
from engine.reviews.models import ChangeState, CycleChange, Person, Rater, Review, TargetSheet
from simulation.almanac import day_of
from simulation.cases import Shift
from simulation.changes import LED, SPLIT
from simulation.diary import Chapter
from simulation.invariants.evidence import Evidence, Violation


def changes_are_approved_by_two(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Each change was decided by one of HR and approved by another, none of whom it is about."""
    rows = {str(one.key): one for one in session.scalars(select(CycleChange))}
    told = {key: (chapter, shift) for chapter in evidence.diary.chapters for key, shift in chapter.changes.items()}
    for key in sorted(set(rows) ^ set(told)):
        yield Violation(f"change {key}", None, "is known only here, or only to HR")
    for key, (chapter, shift) in told.items():
        row = rows.get(key)
        if row is None:
            continue
        case, applied = _case(chapter, shift), row.state is ChangeState.APPLIED
        if applied != (shift.applied is not None):
            yield Violation(case, shift.since, f"the change is {row.state.value}, but was approved on {shift.applied}")
        hands = {row.entered_by, row.decided_by} - {ENGINE}
        if applied and (row.settled_by in hands or (hands | {row.settled_by}) & set(shift.people)):
            yield Violation(case, day_of(row.entered_at), f"{row.settled_by} approved what {sorted(hands)} decided")


def two_superiors_share_the_days(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Where HR split a quarter, both superiors rate, each for the days that counting gives; else one leads."""
    for chapter in evidence.diary.chapters:
        for shift in chapter.changes.values():
            chosen = next((shift.decided[part] for part in LED if part in shift.decided), "")
            if shift.applied is None or not chosen:
                continue
            review = int(chapter.reviews[shift.people[0]])
            days = _days(session, review)
            if chosen == SPLIT and sorted(days) != sorted(shift.days):
                yield Violation(_case(chapter, shift), shift.since, f"{days} days are kept, but they were {shift.days}")
            leads = session.scalar(
                select(Person.username).join(Review, Review.superior_key == Person.key).where(Review.key == review)
            )
            if chosen != "keep" and leads != shift.to:
                yield Violation(_case(chapter, shift), shift.since, f"{leads} leads the review, not {shift.to}")


def changed_targets_are_kept(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Targets that were changed are signed again as the newest version, and the version before is still there."""
    for chapter in evidence.diary.chapters:
        for name, before in chapter.replaced.items():
            sheets = select(TargetSheet).where(TargetSheet.review_key == int(chapter.reviews[name]))
            kept = [one.targets for one in session.scalars(sheets.order_by(TargetSheet.version))]
            case = evidence.case(chapter.reviews[name])
            if not kept or kept[-1] != chapter.targets[name]:
                yield Violation(case, None, f"{kept[-1:]} is the newest, but {chapter.targets[name]} was signed")
            for one in before:
                if one not in kept[:-1]:
                    yield Violation(case, None, f"the targets {one} are lost, which were signed before")


def _days(session: Session, review: int) -> list[int]:
    """Count the days of each rater of a review who has a part of it."""
    parts = select(Rater).where(Rater.review_key == review, Rater.covers_from.is_not(None))
    spans = [(one.covers_from, one.covers_until) for one in session.scalars(parts)]
    return [(last - first).days + 1 for first, last in spans if first and last]


def _case(chapter: Chapter, shift: Shift) -> str:
    return f"{', '.join(shift.people)}, {chapter.label}"
