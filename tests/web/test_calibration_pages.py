"""The pages of a calibration: HR convenes, members propose, the chair decides, nobody else reads it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from engine import db
from engine.reviews.models import Adjustment
from engine.reviews.organisation import people


@pytest.fixture
def address(company, at):
    """The address of the session that HR has convened for the sales department."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    with db.reading() as session:
        cycle = company.cycle(session).key
        unit = people.department(session, "sales").key
        chair = people.named(session, "wang.qiang").key
    fields = {"departments": unit, "chair": chair, "guideline": "优秀 20\n良好 80%", "embargo": "2025-10-20T09:00"}
    answer = at("zhao.min").sends(f"/cycles/{cycle}/calibrations/new", **fields)
    return re.sub(r"^.*(?=/calibrations/)", "", answer.headers["HX-Redirect"])


def test_a_member_reads_the_list_and_proposes_a_change_that_the_chair_accepts(company, address, at):
    with db.reading() as session:
        review = company.review(session).key
    superior, chair = at("li.na"), at("wang.qiang")
    before = superior.reads(address)

    refused = superior.sends(f"{address}/adjustments", review=review, total="90", reason="")
    superior.sends(f"{address}/adjustments", review=review, total="90", reason="Two hard projects")
    with db.reading() as session:
        proposal = session.scalars(select(Adjustment.key)).one()
    chair.client.post(f"/adjustments/{proposal}/decision", data={"csrf_token": chair.token(), "decision": "accept"})

    assert "Zhang Wei 1 Li Na 87.68 良好" in before
    assert "still to come" in before
    assert "too few to say anything" in before
    assert refused.status_code == 422
    assert "90.00 优秀 Accepted Li Na: Two hard projects" in chair.reads(address)


def test_the_pages_speak_chinese(address, at):
    page = at("wang.qiang", "zh_CN").reads(address)

    assert "分布与指导比例" in page
    assert "校准会" in page


def test_nobody_outside_reads_what_is_said_in_a_session(address, at):
    at("zhang.wei").reads(address, status=404)
    at("sun.lei").reads(address, status=404)
    officer = at("qian.li").reads(address)

    assert "What is said in this session is for those who sit in it" in officer
    assert "87.68" not in officer


def test_the_chair_is_told_and_finds_the_task_from_the_page(address, at):
    chair = at("wang.qiang")

    assert "You sit in a calibration session." in chair.reads("/notices")
    assert "Lock or approve" in chair.reads(address)
    assert "Lock or approve" not in at("li.na").reads(address)


def test_what_cannot_be_convened_is_said_where_it_was_asked(company, at):
    company.launch()
    hr = at("zhao.min")
    with db.reading() as session:
        cycle, unit = company.cycle(session).key, people.department(session, "sales").key
        appraisee = people.named(session, "zhang.wei").key
    asked = hr.reads(f"/cycles/{cycle}/calibrations/new")

    fields = {"departments": unit, "chair": appraisee, "guideline": "优秀 20", "embargo": "soon"}
    unclear = hr.sends(f"/cycles/{cycle}/calibrations/new", **fields)
    wrong = hr.sends(f"/cycles/{cycle}/calibrations/new", **(fields | {"embargo": "2025-10-20T09:00"}))

    assert "Sales" in asked
    assert "It is no moment such as 2025-10-20 09:00" in unclear.get_data(as_text=True)
    assert "Zhang Wei" in asked
    assert "The guideline must total 100 per cent" in wrong.get_data(as_text=True)
    at("zhang.wei").reads(f"/cycles/{cycle}/calibrations/new", status=404)
