"""An app with the pages, on an empty database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from engine import db, identity, settings
from web import catalogues


@pytest.fixture
def client(tmp_path) -> Iterator[FlaskClient]:
    """A browser that is not logged in; ann's password is `secret`."""
    catalogues.compile_all()
    db.bind(settings.load({"REVIEWFLOW_SECRET_KEY": "test"}, directory=tmp_path))
    db.Base.metadata.create_all(db.bound().pool)
    with db.bound().sessions() as session:
        identity.register(session, "ann", password="secret")
        session.commit()
    app = Flask("pages")
    app.secret_key = "test"
    web.register(app)
    yield app.test_client()
    db.unbind()
