"""Background work that waits for other background work: PostgreSQL ends one of the two, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from company import employ, now, pin
from meetings import Meeting, at_once, correspondents, heard, meet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import db, worker
from engine.bpmn import chores
from engine.bpmn.models import IncidentRecord, Timer
from engine.identity import Account

pytestmark = pytest.mark.usefixtures("postgresql_database")


@chores.chore("test-meet")
def _mark_both(session: Session, *, first: str, second: str) -> None:
    """Mark two accounts, one after the other."""
    for name in (first, second):
        found = session.get_one(Account, name, with_for_update=True)
        found.language = f"{found.language or ''}{first}"
        session.flush()
        if name == first:
            meet(first)


def counted(model: type) -> int:
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def test_timers_of_two_workers_whose_processes_send_each_other_messages_both_fire() -> None:
    meeting = Meeting()
    both = correspondents("catch w: duration PT1H", "catch w: duration PT1H")
    pin(now() + timedelta(hours=2))

    at_once(worker.work_once, worker.work_once)

    assert heard(both) == ["q", "p"]
    assert (counted(Timer), counted(IncidentRecord)) == (0, 0)
    assert meeting.done_again


def test_chores_that_lock_the_same_rows_in_another_order_are_both_done() -> None:
    meeting = Meeting()
    employ("p")
    employ("q")

    at_once(
        lambda: db.transact(lambda session: chores.perform(session, "test-meet", {"first": "p", "second": "q"})),
        lambda: db.transact(lambda session: chores.perform(session, "test-meet", {"first": "q", "second": "p"})),
    )

    with db.reading() as session:
        marks = [session.get_one(Account, name).language for name in ("p", "q")]
    assert marks[0] == marks[1]
    assert sorted(marks[0] or "") == ["p", "q"]
    assert meeting.done_again
