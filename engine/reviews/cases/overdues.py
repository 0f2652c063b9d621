"""Overdue appeals: HR and the panel are told that the term is over; nothing is decided by time."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.reviews import notices
from engine.reviews.cases import panels
from engine.reviews.cycle import reviews
from engine.reviews.models import Appeal, Role
from engine.reviews.organisation import people


def report(session: Session, appeal: Appeal) -> None:
    """Tell HR, but nobody from HR in the own case, and who judges that an appeal is not decided in time."""
    own = reviews.found(session, appeal.review_key).appraisee_key
    officers = {person.key for person in people.in_role(session, Role.HR)}
    judges = {member.person_key for member in panels.of_appeal(session, appeal)}
    for key in sorted((officers | judges) - {own}):
        notices.write(session, key, "appeal-overdue", appeal=str(appeal.key))
