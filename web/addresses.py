"""Where to go after something was done."""

from __future__ import annotations

from flask import request


def own_address(address: str) -> str:
    """Return the address if it is a path of ours, else the start page: nobody is sent elsewhere."""
    own = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if own else f"{request.script_root}/"
