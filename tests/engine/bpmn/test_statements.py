"""What a step asks of the database: a bound on its statements, because each is a way to the server and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from company import complete, deploy, open_tasks, start
from sqlalchemy import event

from engine import db
from engine.bpmn import tasks
from engine.identity import Identity

TWO_TASKS = "start s\nuser u: assignee ann\nuser v: assignee ann\nend e\ns > u > v > e"

MOST = 11
"""Read the task; lock and read its instance; read the task under the lock, and end it; save the instance; open the next
task; an element instance comes and one goes; the history. SQLite begins by a statement, PostgreSQL tells the time by
one, and a clock that can be moved, as in tests alone, is asked by one."""


@contextmanager
def counted(database: db.Database) -> Iterator[list[str]]:
    """Collect the statements that are sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(database.pool, "before_cursor_execute", note)
    yield sent
    event.remove(database.pool, "before_cursor_execute", note)


def test_a_completion_of_a_plain_task_needs_few_statements(database: db.Database) -> None:
    deploy(TWO_TASKS)
    start()
    complete("u")
    start()
    key = open_tasks()["u"].key

    with counted(database) as sent, db.transaction() as session:
        tasks.complete(session, key, by=Identity("ann"), variables={})

    assert len(sent) <= MOST, "\n".join(sent)


def test_the_statements_of_a_completion_do_not_grow_with_what_else_runs(database: db.Database) -> None:
    deploy(TWO_TASKS)
    numbers = []
    for _ in range(3):
        for _ in range(5):
            start()
        key = open_tasks()["u"].key
        with counted(database) as sent, db.transaction() as session:
            tasks.complete(session, key, by=Identity("ann"), variables={})
        numbers.append(len(sent))

    assert numbers[1] == numbers[2]
