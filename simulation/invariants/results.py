"""Every result follows to the digit from what people wrote, and reaches whom it should, all at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.models import Cycle, Member, Person, Result
from engine.reviews.scores import recomputations
from simulation import rulebook
from simulation.almanac import day_of
from simulation.diary import Chapter
from simulation.invariants.evidence import Evidence, Violation


def results_recompute(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Worked out anew from the ratings, targets and values that people remember, each total and grade is the same."""
    versions: dict[str, list[Result]] = defaultdict(list)
    for result in session.scalars(select(Result).order_by(Result.review_key, Result.version)):
        versions[str(result.review_key)].append(result)
    yield from _wrong(versions, evidence)
    yield from _misread(versions, evidence)
    for problem in recomputations.of_results(session):
        yield Violation(evidence.case(problem.where), None, problem.message)


def _wrong(versions: Mapping[str, Sequence[Result]], evidence: Evidence) -> Iterator[Violation]:
    for review, found in versions.items():
        chapter, name = evidence.diary.reviews[review]
        for result, (total, grade) in zip(found[::-1], expected(chapter, name, evidence)[::-1], strict=False):
            if (Fraction(result.total), result.grade) != (total, grade):
                sentence = (
                    f"version {result.version} is {result.total} {result.grade}, but it comes to {_said(total)} {grade}"
                )
                yield Violation(evidence.case(review), day_of(result.computed_at), sentence)


def _misread(versions: Mapping[str, Sequence[Result]], evidence: Evidence) -> Iterator[Violation]:
    for chapter in evidence.diary.chapters:
        for name, read in chapter.read.items():
            newest = versions[chapter.reviews[name]][-1]
            if (Fraction(newest.total), newest.grade) != read:
                sentence = f"read {_said(read[0])} {read[1]}, which is not the result in force"
                yield Violation(evidence.case(chapter.reviews[name]), None, sentence)


def expected(chapter: Chapter, name: str, evidence: Evidence) -> list[tuple[Fraction, str]]:
    """Give what the versions of a result must be: as computed, then as a calibration adjusted it."""
    someone = chapter.company.called(name)
    exact = rulebook.total(
        chapter.book_of(someone),
        someone.family,
        chapter.targets[name],
        chapter.actuals[name],
        chapter.ratings.get(name, {}),
    )
    if chapter.year:
        quarters = [one for one in evidence.diary.chapters if one is not chapter and name in one.open]
        exact = rulebook.composed(exact, [expected(one, name, evidence)[-1][0] for one in quarters])
    total = rulebook.hundredths(exact)
    adjusted = [chapter.adjusted[name]] if name in chapter.adjusted else []
    return [(total, rulebook.grade(total)), *adjusted]


def released_at_one_moment(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """All results of a cycle are released at the one moment of its embargo, and none before."""
    for result in session.scalars(select(Result).where(Result.released_at.is_not(None))):
        chapter, _ = evidence.diary.reviews[str(result.review_key)]
        if result.released_at != chapter.released_at:
            sentence = f"version {result.version} was released at {result.released_at}, not with all others"
            yield Violation(evidence.case(str(result.review_key)), day_of(result.computed_at), sentence)


def only_whom_it_should_reach(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Who joined by the cut-off and stayed has a result; who came later, left or was away has none (E-13 to E-17)."""
    released = select(Result.review_key).where(Result.released_at.is_not(None))
    having = set(map(str, session.scalars(released)))
    members = select(Cycle.label, Person.username).join(Member, Member.cycle_key == Cycle.key)
    enrolled = {tuple(row) for row in session.execute(members.join(Person, Person.key == Member.person_key))}
    for chapter in evidence.diary.chapters:
        for name, review in chapter.reviews.items():
            if name not in chapter.closed and review not in having:
                yield Violation(evidence.case(review), None, "was there all the time, but has no result")
            elif name in chapter.closed and review in having:
                yield Violation(evidence.case(review), None, f"has a result, but: {chapter.closed[name]}")
        for name in chapter.newcomers:
            if name in chapter.reviews or (chapter.label, name) in enrolled:
                yield Violation(name, None, "came after the cut-off, but is in the cycle")


def _said(total: Fraction) -> str:
    return f"{float(total):.2f}"
