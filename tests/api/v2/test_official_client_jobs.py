"""Camunda's own client for Python, unchanged and over real HTTP, does jobs: command by command, and as a job worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaAsyncClient, CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from camunda_orchestration_sdk.runtime.job_worker import JobError, JobFailure, WorkerConfig
from coroutines import run
from diagrams import bpmn

As = Callable[[str], CamundaClient]

PAYMENT = """
    start s
    job pay: type payment; retries 3
    boundary refused on pay: error NO_MONEY
    user check: assignee ann
    end e
    end f
    s > pay > check > e
    refused > f
"""

BRANCH = "start s\njob pay: type payment\nexclusive x\nend e\nend f\ns > pay > x > e [score > 3]\nx > f [score <= 3]"

MILLISECONDS = 60_000


@pytest.fixture
def deploy(sdk: As, tmp_path: Path) -> Callable[[str], None]:
    """Return what deploys a diagram in short text as process `p`."""

    def deploy_text(text: str) -> None:
        (tmp_path / "p.bpmn").write_bytes(bpmn(text))
        sdk("root").deploy_resources_from_files([tmp_path / "p.bpmn"])

    return deploy_text


def start(client: CamundaClient, **values: Any) -> str:
    variables = of.ProcessInstanceCreationInstructionBaseVariables.from_dict(values)
    creation = of.ProcessCreationById(process_definition_id="p", variables=variables, business_id="review-7")
    return client.create_process_instance(data=creation).process_instance_key


def activate(client: CamundaClient, timeout: int = MILLISECONDS, **more: Any) -> list[of.ActivatedJobResult]:
    asked = {"type": "payment", "timeout": timeout, "maxJobsToActivate": 5, "requestTimeout": -1} | more
    return client.activate_jobs(data=of.JobActivationRequest.from_dict(asked)).jobs


def activate_one(client: CamundaClient, **more: Any) -> of.ActivatedJobResult:
    (job,) = activate(client, **more)
    return job


def search(client: CamundaClient, **asked: Any) -> list[of.JobSearchResult]:
    return client.search_jobs(data=of.JobSearchQuery.from_dict({"filter": asked})).items


def incidents(client: CamundaClient, **asked: Any) -> list[of.IncidentResult]:
    query = {"filter": {"state": "ACTIVE"} | asked, "sort": [{"field": "creationTime"}]}
    return client.search_incidents(data=of.IncidentSearchQuery.from_dict(query)).items


def state(client: CamundaClient, key: str) -> str:
    return client.get_process_instance(key).state.value


def test_a_job_is_activated_with_all_that_a_worker_needs(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    key = start(sdk("root"), amount=90.5, currency="CNY")

    job = activate_one(sdk("root"), worker="cashier", fetchVariable=["amount"])

    assert (job.type_, job.worker, job.element_id, job.retries) == ("payment", "cashier", "pay", 3)
    assert (job.process_instance_key, job.root_process_instance_key, job.business_id) == (key, key, "review-7")
    assert (job.kind, job.listener_event_type, job.user_task, job.job_lease_token) == (
        of.JobKindEnum.BPMN_ELEMENT,
        of.JobListenerEventTypeEnum.UNSPECIFIED,
        None,
        None,
    )
    assert job.variables.to_dict() == {"amount": 90.5}
    assert 0 < job.deadline / 1000 - time.time() <= MILLISECONDS / 1000


def test_a_job_is_completed_and_the_process_goes_on(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    start(sdk("root"))
    job = activate_one(sdk("root"))

    variables = of.JobCompletionRequestVariables.from_dict({"receipt": "收据-1"})
    sdk("root").complete_job(job.job_key, data=of.JobCompletionRequest(variables=variables))

    (task,) = sdk("ann").search_user_tasks().items
    assert task.element_id == "check"
    seen = sdk("ann").search_user_task_variables(task.user_task_key).items
    assert [(variable.name, variable.value) for variable in seen] == [("receipt", '"收据-1"')]
    (found,) = search(sdk("root"), type="payment", state="COMPLETED")
    assert (found.job_key, found.end_time is not None, found.has_failed_with_retries_left) == (job.job_key, True, False)
    with pytest.raises(refused.ConflictError, match="already completed"):
        sdk("root").complete_job(job.job_key)


def test_a_failed_job_comes_back_after_its_back_off(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    start(sdk("root"))
    job = activate_one(sdk("root"))

    failure = of.JobFailRequest(retries=2, error_message="the bank is closed", retry_back_off=300)
    sdk("root").fail_job(job.job_key, data=failure)
    at_once = activate(sdk("root"))
    again = activate(sdk("root"), requestTimeout=5_000)

    assert at_once == []
    assert [(found.job_key, found.retries) for found in again] == [(job.job_key, 2)]


def test_a_job_without_retries_is_resolved_by_an_operator(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    key = start(sdk("root"))
    job = activate_one(sdk("root"))
    sdk("root").fail_job(job.job_key, data=of.JobFailRequest(retries=0, error_message="the bank is closed"))
    (incident,) = incidents(sdk("root"), processInstanceKey=key)
    had_incident = sdk("root").get_process_instance(key).has_incident

    with pytest.raises(refused.ConflictError, match="no retries left"):
        sdk("root").resolve_incident(incident.incident_key)
    sdk("root").update_job(job.job_key, data=of.JobUpdateRequest.from_dict({"changeset": {"retries": 1}}))
    sdk("root").resolve_incident(incident.incident_key)

    assert (incident.error_type.value, incident.error_message) == ("JOB_NO_RETRIES", "the bank is closed")
    assert (incident.element_id, incident.job_key, incident.process_definition_id) == ("pay", job.job_key, "p")
    assert had_incident
    assert sdk("root").get_incident(incident.incident_key).state.value == "RESOLVED"
    assert not sdk("root").get_process_instance(key).has_incident
    assert activate_one(sdk("root")).job_key == job.job_key


def test_an_error_takes_the_way_the_diagram_has_for_it(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    key = start(sdk("root"))
    job = activate_one(sdk("root"))

    sdk("root").throw_job_error(job.job_key, data=of.JobErrorRequest(error_code="NO_MONEY", error_message="透支"))

    assert state(sdk("root"), key) == "COMPLETED"
    (found,) = search(sdk("root"), processInstanceKey=key)
    assert (found.state.value, found.error_code, found.error_message) == ("ERROR_THROWN", "NO_MONEY", "透支")


def test_what_fails_after_a_job_is_an_incident_and_goes_on_when_resolved(
    sdk: As, deploy: Callable[[str], None]
) -> None:
    deploy(BRANCH)
    key = start(sdk("root"), score="high")
    job = activate_one(sdk("root"))
    sdk("root").complete_job(job.job_key)
    query = of.IncidentSearchQuery.from_dict({"filter": {"errorType": "CONDITION_ERROR"}})

    (incident,) = sdk("root").search_process_instance_incidents(key, data=query).items
    sdk("root").resolve_incident(incident.incident_key)

    (again,) = incidents(sdk("root"))
    assert (incident.element_id, again.element_id) == ("x", "x")
    assert again.incident_key != incident.incident_key
    assert state(sdk("root"), key) == "ACTIVE"
    with pytest.raises(refused.ConflictError, match="resolved already"):
        sdk("root").resolve_incident(incident.incident_key)


def test_a_variable_is_corrected_and_the_process_goes_on(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(BRANCH)
    key = start(sdk("root"), score="high")
    sdk("root").complete_job(activate_one(sdk("root")).job_key)
    (incident,) = incidents(sdk("root"))

    corrected = of.SetVariableRequest.from_dict({"variables": {"score": 5}})
    sdk("root").create_element_instance_variables(key, data=corrected)
    sdk("root").resolve_incident(incident.incident_key)

    assert state(sdk("root"), key) == "COMPLETED"
    assert incidents(sdk("root")) == []


def test_jobs_and_incidents_name_the_element_instance_they_are_about(
    sdk: As, deploy: Callable[[str], None], tmp_path: Path
) -> None:
    child = "start s\nsub b\n    start t\n    job pay: type payment\n    end f\n    t > pay > f\nend e\ns > b > e"
    (tmp_path / "child.bpmn").write_bytes(bpmn(child, "child"))
    sdk("root").deploy_resources_from_files([tmp_path / "child.bpmn"])
    deploy("start s\ncall c: calls child\nend e\ns > c > e")
    key = start(sdk("root"))
    job = activate_one(sdk("root"))
    sdk("root").fail_job(job.job_key)
    query = of.IncidentSearchQuery.from_dict({"filter": {"state": "ACTIVE"}})

    def around(element: str) -> list[str]:
        asked = of.ElementInstanceSearchQuery.from_dict({"filter": {"elementId": element}})
        (stay,) = sdk("root").search_element_instances(data=asked).items
        found = sdk("root").search_element_instance_incidents(stay.element_instance_key, data=query).items
        return [incident.element_instance_key for incident in found]

    stay = sdk("root").get_element_instance(job.element_instance_key)
    (incident,) = sdk("root").search_process_instance_incidents(key, data=query).items
    assert (stay.element_id, stay.has_incident, stay.incident_key) == ("pay", True, incident.incident_key)
    assert incident.element_instance_key == job.element_instance_key
    assert search(sdk("root"), elementInstanceKey=job.element_instance_key)[0].job_key == job.job_key
    assert (around("pay"), around("b"), around("t")) == ([stay.element_instance_key],) * 2 + ([],)


def test_a_worker_with_a_lease_is_fenced_off_when_another_took_over(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    start(sdk("root"))
    slow = activate_one(sdk("root"), timeout=1, withLease=True)
    quick = activate(sdk("root"), withLease=True, requestTimeout=5_000)[0]

    with pytest.raises(refused.ConflictError, match="lease"):
        sdk("root").complete_job(slow.job_key, data=of.JobCompletionRequest(job_lease_token=slow.job_lease_token))
    sdk("root").complete_job(quick.job_key, data=of.JobCompletionRequest(job_lease_token=quick.job_lease_token))


def test_jobs_and_incidents_are_for_operators(sdk: As, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    start(sdk("root"))
    job = activate_one(sdk("root"))
    sdk("root").fail_job(job.job_key)
    (incident,) = incidents(sdk("root"))

    with pytest.raises(refused.UnexpectedStatus, match="403"):  # Camunda documents no 403 here
        activate(sdk("ann"))
    with pytest.raises(refused.NotFoundError):
        sdk("ann").complete_job(job.job_key)
    with pytest.raises(refused.NotFoundError):
        sdk("ann").get_incident(incident.incident_key)
    with pytest.raises(refused.UnexpectedStatus, match="403"):
        sdk("ann").resolve_incident(incident.incident_key)
    assert (search(sdk("ann")), incidents(sdk("ann"))) == ([], [])


@asynccontextmanager
async def working(served: str, handler: Callable[[Any], Awaitable[Any]], **config: Any) -> AsyncIterator[None]:
    """Let Camunda's job worker work, until the block ends."""
    settings = {
        "CAMUNDA_REST_ADDRESS": served,
        "CAMUNDA_AUTH_STRATEGY": "BASIC",
        "CAMUNDA_BASIC_AUTH_USERNAME": "root",
        "CAMUNDA_BASIC_AUTH_PASSWORD": "root's password",
    }
    async with CamundaAsyncClient(configuration=settings) as client:
        times = {"job_timeout_milliseconds": MILLISECONDS, "request_timeout_milliseconds": 1_000} | config
        worker = client.create_job_worker(WorkerConfig(job_type="payment", **times), handler)
        try:
            yield
        finally:
            await worker.aclose()


async def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something holds."""
    began = time.monotonic()
    while not await asyncio.to_thread(holds):
        assert time.monotonic() - began < seconds, "it never held"
        await asyncio.sleep(0.05)


def test_a_job_worker_completes_fails_and_throws(sdk: As, served: str, deploy: Callable[[str], None]) -> None:
    deploy(PAYMENT)
    keys = {what: start(sdk("root"), what=what) for what in ("well", "weary", "poor")}
    root = sdk("root")

    async def pay(job: Any) -> dict[str, Any]:
        what = job.variables.to_dict()["what"]
        if what == "poor":
            raise JobError("NO_MONEY", "overdrawn")
        if what == "weary" and job.retries == 3:
            raise JobFailure("tired", retries=2, retry_back_off=200)
        return {"receipt": f"{what}-{job.retries}"}

    def settled() -> bool:
        found = search(root)
        return [job.state.value for job in found] == ["COMPLETED", "COMPLETED", "ERROR_THROWN"]

    async def play() -> None:
        async with working(served, pay):
            await until(settled)

    run(play())

    assert [state(root, keys[what]) for what in keys] == ["ACTIVE", "ACTIVE", "COMPLETED"]
    receipts = {
        variable.value
        for task in sdk("ann").search_user_tasks().items
        for variable in sdk("ann").search_user_task_variables(task.user_task_key).items
        if variable.name == "receipt"
    }
    assert receipts == {'"well-3"', '"weary-2"'}


def test_what_a_crashed_worker_had_in_hand_a_second_one_takes_over(
    sdk: As, served: str, deploy: Callable[[str], None]
) -> None:
    deploy(PAYMENT)
    start(sdk("root"))
    root, had = sdk("root"), list[str]()

    async def never(job: Any) -> None:
        had.append(job.job_key)
        await asyncio.sleep(60)

    async def pay(job: Any) -> None:
        had.append(job.job_key)

    async def play() -> None:
        async with working(served, never, job_timeout_milliseconds=1_500, worker_name="first"):
            await until(lambda: len(had) == 1)
        async with working(served, pay, worker_name="second"):
            await until(lambda: bool(search(root, state="COMPLETED")))

    run(play())

    (job,) = search(root)
    assert (had, job.worker) == ([job.job_key] * 2, "second")


def test_a_handler_that_breaks_uses_the_jobs_retries_up(sdk: As, served: str, deploy: Callable[[str], None]) -> None:
    deploy("start s\njob pay: type payment; retries 1\nend e\ns > pay > e")
    start(sdk("root"))
    root = sdk("root")

    async def breaks(_job: Any) -> None:
        raise OSError("no route to the bank")

    async def play() -> None:
        async with working(served, breaks):
            await until(lambda: bool(incidents(root)))

    run(play())

    (incident,) = incidents(root)
    assert (incident.error_type.value, incident.error_message) == ("JOB_NO_RETRIES", "no route to the bank")
    assert search(root)[0].retries == 0
