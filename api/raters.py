"""Raters: who is asked to rate whom, who declines or is gone, and who opened anonymous ratings."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, example
from api.lists import PageSchema, Rows, list_schema, listed, one
from api.reviews import ReasonSchema, known
from api.scorecards import RatingsSchema, rows
from api.views import View
from engine.errors import Forbidden
from engine.reviews.models import Person, Rater, RaterState, Rating, Review, Role
from engine.reviews.organisation import people, scopes
from engine.reviews.rating import departures, openings, raters
from engine.sentences import Sentence

blueprint = Blueprint("raters", __name__, url_prefix="/api", description="Who rates whom, and who steps in")


class RaterSchema(CamelSchema):
    """Somebody who rates an appraisee, and from which position."""

    key = KeyField(attribute="Rater.key")
    rater = fields.String(metadata=example("zhou.jie"))
    group = fields.String(attribute="Rater.group_id", metadata=example("cross"))
    state = fields.Enum(RaterState, by_value=True, attribute="Rater.state")
    reason = fields.String(attribute="Rater.reason", metadata=example("", "Why the rater is excused or declined"))
    nominated_by = fields.String(attribute="Rater.nominated_by", metadata=example("zhao.min"))
    stands_for_key = KeyField(attribute="Rater.stands_for_key", allow_none=True)
    anonymous = fields.Boolean(attribute="Rater.anonymous")


class RatersSchema(CamelSchema):
    """The raters of a review."""

    items = fields.List(fields.Nested(RaterSchema), required=True)


class OwnRaterSchema(RaterSchema):
    """A rating that the caller was asked for."""

    review_key = KeyField(attribute="Rater.review_key")


class NominationSchema(CamelSchema):
    """Somebody to ask for a rating."""

    rater = NameField(required=True, metadata=example("zhou.jie"))
    group = NameField(required=True, metadata=example("cross", "A rater group of the template"))


class OpeningSchema(CamelSchema):
    """A reading of anonymous ratings with who gave them."""

    opened_by = fields.String(metadata=example("wu.fang"))
    opened_at = InstantField()
    reason = fields.String(metadata=example("申诉 appeal"))


class OpeningsSchema(CamelSchema):
    """Who opened the anonymous ratings of a review."""

    items = fields.List(fields.Nested(OpeningSchema), required=True)


@blueprint.route("/raters")
class Own(View):
    """What one was asked to rate."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("OwnRater", OwnRaterSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List the ratings one was asked for."""
        return listed(self.session, _raters().where(Person.username == auth.caller().username), Rater.key, query)


@blueprint.route("/reviews/<key:key>/raters")
class Raters(View):
    """Who rates a review."""

    @blueprint.response(200, RatersSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List the raters of a review, as HR: to others, and in one's own review, they stay unnamed."""
        intent = Sentence("list the raters of review {key}", key=key)
        review = _kept(self.session, key, intent)
        if people.by_key(self.session, review.appraisee_key).username == auth.caller().username:
            raise Forbidden("Expected to {intent}, but it is one's own", intent=intent)
        chosen = _raters().where(Rater.review_key == key).order_by(Rater.key)
        return {"items": self.session.execute(chosen).all()}

    @blueprint.arguments(NominationSchema)
    @blueprint.response(201, RaterSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> Any:
        """Ask somebody to rate an appraisee, before the launch."""
        review, person = known(self.session, key), people.named(self.session, body["rater"])
        rater = raters.nominate(self.session, review, person, group_id=body["group"], by=auth.caller())
        return one(self.session, _raters().where(Rater.key == rater.key))


@blueprint.route("/raters/<key:key>/excuse")
class Excuse(View):
    """The excuse of a rater."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Decide that a rating will not come: it is then absent, never zero."""
        rater = _kept_rater(self.session, key, Sentence("excuse rater {key}", key=key))
        raters.excuse(self.session, rater, reason=body["reason"], by=auth.caller())


@blueprint.route("/raters/<key:key>/decline")
class Decline(View):
    """The answer of a rater who will not rate."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Decline to rate, as the one who was asked; somebody else may then be named."""
        own = select(Rater).join(Person, Person.key == Rater.person_key)
        rater = one(self.session, own.where(Rater.key == key, Person.username == auth.caller().username)).Rater
        departures.decline(self.session, rater, reason=body["reason"], by=auth.caller())


@blueprint.route("/raters/<key:key>/withdrawal")
class Withdrawal(View):
    """The withdrawal of a rater who is gone."""

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(204)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str], key: int) -> None:
        """Take the task from a rater who is gone, as HR; somebody else may then be named."""
        rater = _kept_rater(self.session, key, Sentence("withdraw rater {key}", key=key))
        departures.withdraw(self.session, rater, reason=body["reason"], by=auth.caller())


@blueprint.route("/reviews/<key:key>/ratings/openings")
class Openings(View):
    """The openings of anonymous ratings."""

    @blueprint.response(200, OpeningsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List who opened the anonymous ratings of a review, as HR or an auditor."""
        return {"items": openings.of_review(self.session, known(self.session, key), by=auth.caller())}

    @blueprint.arguments(ReasonSchema)
    @blueprint.response(200, RatingsSchema)
    @blueprint.refuses(403, 404, 422)
    def post(self, body: dict[str, str], key: int) -> dict[str, object]:
        """Open the anonymous ratings of a review with who gave them, as the panel or an auditor: it is recorded."""
        opened = openings.open_ratings(self.session, known(self.session, key), reason=body["reason"], by=auth.caller())
        keys = [rating.key for _, rating in opened]
        return {"items": rows(self.session, Rating.key.in_(keys))}


def _kept(session: Session, key: int, intent: str) -> Review:
    """Find a review for which the caller is in HR; who is in HR of nobody is not told whether there is one.

    Raises:
        Forbidden: the caller is in HR of nobody.
        NotFound: there is none, or none that the caller may know of.
    """
    if not scopes.codes(auth.caller()):
        people.expect_role(auth.caller(), Role.HR, intent)
    review = known(session, key)
    scopes.expect_review(session, review, by=auth.caller(), intent=intent)
    return review


def _kept_rater(session: Session, key: int, intent: str) -> Rater:
    """Find a rater as `_kept` does a review."""
    if not scopes.codes(auth.caller()):
        people.expect_role(auth.caller(), Role.HR, intent)
    rater = raters.by_key(session, key)
    known(session, rater.review_key)
    return rater


def _raters() -> Rows:
    return select(Rater, Person.username.label("rater")).join(Person, Person.key == Rater.person_key)
