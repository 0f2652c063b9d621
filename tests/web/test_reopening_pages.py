"""The pages of corrections and check-ins: asked for, decided in the inbox, read by those whom they concern."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import tasks
from engine.bpmn.models import UserTask
from engine.reviews.walks.acts import fire_due


@pytest.fixture
def review(company):
    """The key of a review with its result computed."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    with db.reading() as session:
        return company.review(session).key


def test_finance_asks_for_a_correction_and_everybody_concerned_reads_what_became_of_it(company, review, at):
    address = f"/reviews/{review}/reopenings"
    finance = at("sun.lei")
    asked = {"indicator": "sales_revenue", "value": "560", "source": "财务季报"}

    form = finance.reads(f"{address}/actual")
    incomplete = finance.sends(f"{address}/actual", **asked, reason="")
    finance.sends(f"{address}/actual", **asked, reason="Late contract")
    inbox = at("zhao.min").reads("/tasks?show=open-to-me")
    company.do("zhao.min", "decide_reopening", decision="approve")

    assert "Decide" in inbox
    assert "Zhang Wei · 2025 Q3" in inbox
    assert "Right value" in form
    assert incomplete.status_code == 422
    assert "Correct an actual value" in finance.reads(address)
    assert "→ 560" in at("zhang.wei").reads(address)
    assert "87.68" not in at("zhang.wei").reads(address)
    assert "87.68 良好 → 91.04 优秀" in at("li.na").reads(address)
    assert "更正与重开" in at("li.na", "zh_CN").reads(address)


def test_only_what_somebody_may_ask_for_is_offered(company, review, at):
    address = f"/reviews/{review}/reopenings"

    assert "Reopen the self-evaluation" in at("zhang.wei").reads(address)
    assert "Correct an actual value" not in at("zhang.wei").reads(address)
    assert "Reopen the self-evaluation" not in at("chen.jing").reads(address)
    assert "Void the signatures" not in at("zhao.min").reads(address)


def test_hr_schedules_check_ins_and_the_line_reads_the_months(company, review, at):
    with db.reading() as session:
        cycle = company.cycle(session).key
    hr = at("zhao.min")

    hr.sends(f"/cycles/{cycle}/check-ins")
    fire_due()
    inbox = at("li.na").reads("/tasks")
    with db.transaction() as session:
        superior = identity.identity_of(session, "li.na")
        task = session.scalars(select(UserTask).where(UserTask.element_id == "name_focus")).first()
        tasks.complete(session, task.key, by=superior, variables={"focus": "续约十家老客户"})

    assert "Zhang Wei · 2025 Q3" in inbox
    assert "Schedule monthly check-ins" not in hr.reads(f"/cycles/{cycle}")
    assert "续约十家老客户" in at("wang.qiang").reads(f"/reviews/{review}/check-ins")
    assert "续约十家老客户" not in at("chen.jing").reads(f"/reviews/{review}/check-ins")
