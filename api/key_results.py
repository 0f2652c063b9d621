"""The key results of a cycle: imported from where objectives are kept, aligned with its goals."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from api import auth
from api.blueprint import Blueprint
from api.errors import ProblemItemSchema
from api.fields import CamelSchema, InstantField, KeyField, example
from api.views import View
from engine.reviews.cycle import cycles
from engine.reviews.models import Role
from engine.reviews.organisation import people
from engine.reviews.rulebook import key_results
from engine.sentences import Sentence

blueprint = Blueprint("key_results", __name__, url_prefix="/api/cycles", description="Objectives and key results")


class KeyResultFileSchema(CamelSchema):
    """A workbook or CSV file with the columns of key results, headed in Chinese or English."""

    file = Upload(required=True)


class KeyResultSchema(CamelSchema):
    """A key result, or a stage of a project, and the goal that it is aligned with."""

    key = KeyField()
    reference = fields.String(metadata=example("KR-7"))
    source = fields.String(metadata=example("飞书OKR"))
    objective = fields.String(metadata=example("Q3 新增2000名潜在客户"))
    title = fields.String(metadata=example("线上活动带来 1200 名潜在客户"))
    person_key = KeyField(allow_none=True)
    goal_key = KeyField(allow_none=True)
    target = fields.String(metadata=example("1200"))
    unit = fields.String(metadata=example("名"))
    reached = fields.String(metadata=example("480", "So far; empty where nothing is said"))
    starts_on = fields.Date(allow_none=True, metadata=example("2025-07-01"))
    due_on = fields.Date(allow_none=True, metadata=example("2025-09-30"))
    imported_by = fields.String(metadata=example("zhao.min"))
    imported_at = InstantField()


class KeyResultsSchema(CamelSchema):
    """The key results of a cycle, and which serve no goal or do not add up to theirs."""

    items = fields.List(fields.Nested(KeyResultSchema), required=True)
    findings = fields.List(fields.Nested(ProblemItemSchema), required=True)


@blueprint.route("/<key:key>/key-results")
class KeyResults(View):
    """The key results of a cycle."""

    @blueprint.response(200, KeyResultsSchema)
    @blueprint.refuses(403, 404)
    def get(self, key: int) -> dict[str, object]:
        """List the key results of a cycle, as HR."""
        people.expect_role(auth.caller(), Role.HR, Sentence("list the key results of cycle {key}", key=key))
        cycle = cycles.found(self.session, key)
        return {
            "items": key_results.of_cycle(self.session, cycle),
            "findings": list(key_results.gaps(self.session, cycle)),
        }

    @blueprint.arguments(KeyResultFileSchema, location="files")
    @blueprint.response(200, KeyResultsSchema)
    @blueprint.refuses(403, 404, 409, 422)
    def post(self, files: dict[str, FileStorage], key: int) -> dict[str, Any]:
        """Import key results from a file, all or none; what is known by its reference is brought up to date."""
        cycle, content = cycles.found(self.session, key), files["file"].stream.read()
        entered = key_results.import_csv(self.session, cycle, content, by=auth.caller())
        return {"items": entered, "findings": list(key_results.gaps(self.session, cycle))}
