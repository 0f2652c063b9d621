from __future__ import annotations

import io
from datetime import timedelta

import pytest
from demonstration import ACTUALS

from engine import db
from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles
from engine.settings import ROOT

MISSING = "The weights total 90, but must total 100: 10 points are missing"


@pytest.fixture
def cycle(company):
    """The address of the demo company's cycle."""
    with db.reading() as session:
        return f"/cycles/{company.cycle(session).key}"


@pytest.fixture
def template(company):
    """The address of the cycle's template, as document 004 prints it."""
    with db.reading() as session:
        return f"/templates/{company.cycle(session).template_key}"


def test_a_draft_names_what_forbids_its_launch(cycle, at):
    page = at("zhao.min").reads(cycle)

    assert "Its template is not published" in page
    assert MISSING in page


def test_the_check_speaks_chinese(cycle, at):
    page = at("zhao.min", "zh_CN").reads(cycle)

    assert "权重合计 90，应为 100：还差 10 分" in page


def test_a_template_is_published_only_once_its_weights_add_up(template, at):
    hr = at("zhao.min")
    indicator = {"section": "quantitative", "name": "线索转化数", "name_en": "Lead conversion", "weight": "10"}

    refused = hr.sends(f"{template}/publication")
    hr.sends(f"{template}/indicators", **indicator, direction="higher", notation="number", unit="条")
    hr.sends(f"{template}/publication")

    assert refused.status_code == 422
    assert MISSING in refused.get_data(as_text=True)
    assert "Published" in hr.reads(template)


def test_a_template_can_be_replaced_by_a_file_of_rules(template, at):
    hr = at("zhao.min")
    broken = hr.sends(f"{template}/rules", file=(io.BytesIO(b"rules = 1"), "cycle.toml"))

    assert broken.status_code == 422
    assert "It has no part called [rules]" in broken.get_data(as_text=True)


def test_a_launched_cycle_shows_its_progress_and_who_is_late(company, cycle, at):
    company.launch()
    hr = at("zhao.min")
    before = hr.reads(cycle)
    company.pass_time(timedelta(days=30))

    after = hr.reads(cycle)

    assert "Draft targets 0 of 4 done 4 open" in before
    assert "Nobody is late" in before
    assert "4 late" in after
    assert "Zhang Wei Draft targets" in after


def test_a_wrong_row_of_actual_values_is_named_and_nothing_is_imported(company, cycle, at):
    company.launch()
    hr = at("zhao.min", "zh_CN")

    answer = hr.sends(f"{cycle}/actuals", file=(io.BytesIO(ACTUALS.replace(b"480", b"many", 1)), "actuals.csv"))

    assert answer.status_code == 422
    assert "“many”的写法不对，应如 480" in answer.get_data(as_text=True)


def test_a_check_shows_what_would_be_imported_and_imports_nothing(company, cycle, at):
    company.launch()
    company.agree_on_targets()
    hr, finance = at("zhao.min"), at("sun.lei")

    checked = hr.sends(f"{cycle}/actuals", file=(io.BytesIO(ACTUALS), "actuals.csv"), only="check")
    before = finance.reads("/tasks?show=open-to-me")
    hr.sends(f"{cycle}/actuals", file=(io.BytesIO(ACTUALS), "actuals.csv"))
    after = finance.reads("/tasks?show=open-to-me")

    assert "In order, and not imported yet" in checked.get_data(as_text=True)
    assert "Confirm actuals" not in before
    assert "Confirm actuals" in after


def test_results_are_released_once_every_review_has_one_or_is_left_out_with_a_reason(company, cycle, at):
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    hr = at("zhao.min")
    with db.reading() as session:
        left_out = {str(company.review(session, name).key): "not rated" for name in ("he.ping", "xu.lan", "ma.chao")}

    refused = hr.sends(f"{cycle}/release")
    hr.sends(f"{cycle}/release", **left_out)

    assert refused.status_code == 409
    assert "Released: 1 results." in hr.reads(cycle)
    assert "87.68" in at("zhang.wei").reads("/reviews")
    assert "Your result is not released with the others: not rated" in at("he.ping").reads("/notices")


def test_cycles_are_no_pages_for_whoever_runs_none(cycle, template, at):
    for address in (cycle, template, "/cycles", "/people", "/processes"):
        at("zhang.wei").reads(address, status=404)


def test_hr_chooses_a_process_of_the_own_and_a_zone_for_a_cycle(company, at):
    changed = (ROOT / "processes" / "review" / "process.bpmn").read_text(encoding="utf-8")
    changed = changed.replace('id="review" name="绩效评审 Review"', 'id="review-q4" name="四季度评审 Review Q4"')
    with db.transaction() as session:
        changed = changed.replace('bpmnElement="review"', 'bpmnElement="review-q4"')
        read = deployments.read([Resource("process.bpmn", changed.encode())], by=SYSTEM)
        deployments.deploy(session, read, by=SYSTEM)
        template = company.cycle(session).template_key
    days = {"starts_on": "2025-10-01", "ends_on": "2025-12-31", "template": template}

    page = at("zhao.min").reads("/cycles/new")
    refused = at("zhao.min").sends("/cycles/new", label="2025 Q4", process="review-q4", zone="Mars", **days)
    at("zhao.min").sends("/cycles/new", label="2025 Q4", process="review-q4", zone="America/New_York", **days)

    assert "Review Q4" in page
    assert "Target sign-off" not in page
    assert refused.status_code == 422
    with db.reading() as session:
        drafted = cycles.labelled(session, "2025 Q4")
        assert (drafted.process_id, drafted.zone) == ("review-q4", "America/New_York")


def test_hr_drafts_a_cycle_and_enrols_people(company, at):
    hr = at("zhao.min")
    with db.reading() as session:
        template = company.cycle(session).template_key
        person = company.review(session).appraisee_key
    days = {"starts_on": "2025-10-01", "ends_on": "2025-12-31"}

    wrong = hr.sends("/cycles/new", label="2025 Q4", template=template, starts_on="soon", ends_on="2025-12-31")
    drafted = hr.sends("/cycles/new", label="2025 Q4", template=template, **days)
    address = drafted.headers["HX-Redirect"]
    hr.sends(f"{address}/reviews", person=person)

    assert "It is no date such as 2025-09-30" in wrong.get_data(as_text=True)
    assert "Zhang Wei" in hr.reads(address)
