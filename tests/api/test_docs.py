"""The API's own document and its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient

Client = Callable[[str], FlaskClient]


def test_every_address_is_in_the_document(app: Flask, client: Client) -> None:
    served = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}

    document = client("ann").get("/api/openapi.json").json

    assert document is not None
    own = ("/api/docs", "/api/openapi.json")
    assert set(document["paths"]) == {
        path for path in served if path.startswith(("/v2/", "/api/")) and not path.startswith(own)
    }
    assert all(
        operation["summary"]
        for path in document["paths"].values()
        for operation in path.values()
        if "responses" in operation
    )


def test_the_document_of_v2_has_no_status_that_camunda_has_not(client: Client) -> None:
    document = client("ann").get("/api/openapi.json").json

    assert document is not None
    paths = [path for address, path in document["paths"].items() if address.startswith("/v2/")]
    operations = [operation for path in paths for operation in path.values() if "responses" in operation]
    assert {status for operation in operations for status in operation["responses"]} <= {
        "200", "201", "204", "207", "400", "403", "404", "406", "409", "415", "504",
    }  # fmt: skip


def test_the_page_needs_nothing_from_elsewhere_and_no_script_of_its_own(client: Client) -> None:
    answer = client("ann").get("/api/docs")

    page = answer.text
    needed = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert len(needed) == 3
    for path in needed:
        with client("ann").get(urljoin("/api/docs", path)) as asset:
            assert asset.status_code == 200
    assert not re.search(r"<script[^>]*>[^<]", page)
