"""Compositions: the totals of other cycles that a total is made of, each as it is in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Result, Review, ReviewState, Treatment
from engine.reviews.rulebook.rules import Template
from engine.reviews.scores.blends import Others, by_days
from engine.reviews.scores.breakdowns import exact
from engine.reviews.scores.figures import Figure, entered
from engine.reviews.sentences import Sentence

DEEPEST = 4
"""How many levels of periods there are at most: year, half, quarter, month."""

Row = tuple[Cycle, Review]


def others(session: Session, review: Review, template: Template) -> Others:
    """Gather what a review's total is composed with: the team's total, and the person's of shorter periods.

    Raises:
        Invalid: one that belongs to it is not released yet, or the team's is not there; each is named.
    """
    cycle = session.get_one(Cycle, review.cycle_key)
    problems: list[Problem] = []
    team = _team(session, cycle, review, problems) if template.team_weight else None
    shorter = _parts(session, cycle, review) if template.periods else []
    periods = _periods(session, shorter, problems)
    if problems:
        raise Invalid(
            "Expected to compose the total of review {key}, but not all of its parts are there",
            problems,
            key=review.key,
        )
    sheets = _stretches(session, review)
    return Others(team=team, periods=periods, stretches=sheets, days=reviews.days(session, review) if sheets else 0)


def _stretches(session: Session, review: Review) -> list[tuple[Figure, int]]:
    """Gather the totals of the sheets of other days, unrounded: the release waits for those that are still to come."""
    parts = session.scalars(select(Review).where(Review.part_of_key == review.key).order_by(Review.covers_from)).all()
    found = []
    for part in parts:
        versions = select(Result).where(Result.review_key == part.key).order_by(Result.version.desc())
        result = session.scalars(versions.limit(1)).first()
        if result is not None:
            total = entered("total", exact(result.figures["inputs"][0]), result.total, label_of(part, result))
            found.append((total, reviews.days(session, part)))
    return found


def label_of(part: Review, result: Result) -> str:
    """Name the total of a sheet of other days, by its days and its version."""
    return f"{part.covers_from} – {part.covers_until} v{result.version}"


def _parts(session: Session, cycle: Cycle, review: Review) -> list[Row]:
    """Find the person's reviews in the cycles below a cycle; those without a result do not exist."""
    parents, found = [cycle.key], []
    for _ in range(DEEPEST):
        below = session.scalars(select(Cycle).where(Cycle.parent_key.in_(parents), Cycle.pilot.is_(False))).all()
        parents = [one.key for one in below]
        found += parents
    rows = session.execute(
        select(Cycle, Review)
        .join(Review, Review.cycle_key == Cycle.key)
        .where(Cycle.key.in_(found), Review.appraisee_key == review.appraisee_key)
        .order_by(Cycle.starts_on, Review.covers_from, Cycle.key)
    )
    return [(one, part) for one, part in rows]


def _periods(session: Session, rows: Sequence[Row], problems: list[Problem]) -> dict[str, list[Figure]]:
    split: defaultdict[tuple[str, date, date], list[tuple[Figure, int]]] = defaultdict(list)
    for cycle, review in rows:
        total = _total(session, cycle, review, problems)
        if total is not None:
            about = (cycle.kind.value, cycle.starts_on, cycle.ends_on)
            split[about].append((total, reviews.days(session, review)))
    totals: dict[str, list[Figure]] = {}
    for (kind, first, last), parts in split.items():
        totals.setdefault(kind, []).append(by_days(kind, parts, f"{first} – {last}"))
    return totals


def _team(session: Session, cycle: Cycle, review: Review, problems: list[Problem]) -> Figure | None:
    of_department = (Review.cycle_key == cycle.team_cycle_key, Review.department_key == review.department_key)
    rows = session.scalars(select(Review).where(*of_department)).all()
    if len(rows) != 1:
        sentence = Sentence("The team has {count} reviews in the team cycle, but must have one", count=len(rows))
        problems.append(Problem(sentence, "team", "team-unclear"))
        return None
    return _total(session, session.get_one(Cycle, rows[0].cycle_key), rows[0], problems)


def _total(session: Session, cycle: Cycle, review: Review, problems: list[Problem]) -> Figure | None:
    released = (Result.review_key == review.key, Result.released_at.is_not(None))
    result = session.scalar(select(Result).where(*released).order_by(Result.version.desc()).limit(1))
    if result is not None and result.annulled:
        return None
    if result is not None:
        return entered("total", Fraction(result.total), result.total, f"{cycle.label} v{result.version}")
    if review.state is not ReviewState.CLOSED and review.treatment is Treatment.RATED:
        sentence = Sentence("The result of {cycle} is not released yet", cycle=cycle.label)
        problems.append(Problem(sentence, cycle.label, "not-released"))
    return None
