"""Who asks."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, KeyField, example
from api.views import View
from engine.identity import Account
from engine.reviews.models import Person

blueprint = Blueprint("me", __name__, url_prefix="/api/me", description="Who asks")

LANGUAGES = ("zh_CN", "en")


class SelfSchema(CamelSchema):
    """The account that asks, and the person behind it."""

    username = fields.String(metadata=example("zhang.wei"))
    groups = fields.List(fields.String(), metadata=example(["finance"], "hr, finance, panel, operators, and others"))
    operator = fields.Boolean(metadata=example(value=False, description="Whether it may deploy and operate"))
    language = fields.String(allow_none=True, metadata=example("zh_CN", "null follows the browser"))
    person_key = KeyField(allow_none=True)
    employee_id = fields.String(allow_none=True, metadata=example("S003"))
    name = fields.String(allow_none=True, metadata=example("张伟"))
    name_en = fields.String(allow_none=True, metadata=example("Zhang Wei"))


class ChoiceSchema(CamelSchema):
    """What an account may choose for itself."""

    language = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(LANGUAGES), metadata=example("zh_CN")
    )


@blueprint.route("")
class Me(View):
    """The account that asks."""

    @blueprint.response(200, SelfSchema)
    @blueprint.refuses()
    def get(self) -> dict[str, object]:
        """Ask who one is."""
        asking = auth.caller()
        person = self.session.scalar(select(Person).where(Person.username == asking.username))
        return {
            "username": asking.username,
            "groups": sorted(asking.groups),
            "operator": asking.operator,
            "language": self.session.get_one(Account, asking.username).language,
            "person_key": person and person.key,
            "employee_id": person and person.employee_id,
            "name": person and person.name,
            "name_en": person and person.name_en,
        }

    @blueprint.arguments(ChoiceSchema)
    @blueprint.response(204)
    @blueprint.refuses(422)
    def patch(self, body: dict[str, Any]) -> None:
        """Choose the language of one's pages."""
        self.session.get_one(Account, auth.caller().username).language = body["language"]
