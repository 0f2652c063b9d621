"""Kinships: who declared to be related to whom; read by the two and by HR, and obeyed by every draw of a panel."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, InstantField, KeyField, NameField, ProseField, example
from api.views import View
from engine.reviews.models import Kinship
from engine.reviews.organisation import kinships, people
from engine.reviews.panels import vacancies

blueprint = Blueprint("kinships", __name__, url_prefix="/api/people", description="Who is related to whom")


class KinshipSchema(CamelSchema):
    """That two people are related."""

    key = KeyField()
    person_key = KeyField()
    other_key = KeyField()
    relation = fields.String(metadata=example("配偶"))
    declared_by = fields.String(metadata=example("zhang.wei"))
    declared_at = InstantField()


class KinshipsSchema(CamelSchema):
    """What is declared of somebody, the oldest first."""

    items = fields.List(fields.Nested(KinshipSchema))


class KinshipDeclarationSchema(CamelSchema):
    """Whom somebody is related to, and how."""

    other = NameField(required=True, metadata=example("wu.fang", "The other's account"))
    relation = ProseField(required=True, metadata=example("配偶"))


@blueprint.route("/<key:key>/kinships")
class Kinships(View):
    """Whom somebody is related to."""

    @blueprint.response(200, KinshipsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List whom somebody is related to, as that person or as HR."""
        person = people.by_key(self.session, key)
        return {"items": kinships.of_person(self.session, person, by=auth.caller())}

    @blueprint.arguments(KinshipDeclarationSchema)
    @blueprint.response(201, KinshipSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, Any], key: int) -> Kinship:
        """Declare that two people are related, as one of them or as HR: neither then decides about the other."""
        person, other = people.by_key(self.session, key), people.named(self.session, body["other"])
        declared = kinships.declare(self.session, person, other, relation=body["relation"], by=auth.caller())
        vacancies.check_all(self.session, by=auth.caller())
        return declared
