"""What HR and the appraisee do about improvement plans outside their tasks, in a walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.models import Outcome, Plan
from engine.reviews.organisation import people
from engine.reviews.plans import answers, drafts, endings, mentoring, plans, revisions, triggers
from engine.reviews.walks.beginnings import Act, expect_answers
from engine.reviews.walks.stages import Stage


def _propose(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "grounds")
    plans.propose(session, stage.review(session), **given, by=by)


def _look(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Let the cycle's rule propose what it proposes."""
    expect_answers(given)
    triggers.propose_in(session, stage.cycle(session), by=by)


def _refuse(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Record before a witness that the appraisee does not sign."""
    expect_answers(given, "witness", "reason")
    witness = people.named(session, given["witness"])
    answers.record_refusal(session, _newest(session), witness=witness, reason=given["reason"], by=by)


def _close(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "outcome", "reason")
    endings.close(session, _newest(session), Outcome(given["outcome"]), reason=given["reason"], by=by)


def _replace(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "mentor")
    mentoring.replace(session, _newest(session), people.named(session, given["mentor"]), by=by)


def _revise(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Ask for other objectives, each with its three texts."""
    expect_answers(given, "objectives", "reason")
    wanted = [drafts.Objective(**one) for one in given["objectives"]]
    revisions.ask(session, _newest(session), wanted, reason=given["reason"], by=by)


def _answer_revision(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "agreed")
    revisions.answer(session, _newest(session), **given, by=by)


def _newest(session: Session) -> Plan:
    return session.scalars(select(Plan).order_by(Plan.key.desc())).first() or plans.found(session, 0)


ACTS: Mapping[str, Act] = {
    "propose plan": _propose,
    "propose plans by rule": _look,
    "record plan refusal": _refuse,
    "close plan": _close,
    "replace mentor": _replace,
    "revise plan": _revise,
    "answer plan revision": _answer_revision,
}
"""The acts, in a walk's words."""
