"""Kinships: whom somebody is related to, declared by one of the two or by HR; neither then judges the other."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.models import Kinship, Person
from engine.reviews.organisation import kinships, people
from engine.reviews.panels import vacancies
from web import names
from web.addresses import go
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class KinshipLine:
    """That somebody is related to another."""

    other: str
    relation: str
    declared_by: str


blueprint = Blueprint("kinships", __name__)


class Own(View):
    """Whom whoever asks is related to."""

    def get(self) -> Response:
        """Go to the own page."""
        return go(url_for(".of_person", key=people.named(self.session, auth.caller().username).key))


class OfPerson(View):
    """Whom somebody is related to."""

    def get(self, key: int) -> str:
        """Show what is declared, to that person and to HR, and ask for more."""
        person, by = people.by_key(self.session, key), auth.caller()
        return render_template(
            "kinships.html",
            key=key,
            name=names.of_person(person),
            own=person.username == by.username,
            lines=read(self.session, person, by=by),
        )

    def post(self, key: int) -> Response:
        """Declare a kinship, with one person by name or account."""
        person = people.by_key(self.session, key)
        other = people.called(self.session, request.form.get("other", ""))
        kinships.declare(self.session, person, other, relation=request.form.get("relation", ""), by=auth.caller())
        vacancies.check_all(self.session, by=auth.caller())
        flash(gettext("It is declared: neither judges the other's appeals from now on."))
        return go(url_for(".of_person", key=key))


blueprint.add_url_rule("/kinships", view_func=Own.as_view("own"))
blueprint.add_url_rule("/people/<key:key>/kinships", view_func=OfPerson.as_view("of_person"))


def read(session: Session, person: Person, *, by: Identity) -> list[KinshipLine]:
    """Read what is declared of somebody, as that person or as HR.

    Raises:
        Forbidden: `by` is neither.
    """
    return [_line(session, person, row) for row in kinships.of_person(session, person, by=by)]


def _line(session: Session, person: Person, row: Kinship) -> KinshipLine:
    other = people.by_key(session, row.other_key if row.person_key == person.key else row.person_key)
    return KinshipLine(names.of_person(other), row.relation, _declarer(session, row.declared_by))


def _declarer(session: Session, username: str) -> str:
    try:
        return names.of_person(people.named(session, username))
    except NotFound:
        return username
