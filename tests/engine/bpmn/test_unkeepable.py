"""What PostgreSQL cannot keep is an incident at its element: never a database that is away, never a stall."""

from __future__ import annotations

import random
import string
from datetime import timedelta

import pytest
from company import complete, deploy, now, open_tasks, pin, start

from engine import db, worker
from engine.bpmn import incidents
from engine.bpmn.models import IncidentRecord
from engine.bpmn.standstills import Standstill, noted

pytestmark = pytest.mark.usefixtures("database")

LONG = "".join(random.Random(4).choices(string.ascii_letters, k=50_000))  # noqa: S311 - no secret
"""More than an index of PostgreSQL takes, and nothing that could be compressed."""

LATE = """
    start s
    catch hour: duration PT1H
    catch paid: message paid key =topic
    end e
    s > hour > paid > e
"""
ASKED = """
    start s
    user ask: assignee ann
    user answer: assignee =topic
    end e
    s > ask > answer > e
"""


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Return the URL of a fresh database on PostgreSQL: SQLite keeps texts of any length."""
    return postgresql_url


def only() -> IncidentRecord:
    with db.reading() as session:
        (found,) = incidents.open_ones(session)
        return found


def test_a_timer_that_leads_to_what_cannot_be_kept_becomes_an_incident_and_holds_up_no_other() -> None:
    deploy(LATE)
    start("p", topic=LONG)
    start("p", topic="short")

    for _ in range(3):
        pin(now() + timedelta(hours=1, seconds=1))
        worker.work_once()

    found = only()
    assert (found.element_id, found.attempts) == ("paid", 3)
    assert "cannot keep" in found.message
    assert LONG[:50] not in found.message


def test_a_person_whose_completion_leads_to_it_is_refused_and_operators_learn_of_it() -> None:
    deploy(ASKED)
    start("p", topic=LONG)

    with pytest.raises(Standstill, match="the database cannot keep what it made"), noted():
        complete("ask")

    assert list(open_tasks()) == ["ask"]
    assert only().element_id == "answer"
