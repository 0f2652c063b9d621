"""Processes: which process instances ran for a case, and which of them a reader may know of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from engine.bpmn import definitions
from engine.bpmn.models import ProcessInstance
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files import transitions
from engine.reviews.case_files.kinds import Case, Subject
from engine.reviews.consequences import visibility as consequences
from engine.reviews.models import Appeal, ExitReview, FollowUp, Plan, Reopening, Review
from engine.reviews.organisation import people
from engine.reviews.plans import exits
from engine.reviews.plans import visibility as plans


def of_case(session: Session, case: Case, *, by: Identity) -> Sequence[ProcessInstance]:
    """List the process instances that ran for a case and that somebody may know of, those they called included.

    Who may know of a process is who may know of what it is about: of an appeal its parties and its panel, of a plan
    the line and the mentor, of an exit review whoever decides on it. One that is about nothing on record, such as a
    request for late admission, only its appraisee and whoever sees every transition know of.
    """
    tops = select(ProcessInstance.root_key).where(_roots(case))
    family = select(ProcessInstance).where(ProcessInstance.root_key.in_(tops), _known(session, case, by))
    return session.scalars(family.order_by(ProcessInstance.key)).all()


def _roots(case: Case) -> ColumnElement[bool]:
    """Choose where a case's processes begin; a review's own case has all that name it, such as its corrections."""
    owners = (
        select(Review.instance_key).where(Review.key.in_(case.reviews)),
        select(Appeal.instance_key).where(Appeal.key.in_(case.appeals)),
        select(Plan.instance_key).where(Plan.key.in_(case.plans)),
    )
    own = or_(*(ProcessInstance.key.in_(_there(one)) for one in owners))
    if case.subject is not Subject.REVIEW:
        return own
    return or_(own, ProcessInstance.business_id.in_([str(key) for key in case.reviews]))


def _known(session: Session, case: Case, by: Identity) -> ColumnElement[bool]:
    """Choose the instances by the root that called them, and exit reviews by their own filter besides."""
    owned = (
        (select(Review.instance_key), access.scorecards(session, by)),
        (select(Appeal.instance_key), access.appeals(session, by)),
        (select(Plan.instance_key), access.plans(session, by)),
        (select(Reopening.instance_key), access.reopenings(session, by)),
        (select(FollowUp.instance_key), consequences.follow_ups(session, by)),
    )
    seen = or_(*(ProcessInstance.root_key.in_(_there(keys.where(visible))) for keys, visible in owned))
    nobodys = not_(or_(*(ProcessInstance.root_key.in_(_there(keys)) for keys, _ in owned)))
    whole = transitions.sees_all(by) or _is_own(session, case, by)
    open_exits = select(Plan.instance_key).join(ExitReview, ExitReview.plan_key == Plan.key)
    of_exit = ProcessInstance.definition_key.in_(definitions.calling(session, exits.CHECKING))
    decided = ProcessInstance.root_key.in_(_there(open_exits.where(plans.exit_reviews(session, by))))
    return and_(or_(seen, nobodys if whole else false()), or_(not_(of_exit), decided))


def _there(keys: Select[int | None]) -> Select[int | None]:
    """Leave out rows without a process: a list with NULL in it contains nothing for certain."""
    (column,) = keys.selected_columns
    return keys.where(column.is_not(None))


def _is_own(session: Session, case: Case, by: Identity) -> bool:
    return people.by_key(session, case.person_key).username == by.username
