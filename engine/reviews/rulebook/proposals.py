"""Proposals: once a quarter indicators are looked at anew, and what is adopted is a version of the library (L003-23).

No cycle that runs is changed by it: its template took its versions over when it was published (L001-13).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews.models import IndicatorProposal, LibraryEntry, ProposalState, Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import library
from engine.reviews.sentences import Sentence, expect_text

PROCESS = "indicator-review"
"""The process that begins each quarter."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be changed of an indicator, and why."""

    entry_id: str
    reason: str
    changes: str


def propose(session: Session, round_: str, wishes: Sequence[Wish], *, by: Identity) -> list[IndicatorProposal]:
    """Propose changes of indicators in a quarterly review, as HR.

    Raises:
        Forbidden: `by` is not HR.
        Invalid: an indicator is not in the library, a reason is missing, or a change could not be made; each is named.
    """
    intent = Sentence("propose changes of indicators")
    people.expect_role(by, Role.HR, intent)
    problems = [problem for number, wish in enumerate(wishes) for problem in _problems(session, number, wish)]
    if problems:
        raise Invalid("Expected to {intent}, but some are not clear", problems, intent=intent)
    rows = [
        IndicatorProposal(
            round=round_,
            entry_id=wish.entry_id,
            reason=wish.reason,
            changes=wish.changes,
            proposed_by=by.username,
            proposed_at=clock.now(session),
        )
        for wish in wishes
    ]
    session.add_all(rows)
    session.flush()  # they are decided next
    return rows


def of_round(session: Session, round_: str) -> Sequence[IndicatorProposal]:
    """List the proposals of a quarterly review, in the order in which they were made."""
    own = select(IndicatorProposal).where(IndicatorProposal.round == round_)
    return session.scalars(own.order_by(IndicatorProposal.key)).all()


def decide(session: Session, proposal: IndicatorProposal, *, adopted: bool, remark: str, by: Identity) -> None:
    """Decide on a proposal, as HR but not as who made it; what is adopted becomes the library's next version.

    Raises:
        Forbidden: `by` is not HR, or made it.
        Conflict: it is decided.
        Invalid: no reason is given, or the change cannot be made any more.
    """
    intent = Sentence("decide on the proposal for indicator {entry_id}", entry_id=proposal.entry_id)
    people.expect_role(by, Role.HR, intent)
    if proposal.proposed_by == by.username:
        raise Forbidden(
            "Expected to {intent}, but {username} made it: another decides", intent=intent, username=by.username
        )
    if proposal.state is not ProposalState.PROPOSED:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=proposal.state.value)
    expect_text(remark, "remark", intent)
    if adopted:
        proposal.version = _adopt(session, proposal, by).version
    proposal.state = ProposalState.ADOPTED if adopted else ProposalState.DECLINED
    proposal.remark, proposal.decided_by, proposal.decided_at = remark, by.username, clock.now(session)


def _adopt(session: Session, proposal: IndicatorProposal, by: Identity) -> LibraryEntry:
    entry = _entries(session)[proposal.entry_id]
    return library.define(session, proposal.entry_id, {**entry.rules, **tomllib.loads(proposal.changes)}, by=by)


def _entries(session: Session) -> Mapping[str, LibraryEntry]:
    return {entry.entry_id: entry for entry in library.entries(session)}


def _problems(session: Session, number: int, wish: Wish) -> list[Problem]:
    place = f"proposals[{number}]"
    entry = _entries(session).get(wish.entry_id)
    if entry is None:
        sentence = Sentence("The library has no {name}", name=wish.entry_id)
        return [Problem(sentence, f"{place}.indicator", "no-entry")]
    if not wish.reason.strip():
        return [Problem(Sentence("A reason is due"), f"{place}.reason", "missing-reason")]
    return [Problem(one.message, f"{place}.changes", one.code) for one in _misfits(entry.rules, wish.changes)]


def _misfits(rules: Mapping[str, Any], changes: str) -> Sequence[Problem]:
    """Name what forbids a change; a change that says nothing is none."""
    try:
        said = tomllib.loads(changes)
    except tomllib.TOMLDecodeError as error:
        return [Problem(Sentence("It is not written as rules are: {error}", error=error), "changes", "no-toml")]
    if not said:
        return [Problem(Sentence("It changes nothing"), "changes", "no-change")]
    try:
        library.check({**rules, **said})
    except Invalid as refused:
        return refused.problems
    return []
