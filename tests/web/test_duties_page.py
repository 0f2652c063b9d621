"""Recurring duties as a page: HR lets them recur, and each person reads what is theirs."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import db
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.identity import identity_of

TRAINING = """
[[duty]]
id = "pay-training"
name = "提成细则培训"
name_en = "Training on commission"
each = "month"
on = "last"
done_by = { person = "sun.lei" }
attended_by = { departments = ["sales"] }
"""


def planned(visitor, text):
    """Send a file of duties as the page does."""
    return visitor.sends("/duties", file=(io.BytesIO(text.encode()), "duties.toml"))


@pytest.fixture
def trained(company, at):
    """A training of the sales team that finance has held; all attended but one."""
    planned(at("zhao.min"), TRAINING)
    company.pass_time(timedelta(days=3))
    with db.transaction() as session:
        open_now = UserTask.element_id == "carry_out", UserTask.state == TaskState.CREATED
        (key,) = session.scalars(select(UserTask.key).where(*open_now))
        by = identity_of(session, "sun.lei")
        rows = tasks.paper(session, key, by=by).variables["attendance"]
        attendance = [{"attended": row["name"] != "李娜", "note": ""} for row in rows]
        answers = {"report": "讲了第四季度细则", "handedIn": [], "attendance": attendance, "files": []}
        tasks.complete(session, key, by=by, variables=answers)
    return at


def test_l001_34_hr_lets_a_shipped_duty_recur_and_ends_it(company, at):
    officer = at("zhao.min")

    refused = at("li.na").sends("/duties", duty="monthly-advance")
    taken = officer.sends("/duties", duty="monthly-advance")
    page = officer.reads("/duties")
    address = officer.client.get("/duties").get_data(as_text=True).split('action="/duties/')[1].split('"')[0]
    officer.sends(f"/duties/{address}")

    assert refused.status_code == 403
    assert taken.headers["HX-Redirect"] == "/duties"
    assert "1 duties recur from now on." in page
    assert "Monthly advance of commission each month: working day 3 before its end, counted from the last" in page
    assert "What recurs" not in at("li.na").reads("/duties")
    assert "Nothing recurs yet" in officer.reads("/duties")


def test_a_file_that_is_wrong_is_refused_with_its_places_and_plans_nothing(company, at):
    officer = at("zhao.min")

    answer = planned(officer, TRAINING.replace('"month"', '"day"'))

    assert answer.status_code == 422
    assert "day is none of month, quarter, half" in answer.get_data(as_text=True)
    assert "Nothing recurs yet" in officer.reads("/duties")


def test_l002_29_each_reads_the_own_attendance_and_hr_everybodys(trained):
    own, held = trained("li.na").reads("/duties"), trained("zhao.min").reads("/duties")

    assert "Training on commission · 2025-09" in own
    assert "Li Na did not attend" in own
    assert "Zhang Wei" not in own.split("Training on commission")[1]
    assert "Zhang Wei attended" in held
    assert "Training on commission" not in trained("chen.jing").reads("/duties")
    assert "提成细则培训" in trained("zhang.wei", "zh_CN").reads("/duties")
