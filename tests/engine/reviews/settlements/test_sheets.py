"""Settlement sheets: computed on the result in force, held while disputed, handed to payroll once."""

import io
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM
from engine.reviews.cases import appeals
from engine.reviews.cycle import cycles
from engine.reviews.models import AppealState, Disclosure
from engine.reviews.release import results
from engine.reviews.reports.exports import Form
from engine.reviews.settlements import amounts, payrolls, schemes, sheets

SCHEME = Path(__file__).parents[4] / "processes" / "settlements" / "sales-quarter.toml"
ENTERED = """工号,项目,金额,来源
E001,monthly_salary,10000,工资表
E001,sales,1300000,财务月报
E001,sales_target,1000000,目标书
E001,leads,3,CRM
E001,excess_profit,200000,财务月报
E001,pool_share,12.5,财务
"""

ONE = {"id": "a", "name": "a", "layer": "base", "on": "x"}


@pytest.fixture
def rules():
    """The shipped scheme."""
    return tomllib.loads(SCHEME.read_text(encoding="utf-8"))


@pytest.fixture
def entered(session, cycle, released, rules, act):
    """The released review with its amounts."""
    schemes.agree(session, cycle, rules, reason="2025 年第三季度", by=act("fan"))
    amounts.import_csv(session, cycle, ENTERED.encode(), by=act("fan"))
    return released


@pytest.fixture
def settled(session, cycle, entered, act):
    sheets.settle(session, cycle, by=act("fan"))
    return entered


def paid(session, review):
    return {row.line_id: row.amount for row in sheets.of_review(session, review)}


def test_l001_18_three_layers_are_computed_from_the_result_and_what_finance_entered(session, settled):
    assert paid(session, settled) == {
        "base_award": "1000.00",
        "commission": "16200.00",
        "lead_award": "1500.00",
        "innovation": "2500.00",
    }


def test_l001_16_undisputed_lines_are_due_five_working_days_after_the_release(session, settled):
    (due,) = {row.due_on.isoformat() for row in sheets.of_review(session, settled)}

    assert due == "2025-07-08"  # released on 1 July


@pytest.mark.parametrize(
    ("released_at", "due"),
    [
        (datetime(2025, 9, 26, 8, tzinfo=UTC), "2025-10-10"),  # Sunday 28 September and Saturday 11 October are worked
        (datetime(2025, 9, 30, 8, tzinfo=UTC), "2025-10-14"),
        (datetime(2025, 9, 30, 16, 30, tzinfo=UTC), "2025-10-14"),  # past midnight in Shanghai: the holiday has begun
        (datetime(2026, 9, 18, 8, tzinfo=UTC), "2026-09-24"),  # Sunday 20 September is worked
    ],
)
def test_w14_five_working_days_count_make_up_workdays_and_no_holidays(session, entered, act, released_at, due):
    results.expected(session, entered).released_at = released_at
    session.flush()

    sheets.settle(session, cycles.found(session, entered.cycle_key), by=act("fan"))

    assert {row.due_on.isoformat() for row in sheets.of_review(session, entered)} == {due}


def test_computing_again_changes_nothing(session, cycle, settled, act):
    assert sheets.settle(session, cycle, by=act("fan")) == []
    assert {row.version for row in sheets.of_review(session, settled)} == {1}


def test_payroll_has_each_line_once(session, cycle, settled, act):
    payroll = sheets.hand_over(session, cycle, by=act("fan"))

    assert payroll.content.decode("utf-8-sig").splitlines()[1:] == [
        "E001,安然,base_award,1000.00,",
        "E001,安然,commission,16200.00,",
        "E001,安然,innovation,2500.00,",
        "E001,安然,lead_award,1500.00,",
    ]
    assert len(payroll.digest) == 64
    with pytest.raises(Conflict, match="nothing is payable"):
        sheets.hand_over(session, cycle, by=act("fan"))


ALL = {"base_award", "commission", "innovation", "lead_award"}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(("items", "held"), [(["collaboration"], {"base_award"}), (["sales_revenue"], ALL), ([], ALL)])
def test_x15_what_an_appeal_could_change_is_held_and_what_it_could_not_is_paid(session, cycle, act, items, held):
    (review,) = cycles.reviews_of(session, cycle)

    appeals.lodge(session, review, grounds="缺少事实", items=items, remedy="重评", by=act("ann"))

    assert {one.settlement.line_id for one in sheets.payable(session, cycle) if one.held} == held


def test_x15_nothing_is_handed_over_where_everything_is_disputed(session, cycle, settled, act):
    appeals.lodge(session, settled, grounds="销售额漏记", items=["sales_revenue"], remedy="更正", by=act("ann"))

    with pytest.raises(Conflict, match="nothing is payable that is not disputed"):
        sheets.hand_over(session, cycle, by=act("fan"))


def test_x15_what_is_disputed_is_paid_provisionally_where_the_scheme_says_so_and_the_difference_follows(
    session, cycle, settled, rules, act
):
    schemes.agree(session, cycle, {**rules, "disputed": "pay"}, reason="争议先付", by=act("fan"))
    sheets.settle(session, cycle, by=act("fan"))
    appeals.lodge(session, settled, grounds="缺少事实", items=["collaboration"], remedy="重评", by=act("ann"))

    payroll = sheets.hand_over(session, cycle, by=act("fan")).content.decode("utf-8-sig")
    (appeal,) = session.scalars(select(appeals.Appeal))
    appeals.withdraw(session, appeal, by=act("ann"))
    amounts.import_csv(
        session, cycle, "工号,项目,金额,来源\nE001,monthly_salary,12000,更正单\n".encode(), by=act("fan")
    )
    sheets.settle(session, cycle, by=act("fan"))

    remarks = {row.split(",")[2]: row.split(",", 4)[4] for row in payroll.splitlines()[1:]}
    assert "申诉未决 provisional, under appeal" in remarks["base_award"]
    assert "provisional" not in remarks["commission"]
    assert [(one.settlement.line_id, str(one.difference)) for one in sheets.payable(session, cycle)] == [
        ("base_award", "200.00")
    ]


def test_x15_a_scheme_says_nothing_else_of_what_is_disputed(rules):
    with pytest.raises(Invalid) as refused:
        schemes.read({**rules, "disputed": "forget"})

    assert [problem.where for problem in refused.value.problems] == ["disputed"]


def test_e73_a_correction_after_the_payment_pays_the_difference_and_keeps_both(session, cycle, settled, act):
    sheets.hand_over(session, cycle, by=act("fan"))
    amounts.import_csv(session, cycle, "工号,项目,金额,来源\nE001,sales,1200000,更正单\n".encode(), by=act("fan"))

    written = sheets.settle(session, cycle, by=act("fan"))

    assert [(row.line_id, row.version, row.amount) for row in written] == [("commission", 2, "14400.00")]
    assert [(one.settlement.line_id, one.difference) for one in sheets.payable(session, cycle)] == [
        ("commission", Decimal("-1800.00"))
    ]


def test_a_new_result_is_settled_anew_and_what_pays_the_same_is_not_paid_again(session, cycle, settled, act):
    sheets.hand_over(session, cycle, by=act("fan"))
    results.compute(session, settled, by=SYSTEM, reason="申诉更正")

    results.grade(session, settled, "良好", total="87.68")
    written = sheets.settle(session, cycle, by=act("fan"))

    assert {row.version for row in written} == {2}
    assert sheets.payable(session, cycle) == []


@pytest.mark.parametrize(
    ("items", "due"),
    [
        (["collaboration"], {"base_award": "2025-08-08", "commission": "2025-07-08"}),
        (["sales_revenue"], {"base_award": "2025-08-08", "commission": "2025-08-08"}),
    ],
)
def test_l001_16_what_waited_for_an_appeal_is_due_after_its_correction_and_what_did_not_after_the_release(
    session, entered, act, items, due
):
    appeal = appeals.lodge(session, entered, grounds="缺少事实", items=items, remedy="重评", by=act("ann"))
    appeal.state = AppealState.DECIDED
    corrected = results.compute(session, entered, by=SYSTEM, reason="申诉更正")
    results.grade(session, entered, "良好", total="87.68")
    corrected.released_at = datetime(2025, 8, 1, 8, tzinfo=UTC)
    session.flush()

    sheets.settle(session, cycles.found(session, entered.cycle_key), by=act("fan"))

    found = {row.line_id: row.due_on.isoformat() for row in sheets.of_review(session, entered)}
    assert {name: found[name] for name in due} == due


def test_a_line_computed_again_that_pays_what_payroll_had_is_paid_and_one_in_dispute_is_held(
    session, cycle, entered, act
):
    sheets.settle(session, cycle, by=act("fan"))
    appeals.lodge(session, entered, grounds="缺少事实", items=["collaboration"], remedy="重评", by=act("ann"))
    sheets.hand_over(session, cycle, by=act("fan"))
    results.compute(session, entered, by=SYSTEM, reason="更正")
    results.grade(session, entered, "良好", total="87.68")
    sheets.settle(session, cycle, by=act("fan"))

    found = {one.settlement.line_id: (one.paid, one.held) for one in sheets.standings(session, entered)}

    assert found == {
        "base_award": (False, True),
        "commission": (True, False),
        "innovation": (True, False),
        "lead_award": (True, False),
    }


def test_what_is_missing_is_named_by_person_and_nothing_is_computed(session, cycle, released, rules, act):
    schemes.agree(session, cycle, rules, reason="第三季度", by=act("hui"))

    with pytest.raises(Invalid) as refused:
        sheets.settle(session, cycle, by=act("hui"))

    assert {problem.where for problem in refused.value.problems} >= {"E001, base_award", "E001, commission"}
    assert sheets.of_review(session, released) == []


def test_pay_is_for_hr_and_finance_and_files_for_payroll_are_finances(session, cycle, settled, rules, act):
    with pytest.raises(Forbidden):
        sheets.settle(session, cycle, by=act("sun"))
    with pytest.raises(Forbidden):
        schemes.agree(session, cycle, rules, reason="x", by=act("ann"))
    with pytest.raises(Forbidden):
        sheets.hand_over(session, cycle, by=act("hui"))
    with pytest.raises(Forbidden):
        amounts.import_csv(session, cycle, ENTERED.encode(), by=act("hui"))


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("E999,sales,1,CRM", "A2"),
        ("E001,salary,1,CRM", "B2"),
        ("E001,sales,一百,CRM", "C2"),
        ("E001,sales,1,", "D2"),
        ("E001,sales,1,CRM\nE001,sales,2,CRM", "B3"),
    ],
)
def test_a_wrong_amount_is_named_with_row_and_column(session, cycle, act, row, where):
    with pytest.raises(Invalid) as refused:
        amounts.import_csv(session, cycle, f"工号,项目,金额,来源\n{row}\n".encode(), by=act("fan"))

    assert [problem.where for problem in refused.value.problems] == [where]


def test_a_pilot_pays_nothing(session, cycle, rules, act):
    cycle.pilot = True

    with pytest.raises(Conflict, match="pilot"):
        schemes.agree(session, cycle, rules, reason="试点", by=act("hui"))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lines": [], "streaks": []}, "no-line"),
        (
            {"lines": [{"id": "a", "name": "a", "layer": "base", "kind": "tiers", "on": "x", "target": "y"}]},
            "table-misplaced",
        ),
        ({"lines": [{**ONE, "kind": "count"}]}, "no-share"),
        ({"lines": [{**ONE, "kind": "grade"}]}, "grades-misplaced"),
        ({"lines": [{**ONE, "layer": "top", "kind": "count"}]}, "wrong-value"),
        ({"colour": "red"}, "unknown"),
    ],
)
def test_a_scheme_that_cannot_be_paid_is_refused_with_the_place(rules, changed, code):
    with pytest.raises(Invalid) as refused:
        schemes.read({**rules, **changed})

    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize("left_out", ["spread", "rise", "edge"])
def test_x14_how_tiers_apply_must_be_chosen(rules, left_out):
    del rules["lines"][1]["table"][left_out]

    with pytest.raises(Invalid, match=f"lines/commission/table/{left_out}"):
        schemes.read(rules)


@pytest.mark.usefixtures("entered")
def test_a_comma_within_an_amount_is_refused_and_never_taken_for_another_column(session, cycle, act):
    with pytest.raises(Invalid, match="2: It has more cells than the first row"):
        amounts.import_csv(session, cycle, "工号,项目,金额,来源\nE001,sales,1,300,000,CRM\n".encode(), by=act("fan"))


def test_payroll_as_a_workbook_has_the_same_rows_to_the_last_digit_and_each_download_is_on_record(
    session, cycle, settled, act
):
    payroll = sheets.hand_over(session, cycle, by=act("fan"))

    workbook = payrolls.handed_out(session, payroll.key, form=Form.XLSX, by=act("fan"))
    text = payrolls.handed_out(session, payroll.key, form=Form.CSV, by=act("fan"))

    rows = list(load_workbook(io.BytesIO(workbook)).active.iter_rows(min_row=2, values_only=True))
    assert rows[1] == ("E001", "安然", "commission", 16200, None)
    with ZipFile(io.BytesIO(workbook)) as parts:
        assert b"<v>16200.00</v>" in parts.read("xl/worksheets/sheet1.xml")
    assert text == payroll.content
    session.flush()
    made = session.scalars(select(Disclosure).order_by(Disclosure.key)).all()
    assert [(one.kind, one.form, one.rows) for one in made] == [("payroll", "xlsx", 4), ("payroll", "csv", 4)]
    with pytest.raises(Forbidden):
        payrolls.handed_out(session, payroll.key, form=Form.CSV, by=act("hui"))
