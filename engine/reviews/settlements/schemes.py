"""Schemes: the lines by which the results of a cycle are paid, as HR and finance write them; each gap is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.consequences import rules as follow_up_rules
from engine.reviews.consequences.rules import AwardRule, Exercise, FollowUpRule, Option
from engine.reviews.files import records
from engine.reviews.models import Cycle, CycleKind, CycleState, FollowUpKind, Role, SettlementScheme
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.rules import Level
from engine.reviews.scores.rankings import Ties
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.settlements.dues import Disputed
from engine.reviews.settlements.lines import GradeShare, Kind, Layer, Line, Release, TeamBonus
from engine.reviews.settlements.streaks import Gap, StreakRule
from engine.reviews.settlements.tiers import Edge, Rise, Spread, Tier, TierTable, tier_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The lines of a cycle, and what results in a row open.

    Attributes:
        disputed: what becomes of a line that an open appeal could change.
        streaks: what is proposed to HR, who decides: nothing follows by itself.
        follow_ups: what follows a result besides money, proposed likewise.
        awards: which awards the cycle has.
    """

    lines: tuple[Line, ...] = ()
    disputed: Disputed = Disputed.HOLD
    streaks: tuple[StreakRule, ...] = ()
    follow_ups: tuple[FollowUpRule, ...] = ()
    awards: tuple[AwardRule, ...] = ()


def read(rules: Mapping[str, Any]) -> Scheme:
    """Read a scheme.

    Raises:
        Invalid: something is missing, unknown, of the wrong kind, or cannot be paid so; each place is named.
    """
    reading = records.Reading(_READERS)
    scheme = reading.record(Scheme, rules, "")
    problems = reading.problems or ([*_problems(scheme)] if scheme else [])
    if problems or scheme is None:
        raise Invalid("Expected to read the settlement scheme, but it is not written as schemes are", problems)
    return scheme


def agree(session: Session, cycle: Cycle, rules: Mapping[str, Any], *, reason: str, by: Identity) -> SettlementScheme:
    """Set the scheme of a cycle, or its next version.

    Raises:
        Forbidden: `by` is neither HR nor finance.
        Conflict: the cycle is closed, or a pilot, which counts nowhere.
        Invalid: it cannot be paid so, names grades that the cycle does not give, pays less for a better one, or no
            reason is given.
    """
    intent = Sentence("set the settlement scheme of cycle {label}", label=cycle.label)
    expect_payer(by, intent)
    if cycle.state is CycleState.CLOSED or cycle.pilot:
        raise Conflict(
            "Expected to {intent}, but it is {state}",
            intent=intent,
            state=Sentence("a pilot") if cycle.pilot else Sentence("closed"),
        )
    expect_text(reason, "reason", intent)
    scheme = read(rules)
    levels = templates.rules(session, cycle.template_key).levels
    if problems := [*_grade_problems(scheme, {name for one in levels for name in (one.id, one.name)})]:
        raise Invalid("Expected to {intent}, but it names grades that are not given", problems, intent=intent)
    kept = _by_id(scheme, levels)
    if problems := [*_falls(kept, [one.id for one in levels])]:
        raise Invalid("Expected to {intent}, but a better grade pays less", problems, intent=intent)
    before = newest(session, cycle)
    row = SettlementScheme(
        cycle_key=cycle.key,
        version=before.version + 1 if before else 1,
        rules=records.write(kept),
        reason=reason,
        set_by=by.username,
        set_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # what it pays refers to it
    return row


def remarks(scheme: Scheme) -> list[Problem]:
    """Name where a scheme takes more than it gives: incentive comes first, deduction second (L003-02)."""
    taking = [line.id for line in scheme.lines if any(grade.coefficient < 1 for grade in line.grades)]
    giving = [line.id for line in scheme.lines if not line.grades or any(one.coefficient > 1 for one in line.grades)]
    if len(taking) <= len(giving):
        return []
    sentence = Sentence("{taking} lines deduct and {giving} award", taking=len(taking), giving=len(giving))
    return [Problem(sentence, ", ".join(taking), "deductions-prevail")]


def newest(session: Session, cycle: Cycle) -> SettlementScheme | None:
    """Find the scheme of a cycle that is in force."""
    rows = select(SettlementScheme).where(SettlementScheme.cycle_key == cycle.key)
    return session.scalar(rows.order_by(SettlementScheme.version.desc()).limit(1))


def expected(session: Session, cycle: Cycle) -> SettlementScheme:
    """Find the scheme of a cycle that is in force.

    Raises:
        NotFound: there is none.
    """
    row = newest(session, cycle)
    if row is None:
        raise NotFound("Expected to find the settlement scheme of cycle {label}, but there is none", label=cycle.label)
    return row


def expect_payer(by: Identity, intent: str) -> None:
    """Refuse whoever has nothing to do with pay.

    Raises:
        Forbidden: `by` is neither HR nor finance.
    """
    if not ({Role.HR, Role.FINANCE} & by.groups or by.operator):
        raise Forbidden(
            "Expected to {intent}, but {username} is neither in hr nor in finance", intent=intent, username=by.username
        )


def _problems(scheme: Scheme) -> Iterator[Problem]:
    if not (scheme.lines or scheme.streaks or scheme.follow_ups or scheme.awards):
        yield Problem(Sentence("There is no line"), "lines", "no-line")
    for name, count in Counter(line.id for line in scheme.lines).items():
        if count > 1:
            yield Problem(Sentence("{name} stands there twice", name=name), f"lines/{name}", "twice")
    for line in scheme.lines:
        yield from _line_problems(line, f"lines/{line.id}")
    for rule in scheme.streaks:
        if rule.n < 1 or not (rule.levels or rule.below is not None or rule.share is not None):
            yield Problem(Sentence("It counts nothing"), f"streaks/{rule.id}", "empty-streak")
        if (rule.share is None) != (rule.ties is None) or rule.ties is Ties.SECOND_KEY:
            sentence = Sentence("What becomes of ties, all or none, is said where a rank decides")
            yield Problem(sentence, f"streaks/{rule.id}", "ties")
    yield from follow_up_rules.problems(scheme.follow_ups, scheme.awards, {rule.id for rule in scheme.streaks})


def _line_problems(line: Line, where: str) -> Iterator[Problem]:
    if (line.kind is Kind.TIERS) != (line.table is not None):
        yield Problem(Sentence("Tiers and a table of them belong together"), where, "table-misplaced")
    if line.kind is Kind.TIERS and not line.target:
        yield Problem(Sentence("Tiers need a target"), where, "no-target")
    if (line.kind is Kind.GRADE) != bool(line.grades):
        yield Problem(Sentence("Coefficients and their grades belong together"), where, "grades-misplaced")
    if line.kind in (Kind.THRESHOLD, Kind.COUNT, Kind.POOL) and not line.share:
        yield Problem(Sentence("It pays nothing"), where, "no-share")
    if (line.kind is Kind.POOL) != bool(line.own_share):
        yield Problem(Sentence("A pool and what is one's own of it belong together"), where, "own-share-misplaced")
    if line.team is not None and line.team.ties is Ties.SECOND_KEY:
        yield Problem(Sentence("There is no second key here: all or none"), f"{where}/team/ties", "ties")
    if line.table is not None:
        yield from tier_problems(line.table, f"{where}/table")


def _by_id(scheme: Scheme, levels: Sequence[Level]) -> Scheme:
    """Name each grade by its id, as results are compared with it, however HR wrote it (X-01)."""
    ids = {one.name: one.id for one in levels}
    lines = [
        replace(line, grades=tuple(replace(one, id=ids.get(one.id, one.id)) for one in line.grades))
        for line in scheme.lines
    ]
    streaks = [replace(rule, levels=tuple(ids.get(one, one) for one in rule.levels)) for rule in scheme.streaks]
    following = [replace(rule, levels=tuple(ids.get(one, one) for one in rule.levels)) for rule in scheme.follow_ups]
    return replace(scheme, lines=tuple(lines), streaks=tuple(streaks), follow_ups=tuple(following))


def _grade_problems(scheme: Scheme, levels: set[str]) -> Iterator[Problem]:
    named = [(f"lines/{line.id}", one.id) for line in scheme.lines for one in line.grades]
    named += [(f"streaks/{rule.id}", level) for rule in scheme.streaks for level in rule.levels]
    named += [(f"follow_ups/{rule.id}", level) for rule in scheme.follow_ups for level in rule.levels]
    for where, level in named:
        if levels and level not in levels:
            yield Problem(Sentence("{grade} is no grade of this cycle", grade=level), where, "unknown-grade")


def _falls(scheme: Scheme, levels: Sequence[str]) -> Iterator[Problem]:
    """Name lines by which a better grade pays less, listed or not: nobody loses by an appeal (E-80)."""
    for line in scheme.lines:
        shares = {one.id: one.coefficient for one in line.grades}
        ranked = [(level, shares.get(level, Fraction(1))) for level in levels]
        for (better, most), (worse, least) in pairwise(ranked):
            if most < least:
                sentence = Sentence("{better} pays less than {worse}", better=better, worse=worse)
                yield Problem(sentence, f"lines/{line.id}", "grades-fall")


_READERS = {
    **records.PLAIN,
    "Disputed": records.one_of(Disputed),
    "Layer": records.one_of(Layer),
    "Kind": records.one_of(Kind),
    "Spread": records.one_of(Spread),
    "Rise": records.one_of(Rise),
    "Edge": records.one_of(Edge),
    "TierTable | None": records.optional(records.one(TierTable)),
    "Release | None": records.optional(records.one(Release)),
    "TeamBonus | None": records.optional(records.one(TeamBonus)),
    "Ties": records.one_of(Ties),
    "tuple[Tier, ...]": records.several(Tier),
    "tuple[GradeShare, ...]": records.several(GradeShare),
    "tuple[Line, ...]": records.several(Line),
    "CycleKind": records.one_of(CycleKind),
    "Gap": records.one_of(Gap),
    "tuple[StreakRule, ...]": records.several(StreakRule),
    "FollowUpKind": records.one_of(FollowUpKind),
    "Ties | None": records.optional(records.one_of(Ties)),
    "tuple[Option, ...]": records.several(Option),
    "tuple[Exercise, ...]": records.several(Exercise),
    "tuple[FollowUpRule, ...]": records.several(FollowUpRule),
    "tuple[AwardRule, ...]": records.several(AwardRule),
}
