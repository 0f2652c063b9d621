"""Offers: the rater's side tries to settle before a panel is asked, and no panel ever sees what was offered."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cases import appeals, corrections, representations, statements
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, AppealState, StatementKind, Verdict
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text


def make(session: Session, appeal: Appeal, text: str, given: Mapping[str, str], *, by: Identity) -> None:
    """Offer a settlement as who answers for the rater's side: an explanation, or other ratings than the own.

    Raises:
        Forbidden: `by` does not answer for the rater's side.
        Conflict: the appeal is not admitted, or a panel hears it.
        Invalid: nothing is said, or the ratings do not fit or would make the result worse (E-80).
    """
    intent = Sentence("offer a settlement in appeal {key}", key=appeal.key)
    reviews.expect_person(session, appeal.respondent_key, by, intent)
    appeals.expect_state(appeal, intent, AppealState.ADMITTED)
    expect_text(text, "text", intent)
    review = reviews.found(session, appeal.review_key)
    if given:
        corrections.expect_fit(session, review, corrections.read(session, review, given), intent)
    lines = [{"indicator": name, "rating": rating} for name, rating in given.items()]
    statements.make(session, appeal, StatementKind.OFFER, text, lines, by=by, intent=intent)
    speaker = representations.speaker(session, appeal)
    notices.write(session, speaker.key, "appeal-offer", appeal=str(appeal.key))


def answer(session: Session, appeal: Appeal, *, accepted: bool, text: str, by: Identity) -> bool:
    """Accept or decline an offer, as the appellant; an accepted one settles the appeal. Whether the result changes.

    Raises:
        Forbidden: `by` does not speak for the appellant.
        Conflict: nothing is offered, or a panel hears it.
        Invalid: what was offered would make the result worse by now.
    """
    intent = Sentence("answer the offer in appeal {key}", key=appeal.key)
    representations.expect_speaker(session, appeal, by, intent)
    appeals.expect_state(appeal, intent, AppealState.ADMITTED)
    offer = statements.newest(session, appeal, StatementKind.OFFER)
    if offer is None:
        raise Conflict("Expected to {intent}, but nothing is offered", intent=intent)
    said = f"{'接受 accepted' if accepted else '不接受 declined'} {text}".strip()
    statements.make(session, appeal, StatementKind.ANSWER, said, by=by, intent=intent)
    if not accepted:
        return False
    review = reviews.found(session, appeal.review_key)
    given = {str(line["indicator"]): str(line["rating"]) for line in offer.lines}
    if given:
        corrected = corrections.read(session, review, given)
        corrections.expect_fit(session, review, corrected, intent)
        offerer = people.by_key(session, appeal.respondent_key) if appeal.respondent_key else None
        reason = f"appeal {appeal.key}, settled with {offerer.username if offerer else '-'}: {offer.text}"
        corrections.apply(session, review, corrected, reason=reason, by=by)
        appeal.verdict = Verdict.CORRECTED
    appeals.end(session, appeal, AppealState.SETTLED, offer.text)
    return bool(given)
