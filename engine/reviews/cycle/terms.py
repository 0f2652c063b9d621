"""Terms: how the papers of a cycle are delivered, signed and appealed against. HR chooses them before the launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import Cycle, CycleState, Proof, Role
from engine.reviews.models import Terms as Row
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence

MOST_DAYS = 60
"""The most working days, or returns, that a term may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a cycle goes by; without a choice of HR's these are its terms.

    Attributes:
        proof: what proves that a result was delivered (E-49).
        service_days: the working days after which HR must serve what is not proven to have come.
        appeal_days: the working days from the proven delivery until the window for an appeal closes.
        returns: how often targets go back to their author before the second level decides on them.
        settlement_days: the working days from the release until an undisputed result is settled (L001-16).
    """

    proof: Proof = Proof.OPENED
    service_days: int = 5
    appeal_days: int = 5
    returns: int = 3
    settlement_days: int = 5


def of_cycle(session: Session, cycle_key: int) -> Terms:
    """Give the terms of a cycle."""
    chosen = select(Row).where(Row.cycle_key == cycle_key).order_by(Row.key.desc()).limit(1)
    row = session.scalar(chosen)
    return Terms() if row is None else Terms(**{field.name: getattr(row, field.name) for field in fields(Terms)})


def read(given: Mapping[str, Any]) -> Terms:
    """Read terms as HR's files write them; what is not said is as it is without a choice.

    Raises:
        Invalid: something is unknown, or of the wrong kind; each place is named.
    """
    known = {field.name for field in fields(Terms)}
    problems = [
        Problem(Sentence("There is nothing called {name}", name=name), f"terms/{name}", "unknown")
        for name in given
        if name not in known
    ]
    problems += [_count_problem(given[name], name) for name in known - {"proof"} if _is_wrong(given.get(name, 1))]
    choices = [proof.value for proof in Proof]
    if given.get("proof", Proof.OPENED) not in choices:
        sentence = Sentence("{value} is none of {choices}", value=given["proof"], choices=", ".join(choices))
        problems.append(Problem(sentence, "terms/proof", "wrong-value"))
    if problems:
        raise Invalid("Expected to read the terms of a cycle, but they are not written as terms are", problems)
    return Terms(**{**given, "proof": Proof(given.get("proof", Proof.OPENED))})


def choose(session: Session, cycle: Cycle, chosen: Terms, *, by: Identity) -> Row:
    """Choose the terms of a cycle that is not launched, as HR; the ones before are kept on record (L002-27).

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the cycle is launched.
        Invalid: a number is not between 1 and 60.
    """
    intent = Sentence("choose the terms of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.state is not CycleState.DRAFT:
        raise Conflict(
            "Expected to {intent}, but it is {state}: its rules are frozen", intent=intent, state=cycle.state.value
        )
    row = Row(cycle_key=cycle.key, **asdict(read(asdict(chosen))), set_by=by.username, set_at=clock.now(session))
    session.add(row)
    session.flush()  # the newest holds
    return row


def _is_wrong(value: object) -> bool:
    return isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS


def _count_problem(value: object, name: str) -> Problem:
    sentence = Sentence("{value} is no whole number from 1 to {most}", value=value, most=MOST_DAYS)
    return Problem(sentence, f"terms/{name}", "wrong-value")
