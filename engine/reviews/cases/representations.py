"""Representations: who speaks for an appellant that has left, cannot act, or has died (E-77)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendars, clock
from engine.bpmn import messages, tasks
from engine.bpmn.messages import Publication
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.errors import Conflict, Forbidden, Invalid, Problem
from engine.identity import Identity
from engine.reviews import notices
from engine.reviews.cases import panels
from engine.reviews.models import PENDING, Appeal, AppealRepresentation, AppealState, Person, Standing
from engine.reviews.organisation import employments, people
from engine.reviews.sentences import Sentence, expect_text

CHANGED = "speaker-changed"
"""The message, by the appeal's key, that tells its process who speaks for the appellant now."""


def speaker(session: Session, appeal: Appeal) -> Person:
    """Name who speaks for the appellant: the newest representative, or the appellant."""
    rows = of_appeal(session, appeal)
    return people.by_key(session, rows[-1].person_key) if rows else people.named(session, appeal.lodged_by)


def of_appeal(session: Session, appeal: Appeal) -> Sequence[AppealRepresentation]:
    """List who has spoken for the appellant, the newest last."""
    own = select(AppealRepresentation).where(AppealRepresentation.appeal_key == appeal.key)
    return session.scalars(own.order_by(AppealRepresentation.key)).all()


def appoint(
    session: Session, appeal: Appeal, person: Person, *, standing: Standing, proof: str, by: Identity
) -> AppealRepresentation:
    """Record who speaks for the appellant from now on, as HR; open tasks of the appellant's side go over.

    Raises:
        Forbidden: `by` is not HR, or is the appellant.
        Conflict: the appeal is over.
        Invalid: nothing shows it, or the person answers for the rater's side, judges the case, or has left.
    """
    intent = Sentence("appoint a representative in appeal {key}", key=appeal.key)
    panels.expect_officer(appeal, by, intent)
    if appeal.state not in (AppealState.LATE, *PENDING):
        raise Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)
    expect_text(proof, "proof", intent)
    judges = {member.person_key for member in panels.of_appeal(session, appeal)}
    if person.key in {appeal.respondent_key, *judges} or person.username == by.username:
        sentence = Sentence("{name} has another part in this appeal", name=person.name)
        raise Invalid(
            "Expected to {intent}, but that cannot be", [Problem(sentence, "person", "other-part")], intent=intent
        )
    if not employments.is_employed(session, person.key, calendars.today(session)):
        sentence = Sentence("{name} has left", name=person.name)
        raise Invalid(
            "Expected to {intent}, but that cannot be", [Problem(sentence, "person", "has-left")], intent=intent
        )
    before = speaker(session, appeal)
    row = AppealRepresentation(
        appeal_key=appeal.key,
        person_key=person.key,
        standing=standing,
        proof=proof,
        recorded_by=by.username,
        recorded_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # who speaks is asked next
    _hand_over(session, appeal, before, person, by)
    for concerned in {before.key, person.key}:
        notices.write(session, concerned, "appeal-represented", appeal=str(appeal.key), name=person.name)
    return row


def expect_speaker(session: Session, appeal: Appeal, by: Identity, intent: str) -> None:
    """Let pass only who speaks for the appellant.

    Raises:
        Forbidden: `by` is somebody else.
    """
    if speaker(session, appeal).username != by.username:
        raise Forbidden(
            "Expected to {intent}, but {username} does not speak for the appellant", intent=intent, username=by.username
        )


def _hand_over(session: Session, appeal: Appeal, before: Person, person: Person, by: Identity) -> None:
    """Give the appellant's open tasks to the representative, and tell the process for those to come."""
    if appeal.instance_key is None:
        return
    family = select(ProcessInstance.key).where(
        (ProcessInstance.key == appeal.instance_key) | (ProcessInstance.root_key == appeal.instance_key)
    )
    waiting = select(UserTask.key).where(
        UserTask.instance_key.in_(family), UserTask.state == TaskState.CREATED, UserTask.assignee == before.username
    )
    for key in session.scalars(waiting).all():
        tasks.hand_on(session, key, person.username, by=by.trusted())
    spoken = Publication(CHANGED, str(appeal.key), {"speaker": person.username})
    messages.publish(session, spoken, by=by.trusted())
