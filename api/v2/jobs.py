"""Jobs: activated by external workers, completed, failed, ended by an error, updated; and their search."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, cast

from flask import Response, jsonify, request
from marshmallow import fields, validate
from sqlalchemy import String, and_, false, literal, select

from api import auth, waiting
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2.fields import TENANT, ConstantField, TenantField, VariablesField
from api.v2.filters import FilterSchema, FlagFilter, InstantFilter, KeyFilter, NumberFilter, StateFilter, TextFilter
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.views import IDEMPOTENCY_KEY, AwaitingView, SearchView, View
from engine import db
from engine.bpmn import element_instances, jobs
from engine.bpmn.jobs import Failure, Taken, Thrown, Wanted
from engine.bpmn.models import Job, JobState, ProcessInstance
from engine.identity import Identity

blueprint = CamundaBlueprint("jobs", __name__, url_prefix="/v2/jobs")

USUAL_WAIT, LONGEST_WAIT = 10_000, 60_000
"""Milliseconds that a request waits for a job: unless it says how long, and at most."""

MOST_JOBS = 1_000
LONGEST_HELD = int(timedelta(days=3650) / timedelta(milliseconds=1))
"""The longest time in milliseconds that a worker may hold a job, or a failed one be kept back: ten years."""

UNREACHED = ("MIGRATED", "PRIORITY_UPDATED", "RETRIES_UPDATED", "TIMED_OUT", "TIMEOUT_UPDATED")
"""Camunda's states that say what was last done to a job; here they change no state."""

KIND, LISTENER = "BPMN_ELEMENT", "UNSPECIFIED"
"""There are jobs of elements alone: what listens to a task is an operation."""

ELEMENT_INSTANCE = element_instances.key_at(Job.instance_key, Job.token)
RETRIES_LEFT = and_(Job.state == JobState.FAILED, Job.retries > 0)


HELD, KEPT_BACK = validate.Range(1, LONGEST_HELD), validate.Range(0, LONGEST_HELD)


class JobActivationRequestSchema(CamelSchema):
    """Which jobs a worker wants, how many, and for how long."""

    type = fields.String(required=True, validate=validate.Length(min=1))
    timeout = fields.Integer(required=True, strict=True, validate=HELD)
    max_jobs_to_activate = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    worker = fields.String(load_default="")
    fetch_variable = fields.List(fields.String(), load_default=list)
    request_timeout = fields.Integer(strict=True, load_default=0)
    tenant_ids = fields.List(TenantField(), load_default=list)
    tenant_filter = fields.String(validate=validate.OneOf(["PROVIDED", "ASSIGNED"]))
    with_lease = fields.Boolean(load_default=False, allow_none=True, truthy={True}, falsy={False})


class ActivatedJobSchema(CamelSchema):
    """A job in a worker's hand."""

    type = fields.String(attribute="job.type")
    process_definition_id = fields.String(attribute="job.process_id")
    process_definition_version = fields.Integer(attribute="job.process_version")
    element_id = fields.String(attribute="job.element_id")
    custom_headers = fields.Dict(keys=fields.String(), values=fields.String(), attribute="job.headers")
    worker = fields.String(attribute="job.worker")
    retries = fields.Integer(attribute="job.retries")
    deadline = fields.Function(lambda taken: int(taken.job.deadline.timestamp() * 1000), metadata={"type": "integer"})
    variables = VariablesField()
    tenant_id = TenantField()
    physical_tenant_id = TenantField()
    job_key = KeyField(attribute="job.key")
    process_instance_key = KeyField(attribute="job.instance_key")
    process_definition_key = KeyField(attribute="job.definition_key")
    element_instance_key = KeyField()
    kind = ConstantField(KIND)
    listener_event_type = ConstantField(LISTENER)
    user_task = ConstantField(None)
    tags = ConstantField([])
    root_process_instance_key = KeyField(attribute="job.root_key")
    business_id = fields.String(allow_none=True)
    priority = fields.Integer(attribute="job.priority")
    job_lease_token = fields.String(attribute="job.lease", allow_none=True)


class JobActivationSchema(CamelSchema):
    """The jobs that a worker got."""

    jobs = fields.List(fields.Nested(ActivatedJobSchema), required=True)


class LeasedJobSchema(CamelSchema):
    """What a worker says of a job, with the lease that it has if it asked for one."""

    job_lease_token = fields.String(load_default=None, allow_none=True)


class JobCompletionSchema(LeasedJobSchema):
    """What came of a job."""

    variables = VariablesField(load_default=dict, allow_none=True)
    result = fields.Raw(allow_none=True, validate=validate.Equal(None))


class JobFailureSchema(LeasedJobSchema):
    """Why a job could not be done, and how often it is to be tried still."""

    retries = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 2**31 - 1))
    error_message = fields.String(load_default="", validate=validate.Length(max=20_000))
    retry_back_off = fields.Integer(strict=True, load_default=0, validate=KEPT_BACK)
    variables = VariablesField(load_default=dict, allow_none=True)


class JobErrorSchema(LeasedJobSchema):
    """The BPMN error that a job ended by."""

    error_code = fields.String(required=True, validate=validate.Length(min=1))
    error_message = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=20_000))
    variables = VariablesField(load_default=dict, allow_none=True)


class JobChangesetSchema(CamelSchema):
    """What is changed of a job; null and what is not named leave it as it is."""

    retries = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, 2**31 - 1))
    timeout = fields.Integer(strict=True, allow_none=True, validate=HELD)
    priority = fields.Integer(strict=True, allow_none=True, validate=validate.Range(-(2**31), 2**31 - 1))


class JobUpdateSchema(LeasedJobSchema):
    """What is changed of a job; the reference is Camunda's for its own records."""

    changeset = fields.Nested(JobChangesetSchema, required=True)
    operation_reference = fields.Integer(strict=True, validate=validate.Range(min=1))


class JobSchema(CamelSchema):
    """A job."""

    job_key = KeyField(attribute="Job.key")
    type = fields.String(attribute="Job.type")
    worker = fields.String(attribute="Job.worker")
    state = fields.String(attribute="Job.state")
    kind = ConstantField(KIND)
    listener_event_type = ConstantField(LISTENER)
    retries = fields.Integer(attribute="Job.retries")
    is_denied = ConstantField(None)
    denied_reason = ConstantField(None)
    has_failed_with_retries_left = fields.Boolean()
    error_code = fields.String(attribute="Job.error_code", allow_none=True)
    error_message = fields.String(attribute="Job.error_message", allow_none=True)
    custom_headers = fields.Dict(keys=fields.String(), values=fields.String(), attribute="Job.headers")
    deadline = InstantField(attribute="Job.deadline", allow_none=True)
    end_time = InstantField(attribute="Job.ended_at", allow_none=True)
    process_definition_id = fields.String(attribute="Job.process_id")
    process_definition_key = KeyField(attribute="Job.definition_key")
    process_instance_key = KeyField(attribute="Job.instance_key")
    root_process_instance_key = KeyField(attribute="Job.root_key")
    element_id = fields.String(attribute="Job.element_id")
    element_instance_key = KeyField()
    business_id = fields.String(allow_none=True)
    creation_time = InstantField(attribute="Job.created_at")
    last_update_time = InstantField(attribute="Job.updated_at")
    priority = fields.Integer(attribute="Job.priority")
    tenant_id = TenantField()


class JobFilterFieldsSchema(FilterSchema):
    """What may be asked of jobs, once."""

    job_key = KeyFilter(Job.key)
    type = TextFilter(Job.type)
    worker = TextFilter(Job.worker)
    state = StateFilter(Job.state, JobState, beside=UNREACHED)
    kind = TextFilter(literal(KIND))
    listener_event_type = TextFilter(literal(LISTENER))
    retries = NumberFilter(Job.retries)
    priority = NumberFilter(Job.priority)
    is_denied = FlagFilter(false())
    denied_reason = TextFilter(literal(None, String))
    has_failed_with_retries_left = FlagFilter(RETRIES_LEFT)
    error_code = TextFilter(Job.error_code)
    error_message = TextFilter(Job.error_message)
    deadline = InstantFilter(Job.deadline)
    end_time = InstantFilter(Job.ended_at)
    creation_time = InstantFilter(Job.created_at)
    last_update_time = InstantFilter(Job.updated_at)
    process_definition_id = TextFilter(Job.process_id)
    process_definition_key = KeyFilter(Job.definition_key)
    process_instance_key = KeyFilter(Job.instance_key)
    element_id = TextFilter(Job.element_id)
    element_instance_key = KeyFilter(ELEMENT_INSTANCE)
    tenant_id = TextFilter(literal(TENANT))


class JobFilterSchema(JobFilterFieldsSchema):
    """What may be asked of jobs."""

    or_ = fields.List(fields.Nested(JobFilterFieldsSchema), data_key="$or")


QUERY = query_schema(
    "Job",
    JobFilterSchema,
    {
        "jobKey": Job.key,
        "type": Job.type,
        "worker": Job.worker,
        "state": Job.state,
        "retries": Job.retries,
        "priority": Job.priority,
        "hasFailedWithRetriesLeft": RETRIES_LEFT,
        "errorCode": Job.error_code,
        "errorMessage": Job.error_message,
        "deadline": Job.deadline,
        "endTime": Job.ended_at,
        "creationTime": Job.created_at,
        "processDefinitionId": Job.process_id,
        "processDefinitionKey": Job.definition_key,
        "processInstanceKey": Job.instance_key,
        "elementId": Job.element_id,
        "elementInstanceKey": ELEMENT_INSTANCE,
    },
)


@blueprint.route("/activation")
class Activation(AwaitingView):
    """The activation of jobs."""

    @blueprint.arguments(JobActivationRequestSchema)
    @blueprint.response(200, JobActivationSchema)
    @blueprint.refuses(400)
    def post(self, body: dict[str, Any]) -> dict[str, list[Taken]]:
        """Activate jobs.

        If there is none, the request waits for one: 10 s, or `requestTimeout` milliseconds; not at all if that is
        negative, if the request may be sent again (`Idempotency-Key`), or if enough others wait already.
        """
        wanted = _wanted(body)
        found = jobs.activate(self.session, wanted, by=auth.caller())
        timeout = min(body["request_timeout"] or USUAL_WAIT, LONGEST_WAIT)
        if not found and timeout > 0 and IDEMPOTENCY_KEY not in request.headers:
            self.awaited = partial(_waited, wanted, auth.caller(), time.monotonic() + timeout / 1000)
        return {"jobs": found}


@blueprint.route("/search")
class Search(SearchView):
    """The search of jobs."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("Job", JobSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> Found:
        """Search jobs."""
        return run(self.session, _known_to(auth.caller()), Job.key, query)


@blueprint.route("/<key:key>")
class OneJob(View):
    """One job."""

    @blueprint.arguments(JobUpdateSchema)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def patch(self, body: dict[str, Any], key: int) -> None:
        """Update a job."""
        changes = {name: value for name, value in body["changeset"].items() if value is not None}
        if "timeout" in changes:
            changes["timeout"] = timedelta(milliseconds=changes["timeout"])
        jobs.update(self.session, key, cast("jobs.Changes", changes), by=auth.caller(), lease=body["job_lease_token"])


@blueprint.route("/<key:key>/completion")
class Completion(View):
    """The completion of a job."""

    @blueprint.arguments(JobCompletionSchema, required=False)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Complete a job."""
        variables, lease = body["variables"] or {}, body["job_lease_token"]
        jobs.complete(self.session, key, by=auth.caller(), variables=variables, lease=lease)


@blueprint.route("/<key:key>/failure")
class Failing(View):
    """The failure of a job."""

    @blueprint.arguments(JobFailureSchema, required=False)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Fail a job."""
        back_off = timedelta(milliseconds=body["retry_back_off"])
        failure = Failure(body["error_message"], body["retries"], back_off, body["variables"] or {})
        jobs.fail(self.session, key, failure, by=auth.caller(), lease=body["job_lease_token"])


@blueprint.route("/<key:key>/error")
class Throwing(View):
    """The BPMN error of a job."""

    @blueprint.arguments(JobErrorSchema)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Throw an error for a job."""
        thrown = Thrown(body["error_code"], body["error_message"], body["variables"] or {})
        jobs.throw(self.session, key, thrown, by=auth.caller(), lease=body["job_lease_token"])


def _wanted(body: Mapping[str, Any]) -> Wanted:
    return Wanted(
        body["type"],
        min(body["max_jobs_to_activate"], MOST_JOBS),
        timedelta(milliseconds=body["timeout"]),
        worker=body["worker"],
        variables=body["fetch_variable"],
        leased=bool(body["with_lease"]),
    )


def _waited(wanted: Wanted, caller: Identity, deadline: float) -> Response:
    """Wait until there are jobs, and answer with those that no other worker was faster to take."""
    found: list[Taken] = []
    while not found and waiting.until(partial(_are_there, wanted), deadline):
        found = db.transact(lambda session: jobs.activate(session, wanted, by=caller))
    return jsonify(JobActivationSchema().dump({"jobs": found}))


def _are_there(wanted: Wanted) -> bool:
    with db.reading() as session:
        return jobs.are_there(session, wanted)


def _known_to(identity: Identity) -> Rows:
    """Select the jobs somebody may know of, with what else is shown of them."""
    statement: Rows = (
        select(
            Job,
            ProcessInstance.business_id.label("business_id"),
            RETRIES_LEFT.label("has_failed_with_retries_left"),
            ELEMENT_INSTANCE.label("element_instance_key"),
        )
        .join(ProcessInstance, ProcessInstance.key == Job.instance_key)
        .where(jobs.visible_to(identity))
    )
    return statement
