"""Monthly check-ins: scheduled by HR on a cycle, read month by month on a review."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.reviews import known
from api.views import View
from engine.reviews.cycle import cycles, reviews
from engine.reviews.feedback import check_ins
from engine.reviews.models import CheckIn, Review
from engine.reviews.organisation import people
from web import names
from web.addresses import go
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a review."""

    month: str
    focus: str
    weeks: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    summary: str
    obstacles: str
    answer: str


blueprint = Blueprint("check_ins", __name__)


class Schedule(View):
    """The check-ins of a cycle."""

    def post(self, key: int) -> Response:
        """Let the cycle have check-ins each month."""
        check_ins.schedule(self.session, cycles.found(self.session, key), by=auth.caller())
        flash(gettext("Check-ins begin on the first working day of each month."))
        return go(url_for("web.cycles.cycle", key=key))


class Months(View):
    """The check-ins of a review."""

    def get(self, key: int) -> str:
        """Show them month by month."""
        review = known(self.session, key)
        found = check_ins.of_review(self.session, review, by=auth.caller())
        person = names.of_person(people.by_key(self.session, review.appraisee_key))
        months = [_month(self.session, review, one) for one in found]
        return render_template("check_ins.html", key=key, person=person, months=months)


blueprint.add_url_rule("/cycles/<key:key>/check-ins", view_func=Schedule.as_view("schedule"))
blueprint.add_url_rule("/reviews/<key:key>/check-ins", view_func=Months.as_view("months"))


def _month(session: Session, review: Review, check_in: CheckIn) -> Month:
    titles = {one.id: names.either(one.name, one.name_en) for one in reviews.template(session, review).measured}
    return Month(
        month=check_in.month,
        focus=check_in.focus,
        weeks=tuple(note.text for note in check_ins.weekly_notes(session, check_in)),
        values=tuple((titles.get(one["indicator"], one["indicator"]), one["value"]) for one in check_in.values),
        summary=check_in.summary,
        obstacles=check_in.obstacles,
        answer=check_in.answer,
    )
