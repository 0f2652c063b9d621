"""The built assets: their hashed names, and the route that serves them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for

STATIC = Path(__file__).parent / "static"
A_YEAR = 365 * 24 * 60 * 60

blueprint = Blueprint("assets", __name__)


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve one built file; its name changes with its content, so that it may be kept for ever."""
    response = send_from_directory(STATIC, name, max_age=A_YEAR)
    response.cache_control.immutable = True
    return response


@cache
def entry() -> tuple[str, list[str]]:
    """Name the script that every page loads and its style sheets."""
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    main = manifest["main.ts"]
    return main["file"], list(main.get("css", []))


def script() -> str:
    """Answer the address of the script."""
    return url_for("assets.asset", name=entry()[0])


def styles() -> list[str]:
    """Answer the addresses of the style sheets."""
    return [url_for("assets.asset", name=name) for name in entry()[1]]
