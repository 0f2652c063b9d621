"""Administrative closings: HR ends a step that somebody leaves undone; a state of its own, never a signature (E-59)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.bpmn import definitions, messages
from engine.bpmn.messages import Publication
from engine.bpmn.models import MessageSubscription, ProcessInstance, TaskState, UserTask
from engine.bpmn.net import work
from engine.errors import Conflict
from engine.identity import Identity
from engine.reviews import access, notices
from engine.reviews.models import Closing, Person, Review, ReviewState
from engine.reviews.organisation import scopes
from engine.reviews.sentences import Sentence, expect_text
from engine.reviews.signing import targets

CLOSED = "step-closed"
"""The message, correlated by the review's key, for which a step waits that HR may close."""

ANSWERS = ("reviewflow.sign-result", "reviewflow.record-refusal")
"""What hears the answer to a result: where such a step is closed, there is no answer."""

DECISIONS = ("reviewflow.decide-targets",)
"""What hears what superiors say to targets."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that HR may close now, and what would hear its answer."""

    task: UserTask
    operation: str


def closable(session: Session, review: Review) -> Sequence[OpenStep]:
    """List the open steps of a review that HR may close: those that wait for the message in their diagram."""
    waits = select(MessageSubscription).where(
        MessageSubscription.message_name == CLOSED, MessageSubscription.correlation_key == str(review.key)
    )
    found = (_step(session, wait) for wait in session.scalars(waits.order_by(MessageSubscription.key)).all())
    return [step for step in found if step is not None]


def close(session: Session, review: Review, *, reason: str, by: Identity) -> Closing:
    """Close the open step of a review, as HR, and let the process go on by the way that its diagram has for this.

    Raises:
        Forbidden: `by` is not HR, or is the appraisee.
        Conflict: no open step of it can be closed, or nobody of the management would have agreed to the targets.
        Invalid: no reason is given.
    """
    intent = Sentence("close the open step of review {key}", key=review.key)
    scopes.expect_review(session, review, by=by, intent=intent)
    expect_text(reason, "reason", intent)
    steps = closable(session, review)
    if not steps:
        raise Conflict("Expected to {intent}, but none can be closed", intent=intent)
    closing = _record(session, review, steps[0], reason, by)
    _settle(session, review, closing, by)
    _tell(session, review, closing)
    session.flush()  # the process reads it
    messages.correlate(session, Publication(CLOSED, str(review.key)), by=by.trusted())
    return closing


def of_review(session: Session, review: Review, *, by: Identity) -> Sequence[Closing]:
    """List the closed steps of a review, the oldest first."""
    closed = select(Closing).where(Closing.review_key == review.key, access.closings(session, by))
    return session.scalars(closed.order_by(Closing.key)).all()


def _step(session: Session, wait: MessageSubscription) -> OpenStep | None:
    """Find the user task at whose border the message is awaited."""
    at = (UserTask.instance_key == wait.instance_key, UserTask.token == wait.token)
    task = session.scalar(select(UserTask).where(*at, UserTask.state == TaskState.CREATED))
    if task is None:
        return None
    played = select(ProcessInstance.definition_key).where(ProcessInstance.key == wait.instance_key)
    done = definitions.net(session, session.scalars(played).one()).by_id[task.element_id].work
    heard = done.completing if isinstance(done, work.UserTask) else ()
    return OpenStep(task, heard[0] if heard else "")


def _record(session: Session, review: Review, step: OpenStep, reason: str, by: Identity) -> Closing:
    closing = Closing(
        review_key=review.key,
        process_id=step.task.process_id,
        element_id=step.task.element_id,
        name=step.task.name or step.task.element_id,
        operation=step.operation,
        holder=step.task.assignee or "",
        reason=reason,
        closed_by=by.username,
        closed_at=clock.now(session),
    )
    session.add(closing)
    return closing


def _settle(session: Session, review: Review, closing: Closing, by: Identity) -> None:
    """Let HR's records say what the closed step leaves open; none of them says that somebody agreed."""
    if closing.operation in DECISIONS:
        targets.pass_over(session, review, reason=closing.reason, by=by)
    elif closing.operation in ANSWERS:
        review.state = ReviewState.CLOSED
        review.closing_reason = f"{by.username}: {closing.reason}"


def _tell(session: Session, review: Review, closing: Closing) -> None:
    """Tell the appraisee, and whoever was to do it."""
    holder = session.scalar(select(Person.key).where(Person.username == closing.holder))
    for key in {review.appraisee_key, holder or review.appraisee_key}:
        notices.write(session, key, "step-closed", review=str(review.key), step=closing.name, reason=closing.reason)
