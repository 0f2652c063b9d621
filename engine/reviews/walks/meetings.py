"""What HR does in a walk about what recurs beside the cycles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.meetings import duties
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


ACTS: Mapping[str, Act] = {"plan duty": _plan_duty, "end duty": _end_duty}
"""The acts, in a walk's words."""
