"""Names as the reader knows them: people by their names, not their accounts; bilingual names in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db
from engine.identity import ENGINE
from engine.reviews.models import Person
from web import languages
from web.languages import gettext

CHINESE = "[\u3400-\u9fff]"
BILINGUAL = re.compile(
    rf"(?P<count>\d+\s)?(?P<chinese>.*{CHINESE}[^A-Za-z]*?)\s+(?P<english>[A-Za-z][^\u3400-\u9fff]*)"
)
"""What diagrams are written in: the Chinese name, a space, the English one."""
SPAN = re.compile(r"(?:working )?(?:day|week|month|year)s?\b.*")
"""English that a number before both names belongs to as well, as in "3 个工作日 working days"."""
AGAIN = re.compile(r"(?P<chinese>.*?(?P<number>\d+).*?)\s+(?P=number)")
"""A Chinese name behind which its number stands once more, as the first word of the English one."""


def local(text: str | None) -> str:
    """Write the half of a bilingual name that is in the request's language; any other name whole."""
    halves = BILINGUAL.fullmatch((text or "").strip())
    if halves is None or not all(map(_closed, halves.groups())):
        return text or ""
    count, chinese, english = halves["count"] or "", halves["chinese"].rstrip(), halves["english"]
    if again := AGAIN.fullmatch(f"{count}{chinese}"):
        return f"{again['number']} {english}" if languages.current() == "en" else again["chinese"]
    if languages.current() == "en":
        return count + english if SPAN.fullmatch(english) else english
    return count + chinese


def _closed(half: str | None) -> bool:
    """Whether each bracket is closed in the half that opened it: else the two languages stand within one name."""
    return not half or sum(map(half.count, "(（")) == sum(map(half.count, ")）"))


def either(chinese: str, english: str) -> str:
    """Choose between two names by the request's language; the Chinese one is always there."""
    return english if english and languages.current() == "en" else chinese


def of_person(person: Person) -> str:
    """Write a person's name in the request's language."""
    return either(person.name, person.name_en)


def of_visitor() -> str:
    """Write the name of whoever asks for the page."""
    username: str = g.identity.username
    return behind([username])[username]


def behind(usernames: Iterable[str]) -> Mapping[str, str]:
    """Return the names behind accounts to whoever has no session at hand."""
    with db.reading() as session:
        return of_accounts(session, usernames)


def of_accounts(session: Session, usernames: Iterable[str | None]) -> Mapping[str, str]:
    """Return the names behind accounts; an account that is nobody's keeps its own name."""
    wanted = {username for username in usernames if username}
    found = {username: username for username in wanted}
    if ENGINE in wanted:
        found[ENGINE] = gettext("the engine")
    for person in session.scalars(select(Person).where(Person.username.in_(wanted))):
        found[person.username] = of_person(person)
    return found
