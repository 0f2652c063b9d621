"""What pages refuse, in Chinese from the headline to the last problem."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, db
from engine.bpmn.models import TaskState, UserTask
from engine.reviews.cases import windows
from engine.reviews.models import Appeal, AppealState


def test_weights_of_99_99_are_not_published(company, at):
    with db.reading() as session:
        key = company.cycle(session).template_key
    hr = at("zhao.min", "zh_CN")
    indicator = {"section": "quantitative", "name": "线索转化数", "name_en": "Lead conversion", "weight": "9.99"}
    hr.sends(f"/templates/{key}/indicators", **indicator, direction="higher", notation="number", unit="条")

    refused = hr.sends(f"/templates/{key}/publication").get_data(as_text=True)

    assert "未能发布考核模板 sales-004：规则前后不符" in refused
    assert "权重合计 99.99，应为 100：还差 0.01 分" in refused
    assert "Expected" not in refused


def test_a_deadline_is_not_moved_into_the_past(company, at):
    company.launch()
    with db.reading() as session:
        task = session.scalars(select(UserTask).where(UserTask.state == TaskState.CREATED)).first()
        address, past = f"/cycles/{company.cycle(session).key}/deadlines", task.due_at.date() - timedelta(days=400)

    refused = at("zhao.min", "zh_CN").sends(address, task=str(task.key), until=past.isoformat(), reason="出差")

    answer = refused.get_data(as_text=True)
    assert f"未能延期用户任务 {task.key}：日期不在将来" in answer
    assert "该日期不可用：日期不在将来" in answer


@pytest.fixture
def released(company):
    """The page of a released result."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.reading() as session:
        return f"/reviews/{company.review(session).key}"


def test_e40_an_appeal_one_second_late_is_told_the_instant_and_keeps_what_was_typed(company, released, at):
    appraisee = at("zhang.wei", "zh_CN")
    appraisee.reads(f"{released}/result")
    with db.transaction() as session:
        closing = windows.closes_at(session, company.review(session))
        clock.pin(session, closing + timedelta(seconds=1))

    late = appraisee.sends(f"{released}/appeal", grounds="两位评价人相差一分", items=[], remedy="重新评价")
    page = appraisee.reads(f"{released}/appeal")

    answer = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "申诉期于 2025-09-29 00:00:00 截止,现在是 2025-09-29 00:00:01" in answer.replace("，", ",")
    assert "the window closed" not in answer
    assert "两位评价人相差一分" in page
    assert "重新评价" in page
    asked = appraisee.sends(f"{released}/appeal", grounds="两位评价人相差一分", remedy="重新评价", late_reason="住院")
    assert asked.status_code < 400
    with db.reading() as session:
        assert session.scalars(select(Appeal.state)).one() is AppealState.LATE


def test_who_does_not_sit_neither_reads_the_case_nor_votes(company, released, at):
    appraisee = at("zhang.wei", "zh_CN")
    appraisee.sends(f"{released}/appeal", grounds="两位评价人相差一分", items=["collaboration"], remedy="重新评价")
    with db.reading() as session:
        key = session.scalars(select(Appeal.key)).one()

    refused = at("li.na", "zh_CN").sends(f"/appeals/{key}/panel/votes", verdict="upheld", reasons="按规定评分")
    uncalled = at("zhao.min", "zh_CN").sends(f"/appeals/{key}/panel/votes", verdict="upheld", reasons="按规定评分")

    assert f"未能查到申诉 {key} 的合议组：没有 李娜 可以查看的这一项" in refused.get_data(as_text=True)
    assert f"未能对申诉 {key} 投票：未邀请 赵敏" in uncalled.get_data(as_text=True)
