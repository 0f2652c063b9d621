"""The incidents: what could not go on, behind everybody's back or under somebody's hands, for operators to resolve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn import chores, definitions, incidents
from engine.bpmn.instances import ZONE
from engine.bpmn.models import IncidentRecord, ProcessDefinition, ProcessInstance
from engine.errors import ErrorType, NotFound
from engine.identity import Identity
from web import histories, names
from web.addresses import go
from web.languages import N_, gettext

KINDS = {
    ErrorType.CALLED_DECISION_ERROR: N_("A decision table is missing"),
    ErrorType.CALLED_ELEMENT_ERROR: N_("A called process is missing"),
    ErrorType.CONDITION_ERROR: N_("A condition cannot be told"),
    ErrorType.DECISION_EVALUATION_ERROR: N_("A decision table gives no result"),
    ErrorType.EXTRACT_VALUE_ERROR: N_("An expression gives no fitting value"),
    ErrorType.FORM_NOT_FOUND: N_("A form is missing"),
    ErrorType.IO_MAPPING_ERROR: N_("A mapping of variables fails"),
    ErrorType.JOB_NO_RETRIES: N_("Automatic work failed"),
    ErrorType.UNHANDLED_ERROR_EVENT: N_("Nothing in the diagram handles an error"),
    ErrorType.UNKNOWN: N_("The process cannot go on"),
}


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An open incident."""

    key: int
    process: str
    address: str
    about: str
    """The business id of its instance, or the key."""
    element: str
    kind: str
    sentence: str
    since: datetime
    attempts: int
    person: str
    """Who could not complete the step; empty where it failed behind everybody's back."""


@dataclass(frozen=True, slots=True)
class ChoreLine:
    """Work of the engine's own that failed for good."""

    key: int
    name: str
    sentence: str
    since: datetime
    attempts: int


blueprint = Blueprint("incidents", __name__)


class Index(View):
    """The open incidents."""

    def get(self) -> str:
        """List them, the oldest first, and the chores that failed for good."""
        person = _expect_operator(auth.caller())
        return render_template(
            "incidents.html",
            incidents=read_all(self.session, by=person),
            chores=read_chores(self.session),
            zone=ZoneInfo(ZONE),
        )


class Resolution(View):
    """The resolution of an incident."""

    def post(self, key: int) -> Response:
        """Resolve it and try again; a job without retries gets one more."""
        person = _expect_operator(auth.caller())
        incidents.resolve(self.session, key, by=person, another_try=True)
        return go(url_for(".index"))


class Retrying(View):
    """Another try of a chore."""

    def post(self, key: int) -> Response:
        """Have it done again."""
        chores.retry(self.session, key, by=_expect_operator(auth.caller()))
        return go(url_for(".index"))


blueprint.add_url_rule("/incidents", view_func=Index.as_view("index"))
blueprint.add_url_rule("/incidents/<key:key>/resolution", view_func=Resolution.as_view("resolve"))
blueprint.add_url_rule("/incidents/chores/<key:key>/retry", view_func=Retrying.as_view("retry"))


def read_all(session: Session, *, by: Identity) -> list[IncidentLine]:
    """Read the open incidents."""
    rows = session.execute(
        select(IncidentRecord, ProcessInstance, ProcessDefinition)
        .join(ProcessInstance, ProcessInstance.key == IncidentRecord.instance_key)
        .join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key)
        .where(IncidentRecord.resolved_at.is_(None), incidents.visible_to(by))
        .order_by(IncidentRecord.key)
    ).all()
    people = names.of_accounts(session, [incident.username for incident, _, _ in rows if incident.username])
    return [
        IncidentLine(
            key=incident.key,
            process=names.local(definition.name or definition.process_id),
            address=url_for("web.processes.process", process_id=definition.process_id, version=definition.version),
            about=instance.business_id or str(instance.key),
            element=_element(session, definition.key, incident.element_id),
            kind=gettext(KINDS[incident.kind]),
            sentence=incident.message,
            since=incident.created_at,
            attempts=incident.attempts,
            person=people[incident.username] if incident.username else "",
        )
        for incident, instance, definition in rows
    ]


def read_chores(session: Session) -> list[ChoreLine]:
    """Read the chores that failed for good."""
    return [
        ChoreLine(chore.key, chore.name, chore.error or "", chore.failed_at, chore.attempts)
        for chore in chores.failed(session)
        if chore.failed_at is not None
    ]


def _element(session: Session, definition_key: int, element_id: str) -> str:
    return histories.element_name(definitions.net(session, definition_key), element_id) or element_id


def _expect_operator(person: Identity) -> Identity:
    if not person.operator:
        raise NotFound("Expected to show the incidents, but they are for operators")
    return person
