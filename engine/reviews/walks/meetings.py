"""What HR does in a walk about what recurs beside the cycles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.meetings import diagnoses, duties, surveys
from engine.reviews.walks.beginnings import Act, expect_answers
from engine.reviews.walks.stages import Stage


def _plan_duty(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Let a duty recur, with the rules that the step says."""
    duties.plan(session, given, by=by)


def _end_duty(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given, "id")
    for duty in duties.running(session):
        if duty.duty_id == given["id"]:
            duties.end(session, duty, by=by)


def _answer_survey(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Draw a code and answer the survey with it."""
    diagnosis = diagnoses.everyone(session)[0]
    code = surveys.draw(session, diagnosis, by=by)
    surveys.answer(session, code, {name: str(score) for name, score in given.items()}, "")


ACTS: Mapping[str, Act] = {"plan duty": _plan_duty, "end duty": _end_duty, "answer survey": _answer_survey}
"""The acts, in a walk's words."""
