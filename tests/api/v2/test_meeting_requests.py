"""Requests that meet others in the database: both of two that wait for each other succeed."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing

import hostile
import pytest
from flask.testing import FlaskClient
from meetings import Meeting, at_once, correspondents, heard
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from engine import db
from engine.bpmn.models import Job, UserTask
from engine.bpmn.quarantine.ward import COMPUTING
from engine.idempotency import IdempotencyRecord

Client = Callable[[str], FlaskClient]

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Sender:
    """Who sends a request under an idempotency key, the number of its address."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client, self.address = client, address
        self.answers: list[TestResponse] = []

    def __call__(self) -> None:
        self.answers.append(self.client.post(self.address, json={}, headers={"Idempotency-Key": self.address}))


def expect_each_answered_204_twice_and_kept_once(senders: list[Sender]) -> None:
    """Send what was sent once more: it is answered from what was kept with the change."""
    at_once(*senders)
    assert [[answer.status_code for answer in sender.answers] for sender in senders] == [[204, 204], [204, 204]]
    with db.reading() as session:
        kept = session.execute(select(IdempotencyRecord.key, IdempotencyRecord.status)).all()
    assert sorted(kept) == sorted((sender.address, 204) for sender in senders)


@on_postgresql
def test_two_people_whose_processes_send_each_other_messages_are_both_served(client: Client) -> None:
    meeting = Meeting()
    both = correspondents("user w: assignee ann", "user w: assignee bo")
    with db.reading() as session:
        keys = {task.assignee: task.key for task in session.scalars(select(UserTask))}
    senders = [Sender(client(who), f"/v2/user-tasks/{keys[who]}/completion") for who in ("ann", "bo")]

    at_once(*senders)

    assert heard(both) == ["q", "p"]
    assert meeting.done_again
    expect_each_answered_204_twice_and_kept_once(senders)


@on_postgresql
def test_two_job_workers_whose_processes_send_each_other_messages_are_both_served(client: Client) -> None:
    meeting = Meeting()
    both = correspondents("job w: type payment", "job w: type payment")
    asked = {"type": "payment", "timeout": 60_000, "maxJobsToActivate": 2}
    client("root").post("/v2/jobs/activation", json=asked)
    with db.reading() as session:
        keys = session.scalars(select(Job.key)).all()
    senders = [Sender(client("root"), f"/v2/jobs/{key}/completion") for key in keys]

    at_once(*senders)

    assert heard(both) == ["q", "p"]
    assert meeting.done_again
    expect_each_answered_204_twice_and_kept_once(senders)


def upload(client: FlaskClient) -> TestResponse:
    """Send a file whose reading takes as long as it may."""
    [spinning] = [content for code, _, content in hostile.files("decisions") if code == "too-expensive"]
    head = b'--edge\r\nContent-Disposition: form-data; name="resources"; filename="spinning.dmn"\r\n\r\n'
    return client.post(
        "/v2/deployments",
        data=head + spinning + b"\r\n--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
    )


@on_sqlite
def test_nobody_waits_while_a_hostile_file_is_read(client: Client) -> None:
    answers: list[TestResponse] = []
    uploading = threading.Thread(target=lambda: answers.append(upload(client("root"))))

    uploading.start()
    waited = [0.0]
    while uploading.is_alive():
        began = time.monotonic()
        with db.transaction():
            waited.append(time.monotonic() - began)
        time.sleep(0.02)

    assert [answer.status_code for answer in answers] == [400]
    assert "takes more than" in answers[0].text
    assert max(waited) < COMPUTING / 2


def test_the_file_of_a_stranger_is_not_read(client: Client) -> None:
    began = time.monotonic()
    answer = upload(client("ann"))

    assert answer.status_code == 403
    assert time.monotonic() - began < COMPUTING, "no time for reading it"


@on_sqlite
def test_who_meets_a_database_that_another_process_keeps_busy_is_told_when_to_come_again(
    client: Client, database: db.Database
) -> None:
    event.listen(database.pool, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100"))
    database.pool.dispose()
    with closing(sqlite3.connect(str(database.pool.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        answer = client("root").put("/v2/clock", json={"timestamp": 1_800_000_000_000})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json is not None
    assert "but the database is busy with other changes; nothing was changed, try again" in answer.json["detail"]
    assert client("root").put("/v2/clock", json={"timestamp": 1_800_000_000_000}).status_code == 204


@on_sqlite
def test_who_meets_a_thread_that_writes_for_too_long_is_told_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PATIENCE", 0.1)
    with db.transaction():
        answer = client("root").put("/v2/clock", json={"timestamp": 1_800_000_000_000})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
