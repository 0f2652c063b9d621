"""Corrections of a result: other ratings in the place of the superior's, other values; no total and no line falls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Result, Review
from engine.reviews.rating import ratings
from engine.reviews.release import results
from engine.reviews.rulebook import templates
from engine.reviews.scores import actuals, figures, scorecards
from engine.reviews.scores.actuals import Value
from engine.reviews.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Corrected:
    """What is corrected: ratings by indicator, actual values by indicator and period."""

    ratings: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, *names: str) -> Corrected:
        """Choose what is corrected of certain indicators."""
        ratings_ = {name: rating for name, rating in self.ratings.items() if name in names}
        return Corrected(ratings_, {at: value for at, value in self.values.items() if at[0] in names})


def read(session: Session, review: Review, given: Mapping[str, str]) -> Corrected:
    """Sort corrections by what they correct; a value of a period is named `indicator/2025-07`."""
    measured = {one.id for one in reviews.template(session, review).measured}
    split = {name: tuple(name.partition("/")[::2]) for name in given}
    values = {(at[0], at[1]): given[name] for name, at in split.items() if at[0] in measured}
    return Corrected({name: text for name, text in given.items() if split[name][0] not in measured}, values)


def problems(session: Session, review: Review, corrected: Corrected) -> list[Problem]:
    """Name what is wrong with corrections: none at all is wrong, and what makes the result worse (E-80)."""
    found = ratings.correction_problems(session, review, corrected.ratings)
    found += _value_problems(session, review, corrected)
    if found:
        return found
    if not ratings.changed(session, review, corrected.ratings) and not _changed(session, review, corrected):
        return [Problem(Sentence("No rating is corrected"), "corrections", "no-corrections")]
    before, total = Decimal(results.expected(session, review).total), total_with(session, review, corrected)
    if total < before:
        sentence = Sentence("The total would fall from {before} to {total}", before=before, total=total)
        return [Problem(sentence, "corrections", "worse")]
    sentence = Sentence("It would lower the score of this line, whatever is gained elsewhere")
    return [Problem(sentence, name, "worse-line") for name in worsened(session, review, corrected)]


def worsened(session: Session, review: Review, corrected: Corrected) -> list[str]:
    """Name the indicators whose own corrections would lower the total if nothing else were corrected (E-80)."""
    before = Decimal(results.expected(session, review).total)
    names = dict.fromkeys([*corrected.ratings, *(name for name, _ in corrected.values)])
    return [name for name in names if total_with(session, review, corrected.of(name)) < before]


def kept_grade(session: Session, review: Review, grade: str) -> str:
    """Choose the better of the grade that is found for a corrected total and the one in force before.

    A calibration may have given a better one than the table does: no appeal takes it away (E-80).
    """
    newest = results.expected(session, review)
    earlier = (Result.review_key == review.key, Result.version < newest.version)
    before = session.scalar(select(Result.grade).where(*earlier).order_by(Result.version.desc()).limit(1))
    levels = templates.rules(session, newest.template_key).levels
    ranks = {name: rank for rank, level in enumerate(levels) for name in (level.id, level.name)}
    if before is None or before not in ranks or grade not in ranks:
        return grade
    return before if ranks[before] < ranks[grade] else grade


def total_with(session: Session, review: Review, corrected: Corrected) -> Decimal:
    """Compute the total that corrections would give, with what a calibration adjusted."""
    in_force = results.expected(session, review)
    computed = scorecards.compute(session, review, corrected.ratings, corrected.values)
    return Decimal(figures.adjusted(computed.total, {}, figures.adjustment_of(in_force.figures))[0])


def apply(session: Session, review: Review, corrected: Corrected, *, reason: str, by: Identity) -> None:
    """Give what is corrected another version each; the ones before are kept, and the process computes the total."""
    ratings.correct(session, review, corrected.ratings, reason=reason, by=by)
    for entry in _changed(session, review, corrected, reason=reason):
        actuals.correct(session, review, entry, author=by.username, by=by)


def expect_fit(session: Session, review: Review, corrected: Corrected, intent: str) -> None:
    """Let pass only corrections that can be made and do not make the result worse.

    Raises:
        Invalid: they do not fit; each place is named.
    """
    if found := problems(session, review, corrected):
        raise Invalid("Expected to {intent}, but its corrections do not fit", found, intent=intent)


def _value_problems(session: Session, review: Review, corrected: Corrected) -> list[Problem]:
    there = actuals.newest(session, review)
    found = []
    for (name, period), value in corrected.values.items():
        if (name, period) not in there:
            found.append(Problem(Sentence("There is no value to correct"), name, "no-value"))
            continue
        entry = _entry(name, period, value, source=there[name, period].source, reason="correction")
        found += [Problem(one.message, name, one.code) for one in actuals.entry_problems(session, review, entry)]
    return found


def _changed(session: Session, review: Review, corrected: Corrected, *, reason: str = "") -> list[Value]:
    """List the entries that differ from what is there."""
    return list(_entries(session, review, corrected, reason))


def _entries(session: Session, review: Review, corrected: Corrected, reason: str) -> Iterator[Value]:
    there = actuals.newest(session, review)
    for (name, period), value in corrected.values.items():
        if there[name, period].value != value:
            yield _entry(name, period, value, source=there[name, period].source, reason=reason)


def _entry(name: str, period: str, value: str, *, source: str, reason: str) -> Value:
    return Value(name, value, "", source, reason, period)
