"""The pages of what follows results, and of awards."""

import io
from pathlib import Path

import pytest

from engine import db

RULES = Path(__file__).parents[2] / "processes" / "settlements" / "follow-ups.toml"
NAMED = {
    "award": "marketing_star",
    "period": "2025-07",
    "citation": "把一个要流失的大客户留了下来,并把做法写成了全队的标准流程。",
    "project": "华东续约",
    "fact": "三周内重订条款",
    "figure": "续约率由 81% 升到 88%",
}


@pytest.fixture
def cycle(company, at):
    """The address of a cycle with a released result and rules of what follows it."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.reading() as session:
        address = f"/cycles/{company.cycle(session).key}"
    scheme = {"file": (io.BytesIO(RULES.read_bytes()), RULES.name), "reason": "第三季度"}
    assert at("zhao.min").sends(f"{address}/settlement/scheme", **scheme).status_code == 200
    return address


def test_hr_proposes_what_the_rules_say_and_sees_how_far_each_is(cycle, at):
    hr = at("zhao.min", "zh_CN")

    hr.sends(f"{cycle}/follow-ups")

    page = hr.reads(f"{cycle}/follow-ups")
    assert all(text in page for text in ("能力跃迁计划（轮岗）", "能力提升计划", "季度前三"))
    assert "奖励二选一" not in page


def test_it_is_no_page_for_others(cycle, at):
    assert at("li.na").client.get(f"{cycle}/follow-ups").status_code == 403


def test_a_superior_names_somebody_hr_confers_and_everybody_reads_it(cycle, company, at):
    with db.reading() as session:
        person = f"{company.cycle(session).key}:S003"
    at("li.na").sends("/awards", person=person, **NAMED)
    unpublished = at("chen.jing").reads("/awards")
    page = at("zhao.min").client.get("/awards").text
    address = page.split('hx-post="/awards/')[1].split('"')[0]

    at("zhao.min").sends(f"/awards/{address}", decision="confer", reason="事例属实")

    assert "华东续约" not in unpublished
    assert "华东续约" in at("chen.jing").reads("/awards")
    assert "50 · 全员营销之星" in at("zhang.wei", "zh_CN").reads("/awards")


def test_a_nomination_without_a_case_is_refused_in_place(cycle, company, at):
    with db.reading() as session:
        person = f"{company.cycle(session).key}:S003"

    refused = at("li.na").sends("/awards", person=person, **{**NAMED, "figure": ""})

    assert refused.status_code == 422
    assert "concrete case" in refused.text
