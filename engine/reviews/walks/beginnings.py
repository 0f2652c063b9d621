"""What HR and the employees do in a walk before a cycle is launched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Invalid
from engine.identity import Identity
from engine.reviews.cycle import families, launches
from engine.reviews.cycle.families import Relations
from engine.reviews.organisation.rosters import imports
from engine.reviews.rulebook import regulations
from engine.reviews.walks.stages import Stage

Act = Callable[[Session, Stage, Mapping[str, Any], Identity], None]
"""Something that is done outside the tasks: `(session, stage, what is said, by)`."""


def expect_answers(given: Mapping[str, Any], *names: str) -> None:
    """Let pass only an act that says what it must, and nothing else.

    Raises:
        Invalid: it says something else.
    """
    if set(given) != set(names):
        wanted = " and ".join(names) or "nothing"
        raise Invalid(f"Expected to be given {wanted}, but found {' and '.join(given) or 'nothing'}")


def _draft_regulation(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Draft the regulation that governs the cycle."""
    expect_answers(given, "id", "title", "text")
    row = regulations.draft(session, given["id"], given["text"], title=given["title"], by=by)
    regulations.govern(stage.cycle(session), row, by=by)


def _request_launch(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    expect_answers(given)
    launches.request(session, stage.cycle(session), by=by)


def _receive_regulation(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Confirm to have read the regulation that governs the cycle."""
    expect_answers(given)
    regulations.receive(session, regulations.found(session, stage.cycle(session).regulation_key or 0), by=by)


def _arrange(session: Session, stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Say who comes too late to be rated."""
    expect_answers(given, "cut_off")
    families.relate(session, stage.cycle(session), Relations(cut_off=given["cut_off"]), by=by)


def _import_organisation(session: Session, _stage: Stage, given: Mapping[str, Any], by: Identity) -> None:
    """Import one sheet of the organisation, such as who left."""
    expect_answers(given, "file", "text")
    imports.enter(session, given["file"], given["text"].strip().encode(), by=by, partly=False)


ACTS: Mapping[str, Act] = {
    "draft regulation": _draft_regulation,
    "receive regulation": _receive_regulation,
    "arrange cycle": _arrange,
    "request launch": _request_launch,
    "import organisation": _import_organisation,
}
"""The acts, in a walk's words."""
