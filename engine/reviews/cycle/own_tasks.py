"""What nobody takes in the own review: tasks for a group that one is in, such as HR's (E-95: a deputy acts)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, cast, select
from sqlalchemy.orm import Session

from engine.bpmn import candidates
from engine.bpmn.models import ProcessInstance, UserTask
from engine.identity import Identity
from engine.reviews.models import Person, Review


@candidates.bar
def about_oneself(identity: Identity) -> ColumnElement[bool]:
    """Choose the tasks of the processes of somebody's own reviews: their appeals and plans are among them."""
    mine = Person.username == identity.username
    reviews = select(cast(Review.key, String)).join(Person, Person.key == Review.appraisee_key).where(mine)
    passages = select(ProcessInstance.key).where(ProcessInstance.business_id.in_(reviews.correlate(None)))
    return UserTask.instance_key.in_(passages.correlate(None))


def appraisee(session: Session, task: UserTask) -> str | None:
    """Name the account of whom a task's review is about; None where it is about none."""
    about = (
        select(Person.username)
        .join(Review, Review.appraisee_key == Person.key)
        .join(ProcessInstance, ProcessInstance.business_id == cast(Review.key, String))
        .where(ProcessInstance.key == task.instance_key)
    )
    return session.scalars(about).first()
