"""The links at the head of every page, as far as somebody may follow them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, request, url_for

from engine.identity import Identity
from engine.reviews.models import Role
from engine.reviews.organisation import scopes
from web.languages import N_, gettext


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


def everybody(_person: Identity) -> bool:
    """Let everybody follow an entry."""
    return True


def runs_cycles(person: Identity) -> bool:
    """Whether somebody runs cycles: HR, and whoever operates the engine."""
    return person.operator or Role.HR in person.groups


def keeps_people(person: Identity) -> bool:
    """Whether somebody is in HR, of the company or of some departments."""
    return runs_cycles(person) or scopes.is_bounded(person)


def reads_cycles(person: Identity) -> bool:
    """Whether somebody has the page of a cycle before them."""
    return keeps_people(person) or keeps_actuals(person)


def operates(person: Identity) -> bool:
    """Whether somebody operates the engine."""
    return person.operator


def keeps_actuals(person: Identity) -> bool:
    """Whether somebody enters or confirms actual values."""
    return runs_cycles(person) or bool({Role.FINANCE, Role.AUDITOR} & person.groups)


ENTRIES = (
    Entry("web.inbox.index", N_("My tasks"), everybody),
    Entry("web.reviews.index", N_("Reviews"), everybody),
    Entry("web.boards.index", N_("My line"), everybody),
    Entry("web.appeals.index", N_("Appeals"), everybody),
    Entry("web.plans.index", N_("Improvement plans"), everybody),
    Entry("web.duties.index", N_("Recurring duties"), everybody),
    Entry("web.awards.index", N_("Awards"), everybody),
    Entry("web.diagnoses.index", N_("Diagnosis"), everybody),
    Entry("web.suggestions.index", N_("Suggestion box"), everybody),
    Entry("web.calibrations.index", N_("Calibration"), keeps_people),
    Entry("web.cycles.index", N_("Cycles"), reads_cycles),
    Entry("web.regulations.index", N_("Regulations"), everybody),
    Entry("web.holidays.index", N_("Calendar"), runs_cycles),
    Entry("web.people.index", N_("People"), keeps_people),
    Entry("web.processes.index", N_("Processes"), runs_cycles),
    Entry("web.incidents.index", N_("Incidents"), operates),
)


def links() -> list[Link]:
    """Answer the entries that the request's person may follow."""
    person = g.get("identity")
    return [
        Link(gettext(entry.label), url_for(entry.endpoint), (request.endpoint or "").startswith(_section(entry)))
        for entry in ENTRIES
        if person and entry.may(person)
    ]


def has(endpoint: str) -> bool:
    """Tell whether the request's person may follow an entry, so that a page leads back to it."""
    person = g.get("identity")
    return bool(person) and any(entry.endpoint == endpoint and entry.may(person) for entry in ENTRIES)


def _section(entry: Entry) -> str:
    return entry.endpoint.removesuffix("index")
