"""The HTTP API: `/v2` for the engine's nouns in the shapes of Camunda 8, `/api` for HR's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from werkzeug.routing import BaseConverter

from api import auth, docs, errors, health, nouns, v2, views, waiting, wire
from api.blueprint import Api
from engine import db
from engine.settings import Settings

LARGEST_REQUEST = 16 * 1024 * 1024
"""Bytes of a request's body; a document that the operator allows fits always."""

AROUND_A_DOCUMENT = 1024 * 1024
"""Bytes of what is sent along with a document."""


class KeyConverter(BaseConverter):
    """A key in an address: digits, at most 63 bits.

    What is no key is told by the operation, which knows what it may answer, not by an address that is not there.
    """

    def to_python(self, value: str) -> int:
        """Read a key; what is no key can name nothing, and 0 names nothing."""
        key = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0
        return key if key.bit_length() < 64 else 0


def create_app(settings: Settings | None = None, *, pages: Callable[[Flask], None] | None = None) -> Flask:
    """Return the WSGI application, with the bound database's settings unless others are given.

    `pages` gives it the pages of the browser client, which stand above this layer.
    """
    settings = settings or db.bound().settings
    app = Flask("reviewflow", static_folder=None)
    app.config.update(_configuration(settings))
    app.json = wire.ExactJson(app)
    app.url_map.converters["key"] = KeyConverter
    app.before_request(views.allow_size)
    errors.register(app)
    auth.register(app)
    waiting.register(app)
    api = Api(app)
    api.register_converter(KeyConverter, _describe_key)
    for blueprint in (*nouns.BLUEPRINTS, *v2.BLUEPRINTS):
        api.register_blueprint(blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(docs.blueprint)
    if pages:
        pages(app)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "reviewflow",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": max(LARGEST_REQUEST, settings.largest_document + AROUND_A_DOCUMENT),
        "API_TITLE": "reviewflow",
        "API_VERSION": "2",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/api",
        "API_SPEC_OPTIONS": {
            "components": {
                "securitySchemes": {
                    "password": {"type": "http", "scheme": "basic"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "reviewflow"},
                }
            },
            "security": [{"password": []}, {"session": []}],
        },
    }


def _describe_key(_converter: BaseConverter) -> dict[str, str]:
    return {"type": "string", "pattern": r"^\d+$"}
