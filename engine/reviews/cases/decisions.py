"""Decisions: what a panel's votes come to, written with reasons by its chair, served, and never to the worse."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews.cases import appeals, corrections, panels, statements, votes
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, AppealState, Verdict
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.sentences import Sentence, expect_text


def outcome(session: Session, appeal: Appeal) -> Verdict:
    """Name what the votes come to: the majority's verdict, or without one what the burden of proof says.

    Without a majority the result stands (E-71); where the rater's side produced no basis for it, the burden is its own,
    and another rater rates again (E-78).

    Raises:
        Conflict: not all votes are cast.
    """
    burden = Verdict.REEVALUATED if statements.is_silent(session, appeal) else Verdict.UPHELD
    return votes.majority(session, appeal) or burden


def decide(
    session: Session, appeal: Appeal, *, reasons: str, by: Identity, given: Mapping[str, str] | None = None
) -> Verdict:
    """Write the panel's decision with its reasons, as the chair, and serve it.

    Where the panel corrects the result, `given` are its ratings, by indicator, in the place of the superior's, and its
    actual values; the process then computes the next version of the result.

    Raises:
        Forbidden: `by` does not chair the panel.
        Conflict: not all votes are cast, or the appeal is not heard.
        Invalid: no reasons are given; corrections are missing, unfounded, or would make the result worse (E-80).
    """
    intent = Sentence("decide appeal {key}", key=appeal.key)
    appeals.expect_state(appeal, intent, AppealState.HEARD)
    panels.expect_chair(session, appeal, by, intent)
    expect_text(reasons, "reasons", intent)
    verdict = outcome(session, appeal)
    review = reviews.found(session, appeal.review_key)
    corrected = corrections.read(session, review, given or {})
    if verdict is Verdict.CORRECTED:
        corrections.expect_fit(session, review, corrected, intent)
        corrections.apply(session, review, corrected, reason=f"appeal {appeal.key}: {reasons}", by=by)
    elif given:
        problem = Problem(Sentence("The majority does not correct the result"), "corrections", "not-corrected")
        raise Invalid("Expected to {intent}, but its corrections do not fit", [problem], intent=intent)
    appeal.verdict = verdict
    state = AppealState.REEVALUATED if verdict is Verdict.REEVALUATED else AppealState.DECIDED
    appeals.end(session, appeal, state, reasons)
    return verdict


def annul(session: Session, appeal: Appeal, *, by: Identity) -> None:
    """Annul the result of a decided appeal for a breach of procedure.

    Raises:
        Conflict: the panel did not decide so, or it is annulled already.
    """
    if appeal.verdict is not Verdict.ANNULLED:
        raise Conflict("Expected to annul the result of appeal {key}, but its panel did not decide so", key=appeal.key)
    review = reviews.found(session, appeal.review_key)
    chair = panels.chair_of(session, appeal)
    written_by = people.by_key(session, chair.person_key).username if chair else "-"
    results.annul(session, review, reason=f"{results.APPEALED}{appeal.key}: {written_by}: {appeal.reasons}", by=by)
