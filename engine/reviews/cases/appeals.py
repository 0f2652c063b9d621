"""Appeals: lodged by the appraisee, looked at by HR, taken back, and ended; panels decide them (`decisions`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import messages
from engine.bpmn.messages import Publication
from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import SYSTEM, Identity
from engine.reviews import access, notices
from engine.reviews.cases import evidence, joinders, lodgings, panels, representations
from engine.reviews.cycle import reviews
from engine.reviews.models import PENDING, Appeal, AppealState, Review, Verdict
from engine.reviews.panels import draws
from engine.reviews.plans import consequences
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import deliveries

ENDED = "appeal-ended"
"""The message, by the appeal's key, that ends its process before a panel decides."""


def lodge(
    session: Session,
    review: Review,
    *,
    grounds: str,
    items: Sequence[str],
    remedy: str,
    by: Identity,
    documents: Collection[int] = (),
    sought: Verdict = Verdict.CORRECTED,
    late_reason: str = "",
) -> Appeal:
    """Appeal against the own result, however it was signed (X-07), with documents if any; its process starts at once.

    Where the window has closed, `late_reason` asks HR to let the appeal in nevertheless (E-40); where it has not, it
    is not needed and says nothing.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: the result is not released, an appeal against it was lodged already, or the window is not open.
        Invalid: grounds or remedy are empty, an item is no indicator, nothing is sought that a panel can decide, or a
            document is none that one can hand in.
    """
    intent = Sentence("lodge an appeal in review {key}", key=review.key)
    result = lodgings.expect_appealable(session, review, by, intent)
    closed = lodgings.expect_in_time(session, review, late_reason, intent)
    typed = lodgings.Typed(grounds=grounds, items=tuple(items), remedy=remedy, sought=sought)
    lodgings.expect_complete(session, review, typed, intent)
    appeal = Appeal(
        review_key=review.key,
        result_key=result.key,
        items=list(items),
        lodged_by=by.username,
        lodged_at=clock.now(session),
        grounds=grounds,
        remedy=remedy,
        sought=sought,
        late_reason=late_reason if closed else "",
        state=AppealState.LATE if closed else AppealState.LODGED,
        respondent_key=lodgings.respondent(session, review),
    )
    session.add(appeal)
    session.flush()  # its process and its evidence refer to it
    lodgings.request(session, review, appeal, by, intent)
    evidence.attach_to_appeal(session, appeal, documents, by=by)
    lodgings.discard(session, review)
    return appeal


def found(session: Session, key: int) -> Appeal:
    """Find an appeal by key.

    Raises:
        NotFound: there is none.
    """
    appeal = session.get(Appeal, key)
    if appeal is None:
        raise NotFound("Expected to find appeal {key}, but there is none", key=key)
    return appeal


def known(session: Session, key: int, *, by: Identity) -> Appeal:
    """Find an appeal that somebody may know of.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    appeal = session.scalar(select(Appeal).where(Appeal.key == key, access.appeals(session, by)))
    if appeal is None:
        raise NotFound(
            "Expected to find appeal {key}, but there is none that {username} may know of",
            key=key,
            username=by.username,
        )
    return appeal


def visible(session: Session, *, by: Identity) -> Sequence[Appeal]:
    """List the appeals that somebody may know of, the newest first."""
    return session.scalars(select(Appeal).where(access.appeals(session, by)).order_by(Appeal.key.desc())).all()


def admit_late(session: Session, appeal: Appeal, *, reasons: str, by: Identity) -> None:
    """Let an appeal in although it came late, as HR, with reasons; whether it is admissible is looked at next.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it was not late, or that is decided.
        Invalid: no reasons are given.
    """
    intent = Sentence("let late appeal {key} in", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LATE)
    expect_text(reasons, "reason", intent)
    appeal.state = AppealState.LODGED
    _tell(session, appeal, "appeal-let-in", reasons=reasons)


def admit(appeal: Appeal, *, by: Identity) -> None:
    """Find an appeal admissible, as HR: a panel will hear it.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is admitted or over.
    """
    intent = Sentence("admit appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LODGED)
    appeal.state = AppealState.ADMITTED


def give_back(session: Session, appeal: Appeal, *, defects: str, by: Identity) -> None:
    """Name what an appeal is missing, as HR, and let the appellant mend it, once.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is admitted or over, or was given back before.
        Invalid: nothing is named.
    """
    intent = Sentence("give appeal {key} back", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LODGED)
    if appeal.defects:
        raise Conflict("Expected to {intent}, but it was given back once: admit or reject it", intent=intent)
    expect_text(defects, "reason", intent)
    appeal.state, appeal.defects = AppealState.RETURNED, defects
    _tell(session, appeal, "appeal-returned", reasons=defects)


def take_up(appeal: Appeal) -> None:
    """Let HR look again at an appeal that was given back, whether or not it was mended in time.

    Raises:
        Conflict: it was not given back, or is over.
    """
    expect_state(appeal, Sentence("take appeal {key} up again", key=appeal.key), AppealState.RETURNED)
    appeal.state = AppealState.LODGED


def reject(session: Session, appeal: Appeal, *, reasons: str, by: Identity) -> None:
    """Find an appeal inadmissible, or too late, as HR, with reasons.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is admitted or over.
        Invalid: no reasons are given.
    """
    intent = Sentence("reject appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LATE, AppealState.LODGED)
    expect_text(reasons, "reason", intent)
    end(session, appeal, AppealState.REJECTED, reasons)


def withdraw(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Take an appeal back, as the appellant or who speaks for the appellant; its process ends.

    Raises:
        Forbidden: `by` did not lodge it.
        Conflict: it is over.
    """
    intent = Sentence("withdraw appeal {key}", key=appeal.key)
    if by.username not in (appeal.lodged_by, representations.speaker(session, appeal).username):
        raise Forbidden("Expected to {intent}, but {username} did not lodge it", intent=intent, username=by.username)
    expect_state(appeal, intent, AppealState.LATE, *PENDING)
    _stop(session, appeal, AppealState.WITHDRAWN, "", by)


def lapse(session: Session, appeal: Appeal, *, reasons: str, by: Identity) -> None:
    """Close an appeal that nobody is left to pursue, as HR, with reasons (E-77); the result stands.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: it is over.
        Invalid: no reasons are given.
    """
    intent = Sentence("close appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    expect_state(appeal, intent, AppealState.LATE, *PENDING)
    expect_text(reasons, "reason", intent)
    _stop(session, appeal, AppealState.LAPSED, reasons, by)


def close_unheard(session: Session, appeal: Appeal) -> None:
    """Close an appeal that no panel can hear, with the reason that HR gave; the result stands (E-67).

    Raises:
        Conflict: it is neither admitted nor heard.
    """
    expect_state(appeal, Sentence("close appeal {key}", key=appeal.key), AppealState.ADMITTED, AppealState.HEARD)
    lots = draws.in_force(session, appeal)
    end(session, appeal, AppealState.LAPSED, lots.given_up if lots else "")


def end(session: Session, appeal: Appeal, state: AppealState, reasons: str) -> None:
    """End an appeal and serve what was decided to whoever speaks for the appellant; the rater's side is told too."""
    known_to_both = appeal.state in (AppealState.ADMITTED, AppealState.HEARD)
    appeal.state = state
    appeal.reasons = reasons
    appeal.ended_at = clock.now(session)
    if state is not AppealState.WITHDRAWN:
        speaker = representations.speaker(session, appeal)
        deliveries.send(session, reviews.found(session, appeal.review_key), to=speaker, appeal_key=appeal.key)
    verdict = appeal.verdict.value if appeal.verdict else ""
    decided = AppealState.DECIDED if state is AppealState.REEVALUATED else state
    _tell(session, appeal, f"appeal-{decided.value}", verdict=verdict, reasons=reasons)
    if known_to_both and appeal.respondent_key is not None:
        notices.write(session, appeal.respondent_key, "appeal-over", appeal=str(appeal.key), verdict=verdict)
    joinders.release(session, appeal)
    if state is not AppealState.REEVALUATED:
        let_go(session, appeal)


def let_go(session: Session, appeal: Appeal) -> None:
    """Let go on what an appeal that is over has held back: the exit of an improvement plan (E-79)."""
    consequences.appeal_ended(session, appeal, by=SYSTEM)


def expect_state(appeal: Appeal, intent: str, *states: AppealState) -> None:
    """Let pass only an appeal in one of `states`.

    Raises:
        Conflict: it is in another.
    """
    if appeal.state not in states:
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)


def _stop(session: Session, appeal: Appeal, state: AppealState, reasons: str, by: Identity) -> None:
    end(session, appeal, state, reasons)
    session.flush()  # the process that ends reads it
    messages.publish(session, Publication(ENDED, str(appeal.key)), by=by.trusted())


def _tell(session: Session, appeal: Appeal, kind: str, **details: str) -> None:
    speaker = representations.speaker(session, appeal)
    notices.write(session, speaker.key, kind, appeal=str(appeal.key), **details)
