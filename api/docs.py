"""The OpenAPI document's page, with the assets of the package flask-swagger-ui and no script in the page."""

from __future__ import annotations

from importlib.resources import as_file, files

from flask import Blueprint, Response, send_from_directory

from api.auth import open_to_all

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>reviewflow HTTP API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="documentation"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

START = """SwaggerUIBundle({ url: "openapi.json", dom_id: "#documentation", deepLinking: true, validatorUrl: null });
"""

POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

blueprint = Blueprint("docs", __name__, url_prefix="/api/docs")


@blueprint.after_request
def protect(response: Response) -> Response:
    """Say what the page may load: no script but ours."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("")
def page() -> Response:
    """Show the HTTP API."""
    return Response(PAGE, content_type="text/html; charset=utf-8")


@blueprint.get("/start.js")
@open_to_all
def start() -> Response:
    """Start the page; the policy forbids scripts inside pages."""
    return Response(START, content_type="text/javascript; charset=utf-8")


@blueprint.get("/<any('swagger-ui.css', 'swagger-ui-bundle.js'):name>")
@open_to_all
def asset(name: str) -> Response:
    """Serve one of Swagger UI's own files."""
    with as_file(files("flask_swagger_ui") / "dist") as directory:
        return send_from_directory(directory, name, max_age=86_400)
