"""HR's page of when the results of a cycle propose improvement plans."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import db
from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.bpmn.models import DecisionRequirements
from engine.identity import SYSTEM

CHOSEN = {"trigger": "pip-trigger-003", "level-待改进": "D", "repeated": "", "target": "70.5", "lookback": "3"}


@pytest.fixture
def drafted(company):
    """The address of the plan rules of a cycle that is not launched."""
    with db.reading() as session:
        return f"/cycles/{company.cycle(session).key}/plan-rules"


def edited():
    """Deploy the tables once more: one month missed is enough."""
    with db.transaction() as session:
        row = session.scalars(
            select(DecisionRequirements).where(DecisionRequirements.resource_name == "pip-triggers.dmn")
        ).one()
        resource = Resource(row.resource_name, row.xml.replace(b"&gt;= 2", b"&gt;= 1"))
        deployments.deploy(session, deployments.read([resource], by=SYSTEM), by=SYSTEM)


def test_hr_chooses_a_table_and_reads_its_rules_and_that_a_newer_one_is_deployed(at, drafted):
    hr = at("zhao.min")
    before = hr.reads(drafted)

    answer = hr.sends(drafted, **CHOSEN)
    chosen = hr.reads(drafted)
    edited()

    assert answer.status_code < 400
    assert "No rule proposes plans in this cycle" in before
    assert "Two months in a row" in chosen
    assert "a month on leave neither counts nor resets" in chosen
    assert all(text in chosen for text in ("&gt;= 2", "70.5", "stands for D"))
    assert "is newer" not in chosen
    assert "Version 2 is newer" in hr.reads(drafted)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": "NaN"}, "not written as it must be"),
        ({"target": "siebzig"}, "siebzig is no number"),
        ({"trigger": "pip-trigger-004"}, "how many in a row are a repetition"),
        ({"lookback": "0"}, "not written as it must be"),
    ],
)
def test_rules_that_could_not_be_applied_are_refused_and_nothing_is_chosen(at, drafted, changed, said):
    hr = at("zhao.min")

    answer = hr.sends(drafted, **CHOSEN | changed)

    assert answer.status_code == 422
    assert said in answer.text
    assert "No rule proposes plans in this cycle" in hr.reads(drafted)


def test_the_page_is_for_hr_and_a_launch_freezes_the_rules(at, company, drafted):
    hr, appraisee = at("zhao.min"), at("zhang.wei")
    company.launch()

    refused = hr.sends(drafted, **CHOSEN)

    assert refused.status_code == 409
    assert "Choose these rules" not in hr.reads(drafted)
    appraisee.reads(drafted, 404)
