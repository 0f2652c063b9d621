"""Awards: named with a concrete case, conferred by HR, and the one list of names that is published (E-94).

A ranking or a grade is never published; an award says what somebody did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.consequences import points, visibility
from engine.reviews.consequences.rules import AwardRule
from engine.reviews.cycle import reviews
from engine.reviews.models import Award, AwardState, Cycle, Person, Review, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.settlements import schemes

SHORTEST = 20
"""How many characters a citation has at least."""

CASE = ("project", "fact", "figure")
"""What a case says (L001-24): where, what was done, and what it changed."""

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Nomination:
    """Who is named for which award of a cycle, for which month, and why; `case` says project, fact and figure."""

    rule_id: str
    period: str
    citation: str
    case: Mapping[str, str]


def rules(session: Session, cycle: Cycle) -> tuple[AwardRule, ...]:
    """List the awards that a cycle has."""
    row = schemes.newest(session, cycle)
    return schemes.read(row.rules).awards if row else ()


def nominate(session: Session, cycle: Cycle, person: Person, said: Nomination, *, by: Identity) -> Award:
    """Name somebody of a cycle for an award, as the superior or HR.

    Raises:
        Forbidden: `by` is neither, or is the person.
        NotFound: the cycle has no such award, or the person has no review in it.
        Conflict: the person is named for it already.
        Invalid: the citation names no concrete case, or the month is none of the cycle.
    """
    intent = Sentence("name {username} for {rule_id}", username=person.username, rule_id=said.rule_id)
    rule = next((one for one in rules(session, cycle) if one.id == said.rule_id), None)
    if rule is None:
        raise NotFound("Expected to {intent}, but cycle {label} has no such award", intent=intent, label=cycle.label)
    _expect_nominator(session, reviews.of_person(session, cycle, person), person, by, intent)
    if problems := [*_problems(cycle, rule, said)]:
        raise Invalid("Expected to {intent}, but something is missing or wrong", problems, intent=intent)
    same = (Award.cycle_key == cycle.key, Award.person_key == person.key, Award.rule_id == rule.id)
    over = select(Award.key).where(*same, Award.period == said.period, Award.state != AwardState.DECLINED)
    if session.scalar(over) is not None:
        raise Conflict(
            "Expected to {intent}, but {username} is named for it already", intent=intent, username=person.username
        )
    award = Award(
        cycle_key=cycle.key,
        person_key=person.key,
        rule_id=rule.id,
        name=rule.name,
        name_en=rule.name_en,
        period=said.period,
        citation=said.citation,
        case={name: said.case[name] for name in CASE},
        points=rule.points,
        nominated_by=by.username,
        nominated_at=clock.now(session),
    )
    session.add(award)
    session.flush()  # points refer to it
    return award


def found(session: Session, key: int, *, by: Identity) -> Award:
    """Find an award.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    award = session.scalar(select(Award).where(Award.key == key, visibility.awards(session, by)))
    if award is None:
        raise NotFound(
            "Expected to find award {key}, but there is none that {username} may know of", key=key, username=by.username
        )
    return award


def decide(session: Session, award: Award, *, conferred: bool, reason: str, by: Identity) -> None:
    """Confer an award, which publishes it and gives its points, or decline it, as HR.

    Raises:
        Forbidden: `by` is not HR, named the person, or is the person.
        Conflict: it is decided.
        Invalid: no reason is given.
    """
    intent = Sentence("decide on award {key}", key=award.key)
    people.expect_role(by, Role.HR, intent)
    person = people.by_key(session, award.person_key)
    if by.username in (award.nominated_by, person.username):
        raise Forbidden(
            "Expected to {intent}, but {username} has a part in it: another decides",
            intent=intent,
            username=by.username,
        )
    if award.state is not AwardState.NOMINATED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=award.state.value)
    expect_text(reason, "reason", intent)
    award.state = AwardState.CONFERRED if conferred else AwardState.DECLINED
    award.reason, award.decided_by, award.decided_at = reason, by.username, clock.now(session)
    if conferred and award.points:
        points.give(session, award, by=by)


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> Sequence[Award]:
    """List the awards of a cycle that somebody may see: the published ones for everybody."""
    seen = select(Award).where(Award.cycle_key == cycle.key, visibility.awards(session, by))
    return session.scalars(seen.order_by(Award.period, Award.key)).all()


def published(session: Session) -> Sequence[Award]:
    """List what is published, the newest first: conferred awards, and nothing else (E-94)."""
    conferred = select(Award).where(Award.state == AwardState.CONFERRED)
    return session.scalars(conferred.order_by(Award.decided_at.desc(), Award.key.desc())).all()


def _expect_nominator(session: Session, review: Review, person: Person, by: Identity, intent: str) -> None:
    if by.username == person.username:
        raise Forbidden("Expected to {intent}, but nobody names oneself", intent=intent)
    superior = people.by_key(session, review.superior_key).username if review.superior_key else ""
    if by.username != superior:
        people.expect_role(by, Role.HR, intent)


def _problems(cycle: Cycle, rule: AwardRule, said: Nomination) -> list[Problem]:
    found_ = []
    if len(said.citation.strip()) < SHORTEST:
        sentence = Sentence("A citation has {count} characters or more", count=SHORTEST)
        found_.append(Problem(sentence, "citation", "short-citation"))
    found_ += [
        Problem(Sentence("It names a concrete case: project, fact and figure"), f"case.{name}", "no-case")
        for name in CASE
        if not said.case.get(name, "").strip()
    ]
    month = _MONTH.fullmatch(said.period)
    inside = month and f"{cycle.starts_on:%Y-%m}" <= said.period <= f"{cycle.ends_on:%Y-%m}"
    if (rule.monthly and not inside) or (not rule.monthly and said.period):
        sentence = Sentence("A monthly award names a month of the cycle, any other none")
        found_.append(Problem(sentence, "period", "wrong-month"))
    return found_
