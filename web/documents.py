"""Documents at the browser: uploaded when they are picked, downloaded by whoever may see them."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from api import auth
from api.v2.documents import download, read
from api.views import View
from engine import exact_json
from engine.bpmn import documents
from engine.errors import Invalid
from engine.reviews import access

blueprint = Blueprint("documents", __name__)


class Documents(View):
    """The documents."""

    def post(self) -> Response:
        """Keep a file that was picked in a form, and answer with its reference."""
        file = request.files.get("file")
        if file is None:
            raise Invalid("Expected to upload a document, but there is no file")
        made = documents.upload(self.session, read(file), by=auth.caller())
        return Response(exact_json.dumps(documents.reference(made)), 201, mimetype="application/json")


class Document(View):
    """One document."""

    def get(self, key: int) -> Response:
        """Hand a document out as a file to be saved."""
        person = auth.caller()
        return download(documents.read(self.session, key, visible=access.documents(self.session, person), by=person))


blueprint.add_url_rule("/documents", view_func=Documents.as_view("upload"))
blueprint.add_url_rule("/documents/<key:key>", view_func=Document.as_view("document"))


def uploaded(session: Session, name: str) -> list[int]:
    """Keep the files that a page's form sent under a name; return their keys."""
    files = [file for file in request.files.getlist(name) if file.filename]
    return [documents.upload(session, read(file), by=auth.caller()).key for file in files]
