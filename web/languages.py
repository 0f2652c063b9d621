"""The two languages of the pages: which one a request speaks, and its texts."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, g, redirect, request, session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import db
from engine.identity import Account
from web.addresses import own_address

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"zh_CN": "中文", "en": "English"}
SOURCE = "en"

blueprint = Blueprint("languages", __name__)


@blueprint.post("/language/<language>")
def choose(language: str) -> Response:
    """Keep the user's choice of language, with the account where there is one, and go back to the page."""
    if language in LANGUAGES:
        session["language"] = language
        if g.identity:
            db.transact(partial(_keep, g.identity.username, language))
    return redirect(own_address(request.form.get("next", "")))


def _keep(username: str, language: str, writer: Session) -> None:
    writer.get_one(Account, username).language = language


def current() -> str:
    """Name the request's language: the user's choice, else what the browser prefers, else English."""
    if "language" not in g:
        g.language = session.get("language") or _preferred()
    return str(g.language)


def remember(username: str) -> None:
    """Speak the language that somebody chose before, unless another was chosen in this browser."""
    with db.reading() as reader:
        chosen = reader.get_one(Account, username).language
    if chosen in LANGUAGES:
        session.setdefault("language", chosen)


def locale() -> Locale:
    """Answer the request's locale, for dates and numbers."""
    return Locale.parse(current())


def tag() -> str:
    """Name the request's language as a browser writes it."""
    return current().replace("_", "-")


def gettext(text: str) -> str:
    """Answer the text in the request's language."""
    return str(catalogue(current()).gettext(text)) if text else ""


def pgettext(context: str, text: str) -> str:
    """Answer the text in the request's language, as it is said in that context."""
    return str(catalogue(current()).pgettext(context, text))


def has(text: str) -> bool:
    """Whether there is the text in the request's language."""
    return current() == SOURCE or text in getattr(catalogue(current()), "_catalog", {})


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text for the catalogue."""
    return text


PUNCTUATION = (N_(", "), N_(": "))
"""What stands between things that are listed, and behind what says of which thing something is said."""


def ngettext(one: str, many: str, count: int) -> str:
    """Answer the text in the request's language and the number's form."""
    return str(catalogue(current()).ngettext(one, many, count))


def island_texts() -> dict[str, str]:
    """Answer the islands' sentences in the request's language, by their English source."""
    messages = getattr(catalogue(current(), "islands"), "_catalog", {})
    return {source: text for source, text in messages.items() if source and isinstance(source, str)}


@cache
def catalogue(language: str, domain: str = "messages") -> NullTranslations:
    """Load one compiled catalogue; English is the source and needs none."""
    if language == SOURCE:
        return NullTranslations()
    return Translations.load(LOCALE, [language], domain)


def install(app: Flask) -> None:
    """Let the app's templates speak the request's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def _preferred() -> str:
    for wished, _ in request.accept_languages:
        base = wished.replace("-", "_").split("_")[0].lower()
        if base in {"zh", "en"}:
            return "zh_CN" if base == "zh" else "en"
    return SOURCE
