"""Jobs over HTTP: waiting for them, asking for them twice, and what is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import BoundedSemaphore, Thread
from typing import Any

import pytest
from diagrams import bpmn
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api import waiting
from engine import db
from engine.bpmn import deployments, history, instances
from engine.bpmn.deployments import Resource
from engine.bpmn.history import Event
from engine.bpmn.models import Job
from engine.identity import SYSTEM

Client = Callable[[str], FlaskClient]

ORDER = "start s\njob pay: type payment\nuser u: assignee ann\nend e\ns > pay > u > e"


@pytest.fixture
def root(client: Client) -> FlaskClient:
    with db.transaction() as session:
        deployments.deploy(session, deployments.read([Resource("p.bpmn", bpmn(ORDER))], by=SYSTEM), by=SYSTEM)
    return client("root")


def start() -> int:
    with db.transaction() as session:
        return instances.start(session, process_id="p", variables={}, by=SYSTEM).key


def activate(client: FlaskClient, **more: Any) -> Any:
    asked = {"type": "payment", "timeout": 60_000, "maxJobsToActivate": 5} | more
    return client.post("/v2/jobs/activation", json=asked)


def job_of(key: int) -> str:
    with db.reading() as session:
        return str(session.scalars(select(Job.key).where(Job.instance_key == key)).one())


def test_a_request_waits_until_there_is_a_job(root: FlaskClient) -> None:
    later = Thread(target=lambda: (time.sleep(0.4), start()))
    later.start()

    answer = activate(root, requestTimeout=10_000)

    later.join()
    assert [job["elementId"] for job in answer.json["jobs"]] == ["pay"]


def test_a_request_waits_no_longer_than_it_says(root: FlaskClient) -> None:
    began = time.monotonic()

    answer = activate(root, requestTimeout=300)

    assert (answer.status_code, answer.json) == (200, {"jobs": []})
    assert 0.3 <= time.monotonic() - began < 5


def waiting_now(places: BoundedSemaphore) -> int:
    """Count the requests that wait, by taking the free places and giving them back."""
    free = 0
    while places.acquire(blocking=False):
        free += 1
    for _ in range(free):
        places.release()
    return waiting.MOST - free


def test_a_job_is_not_given_to_a_client_that_has_gone(root: FlaskClient, app: Flask, served: str) -> None:
    asked = json.dumps({"type": "payment", "timeout": 60_000, "maxJobsToActivate": 1, "requestTimeout": 60_000})
    headers = {"Authorization": root.environ_base["HTTP_AUTHORIZATION"], "Content-Type": "application/json"}
    leaving = HTTPConnection(served.removeprefix("http://"))
    leaving.request("POST", "/v2/jobs/activation", asked, headers)
    time.sleep(0.5)
    leaving.close()
    patience = time.monotonic() + 10
    while waiting_now(app.extensions[waiting.EXTENSION]) and time.monotonic() < patience:
        time.sleep(0.05)

    start()
    time.sleep(0.5)

    assert len(activate(root, requestTimeout=-1).json["jobs"]) == 1


def test_when_enough_requests_wait_the_others_are_answered_at_once(root: FlaskClient, app: Flask) -> None:
    places: BoundedSemaphore = app.extensions[waiting.EXTENSION]
    for _ in range(waiting.MOST):
        places.acquire()
    began = time.monotonic()

    answer = activate(root, requestTimeout=30_000)

    for _ in range(waiting.MOST):
        places.release()
    assert (answer.json, time.monotonic() - began < 5) == ({"jobs": []}, True)


def test_a_completion_sent_twenty_times_at_once_acts_once_and_answers_the_same(
    root: FlaskClient, client: Client
) -> None:
    key = start()
    activate(root)
    address = f"/v2/jobs/{job_of(key)}/completion"

    def send(_: int) -> tuple[int, bytes]:
        answer = client("root").post(
            address, json={"variables": {"receipt": 1}}, headers={"Idempotency-Key": "pay-once"}
        )
        return answer.status_code, answer.data

    with ThreadPoolExecutor(20) as hands:
        answers = list(hands.map(send, range(20)))

    assert answers == [(204, b"")] * 20
    with db.reading() as session:
        assert [entry.event for entry in history.of(session, key)] == [Event.STARTED, Event.JOB_COMPLETED]


def test_an_activation_sent_again_answers_the_same_jobs(root: FlaskClient) -> None:
    start()
    asked = {"type": "payment", "timeout": 60_000, "maxJobsToActivate": 5}

    first, second = (
        root.post("/v2/jobs/activation", json=asked, headers={"Idempotency-Key": "take-1"}) for _ in range(2)
    )

    assert len(first.json["jobs"]) == 1
    assert first.data == second.data


@pytest.mark.parametrize(
    "asked",
    [
        {"timeout": 0},
        {"maxJobsToActivate": 0},
        {"type": ""},
        {"tenantIds": ["another"]},
        {"requestTimeout": "long"},
        {"shoeSize": 44},
    ],
)
def test_an_activation_that_makes_no_sense_is_a_bad_request(root: FlaskClient, asked: dict[str, Any]) -> None:
    assert activate(root, **asked).status_code == 400


def test_what_cannot_be_done_to_a_job_is_refused(root: FlaskClient) -> None:
    key = start()
    address = f"/v2/jobs/{job_of(key)}"

    answers = {
        "not activated": root.post(f"{address}/completion"),
        "unknown": root.post("/v2/jobs/42/completion"),
        "no code": root.post(f"{address}/error", json={}),
        "no retries": root.patch(address, json={"changeset": {"retries": 0}}),
        "no changes": root.patch(address, json={}),
        "not in hand": root.patch(address, json={"changeset": {"timeout": 5000}}),
        "a result": root.post(f"{address}/completion", json={"result": {"denied": True}}),
    }

    assert {what: answer.status_code for what, answer in answers.items()} == {
        "not activated": 409,
        "unknown": 404,
        "no code": 400,
        "no retries": 400,
        "no changes": 400,
        "not in hand": 409,
        "a result": 400,
    }
    assert "but no worker has it in hand" in answers["not activated"].json["detail"]


def test_jobs_are_searched_by_what_they_are(root: FlaskClient) -> None:
    first, second = start(), start()
    activate(root, maxJobsToActivate=1, worker="cashier")
    root.post(f"/v2/jobs/{job_of(first)}/failure", json={"retries": 1, "errorMessage": "closed"})

    def found(**asked: Any) -> list[str]:
        query = {"filter": asked, "sort": [{"field": "retries", "order": "DESC"}]}
        answer = root.post("/v2/jobs/search", json=query)
        assert answer.status_code == 200, answer.json
        return [job["processInstanceKey"] for job in answer.json["items"]]

    assert found() == [str(second), str(first)]
    assert found(hasFailedWithRetriesLeft=True) == found(worker="cashier") == [str(first)]
    assert found(errorMessage={"$like": "clo*"}, kind="BPMN_ELEMENT") == [str(first)]
    assert found(state={"$in": ["CREATED", "TIMED_OUT"]}, deadline={"$exists": False}) == [str(second)]
    assert found(deniedReason={"$exists": True}) == found(isDenied=True) == []
