"""Drafts of forms: kept on the server while they are typed, and read by whoever took the task over."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from api import auth
from api.views import View
from engine.bpmn import definitions, drafts
from engine.bpmn.models import TaskDraft, UserTask
from engine.errors import NotFound
from engine.reviews.changes import visibility
from web import names, tasks
from web.addresses import go
from web.languages import gettext

blueprint = Blueprint("drafts", __name__)


class Keeping(View):
    """What is being typed into the form of a task."""

    def post(self, key: int) -> Response:
        """Keep it."""
        drafts.save(self.session, key, tasks.answers(), by=auth.caller())
        return Response(status=204)


class Draft(View):
    """A draft that was kept."""

    def get(self, key: int) -> str:
        """Show it to its author, to whoever took the task over, and then to HR."""
        draft = _found(self.session, key)
        task = self.session.get_one(UserTask, draft.task_key)
        form = definitions.form(self.session, task.form_key) if task.form_key else None
        return render_template(
            "draft-kept.html",
            key=key,
            name=names.local(task.name or task.element_id),
            author=names.of_accounts(self.session, [draft.username])[draft.username],
            contents={"schema": form.schema if form else {}, "variables": drafts.answers(draft)},
            taking=url_for(".take", key=key) if task.assignee == auth.caller().username != draft.username else "",
        )


class Taking(View):
    """The taking over of what somebody else typed."""

    def post(self, key: int) -> AnyResponse:
        """Put it into the own form, to be gone on with; the other's draft stays as it is."""
        draft = _found(self.session, key)
        drafts.save(self.session, draft.task_key, drafts.answers(draft), by=auth.caller())
        flash(gettext("The draft is in your form."))
        return go(url_for("web.tasks.task", key=draft.task_key))


blueprint.add_url_rule("/tasks/<key:key>/draft", view_func=Keeping.as_view("keep"))
blueprint.add_url_rule("/drafts/<key:key>", view_func=Draft.as_view("draft"))
blueprint.add_url_rule("/drafts/<key:key>/taking", view_func=Taking.as_view("take"))


def _found(session: Session, key: int) -> TaskDraft:
    draft = session.scalar(select(TaskDraft).where(TaskDraft.key == key, visibility.drafts(auth.caller())))
    if draft is None:
        raise NotFound("Expected to find draft {key}, but there is none that may be read", key=key)
    return draft
