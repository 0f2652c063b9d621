"""Outcomes: what follows from a decided appeal for all that hung on the result, and what HR is told of it."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.consequences import reruns
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Appeal, Result, Review, Role
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.release.distributions import quotas
from engine.reviews.rulebook import templates


def follow(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Run again what hung on the result that a decision changed (E-73).

    Where more have a grade now than is advised, HR is told (E-72). Nobody else is moved for it: a distribution is
    advice, and never a reason against a correction.
    """
    review = reviews.found(session, appeal.review_key)
    before, after = session.get_one(Result, appeal.result_key), results.expected(session, review)
    if before is after:
        return
    reruns.rerun(session, review, before, after, by=by)
    if after.grade is None or (over := exceeded(session, review, after.grade)) is None:
        return
    told = {"appeal": str(appeal.key), "review": str(review.key), "grade": after.grade}
    for officer in people.in_role(session, Role.HR):
        if officer.key != review.appraisee_key:
            notices.write(session, officer.key, "distribution-exceeded", **told, **over)


def exceeded(session: Session, review: Review, grade: str) -> dict[str, int] | None:
    """Count who of a review's department has a grade, and how many the guideline advises; None while it is kept to."""
    template = templates.rules(session, results.expected(session, review).template_key)
    guides = [level.guideline for level in template.levels if level.guideline is not None]
    given = _grades(session, review)
    group = given.total()
    if not guides or len(guides) < len(template.levels) or group < template.smallest_group:
        return None
    for level, advised in zip(template.levels, quotas(group, guides), strict=True):
        count = given[level.id] + (given[level.name] if level.name != level.id else 0)
        if grade in {level.id, level.name} and count > advised:
            return {"count": count, "advised": advised}
    return None


def _grades(session: Session, review: Review) -> Counter[str]:
    """Count the grades in force of a review's department."""
    cycle = cycles.found(session, review.cycle_key)
    near = [one.key for one in cycles.reviews_of(session, cycle) if one.department_key == review.department_key]
    released = select(Result).where(Result.review_key.in_(near), Result.released_at.is_not(None))
    newest = {row.review_key: row for row in session.scalars(released.order_by(Result.version))}
    return Counter(row.grade for row in newest.values() if row.grade is not None)
