"""The release of a cycle's results: to everybody at one moment, but for those who are left out with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import Cycle, Result
from engine.reviews.organisation import people
from engine.reviews.release import results
from web import names
from web.addresses import go
from web.languages import gettext
from web.navigation import runs_cycles


@dataclass(frozen=True, slots=True)
class Unreleased:
    """A running review, and its result if it has one."""

    key: int
    name: str
    result: str


blueprint = Blueprint("releases", __name__)


class Release(View):
    """The release of a cycle's results."""

    def get(self, key: int) -> str:
        """Show what would be released, and ask why a review that has no result is left out."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to release results, but that is HR's to do")
        cycle = cycles.found(self.session, key)
        return render_template("release.html", cycle=cycle, reviews=unreleased(self.session, cycle, by=auth.caller()))

    def post(self, key: int) -> Response:
        """Release them at one moment."""
        reasons = {int(name): reason for name, reason in request.form.items() if name.isdecimal() and reason.strip()}
        cycle = cycles.found(self.session, key)
        released = results.release(self.session, cycle, by=auth.caller(), left_out=reasons)
        flash(gettext("Released: {count} results.").format(count=len(released)))
        return go(url_for("web.cycles.cycle", key=key))


blueprint.add_url_rule("/cycles/<key:key>/release", view_func=Release.as_view("release"))


def unreleased(session: Session, cycle: Cycle, *, by: Identity) -> list[Unreleased]:
    """Read the reviews of a cycle that run, each with the newest result that `by` may see."""
    running = cycles.to_be_rated(session, cycle)
    seen = select(Result).where(Result.review_key.in_([one.key for one in running]), access.results(session, by))
    newest = {one.review_key: one for one in session.scalars(seen.order_by(Result.version))}
    return [
        Unreleased(
            key=review.key,
            name=names.of_person(people.by_key(session, review.appraisee_key)),
            result=f"{result.total} {result.grade}" if (result := newest.get(review.key)) and result.grade else "",
        )
        for review in running
    ]
