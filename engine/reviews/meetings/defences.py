"""Defences: before the superior rates, fixed questions before a panel; nothing is scored (L001-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Defence, DefenceMember, Obstacle, Person, Review, Role
from engine.reviews.organisation import people
from engine.reviews.sentences import Sentence, expect_text

FEWEST = 3
"""How many sit on a panel at least; their number is odd."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What an appraisee answers to the fixed questions."""

    results: str
    obstacle: str
    explanation: str
    next_plan: str


def is_due(session: Session, review: Review) -> bool:
    """Tell whether the rules want a defence that was not held yet; an evaluation that is done again has none."""
    held = of_review(session, review)
    return reviews.template(session, review).defence and (held is None or held.ended_at is None)


def of_review(session: Session, review: Review) -> Defence | None:
    """Find the defence of a review."""
    return session.scalar(select(Defence).where(Defence.review_key == review.key))


def members(session: Session, defence: Defence) -> Sequence[tuple[DefenceMember, Person]]:
    """List the panel, by employee id."""
    rows = select(DefenceMember, Person).join(Person, Person.key == DefenceMember.person_key)
    mine = rows.where(DefenceMember.defence_key == defence.key).order_by(Person.employee_id)
    return [(member, person) for member, person in session.execute(mine)]


def prepare(session: Session, review: Review, answers: Answers, *, by: Identity) -> Defence:
    """Answer the fixed questions, as the appraisee.

    Raises:
        Forbidden: `by` is not the appraisee.
        Conflict: they are answered, or the panel sits already.
        Invalid: a question is not answered; each is named.
    """
    intent = Sentence("prepare the defence of review {key}", key=review.key)
    reviews.expect_person(session, review.appraisee_key, by, intent)
    if of_review(session, review) is not None:
        raise Conflict("Expected to {intent}, but it is prepared, or its panel sits already", intent=intent)
    said = {"results": answers.results, "explanation": answers.explanation, "nextPlan": answers.next_plan}
    problems = [
        Problem(Sentence("It must not be empty"), where, "empty") for where, text in said.items() if not text.strip()
    ]
    if answers.obstacle not in set(Obstacle):
        problems.append(Problem(Sentence("It must not be empty"), "obstacle", "empty"))
    if problems:
        raise Invalid("Expected to {intent}, but not every question is answered", problems, intent=intent)
    defence = Defence(
        review_key=review.key,
        results=answers.results,
        obstacle=Obstacle(answers.obstacle),
        explanation=answers.explanation,
        next_plan=answers.next_plan,
        prepared_at=clock.now(session),
    )
    session.add(defence)
    session.flush()  # the panel refers to it
    return defence


def convene(session: Session, review: Review, panel: Sequence[Person], *, by: Identity) -> Defence:
    """Convene the panel, as HR; who has not prepared is heard all the same.

    Raises:
        Forbidden: `by` is not HR.
        Conflict: it is convened.
        Invalid: fewer than three, an even number, somebody twice, or the appraisee.
    """
    intent = Sentence("convene the panel of review {key}", key=review.key)
    people.expect_role(by, Role.HR, intent)
    defence = of_review(session, review)
    if defence is not None and defence.convened_by:
        raise Conflict("Expected to {intent}, but it is convened", intent=intent)
    keys = {person.key for person in panel}
    if len(keys) < FEWEST or len(keys) % 2 == 0 or len(keys) < len(panel) or review.appraisee_key in keys:
        sentence = Sentence("An odd number of {fewest} or more, each once, without the appraisee", fewest=FEWEST)
        raise Invalid(
            "Expected to {intent}, but not with these", [Problem(sentence, "panel", "bad-panel")], intent=intent
        )
    if defence is None:
        defence = Defence(review_key=review.key)
        session.add(defence)
        session.flush()  # the panel refers to it
    defence.convened_by = by.username
    session.add_all(DefenceMember(defence_key=defence.key, person_key=person.key) for person in panel)
    session.flush()  # each is asked next
    return defence


def say(session: Session, review: Review, *, judged: str, opinion: str, by: Identity) -> DefenceMember:
    """Say what one thinks of a defence, as a member of its panel; it is no score.

    Raises:
        NotFound: there is no panel yet.
        Forbidden: `by` does not sit on it.
        Conflict: it is said.
        Invalid: something is not said.
    """
    intent = Sentence("give an opinion on the defence of review {key}", key=review.key)
    defence = of_review(session, review)
    if defence is None:
        raise NotFound("Expected to {intent}, but there is no panel", intent=intent)
    mine = expect_member(session, defence, by, intent)
    if mine.said_at is not None:
        raise Conflict("Expected to {intent}, but it is given", intent=intent)
    expect_text(judged, "judged", intent)
    expect_text(opinion, "opinion", intent)
    mine.judged, mine.opinion, mine.said_at = Obstacle(judged), opinion, clock.now(session)
    return mine


def expect_member(session: Session, defence: Defence, by: Identity, intent: str) -> DefenceMember:
    """Let pass only who sits on the panel of a defence.

    Raises:
        Forbidden: `by` does not.
    """
    mine = [member for member, person in members(session, defence) if person.username == by.username]
    if not mine:
        raise Forbidden(
            "Expected to {intent}, but {username} does not sit on its panel", intent=intent, username=by.username
        )
    return mine[0]


def end(session: Session, review: Review) -> None:
    """Keep that the whole panel has heard the defence."""
    defence = of_review(session, review)
    if defence is not None:
        defence.ended_at = clock.now(session)
