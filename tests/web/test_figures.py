"""HR's figures of a cycle as a page."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest

from engine import db


@pytest.fixture
def figures(company):
    """The address of the figures of the demo cycle, with one result computed."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.pass_time(timedelta(days=30))
    with db.reading() as session:
        return f"/cycles/{company.cycle(session).key}/figures"


def test_hr_reads_progress_by_step_department_and_person_and_who_is_late(figures, at):
    page = at("zhao.min").reads(figures)

    assert "Draft targets" in page
    assert "Progress per department" in page
    assert "He Ping" in page
    assert "Working days late" in page
    assert "13" in page


def test_e93_one_graded_person_is_told_of_in_no_cell(figures, at):
    page = at("zhao.min").reads(figures)

    grades = page.split("Distribution of grades")[1].split("How superiors rate")[0]
    assert "•" in grades
    assert set(re.findall(r"\d+", grades)) <= {"0"}
    assert "too few to say anything" in page


def test_a_filter_shows_one_step_alone(figures, at):
    page = at("zhao.min").client.get(figures, query_string={"step": "draft_targets"}).get_data(as_text=True)

    steps = page.split('id="steps-title"')[1].split('id="departments-title"')[0]
    assert "Draft targets" in steps
    assert "Superior" not in steps


def test_results_are_exported_from_the_page_in_the_readers_language(figures, at):
    officer = at("zhao.min", "zh_CN")

    book = officer.client.post(
        figures.replace("/figures", "/export"), data={"form": "xlsx", "csrf_token": officer.token()}
    )
    page = officer.reads(figures)

    headings = [cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows())]
    assert headings[:3] == ["周期", "工号", "姓名"]
    assert "导出记录" in page
    assert "赵敏 xlsx" in page


def test_the_figures_are_for_hr(figures, at):
    at("li.na").reads(figures, status=404)


def test_e65_everybody_takes_a_copy_of_the_own_data_from_the_list_of_reviews(company, at):
    company.launch()
    appraisee = at("zhang.wei", "zh_CN")

    page = appraisee.reads("/reviews")
    copy = appraisee.client.post("/my-data", data={"form": "pdf", "csrf_token": appraisee.token()})

    assert "我的数据副本" in page
    assert (copy.content_type, copy.data[:4]) == ("application/pdf", b"%PDF")
