"""The page of one person: employment, places, lines, roles; leave and protection for HR and the person alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import NotFound
from engine.identity import Identity, Membership
from engine.reviews import access
from engine.reviews.models import (
    Department,
    Leave,
    LeaveKind,
    Line,
    Person,
    Placement,
    Post,
    Protection,
    ProtectionKind,
    ReportingLine,
    Role,
)
from engine.reviews.organisation import absences, employments, lines, people, scopes
from engine.reviews.panels import vacancies
from web import names
from web.addresses import go
from web.cycles import everybody
from web.enrolment import day
from web.languages import N_, gettext
from web.people import role_said

LINES = {
    Line.PRIMARY: N_("Direct superior"),
    Line.SECOND: N_("Second superior"),
    Line.MATRIX: N_("Dotted line"),
}
LEAVES = {
    LeaveKind.SICK: N_("Sick leave"),
    LeaveKind.MATERNITY: N_("Maternity leave"),
    LeaveKind.PARENTAL: N_("Parental leave"),
    LeaveKind.INJURY: N_("Injury at work"),
    LeaveKind.STUDY: N_("Study leave"),
    LeaveKind.UNPAID: N_("Unpaid leave"),
    LeaveKind.OTHER: N_("Other leave"),
}
PROTECTIONS = {
    ProtectionKind.HAZARD: N_("Exposed to occupational hazards, or under diagnosis"),
    ProtectionKind.OCCUPATIONAL: N_("Occupational disease or injury with a loss of capacity"),
    ProtectionKind.MEDICAL: N_("In the medical period"),
    ProtectionKind.MATERNITY: N_("Pregnant, in childbed, nursing"),
    ProtectionKind.RETIREMENT: N_("Fifteen years of service, less than five to retirement"),
    ProtectionKind.OTHER: N_("Another case that the law names"),
}


@dataclass(frozen=True, slots=True)
class TenureLine:
    """What holds from a day until a day."""

    what: str
    more: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """One kind of what holds for the person."""

    title: str
    lines: tuple[TenureLine, ...]
    empty: str


blueprint = Blueprint("persons", __name__)


class OnePerson(View):
    """One person."""

    def get(self, key: int) -> str:
        """Show what is known of somebody, as far as whoever asks may see it."""
        by = auth.caller()
        person = self.session.scalar(select(Person).where(Person.key == key, access.people(self.session, by)))
        if person is None:
            raise NotFound("Expected to find person {key}, but there is none", key=key)
        keeps = Role.HR in by.groups or scopes.is_bounded(by)
        shown = {"cards": read(self.session, person, by=by), "name": names.of_person(person), "person": person}
        kinds = {"line_kinds": _said(LINES), "leave_kinds": _said(LEAVES), "protection_kinds": _said(PROTECTIONS)}
        others = [(other, name) for other, name in everybody(self.session, by=by) if other != key] if keeps else []
        return render_template("person.html", keeps=keeps, others=others, **shown, **kinds)


class Lines(View):
    """The reporting lines of somebody."""

    def post(self, key: int) -> Response:
        """Let somebody report to a superior from a day on."""
        superior = people.by_key(self.session, request.form.get("superior", 0, type=int))
        person = people.by_key(self.session, key)
        kind = Line(request.form.get("kind", Line.PRIMARY))
        lines.assign(self.session, person, superior, valid_from=day("from"), kind=kind, by=auth.caller())
        vacancies.check_seats_of(self.session, superior, by=auth.caller())
        return _done(key)


class Leaves(View):
    """The leaves of somebody."""

    def post(self, key: int) -> Response:
        """Enter a long leave."""
        kind = LeaveKind(request.form.get("kind", LeaveKind.OTHER))
        person = people.by_key(self.session, key)
        absences.enter_leave(self.session, person, kind, day("from"), _last_day(), by=auth.caller())
        return _done(key)


class Protections(View):
    """The protections of somebody."""

    def post(self, key: int) -> Response:
        """Enter a protection against notice."""
        kind = ProtectionKind(request.form.get("kind", ProtectionKind.OTHER))
        person = people.by_key(self.session, key)
        absences.enter_protection(self.session, person, kind, day("from"), _last_day(), by=auth.caller())
        return _done(key)


blueprint.add_url_rule("/people/<key:key>", view_func=OnePerson.as_view("person"))
blueprint.add_url_rule("/people/<key:key>/lines", view_func=Lines.as_view("line"))
blueprint.add_url_rule("/people/<key:key>/leaves", view_func=Leaves.as_view("leave"))
blueprint.add_url_rule("/people/<key:key>/protections", view_func=Protections.as_view("protection"))


def read(session: Session, person: Person, *, by: Identity) -> list[Card]:
    """Read what holds for somebody, the newest first; what is sensitive only for HR and the person."""
    cards = [
        Card(gettext("Employment"), tuple(_spells(session, person)), gettext("Never employed")),
        Card(gettext("Department and post"), tuple(_places(session, person)), gettext("No place is known")),
        Card(gettext("Reporting lines"), tuple(_superiors(session, person)), gettext("Reports to nobody")),
        Card(gettext("Roles"), tuple(_roles(session, person)), gettext("No role")),
    ]
    if Role.HR in by.groups or scopes.is_bounded(by) or by.username == person.username:
        away = session.scalars(select(Leave).where(Leave.person_key == person.key, access.leaves(session, by)))
        held = select(Protection).where(Protection.person_key == person.key, access.protections(session, by))
        leaves = [TenureLine(gettext(LEAVES[one.kind]), "", one.valid_from, one.valid_until) for one in away]
        protections = [
            TenureLine(gettext(PROTECTIONS[one.kind]), "", one.valid_from, one.valid_until)
            for one in session.scalars(held)
        ]
        cards.append(Card(gettext("Leave"), _newest_first(leaves), gettext("No long leave")))
        cards.append(Card(gettext("Protection against notice"), _newest_first(protections), gettext("None")))
    return cards


def _spells(session: Session, person: Person) -> Iterator[TenureLine]:
    for spell in reversed(employments.spells_of(session, person.key)):
        more = gettext("on probation until {day}").format(day=spell.probation_until) if spell.probation_until else ""
        yield TenureLine(gettext("Employed"), more, spell.valid_from, spell.valid_until)


def _places(session: Session, person: Person) -> Iterator[TenureLine]:
    rows = session.execute(
        select(Placement, Department, Post)
        .join(Department, Department.key == Placement.department_key)
        .outerjoin(Post, Post.key == Placement.post_key)
        .where(Placement.person_key == person.key)
        .order_by(Placement.valid_from.desc())
    )
    for place, department, post in rows:
        said = names.either(post.name, post.name_en) if post else ""
        yield TenureLine(names.either(department.name, department.name_en), said, place.valid_from, place.valid_until)


def _superiors(session: Session, person: Person) -> Iterator[TenureLine]:
    rows = session.execute(
        select(ReportingLine, Person)
        .join(Person, Person.key == ReportingLine.superior_key)
        .where(ReportingLine.person_key == person.key)
        .order_by(ReportingLine.valid_from.desc())
    )
    for line, superior in rows:
        yield TenureLine(names.of_person(superior), gettext(LINES[line.kind]), line.valid_from, line.valid_until)


def _roles(session: Session, person: Person) -> Iterator[TenureLine]:
    held = select(Membership).where(Membership.username == person.username).order_by(Membership.valid_from.desc())
    for one in session.scalars(held):
        if said := role_said(one):
            yield TenureLine(said, "", one.valid_from, one.valid_until)


def _newest_first(held: Sequence[TenureLine]) -> tuple[TenureLine, ...]:
    return tuple(sorted(held, key=lambda line: line.first, reverse=True))


def _last_day() -> date | None:
    return day("until") if request.form.get("until") else None


def _said(texts: dict[Line, str] | dict[LeaveKind, str] | dict[ProtectionKind, str]) -> list[tuple[str, str]]:
    return [(kind.value, gettext(text)) for kind, text in texts.items()]


def _done(key: int) -> Response:
    flash(gettext("Entered."))
    return go(url_for(".person", key=key))
