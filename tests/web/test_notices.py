"""Notices: each leads where its reader may go, or nowhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine import db, identity
from engine.reviews import demo
from engine.reviews.cases import appeals


@pytest.fixture
def called(company):
    """The demo company with an appeal whose panel is drawn and has not declared yet."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.transaction() as session:
        said = {"grounds": "Two raters differ", "items": ["collaboration"], "remedy": "Rate it again"}
        appeals.lodge(session, company.review(session), **said, by=identity.identity_of(session, "zhang.wei"))
    company.do(demo.OFFICER, "admit_appeal", admission="admitted")
    return company


def test_who_is_called_to_a_panel_is_led_to_the_declaration_and_not_to_the_case(called, at):
    with db.reading() as session:
        member = at(called.called(session)[0])

    page = member.client.get("/notices").get_data(as_text=True)

    assert re.search(r'<a href="/tasks">Your lot was drawn', page)
    assert "Declare conflict" in member.reads("/tasks")


def test_every_notice_of_everybody_leads_to_a_page_that_they_may_read(called, at):
    called.pass_time(timedelta(days=40))
    accounts = ["zhang.wei", "li.na", "wang.qiang", "gao.yuan", "zhao.min", "zhou.jie", "wu.fang", "zheng.hao"]

    led = {
        (name, address): visitor.client.get(address).status_code
        for name in accounts
        for visitor in [at(name)]
        for address in re.findall(r'<div><a href="([^"]+)">', visitor.client.get("/notices").get_data(as_text=True))
    }

    assert len(led) > len(accounts)
    assert set(led.values()) == {200}
