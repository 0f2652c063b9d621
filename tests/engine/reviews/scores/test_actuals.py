"""Tests of engine.reviews.scores.actuals: what is credible, values by period, the check by finance or audit."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from engine import identity
from engine.errors import Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.models import Role
from engine.reviews.organisation import people
from engine.reviews.reports import printing, sheets
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.indicators import Cadence, Capability, Collection, Direction, Indicator
from engine.reviews.scores import actuals, scorecards
from engine.reviews.scores.completions import Measure
from engine.reviews.scores.gaps import NOT_APPLICABLE
from engine.reviews.signing import targets

HEADINGS = "工号,指标,实际值,单位,数据来源,期间,说明\n"


def problems(refused):
    return [(problem.where, problem.code) for problem in refused.value.problems]


@pytest.fixture
def importing(session, cycle, act):
    """Import rows as HR."""
    return lambda *rows: actuals.import_csv(session, cycle, (HEADINGS + "\n".join(rows)).encode(), by=act("hui"))


@pytest.fixture
def importing_file(session, cycle, act):
    """Import a file as HR."""
    return lambda content: actuals.import_csv(session, cycle, content, by=act("hui"))


@pytest.fixture
def audited(session, company):
    """An auditor in the company."""
    people.hire(
        session,
        employee_id="E090",
        username="shen",
        name="沈计",
        department="office",
        employed_from=date(2024, 1, 1),
        roles=(Role.AUDITOR,),
        by=SYSTEM,
    )
    return identity.identity_of(session, "shen")


def test_e28_yuan_for_ten_thousand_yuan_is_refused_with_row_and_column(session, signed, importing):
    with pytest.raises(Invalid) as refused:
        importing("E001,new_customers,18,家,CRM,,", "E001,sales_revenue,4800000,万元,CRM,,")

    assert problems(refused) == [("C3", "outlier")]
    assert "960000% of the target 500 万元" in refused.value.problems[0].message
    assert actuals.newest(session, signed) == {}


def test_e28_350_per_cent_counts_once_somebody_says_why_it_is_right(session, signed, importing):
    with pytest.raises(Invalid):
        importing("E001,sales_revenue,1750,万元,CRM,,")

    importing("E001,sales_revenue,1750,万元,CRM,,大客户集中签约")

    (entered,) = actuals.newest(session, signed).values()
    assert (entered.value, entered.reason) == ("1750", "大客户集中签约")


def test_e28_a_value_that_was_entered_for_another_target_is_looked_at_by_finance(session, measured, act):
    sheet = targets.of_review(session, measured)
    sheet.targets = {**sheet.targets, "sales_revenue": "5"}

    with pytest.raises(Invalid) as refused:
        actuals.confirm(session, measured, by=act("fan"))

    assert problems(refused) == [("sales_revenue", "outlier")]


def test_l003_26_an_auditor_corrects_and_confirms_and_the_original_stays_beside_it(session, measured, act, audited):
    actuals.enter(session, measured, "sales_revenue", "450", source="audit", reason="刷量剔除", by=audited)

    row = next(line for line in printing.measured(session, measured) if line["indicator"] == "sales_revenue")
    assert (row["actual"], row["original"], row["reason"]) == ("450", "480", "刷量剔除")
    with pytest.raises(Forbidden, match="another must confirm"):
        actuals.confirm(session, measured, by=audited)
    actuals.confirm(session, measured, by=act("fan"))
    assert scorecards.measures(session, measured)["sales_revenue"] == Measure("500", "450")


def test_who_is_in_hr_and_in_finance_does_not_confirm_the_own_entries(session, measured, act):
    both = replace(act("fan"), groups=frozenset({Role.HR, Role.FINANCE}))
    actuals.enter(session, measured, "sales_revenue", "470", source="CRM", reason="退货", by=both)

    with pytest.raises(Forbidden, match="another must confirm"):
        actuals.confirm(session, measured, by=both)


def test_an_auditor_may_confirm_what_others_entered(session, measured, act, audited):
    actuals.enter(session, measured, "sales_revenue", "470", source="CRM", reason="退货", by=act("hui"))

    confirmed = actuals.confirm(session, measured, by=audited)

    assert {actual.confirmed_by for actual in confirmed} == {"shen"}


class TestPeriods:
    """New customers are counted month by month."""

    @pytest.fixture
    def spreadsheet(self, spreadsheet):
        return "\n".join(line for line in spreadsheet.splitlines() if "new_customers" not in line)

    @pytest.fixture
    def mended(self, mended):
        quantitative, qualitative = mended.sections
        monthly = {"cadence": Cadence.MONTH, "collected": Collection.SUM}
        lines = tuple(replace(one, **monthly) if one.id == "new_customers" else one for one in quantitative.indicators)
        return replace(mended, sections=(replace(quantitative, indicators=lines), qualitative))

    def test_e33_the_months_that_exist_count_and_each_is_kept_on_its_own(self, session, signed, importing):
        importing("E001,new_customers,7,家,CRM,2025-07,", "E001,new_customers,5,家,CRM,2025-08,")
        importing("E001,new_customers,6,家,CRM,2025-08,")

        newest = actuals.newest(session, signed)

        assert {period: (one.value, one.version) for (_, period), one in newest.items()} == {
            "2025-07": ("7", 1),
            "2025-08": ("6", 2),
        }

    def test_e33_the_scorecard_gets_all_of_them(self, session, cycle, signed, act, spreadsheet):
        months = ("E001,new_customers,7,家,CRM,2025-07", "E001,new_customers,6,家,CRM,2025-09")
        rows = spreadsheet.replace("数据来源", "数据来源,期间").replace(",CRM-2025Q3", ",CRM-2025Q3,")
        rows = "\n".join([*rows.replace(",财务月报", ",财务月报,").splitlines(), *months])
        actuals.import_csv(session, cycle, rows.encode(), by=act("hui"))
        actuals.confirm(session, signed, by=act("fan"))

        measure = scorecards.measures(session, signed)["new_customers"]

        assert measure == Measure("20", "", (("2025-07", "7"), ("2025-09", "6")))
        row = next(line for line in printing.measured(session, signed) if line["indicator"] == "new_customers")
        assert (row["actual"], row["completion"]) == ("2025-07: 7; 2025-09: 6", "65.00%")

    def test_a_month_that_does_not_apply_is_left_out_and_three_of_them_leave_the_indicator_out(
        self, session, cycle, signed, spreadsheet, act
    ):
        actuals.import_csv(session, cycle, spreadsheet.encode(), by=act("hui"))
        for month in ("2025-07", "2025-08", "2025-09"):
            absent = {"source": "HR", "reason": "无此市场", "period": month}
            actuals.enter(session, signed, "new_customers", None, **absent, by=act("hui"))

        actuals.confirm(session, signed, by=act("fan"))

        assert scorecards.measures(session, signed)["new_customers"] is NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("E001,new_customers,7,家,CRM,,", "bad-period"),
            ("E001,new_customers,7,家,CRM,2025-13,", "bad-period"),
            ("E001,new_customers,7,家,CRM,2025-10,", "foreign-period"),
            ("E001,sales_revenue,480,万元,CRM,2025-07,", "needless-period"),
        ],
    )
    @pytest.mark.usefixtures("review")
    def test_a_period_that_does_not_fit_is_named(self, importing, row, code):
        with pytest.raises(Invalid) as refused:
            importing(row)

        assert problems(refused) == [("F2", code)]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("E001,sales_revenue,480,元,CRM,,", "D", "other-unit"),
        ("E001,renewal_rate,0.88,,CRM,,", "C", "bad-quantity"),
        ("E001,marketing_roi,1:0x,,CRM,,", "C", "bad-quantity"),
        ("E001,marketing_roi,0:4,,CRM,,", "C", "bad-quantity"),
        ("E404,sales_revenue,480,万元,CRM,,", "A", "unknown-employee"),
        ("E001,sales_revenue,480,万元,,,", "E", "missing-source"),
    ],
)
def test_e32_a_value_in_another_unit_or_notation_is_refused_never_guessed(signed, importing, row, column, code):
    with pytest.raises(Invalid) as refused:
        importing(row)

    assert problems(refused) == [(f"{column}2", code)]


def workbook(*rows):
    """Write rows as a workbook with the headings of actual values."""
    book = openpyxl.Workbook()
    for row in [HEADINGS.strip().split(","), *rows]:
        book.active.append(row)
    return book


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_actual_values_come_from_a_workbook_as_it_shows_them(session, importing_file, signed):
    book = workbook(["E001", "sales_revenue", 480.10, "万元", "CRM"], ["E001", "renewal_rate", 0.07, None, "CRM"])
    book.active["C3"].number_format = "0%"

    importing_file(saved(book))

    entered = {name: one.value for (name, _), one in actuals.newest(session, signed).items()}
    assert entered == {"sales_revenue": "480.1", "renewal_rate": "7%"}


def test_formulas_and_merged_cells_are_named_beside_every_other_mistake(session, importing_file, signed):
    book = workbook(*[["E001", "sales_revenue", 480, "元", "CRM"] for _ in range(4)])
    book.active["C2"] = "=240*2"
    book.active.merge_cells("E3:E4")

    with pytest.raises(Invalid) as refused:
        importing_file(saved(book))

    assert {("C2", "no-value"), ("E3:E4", "merged-cells"), ("D5", "other-unit")} <= set(problems(refused))
    assert actuals.newest(session, signed) == {}


@pytest.mark.parametrize(("encoding", "separator"), [("gb18030", ";"), ("utf-8-sig", "\t"), ("utf-16", ",")])
def test_actual_values_are_read_as_programs_write_csv(session, importing_file, signed, encoding, separator):
    text = (HEADINGS + "E001,sales_revenue,４８０,万元,CRM,,").replace(",", separator)

    importing_file(text.encode(encoding))

    assert actuals.newest(session, signed)["sales_revenue", ""].value == "４８０"


def test_a_comma_within_a_number_is_named_with_its_row_and_hides_no_other(importing, signed):
    with pytest.raises(Invalid) as refused:
        importing("E001,sales_revenue,1,234,万元,CRM,,", "E404,sales_revenue,480,万元,CRM,,")

    assert problems(refused) == [("2", "more-cells"), ("A3", "unknown-employee")]


def test_e27_the_direction_of_an_indicator_is_a_sentence_beside_its_target():
    directions = {
        printing.direction(Indicator(id="cac", name="获客成本", weight=10, direction=one)) for one in Direction
    }

    assert "越低越好 Lower is better" in directions
    assert len(directions) == len(Direction) - 1  # both ways of scoring less say the same


def test_e31_a_released_result_keeps_the_version_of_the_rules_it_was_scored_by(session, cycle, released, mended, act):
    later = templates.draft(session, "sales", rulebooks.write(mended), title="下一版", by=act("hui"))
    templates.publish(session, later.key, by=act("hui"))

    sheet = sheets.of_review(session, released, by=act("ann"))

    assert (sheet.template_version, later.version) == (1, 2)
    assert sheet.total == Decimal("87.68")


@pytest.mark.usefixtures("signed")
class TestWhereAMissedTargetNeedsAReason:
    """The remark of document 004's table."""

    @pytest.fixture
    def mended(self, mended):
        return replace(mended, missed_needs_reason=True)

    @pytest.fixture
    def spreadsheet(self):
        return HEADINGS + "E001,sales_revenue,480,万元,CRM,,九月两单推迟\n"

    def test_l004_20_a_value_short_of_its_target_is_refused_without_one(self, importing):
        with pytest.raises(Invalid) as refused:
            importing("E001,sales_revenue,480,万元,CRM,,", "E001,new_customers,20,家,CRM,,")
        entered = importing("E001,sales_revenue,480,万元,CRM,,九月两单推迟", "E001,new_customers,20,家,CRM,,")

        assert problems(refused) == [("G2", "missed")]
        assert [one.reason for one in entered] == ["九月两单推迟", ""]


@pytest.mark.usefixtures("signed")
class TestASystemThatCannotKnowAValue:
    @pytest.fixture
    def mended(self, mended):
        quantitative, qualitative = mended.sections
        lines = tuple(
            replace(one, measured_in=Capability.CRM) if one.id == "new_customers" else one
            for one in quantitative.indicators
        )
        return replace(mended, sections=(replace(quantitative, indicators=lines), qualitative))

    def test_l000_19_tita_is_no_crm_and_nothing_is_imported_from_it_as_if_it_were_one(self, importing):
        with pytest.raises(Invalid) as refused:
            importing("E001,new_customers,18,家,Tita 10 月导出,,")

        assert problems(refused) == [("E2", "other-system")]

    @pytest.mark.parametrize("source", ["Salesforce 报表 0930", "CRM-2025Q3", "门店台账"])
    def test_l002_28_a_system_for_it_or_one_that_nobody_listed_is_a_source(self, importing, source):
        (entered,) = importing(f"E001,new_customers,18,家,{source},,")

        assert entered.source == source
