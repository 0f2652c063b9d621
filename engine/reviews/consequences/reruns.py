"""Reruns: what hung on a version of a result, and what becomes of each when another version takes its place (E-73).

What only computes is computed anew. What no longer follows is withdrawn while nobody has acted on it; where people
have, HR decides. Nothing that was paid is taken back in silence: the difference is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid
from engine.identity import SYSTEM, Identity
from engine.reviews import notices
from engine.reviews.consequences import follow_ups
from engine.reviews.consequences.follow_ups import Match
from engine.reviews.cycle import cycles
from engine.reviews.models import (
    Became,
    Cycle,
    FollowUp,
    FollowUpState,
    Result,
    ResultConsequence,
    Review,
    Role,
    SignOff,
)
from engine.reviews.organisation import people
from engine.reviews.plans import consequences as plans
from engine.reviews.plans import triggers
from engine.reviews.release import results
from engine.reviews.settlements import schemes, sheets, streaks
from engine.reviews.settlements.streaks import Period, Ranks, StreakRule

NOTICE = "result-consequences"
"""The notice to HR."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What became of one thing: its sort, which one, and what was before and is now."""

    what: str
    name: str
    became: Became
    told: str


def rerun(session: Session, review: Review, before: Result, after: Result, *, by: Identity) -> list[ResultConsequence]:
    """Name everything that hung on a version of a result and settle it by the one that took its place.

    Called once, after the new version is graded and released; each consequence is a row, and HR is told of them.
    Where it annuls the result, nothing that a person founded on that holds.
    """
    found = [
        *_answers(session, before),
        *_settlements(session, review, after, by),
        *_streaks(session, review, before),
        *_follow_ups(session, review, after),
        *_plans(session, review, after, by),
        *_longer_periods(session, review, before, after),
    ]
    now = clock.now(session)
    rows = [
        ResultConsequence(
            review_key=review.key,
            before_key=before.key,
            after_key=after.key,
            what=one.what,
            name=one.name,
            became=one.became,
            told=one.told,
            said_by=by.username,
            said_at=now,
        )
        for one in found
    ]
    session.add_all(rows)
    if found:
        _tell(session, review, found)
    return rows


def of_review(session: Session, review: Review) -> list[ResultConsequence]:
    """List what became of what hung on the versions of a review's result, in order."""
    rows = select(ResultConsequence).where(ResultConsequence.review_key == review.key)
    return list(session.scalars(rows.order_by(ResultConsequence.key)))


def _answers(session: Session, before: Result) -> Iterator[Consequence]:
    """The answer was to what was answered, and stays there; a new one is asked for by a reopening alone (E-57)."""
    for answer in session.scalars(select(SignOff).where(SignOff.result_key == before.key)):
        yield Consequence("answer", answer.answer.value, Became.STANDS, f"v{before.version}")


def _settlements(session: Session, review: Review, after: Result, by: Identity) -> Iterator[Consequence]:
    had = {row.line_id: row for row in sheets.of_review(session, review)}
    try:
        written = sheets.settle_again(session, review, after, by=by)
    except Invalid as refusal:
        told = "; ".join(str(problem) for problem in refusal.problems)
        yield Consequence("settlement", ", ".join(had), Became.FOR_HR, told)
        return
    for row in written:
        old = had.get(row.line_id)
        difference = Decimal(row.amount) - Decimal(old.amount if old else 0)
        paid = old is not None and old.payroll_key is not None
        became = Became.CORRECTED if paid and difference else Became.RECOMPUTED if difference else Became.STANDS
        yield Consequence("settlement", row.line_id, became, f"{old.amount if old else '–'} → {row.amount}")


def _streaks(session: Session, review: Review, before: Result) -> Iterator[Consequence]:
    """Compare the streaks of the own cycle and of every later one that counts it, by the grade of before and of now."""
    own = cycles.found(session, review.cycle_key)
    for cycle in _cycles_since(session, review, own):
        row = schemes.newest(session, cycle)
        for rule in schemes.read(row.rules).streaks if row else ():
            now = streaks.of_person(session, review.appraisee_key, cycle.ends_on)
            then = [streaks.as_graded(session, one, before) if one.key == review.key else one for one in now]
            name = f"{cycle.label}: {rule.id}"
            try:
                was, is_now = (_length(session, cycle, rule, periods) for periods in (then, now))
            except Conflict as refusal:  # nobody said yet what the grades of another scale count as
                yield Consequence("streak", name, Became.FOR_HR, str(refusal))
                continue
            if (was >= rule.n) != (is_now >= rule.n):
                became = Became.PROPOSED if is_now >= rule.n else Became.FOR_HR
                yield Consequence("streak", name, became, f"{was} → {is_now} / {rule.n}")


def _follow_ups(session: Session, review: Review, after: Result) -> Iterator[Consequence]:
    """Withdraw what no longer follows and propose what does: by the rules, whoever brought the result about."""
    rows = session.scalars(select(FollowUp).where(FollowUp.review_key == review.key).order_by(FollowUp.key)).all()
    try:
        following = _following(session, review)
    except Conflict as refusal:  # a streak counts a grade of another scale; what was proposed is HR's to look at
        yield from (Consequence("follow-up", row.rule_id, Became.FOR_HR, str(refusal)) for row in rows)
        return
    yield from _proposed(session, rows, following, after)
    # Where nothing was proposed yet, HR has not come to it: proposing begins with HR's own act.
    for one in following.values() if rows else ():
        if follow_ups.propose_one(session, one, by=SYSTEM):
            yield Consequence("follow-up", one.rule.id, Became.PROPOSED, one.grounds)


def _proposed(
    session: Session, rows: Sequence[FollowUp], following: Mapping[str, Match], after: Result
) -> Iterator[Consequence]:
    """Withdraw what no longer follows while nobody has acted on it; what is settled is for HR."""
    for row in rows:
        if row.state in (FollowUpState.WITHDRAWN, FollowUpState.DECLINED) or row.rule_id in following:
            if row.state in follow_ups.UNSETTLED:
                yield Consequence("follow-up", row.rule_id, Became.STANDS, row.state.value)
            continue
        if row.state in follow_ups.UNSETTLED:
            follow_ups.withdraw(session, row, reason=f"{after.reason or after.grade} (v{after.version})", by=SYSTEM)
            yield Consequence("follow-up", row.rule_id, Became.WITHDRAWN, row.grounds)
        elif row.state is FollowUpState.SETTLED:
            yield Consequence("follow-up", row.rule_id, Became.FOR_HR, row.grounds)


def _following(session: Session, review: Review) -> dict[str, Match]:
    """List by rule what follows the result in force, the ability plan included that the trigger of its cycle opens."""
    opened = triggers.ability_of(session, review)
    found = [*follow_ups.of_result(session, review), *([opened] if opened else [])]
    return {one.rule.id: one for one in reversed(found)}


def _plans(session: Session, review: Review, after: Result, by: Identity) -> Iterator[Consequence]:
    """A plan whose every ground is gone is void (E-79); any other goes on."""
    for reaction in plans.result_changed(session, review, by=by, annulled=after.annulled):
        became = Became.WITHDRAWN if reaction.voided else Became.STANDS
        yield Consequence("plan", str(reaction.plan.key), became, str(reaction.reason))


def _longer_periods(session: Session, review: Review, before: Result, after: Result) -> Iterator[Consequence]:
    """A longer period that was composed and released before is corrected by its own reopening (record 0022)."""
    cycle: Cycle | None = cycles.found(session, review.cycle_key)
    while cycle is not None and cycle.parent_key is not None:
        cycle = cycles.found(session, cycle.parent_key)
        above = session.scalar(
            select(Review).where(Review.cycle_key == cycle.key, Review.appraisee_key == review.appraisee_key)
        )
        composed = results.newest(session, above) if above else None
        if composed is not None and composed.computed_at < after.computed_at and before.total != after.total:
            yield Consequence("longer-period", cycle.label, Became.FOR_HR, f"{before.total} → {after.total}")


def _cycles_since(session: Session, review: Review, own: Cycle) -> list[Cycle]:
    mine = select(Review.cycle_key).where(Review.appraisee_key == review.appraisee_key)
    later = select(Cycle).where(Cycle.key.in_(mine), Cycle.ends_on >= own.ends_on, Cycle.released_at.is_not(None))
    return list(session.scalars(later.order_by(Cycle.ends_on, Cycle.key)))


def _length(session: Session, cycle: Cycle, rule: StreakRule, periods: list[Period]) -> int:
    return len(streaks.of_cycle(session, cycle, rule, periods, Ranks(session)))


def _tell(session: Session, review: Review, found: list[Consequence]) -> None:
    """Tell HR what was done and what is theirs to decide; nobody from HR is told of the own result's."""
    for_hr = sum(one.became is Became.FOR_HR for one in found)
    for person in people.in_role(session, Role.HR):
        if person.key != review.appraisee_key:
            notices.write(session, person.key, NOTICE, review=str(review.key), number=len(found), for_hr=for_hr)
