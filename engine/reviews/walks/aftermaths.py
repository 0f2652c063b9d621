"""What HR and the employees do in a walk after a result: its follow-ups, awards and points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.consequences import follow_ups
from engine.reviews.settlements import schemes
from engine.reviews.walks.beginnings import Act, expect_answers
from engine.reviews.walks.stages import Stage


def _agree_scheme(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Say what follows the results of the cycle."""
    expect_answers(given, "rules", "reason")
    schemes.agree(session, stage.cycle(session), given["rules"], reason=given["reason"], by=by)


def _propose(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given)
    follow_ups.propose(session, stage.cycle(session), by=by)


ACTS: Mapping[str, Act] = {
    "agree scheme": _agree_scheme,
    "propose follow-ups": _propose,
}
