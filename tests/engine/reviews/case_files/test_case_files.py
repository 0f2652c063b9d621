"""Case files: everything of a review, an appeal or a plan in order, verifiable, as its reader may see it."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from engine import exact_json
from engine.db import Base
from engine.errors import Forbidden, Invalid, NotFound
from engine.reviews.case_files import cases, files, verification
from engine.reviews.case_files.files import Form
from engine.reviews.case_files.kinds import Subject
from engine.reviews.case_files.sources import kinds
from engine.reviews.cases import appeals
from engine.reviews.cycle import cycles
from engine.reviews.meetings import defences
from engine.reviews.meetings.defences import Answers
from engine.reviews.models import (
    Actual,
    Answer,
    Appeal,
    Disclosure,
    Outcome,
    PlanState,
    PlanTransfer,
    Rater,
    Rating,
    Result,
    Review,
    Verdict,
)
from engine.reviews.papers import values
from engine.reviews.papers.columns import WORDS
from engine.reviews.plans import exits, plans
from engine.reviews.reports import disclosures
from engine.reviews.signing import interviews
from engine.reviews.signing.interviews import Minutes

MINUTES = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")

LEFT_OUT = {
    "appeal_draft": "what was typed and not lodged: nobody's record but the writer's",
    "review": "the case itself, and its sheets of other days",
    "calibrated_review": "which session owns a review; what the session changed is an adjustment",
    "heard_review": "which session hears a review; what it says of it is a remark",
    "evidence": "refers to documents, which are",
}
"""Tables that refer to a review, an appeal or a plan and are not in case files by a kind of their own."""


@pytest.fixture
def answered(session, released, act):
    interviews.record(session, released, MINUTES, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.sign(session, released, Answer.OBJECTED, by=act("ann"), comment="协作评分偏低")
    return released


@pytest.fixture
def appeal(session, answered, act):
    return appeals.lodge(session, answered, grounds="缺少事实", items=["collaboration"], remedy="重评", by=act("ann"))


@pytest.fixture
def anonymous(session, answered):
    """The raters of other departments rated anonymously."""
    for rater in session.scalars(select(Rater).where(Rater.review_key == answered.key)):
        rater.anonymous = rater.group_id == "cross"
    session.flush()


@pytest.fixture
def file(session, act):
    """Write the case file of something for somebody."""

    def write(what, username, form=Form.JSON, reason=""):
        subject = Subject(type(what).__name__.lower())
        case = cases.found(session, subject, what.key, by=act(username))
        content = files.write(session, case, form=form, by=act(username), reason=reason)
        session.flush()
        return content

    return write


def kinds_in(content):
    return {one["kind"] for one in json.loads(content)["entries"]}


def test_a_review_is_told_from_targets_to_answer_in_order(answered, file):
    told = json.loads(file(answered, "hui"))

    assert told["about"]["appraiseeName"] == "安然"
    assert [one["at"] for one in told["entries"] if one["at"]] == sorted(
        one["at"] for one in told["entries"] if one["at"]
    )
    assert {"targets", "target-decision", "actual", "rater", "rating", "result", "interview", "answer"} <= {
        one["kind"] for one in told["entries"]
    }
    assert {"STARTED"} <= {one["record"]["event"] for one in told["entries"] if one["kind"] == "transition"}


def test_a_file_that_was_handed_out_is_verified(session, appeal, file):
    content = file(appeal, "hui")

    assert list(verification.verify(session, content)) == []


def test_a_figure_changed_in_the_file_is_found_and_named(session, answered, file):
    content = file(answered, "hui")
    told = json.loads(content)
    (result,) = [one for one in told["entries"] if one["kind"] == "result"]
    result["record"]["total"] = "99.00"

    found = list(verification.verify(session, exact_json.dumps(told)))

    assert found == [
        "no case file was handed out with this content",
        f"result {result['key']}: total is not as on record",
    ]


def test_a_transition_left_out_or_told_otherwise_is_found(session, answered, file):
    told = json.loads(file(answered, "hui"))
    steps = [one for one in told["entries"] if one["kind"] == "transition"]
    told["entries"].remove(steps[0])
    steps[-1]["by"] = "sun"

    found = list(verification.verify(session, exact_json.dumps(told)))

    assert any("told otherwise" in sentence for sentence in found)
    assert any("transitions are there" in sentence for sentence in found)


def test_a_record_changed_in_the_database_is_found_by_the_file(session, answered, file):
    content = file(answered, "hui")

    session.execute(update(Rating).values(comment="changed"))
    session.expire_all()

    assert {sentence.split(": ")[1] for sentence in verification.verify(session, content)} == {
        "comment is not as on record"
    }


def test_what_is_written_once_may_be_filled_in_after_the_file_but_never_changed(session, appeal, file):
    content = file(appeal, "hui")
    session.execute(update(Appeal).values(verdict=Verdict.CORRECTED, reasons="有书面记录"))
    session.expire_all()
    decided = list(verification.verify(session, content))

    later = file(appeal, "hui")
    session.execute(update(Result).values(grade="另一等级"))
    session.execute(update(Appeal).values(verdict=Verdict.UPHELD, reasons="评分有据"))
    session.expire_all()

    assert decided == []
    assert {sentence.split(": ")[1] for sentence in verification.verify(session, later)} == {
        f"{name} is not as on record" for name in ("grade", "reasons", "verdict")
    }


@pytest.mark.parametrize("content", [b"", b"[]", b'{"caseFile": 1}', b'{"caseFile": 7, "entries": []}', b"\x00\xff"])
def test_what_is_no_case_file_is_refused(session, content):
    with pytest.raises(Invalid, match="case file"):
        list(verification.verify(session, content))


def test_each_access_is_on_record_and_stands_in_the_next_file(session, appeal, file):
    file(appeal, "ann")
    file(appeal, "hui", Form.PDF)

    rows = session.scalars(select(Disclosure).order_by(Disclosure.key)).all()
    later = [one["by"] for one in json.loads(file(appeal, "hui"))["entries"] if one["kind"] == "disclosure"]

    assert [(row.kind, row.made_by, row.form, row.about) for row in rows] == [
        ("case-file", "ann", "json", f"appeal {appeal.key}"),
        ("case-file", "hui", "pdf", f"appeal {appeal.key}"),
    ]
    assert later == ["ann", "hui"]
    assert list(disclosures.verify(session)) == []


def test_which_case_a_file_was_of_cannot_be_changed_afterwards(session, appeal, file):
    file(appeal, "ann")

    session.execute(update(Disclosure).values(about="review 1"))
    session.expire_all()

    assert len(list(disclosures.verify(session))) == 1


def test_an_appraisee_reads_the_own_case_and_no_rating_of_others(answered, file):
    content = file(answered, "ann")

    assert {one["by"] for one in json.loads(content)["entries"] if one["kind"] == "rating"} <= {"ann"}
    assert "result" in kinds_in(content)


def test_e95_somebody_from_hr_reads_the_own_case_as_anybody_would(session, company, answered, file):
    answered.appraisee_key = company["hui"].key
    session.flush()

    told = json.loads(file(answered, "hui"))

    assert [one for one in told["entries"] if one["kind"] == "rating"] == []
    assert {one["transitions"] for one in told["instances"]} == {None}


@pytest.mark.parametrize("username", ["pan", "qin"])
def test_whoever_has_no_part_in_it_finds_no_case(answered, file, username):
    with pytest.raises(NotFound):
        file(answered, username)


@pytest.mark.usefixtures("anonymous")
def test_e74_who_rated_anonymously_is_in_no_file_but_that_of_who_may_know(answered, file):
    for_hr, for_superior = file(answered, "hui"), file(answered, "sun").decode()

    assert {"pan", "shi"}.isdisjoint(one["by"] for one in json.loads(for_hr)["entries"] if one["kind"] == "rating")
    assert not any(other in for_superior for other in ("潘宁", "石磊", '"pan"', '"shi"'))
    with pytest.raises(Forbidden):
        file(answered, "hui", reason="我想知道")


@pytest.mark.usefixtures("anonymous")
def test_e74_an_auditor_who_says_why_reads_them_and_that_stands_in_the_file(session, answered, act):
    auditor = replace(act("fan"), groups=frozenset({"auditor"}))
    case = cases.found(session, Subject.REVIEW, answered.key, by=auditor)

    told = json.loads(files.write(session, case, form=Form.JSON, by=auditor, reason="抽查"))

    assert {"pan", "shi"} <= {one["by"] for one in told["entries"] if one["kind"] == "rating"}
    assert [one["record"]["reason"] for one in told["entries"] if one["kind"] == "opening"] == ["抽查"]


def test_as_pdf_it_reads_with_names_times_and_words(appeal, file):
    pages = PdfReader(io.BytesIO(file(appeal, "hui", Form.PDF))).pages
    printed = "".join(page.extract_text() for page in pages).replace("\n", "")

    for part in ("申诉案卷", "安然", "缺少事实", "孙立", "协作评分偏低", "2025-07-01"):
        assert part in printed


def test_every_table_that_hangs_on_a_case_is_in_it_or_says_why_not():
    told = {kind.table.__tablename__ for kind in kinds().values()}
    hanging = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname in {"review.key", "appeal.key", "plan.key"}
    }

    assert hanging - told - set(LEFT_OUT) == set()


def test_every_state_that_a_file_prints_has_words_in_both_languages():
    printed = {state for kind in kinds().values() for states in kind.states.values() for state in states}

    assert all(" " in values.said(state) for state in printed)


def test_every_column_that_a_file_prints_is_called_something():
    unnamed = {
        (kind.name, name)
        for kind in kinds().values()
        for name in kind.columns
        if name not in kind.long.split() and name not in kind.words and name not in WORDS
    }

    assert unnamed == set()


@pytest.fixture
def plan(session, answered, company, act):
    """A plan that is failed, with qin as mentor, another post that was offered, and an exit review."""
    made = plans.propose(session, answered, grounds="连续两个月未达标", by=act("hui"))
    made.mentor_key, made.state, made.outcome = company["qin"].key, PlanState.ENDED, Outcome.FAILED
    offer = PlanTransfer(
        plan_key=made.key,
        post="客服",
        begins_on=date(2025, 8, 1),
        less_pay=True,
        terms="下调一级",
        offered_by="hui",
        offered_at=made.proposed_at,
    )
    session.add(offer)
    exits.begin(session, made)
    session.flush()
    return made


@pytest.fixture
def elsewhere(session, cycle, answered, act):
    """A review of the same person in another cycle."""
    row = cycles.draft(
        session,
        label="2025 Q2",
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 3, 31),
        template_key=cycle.template_key,
        by=act("hui"),
    )
    made = Review(cycle_key=row.key, appraisee_key=answered.appraisee_key, superior_key=answered.superior_key)
    session.add(made)
    session.flush()
    return made


def told_of(content):
    return {one["process"] for one in json.loads(content)["instances"]}


def test_a_plans_file_tells_each_reader_of_the_processes_they_may_know_of(plan, file):
    assert told_of(file(plan, "hui")) >= {"review", "pip-observation"}
    assert told_of(file(plan, "qin")) == {"pip-observation"}


def test_a_mentor_reads_neither_the_review_nor_what_was_offered_nor_the_exit_review(plan, file):
    mentor, officer = kinds_in(file(plan, "qin")), kinds_in(file(plan, "hui"))

    assert {"plan", "plan-ground", "transition"} <= mentor
    assert mentor.isdisjoint({"result", "answer", "rating", "plan-transfer", "exit-review", "targets", "rater"})
    assert {"result", "answer", "plan-transfer", "exit-review"} <= officer


def test_a_plans_file_has_every_result_that_a_ground_rests_on_and_the_appeals_about_them(
    session, plan, elsewhere, file, act
):
    result = session.scalar(select(Result).where(Result.review_key == plan.review_key))
    earlier = Result(
        review_key=elsewhere.key,
        version=1,
        template_key=result.template_key,
        total="61.00",
        figures=result.figures,
        computed_by="hui",
        computed_at=result.computed_at,
    )
    session.add(earlier)
    session.flush()
    plans.add_ground(session, plan, plans.Ground("上一期", "pip-trigger-003", (earlier.key,)))
    opened = session.get_one(Review, plan.review_key)
    appeals.lodge(session, opened, grounds="缺少事实", items=["collaboration"], remedy="重评", by=act("ann"))

    told = json.loads(file(plan, "hui"))["entries"]

    assert {one["record"]["review_key"] for one in told if one["kind"] == "result"} == {
        str(elsewhere.key),
        str(plan.review_key),
    }
    assert "appeal" in {one["kind"] for one in told}


def test_a_second_sheet_stands_in_the_file_of_the_review_it_goes_into(session, answered, elsewhere, file):
    elsewhere.part_of_key = answered.key
    actual = session.scalars(select(Actual).where(Actual.review_key == answered.key)).first()
    copied = {
        name: getattr(actual, name) for name in ("indicator_id", "value", "unit", "source", "entered_by", "entered_at")
    }
    session.add(Actual(review_key=elsewhere.key, version=1, **copied))
    session.flush()

    told = json.loads(file(answered, "hui"))["entries"]

    assert {one["record"]["review_key"] for one in told if one["kind"] == "actual"} == {
        str(answered.key),
        str(elsewhere.key),
    }


def test_states_read_as_words_in_the_pdf(plan, file):
    pages = PdfReader(io.BytesIO(file(plan, "hui", Form.PDF))).pages
    printed = "".join(page.extract_text() for page in pages).replace("\n", "")

    assert "未通过,第二次认定" in printed
    assert "人事核对法定条件" in printed


@pytest.fixture
def defended(session, released, company, act):
    """A defence before three, one of whom has said something."""
    answers = Answers(results="续约 5 家", obstacle="market", explanation="竞品降价", next_plan="老客户增购")
    defences.prepare(session, released, answers, by=act("ann"))
    defences.convene(session, released, [company[name] for name in ("pan", "shi", "dai")], by=act("hui"))
    defences.say(session, released, judged="ability", opinion="谈判准备不足", by=act("pan"))
    session.flush()
    return released


def opinions(content):
    return [one["record"]["opinion"] for one in json.loads(content)["entries"] if one["kind"] == "defence-member"]


def test_finance_reads_no_defence_and_the_appraisee_reads_the_opinions_with_the_result(session, defended, file):
    assert "defence" not in kinds_in(file(defended, "fan"))
    assert "谈判准备不足" in opinions(file(defended, "ann"))

    for result in session.scalars(select(Result).where(Result.review_key == defended.key)):
        result.released_at = None
    session.flush()

    assert opinions(file(defended, "ann")) == []
    assert "谈判准备不足" in opinions(file(defended, "sun"))
