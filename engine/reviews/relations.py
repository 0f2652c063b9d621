"""How somebody stands to the company: the relations on which access rests."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.models import Person, Role


def is_hr(identity: Identity) -> bool:
    """Tell whether somebody is in HR of the whole company, or operates it."""
    return Role.HR in identity.groups or identity.operator


def keeps_records(identity: Identity) -> bool:
    """Tell whether somebody keeps the records of everybody: HR, finance and auditors."""
    return is_hr(identity) or bool({Role.FINANCE, Role.AUDITOR} & identity.groups)


def own_key(session: Session, identity: Identity) -> int | None:
    """Find the key of the person behind an account; None where it is nobody's."""
    return session.scalar(select(Person.key).where(Person.username == identity.username))
