"""Lodgings: whether an appeal may be lodged, by when, and what becomes of one that came late (E-40)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import definitions, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import ProcessInstance
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cases import windows
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import (
    Appeal,
    AppealDraft,
    AppealState,
    Reopening,
    ReopeningKind,
    Result,
    Review,
    ReviewState,
    Role,
    Verdict,
)
from engine.reviews.organisation import employments, lines, people
from engine.reviews.release import results
from engine.reviews.sentences import Sentence

RELEASED_STATES = (ReviewState.RELEASED, ReviewState.SIGNED, ReviewState.CLOSED)

OPENING = "reviewflow.open-appeal"
"""What the process of an appeal calls first, whatever HR calls the process."""

LODGED = "appeal-lodged"
"""The message, by the review's key, that starts an arbitration."""

SOUGHT = (Verdict.CORRECTED, Verdict.REEVALUATED, Verdict.ANNULLED)
"""What an appellant can ask a panel for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed into an appeal."""

    grounds: str
    items: tuple[str, ...]
    remedy: str
    sought: Verdict = Verdict.CORRECTED


def expect_appealable(session: Session, review: Review, by: Identity, intent: str) -> Result:
    """Let pass only the appraisee of a released result against which no appeal was lodged yet.

    Raises:
        Forbidden: `by` is somebody else.
        Conflict: it is not released, or there was an appeal.
    """
    reviews.expect_person(session, review.appraisee_key, by, intent)
    reviews.expect_state(review, intent, *RELEASED_STATES)
    result = results.expected(session, review)
    if session.scalar(select(Appeal.key).where(Appeal.result_key == result.key)) is not None:
        raise Conflict("Expected to {intent}, but an appeal against this result was lodged already", intent=intent)
    return result


def expect_in_time(session: Session, review: Review, late_reason: str, intent: str) -> datetime | None:
    """Let pass who is in time, or asks to be let in late; give the instant at which the window closed, if it has.

    Raises:
        Conflict: it is late and no reason is given, was decided before, or the window is still to open.
    """
    closed = windows.over_since(session, review)
    if closed is None:
        if windows.is_open(session, review):
            return None
        raise Conflict(
            "Expected to {intent}, but the window is not open: it opens when the result is released", intent=intent
        )
    decided = (AppealState.DECIDED, AppealState.SETTLED)
    before = select(Appeal.key).where(Appeal.review_key == review.key, Appeal.state.in_(decided))
    if session.scalar(before) is not None:
        raise Conflict(
            "Expected to {intent}, but the matter was decided: it is reviewed once, on new evidence", intent=intent
        )
    if not late_reason.strip():
        raise Conflict(
            "Expected to {intent}, but {late}: ask for late admission",
            intent=intent,
            late=late(session, review, closed),
        )
    return closed


def is_late(session: Session, review: Review, *, by: Identity) -> bool:
    """Tell whether somebody can only ask that an appeal against the own result be let in late: there was none yet."""
    own = people.by_key(session, review.appraisee_key).username == by.username
    if not own or review.state not in RELEASED_STATES or windows.over_since(session, review) is None:
        return False
    against = Appeal.result_key == results.expected(session, review).key
    closed = or_(against, Appeal.state.in_((AppealState.DECIDED, AppealState.SETTLED)))
    return session.scalar(select(Appeal.key).where(Appeal.review_key == review.key, closed)) is None


def late(session: Session, review: Review, closed: datetime) -> str:
    """Say to the second when the window closed and what time it is, by the cycle's zone."""
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    instants = (closed, clock.now(session))
    ended, now = (instant.astimezone(zone).isoformat(timespec="seconds") for instant in instants)
    return Sentence("the window closed at {ended}, and it is {now}", ended=ended, now=now)


def expect_complete(session: Session, review: Review, typed: Typed, intent: str) -> None:
    """Let pass only an appeal with grounds and a remedy, about indicators that the open window is for.

    Raises:
        Invalid: something is missing or unknown; each place is named.
    """
    known = {indicator.id for indicator in reviews.template(session, review).indicators}
    texts = {"grounds": typed.grounds, "remedy": typed.remedy}
    problems = [Problem(Sentence("It must not be empty"), name, "empty") for name in texts if not texts[name].strip()]
    problems += [
        Problem(Sentence("It is no indicator"), name, "unknown-indicator") for name in typed.items if name not in known
    ]
    if typed.sought not in SOUGHT:
        problems.append(Problem(Sentence("An appeal does not ask for that"), "sought", "not-sought"))
    if problems := [*problems, *_closed_items(session, review, typed.items)]:
        raise Invalid("Expected to {intent}, but it is not complete", problems, intent=intent)


def respondent(session: Session, review: Review) -> int | None:
    """Name who answers for the rater's side: the superior who rated, else the nearest one there, else HR."""
    today = calendars.today(session)
    above = [person.key for person in lines.superiors_of(session, review.appraisee_key, today)]
    officers = [person.key for person in people.in_role(session, Role.HR)]
    asked = [review.superior_key, review.second_superior_key, *above, *officers]
    there = (
        key
        for key in asked
        if key is not None and key != review.appraisee_key and employments.is_employed(session, key, today)
    )
    return next(there, None)


def request(session: Session, review: Review, appeal: Appeal, by: Identity, intent: str) -> None:
    """Tell the review that it is appealed against, or start an arbitration beside it; keep which process it is.

    Raises:
        Conflict: nobody waits for it.
    """
    alone = appeal.state is AppealState.LATE or appeal.earlier_key is not None
    window = None if alone else windows.of_review(session, review)
    message = _message(session, review, appeal, window.message_name if window else LODGED)
    try:
        messages.correlate(session, message, by=by.trusted())
    except NotFound as nobody:
        raise Conflict("Expected to {intent}, but no arbitration can begin", intent=intent) from nobody
    started = select(ProcessInstance.key, ProcessInstance.definition_key).where(
        ProcessInstance.business_id == str(review.key),
        ProcessInstance.parent_key.is_(None),
        ProcessInstance.key > appeal.key,
    )
    found = session.execute(started.order_by(ProcessInstance.key)).all()
    opening = (key for key, definition in found if OPENING in definitions.net(session, definition).operations)
    appeal.instance_key = next(opening, found[0].key if found else None)


def keep(session: Session, review: Review, typed: Typed, documents: Collection[int], *, by: Identity) -> AppealDraft:
    """Keep what somebody typed into an appeal that came late, in the place of what was kept before.

    Raises:
        Forbidden: `by` is not the appraisee.
    """
    reviews.expect_person(
        session, review.appraisee_key, by, Sentence("keep the draft of an appeal in review {key}", key=review.key)
    )
    discard(session, review)
    draft = AppealDraft(
        review_key=review.key,
        grounds=typed.grounds,
        items=list(typed.items),
        remedy=typed.remedy,
        sought=typed.sought,
        documents=[str(key) for key in documents],
        saved_at=clock.now(session),
    )
    session.add(draft)
    return draft


def draft(session: Session, review: Review) -> AppealDraft | None:
    """Find what was kept of an appeal that came late."""
    return session.scalar(select(AppealDraft).where(AppealDraft.review_key == review.key))


def discard(session: Session, review: Review) -> None:
    """Drop what was kept: it was lodged, or typed anew."""
    if (kept := draft(session, review)) is not None:
        session.delete(kept)
        session.flush()  # another may take its place


def _message(session: Session, review: Review, appeal: Appeal, name: str) -> Publication:
    """Say what is appealed; whoever starts an arbitration says whom it is between too."""
    about: dict[str, object] = {"appeal": str(appeal.key)}
    if name == LODGED:
        sides = {"appraisee": review.appraisee_key, "superior": review.superior_key}
        accounts = {side: people.by_key(session, key).username if key else None for side, key in sides.items()}
        about |= {"review": str(review.key), **accounts}
    return Publication(name, str(review.key), about)


def _closed_items(session: Session, review: Review, items: Collection[str]) -> list[Problem]:
    """Name the items that the open window is not about: one that a correction opens is for what it corrects (E-30)."""
    if (window := windows.of_review(session, review)) is None:
        return []
    opened = select(Reopening).where(Reopening.instance_key == window.instance_key)
    correction = session.scalar(opened.where(Reopening.kind == ReopeningKind.ACTUAL))
    if correction is None:
        return []
    sentence = Sentence("The window is open for what was corrected alone")
    return [Problem(sentence, name, "not-corrected") for name in items if name != correction.change["indicator"]]
