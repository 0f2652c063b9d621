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
from simulation.cases import Fate
from simulation.diary import Chapter
from simulation.hearings import SUPERIOR
from simulation.invariants.evidence import Evidence, Violation
from simulation.rulebook import Given

Version = tuple[Fraction, str | None]
"""The total of a version of a result, and its grade: none where it was annulled."""


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
            released = _released(versions[chapter.reviews[name]], chapter)[-1]
            if (Fraction(released.total), released.grade) != read:
                sentence = f"read {_said(read[0])} {read[1]}, which is not the result that was released"
                yield Violation(evidence.case(chapter.reviews[name]), None, sentence)


def expected(chapter: Chapter, name: str, evidence: Evidence) -> list[Version]:
    """Give what the versions of a result must be: as computed, as a calibration adjusted it, as an appeal left it."""
    given = chapter.ratings.get(name, {})
    total = _total(chapter, name, given, evidence)
    versions: list[Version] = [(total, rulebook.grade(total))]
    if name in chapter.adjusted:
        versions.append(chapter.adjusted[name])
    dispute = chapter.appeals.get(name)
    if dispute is None:
        return versions
    before = versions[-1][0]
    if dispute.ended == Fate.ANNULLED:
        return [*versions, (before, None)]
    raised = {who: _raised(rated, dispute.given) if who[0] == SUPERIOR else rated for who, rated in given.items()}
    after = _total(chapter, name, raised, evidence) + before - total
    if raised == given or after < before:
        return versions
    return [*versions, (after, rulebook.grade(after))]


def _raised(rated: Mapping[str, str], again: Mapping[str, str]) -> dict[str, str]:
    """Take what was rated again where it is better: no line ends worse, what would is kept on record alone (E-80)."""
    return {**rated, **{one: said for one, said in again.items() if Fraction(said) > Fraction(rated[one])}}


def _total(chapter: Chapter, name: str, given: Given, evidence: Evidence) -> Fraction:
    someone = chapter.company.called(name)
    exact = rulebook.total(
        chapter.book_of(someone),
        someone.family,
        chapter.targets[name],
        chapter.actuals[name],
        by_days(given, chapter.days.get(name, {})),
    )
    if chapter.year:
        quarters = [one for one in evidence.diary.chapters if one is not chapter and name in one.open]
        final = [expected(one, name, evidence)[-1] for one in quarters]
        exact = rulebook.composed(exact, [total for total, grade in final if grade is not None])
    return rulebook.hundredths(exact)


def by_days(given: Given, days: Mapping[str, int]) -> Given:
    """Blend what two superiors gave, one after the other, by the days for which each led (E-05)."""
    led = {who: rated for (group, who), rated in given.items() if group == SUPERIOR and who in days}
    if len(led) < 2:
        return given
    whole = sum(days[who] for who in led)
    blended = {
        indicator: str(sum(Fraction(rated[indicator]) * days[who] for who, rated in led.items()) / whole)
        for indicator in next(iter(led.values()))
    }
    others = {key: rated for key, rated in given.items() if key[0] != SUPERIOR}
    return {**others, (SUPERIOR, "both"): blended}


def released_at_one_moment(session: Session, evidence: Evidence) -> Iterator[Violation]:
    """All results of a cycle are released at the one moment of its embargo, none before; others an appeal brings."""
    for result in session.scalars(select(Result).where(Result.released_at.is_not(None))):
        chapter, name = evidence.diary.reviews[str(result.review_key)]
        later = name in chapter.appeals and chapter.released_at and result.computed_at > chapter.released_at
        if result.released_at != (result.computed_at if later else chapter.released_at):
            sentence = f"version {result.version} was released at {result.released_at}, not with all others"
            yield Violation(evidence.case(str(result.review_key)), day_of(result.computed_at), sentence)


def _released(versions: Sequence[Result], chapter: Chapter) -> list[Result]:
    """List the versions that were there when the cycle was released."""
    return [one for one in versions if chapter.released_at and one.computed_at <= chapter.released_at]


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
