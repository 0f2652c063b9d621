"""Where to go after something was done."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response


def own_address(address: str) -> str:
    """Return the address if it is a path of ours, else the start page: nobody is sent elsewhere."""
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if own else f"{request.script_root}/"


def go(address: str) -> Response:
    """Send the browser on to a page of ours, also where htmx asked for a fragment."""
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": address})
    return redirect(address, 303)
