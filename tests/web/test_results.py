from __future__ import annotations

import pytest

from engine import db


@pytest.fixture
def sheet(company):
    """The address of Zhang Wei's result, computed and not released."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    with db.reading() as session:
        return f"/reviews/{company.review(session).key}/result"


def test_the_appraisee_sees_the_result_once_it_is_released(company, sheet, at):
    appraisee = at("zhang.wei", "zh_CN")
    appraisee.reads(sheet, status=404)
    company.release()

    page = appraisee.reads(sheet)

    assert "87.68 良好" in page


def test_every_figure_says_how_it_came_about_in_words_and_in_numbers(company, sheet, at):
    page = at("zhao.min").reads(sheet)

    assert "Weight × Completion = 30 × 0.96 = 28.8" in page
    assert "Actual ÷ Target = 480 ÷ 500 = 0.96" in page
    assert "24.50 = 24.5 × 30 ÷ 30" in page
    assert "63.18 ≈ 90.255728 × 70 ÷ 100" in page
    assert "rounded half up" in page


def test_a_colleague_sees_no_result(company, sheet, at):
    company.release()

    at("he.ping").reads(sheet, status=404)


def test_an_appeal_is_lodged_from_the_sheet_while_the_window_is_open(company, sheet, at):
    appraisee = at("zhang.wei")
    appraisee.reads(sheet, status=404)
    company.release()

    after = appraisee.reads(sheet)
    form = sheet.replace("/result", "/appeal")
    empty = appraisee.sends(form, grounds="", items=["collaboration"], remedy="rate again")
    lodged = appraisee.sends(form, grounds="one point apart", items=["collaboration"], remedy="rate again")
    case = appraisee.reads(lodged.headers["HX-Redirect"])

    assert "until 2025-09-28 24:00 Lodge an appeal" in after
    assert (empty.status_code, "It must not be empty" in empty.get_data(as_text=True)) == (422, True)
    assert "one point apart" in case
    assert "Cross-department collaboration" in case


def test_an_appeal_is_a_secret_to_whoever_has_no_part_in_it(company, sheet, at):
    company.release()
    company.interview()
    case = (
        at("zhang.wei")
        .sends(sheet.replace("/result", "/appeal"), grounds="a", items=[], remedy="b")
        .headers["HX-Redirect"]
    )

    at("he.ping").reads(case, status=404)
    at("he.ping").reads(sheet.replace("/result", "/appeal"), status=404)


def test_hr_proposes_a_plan_that_its_person_then_reads(company, sheet, at):
    company.release()
    address = sheet.replace("/result", "/plan")

    refused = at("li.na").reads(address, status=403)
    proposed = at("zhao.min").sends(address, grounds="two misses").headers["HX-Redirect"]

    assert "You may not do this" in refused
    assert "two misses" in at("zhang.wei").reads(proposed)
    at("he.ping").reads(proposed, status=404)


def test_sheet_and_commitment_letter_are_handed_out_as_pdf_to_whoever_may_see_them(company, sheet, at):
    company.release()
    review = sheet.removesuffix("/result")
    appraisee, colleague = at("zhang.wei"), at("he.ping")

    links = appraisee.client.get(sheet).get_data(as_text=True) + appraisee.client.get(review).get_data(as_text=True)
    papers = [appraisee.client.get(f"{review}/{name}.pdf") for name in ("result", "commitment")]

    assert [paper.content_type for paper in papers] == ["application/pdf", "application/pdf"]
    assert all(paper.data.startswith(b"%PDF") for paper in papers)
    assert (f"{review}/result.pdf" in links, f"{review}/commitment.pdf" in links) == (True, True)
    colleague.reads(f"{review}/result.pdf", status=404)
    colleague.reads(f"{review}/commitment.pdf", status=404)
