"""Tests of engine.reviews.reports.exports: what a spreadsheet opens again, to the digit, and who may have it."""

import csv
import hashlib
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select, update

from engine.errors import NotFound
from engine.reviews.cycle import reviews
from engine.reviews.models import Answer, Disclosure, ReviewState
from engine.reviews.reports import disclosures, exports
from engine.reviews.reports.exports import Form
from engine.reviews.signing import interviews
from engine.reviews.signing.interviews import Minutes

MINUTES = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")


@pytest.fixture
def export(session, cycle, act):
    """Export the results of the cycle for somebody."""

    def made(username="hui", form=Form.XLSX, **how):
        return exports.of_results(session, cycle, form=form, by=act(username), **how)

    return made


def opened(content):
    """Open a workbook and return its rows by heading."""
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    headings, *rows = sheet.iter_rows()
    return [dict(zip([cell.value for cell in headings], row, strict=True)) for row in rows]


@pytest.mark.usefixtures("released")
def test_numbers_are_numbers_with_their_digits_and_text_is_text(export):
    content = export()
    (line,) = opened(content)

    assert (line["工号"].value, line["姓名"].value, line["等级"].value) == ("E001", "安然", "良好")
    assert [line[name].data_type for name in ("工号", "总分", "定量指标 (70%)")] == ["s", "n", "n"]
    assert line["总分"].number_format == "0.00"
    written = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert all(f"<v>{figure}</v>" in written for figure in ("87.68", "63.18", "24.50"))
    assert (line["状态"].value, line["发布时间"].value) == ("已发布", "2025-07-01 17:00+08:00")


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@SUM(A1)", '=HYPERLINK("x")', "\t=1", "＝1"])
@pytest.mark.usefixtures("released")
def test_no_cell_is_a_formula_whoever_is_called_what(export, company, name):
    company["ann"].name = name

    (line,) = opened(export())
    ((_, *_), plain) = csv.reader(io.StringIO(export(form=Form.CSV).decode("utf-8-sig")))

    assert (line["姓名"].value, line["姓名"].data_type) == (name, "s")
    assert plain[2] == f"'{name}"


@pytest.mark.usefixtures("released")
def test_characters_that_no_workbook_can_hold_are_replaced(export, company):
    company["ann"].name = "安\x07然"

    assert opened(export())[0]["姓名"].value == "安\ufffd然"


@pytest.mark.usefixtures("released")
def test_csv_is_utf_8_as_spreadsheet_programs_know_it_in_either_language(export):
    content = export(form=Form.CSV, chinese=False)

    assert content.startswith(b"\xef\xbb\xbf")
    headings, line = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert headings[:3] == ["Cycle", "Employee id", "Name"]
    assert line[headings.index("Total")] == "87.68"
    assert line[headings.index("State")] == "Released"


@pytest.mark.usefixtures("scored")
def test_everybody_exports_what_everybody_may_see(export):
    mine, above, hr = (opened(export(username)) for username in ("ann", "dai", "hui"))

    assert [line["总分"].value for line in mine] == [None]
    assert [line["总分"].value for line in above] == [87.68]
    assert [line["总分"].value for line in hr] == [87.68]
    for username in ("pan", "shi"):
        with pytest.raises(NotFound):
            export(username)


@pytest.mark.usefixtures("released")
def test_nothing_of_a_single_rater_is_exported(export):
    assert {"潘宁", "石磊"}.isdisjoint(str(cell.value) for cell in opened(export())[0].values())
    assert not any("跨部门" in heading for heading in opened(export())[0])


def test_e59_an_administrative_close_is_a_state_of_its_own_and_no_answer(session, released, export, act):
    reviews.close(session, released, reason="长期未答复", by=act("hui"))
    (closed,) = opened(export())
    released.state = ReviewState.RELEASED
    interviews.record(session, released, MINUTES, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.sign(session, released, Answer.OBJECTED, by=act("ann"), comment="偏低")

    (answered,) = opened(export())

    assert (closed["状态"].value, closed["签认"].value) == ("行政关闭(非签署)", None)
    assert (answered["状态"].value, answered["签认"].value) == ("签认情况已记录", "已收到，有异议")


@pytest.mark.usefixtures("released")
def test_every_export_leaves_a_signed_row(session, export):
    content = export("sun", Form.CSV)
    session.flush()

    (row,) = session.scalars(select(Disclosure))

    assert (row.made_by, row.form, row.rows) == ("sun", "csv", 1)
    assert row.digest == hashlib.sha256(content).hexdigest()
    assert list(disclosures.verify(session)) == []


@pytest.mark.usefixtures("released")
def test_a_row_that_was_changed_afterwards_is_found(session, export):
    export()
    session.flush()

    session.execute(update(Disclosure).values(made_by="somebody"))
    session.expire_all()

    assert [sentence.split()[-1] for sentence in disclosures.verify(session)] == ["written"]
