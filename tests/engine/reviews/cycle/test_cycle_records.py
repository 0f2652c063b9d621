"""The records of one employee's whole cycle, from the template to the signed result."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from engine.errors import Conflict, Forbidden, Invalid
from engine.identity import SYSTEM, Membership
from engine.reviews.cycle import cycles
from engine.reviews.files import spreadsheets
from engine.reviews.models import Answer, RaterState, ReviewState, TargetState
from engine.reviews.organisation import lines
from engine.reviews.rating import raters, ratings
from engine.reviews.rating.ratings import Given
from engine.reviews.release import results
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.scores import actuals
from engine.reviews.signing import interviews, targets
from engine.reviews.signing.interviews import Minutes


def codes(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


def test_publishing_document_004_is_refused_for_anybody(session, company, document_004, act):
    template = templates.draft(session, "sales", rulebooks.write(document_004), title="004", by=act("hui"))

    with pytest.raises(Invalid, match="10 points are missing"):
        templates.publish(session, template.key, by=act("hui"))

    assert template.published_at is None


def test_a_published_template_never_changes(session, cycle, document_004, act):
    with pytest.raises(Conflict, match="draft its next version"):
        templates.amend(session, cycle.template_key, rulebooks.write(document_004), by=act("hui"))


def test_only_hr_writes_rules(session, company, mended, act):
    with pytest.raises(Forbidden):
        templates.draft(session, "sales", rulebooks.write(mended), title="x", by=act("sun"))


def test_the_launch_freezes_the_line_and_asks_self_and_superior(session, company, review):
    asked = {(rater.group_id, rater.person_key) for rater in raters.of_review(session, review)}

    assert (review.superior_key, review.second_superior_key) == (company["sun"].key, company["dai"].key)
    assert asked == {
        ("self", company["ann"].key),
        ("superior", company["sun"].key),
        ("cross", company["pan"].key),
        ("cross", company["shi"].key),
    }


def test_the_launch_names_everybody_who_lacks_a_superior_or_a_rater(session, company, cycle, act):
    cycles.enrol(session, cycle, company["dai"], by=act("hui"))

    with pytest.raises(Invalid) as refused:
        cycles.launch(session, cycle, by=act("hui"))

    assert codes(refused) == {("E003", "no-superior"), ("E003", "no-rater")}


def test_targets_go_back_and_forth_until_everybody_agrees(session, review, act):
    wrong = {"sales_revenue": "500", "new_customers": "many", "renewal_rate": "85", "timely_payment": "0%"}
    with pytest.raises(Invalid) as refused:
        targets.draft(session, review, wrong, by=act("ann"))
    right = {**wrong, "new_customers": "20", "renewal_rate": "85%", "timely_payment": "95%"}
    right |= {"marketing_roi": "1:5", "lead_conversion": "100"}
    targets.draft(session, review, right, by=act("ann"))
    targets.return_(session, review, by=act("sun"), comment="too low")
    targets.draft(session, review, {**right, "new_customers": "25"}, by=act("ann"))
    targets.agree(session, review, by=act("sun"))
    targets.approve(session, review, by=act("dai"))

    sheet = targets.sign(session, review, by=act("ann"))

    assert codes(refused) == {
        ("new_customers", "bad-quantity"),
        ("renewal_rate", "bad-quantity"),
        ("timely_payment", "zero"),
        ("marketing_roi", "missing-target"),
        ("lead_conversion", "missing-target"),
    }
    assert (sheet.version, sheet.state, len(sheet.digest)) == (2, TargetState.SIGNED, 64)


def test_nobody_signs_targets_for_another_or_before_they_are_approved(session, review, act):
    with pytest.raises(Conflict, match="not drafted"):
        targets.sign(session, review, by=act("ann"))
    with pytest.raises(Forbidden):
        targets.draft(session, review, {}, by=act("sun"))


def test_an_import_names_every_wrong_row_and_imports_nothing(session, cycle, signed, act):
    rows = "employee_id,indicator,actual,unit,source\n"
    rows += "E001,sales_revenue,480,元,CRM\nE009,sales_revenue,480,万元,CRM\nE001,luck,1,,CRM\n"
    rows += "E001,renewal_rate,88,,CRM\nE001,new_customers,18,,\n"
    rows += "E001,lead_conversion,50,,CRM\nE001,lead_conversion,51,,CRM\n"

    with pytest.raises(Invalid) as refused:
        actuals.import_csv(session, cycle, rows.encode(), by=act("fan"))

    assert codes(refused) == {
        ("D2", "other-unit"),
        ("A3", "unknown-employee"),
        ("B4", "unknown-indicator"),
        ("C5", "bad-quantity"),
        ("E6", "missing-source"),
        ("B8", "repeated-row"),
    }
    assert actuals.of_review(session, signed) == {}


def read_actuals(content):
    """Read the rows of actual values, none of which is wrong as such."""
    problems = []
    rows = spreadsheets.read_rows(content, actuals.COLUMNS, problems, of="actual values", optional=actuals.OPTIONAL)
    assert problems == []
    return rows


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00\x81",
        b"",
        b"a,b\n1,2\n",
        b'employee_id,indicator,actual,source\n"open',
        b"x" * 5_000_001,
    ],
)
def test_what_is_no_import_is_refused(content):
    with pytest.raises(Invalid):
        read_actuals(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "headings", ["工号,指标,实际值,数据来源", "工号,指标,实际,来源", "Employee id,Indicator,Actual,Source"]
)
def test_spreadsheets_are_read_as_chinese_programs_write_them(encoding, headings):
    content = f"{headings}\nE001,销售额完成率,480,CRM\n".encode(encoding)

    (row,) = read_actuals(content)

    said = [row.cells[name] for name in ("employee_id", "indicator", "unit")]
    assert (row.number, said) == (2, ["E001", "销售额完成率", ""])


def test_a_dry_run_finds_what_an_import_finds_and_enters_nothing(session, cycle, signed, act):
    found = actuals.check_csv(session, cycle, ACTUALS.encode(), by=act("hui"))
    with pytest.raises(Invalid):
        actuals.check_csv(session, cycle, ACTUALS.replace("480", "many").encode(), by=act("hui"))

    assert len(found) == 6
    assert actuals.of_review(session, signed) == {}


def test_an_import_does_not_touch_what_finance_has_confirmed(session, cycle, measured, act):
    with pytest.raises(Invalid) as refused:
        actuals.import_csv(session, cycle, ACTUALS.encode(), by=act("hui"))

    assert {code for _, code in codes(refused)} == {"confirmed"}


def test_a_correction_keeps_the_original_and_needs_a_reason_and_a_new_confirmation(session, measured, act):
    with pytest.raises(Invalid, match="reason is due"):
        actuals.enter(session, measured, "new_customers", "19", source="audit", by=act("fan"))

    corrected = actuals.enter(
        session, measured, "new_customers", "19", source="audit", reason="late entry", by=act("fan")
    )

    assert (corrected.version, corrected.confirmed_at) == (2, None)


def test_l004_31_finance_confirms_only_what_is_complete(session, signed, act):
    actuals.enter(session, signed, "new_customers", None, source="HR", reason="no such market", by=act("hui"))

    with pytest.raises(Invalid) as refused:
        actuals.confirm(session, signed, by=act("fan"))

    assert len(refused.value.problems) == 5


def test_l004_14_a_group_rates_only_what_it_knows_and_every_item_of_it(session, review, given, act):
    with pytest.raises(Invalid) as refused:
        ratings.submit(session, review, "cross", {"innovation_adopted": Given("4.2")}, by=act("pan"))

    assert codes(refused) == {("innovation_adopted", "not-this-group"), ("collaboration", "missing-rating")}


def test_ratings_are_given_once_and_only_by_those_who_were_asked(session, review, given, act):
    group, answers = given["sun"]
    ratings.submit(session, review, group, answers, by=act("sun"))

    with pytest.raises(Conflict, match="submitted"):
        ratings.submit(session, review, group, answers, by=act("sun"))


def test_the_sheet_reads_87_68(session, scored):
    result = results.expected(session, scored)

    assert (result.version, result.total, result.grade) == (1, "87.68", "良好")
    assert result.figures["formula"] == "round half up(total_exact, 2)"


def test_a_rater_who_is_excused_is_absent_and_one_who_is_awaited_blocks(session, company, measured, given, act):
    for username in ("ann", "sun"):
        ratings.submit(session, measured, *given[username], by=act(username))
    with pytest.raises(Invalid) as refused:
        results.compute(session, measured, by=act("hui"))
    for username in ("pan", "shi"):
        raters.excuse(
            session, raters.found(session, measured, company[username], "cross"), reason="on leave", by=act("hui")
        )

    result = results.compute(session, measured, by=act("hui"))

    assert codes(refused) == {("collaboration/cross", "missing")}
    assert result.total == "88.43"
    assert '"absent": ["cross"], "shares": {"self": "25", "superior": "75"}' in str(result.figures).replace("'", '"')


def test_e60_a_self_evaluation_that_never_comes_is_missing_and_never_zero(session, measured, given, act):
    for username in ("sun", "pan", "shi"):
        ratings.submit(session, measured, *given[username], by=act(username))

    late = raters.excuse_awaited(session, measured, reason="到期未评", by=SYSTEM)
    result = results.compute(session, measured, by=SYSTEM)

    assert [rater.group_id for rater in late] == ["self"]
    assert result.total == "88.68"  # collaboration (5 × 60 + 3 × 20) / 80 = 4.5; 63.179 + 9 + 9 + 5 + 2.5


def test_a_superior_who_is_excused_still_blocks(session, company, measured, given, act):
    for username in ("ann", "pan", "shi"):
        ratings.submit(session, measured, *given[username], by=act(username))
    superior = raters.found(session, measured, company["sun"], "superior")
    raters.excuse(session, superior, reason="left", by=act("hui"))

    with pytest.raises(Invalid) as refused:
        results.compute(session, measured, by=act("hui"))

    assert superior.state is RaterState.EXCUSED
    assert {code for _, code in codes(refused)} == {"mandatory"}


def test_results_are_released_only_when_all_are_graded(session, cycle, measured, act):
    with pytest.raises(Conflict, match="1 of 1 reviews have no grade"):
        results.release(session, cycle, by=act("hui"))


ACTUALS = """工号,指标,实际,单位,来源
E001,销售额完成率,480,万元,CRM-2025Q3
E001,new_customers,18,家,CRM-2025Q3
E001,renewal_rate,88%,,CRM-2025Q3
E001,timely_payment,92%,,财务月报
E001,marketing_roi,1:4.2,,财务月报
E001,lead_conversion,50,条,CRM-2025Q3
"""
MINUTES = Minutes(strengths="客户续约", gaps="跨部门协作", evidence="续约率 88%", plan="每周例会")


def held(session, review, by):
    return interviews.record(session, review, MINUTES, held_on=date(2025, 7, 1), by=by)


def test_l004_32_the_result_is_signed_after_the_interview_with_objection(session, released, act):
    with pytest.raises(Conflict, match="no interview"):
        interviews.sign(session, released, Answer.AGREED, by=act("ann"))
    held(session, released, act("sun"))
    interviews.confirm(session, released, by=act("ann"), remark="agreed")

    signature = interviews.sign(session, released, Answer.OBJECTED, comment="协作评分偏低", by=act("ann"))

    assert (signature.answer, len(signature.digest), released.state) == (Answer.OBJECTED, 64, ReviewState.SIGNED)


def test_e58_a_refusal_is_recorded_before_a_witness(session, company, released, act):
    held(session, released, act("sun"))
    with pytest.raises(Invalid, match="cannot witness"):
        interviews.record_refusal(session, released, witness=company["ann"], comment="refused", by=act("sun"))

    signature = interviews.record_refusal(session, released, witness=company["pan"], comment="refused", by=act("sun"))

    assert signature.witness_key == company["pan"].key


def test_l002_20_l003_15_an_interview_that_lies_ahead_or_says_nothing_is_refused(session, released, act):
    with pytest.raises(Invalid) as refused:
        interviews.record(session, released, replace(MINUTES, gaps=" "), held_on=date(2030, 1, 1), by=act("sun"))

    assert codes(refused) == {("gaps", "empty"), ("heldOn", "not-held")}


def test_e35_an_interview_before_the_release_would_have_told_what_was_under_embargo(session, released, act):
    with pytest.raises(Invalid) as refused:
        interviews.record(session, released, MINUTES, held_on=date(2025, 6, 30), by=act("sun"))

    assert codes(refused) == {("heldOn", "too-early")}


def test_e95_nobody_from_hr_records_the_own_refusal(session, company, released, act):
    session.add(Membership(username="ann", group="hr"))
    held(session, released, act("sun"))

    with pytest.raises(Forbidden, match="one's own"):
        interviews.record_refusal(session, released, witness=company["pan"], comment="refused", by=act("ann"))


def test_processes_are_started_in_batches_and_each_once(session, company, cycle, act):
    for name in ("sun", "fan"):
        lines.assign(session, company[name], company["dai"], valid_from=date(2024, 1, 2), by=act("hui"))
        review = cycles.enrol(session, cycle, company[name], by=act("hui"))
        raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))
    cycles.launch(session, cycle, by=act("hui"), most=0)

    left = [cycles.begin_waiting(session, cycle, by=act("hui"), most=2) for _ in range(2)]

    started = {review.instance_key for review in cycles.reviews_of(session, cycle)}
    assert (left, len(started), None in started) == ([1, 0], 3, False)


def test_a_low_rating_needs_a_concrete_case_where_the_template_demands_one(mended):
    (collaboration,) = mended.rated_by("cross")
    strict = replace(collaboration, evidence_at=Fraction(3))

    bare = ratings.rating_problems(mended.scale, [strict], {"collaboration": Given("2.5", " ")})
    told = ratings.rating_problems(mended.scale, [strict], {"collaboration": Given("2.5", "九月两起投诉")})

    assert ([problem.code for problem in bare], told) == (["missing-case"], [])
