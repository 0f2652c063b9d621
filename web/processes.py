"""The deployed processes: their versions and diagrams, and a page to upload new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api import auth
from api.views import LARGEST_UPLOAD, View
from engine.bpmn import definitions, deployments, starts
from engine.bpmn.files import Reading, Resource
from engine.bpmn.instances import ZONE
from engine.bpmn.models import (
    Deployment,
    IncidentRecord,
    InstanceState,
    ProcessDefinition,
    ProcessInstance,
    StartTimer,
)
from engine.errors import Forbidden, NotFound
from engine.findings import Finding
from engine.identity import Identity
from web import names
from web.histories import Diagram
from web.navigation import runs_cycles


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A process in its latest version."""

    process_id: str
    name: str
    version: int
    deployed: datetime
    running: int
    incidents: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a process."""

    number: int
    tag: str
    deployed: datetime
    by: str
    running: int
    address: str
    migration: str
    """Where its running instances are migrated; empty where there are none, or no other version."""


@dataclass(frozen=True, slots=True)
class ProcessPage:
    """What a process's page shows."""

    process_id: str
    name: str
    version: int
    zone: ZoneInfo
    diagram: Diagram
    versions: tuple[Version, ...]
    starts: tuple[StartTimer, ...]
    download: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What became of uploaded files."""

    checked: tuple[str, ...] = ()
    """What was found to be in order, and not deployed."""
    deployed: tuple[str, ...] = ()
    """What was deployed, each as name and version."""
    warnings: tuple[Finding, ...] = ()
    """What is worth knowing of it."""


blueprint = Blueprint("processes", __name__)


class Index(View):
    """The processes."""

    def get(self) -> str:
        """List the processes in their latest versions."""
        person = _expect_reader(auth.caller())
        return render_template(
            "processes.html",
            processes=read_all(self.session),
            zone=ZoneInfo(ZONE),
            may_deploy=person.operator,
        )


class Process(View):
    """One process."""

    def get(self, process_id: str) -> str:
        """Show a version of a process, the latest unless one is asked for."""
        _expect_reader(auth.caller())
        page = read(self.session, process_id, request.args.get("version", type=int))
        return render_template("process.html", page=page, may_migrate=auth.caller().operator)


class Xml(View):
    """The BPMN file of a version. What a process looks like is no secret to anybody who works in it."""

    def get(self, key: int) -> Response:
        """Hand out the file as it was deployed."""
        return Response(definitions.xml(self.session, key), mimetype="application/xml")


class Uploading(View):
    """The upload of new versions."""

    largest = LARGEST_UPLOAD
    readings: list[Reading]

    def prepare(self) -> None:
        """Read the files."""
        person = _expect_operator(auth.caller())
        files = request.files.getlist("resources")
        resources = [Resource(file.filename, file.stream.read()) for file in files if file.filename]
        self.readings = deployments.read(resources, by=person)

    def get(self) -> str:
        """Ask for files."""
        _expect_operator(auth.caller())
        return render_template("upload.html", page=Upload())

    def post(self) -> str:
        """Check the files that belong together, and deploy them unless only the check was asked for."""
        if request.form.get("only") == "check":
            checked = deployments.check(self.session, self.readings)
            names_ = tuple(f"{draft.id} ({draft.resource.name})" for draft in checked.drafts)
            page = Upload(checked=names_, warnings=tuple(checked.warnings))
        else:
            deployed = deployments.deploy(self.session, self.readings, by=auth.caller())
            versions = tuple(
                f"{getattr(one, definitions.ID_OF[type(one)])} v{one.version}" for one in deployed.definitions
            )
            page = Upload(deployed=versions, warnings=tuple(deployed.warnings))
        return render_template("parts/uploaded.html", page=page)


blueprint.add_url_rule("/processes", view_func=Index.as_view("index"))
blueprint.add_url_rule("/processes/<process_id>", view_func=Process.as_view("process"))
blueprint.add_url_rule("/processes/upload", view_func=Uploading.as_view("upload"))
blueprint.add_url_rule("/processes/definitions/<key:key>.bpmn", view_func=Xml.as_view("xml"))


def read_all(session: Session) -> list[ProcessLine]:
    """Read every process in its latest version, with what runs of all its versions."""
    newest = (
        select(ProcessDefinition.process_id, func.max(ProcessDefinition.version).label("version"))
        .group_by(ProcessDefinition.process_id)
        .subquery()
    )
    rows = session.execute(
        select(ProcessDefinition, Deployment.deployed_at)
        .join(
            newest,
            (newest.c.process_id == ProcessDefinition.process_id) & (newest.c.version == ProcessDefinition.version),
        )
        .join(Deployment, Deployment.key == ProcessDefinition.deployment_key)
        .order_by(ProcessDefinition.process_id)
    )
    running, incidents = _running(session), _incidents(session)
    return [
        ProcessLine(
            process_id=found.process_id,
            name=names.local(found.name or found.process_id),
            version=found.version,
            deployed=deployed_at,
            running=sum(count for (process_id, _), count in running.items() if process_id == found.process_id),
            incidents=incidents.get(found.process_id, 0),
        )
        for found, deployed_at in rows
    ]


def read(session: Session, process_id: str, number: int | None) -> ProcessPage:
    """Read a version of a process and the list of all.

    Raises:
        NotFound: there is no such process or version.
    """
    chosen = definitions.find(session, ProcessDefinition, process_id, number)
    download = url_for(".xml", key=chosen.key)
    name = names.local(chosen.name or process_id)
    return ProcessPage(
        process_id=process_id,
        name=name,
        version=chosen.version,
        zone=ZoneInfo(ZONE),
        diagram=Diagram(download, name),
        versions=tuple(_versions(session, process_id)),
        starts=tuple(starts.armed(session, process_id)),
        download=download,
    )


def _versions(session: Session, process_id: str) -> list[Version]:
    rows = session.execute(
        select(ProcessDefinition, Deployment)
        .join(Deployment, Deployment.key == ProcessDefinition.deployment_key)
        .where(ProcessDefinition.process_id == process_id)
        .order_by(ProcessDefinition.version.desc())
    ).all()
    people = names.of_accounts(session, [deployment.deployed_by for _, deployment in rows])
    running = _running(session)
    return [
        Version(
            number=found.version,
            tag=found.version_tag or "",
            deployed=deployment.deployed_at,
            by=people[deployment.deployed_by],
            running=running.get((process_id, found.version), 0),
            address=url_for(".process", process_id=process_id, version=found.version),
            migration=url_for("web.migrations.migration", process_id=process_id, version=found.version)
            if len(rows) > 1 and (process_id, found.version) in running
            else "",
        )
        for found, deployment in rows
    ]


def _running(session: Session) -> Mapping[tuple[str, int], int]:
    rows = session.execute(
        select(ProcessInstance.process_id, ProcessInstance.process_version, func.count())
        .where(ProcessInstance.state == InstanceState.ACTIVE)
        .group_by(ProcessInstance.process_id, ProcessInstance.process_version)
    )
    return {(process_id, version): count for process_id, version, count in rows}


def _incidents(session: Session) -> Mapping[str, int]:
    rows = session.execute(
        select(ProcessInstance.process_id, func.count())
        .join(IncidentRecord, IncidentRecord.instance_key == ProcessInstance.key)
        .where(IncidentRecord.resolved_at.is_(None))
        .group_by(ProcessInstance.process_id)
    )
    failed = Counter(start.process_id for start in starts.armed(session) if start.failure is not None)
    return failed + Counter({process_id: count for process_id, count in rows})  # noqa: C416 - rows are no pairs to mypy


def _expect_reader(person: Identity) -> Identity:
    if not runs_cycles(person):
        raise NotFound("Expected to show the processes, but they are for HR and operators")
    return person


def _expect_operator(person: Identity) -> Identity:
    if not person.operator:
        raise Forbidden("Expected to upload processes, but {username} is no operator", username=person.username)
    return person
