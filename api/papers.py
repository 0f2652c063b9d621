"""Papers: result sheets and commitment letters as PDF."""

from __future__ import annotations

from typing import Any

from flask import Response

from api import auth
from api.blueprint import Blueprint
from api.results import VersionSchema
from api.reviews import known
from api.rosters import attached
from api.views import View
from engine.reviews.papers import commitments, result_sheets

PDF = "application/pdf"
BINARY = {"type": "string", "format": "binary"}

blueprint = Blueprint("papers", __name__, url_prefix="/api/reviews", description="What is printed, signed and filed")


@blueprint.route("/<key:key>/result-sheet")
class ResultSheet(View):
    """The result sheet of a review."""

    @blueprint.arguments(VersionSchema, location="query")
    @blueprint.response(200, BINARY, content_type=PDF)
    @blueprint.refuses(404, 422)
    def get(self, query: dict[str, Any], key: int) -> Response:
        """Get a result as 《绩效考核结果表》 in PDF: the newest version one may see, or a given one."""
        review = known(self.session, key)
        paper = result_sheets.of_review(self.session, review, by=auth.caller(), version=query["version"])
        return attached(paper, f"result-{key}.pdf", PDF)


@blueprint.route("/<key:key>/commitment")
class Commitment(View):
    """The commitment letter of a review."""

    @blueprint.arguments(VersionSchema, location="query")
    @blueprint.response(200, BINARY, content_type=PDF)
    @blueprint.refuses(404, 422)
    def get(self, query: dict[str, Any], key: int) -> Response:
        """Get the targets as 《绩效承诺书》 in PDF: the newest version, or a given one."""
        review = known(self.session, key)
        paper = commitments.of_review(self.session, review, by=auth.caller(), version=query["version"])
        return attached(paper, f"commitment-{key}.pdf", PDF)
