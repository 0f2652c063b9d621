"""The entering of a mid-cycle change: what has happened, with what its kind needs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.changes import decisions, telling
from engine.reviews.changes.events import Event
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import ChangeKind, Cycle, Person, ReopeningKind, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.rules import Nominator
from engine.reviews.sentences import Sentence
from web import names
from web.addresses import go
from web.enrolment import day
from web.languages import gettext
from web.navigation import runs_cycles
from web.reopenings import KINDS

Named = TypeVar("Named", bound=StrEnum)

SAID = ("factor", "until", "template", "indicator", "value", "source", "what")
"""What some kinds need besides, as the page names it."""

TARGET_OF = "target_of:"
"""How the field begins that holds another target of an indicator."""


class Entering(View):
    """The entering of a change."""

    def get(self, key: int) -> str:
        """Ask what has happened; a difference that was found is filled in."""
        cycle = cycles.found(self.session, key)
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to enter a change, but that is HR's to do")
        kind = request.args.get("kind", ChangeKind.SUPERIOR, type=ChangeKind)
        everybody = self.session.scalars(select(Person).order_by(Person.employee_id)).all()
        return render_template(
            "change-entering.html",
            cycle=cycle,
            kind=kind.value,
            kinds=[(one.value, names.local(telling.KINDS[one])) for one in ChangeKind],
            people=[(person.key, names.of_person(person)) for person in everybody],
            chosen=request.args.get("person", type=int),
            reopened=[(one.value, gettext(KINDS[one])) for one in KINDS if one is not ReopeningKind.ACTUAL],
            indicators=_indicators(self.session, cycle),
            templates=[(row.key, f"{row.title} v{row.version}") for row in _published(self.session)],
        )

    def post(self, key: int) -> Response:
        """Enter it; its process asks HR what becomes of each item."""
        cycle = cycles.found(self.session, key)
        sent = request.form
        event = Event(
            kind=one_of("kind", ChangeKind),
            effective_on=day("effective_on"),
            reason=sent.get("reason", ""),
            people=[people.by_key(self.session, one) for one in sent.getlist("people", type=int)],
            to=_somebody(self.session, "to"),
            owner=_somebody(self.session, "owner"),
            details={**_details(sent), **_raters(self.session, cycle, sent.get("template", type=int))},
        )
        change = decisions.enter(self.session, cycle, event, by=auth.caller())
        return go(url_for(".change", key=change.key))


def one_of(name: str, kind: type[Named]) -> Named:
    """Read a choice that a form must make.

    Raises:
        Invalid: it is none of those that there are.
    """
    chosen = request.form.get(name, type=kind)
    if chosen is None:
        told = ", ".join(one.value for one in kind)
        problem = Problem(Sentence("It can only be one of {choices}", choices=told), name, "not-offered")
        raise Invalid("Expected to read a choice, but there is none", [problem])
    return chosen


def _somebody(session: Session, name: str) -> Person | None:
    key = request.form.get(name, type=int)
    return people.by_key(session, key) if key else None


def _details(sent: Any) -> dict[str, Any]:
    """Read what some kinds need besides; what is empty is not said."""
    given: dict[str, Any] = {name: sent.get(name, "").strip() for name in SAID}
    given["values"] = {
        name.removeprefix(TARGET_OF): value.strip()
        for name, value in sent.items()
        if name.startswith(TARGET_OF) and value.strip()
    }
    given["indicators"] = sent.getlist("indicators")
    given["two_sheets"] = sent.get("two_sheets") == "yes"
    return {name: value for name, value in given.items() if value}


def _raters(session: Session, cycle: Cycle, template_key: int | None) -> dict[str, Any]:
    """Name the raters of joiners and of second sheets, in each group for which HR names them."""
    accounts = [people.by_key(session, key).username for key in request.form.getlist("raters", type=int)]
    groups = templates.rules(session, template_key or cycle.template_key).rater_groups
    named = [one.id for one in groups if not one.by_position and one.nominated_by is Nominator.HR]
    return {"raters": dict.fromkeys(named, accounts)} if accounts else {}


def _published(session: Session) -> Sequence[TemplateVersion]:
    rows = select(TemplateVersion).where(TemplateVersion.published_at.is_not(None))
    return session.scalars(rows.order_by(TemplateVersion.template_id, TemplateVersion.version)).all()


def _indicators(session: Session, cycle: Cycle) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for review in cycles.reviews_of(session, cycle):
        for one in reviews.template(session, review).measured:
            found.setdefault(one.id, names.either(one.name, one.name_en))
    return list(found.items())
