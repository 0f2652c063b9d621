"""Regulations: what everybody is asked to read and to confirm; for HR their procedure, and who has not read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn.instances import ZONE
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.models import Person, Procedure, ProcedureRecord, Receipt, Regulation
from engine.reviews.rulebook import regulations
from web import names
from web.addresses import go
from web.enrolment import day
from web.languages import N_, gettext
from web.navigation import runs_cycles

STEPS = {
    Procedure.DISCUSSION: N_("Discussion by the employees or their representatives"),
    Procedure.CONSULTATION: N_("Consultation with the union or the representatives"),
}


@dataclass(frozen=True, slots=True)
class RegulationLine:
    """One version in the list."""

    key: int
    title: str
    version: int
    published: bool
    read: bool
    """Whether whoever asks has confirmed to have read it."""


@dataclass(frozen=True, slots=True)
class RegulationPage:
    """What the page of a regulation shows."""

    line: RegulationLine
    text: str
    province: str
    digest: str
    published_at: datetime | None
    received_at: datetime | None
    may_receive: bool
    steps: Sequence[ProcedureRecord]
    received: int
    outstanding: tuple[str, ...]
    """Who is employed and has not confirmed to have read it; for HR."""
    zone: ZoneInfo


blueprint = Blueprint("regulations", __name__)


class Index(View):
    """The regulations."""

    def get(self) -> str:
        """List those that are published, for HR the drafts too."""
        person = auth.caller()
        return render_template("regulations.html", lines=read_all(self.session, by=person), drafts=runs_cycles(person))

    def post(self) -> Response:
        """Draft the next version of one."""
        given = request.form
        row = regulations.draft(
            self.session,
            given.get("regulation_id", "").strip(),
            given.get("text", ""),
            title=given.get("title", "").strip(),
            title_en=given.get("title_en", "").strip(),
            province=given.get("province", "").strip(),
            by=auth.caller(),
        )
        return go(url_for(".regulation", key=row.key))


class OneRegulation(View):
    """One regulation."""

    def get(self, key: int) -> str:
        """Show it; for HR with its procedure, and with who has not read it."""
        person = auth.caller()
        page = read(self.session, key, by=person)
        return render_template("regulation.html", page=page, keeps=runs_cycles(person), step_names=STEPS)


class Receiving(View):
    """The receipt of a regulation."""

    def post(self, key: int) -> Response:
        """Confirm to have read it."""
        regulations.receive(self.session, regulations.found(self.session, key), by=auth.caller())
        flash(gettext("Thank you. It is recorded that you have read it."))
        return go(url_for(".regulation", key=key))


class Recording(View):
    """The democratic procedure of a regulation."""

    def post(self, key: int) -> Response:
        """Record a step of it."""
        regulations.record(
            self.session,
            regulations.found(self.session, key),
            Procedure(request.form.get("step", Procedure.DISCUSSION)),
            held_on=day("held_on"),
            participants=request.form.get("participants", ""),
            minutes=request.form.get("minutes", ""),
            by=auth.caller(),
        )
        return go(url_for(".regulation", key=key))


class Publication(View):
    """The publication of a regulation."""

    def post(self, key: int) -> Response:
        """Publish it."""
        regulations.publish(self.session, regulations.found(self.session, key), by=auth.caller())
        return go(url_for(".regulation", key=key))


blueprint.add_url_rule("/regulations", view_func=Index.as_view("index"))
blueprint.add_url_rule("/regulations/<key:key>", view_func=OneRegulation.as_view("regulation"))
blueprint.add_url_rule("/regulations/<key:key>/receipt", view_func=Receiving.as_view("receive"))
blueprint.add_url_rule("/regulations/<key:key>/procedure", view_func=Recording.as_view("record"))
blueprint.add_url_rule("/regulations/<key:key>/publication", view_func=Publication.as_view("publish"))


def read_all(session: Session, *, by: Identity) -> list[RegulationLine]:
    """Read the regulations that somebody may know of, the newest first."""
    rows = select(Regulation).where(regulations.visible_to(by)).order_by(Regulation.key.desc())
    own = set(session.scalars(_receipts(by).with_only_columns(Receipt.regulation_key)))
    return [_line(row, received=row.key in own) for row in session.scalars(rows)]


def read(session: Session, key: int, *, by: Identity) -> RegulationPage:
    """Read what the page of a regulation shows to somebody.

    Raises:
        NotFound: there is none that `by` may know of.
    """
    row = session.scalar(select(Regulation).where(Regulation.key == key, regulations.visible_to(by)))
    if row is None:
        raise NotFound("Expected to find regulation {key}, but there is none", key=key)
    receipt = session.scalar(_receipts(by).where(Receipt.regulation_key == key))
    known = session.scalar(select(Person.key).where(Person.username == by.username)) is not None
    waiting = regulations.unread(session, row) if runs_cycles(by) and row.published_at else []
    return RegulationPage(
        line=_line(row, received=receipt is not None),
        text=row.text,
        province=row.province,
        digest=row.digest,
        published_at=row.published_at,
        received_at=receipt.received_at if receipt else None,
        may_receive=known and row.published_at is not None and receipt is None,
        steps=regulations.procedure(session, row),
        received=len(regulations.receivers(session, key)),
        outstanding=tuple(f"{names.of_person(person)} ({person.employee_id})" for person in waiting),
        zone=ZoneInfo(ZONE),
    )


def _line(row: Regulation, *, received: bool) -> RegulationLine:
    return RegulationLine(
        row.key, names.either(row.title, row.title_en), row.version, row.published_at is not None, received
    )


def _receipts(by: Identity) -> Select[Receipt]:
    return select(Receipt).join(Person, Person.key == Receipt.person_key).where(Person.username == by.username)
