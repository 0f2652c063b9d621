"""More time over HTTP, and how a cycle counts time."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from engine import db
from engine.bpmn.models import TaskState, UserTask

At = Callable[[str], Callable[[str], FlaskClient]]


def an_open_task() -> UserTask:
    with db.reading() as session:
        return session.scalars(select(UserTask).where(UserTask.state == TaskState.CREATED)).one()


def test_e48_hr_extends_a_task_and_reads_what_was_extended(at: At) -> None:
    client = at("launched")
    task = an_open_task()
    assert task.due_at is not None
    body = {"userTaskKeys": [str(task.key)], "until": f"{task.due_at.year + 1}-01-15", "reason": "出差"}

    given = client("zhao.min").post("/api/extensions", json=body)
    listed = client("zhao.min").get(f"/api/user-tasks/{task.key}/extensions").json
    hidden = client("zhang.wei").get(f"/api/user-tasks/{task.key}/extensions")

    assert given.status_code == 201
    assert listed is not None
    assert [(one["userTaskKey"], one["reason"]) for one in listed["items"]] == [(str(task.key), "出差")]
    assert hidden.status_code == 403


def test_others_extend_nothing_and_what_is_open_is_not_reopened(at: At) -> None:
    client = at("launched")
    task = an_open_task()
    later = {"until": "2030-01-15", "reason": "出差"}

    forbidden = client("zhang.wei").post("/api/extensions", json={**later, "userTaskKeys": [str(task.key)]})
    too_far = client("zhao.min").post("/api/extensions", json={**later, "userTaskKeys": [str(task.key)]})
    still_open = client("zhao.min").post(f"/api/user-tasks/{task.key}/reopening", json=later)
    nowhere = client("zhao.min").post("/api/user-tasks/1/reopening", json=later)

    answers = (forbidden, too_far, still_open, nowhere)
    assert [answer.status_code for answer in answers] == [403, 422, 409, 404]


def test_e46_hr_makes_a_calendar_and_lets_somebody_work_by_it(at: At) -> None:
    client = at("launched")
    hr = client("zhao.min")
    days = {"extraHolidays": [], "extraWorkdays": [], "note": "US", "country": "US"}
    quiet = [{"from": "2026-02-09", "until": "2026-02-13", "reason": "春节前", "closed": True}]
    people = hr.get("/api/people?username=zhang.wei").json
    assert people is not None
    address = f"/api/people/{people['items'][0]['key']}/calendar"

    made = hr.post("/api/calendars/US/versions", json={**days, "quiet": quiet})
    names = hr.get("/api/calendars").json
    chosen = hr.put(address, json={"calendar": "US"})
    unknown = hr.put(address, json={"calendar": "moon"})

    assert made.status_code == 201
    assert (made.json or {})["quiet"] == quiet
    assert names == {"names": ["CN", "US"]}
    assert (chosen.status_code, unknown.status_code) == (204, 404)


def test_the_deadlines_of_a_launched_cycle_stand(at: At) -> None:
    client = at("launched")
    cycles = client("zhao.min").get("/api/cycles").json
    assert cycles is not None
    cycle = cycles["items"][0]

    refused = client("zhao.min").put(f"/api/cycles/{cycle['key']}/deadlines", json={"closeOfBusiness": "17:30:00"})
    others = client("zhang.wei").put(f"/api/cycles/{cycle['key']}/deadlines", json={})

    assert cycle["closeOfBusiness"] is None
    assert (refused.status_code, others.status_code) == (409, 403)
