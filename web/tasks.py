"""The task page: the form, where the process stands, and what happened so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from api import auth, wire
from api.views import View
from engine import clock, exact_json
from engine.bpmn import candidates, drafts, instances, tasks
from engine.bpmn.definitions import get
from engine.bpmn.models import ProcessDefinition, ProcessInstance, TaskState, UserTask
from engine.errors import Invalid
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.models import Result, Review
from web import histories, labels, names, raters, subjects
from web.addresses import go
from web.dates import Deadline, deadline
from web.histories import Diagram, HistoryLine
from web.languages import gettext


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that one should know to do the task."""

    label: str
    value: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form-js schema and what is already known."""

    schema: dict[str, Any]
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaskPage:
    """What the task page shows."""

    key: int
    name: str
    process: str
    about: str
    zone: ZoneInfo
    due: Deadline | None
    ended: str
    """How it ended; empty while it is open."""
    form: Form | None
    """None for a task that only asks to be done."""
    diagram: Diagram
    history: tuple[HistoryLine, ...]
    facts: tuple[Fact, ...]
    action: str
    """Where the answers go; empty for somebody who may only look."""
    draft: str
    """The name of the browser's copy of what is being typed: person, task and form version."""
    keep: str = ""
    """Where what is being typed is kept on the server."""
    offered: tuple[tuple[int, str], ...] = ()
    """The drafts of former holders that went along: key and author."""
    note: str = ""
    """Where the reader reads what they typed themselves into a task that is over."""
    claim: str = ""
    """Where to claim it; empty unless it must be claimed first."""
    unclaim: str = ""
    """Where to give it back to its group; empty where it has none."""
    decline: str = ""
    """Where a rater declines it; empty for what cannot be declined."""


blueprint = Blueprint("tasks", __name__)


class Task(View):
    """One task."""

    def get(self, key: int) -> str:
        """Show a task to whoever may know of it."""
        return render_template("task.html", page=read(self.session, key, by=auth.caller()))


class Completion(View):
    """The end of a task."""

    def post(self, key: int) -> AnyResponse:
        """Take the answers, and carry the process on."""
        task = tasks.complete(self.session, key, by=auth.caller(), variables=answers())
        flash(gettext("Done: {step}").format(step=names.local(task.name or task.element_id)))
        if request.is_json:
            return Response(exact_json.dumps({"location": url_for("web.inbox.index")}), mimetype="application/json")
        return go(url_for("web.inbox.index"))


class Claim(View):
    """The taking over of a group's task."""

    def post(self, key: int) -> AnyResponse:
        """Take it over."""
        tasks.claim(self.session, key, by=auth.caller())
        return go(url_for("web.tasks.task", key=key))


class Return(View):
    """The giving back of a group's task."""

    def post(self, key: int) -> AnyResponse:
        """Give it back."""
        tasks.unassign(self.session, key, by=auth.caller())
        return go(url_for("web.inbox.index"))


blueprint.add_url_rule("/tasks/<key:key>", view_func=Task.as_view("task"))
blueprint.add_url_rule("/tasks/<key:key>/completion", view_func=Completion.as_view("complete"))
blueprint.add_url_rule("/tasks/<key:key>/claim", view_func=Claim.as_view("claim"))
blueprint.add_url_rule("/tasks/<key:key>/return", view_func=Return.as_view("unclaim"))


def read(session: Session, key: int, *, by: Identity) -> TaskPage:
    """Read what the page of a task shows to somebody.

    Raises:
        NotFound: there is no such task, or none that `by` may know of.
    """
    task = tasks.get(session, key, by=by)
    instance = instances.get(session, task.instance_key)
    zone = ZoneInfo(instance.zone)
    definition = get(session, ProcessDefinition, task.definition_key)
    opened = task.state is TaskState.CREATED
    mine = opened and task.assignee == by.username
    users, groups = candidates.of_task(session, key)
    form = _form(session, task, by) if opened else None
    return TaskPage(
        key=key,
        name=names.local(task.name or task.element_id),
        process=names.local(definition.name or task.process_id),
        about=subjects.of_roots(session, [task.root_key]).get(task.root_key, ""),
        zone=zone,
        due=deadline(session, task.due_at, clock.now(session), zone) if task.due_at and opened else None,
        ended=_ended(session, task),
        form=form,
        diagram=histories.diagram(session, instance),
        history=histories.lines(session, instance, by=by),
        facts=tuple(_facts(session, task, instance, by)),
        action=url_for(".complete", key=key) if mine else "",
        draft=f"{by.username}:{key}:{task.form_key}",
        keep=url_for("web.drafts.keep", key=key) if mine and form else "",
        offered=_offered(session, key, by) if mine else (),
        note="" if opened else _note(session, key, by),
        claim=url_for(".claim", key=key) if opened and task.assignee is None else "",
        unclaim=url_for(".unclaim", key=key) if mine and (users or groups) else "",
        decline=raters.departure(session, task, form.variables, by) if form else "",
    )


def answers() -> dict[str, Any]:
    """Read the answers that the form's island sent; a task without a form sends none."""
    if not request.is_json:
        return {}
    body = wire.read(request.get_data(cache=True))
    answers = body.get("variables") if isinstance(body, dict) else None
    if not isinstance(answers, dict):
        raise Invalid("Expected to read the answers, but there are none")
    return answers


def _form(session: Session, task: UserTask, by: Identity) -> Form | None:
    """Fill the task's form for whoever holds it; before it is claimed nobody reads what is in it."""
    if task.form_key is None or task.assignee is None:
        return None
    paper = tasks.paper(session, task.key, by=by)
    own = drafts.of_author(session, task.key, by.username)
    typed = drafts.answers(own) if own and task.assignee == by.username else {}
    if paper.form is None:
        return None
    schema = paper.form.schema
    return Form(labels.local(schema), {**labels.known(paper.variables, schema), **typed})


def _note(session: Session, key: int, by: Identity) -> str:
    """Answer the address of what somebody typed and did not submit, or submitted too late (E-54)."""
    typed = drafts.of_author(session, key, by.username)
    return url_for("web.drafts.draft", key=typed.key) if typed else ""


def _offered(session: Session, key: int, by: Identity) -> tuple[tuple[int, str], ...]:
    found = drafts.offered(session, key, by.username)
    authors = names.of_accounts(session, [one.username for one in found])
    return tuple((one.key, authors[one.username]) for one in found)


def _ended(session: Session, task: UserTask) -> str:
    if task.state is TaskState.CANCELED:
        return gettext("The process went on without this task.")
    if task.state is TaskState.COMPLETED and task.completed_by:
        person = names.of_accounts(session, [task.completed_by])[task.completed_by]
        return gettext("This task was done by {person}.").format(person=person)
    return ""


def _facts(session: Session, task: UserTask, instance: ProcessInstance, by: Identity) -> list[Fact]:
    facts = []
    if task.assignee:
        people = names.of_accounts(session, [task.assignee])
        facts.append(Fact(gettext("Whose task"), people[task.assignee]))
    review = subjects.review_of_root(session, task.root_key)
    if review is not None:
        facts += _review_facts(session, review, by)
    if (held := subjects.calibration_of_root(session, task.root_key)) is not None:
        address = url_for("web.calibrations.session", key=held.key)
        facts.append(Fact(gettext("Calibration"), gettext("Page of the session"), address))
    if (launched := subjects.cycle_of_root(session, task.root_key)) is not None:
        facts.append(Fact(gettext("Cycle"), launched.label, url_for("web.cycles.cycle", key=launched.key)))
    facts.append(Fact(gettext("Process"), f"{instance.process_id} v{instance.process_version}"))
    return facts


def _review_facts(session: Session, review: Review, by: Identity) -> list[Fact]:
    """Say whose review it is, and lead to the result sheet whoever may see it."""
    seen = select(Result.key).where(Result.review_key == review.key, access.results(session, by))
    if session.scalars(seen.limit(1)).first() is None:
        return []
    return [Fact(gettext("Result"), gettext("Result sheet"), url_for("web.results.result", key=review.key))]
