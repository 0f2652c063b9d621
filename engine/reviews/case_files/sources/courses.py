"""What the course of an appeal leaves: statements, suspensions, representatives, and who read the case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.case_files.kinds import Kind
from engine.reviews.models import (
    Appeal,
    AppealReading,
    AppealRepresentation,
    AppealStatement,
    AppealSuspension,
    Role,
)


def _suspensions(session: Session, identity: Identity) -> ColumnElement[bool]:
    return AppealSuspension.appeal_key.in_(select(Appeal.key).where(access.appeals(session, identity)))


def _representations(session: Session, identity: Identity) -> ColumnElement[bool]:
    return AppealRepresentation.appeal_key.in_(select(Appeal.key).where(access.appeals(session, identity)))


def _readings(session: Session, identity: Identity) -> ColumnElement[bool]:
    """Choose who read a case for the appellant, HR and auditors."""
    known = select(Appeal.key).where(access.appeals(session, identity))
    own = select(Appeal.key).where(Appeal.lodged_by == identity.username)
    traced = Appeal.key.in_(known) if {Role.HR, Role.AUDITOR} & identity.groups else false()
    readable = select(Appeal.key).where(or_(traced, Appeal.key.in_(own)))
    return AppealReading.appeal_key.in_(readable)


KINDS = (
    Kind(
        name="appeal-statement",
        title=("申诉陈述", "Statement in an appeal"),
        table=AppealStatement,
        at="made_at",
        by="made_by",
        of=lambda case: AppealStatement.appeal_key.in_(case.appeals),
        visible=access.statements,
    ),
    Kind(
        name="appeal-suspension",
        title=("申诉暂停计期", "Suspension of an appeal"),
        table=AppealSuspension,
        at="begun_at",
        by="begun_by",
        changing="ends_on resumed_by",
        of=lambda case: AppealSuspension.appeal_key.in_(case.appeals),
        visible=_suspensions,
    ),
    Kind(
        name="appeal-representation",
        title=("申诉代理", "Representation in an appeal"),
        table=AppealRepresentation,
        at="recorded_at",
        by="recorded_by",
        of=lambda case: AppealRepresentation.appeal_key.in_(case.appeals),
        visible=_representations,
    ),
    Kind(
        name="appeal-reading",
        title=("查阅记录", "Reading of a case"),
        table=AppealReading,
        at="read_at",
        by="read_by",
        of=lambda case: AppealReading.appeal_key.in_(case.appeals),
        visible=_readings,
    ),
)
