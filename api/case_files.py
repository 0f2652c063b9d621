"""Case files: everything of a review, an appeal or an improvement plan, as JSON or PDF."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.fields import CamelSchema, example
from api.papers import BINARY, PDF
from api.rosters import attached
from api.views import View
from engine.reviews.case_files import cases, files
from engine.reviews.case_files.files import Form
from engine.reviews.case_files.kinds import Subject

MEDIA_TYPES = {Form.JSON: "application/json", Form.PDF: PDF}

blueprint = Blueprint("case_files", __name__, url_prefix="/api", description="Everything of a case in order")


class CaseFileSchema(CamelSchema):
    """How to write the case file."""

    form = fields.Enum(Form, by_value=True, load_default=Form.JSON, metadata=example("json"))
    reason = fields.String(
        load_default="",
        metadata=example(
            "", "Why the appeal's panel or an auditor reads anonymous ratings with who gave them; it is kept"
        ),
    )


class _OneCase(View):
    subject: Subject

    def handed_out(self, body: dict[str, Any], key: int) -> Response:
        """Write the file and answer with it."""
        form: Form = body["form"]
        case = cases.found(self.session, self.subject, key, by=auth.caller())
        content = files.write(self.session, case, form=form, by=auth.caller(), reason=body["reason"])
        return attached(content, f"case-{self.subject.value}-{key}.{form.value}", MEDIA_TYPES[form])


@blueprint.route("/reviews/<key:key>/case-files")
class OfReview(_OneCase):
    """The case file of a review."""

    subject = Subject.REVIEW

    @blueprint.arguments(CaseFileSchema)
    @blueprint.response(200, {"type": "object"})
    @blueprint.alt_response(200, schema=BINARY, content_type=PDF)
    @blueprint.refuses(403, 404, 422)
    def post(self, body: dict[str, Any], key: int) -> Response:
        """Get everything of a review with its appeals and plans, in order; it leaves a disclosure."""
        return self.handed_out(body, key)


@blueprint.route("/appeals/<key:key>/case-files")
class OfAppeal(_OneCase):
    """The case file of an appeal."""

    subject = Subject.APPEAL

    @blueprint.arguments(CaseFileSchema)
    @blueprint.response(200, {"type": "object"})
    @blueprint.alt_response(200, schema=BINARY, content_type=PDF)
    @blueprint.refuses(403, 404, 422)
    def post(self, body: dict[str, Any], key: int) -> Response:
        """Get everything of an appeal and the review it is about, in order; it leaves a disclosure."""
        return self.handed_out(body, key)


@blueprint.route("/plans/<key:key>/case-files")
class OfPlan(_OneCase):
    """The case file of an improvement plan."""

    subject = Subject.PLAN

    @blueprint.arguments(CaseFileSchema)
    @blueprint.response(200, {"type": "object"})
    @blueprint.alt_response(200, schema=BINARY, content_type=PDF)
    @blueprint.refuses(403, 404, 422)
    def post(self, body: dict[str, Any], key: int) -> Response:
        """Get everything of a plan and the review that led to it, in order; it leaves a disclosure."""
        return self.handed_out(body, key)
