"""Re-evaluations: another rater rates what was in dispute, where a panel decides so; the result never falls by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn import tasks
from engine.errors import Conflict, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cases import appeals, corrections, panels, proceedings, representations, statements
from engine.reviews.cases.corrections import Corrected
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, AppealState, Person, Review, StatementKind
from engine.reviews.organisation import employments, people
from engine.reviews.panels import recusals
from engine.reviews.rating import raters, ratings
from engine.reviews.release import results
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.sentences import Sentence

RATING = frozenset({"reviewflow.rate-again"})
"""What hears the task of who rates again."""


def candidates(session: Session, appeal: Appeal) -> Sequence[Person]:
    """List who may rate again: everybody employed who had no part in the review, the panel, or the appeal."""
    out = {
        *recusals.of_appeal(session, appeal),
        *(member.person_key for member in panels.of_appeal(session, appeal)),
        representations.speaker(session, appeal).key,
        appeal.respondent_key,
    }
    there = employments.employed_on(calendars.today(session))
    others = select(Person).where(there, Person.key.not_in([key for key in out if key is not None]))
    return session.scalars(others.order_by(Person.employee_id)).all()


def name(session: Session, appeal: Appeal, person: Person, *, by: Identity) -> None:
    """Name who rates again, as HR.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: the panel did not decide that somebody rates again.
        Invalid: the person had a part before.
    """
    intent = Sentence("name who rates again in appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    appeals.expect_state(appeal, intent, AppealState.REEVALUATED)
    if person not in candidates(session, appeal):
        sentence = Sentence("{name} had a part in this review or appeal, or has left", name=person.name)
        raise Invalid("Expected to {intent}, but not this one", [Problem(sentence, "rater", "excluded")], intent=intent)
    appeal.new_rater_key = person.key
    notices.write(session, person.key, "rating-again", appeal=str(appeal.key), review=str(appeal.review_key))


def replace(session: Session, appeal: Appeal, person: Person, *, by: Identity) -> None:
    """Name another, as HR, than the one who was named and cannot rate: the open task goes over.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: nobody is named yet, or it is rated again already.
        Invalid: the person had a part before.
    """
    if appeal.new_rater_key is None:
        raise Conflict("Expected to name another who rates again in appeal {key}, but nobody is named", key=appeal.key)
    before = people.by_key(session, appeal.new_rater_key)
    name(session, appeal, person, by=by)
    for task in proceedings.open_tasks(session, appeal, before.username):
        if proceedings.is_heard_by(session, task, RATING):
            tasks.assign(session, task.key, person.username, by=by.trusted())


def indicators(session: Session, appeal: Appeal) -> list[Indicator]:
    """List what is rated again: of the indicators in dispute those that the superior rates, else all of these."""
    review = reviews.found(session, appeal.review_key)
    rated = reviews.template(session, review).rated_by(raters.SUPERIOR)
    disputed = statements.disputed(session, appeal)
    return [one for one in rated if one.id in disputed] or rated


def rate(session: Session, appeal: Appeal, given: Mapping[str, str], *, text: str, by: Identity) -> bool:
    """Rate again as the one who was named; whether the result changes: no line of it falls by it (E-80).

    All that is rated is kept on record; what would lower the score of its line takes no effect.

    Raises:
        Forbidden: `by` is not who was named.
        Conflict: the panel did not decide so, or it is done.
        Invalid: a rating is missing or off the scale, or no reason is given.
    """
    intent = Sentence("rate again in appeal {key}", key=appeal.key)
    appeals.expect_state(appeal, intent, AppealState.REEVALUATED)
    reviews.expect_person(session, appeal.new_rater_key, by, intent)
    review = reviews.found(session, appeal.review_key)
    wanted = {one.id for one in indicators(session, appeal)}
    missing = sorted(wanted - set(given))
    problems = [Problem(Sentence("The rating is missing"), one, "missing-rating") for one in missing]
    problems += ratings.correction_problems(session, review, given)
    if problems:
        raise Invalid("Expected to {intent}, but the ratings do not fit", problems, intent=intent)
    lines = [{"indicator": one, "rating": rating} for one, rating in given.items()]
    statements.make(session, appeal, StatementKind.REEVALUATION, text, lines, by=by, intent=intent)
    better = _better(session, review, Corrected(ratings=given))
    changes = bool(ratings.changed(session, review, better.ratings))
    if changes:
        corrections.apply(session, review, better, reason=f"appeal {appeal.key}: {text}", by=by)
    appeal.state = AppealState.DECIDED
    appeals.let_go(session, appeal)
    return changes


def _better(session: Session, review: Review, rated: Corrected) -> Corrected:
    """Choose of what was rated what lowers neither its own line nor, together, the total."""
    worse = corrections.worsened(session, review, rated)
    kept = rated.of(*(name for name in rated.ratings if name not in worse))
    before = Decimal(results.expected(session, review).total)
    return kept if corrections.total_with(session, review, kept) >= before else Corrected()
