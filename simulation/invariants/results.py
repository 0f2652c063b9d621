"""Every result follows to the digit from what people wrote, and reaches whom it should, all at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reviews.models import Cycle, Member, Person, Result, Review
from engine.reviews.scores import recomputations
from simulation import rulebook
from simulation.almanac import day_of
from simulation.answers import book_of
from simulation.invariants.evidence import Evidence, Violation


def results_recompute(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Worked out anew from the ratings, targets and values that people remember, each total and grade is the same."""
    names = _names(session)
    versions: dict[str, list[Result]] = defaultdict(list)
    for result in session.scalars(select(Result).order_by(Result.review_key, Result.version)):
        versions[names[result.review_key]].append(result)
    for name, found in versions.items():
        for result, (total, grade) in zip(found[::-1], _expected(name, evidence), strict=False):
            if (Fraction(result.total), result.grade) != (total, grade):
                sentence = (
                    f"version {result.version} is {result.total} {result.grade}, but it comes to {_said(total)} {grade}"
                )
                yield Violation(name, day_of(result.computed_at), sentence)
    for name, read in evidence.diary.read.items():
        if (Fraction(versions[name][-1].total), versions[name][-1].grade) != read:
            yield Violation(name, None, f"read {_said(read[0])} {read[1]}, which is not the result in force")
    for problem in recomputations.of_results(session):
        yield Violation(names[int(problem.where)], None, problem.message)


def _expected(name: str, evidence: Evidence) -> Iterator[tuple[Fraction, str]]:
    """Give what the newest version must be, then the one before it where a calibration adjusted that."""
    diary, someone = evidence.diary, evidence.company.called(name)
    if name in diary.adjusted:
        yield diary.adjusted[name]
    exact = rulebook.total(
        book_of(evidence.books, someone),
        someone.family,
        diary.targets[name],
        diary.actuals[name],
        diary.ratings.get(name, {}),
    )
    total = rulebook.hundredths(exact)
    yield total, rulebook.grade(total)


def released_at_one_moment(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """All results of a cycle are released at the one moment of its embargo, and none before."""
    names = _names(session)
    for result in session.scalars(select(Result).where(Result.released_at.is_not(None))):
        if result.released_at != evidence.diary.released_at:
            sentence = f"version {result.version} was released at {result.released_at}, not with all others"
            yield Violation(names[result.review_key], day_of(result.computed_at), sentence)


def only_whom_it_should_reach(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """Who joined by the cut-off and stayed has a result; who came later, left or was away has none (E-13 to E-17)."""
    released = select(Result.review_key).where(Result.released_at.is_not(None))
    names, having = _names(session), set(session.scalars(released))
    with_result = {names[key] for key in having}
    for name in sorted(set(evidence.diary.reviews) - set(evidence.diary.closed) - with_result):
        yield Violation(name, None, "was there all the time, but has no result")
    for name in sorted(with_result & set(evidence.diary.closed)):
        yield Violation(name, None, f"has a result, but: {evidence.diary.closed[name]}")
    members = select(Person.username).join(Member, Member.person_key == Person.key)
    enrolled = set(names.values()) | set(session.scalars(members.join(Cycle, Cycle.key == Member.cycle_key)))
    for name in sorted(enrolled & set(evidence.newcomers)):
        yield Violation(name, None, "came after the cut-off, but is in the cycle")


def _names(session: Session) -> dict[int, str]:
    rows = session.execute(select(Review.key, Person.username).join(Person, Person.key == Review.appraisee_key))
    return dict(rows.all())


def _said(total: Fraction) -> str:
    return f"{float(total):.2f}"
