"""What is recorded of a running plan beside its tasks: who leads it, and trainings that were given."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, ProseField, example
from api.plans import PlanSchema, document, plan_of
from api.views import View
from engine.reviews.organisation import people
from engine.reviews.plans import leads, trainings
from engine.reviews.plans.trainings import Training

blueprint = Blueprint("plan_records", __name__, url_prefix="/api", description="What is recorded of a running plan")


class PlanSuperiorSchema(CamelSchema):
    """Who leads a plan from now on."""

    superior = fields.String(required=True, metadata=example("wang.qiang"))


class NewTrainingSchema(CamelSchema):
    """A training that was given; without hours it is none."""

    course = ProseField(required=True, metadata=example("谈判训练"))
    provider = ProseField(required=True, metadata=example("培训学院"))
    trainer = ProseField(required=True, metadata=example("冯老师"))
    hours = fields.String(load_default="", metadata=example("16"))
    held_on = fields.Date(required=True, metadata=example("2025-10-17"))
    attended = fields.Boolean(required=True, metadata=example(value=True))
    test = ProseField(load_default="", metadata=example("85 分"))


@blueprint.route("/plans/<key:key>/superior")
class PlanSuperior(View):
    """Who leads a plan."""

    @blueprint.arguments(PlanSuperiorSchema)
    @blueprint.response(200, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def put(self, body: dict[str, str], key: int) -> dict[str, object]:
        """Name who leads a plan, as HR, where its review's superior does not any more; open tasks go along."""
        superior = people.named(self.session, body["superior"])
        leads.name(self.session, plan_of(self.session, key), superior, by=auth.caller())
        return document(self.session, key)


@blueprint.route("/plans/<key:key>/trainings")
class PlanTrainings(View):
    """The trainings that were given in a plan."""

    @blueprint.arguments(NewTrainingSchema)
    @blueprint.response(201, PlanSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> dict[str, object]:
        """Record one more training, as the superior or HR; the first is a task of HR's."""
        trainings.record(self.session, plan_of(self.session, key), Training(**body), by=auth.caller())
        return document(self.session, key)
