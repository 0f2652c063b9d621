from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from engine import db
from engine.bpmn.models import ProcessInstance, UserTask
from engine.reviews import notices
from engine.reviews.models import Review
from engine.reviews.organisation import people


@pytest.fixture
def tell(company):
    """Tell somebody something, as the engine does."""

    def write(username, kind, **details):
        with db.transaction() as session:
            notices.write(session, people.named(session, username).key, kind, **details)

    return write


def leading(visitor):
    """Where the newest notice leads."""
    page = visitor.client.get("/notices").get_data(as_text=True)
    line = page.split("tasks__line--notice")[1].split('class="tasks__due"')[0]
    found = re.search(r'href="([^"]+)"', line)
    return found[1] if found else ""


def review_of(username):
    with db.reading() as session:
        person = people.named(session, username).key
        return str(session.scalars(select(Review.key).where(Review.appraisee_key == person)).one())


def test_e30_whose_result_was_corrected_reads_from_what_to_what_it_was(company, at, tell):
    company.launch()
    details = {"before": "87.68 良好", "after": "90.06 优秀", "reason": "重复计入"}
    tell("zhang.wei", "result-corrected", review=review_of("zhang.wei"), **details)

    page = at("zhang.wei").reads("/notices")

    assert "Your result is corrected from 87.68 良好 to 90.06 优秀: 重复计入" in page


def test_e35_who_rated_a_calibrated_result_is_told_that_it_is_under_embargo(company, at, tell):
    company.launch()
    tell("li.na", "result-calibrated", review=review_of("zhang.wei"))

    assert "It is under embargo: tell nobody" in at("li.na").reads("/notices")


def test_e47_a_deadline_is_told_in_the_zone_of_its_cycle(company, at, tell):
    company.launch()
    with db.transaction() as session:
        task = session.scalars(select(UserTask).where(UserTask.assignee == "zhang.wei")).one()
        session.get_one(ProcessInstance, task.instance_key).zone = "Europe/Berlin"
        details = {"task": str(task.key), "name": task.name, "due": "2025-07-08T22:00:00+00:00"}
    tell("zhang.wei", "task-due", **details)
    tell("zhang.wei", "task-overdue", **details)

    page = at("zhang.wei").reads("/notices")

    assert "Draft targets is overdue since 2025-07-08 24:00 Europe/Berlin" in page


@pytest.mark.parametrize("kind", ["panel-called", "rating-again"])
def test_e63_who_is_asked_for_something_and_may_not_read_the_review_is_led_to_the_own_tasks(company, at, tell, kind):
    company.launch()
    tell("wu.fang", kind, review=review_of("zhang.wei"))

    assert leading(at("wu.fang")) == "/tasks"


def test_a_notice_about_what_its_reader_may_not_see_leads_nowhere(company, at, tell):
    company.launch()
    about = {"task": "1", "name": "辅导人每周记录", "due": None, "holders": [], "review": review_of("zhang.wei")}
    tell("wu.fang", "task-escalated", **about)
    tell("li.na", "task-escalated", **about)

    assert leading(at("wu.fang")) == ""
    assert leading(at("li.na")) == f"/reviews/{about['review']}"
