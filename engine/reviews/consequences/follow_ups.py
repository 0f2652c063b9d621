"""Follow-ups: what a cycle's rules propose because of a result, confirmed by HR, taken up by whom it is for.

Nothing follows by itself: HR decides with a reason, and a choice or an application is the appraisee's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import instances, messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import SYSTEM, Identity
from engine.reviews.consequences import visibility
from engine.reviews.consequences.rules import FollowUpRule
from engine.reviews.cycle import cycles, reviews
from engine.reviews.deadlines import timing
from engine.reviews.files import records
from engine.reviews.models import Cycle, FollowUp, FollowUpKind, FollowUpState, Result, Review, Role
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.reports import sheets
from engine.reviews.scores.breakdowns import exact
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.settlements import schemes, streaks
from engine.reviews.settlements.schemes import Scheme
from engine.reviews.settlements.streaks import Ranks, StreakRule

PROCESS = "follow-up"
"""The process that a follow-up runs."""

WITHDRAWN = "follow-up-withdrawn"
"""The message that ends it, by the key of the follow-up."""

KEPT = timedelta(days=1)

UNSETTLED = (FollowUpState.PROPOSED, FollowUpState.OPEN, FollowUpState.APPLIED)


@dataclass(frozen=True, slots=True)
class Match:
    """That a rule follows a result, and why."""

    review: Review
    result: Result
    rule: FollowUpRule
    grounds: str


def matches(session: Session, cycle: Cycle) -> list[Match]:
    """List what the rules of a cycle say follows its released results, as they are in force."""
    row = schemes.newest(session, cycle)
    if row is None:
        return []
    scheme, ranks = schemes.read(row.rules), Ranks(session)
    return [one for review in cycles.reviews_of(session, cycle) for one in _matches(session, review, scheme, ranks)]


def of_result(session: Session, review: Review) -> list[Match]:
    """List what the rules of its cycle say follows the result of one review."""
    row = schemes.newest(session, cycles.found(session, review.cycle_key))
    return [] if row is None else list(_matches(session, review, schemes.read(row.rules), Ranks(session)))


def propose(session: Session, cycle: Cycle, *, by: Identity) -> list[FollowUp]:
    """Propose what follows the results of a cycle and is not proposed yet; each asks HR first.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: the results are not released, or the cycle is a pilot, which counts nowhere.
    """
    intent = Sentence("propose what follows the results of cycle {label}", label=cycle.label)
    people.expect_role(by, Role.HR, intent)
    if cycle.released_at is None or cycle.pilot:
        reason = Sentence("it is a pilot") if cycle.pilot else Sentence("its results are not released")
        raise Conflict("Expected to {intent}, but {reason}", intent=intent, reason=reason)
    return [made for match in matches(session, cycle) if (made := propose_one(session, match, by=by))]


def propose_one(session: Session, match: Match, *, by: Identity) -> FollowUp | None:
    """Propose one thing; None where it has been proposed for this review already and was not withdrawn."""
    before = select(FollowUp.key).where(
        FollowUp.review_key == match.review.key,
        FollowUp.rule_id == match.rule.id,
        FollowUp.state != FollowUpState.WITHDRAWN,
    )
    if session.scalar(before.limit(1)) is not None:
        return None
    row = FollowUp(
        review_key=match.review.key,
        result_key=match.result.key,
        rule_id=match.rule.id,
        kind=match.rule.kind,
        rule=records.write(match.rule),
        grounds=match.grounds,
        proposed_by=by.username,
        proposed_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # its process refers to it
    _begin(session, row, match.review, by)
    return row


def found(session: Session, key: int) -> FollowUp:
    """Find a follow-up by key.

    Raises:
        NotFound: there is none.
    """
    row = session.get(FollowUp, key)
    if row is None:
        raise NotFound("Expected to find follow-up {key}, but there is none", key=key)
    return row


def seen(session: Session, key: int, *, by: Identity) -> FollowUp:
    """Find a follow-up that somebody may know of.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    row = session.scalar(select(FollowUp).where(FollowUp.key == key, visibility.follow_ups(session, by)))
    if row is None:
        raise NotFound(
            "Expected to find follow-up {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return row


def of_cycle(session: Session, cycle: Cycle, *, by: Identity) -> Sequence[FollowUp]:
    """List the follow-ups of a cycle that somebody may know of, in the order in which they were proposed."""
    rows = (
        select(FollowUp)
        .join(Review, Review.key == FollowUp.review_key)
        .where(Review.cycle_key == cycle.key, visibility.follow_ups(session, by))
    )
    return session.scalars(rows.order_by(FollowUp.key)).all()


def decide(session: Session, row: FollowUp, *, confirmed: bool, reason: str, by: Identity) -> None:
    """Confirm that it follows, or decide otherwise, as HR; nobody decides on the own result's.

    Raises:
        Forbidden: `by` is not HR, or it is the own.
        Conflict: it is decided.
        Invalid: no reason is given.
    """
    intent = Sentence("decide on follow-up {key}", key=row.key)
    _expect_office(session, row, by, intent)
    _expect_state(row, intent, FollowUpState.PROPOSED)
    expect_text(reason, "reason", intent)
    row.state = FollowUpState.OPEN if confirmed else FollowUpState.DECLINED
    _note(session, row, reason, by)


def choose(session: Session, row: FollowUp, option: str, *, motive: str = "", by: Identity) -> None:
    """Choose one of the options, as the appraisee (L001-30).

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: nothing is to be chosen.
        Invalid: it is none of the options.
    """
    intent = Sentence("choose in follow-up {key}", key=row.key)
    _expect_appraisee(session, row, by, intent)
    _expect_kind(row, intent, FollowUpKind.CHOICE)
    _expect_state(row, intent, FollowUpState.OPEN)
    if option not in {one["id"] for one in row.rule["options"]}:
        problem = Problem(Sentence("{option} is not offered", option=option), "choice", "unknown-option")
        raise Invalid("Expected to {intent}, but that is not offered", [problem], intent=intent)
    row.choice, row.motive, row.answered_at = option, motive, clock.now(session)
    row.state = FollowUpState.SETTLED


def apply(session: Session, row: FollowUp, *, motive: str, by: Identity) -> None:
    """Apply for what is offered, as the appraisee (L001-20).

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: nothing is offered.
        Invalid: no reason is given.
    """
    intent = Sentence("apply in follow-up {key}", key=row.key)
    _expect_appraisee(session, row, by, intent)
    _expect_kind(row, intent, FollowUpKind.OFFER)
    _expect_state(row, intent, FollowUpState.OPEN)
    expect_text(motive, "motive", intent)
    row.motive, row.answered_at = motive, clock.now(session)
    row.state = FollowUpState.APPLIED


def judge(session: Session, row: FollowUp, *, approved: bool, reason: str, by: Identity) -> None:
    """Decide on an application, as HR.

    Raises:
        Forbidden: `by` is not HR, or it is the own.
        Conflict: nobody has applied.
        Invalid: no reason is given.
    """
    intent = Sentence("decide on the application in follow-up {key}", key=row.key)
    _expect_office(session, row, by, intent)
    _expect_state(row, intent, FollowUpState.APPLIED)
    expect_text(reason, "reason", intent)
    row.state = FollowUpState.SETTLED if approved else FollowUpState.REFUSED
    _note(session, row, reason, by)


def grant(session: Session, row: FollowUp, *, what: str, by: Identity) -> None:
    """Say what was granted, and from when on, as HR.

    Raises:
        Forbidden: `by` is not HR, or it is the own.
        Conflict: nothing is to be granted.
        Invalid: nothing is said.
    """
    intent = Sentence("grant follow-up {key}", key=row.key)
    _expect_office(session, row, by, intent)
    _expect_kind(row, intent, FollowUpKind.GRANT)
    _expect_state(row, intent, FollowUpState.OPEN)
    expect_text(what, "what", intent)
    row.state = FollowUpState.SETTLED
    _note(session, row, what, by)


def settle(row: FollowUp) -> None:
    """Note that what was to be done is done.

    Raises:
        Conflict: it is not open.
    """
    _expect_state(row, Sentence("settle follow-up {key}", key=row.key), FollowUpState.OPEN)
    row.state = FollowUpState.SETTLED


def lapse(row: FollowUp) -> None:
    """Note that the appraisee did not take it up in time: no other consequence.

    Raises:
        Conflict: it is not open.
    """
    _expect_state(row, Sentence("let follow-up {key} lapse", key=row.key), FollowUpState.OPEN)
    row.state = FollowUpState.LAPSED


def withdraw(session: Session, row: FollowUp, *, reason: str, by: Identity) -> None:
    """Take back what no longer follows; its process ends by a message.

    Raises:
        Conflict: it is settled, or over in another way.
    """
    _expect_state(row, Sentence("withdraw follow-up {key}", key=row.key), *UNSETTLED)
    row.state = FollowUpState.WITHDRAWN
    _note(session, row, reason, by)
    messages.publish(session, Publication(WITHDRAWN, str(row.key), time_to_live=KEPT), by=SYSTEM)


def _matches(session: Session, review: Review, scheme: Scheme, ranks: Ranks) -> Iterator[Match]:
    result = results.newest(session, review)
    if result is None or result.released_at is None or result.grade is None:
        return
    cycle = cycles.found(session, review.cycle_key)
    level = results.level_id(session, result)
    rows = {rule.id: rule for rule in scheme.streaks}
    standing = {rule.id: periods for rule, periods in streaks.reached(session, cycle, review, scheme.streaks, ranks)}
    for rule in scheme.follow_ups:
        grounds = ""
        if level in rule.levels:
            grounds = f"{cycle.label}: {result.grade}"
        elif rule.first and ranks.is_first(review.key, rule.first, rule.ties):
            grounds = f"{cycle.label}：前 {rule.first} 名 Among the first {rule.first} of {cycle.label}"
        elif rule.streak in standing:
            grounds = _in_a_row(rows[rule.streak], len(standing[rule.streak]))
        elif rule.below is not None:
            grounds = "、".join(_weak(session, review, rule.below))
        if grounds:
            yield Match(review, result, rule, grounds)


def _in_a_row(rule: StreakRule, count: int) -> str:
    """Say in both languages, the Chinese first, as names are written, how often the same came in a row."""
    english = f"{rule.name_en}: " if rule.name_en else ""
    return f"{rule.name}：连续 {count} 期 {english}{count} in a row"


def _weak(session: Session, review: Review, below: Fraction) -> Iterator[str]:
    """Name the indicators whose score is less than a share of their weight, in per cent, with that share (L003-20)."""
    for part in sheets.of_review(session, review, by=SYSTEM).sections:
        for line in part.lines:
            if line.figure is None or part.group is not None:
                continue
            share = exact(line.figure) * 100 / Fraction(line.weight)
            if share < below:
                yield f"{line.name} {plain(Fraction(round(share)))}%"


def _begin(session: Session, row: FollowUp, review: Review, by: Identity) -> None:
    cycle = cycles.found(session, review.cycle_key)
    superior = people.by_key(session, review.superior_key).username if review.superior_key else None
    variables: dict[str, Any] = {
        "review": str(review.key),
        "followUp": str(row.key),
        "kind": row.kind.value,
        "appraisee": people.by_key(session, review.appraisee_key).username,
        "superior": superior,
        **timing.variables(cycle),
    }
    instance = instances.start(
        session, process_id=PROCESS, variables=variables, by=by.trusted(), origin=timing.origin(cycle, review.key)
    )
    row.instance_key = instance.key


def _note(session: Session, row: FollowUp, reason: str, by: Identity) -> None:
    row.reason, row.decided_by, row.decided_at = reason, by.username, clock.now(session)


def _expect_office(session: Session, row: FollowUp, by: Identity, intent: str) -> None:
    people.expect_role(by, Role.HR, intent)
    if people.by_key(session, reviews.found(session, row.review_key).appraisee_key).username == by.username:
        raise Forbidden(
            "Expected to {intent}, but {username} decides nothing about the own result",
            intent=intent,
            username=by.username,
        )


def _expect_appraisee(session: Session, row: FollowUp, by: Identity, intent: str) -> None:
    reviews.expect_person(session, reviews.found(session, row.review_key).appraisee_key, by, intent)


def _expect_kind(row: FollowUp, intent: str, kind: FollowUpKind) -> None:
    if row.kind is not kind:
        raise Conflict("Expected to {intent}, but it is a {kind}", intent=intent, kind=row.kind.value)


def _expect_state(row: FollowUp, intent: Sentence, *states: FollowUpState) -> None:
    if row.state not in states:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=row.state.value)
