"""Where notices lead: to the page of what they are about, if whoever was told may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.bpmn import tasks
from engine.bpmn.models import UserTask
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Appeal, Calibration, Notice, Plan, Review
from engine.reviews.release import sittings

Pages = Mapping[str, tuple[str, str]]
"""By kind of notice: the page, and which detail of the notice is its key."""

ASKED = frozenset({"panel-called", "rating-again"})
"""What asks somebody for something who sees no more of the review than the own task: it leads to the inbox."""

SEEN: Mapping[str, tuple[InstrumentedAttribute[int], Callable[[Session, Identity], ColumnElement[bool]]]] = {
    "appeal": (Appeal.key, access.appeals),
    "calibration": (Calibration.key, sittings.calibrations),
    "plan": (Plan.key, access.plans),
    "review": (Review.key, access.reviews),
    "task": (UserTask.key, lambda _session, by: tasks.visible_to(by)),
}
"""By the detail that names it: the key, and the condition for those that somebody may see."""


def of(session: Session, notices: Sequence[Notice], named: Pages, *, by: Identity) -> dict[int, str]:
    """Give the address of each notice's page, by the notice's key; none where there is no page for its reader.

    A kind that `named` does not know leads to its review.
    """
    pages = {notice.key: named.get(notice.kind, ("web.reviews.review", "review")) for notice in notices}
    leading = [notice for notice in notices if pages[notice.key][1] in notice.details]
    about = {notice.key: (pages[notice.key][1], int(notice.details[pages[notice.key][1]])) for notice in leading}
    hidden = _hidden(session, set(about.values()), by)
    found = {key: url_for(pages[key][0], key=one[1]) for key, one in about.items() if one not in hidden}
    asked = {one.key: url_for("web.inbox.index") for one in leading if one.kind in ASKED}
    return asked | found


def _hidden(session: Session, about: set[tuple[str, int]], by: Identity) -> set[tuple[str, int]]:
    """Find what somebody was told of and may not see, or not any more."""
    hidden = set()
    for name, (key, seen) in SEEN.items():
        named = {number for kind, number in about if kind == name}
        visible = set(session.scalars(select(key).where(key.in_(named), seen(session, by)))) if named else set()
        hidden |= {(name, number) for number in named - visible}
    return hidden
