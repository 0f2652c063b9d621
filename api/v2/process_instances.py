"""Process instances: create, search, one, cancel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Response, jsonify
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import BigInteger, Row, Select, and_, exists, literal, or_, select
from sqlalchemy.orm import Session, aliased
from werkzeug.exceptions import GatewayTimeout

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2 import incidents, tags
from api.v2.fields import TENANT, ConstantField, TenantField, VariablesField
from api.v2.filters import FilterSchema, FlagFilter, InstantFilter, KeyFilter, NumberFilter, StateFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.v2.tags import TagsField, TagsFilter
from api.views import AwaitingView, SearchView, View
from engine import db
from engine.bpmn import instances, tasks
from engine.bpmn.instances import Origin
from engine.bpmn.models import (
    ElementInstance,
    IncidentRecord,
    InstanceState,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from engine.errors import Conflict, NotFound
from engine.identity import Identity

blueprint = CamundaBlueprint("process-instances", __name__, url_prefix="/v2/process-instances")

USUAL_WAIT, LONGEST_WAIT = 10_000, 60_000
"""Milliseconds that a request waits for an instance to end: unless it says how long, and at most."""

LATEST = -1
"""The version that stands for the latest one."""

HAS_INCIDENT = exists().where(IncidentRecord.instance_key == ProcessInstance.key, IncidentRecord.resolved_at.is_(None))


_caller = aliased(ElementInstance)


class ProcessInstanceSchema(CamelSchema):
    """A process instance."""

    process_instance_key = KeyField(attribute="ProcessInstance.key")
    process_definition_key = KeyField(attribute="ProcessInstance.definition_key")
    process_definition_id = fields.String(attribute="ProcessInstance.process_id")
    process_definition_name = fields.String(attribute="ProcessDefinition.name", allow_none=True)
    process_definition_version = fields.Integer(attribute="ProcessInstance.process_version")
    process_definition_version_tag = fields.String(attribute="ProcessDefinition.version_tag", allow_none=True)
    start_date = InstantField(attribute="ProcessInstance.started_at")
    end_date = InstantField(attribute="ProcessInstance.ended_at", allow_none=True)
    suspended_date = ConstantField(value=None)
    state = fields.String(attribute="ProcessInstance.state")
    has_incident = fields.Boolean()
    parent_process_instance_key = KeyField(attribute="ProcessInstance.parent_key", allow_none=True)
    parent_element_instance_key = KeyField(allow_none=True)
    root_process_instance_key = KeyField(attribute="ProcessInstance.root_key")
    business_id = fields.String(attribute="ProcessInstance.business_id", allow_none=True)
    tags = fields.List(fields.String())
    tenant_id = TenantField()


class ProcessInstanceFilterFieldsSchema(FilterSchema):
    """What may be asked of process instances, once."""

    process_instance_key = KeyFilter(ProcessInstance.key)
    process_definition_key = KeyFilter(ProcessInstance.definition_key)
    process_definition_id = TextFilter(ProcessInstance.process_id)
    process_definition_name = TextFilter(ProcessDefinition.name)
    process_definition_version = NumberFilter(ProcessInstance.process_version)
    process_definition_version_tag = TextFilter(ProcessDefinition.version_tag)
    start_date = InstantFilter(ProcessInstance.started_at)
    end_date = InstantFilter(ProcessInstance.ended_at)
    state = StateFilter(ProcessInstance.state, InstanceState, beside=("SUSPENDED",))
    has_incident = FlagFilter(HAS_INCIDENT)
    parent_process_instance_key = KeyFilter(ProcessInstance.parent_key)
    parent_element_instance_key = KeyFilter(_caller.key)
    business_id = TextFilter(ProcessInstance.business_id)
    tags = TagsFilter(ProcessInstance.key)
    tenant_id = TextFilter(literal(TENANT))


class ProcessInstanceFilterSchema(ProcessInstanceFilterFieldsSchema):
    """What may be asked of process instances."""

    or_ = fields.List(fields.Nested(ProcessInstanceFilterFieldsSchema), data_key="$or")


class StartInstructionSchema(CamelSchema):
    """Where an instance begins."""

    element_id = fields.String(
        required=True, validate=validate.Length(min=1), metadata={"description": "A start event of the process"}
    )


class CreationSchema(CamelSchema):
    """Which process to start, by key or by id, and with what."""

    process_definition_key = KeyField()
    process_definition_id = fields.String(validate=validate.Length(min=1))
    process_definition_version = fields.Integer(
        strict=True, load_default=LATEST, validate=validate.Range(LATEST, 2**31 - 1)
    )
    process_definition_version_tag = fields.String(validate=validate.Length(min=1))
    variables = VariablesField(load_default=dict)
    business_id = fields.String(load_default=None, validate=validate.Length(1, 256))
    tags = TagsField(load_default=list)
    await_completion = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    fetch_variables = fields.List(fields.String(), load_default=list)
    start_instructions = fields.List(
        fields.Nested(StartInstructionSchema), load_default=list, validate=validate.Length(max=1)
    )
    request_timeout = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, LONGEST_WAIT))
    tenant_id = TenantField()

    @validates_schema
    def expect_one_name(self, body: dict[str, Any], **_: Any) -> None:
        """Refuse to guess which of two definitions is meant."""
        if ("process_definition_key" in body) == ("process_definition_id" in body):
            raise ValidationError("Either processDefinitionKey or processDefinitionId must be given.")


class CreatedSchema(CamelSchema):
    """A process instance just created."""

    process_instance_key = KeyField(attribute="key")
    process_definition_key = KeyField(attribute="definition_key")
    process_definition_id = fields.String(attribute="process_id")
    process_definition_version = fields.Integer(attribute="process_version")
    variables = VariablesField(dump_default=dict)
    business_id = fields.String(allow_none=True)
    tags = fields.List(fields.String())
    tenant_id = TenantField()


QUERY = query_schema(
    "ProcessInstance",
    ProcessInstanceFilterSchema,
    {
        "processInstanceKey": ProcessInstance.key,
        "processDefinitionKey": ProcessInstance.definition_key,
        "processDefinitionId": ProcessInstance.process_id,
        "processDefinitionName": ProcessDefinition.name,
        "processDefinitionVersion": ProcessInstance.process_version,
        "processDefinitionVersionTag": ProcessDefinition.version_tag,
        "parentProcessInstanceKey": ProcessInstance.parent_key,
        "parentElementInstanceKey": _caller.key,
        "startDate": ProcessInstance.started_at,
        "endDate": ProcessInstance.ended_at,
        "state": ProcessInstance.state,
        "hasIncident": HAS_INCIDENT,
        "businessId": ProcessInstance.business_id,
    },
)


@blueprint.route("")
class Instances(AwaitingView):
    """The process instances."""

    @blueprint.arguments(CreationSchema)
    @blueprint.response(200, CreatedSchema)
    @blueprint.refuses(400, 409, 504)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Create a process instance."""
        at = next((instruction["element_id"] for instruction in body["start_instructions"]), None)
        origin = Origin(business_id=body["business_id"], tags=frozenset(body["tags"]), start_event=at)
        wanted = _wanted(self.session, body)
        made = instances.start(self.session, **wanted, variables=body["variables"], by=auth.caller(), origin=origin)
        if body["await_completion"]:
            timeout = body["request_timeout"] or USUAL_WAIT
            self.awaited = partial(_ended, made.key, body, time.monotonic() + timeout / 1000)
        return {**asdict(made), "tags": body["tags"]}


@blueprint.route("/search")
class Search(SearchView):
    """The search of process instances."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("ProcessInstance", ProcessInstanceSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search process instances."""
        found = run(self.session, known_to(auth.caller()), ProcessInstance.key, query)
        return Found(_documents(self.session, found.items), found.page)


@blueprint.route("/<key:key>")
class Instance(View):
    """One process instance."""

    @blueprint.response(200, ProcessInstanceSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> dict[str, Any]:
        """Get a process instance."""
        found = self.session.execute(known_to(auth.caller()).where(ProcessInstance.key == key)).first()
        if found is None:
            raise NotFound("Expected to find process instance {key}, but there is none that you may know of", key=key)
        return _documents(self.session, [found])[0]


class CancellationSchema(CamelSchema):
    """Nothing is needed to cancel; the reference is Camunda's for its own records."""

    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))


@blueprint.route("/<key:key>/cancellation")
class Cancellation(View):
    """The cancellation of a process instance."""

    @blueprint.arguments(CancellationSchema, required=False)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, _body: dict[str, Any], key: int) -> None:
        """Cancel a process instance."""
        instances.cancel(self.session, key, by=auth.caller())


@blueprint.route("/<key:key>/incidents/search")
class Incidents(SearchView):
    """The search of a process instance's incidents."""

    @blueprint.arguments(incidents.QUERY)
    @blueprint.response(200, incidents.IncidentResultSchema)
    @blueprint.refuses(400, 404)
    def post(self, query: dict[str, Any], key: int) -> Found:
        """Search the incidents of a process instance and of those that it called."""
        known = known_to(auth.caller()).where(ProcessInstance.key == key)
        if self.session.execute(known).first() is None:
            raise NotFound("Expected to find process instance {key}, but there is none that you may know of", key=key)
        statement = incidents.known_to(auth.caller()).where(IncidentRecord.instance_key.in_(_family(key)))
        return run(self.session, statement, IncidentRecord.key, query)


def _family(key: int) -> Select[int]:
    """Select the keys of an instance and of all that it called, directly or not."""
    family = select(literal(key, BigInteger).label("key")).cte(recursive=True)
    called = select(ProcessInstance.key).join(family, ProcessInstance.parent_key == family.c.key)
    return select(family.union_all(called).c.key)


def _wanted(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Return which definition to start, as `instances.start` asks for it.

    Raises:
        NotFound: no version has the tag.
    """
    if "process_definition_key" in body:
        return {"definition_key": body["process_definition_key"]}
    process_id, version = body["process_definition_id"], body["process_definition_version"]
    tag = body.get("process_definition_version_tag")
    if tag is None:
        return {"process_id": process_id, "version": None if version == LATEST else version}
    tagged = select(ProcessDefinition.key).where(
        ProcessDefinition.process_id == process_id, ProcessDefinition.version_tag == tag
    )
    key = session.scalars(tagged.order_by(ProcessDefinition.version.desc()).limit(1)).first()
    if key is None:
        raise NotFound(
            "Expected to start {process_id}, but no version of it has the tag {tag}", process_id=process_id, tag=tag
        )
    return {"definition_key": key}


def _ended(key: int, body: dict[str, Any], deadline: float) -> Response:
    """Wait until an instance has ended, and answer with its variables: those named, or all.

    Raises:
        Conflict: somebody cancelled it.
        GatewayTimeout: it goes on after the deadline.
    """
    while time.monotonic() < deadline:
        with db.reading() as session:
            instance = instances.get(session, key)
            if instance.state is InstanceState.TERMINATED:
                raise Conflict("Expected to await process instance {key}, but it was cancelled", key=key)
            if instance.state is InstanceState.COMPLETED:
                seen = instances.variables(session, instance.key)
                names = body["fetch_variables"] or list(seen)
                chosen = {name: seen[name] for name in names if name in seen}
                return jsonify(CreatedSchema().dump(instance) | {"variables": chosen, "tags": body["tags"]})
        time.sleep(0.05)
    raise GatewayTimeout(f"process instance {key} has not ended yet; it goes on")


def _documents(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Add to each instance its tags."""
    known = tags.of(session, [row.ProcessInstance.key for row in rows])
    return [{**row._asdict(), "tags": known[row.ProcessInstance.key]} for row in rows]


def known_to(identity: Identity) -> Rows:
    """Select the instances somebody may know of: for an operator all, else those one started or has tasks in."""
    called = (_caller.instance_key == ProcessInstance.parent_key, _caller.token == ProcessInstance.parent_token)
    caller = _caller.key.label("parent_element_instance_key")
    statement: Rows = (
        select(ProcessInstance, ProcessDefinition, caller, HAS_INCIDENT.label("has_incident"))
        .join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key)
        .outerjoin(_caller, and_(*called))
    )
    if identity.operator:
        return statement
    task = exists().where(UserTask.instance_key == ProcessInstance.key, tasks.visible_to(identity))
    return statement.where(or_(ProcessInstance.started_by == identity.username, task))
