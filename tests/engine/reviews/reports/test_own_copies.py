"""Tests of engine.reviews.reports.own_copies: all of one's own, nothing of who else rated (E-65)."""

import hashlib
import io
import json
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from engine.db import Base
from engine.errors import NotFound
from engine.identity import SYSTEM
from engine.reviews.models import (
    Answer,
    Attendance,
    Award,
    AwardState,
    Defence,
    Disclosure,
    Duty,
    Leave,
    LeaveKind,
    Occasion,
)
from engine.reviews.reports import own_copies
from engine.reviews.reports.own_copies import Form
from engine.reviews.reports.own_kinds import KINDS
from engine.reviews.signing import interviews
from engine.reviews.signing.interviews import Minutes

NOW = datetime(2025, 7, 1, tzinfo=UTC)
COPIED_OTHERWISE = {"Placement", "ReportingLine", "Rating", "Result"}
"""By a statement of their own, with names."""
OF_OTHERS = {
    "Adjustment",
    "AppealRepresentation",
    "CalibratedReview",
    "CalibrationMember",
    "CalibrationRemark",
    "DefenceMember",
    "DiagnosisDraw",
    "Escalation",
    "HeardReview",
    "MentorTerm",
    "PanelMember",
    "PlanStatement",
    "Rater",
    "RatingOpening",
}
"""What somebody did in a matter of another's, or what others deliberate on before it is released."""
WITHIN_ANOTHER = {
    "AppealDraft",
    "ChangedReview",
    "Closing",
    "Evidence",
    "Member",
    "PayAmount",
    "ResultConsequence",
}
"""What only leads to something that is copied: drafts, amounts of a settlement line, marks of a change."""
MINUTES = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")


@pytest.fixture
def copy(session, act):
    """Write the copy of somebody's data."""
    return lambda username="ann", form=Form.JSON: own_copies.of_oneself(session, form=form, by=act(username))


@pytest.fixture
def answered(session, company, released, act):
    """The review with interview and answer, and a leave of the appraisee."""
    interviews.record(session, released, MINUTES, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.sign(session, released, Answer.OBJECTED, by=act("ann"), comment="协作评分偏低")
    session.add(Leave(person_key=company["ann"].key, kind=LeaveKind.SICK, valid_from=date(2025, 3, 1)))
    session.flush()
    return released


@pytest.mark.usefixtures("answered")
def test_e65_everything_about_oneself_is_in_the_copy(copy):
    told = json.loads(copy())

    assert told["person"] == [{"employee_id": "E001", "username": "ann", "name": "安然", "name_en": ""}]
    assert told["targets"][0]["targets"]["marketing_roi"] == "1:5"
    assert {(one["indicator_id"], one["rating"]) for one in told["selfRatings"]} >= {("collaboration", "4.5")}
    assert [(one["total"], one["grade"]) for one in told["results"]] == [("87.68", "良好")]
    assert told["resultSheets"][0]["figures"]["value"] == "87.68"
    assert told["interviews"][0]["strengths"] == "客户续约"
    assert told["answers"][0]["comment"] == "协作评分偏低"
    assert (told["leaves"][0]["kind"], told["lines"][0]["superior"]) == ("sick", "孙立")


@pytest.mark.usefixtures("answered")
def test_e65_who_else_rated_is_in_neither_form(copy):
    text = copy().decode()
    pages = PdfReader(io.BytesIO(copy(form=Form.PDF))).pages
    printed = "".join(page.extract_text() for page in pages).replace("\n", "")

    for other in ("潘宁", "石磊", '"pan"', '"shi"', "computed_by"):
        assert other not in text
    for other in ("潘宁", "石磊"):
        assert other not in printed
    assert all(own in printed for own in ("安然", "协作评分偏低", "87.68", "个人数据副本"))


@pytest.mark.usefixtures("scored")
def test_e65_a_result_that_is_not_released_is_missing_even_for_hr_about_themselves(copy):
    told = json.loads(copy())

    assert (told["results"], told["resultSheets"]) == ([], [])


@pytest.mark.usefixtures("answered")
def test_e65_ratings_given_to_others_are_theirs(copy):
    told = json.loads(copy("pan"))

    assert (told["selfRatings"], told["reviews"], told["results"]) == ([], [], [])
    assert "安然" not in copy("pan").decode()


@pytest.mark.usefixtures("answered")
def test_e65_that_it_was_asked_for_is_on_record(session, company, copy):
    content = copy()
    session.flush()

    (row,) = session.scalars(select(Disclosure))
    assert (row.kind, row.form, row.made_by, row.person_key) == ("own-copy", "json", "ann", company["ann"].key)
    assert row.digest == hashlib.sha256(content).hexdigest()


def test_an_account_that_is_nobodys_has_no_copy(session):
    with pytest.raises(NotFound):
        own_copies.of_oneself(session, form=Form.JSON, by=SYSTEM)


def test_e65_what_somebody_did_besides_is_in_the_copy_and_what_others_propose_is_not(session, company, answered, copy):
    def proposed(state):
        about = {"rule_id": "star", "name": "营销之星", "name_en": "Star", "period": "2025-07", "citation": "续约"}
        given = {"case": "三家客户", "points": 5, "nominated_by": "sun", "nominated_at": NOW}
        return Award(cycle_key=answered.cycle_key, person_key=company["ann"].key, state=state, **about, **given)

    session.add(Defence(review_key=answered.key, results="签约三家", explanation="市场转冷", next_plan="拜访老客户"))
    duty = Duty(duty_id="review", rules={}, planned_by="hui", planned_at=NOW)
    session.add_all([duty, proposed(AwardState.CONFERRED), proposed(AwardState.NOMINATED)])
    session.flush()
    done = {"report": "会议纪要", "done_by": "ann", "due_on": date(2025, 7, 31), "begun_at": NOW}
    session.add(occasion := Occasion(duty_key=duty.key, period="2025-07", **done))
    session.flush()
    session.add(Attendance(occasion_key=occasion.key, person_key=company["ann"].key, attended=True))
    session.flush()

    told = json.loads(copy())

    assert told["defences"][0]["explanation"] == "市场转冷"
    assert told["duties"][0]["report"] == "会议纪要"
    assert told["attendance"][0]["attended"] is True
    assert [one["case"] for one in told["awards"]] == ["三家客户"]
    assert told["letters"][0]["digest"]


def test_e65_every_table_about_a_person_is_copied_or_left_out_for_a_reason():
    owners = {"person_key", "appraisee_key", "review_key"}
    about = {one.class_.__name__ for one in Base.registry.mappers if owners & set(one.local_table.columns.keys())}

    assert about - {kind.table.__name__ for kind in KINDS} == COPIED_OTHERWISE | OF_OTHERS | WITHIN_ANOTHER
