"""Departments."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import aliased

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, KeyField, NameField, example
from api.lists import PageSchema, list_schema, listed
from api.views import View
from engine.reviews.models import Department
from engine.reviews.organisation import people

blueprint = Blueprint("departments", __name__, url_prefix="/api/departments", description="Departments")


class DepartmentSchema(CamelSchema):
    """A department."""

    key = KeyField(attribute="Department.key")
    code = fields.String(attribute="Department.code", metadata=example("sales"))
    name = fields.String(attribute="Department.name", metadata=example("销售部"))
    name_en = fields.String(attribute="Department.name_en", metadata=example("Sales"))
    parent = fields.String(allow_none=True, metadata=example("office", "The code of the department above"))


class FoundingSchema(CamelSchema):
    """A department to add."""

    code = NameField(required=True, most=50, metadata=example("sales"))
    name = NameField(required=True, metadata=example("销售部"))
    name_en = NameField(least=0, load_default="", metadata=example("Sales"))
    parent = NameField(least=0, load_default="", metadata=example("office", "The code of the department above"))


@blueprint.route("")
class Departments(View):
    """The departments."""

    @blueprint.arguments(PageSchema, location="query")
    @blueprint.response(200, list_schema("Department", DepartmentSchema))
    @blueprint.refuses(422)
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """List departments."""
        above = aliased(Department)
        statement = select(Department, above.code.label("parent"))
        return listed(
            self.session, statement.outerjoin(above, above.key == Department.parent_key), Department.key, query
        )

    @blueprint.arguments(FoundingSchema)
    @blueprint.response(201, DepartmentSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, body: dict[str, str]) -> dict[str, object]:
        """Add a department."""
        department = people.found(self.session, **body, by=auth.caller())
        return {"Department": department, "parent": body["parent"] or None}
