"""User tasks: search, one, its form and variables, update, assign, unassign, complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import Response
from marshmallow import fields, pre_load, validate
from sqlalchemy import ColumnElement, Row, and_, exists, literal, select
from sqlalchemy.orm import Session

from api import auth
from api.blueprint import CamundaBlueprint
from api.fields import CamelSchema, InstantField, KeyField
from api.v2 import tags, variables
from api.v2.fields import TENANT, ConstantField, TenantField, VariablesField
from api.v2.filters import FilterSchema, InstantFilter, KeyFilter, NumberFilter, StateFilter, TextFilter, Wrap
from api.v2.forms import FormSchema
from api.v2.search import Found, Rows, query_schema, result_schema, run
from api.v2.tags import TagsFilter
from api.views import SearchView, View
from engine import exact_json
from engine.bpmn import definitions, tasks
from engine.bpmn.models import (
    ElementInstance,
    FormDefinition,
    ProcessDefinition,
    ProcessInstance,
    TaskCandidate,
    TaskState,
    UserTask,
)
from engine.bpmn.net.work import UserTask as PersonsWork
from engine.bpmn.variables import Variable, key_of
from engine.errors import NotFound
from engine.identity import Identity

blueprint = CamundaBlueprint("user-tasks", __name__, url_prefix="/v2/user-tasks")

PASSING = ("ASSIGNING", "CANCELING", "COMPLETING", "CREATING", "FAILED", "UPDATING")
"""Camunda's states on the way between two states; here a task is never seen on its way."""


def _candidate(kind: str) -> Wrap:
    """Make of a condition on candidates one on tasks."""

    def wrap(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(TaskCandidate.task_key == UserTask.key, TaskCandidate.kind == kind, condition)

    return wrap


class UserTaskSchema(CamelSchema):
    """A user task."""

    user_task_key = KeyField(attribute="UserTask.key")
    element_instance_key = KeyField()
    element_id = fields.String(attribute="UserTask.element_id")
    name = fields.String(attribute="UserTask.name", allow_none=True)
    state = fields.String(attribute="UserTask.state")
    assignee = fields.String(attribute="UserTask.assignee", allow_none=True)
    candidate_users = fields.List(fields.String())
    candidate_groups = fields.List(fields.String())
    priority = fields.Integer(attribute="UserTask.priority")
    creation_date = InstantField(attribute="UserTask.created_at")
    completion_date = InstantField(attribute="UserTask.ended_at", allow_none=True)
    due_date = InstantField(attribute="UserTask.due_at", allow_none=True)
    follow_up_date = InstantField(attribute="UserTask.follow_up_at", allow_none=True)
    form_key = KeyField(attribute="UserTask.form_key", allow_none=True)
    external_form_reference = ConstantField(value=None)
    custom_headers = fields.Dict(keys=fields.String(), values=fields.String())
    process_definition_key = KeyField(attribute="UserTask.definition_key")
    process_definition_id = fields.String(attribute="UserTask.process_id")
    process_definition_version = fields.Integer(attribute="UserTask.process_version")
    process_name = fields.String(allow_none=True)
    process_instance_key = KeyField(attribute="UserTask.instance_key")
    root_process_instance_key = KeyField(attribute="UserTask.root_key")
    business_id = fields.String(allow_none=True)
    tags = fields.List(fields.String())
    tenant_id = TenantField()


class UserTaskFilterFieldsSchema(FilterSchema):
    """What may be asked of user tasks, once."""

    user_task_key = KeyFilter(UserTask.key)
    element_instance_key = KeyFilter(ElementInstance.key)
    element_id = TextFilter(UserTask.element_id)
    name = TextFilter(UserTask.name)
    state = StateFilter(UserTask.state, TaskState, beside=PASSING)
    assignee = TextFilter(UserTask.assignee)
    candidate_user = TextFilter(TaskCandidate.name, within=_candidate("user"))
    candidate_group = TextFilter(TaskCandidate.name, within=_candidate("group"))
    priority = NumberFilter(UserTask.priority)
    creation_date = InstantFilter(UserTask.created_at)
    completion_date = InstantFilter(UserTask.ended_at)
    due_date = InstantFilter(UserTask.due_at)
    follow_up_date = InstantFilter(UserTask.follow_up_at)
    process_definition_key = KeyFilter(UserTask.definition_key)
    process_definition_id = TextFilter(UserTask.process_id)
    process_instance_key = KeyFilter(UserTask.instance_key)
    business_id = TextFilter(ProcessInstance.business_id)
    tags = TagsFilter(UserTask.instance_key)
    tenant_id = TextFilter(literal(TENANT))


class UserTaskFilterSchema(UserTaskFilterFieldsSchema):
    """What may be asked of user tasks."""

    or_ = fields.List(fields.Nested(UserTaskFilterFieldsSchema), data_key="$or")


class ActionSchema(CamelSchema):
    """What is done to a task; the action's name is for Camunda's task listeners, of which there are none here."""

    action = fields.String(allow_none=True)


class AssignmentSchema(ActionSchema):
    """To whom a task is given, and whether it may be taken from another."""

    assignee = fields.String(required=True, validate=validate.Length(1, 256))
    allow_override = fields.Boolean(load_default=True, allow_none=True, truthy={True}, falsy={False})


class ResettableInstantField(InstantField):
    """An instant that the empty text takes away."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class ChangesetSchema(CamelSchema):
    """What is changed of a task; null and what is not named leave it as it is. Candidates cannot be changed here."""

    due_at = ResettableInstantField(data_key="dueDate", allow_none=True)
    follow_up_at = ResettableInstantField(data_key="followUpDate", allow_none=True)
    priority = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 100))

    @pre_load
    def leave_out(self, changes: Any, **_: Any) -> Any:
        """Leave out what is null."""
        if not isinstance(changes, dict):
            return changes
        return {name: value for name, value in changes.items() if value is not None}


class UpdateSchema(ActionSchema):
    """What is changed of a task."""

    changeset = fields.Nested(ChangesetSchema, load_default=dict, allow_none=True)


class CompletionSchema(ActionSchema):
    """What was filled in."""

    variables = VariablesField(load_default=dict, allow_none=True)


QUERY = query_schema(
    "UserTask",
    UserTaskFilterSchema,
    {
        "creationDate": UserTask.created_at,
        "completionDate": UserTask.ended_at,
        "dueDate": UserTask.due_at,
        "followUpDate": UserTask.follow_up_at,
        "priority": UserTask.priority,
        "name": UserTask.name,
        "businessId": ProcessInstance.business_id,
    },
)


@blueprint.route("/search")
class Search(SearchView):
    """The search of user tasks."""

    @blueprint.arguments(QUERY)
    @blueprint.response(200, result_schema("UserTask", UserTaskSchema))
    @blueprint.refuses(400)
    def post(self, query: dict[str, Any]) -> dict[str, object]:
        """Search user tasks."""
        found = run(self.session, _known_to(auth.caller()), UserTask.key, query)
        return {"items": _documents(self.session, found.items), "page": found.page}


@blueprint.route("/<key:key>")
class Task(View):
    """One user task."""

    @blueprint.response(200, UserTaskSchema)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> dict[str, object]:
        """Get a user task."""
        rows = self.session.execute(_known_to(auth.caller()).where(UserTask.key == key)).all()
        if not rows:
            raise NotFound("Expected to find user task {key}, but there is none that you may know of", key=key)
        return _documents(self.session, rows)[0]

    @blueprint.arguments(UpdateSchema, required=False)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def patch(self, body: dict[str, Any], key: int) -> None:
        """Update a user task."""
        changes: tasks.Changes = body["changeset"] or tasks.Changes()
        tasks.update(self.session, key, changes, by=auth.caller())


@blueprint.route("/<key:key>/form")
class Form(View):
    """A user task's form."""

    @blueprint.response(200, FormSchema)
    @blueprint.alt_response(204, success=True)
    @blueprint.refuses(400, 404)
    def get(self, key: int) -> FormDefinition | Response:
        """Get the form of a user task."""
        task = tasks.get(self.session, key, by=auth.caller())
        if task.form_key is None:
            return Response(status=204)
        return definitions.get(self.session, FormDefinition, task.form_key)


@blueprint.route("/<key:key>/variables/search")
@blueprint.route("/<key:key>/effective-variables/search", endpoint="EffectiveVariables")
class Variables(SearchView):
    """The variables a user task sees. They are effective: of a name that several scopes know, the nearest counts."""

    @blueprint.arguments(variables.TruncationSchema, location="query")
    @blueprint.arguments(variables.TASK_QUERY)
    @blueprint.response(200, variables.RESULT)
    @blueprint.refuses(400)
    def post(self, truncation: dict[str, bool], query: dict[str, Any], key: int) -> Found:
        """Search the variables of a user task."""
        task = tasks.get(self.session, key, by=auth.caller())
        seen = tasks.paper(self.session, key, by=auth.caller()).variables
        found = (_variable(task, name, value) for name, value in seen.items())
        return variables.page(self.session, found, query, truncate=truncation["truncate_values"])


@blueprint.route("/<key:key>/assignment")
class Assignment(View):
    """The assignment of a user task."""

    @blueprint.arguments(AssignmentSchema)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Assign a user task."""
        allowed = body["allow_override"] is not False
        tasks.assign(self.session, key, body["assignee"], by=auth.caller(), allow_override=allowed)


@blueprint.route("/<key:key>/assignee")
class Assignee(View):
    """Who holds a user task."""

    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def delete(self, key: int) -> None:
        """Unassign a user task."""
        tasks.unassign(self.session, key, by=auth.caller())


@blueprint.route("/<key:key>/completion")
class Completion(View):
    """The completion of a user task."""

    @blueprint.arguments(CompletionSchema, required=False)
    @blueprint.response(204)
    @blueprint.refuses(400, 404, 409)
    def post(self, body: dict[str, Any], key: int) -> None:
        """Complete a user task."""
        tasks.complete(self.session, key, by=auth.caller(), variables=body["variables"] or {})


def _known_to(identity: Identity) -> Rows:
    """Select the tasks somebody may know of, with what else is shown of them."""
    stay = (ElementInstance.instance_key == UserTask.instance_key, ElementInstance.token == UserTask.token)
    statement: Rows = (
        select(
            UserTask,
            ProcessDefinition.name.label("process_name"),
            ProcessInstance.business_id.label("business_id"),
            ElementInstance.key.label("element_instance_key"),
        )
        .join(ProcessDefinition, ProcessDefinition.key == UserTask.definition_key)
        .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
        .join(ElementInstance, and_(*stay))
        .where(tasks.visible_to(identity))
    )
    return statement


def _documents(session: Session, rows: Iterable[Row[Any]]) -> list[dict[str, object]]:
    """Add to each task its candidates, its headers and the tags of its instance."""
    shown = list(rows)
    candidates: dict[tuple[int, str], list[str]] = defaultdict(list)
    keys = [row.UserTask.key for row in shown]
    known = tags.of(session, [row.UserTask.instance_key for row in shown])
    for found in session.scalars(
        select(TaskCandidate).where(TaskCandidate.task_key.in_(keys)).order_by(TaskCandidate.name)
    ):
        candidates[found.task_key, found.kind].append(found.name)
    return [
        {
            **row._asdict(),
            "candidate_users": candidates[row.UserTask.key, "user"],
            "candidate_groups": candidates[row.UserTask.key, "group"],
            "custom_headers": _headers(session, row.UserTask),
            "tags": known[row.UserTask.instance_key],
        }
        for row in shown
    ]


def _variable(task: UserTask, name: str, value: object) -> Variable:
    """Return a variable as a task sees it: whatever scope it is in, it is shown as one of the process instance."""
    key, text = key_of(task.instance_key, name), exact_json.dumps(value).decode()
    return Variable(key, name, text, task.instance_key, task.instance_key, task.root_key)


def _headers(session: Session, task: UserTask) -> dict[str, str]:
    work = definitions.net(session, task.definition_key).by_id[task.element_id].work
    return dict(work.headers) if isinstance(work, PersonsWork) else {}
