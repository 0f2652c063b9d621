"""The commitment letter: the targets as they were signed or imposed, with their digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from api import auth
from api.receiving import OpeningView
from engine.identity import Identity
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Delivery, TargetState
from engine.reviews.signing import letters
from web import names, papers, results
from web.dates import instant
from web.languages import N_, gettext

OUTCOMES = {
    TargetState.SIGNED.value: N_("Signed by {person}"),
    TargetState.IMPOSED.value: N_("Decided on by {person}, without the appraisee's signature"),
}


@dataclass(frozen=True, slots=True)
class LetterPage:
    """What the page of a letter shows."""

    key: int
    content: dict[str, Any]
    name: str
    place: str
    """Department and post."""
    rows: tuple[tuple[str, dict[str, str]], ...]
    """Each indicator's name, and what was agreed on."""
    outcome: str
    signed: str
    level: str
    digest: str
    intact: bool
    papers: bool
    """Whether the reader may see what was sent of the review."""


blueprint = Blueprint("letters", __name__)


class Letter(OpeningView):
    """The newest commitment letter of a review."""

    def shows(self, _session: Session, delivery: Delivery, /, **address: Any) -> bool:
        """Tell whether a letter of the review was delivered."""
        return delivery.letter_key is not None and delivery.review_key == int(address["key"])

    def get(self, key: int) -> str:
        """Show it to whoever may see the targets."""
        return render_template("letter.html", page=read(self.session, key, by=auth.caller()))


blueprint.add_url_rule("/reviews/<key:key>/letter", view_func=Letter.as_view("letter"))


def read(session: Session, key: int, *, by: Identity) -> LetterPage:
    """Read what the page of a review's letter shows to somebody.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    review = reviews.found(session, key)
    letter = letters.of_review(session, review, by=by)
    content = letter.content
    zone = ZoneInfo(cycles.found(session, review.cycle_key).zone)
    said = OUTCOMES[content["outcome"]]
    return LetterPage(
        key=key,
        content=content,
        name=names.either(content["name"], content["nameEn"]),
        place=" · ".join(filter(None, results.place(session, review).values())),
        rows=tuple((names.either(row["name"], row["nameEn"]), row) for row in content["targets"]),
        outcome=gettext(said).format(person=_signer(content)),
        signed=instant(datetime.fromisoformat(content["signedAt"]), zone),
        level=names.either(*content["level"]),
        digest=letter.digest,
        intact=letters.is_intact(letter),
        papers=papers.are_open(session, review, by=by),
    )


def _signer(content: Mapping[str, Any]) -> str:
    """Name whoever signed; in the request's language where it was the appraisee."""
    if content["signedBy"] == content["name"]:
        return names.either(content["name"], content["nameEn"])
    return str(content["signedBy"])
