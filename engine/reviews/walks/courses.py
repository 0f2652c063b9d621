"""What the sides and HR do in the course of an appeal, outside their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import documents
from engine.bpmn.documents import Upload
from engine.identity import Identity
from engine.reviews.cases import appeals, panels, representations, second_reviews, suspensions
from engine.reviews.models import Appeal, Standing
from engine.reviews.organisation import people
from engine.reviews.panels import vacancies
from engine.reviews.walks.beginnings import Act, expect_answers
from engine.reviews.walks.stages import Stage


def _withdraw(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given)
    appeals.withdraw(session, _newest(session), by=by)


def _lapse(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "reason")
    appeals.lapse(session, _newest(session), reasons=given["reason"], by=by)


def _represent(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "person", "standing", "proof")
    person, standing = people.named(session, given["person"]), Standing(given["standing"])
    representations.appoint(session, _newest(session), person, standing=standing, proof=given["proof"], by=by)


def _suspend(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "until", "reason")
    suspensions.suspend(session, _newest(session), until=given["until"], reason=given["reason"], by=by)


def _resume(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given)
    suspensions.resume(session, _newest(session), by=by)


def _ask_again(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Ask for the second review, with evidence as texts by the name of the file."""
    expect_answers(given, "grounds", "evidence")
    files = [Upload(name, text.encode(), {}) for name, text in given["evidence"].items()]
    papers = [documents.upload(session, file, by=by).key for file in files]
    second_reviews.ask(session, _newest(session), grounds=given["grounds"], documents=papers, by=by)


def _object(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Object, as a party, to a member who sits, named by account."""
    expect_answers(given, "member", "reason")
    appeal, person = _newest(session), people.named(session, given["member"])
    member = next(one for one in panels.called(session, appeal) if one.person_key == person.key)
    vacancies.object_(session, appeal, member, reason=given["reason"], by=by)


def _newest(session: Session) -> Appeal:
    return session.scalars(select(Appeal).order_by(Appeal.key.desc()).limit(1)).one()


ACTS: Mapping[str, Act] = {
    "withdraw appeal": _withdraw,
    "close appeal": _lapse,
    "object to panel member": _object,
    "appoint representative": _represent,
    "ask for second review": _ask_again,
    "resume appeal": _resume,
    "suspend appeal": _suspend,
}
"""The acts, in a walk's words."""
