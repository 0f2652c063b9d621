"""The job worker that the documentation shows works."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from coroutines import run
from diagrams import bpmn
from sqlalchemy import select
from waitress.server import create_server

import api
from engine import db, identity
from engine.bpmn import deployments, instances
from engine.bpmn.deployments import Resource
from engine.bpmn.models import Job, ProcessInstance
from engine.identity import SYSTEM

DOCS = Path(__file__).resolve().parents[2] / "docs"

BONUS = """
    start s
    job pay: type pay-bonus
    boundary over on pay: error OVER_LIMIT
    end e
    user ask: assignee ann
    end f
    s > pay > e
    over > ask > f
"""


@pytest.fixture
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bonus_worker", DOCS / "howto" / "bonus_worker.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def served(sqlite_database: db.Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the API, and let the environment say where and as whom."""
    with db.transaction() as session:
        identity.register(session, "payroll", password="secret", groups=frozenset({identity.OPERATORS}))
    server = create_server(api.create_app(), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    monkeypatch.setenv("CAMUNDA_REST_ADDRESS", f"http://127.0.0.1:{server.effective_port}/v2")
    monkeypatch.setenv("CAMUNDA_AUTH_STRATEGY", "BASIC")
    monkeypatch.setenv("CAMUNDA_BASIC_AUTH_USERNAME", "payroll")
    monkeypatch.setenv("CAMUNDA_BASIC_AUTH_PASSWORD", "secret")
    yield
    server.trigger.pull_trigger(server.close)
    thread.join(timeout=5)
    server.task_dispatcher.shutdown()


def test_the_worker_of_the_documentation_pays_and_refuses(served: None, example: ModuleType) -> None:
    with db.transaction() as session:
        deployments.deploy(
            session, deployments.read([Resource("bonus.bpmn", bpmn(BONUS, "bonus"))], by=SYSTEM), by=SYSTEM
        )
        for amount in (500, 50_000):
            instances.start(session, process_id="bonus", variables={"amount": amount}, by=SYSTEM)

    run(_work_until_all_are_over(example))

    with db.reading() as session:
        paid, refused = session.scalars(select(ProcessInstance).order_by(ProcessInstance.key))
        assert (paid.state.value, refused.state.value) == ("COMPLETED", "ACTIVE")
        assert str(instances.variables(session, paid.key)["receipt"]).endswith("/500.00")


async def _work_until_all_are_over(example: ModuleType) -> None:
    working = asyncio.create_task(example.main())
    began = time.monotonic()
    while await asyncio.to_thread(_open_jobs):
        assert time.monotonic() - began < 20, "the worker did not do its jobs"
        await asyncio.sleep(0.05)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


def _open_jobs() -> bool:
    with db.reading() as session:
        return session.scalars(select(Job).where(Job.ended_at.is_(None))).first() is not None
