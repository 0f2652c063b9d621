from __future__ import annotations

from datetime import timedelta

import pytest

from engine import db


def card(page):
    """Take the card of the result, which stands before that of the letter."""
    return page.split("Commitment letter")[0]


@pytest.fixture
def sheet(company):
    """The address of Zhang Wei's released result."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.reading() as session:
        return f"/reviews/{company.review(session).key}/result"


def test_e49_the_inbox_delivers_and_the_sheet_opens_each_at_the_persons_own_reading(company, sheet, at):
    papers = sheet.replace("/result", "/papers")
    hr, appraisee = at("zhao.min"), at("zhang.wei")
    hr.reads(sheet)
    first = card(hr.reads(papers))
    company.pass_time(timedelta(hours=1))
    appraisee.reads("/tasks")
    second = card(hr.reads(papers))
    company.pass_time(timedelta(hours=1))

    appraisee.reads(sheet)

    third = hr.reads(papers)
    assert "Result sheet, version 1 Sent" in first
    assert "Delivered to the inbox" not in first
    assert "Delivered to the inbox 2025-09-22 10:00" in second
    assert "Opened 2025-09-22 11:00" in third
    assert "Appeals are possible until 2025-09-28 24:00" in third
    assert "Due by 2025-09-28" in third


def test_a_browser_that_fetches_in_advance_proves_nothing(company, sheet, at):
    at("zhang.wei").reads(sheet, **{"Sec-Purpose": "prefetch;prerender"})

    assert "Opened" not in card(at("zhao.min").reads(sheet.replace("/result", "/papers")))


def test_the_appraisee_reads_in_chinese_until_when_an_appeal_is_possible(company, sheet, at):
    appraisee = at("zhang.wei", "zh_CN")
    appraisee.reads(sheet)

    page = appraisee.reads(sheet.replace("/result", "/papers"))
    told = appraisee.reads("/notices")

    assert "可申诉至 2025-09-28 24:00" in page
    assert "您的结果已送达，可申诉至 2025-09-28 24:00。" in told
    assert "绩效承诺书" in page


def test_hr_serves_again_from_the_page_and_nobody_else(company, sheet, at):
    papers = sheet.replace("/result", "/papers")
    hr = at("zhao.min")
    page = hr.client.get(papers).get_data(as_text=True)
    form = page.split('action="/deliveries/')[1].split('"')[0]
    said = {"means": "mail", "served_on": "2025-09-22", "reference": "XA123456789CN"}

    empty = hr.sends(f"/deliveries/{form}", means="", served_on="", reference="")
    other = at("li.na").sends(f"/deliveries/{form}", **said)
    done = hr.sends(f"/deliveries/{form}", **said)

    assert (empty.status_code, other.status_code, done.status_code) == (422, 403, 200)
    assert "Served a second time 2025-09-22 · Registered mail, XA123456789CN" in hr.reads(papers)
    assert "Record a second service" not in hr.reads(papers)


def test_e59_hr_closes_a_stuck_step_and_page_and_sheet_say_so(company, sheet, at):
    papers = sheet.replace("/result", "/papers")
    hr = at("zhao.min")
    offered = hr.reads(papers)
    closing = sheet.replace("/result", "/closing")
    refused = at("li.na").sends(closing, reason="no time")
    hr.sends(closing, reason="the superior has left")

    hr.sends(closing, reason="the appraisee cannot be reached")

    appraisee = at("zhang.wei")
    shown = appraisee.reads(sheet)
    told = appraisee.reads(papers)
    assert "Close the open step: Hold interview" in offered
    assert refused.status_code == 403
    assert "Administratively closed by Zhao Min on 2025-09-22 09:00: the appraisee cannot be reached" in shown
    assert "Hold interview Li Na Zhao Min" in told
    assert "Close the open step" not in told
    assert "What this signature is worth" not in shown


def test_the_sheet_shows_minutes_and_answer_and_what_the_signature_is_worth(company, sheet, at):
    company.interview()

    page = at("zhang.wei").reads(sheet)

    assert "Figures and cases 续约率 88%" in page
    assert "Received with objection" in page
    assert "Evidence of login and digest; not a certified e-signature" in page


def test_a_commitment_letter_is_read_by_those_who_may_see_the_targets(company, sheet, at):
    letter = sheet.replace("/result", "/letter")

    page = at("zhang.wei").reads(letter)

    assert "Commitment letter of Zhang Wei" in page
    assert "Signed by Zhang Wei" in page
    assert "unchanged" in page
    at("he.ping").reads(letter, status=404)
    at("he.ping").reads(sheet.replace("/result", "/papers"), status=404)


def test_e40_a_late_appeal_is_refused_in_place_with_the_instant_and_the_form_stays(company, sheet, at):
    appraisee = at("zhang.wei")
    appraisee.reads(sheet)
    company.pass_time(timedelta(days=30))

    late = appraisee.sends(
        sheet.replace("/result", "/appeal"), grounds="two pages of grounds", items=[], remedy="rate again"
    )

    assert "Lodge an appeal" in appraisee.reads(sheet)
    again = appraisee.reads(sheet.replace("/result", "/appeal"))
    asked = appraisee.sends(
        sheet.replace("/result", "/appeal"),
        grounds="two pages of grounds",
        items=[],
        remedy="rate again",
        late_reason="in hospital for three days",
    )
    case = appraisee.reads(asked.headers["HX-Redirect"])

    answer = late.get_data(as_text=True)
    assert "two pages of grounds" in again
    assert "Late admission asked for" in case
    assert late.status_code == 409
    assert "It closed at 2025-09-29 00:00:00" in answer
    assert "<html" not in answer  # it goes below the form, in which what was typed stays


def test_hr_chooses_the_terms_of_a_draft_and_the_launch_freezes_them(company, at):
    with db.reading() as session:
        address = f"/cycles/{company.cycle(session).key}/terms"
    hr = at("zhao.min")
    said = {"proof": "served", "service_days": "3", "appeal_days": "10", "returns": "2", "settlement_days": "5"}

    wrong = hr.sends(address, **{**said, "appeal_days": "0"})
    chosen = hr.sends(address, **said)
    company.launch()
    frozen = hr.sends(address, **said)

    assert (wrong.status_code, chosen.status_code, frozen.status_code) == (422, 200, 409)
    assert "until the window for an appeal closes 10" in hr.reads(address)
    at("zhang.wei").reads(address, status=404)
