"""Grade mappings: HR says which grade of one scale stands for which of another, and withdraws it with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.bpmn.instances import ZONE
from engine.errors import NotFound
from engine.reviews.models import GradeMapping, TemplateVersion
from engine.reviews.rulebook import grade_mappings, templates
from engine.reviews.rulebook.rules import Level
from web import names
from web.addresses import go
from web.navigation import runs_cycles

LEVEL = "level-"
"""What the fields of the grades begin with."""


@dataclass(frozen=True, slots=True)
class MappingLine:
    """What was declared of two scales, or that it was withdrawn."""

    before_id: str
    after_id: str
    before: str
    after: str
    grades: tuple[tuple[str, str], ...]
    """Empty where it was withdrawn."""
    reason: str
    by: str
    at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scales whose grades are to be mapped."""

    before: str
    after: str
    grades: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]


blueprint = Blueprint("grade_mappings", __name__)


class Index(View):
    """The mappings."""

    def get(self) -> str:
        """List them, the newest first, and ask for one of the two templates that were chosen."""
        if not runs_cycles(auth.caller()):
            raise NotFound("Expected to show the grade mappings, but the page is for HR")
        before, after = request.args.get("before", ""), request.args.get("after", "")
        return render_template(
            "grade-mappings.html",
            lines=read_all(self.session),
            templates=[(name, _called(row)) for name, row in sorted(templates.newest(self.session).items())],
            before=before,
            after=after,
            pair=_pair(self.session, before, after) if before and after else None,
            field=LEVEL,
            zone=ZoneInfo(ZONE),
        )

    def post(self) -> Response:
        """Declare one."""
        given = request.form
        levels = {name.removeprefix(LEVEL): text for name, text in given.items() if name.startswith(LEVEL) and text}
        before, after, reason = (given.get(name, "") for name in ("before", "after", "reason"))
        grade_mappings.declare(self.session, before, after, levels, reason=reason, by=auth.caller())
        return go(url_for(".index"))


class Withdrawal(View):
    """The withdrawal of a mapping."""

    def post(self) -> Response:
        """Withdraw it with the reason."""
        before, after, reason = (request.form.get(name, "") for name in ("before", "after", "reason"))
        grade_mappings.withdraw(self.session, before, after, reason=reason, by=auth.caller())
        return go(url_for(".index"))


blueprint.add_url_rule("/grade-mappings", view_func=Index.as_view("index"))
blueprint.add_url_rule("/grade-mappings/withdrawal", view_func=Withdrawal.as_view("withdrawal"))


def read_all(session: Session) -> list[MappingLine]:
    """Read the mappings, the newest first."""
    rows, holding = grade_mappings.everything(session), set(grade_mappings.in_force(session).values())
    authors = names.of_accounts(session, [row.declared_by for row in rows])
    known = templates.newest(session)
    return [_line(session, row, known, authors[row.declared_by], holds=row.key in holding) for row in rows]


def _line(
    session: Session, row: GradeMapping, known: Mapping[str, TemplateVersion], by: str, *, holds: bool
) -> MappingLine:
    called = [_grades(session, name) if name in known else {} for name in (row.before_id, row.after_id)]
    return MappingLine(
        before_id=row.before_id,
        after_id=row.after_id,
        before=_called(known[row.before_id]) if row.before_id in known else row.before_id,
        after=_called(known[row.after_id]) if row.after_id in known else row.after_id,
        grades=tuple((called[0].get(one, one), called[1].get(other, other)) for one, other in row.levels.items()),
        reason=row.reason,
        by=by,
        at=row.declared_at,
        holds=holds,
    )


def _pair(session: Session, before: str, after: str) -> Pair:
    grades, choices = (tuple(_grades(session, name).items()) for name in (before, after))
    return Pair(before, after, grades, choices)


def _grades(session: Session, template_id: str) -> dict[str, str]:
    return {level.id: _said(level) for level in grade_mappings.ranks(session, template_id)}


def _said(level: Level) -> str:
    return names.either(level.name, level.name_en)


def _called(row: TemplateVersion) -> str:
    return names.either(row.title, row.title_en)
