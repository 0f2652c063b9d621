"""HR's page of a cycle's deadlines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import db
from engine.bpmn.models import TaskState, UserTask


@pytest.fixture
def launched(company):
    """The page of the launched cycle, and one of its open tasks."""
    company.launch()
    with db.reading() as session:
        task = session.scalars(select(UserTask.key).where(UserTask.state == TaskState.CREATED)).first()
        return f"/cycles/{company.cycle(session).key}/deadlines", task


def test_hr_gives_more_time_and_sees_the_new_day(at, launched):
    hr, (address, task) = at("zhao.min"), launched
    with db.reading() as session:
        until = session.get_one(UserTask, task).due_at.date() + timedelta(days=20)

    before = hr.reads(address)
    hr.sends(address, task=str(task), until=until.isoformat(), reason="出差")

    assert until.isoformat() not in before
    assert f"{until} 24:00" in hr.reads(address)


def test_without_a_day_nothing_is_extended(at, launched):
    address, task = launched

    refused = at("zhao.min").sends(address, task=str(task), until="", reason="出差")

    assert refused.status_code == 422


def test_the_page_is_hrs_alone(at, launched):
    at("zhang.wei").reads(launched[0], status=404)
