"""Papers: result sheets and commitment letters to print, as PDF."""

from __future__ import annotations

from flask import Blueprint, Response, request

from api import auth
from api.own_copies import MEDIA_TYPES
from api.papers import PDF
from api.rosters import attached
from api.views import View
from engine.reviews.cycle import reviews
from engine.reviews.papers import commitments, result_sheets
from engine.reviews.reports import own_copies
from engine.reviews.reports.own_copies import Form

blueprint = Blueprint("prints", __name__)


class ResultSheet(View):
    """The result sheet of a review."""

    def get(self, key: int) -> Response:
        """Hand it out to whoever may see the result."""
        version = request.args.get("version", type=int)
        review = reviews.found(self.session, key)
        paper = result_sheets.of_review(self.session, review, by=auth.caller(), version=version)
        return attached(paper, f"result-{key}.pdf", PDF)


class Commitment(View):
    """The commitment letter of a review."""

    def get(self, key: int) -> Response:
        """Hand it out to whoever may see the targets."""
        review = reviews.found(self.session, key)
        paper = commitments.of_review(self.session, review, by=auth.caller())
        return attached(paper, f"commitment-{key}.pdf", PDF)


class OwnCopy(View):
    """A copy of what is kept about whoever asks."""

    def post(self) -> Response:
        """Hand it out, which leaves a disclosure."""
        form = request.form.get("form", Form.PDF, type=Form)
        content = own_copies.of_oneself(self.session, form=form, by=auth.caller())
        return attached(content, f"my-data.{form.value}", MEDIA_TYPES[form])


blueprint.add_url_rule("/my-data", view_func=OwnCopy.as_view("own_copy"))
blueprint.add_url_rule("/reviews/<key:key>/result.pdf", view_func=ResultSheet.as_view("result_sheet"))
blueprint.add_url_rule("/reviews/<key:key>/commitment.pdf", view_func=Commitment.as_view("commitment"))
