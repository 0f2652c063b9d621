"""Camunda's own client for Python, unchanged and over real HTTP, plays the shipped review from targets to its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from flask import Flask
from flask.testing import FlaskClient
from rehearsed import PROCESSES, Places

from engine import worker

As = Callable[[str], CamundaClient]
At = Callable[[str], Callable[[str], FlaskClient]]

CSV = """工号,指标,实际值,单位,数据来源
S003,sales_revenue,480,万元,CRM-2025Q3
S003,new_customers,18,家,CRM-2025Q3
S003,renewal_rate,88%,,CRM-2025Q3
S003,timely_payment,92%,,财务月报
S003,marketing_roi,1:4.2,,财务月报
S003,lead_conversion,50,条,CRM-2025Q3
"""

TARGETS = {
    "sales_revenue": "500",
    "new_customers": "20",
    "renewal_rate": "85%",
    "timely_payment": "95%",
    "marketing_roi": "1:5",
    "lead_conversion": "100",
}
RATINGS = {
    "zhang.wei": ("2.5", "4.5", "3", "4.5"),
    "li.na": ("4.5", "5", "5", "2.5"),
    "chen.jing": ("2.5",),
    "liu.yang": ("3.5",),
}


@pytest.fixture
def database_url() -> str:
    """Ask for no database beside that of the walk."""
    return ""


@pytest.fixture
def hr(at: At) -> FlaskClient:
    """Stand where the review has just begun; return HR's client of the rest of the API."""
    return at("launched")("zhao.min")


@pytest.fixture
def served(hr: FlaskClient, one_app: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(one_app)


def task(client: CamundaClient, element_id: str) -> of.UserTaskResult:
    query = of.UserTaskSearchQuery.from_dict({"filter": {"state": "CREATED", "elementId": element_id}})
    found = client.search_user_tasks(data=query)
    assert found.items, element_id
    return found.items[0]


def seen(client: CamundaClient, key: str) -> dict[str, Any]:
    """Return the variables that fill a task's form, as the client reads them."""
    found = client.search_user_task_variables(key, truncate_values=False)
    return {variable.name: json.loads(variable.value) for variable in found.items}


def complete(client: CamundaClient, element_id: str, **answers: Any) -> None:
    body = of.UserTaskCompletionRequest.from_dict({"variables": answers})
    client.complete_user_task(task(client, element_id).user_task_key, data=body)


def pin(client: CamundaClient, instant: datetime) -> None:
    timestamp = int(instant.timestamp() * 1000)
    client.pin_clock(data=of.ClockPinRequest(timestamp=timestamp))
    worker.work_once()


def agree_on_targets(sdk: As) -> None:
    draft = task(sdk("zhang.wei"), "draft_targets")
    form = sdk("zhang.wei").get_user_task_form(draft.user_task_key)
    assert form is not None
    assert form.form_id == "target-draft"
    rows = seen(sdk("zhang.wei"), draft.user_task_key)["targets"]
    targets = [{"indicator": row["indicator"], "target": TARGETS[row["indicator"]]} for row in rows]
    with pytest.raises(refused.BadRequestError, match="target"):
        complete(sdk("zhang.wei"), "draft_targets", targets=[row | {"target": "many"} for row in targets])
    complete(sdk("zhang.wei"), "draft_targets", targets=targets)
    complete(sdk("li.na"), "review_targets", decision="approve")
    complete(sdk("wang.qiang"), "approve_targets", decision="approve")
    complete(sdk("zhang.wei"), "sign_targets", outcome="signed", confirmed=True)


def rate(sdk: As, username: str, element_id: str) -> None:
    rows = seen(sdk(username), task(sdk(username), element_id).user_task_key)["ratings"]
    ratings = [
        {"indicator": row["indicator"], "rating": float(given), "evidence": "见会议记录"}
        for row, given in zip(rows, RATINGS[username], strict=True)
    ]
    complete(sdk(username), element_id, ratings=ratings)


def test_the_shipped_review_is_played_to_its_end(sdk: As, hr: FlaskClient, places: Places) -> None:
    files: list[str | Path] = sorted(PROCESSES.glob("target-signoff/*.bpmn"))
    again = sdk("root").deploy_resources_from_files([*files, *(PROCESSES.parent / "forms").glob("target-*.form")])
    assert [process.process_definition_version for process in again.processes] == [1]

    agree_on_targets(sdk)
    hr.post(f"/api/cycles/{places.cycle}/actuals", data={"file": (BytesIO(CSV.encode()), "actuals.csv")})
    sheet = task(sdk("sun.lei"), "confirm_actuals").user_task_key
    sdk("sun.lei").assign_user_task(sheet, data=of.UserTaskAssignmentRequest(assignee="sun.lei"))
    complete(sdk("sun.lei"), "confirm_actuals", decision="confirm")
    rate(sdk, "zhang.wei", "self_evaluation")
    rate(sdk, "li.na", "superior_evaluation")
    rate(sdk, "chen.jing", "cross_evaluation")
    rate(sdk, "liu.yang", "cross_evaluation")
    assert hr.post(f"/api/cycles/{places.cycle}/release").status_code == 200

    interview = task(sdk("li.na"), "hold_interview")
    assert interview.due_date is not None
    pin(sdk("root"), interview.due_date + timedelta(minutes=1))  # the reminder changes nothing
    held = {"strengths": "业绩稳定", "gaps": "协作", "evidence": "需求评审", "plan": "每周同步", "heldOn": "2025-09-22"}
    complete(sdk("li.na"), "hold_interview", **held)
    complete(sdk("zhang.wei"), "confirm_minutes", confirmed=True)
    complete(sdk("zhang.wei"), "sign_result", answer="agreed")

    key = hr.get(f"/api/reviews/{places.review}").json["processInstanceKey"]
    waiting = sdk("root").get_process_instance(key)
    pin(sdk("root"), interview.due_date + timedelta(days=30))  # the appeal window closes
    ended = sdk("root").get_process_instance(key)
    assert (waiting.state, ended.state) == (of.ProcessInstanceStateEnum.ACTIVE, of.ProcessInstanceStateEnum.COMPLETED)
    assert ended.business_id == str(places.review)
    assert hr.get(f"/api/reviews/{places.review}/result").json["total"] == "87.68"
