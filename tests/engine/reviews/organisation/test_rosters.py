"""Rosters: the organisation taken out as sheets, changed, and brought back."""

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import clock
from engine.errors import Forbidden, Invalid
from engine.identity import ENGINE, Identity
from engine.reviews.files import workbooks
from engine.reviews.models import LeaveKind, ProtectionKind, Role
from engine.reviews.organisation import amendments, employments, lines, people, snapshots
from engine.reviews.organisation.rosters import imports, writing
from engine.reviews.organisation.rosters.state import Effect
from engine.reviews.organisation.snapshots import Change

DAY = date(2025, 8, 15)
HEADINGS = {
    "人员": ["工号", "账号", "姓名"],
    "在职": ["工号", "开始日期", "结束日期"],
    "任职": ["工号", "部门", "岗位", "开始日期", "结束日期"],
    "汇报关系": ["工号", "类型", "上级工号", "开始日期", "结束日期"],
    "休假": ["工号", "类型", "开始日期", "结束日期"],
    "角色": ["工号", "角色", "开始日期", "结束日期", "部门"],
    "特殊保护": ["工号", "类型", "开始日期", "结束日期"],
}


def workbook(**sheets):
    """Write an XLSX file of sheets as people type them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in [HEADINGS.get(title, []), *rows]:
            sheet.append(row)
    return saved(book)


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def newcomers(count, first=100):
    """Write the rows of people who join."""
    ids = [f"N{number}" for number in range(first, first + count)]
    return {
        "人员": [[i, i.lower(), f"新人{i}"] for i in ids],
        "在职": [[i, DAY, None] for i in ids],
        "任职": [[i, "sales", None, DAY, None] for i in ids],
    }


@pytest.fixture
def enter(session, company, act):
    """Bring a file in as HR."""

    def entering(content, name="roster.xlsx", **how):
        return imports.enter(session, name, content, by=act("hui"), **how)

    return entering


@pytest.fixture
def refusals(session, company, act):
    """Look at a file as HR and return what is wrong with it, by place."""

    def looking(content, name="roster.xlsx"):
        preview = imports.check(session, name, content, by=act("hui"))
        return {problem.where: problem.code for problem in preview.problems}

    return looking


def test_people_join_with_place_superior_and_role_in_any_order(session, enter):
    preview = enter(
        workbook(
            汇报关系=[
                ["N100", "直接上级", "N101", "2025/8/15", None],
                ["N101", "primary", "E002", "2025年8月15日", None],
            ],
            角色=[["N101", "导师", DAY, None]],
            **newcomers(2),
        )
    )

    chain = lines.superiors_of(session, people.by_employee_id(session, "N100").key, DAY)
    assert [person.employee_id for person in chain] == ["N101", "E002", "E003"]
    assert [person.employee_id for person in people.in_role(session, Role.MENTOR, DAY)] == ["N101"]
    assert (preview.count(Effect.ADD), preview.unchanged) == (9, 0)


def test_a_role_in_hr_is_bounded_to_departments_by_the_roster(session, enter, refusals, act):
    first = date(2025, 1, 1)
    content = workbook(角色=[["E008", "人事", first, None, "sales"], ["E008", "人事", first, None, "product"]])
    enter(content)

    again = enter(content)
    wrong = refusals(workbook(角色=[["E008", "财务", DAY, None, "sales"], ["E008", "人事", DAY, None, "nowhere"]]))

    assert act("ou").groups >= {"hr@sales", "hr@product"}
    assert "hr" not in act("ou").groups
    assert list(again.changes) == []
    assert wrong == {"角色!E2": "not-bounded", "角色!E3": "unknown-reference"}


def test_the_same_file_brought_twice_changes_nothing(enter):
    content = workbook(
        **newcomers(1),
        汇报关系=[["E001", "直接上级", "E004", DAY, None]],
    )
    enter(content)

    again = enter(content)

    assert (list(again.changes), again.unchanged) == ([], 4)


@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.parametrize("write", [writing.workbook, writing.csv_files])
def test_what_is_exported_comes_back_without_a_change(session, act, enter, write, chinese):
    enter(workbook(休假=[["E001", "产假", DAY, "2025-12-20"]], 特殊保护=[["E001", "孕期产期哺乳期", DAY, None]]))

    preview = enter(write(session, by=act("hui"), sensitive=True, chinese=chinese), "roster")

    assert (list(preview.changes), list(preview.bad)) == ([], [])
    assert preview.unchanged > 40


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=30))
@pytest.mark.parametrize("write", [writing.workbook, writing.csv_files])
def test_any_name_comes_back_as_it_was(session, company, act, write, name):
    company["ann"].name_en = name
    session.flush()

    preview = imports.check(session, "roster", write(session, by=act("hui")), by=act("hui"))

    assert (list(preview.changes), list(preview.bad)) == ([], [])


def test_a_csv_export_holds_no_formula_and_a_workbook_holds_text(session, company, act, enter):
    company["ann"].name_en = '=HYPERLINK("http://evil")'
    session.flush()

    packed = zipfile.ZipFile(io.BytesIO(writing.csv_files(session, by=act("hui"))))
    book = openpyxl.load_workbook(io.BytesIO(writing.workbook(session, by=act("hui"))))

    assert "\"'=HYPERLINK" in packed.read("人员.csv").decode("utf-8-sig")
    assert "f" not in {cell.data_type for row in book["人员"] for cell in row}


def test_e61_three_bad_rows_of_four_hundred_keep_all_out_or_only_themselves(session, enter):
    rows = newcomers(400)
    rows["在职"][7][1] = "明天"
    rows["任职"][20][1] = "nowhere"
    rows["人员"][300][1] = "ann"
    content = workbook(**rows)

    with pytest.raises(Invalid, match="of 1200 rows are wrong") as refused:
        enter(content)
    preview = enter(content, partly=True)

    codes = {problem.where: problem.code for problem in refused.value.problems}
    said = {problem.where: problem.message for problem in refused.value.problems}
    assert said["任职!A302"] == "The row of N400 in people is wrong itself"
    assert codes["在职!B9"] == "no-value"
    assert codes["任职!B22"] == "unknown-reference"
    assert codes["人员!B302"] == "account-taken"
    assert len(preview.bad) == 9  # with each, the other two rows of the same newcomer
    assert people.by_employee_id(session, "N101").name == "新人N101"


def test_the_wrong_rows_are_a_file_to_mend_which_may_be_brought_back(enter):
    rows = newcomers(2)
    rows["在职"][1][1] = "明天"
    preview = enter(workbook(**rows), partly=True)

    book = openpyxl.load_workbook(io.BytesIO(writing.to_mend(preview.bad)))
    book["在职"]["B2"] = DAY
    again = enter(saved(book))

    assert (again.count(Effect.ADD), list(again.bad)) == (3, [])


def test_e12_lines_that_lead_back_on_some_day_are_refused_where_they_stand(refusals):
    rows = [["E003", "直接上级", "E004", "2025-09-01", None], ["E004", "直接上级", "E001", "2025-10-01", None]]

    assert refusals(workbook(汇报关系=rows)) == {"汇报关系!C2": "line-circle", "汇报关系!C3": "line-circle"}


def test_e19_an_employee_id_stands_once_and_an_account_is_one_persons(refusals):
    rows = newcomers(1)
    rows["人员"] += [["N100", "other", "又一个"], ["E001", "sun", "安然"]]

    found = refusals(workbook(**rows))

    assert (found["人员!A3"], found["人员!B4"]) == ("repeated", "account-taken")


def test_nobody_has_the_account_under_which_the_engine_acts(refusals):
    rows = newcomers(1)
    rows["人员"][0][1] = ENGINE

    assert refusals(workbook(**rows))["人员!B2"] == "account-taken"


def test_e19_a_new_name_and_account_leave_the_person_and_the_roles(session, company, enter):
    enter(workbook(人员=[["E004", "pan.ning", "潘凝"]]))

    person = people.by_employee_id(session, "E004")
    assert (person.key, person.name, person.username) == (company["pan"].key, "潘凝", "pan.ning")
    assert person in people.in_role(session, Role.PANEL)


def test_e19_an_account_that_running_reviews_address_stays(review, refusals):
    assert refusals(workbook(人员=[["E001", "an.ran", "安然"]])) == {"人员!B2": "account-busy"}


def test_e14_who_leaves_and_comes_back_is_one_person_with_two_spells(session, company, enter):
    enter(workbook(在职=[["E001", "2024-01-01", "2025-07-31"]]))
    enter(
        workbook(
            在职=[["E001", "2025-08-11", None]],
            任职=[["E001", "product", None, "2025-08-11", None]],
            汇报关系=[["E001", "直接上级", "E004", "2025-08-11", None]],
        )
    )

    ann = company["ann"].key
    assert [spell.valid_until for spell in employments.spells_of(session, ann)] == [date(2025, 7, 31), None]
    assert not employments.is_employed(session, ann, date(2025, 8, 5))
    assert lines.superior_of(session, ann, date(2025, 8, 5)) is None
    assert employments.department_of(session, ann, DAY).code == "product"


def test_e14_spells_do_not_overlap_and_end_after_they_begin(refusals):
    rows = [["E001", "2025-03-01", None], ["E002", "2024-01-01", "2023-01-01"]]

    assert refusals(workbook(在职=rows)) == {"在职!B2": "overlap", "在职!C3": "backwards"}


def test_e09_a_transfer_ends_the_place_before_and_is_kept_with_its_days(session, company, enter):
    enter(workbook(任职=[["E001", "product", None, DAY, None]]))

    def code(day):
        return employments.department_of(session, company["ann"].key, day).code

    assert (code(date(2025, 8, 14)), code(DAY)) == ("sales", "product")
    kept = [change for change in amendments.of_subject(session, "E001") if change.sheet == "placements"]
    assert {(change.before or {}).get("valid_until") for change in kept} == {None, ""}


def test_nobody_reports_to_who_has_left_to_themselves_or_to_nobody(enter, refusals):
    enter(workbook(在职=[["E004", "2024-01-01", "2025-07-31"]]))

    rows = [[i, "直接上级", above, DAY, None] for i, above in (("E001", "E004"), ("E002", "E002"), ("E003", "E999"))]
    found = refusals(workbook(汇报关系=rows))

    assert found == {"汇报关系!C2": "not-employed", "汇报关系!C3": "line-circle", "汇报关系!C4": "unknown-reference"}


def test_leave_and_protection_are_asked_as_of_a_day(session, company, enter):
    enter(
        workbook(休假=[["E001", "产假", DAY, "2025-12-20"]], 特殊保护=[["E001", "孕期产期哺乳期", DAY, "2026-08-14"]])
    )

    ann = company["ann"].key
    assert [leave.kind for leave in employments.leaves_of(session, ann, DAY, DAY)] == [LeaveKind.MATERNITY]
    assert employments.days_of_leave(session, ann, date(2025, 7, 1), date(2025, 9, 30)) == 47
    assert employments.protections_of(session, ann, DAY) == [ProtectionKind.MATERNITY]
    assert employments.protections_of(session, ann, date(2026, 9, 1)) == []


def test_formulas_and_errors_are_refused_with_sheet_row_and_column(refusals):
    rows = newcomers(1)
    rows["人员"][0][2] = '="新"&"人"'

    found = refusals(workbook(**rows))

    assert found["人员!C2"] == "no-value"


def test_unknown_sheets_and_columns_keep_the_whole_file_out_and_hide_nothing_else(refusals):
    book = openpyxl.load_workbook(io.BytesIO(workbook(**newcomers(2))))
    book["人员"].merge_cells("C2:C3")
    book["在职"]["D1"] = "备注"
    book["任职"].merge_cells("A1:B1")
    book["任职"]["D2"] = "昨天"
    book.create_sheet("工资")["A1"] = "x"

    with pytest.raises(Invalid) as refused:
        refusals(saved(book))

    found = {problem.where: problem.code for problem in refused.value.problems}
    assert found == {
        "人员!C2:C3": "merged-cells",
        "在职!D1": "unknown-column",
        "任职!1": "no-column",
        "工资": "unknown-sheet",
    }


def test_merged_cells_refuse_their_own_rows_and_hide_no_other_mistake(session, enter, refusals):
    rows = newcomers(4)
    rows["在职"][3][1] = "昨天"
    book = openpyxl.load_workbook(io.BytesIO(workbook(**rows)))
    book["人员"].merge_cells("C2:C3")

    found, entered = refusals(saved(book)), enter(saved(book), partly=True)

    assert found["人员!C2:C3"] == "merged-cells"
    assert found["在职!B5"] == "no-value"
    assert {row.number for row in entered.bad if row.title == "人员"} == {2, 3, 5}
    assert people.named(session, "n102").name == "新人N102"


def test_a_day_may_be_the_number_that_the_program_keeps_of_it(session, enter):
    rows = newcomers(1)
    rows["在职"][0][1], rows["任职"][0][3] = 45884, "２０２５年８月１５日"

    enter(workbook(**rows))

    person = people.named(session, "n100")
    assert employments.spell_of(session, person.key, DAY).valid_from == DAY


def test_full_width_ids_and_codes_are_nobody_elses(session, enter):
    rows = newcomers(1)
    rows["人员"][0][0], rows["任职"][0][1] = "Ｎ１００", "ｓａｌｅｓ"

    enter(workbook(**rows))

    assert people.named(session, "n100").employee_id == "N100"


@pytest.mark.parametrize(
    "written",
    [("utf-8", ",", ""), ("utf-8", ";", workbooks.BOM), ("gb18030", ";", ""), ("gb18030", ",", workbooks.BOM),
     ("utf-16", "\t", ""), ("utf-8", "，", "")],
)  # fmt: skip
def test_a_csv_file_is_known_by_its_columns_as_programs_write_it(session, written, enter, company):
    encoding, separator, mark = written
    lines_ = "工号,类型,上级工号,开始日期\r\nE001,虚线上级,E004,2025/8/15\r\n".replace(",", separator)

    enter((mark + lines_).encode(encoding), "导出.csv")

    assert lines.superior_of(session, company["ann"].key, DAY, lines.Line.MATRIX).username == "pan"


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", b"0" * 70_000_000)
    return packed.getvalue()


def entities():
    packed = io.BytesIO(workbook(**newcomers(1)))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/extra.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return packed.getvalue()


def with_rows(rows):
    """Make a workbook whose first sheet has other rows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(**newcomers(1)))) as made, zipfile.ZipFile(packed, "w", 8) as archive:
        for part in made.namelist():
            text = made.read(part).decode()
            if part.endswith("sheet1.xml"):
                text = f"{text.partition('<sheetData>')[0]}<sheetData>{rows}</sheetData></worksheet>"
            archive.writestr(part, text)
    return packed.getvalue()


def encrypted():
    content = bytearray(workbook(**newcomers(1)))
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    return bytes(content)


def corrupt():
    content = bytearray(workbook(**newcomers(1)))
    content[60:80] = b"\xff" * 20
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bomb, "unpacks to 70000000 bytes"),
        (lambda: with_rows('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "rows below line 50000"),
        (lambda: with_rows('<row r="1"><c r="A1"><v>many</v></c></row>'), "is broken"),
        (encrypted, "is broken"),
        (corrupt, "is broken"),
        (entities, "has a DOCTYPE"),
        (lambda: b"PK\x03\x04broken", "is broken"),
        (lambda: b"0" * 5_000_001, "at most 5000000 bytes"),
        (lambda: b"a,b\n1,2\n", "neither its name nor its columns"),
        (lambda: "工号,账号,姓名\n".encode() + b"E,e,e\n" * 20_001, "more than 20000 rows"),
    ],
)
def test_what_is_too_large_broken_or_something_else_is_refused(refusals, content, sentence):
    with pytest.raises(Invalid, match=sentence):
        refusals(content(), "x.csv")


def test_only_hr_imports_and_exports_and_leave_is_left_out_unless_asked_for(session, company, act):
    with pytest.raises(Forbidden):
        imports.check(session, "x", b"", by=act("sun"))
    with pytest.raises(Forbidden):
        writing.workbook(session, by=Identity("fan", frozenset({"finance"})))

    book = openpyxl.load_workbook(io.BytesIO(writing.workbook(session, by=act("hui"))))

    assert not {"休假", "特殊保护"} & set(book.sheetnames)


def test_e03_a_snapshot_stays_and_differences_are_told(session, cycle, review, enter, act):
    enter(
        workbook(
            任职=[
                ["E001", "product", None, DAY, None],
                ["E006", "sales", None, DAY, None],
                ["N100", "sales", None, DAY, None],
            ],
            汇报关系=[["E001", "直接上级", "E004", DAY, None]],
            人员=newcomers(1)["人员"],
            在职=newcomers(1)["在职"],
        )
    )

    clock.pin(session, datetime(2025, 8, 20, tzinfo=UTC))

    found = snapshots.differences(session, cycle, by=act("hui"))

    assert [(d.person.employee_id, d.change, d.before, d.after) for d in found] == [
        ("E001", Change.TRANSFERRED, "销售部", "产品部"),
        ("E001", Change.SUPERIOR, "孙立", "潘宁"),
        ("E001", Change.SECOND_SUPERIOR, "戴维", ""),
        ("E006", Change.JOINED, "", "2025-08-15 销售部"),
        ("N100", Change.JOINED, "", "2025-08-15 销售部"),
    ]
    assert (review.superior_key, snapshots.place(session, review)[0].code) == (
        people.named(session, "sun").key,
        "sales",
    )
