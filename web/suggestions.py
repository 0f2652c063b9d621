"""The suggestion box: whoever writes or reads here is not asked for, and nothing of who it was is kept (record 0023).

No page of it looks up whose session it is, or carries a code in its address.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from api.views import AnonymousView, SearchView
from engine.reviews.feedback import suggestions
from engine.reviews.feedback.suggestions import Ticket
from engine.reviews.models import SuggestionEntry, Voice
from web.languages import N_, gettext

VOICES = {Voice.AUTHOR: N_("You"), Voice.HR: N_("HR"), Voice.LEADER: N_("Leader")}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, as the author reads it."""

    voice: str
    on: str
    text: str


blueprint = Blueprint("suggestions", __name__)


class Index(AnonymousView):
    """The box."""

    def get(self) -> str:
        """Ask for a suggestion, or for the code of one."""
        return render_template("suggestions.html")

    def post(self) -> str:
        """Put a suggestion into the box, and show its code, once."""
        return render_template("suggestion-code.html", code=suggestions.post(self.session, _sent("text")))


class OneSuggestion(AnonymousView):
    """One suggestion, opened by its code, which is sent and never stands in an address."""

    reads = SearchView.reads

    def post(self) -> str:
        """Show what was said."""
        return _opened(suggestions.read(self.session, _sent("code")), _sent("code"))


class Replies(AnonymousView):
    """The author's replies."""

    def post(self) -> str:
        """Put a reply into the box, and show the conversation."""
        code = _sent("code")
        suggestions.reply(self.session, code, _sent("text"))
        self.session.flush()  # it is shown as waiting
        return _opened(suggestions.read(self.session, code), code)


blueprint.add_url_rule("/suggestions", view_func=Index.as_view("index"))
blueprint.add_url_rule("/suggestions/read", view_func=OneSuggestion.as_view("read"))
blueprint.add_url_rule("/suggestions/replies", view_func=Replies.as_view("reply"))


def _sent(name: str) -> str:
    return request.form.get(name, "")


def _opened(ticket: Ticket, code: str) -> str:
    return render_template(
        "suggestion.html",
        said=[_said(entry) for entry in ticket.entries],
        waiting=ticket.waiting,
        closed=ticket.closed_on,
        code=code,
    )


def _said(entry: SuggestionEntry) -> Said:
    return Said(gettext(VOICES[entry.voice]), entry.said_on.isoformat(), entry.text)
