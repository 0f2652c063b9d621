"""What people did is what the database counts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.models import TaskState, UserTask
from engine.reviews.models import Notice as Told
from engine.reviews.models import Rating, Review
from simulation.diary import Chapter
from simulation.invariants.evidence import Evidence, Violation
from simulation.invariants.results import expected


def deeds_equal_rows(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """As many tasks are completed, ratings given and results told as people remember, and nobody's is missing."""
    diary = evidence.diary
    done = set(session.scalars(select(UserTask.key).where(UserTask.state == TaskState.COMPLETED)))
    remembered = {int(deed.task) for deed in diary.deeds}
    for key in sorted(done ^ remembered):
        side = "the database knows" if key in done else "somebody remembers"
        yield Violation(f"task {key}", None, f"only {side} that it was completed")
    if (days := sum(day.completed for day in diary.days)) != len(diary.deeds):
        yield Violation("the days", None, f"{days} tasks were completed on them, but {len(diary.deeds)} in all")
    newest = select(Rating.rater_key, Rating.indicator_id).distinct().subquery()
    given = session.scalar(select(func.count()).select_from(newest))
    ratings = [by_rater for chapter in diary.chapters for by_rater in chapter.ratings.values()]
    said = sum(len(rated) for by_rater in ratings for rated in by_rater.values())
    if given != said:
        yield Violation("the ratings", None, f"{given} are kept, but {said} were given")
    released = session.scalar(select(func.count()).select_from(Told).where(Told.kind == "result-released"))
    due = sum(_told(chapter, name, evidence) for chapter in diary.chapters for name in chapter.open)
    if released != due:
        yield Violation("the notices", None, f"{released} were told of their results, but {due} should have been")
    if session.scalar(select(func.count()).select_from(Review)) != len(diary.reviews):
        yield Violation("the reviews", None, "others were enrolled than HR remembers")


def _told(chapter: Chapter, name: str, evidence: Evidence) -> int:
    """Count how many times somebody was to be told of a result: once at the release, once more after an appeal."""
    before = 1 + (name in chapter.adjusted)
    return 1 + (len(expected(chapter, name, evidence)) > before)
