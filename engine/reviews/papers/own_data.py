"""A copy of one's own data as PDF (E-65)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.reviews.models import Person
from engine.reviews.papers.columns import WORDS, text
from engine.reviews.papers.typesetting import typeset

Records = tuple[tuple[str, str], Sequence[Mapping[str, Any]]]
"""A title in both languages, and rows by the names of their columns."""


def of_person(session: Session, person: Person, records: Sequence[Records]) -> bytes:
    """Typeset records, kind by kind, each row as names and values."""
    now = clock.now(session)
    content = {
        "about": f"{person.name} {person.employee_id}",
        "origin": f"{person.employee_id} · {now.isoformat(timespec='minutes')}",
        "records": [
            {"title": title, "rows": [[(WORDS[name], text(value)) for name, value in row.items()] for row in rows]}
            for title, rows in records
        ],
    }
    return typeset("own-data", content, as_of=now)
