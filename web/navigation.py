"""The links at the head of every page, as far as somebody may follow them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, g, request, url_for

from engine.identity import Identity
from web.languages import gettext

HR = "hr"
"""The group whose members run cycles."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for the catalogue."""
    return text


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that stands in the navigation."""

    endpoint: str
    label: str
    may: Callable[[Identity], bool]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it now."""

    label: str
    address: str
    current: bool


ENTRIES = (
    Entry("web.inbox.index", N_("My tasks"), lambda _person: True),
    Entry("web.cycles.index", N_("Cycles"), lambda person: person.operator or HR in person.groups),
    Entry("web.processes.index", N_("Processes"), lambda person: person.operator or HR in person.groups),
)


def links() -> list[Link]:
    """Answer the entries that the request's person may follow."""
    person = g.get("identity")
    return [
        Link(gettext(entry.label), url_for(entry.endpoint), (request.endpoint or "").startswith(_section(entry)))
        for entry in ENTRIES
        if person and entry.endpoint in current_app.view_functions and entry.may(person)
    ]


def _section(entry: Entry) -> str:
    return entry.endpoint.rpartition(".")[0]
