"""The half-yearly diagnosis: a code is drawn with the login, the survey is answered without one (record 0034).

What answers the survey does not look up whose session it is, and no code stands in an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import AnonymousView, View
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews.meetings import diagnoses, surveys
from engine.reviews.models import Diagnosis, DiagnosisState, Role
from web import names
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import runs_cycles

STATES = {
    DiagnosisState.OPEN: (N_("The survey is open"), "warn"),
    DiagnosisState.CLOSED: (N_("The audit is being written"), "empty"),
    DiagnosisState.PUBLISHED: (N_("Published"), "good"),
}

READ_BY = frozenset({Role.FINANCE, Role.BOARD})
"""Who reads, besides HR, what incentives cost and brought."""


@dataclass(frozen=True, slots=True)
class DiagnosisLine:
    """A diagnosis as one person sees it."""

    key: int
    period: str
    closes_on: date
    state: tuple[str, str]
    may_draw: bool
    drawn: bool
    published: bool


blueprint = Blueprint("diagnoses", __name__)


class Index(View):
    """The diagnoses."""

    def get(self) -> str:
        """List them, and offer a code where the survey is open."""
        lines = [_line(self.session, one, auth.caller()) for one in diagnoses.everyone(self.session)]
        return render_template("diagnoses.html", lines=lines)


class Draw(AnonymousView):
    """A code for the survey. It is drawn by somebody, and its answer is kept nowhere, whatever the headers say."""

    def post(self, key: int) -> str:
        """Draw one and show it, once."""
        code = surveys.draw(self.session, diagnoses.found(self.session, key), by=auth.caller())
        return render_template("survey-code.html", code=code)


class Survey(AnonymousView):
    """The survey that is open, for whoever has a code."""

    def get(self) -> str:
        """Ask."""
        return render_template("survey.html", questions=_questions(self.session), scores=range(1, surveys.MOST + 1))

    def post(self) -> Response:
        """Take the answers."""
        sent = request.form
        surveys.answer(self.session, sent.get("code", ""), sent, sent.get("remark", ""))
        return go(url_for(".thanks"))


class Thanks(AnonymousView):
    """What follows an answer."""

    def get(self) -> str:
        """Say that it is kept."""
        return render_template("survey-thanks.html")


class Audit(View):
    """The health audit of one half-year."""

    def get(self, key: int) -> str:
        """Show it, once it is published; what incentives cost and brought to HR, finance and the board alone."""
        person, diagnosis = auth.caller(), diagnoses.found(self.session, key)
        if diagnosis.state is not DiagnosisState.PUBLISHED:
            raise NotFound("Expected to show the audit of {period}, but it is not published", period=diagnosis.period)
        money = runs_cycles(person) or bool(READ_BY & person.groups)
        figures = _told(diagnosis.figures)
        return render_template("audit.html", diagnosis=diagnosis, figures=figures, money=money)


blueprint.add_url_rule("/diagnoses", view_func=Index.as_view("index"))
blueprint.add_url_rule("/diagnoses/<key:key>", view_func=Audit.as_view("audit"))
blueprint.add_url_rule("/diagnoses/<key:key>/code", view_func=Draw.as_view("draw"))
blueprint.add_url_rule("/survey", view_func=Survey.as_view("survey"))
blueprint.add_url_rule("/survey/thanks", view_func=Thanks.as_view("thanks"))


def _line(session: Session, diagnosis: Diagnosis, by: Identity) -> DiagnosisLine:
    state, kind = STATES[diagnosis.state]
    drawn = surveys.has_drawn(session, diagnosis, by=by)
    return DiagnosisLine(
        key=diagnosis.key,
        period=diagnosis.period,
        closes_on=diagnosis.closes_on,
        state=(gettext(state), kind),
        may_draw=diagnosis.state is DiagnosisState.OPEN and not drawn,
        drawn=drawn,
        published=diagnosis.state is DiagnosisState.PUBLISHED,
    )


def _questions(session: Session) -> list[tuple[str, str]]:
    diagnosis = diagnoses.running(session)
    asked = diagnosis.questions if diagnosis else []
    return [(one["id"], names.either(one["name"], one["name_en"])) for one in asked]


def _told(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Write the bilingual names of what is kept in the reader's language."""
    lists = {
        name: [{part: names.local(text) for part, text in row.items()} for row in kept.get(name, [])]
        for name in ("figures", "satisfaction")
    }
    return {**kept, **lists, "respondents": names.local(kept.get("respondents", ""))}
