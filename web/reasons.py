"""Reasons of record: what the product notes of itself when an appeal or a reopening changes something."""

from __future__ import annotations

import re

from web.languages import N_, gettext

NOTED = re.compile(r"(?P<because>appeal|reopening) \d+(?P<settled>, settled with [^:]+)?(?:: (?P<text>.*))?", re.DOTALL)
SETTLED = N_("Agreed between the sides of an appeal")
BECAUSE = {"appeal": N_("Decided in an appeal"), "reopening": N_("Corrected after a reopening")}


def said(reason: str) -> str:
    """Say a reason in the request's language, without the key of what it was noted for."""
    noted = NOTED.fullmatch(reason)
    if noted is None:
        return reason
    source = SETTLED if noted["settled"] else BECAUSE[noted["because"]]
    because = gettext(source)
    return gettext(": ").join((because, noted["text"])) if noted["text"] else because
