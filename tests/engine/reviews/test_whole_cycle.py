"""The whole cycle of the demo company on the shipped processes, forms and decision table."""

from datetime import timedelta
from decimal import Decimal

import pytest
from demonstration import TARGETS, Demonstration, column
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from engine import db, identity
from engine.bpmn import tasks
from engine.bpmn.models import InstanceState, ProcessInstance
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.reviews import demo, notices
from engine.reviews.cycle import cycles
from engine.reviews.models import TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.rating import raters
from engine.reviews.release import results
from engine.reviews.reports import progress, sheets
from engine.reviews.rulebook import templates
from engine.reviews.scores import actuals


@pytest.fixture
def launched(demonstration):
    demonstration.launch()
    return demonstration


@pytest.fixture
def rated(launched):
    """Zhang Wei's review with its result."""
    launched.agree_on_targets()
    launched.import_actuals()
    launched.rate()
    return launched


def as_(session, username):
    return identity.identity_of(session, username)


def sheet(demonstration, by, appraisee="zhang.wei"):
    with db.reading() as session:
        return sheets.of_review(session, demonstration.review(session, appraisee), by=as_(session, by))


def kinds(username):
    with db.reading() as session:
        return [notice.kind for notice in notices.of_person(session, by=as_(session, username))]


def where(refused):
    return {(problem.where, problem.code) for problem in refused.value.problems}


def test_the_demo_company_is_created_once_and_its_accounts_can_log_in(demonstration):
    with db.transaction() as session:
        logins = demo.create(session)

        staff = len(people.in_role(session, people.Role.PANEL))
        known = [identity.authenticate(session, login.username, login.password) for login in logins[:2]]
    assert [who and who.username for who in known] == ["gao.yuan", "wang.qiang"]
    assert (len(logins), staff) == (len(demo.STAFF), 4)


def test_the_cycle_is_checked_and_refused_until_the_ten_points_are_there(demonstration):
    with db.transaction() as session:
        by, cycle = as_(session, demo.OFFICER), demonstration.cycle(session)
        printed = session.scalars(select(TemplateVersion).where(TemplateVersion.version == 1)).one()

        with pytest.raises(Invalid, match="10 points are missing"):
            templates.publish(session, printed.key, by=by)
        with pytest.raises(Invalid, match="10 points are missing"):
            cycles.launch(session, cycle, by=by)
        blocking = {finding.problem.code for finding in cycles.check(session, cycle) if finding.blocks}
    assert blocking == {"template-unpublished", "weights-total"}


def test_the_sheet_reads_87_68_good_and_90_06_excellent(database):
    demonstration = Demonstration()
    demonstration.prepare()
    demonstration.launch()
    demonstration.import_actuals()  # before the targets are signed: the message waits
    for appraisee in ("zhang.wei", "he.ping"):
        demonstration.agree_on_targets(appraisee)
        demonstration.rate(appraisee)

    good, excellent = sheet(demonstration, "li.na"), sheet(demonstration, "li.na", "he.ping")

    assert (good.total, good.grade) == (Decimal("87.68"), "良好")
    assert (excellent.total, excellent.grade) == (Decimal("90.06"), "优秀")
    quantitative, qualitative = good.sections
    assert [line.score for line in quantitative.lines] == ["28.80", "18.00", "15.53", "14.53", "8.40", "5.00"]
    assert [line.score for line in qualitative.lines] == ["8.00", "9.00", "4.50", "3.00"]
    assert [(share.group, share.share) for share in qualitative.lines[0].shares] == [
        ("self", "25.00"),
        ("superior", "75.00"),
    ]
    revenue = good.brief()["lines"][0]
    assert revenue["formula"] == "weight * completion"
    assert "actual / target" in revenue["inputs"]
    assert "实际值 Actual actual = 480" in revenue["inputs"]


def test_nobody_but_those_above_and_hr_sees_a_result_before_its_release(rated):
    for allowed in ("li.na", "wang.qiang", demo.OFFICER):
        assert sheet(rated, allowed).version == 1
    for refused in ("zhang.wei", "chen.jing", "sun.lei", "he.ping"):
        with pytest.raises(NotFound, match="may know of none"):
            sheet(rated, refused)

    rated.release()

    assert sheet(rated, "zhang.wei").total == Decimal("87.68")
    assert kinds("zhang.wei") == ["result-released"]


def test_a_release_is_refused_while_a_review_without_result_is_not_left_out_with_a_reason(rated):
    with pytest.raises(Conflict, match="3 of 4 reviews have no grade"):
        rated.release(left_out=())
    with db.reading() as session:
        cycle, key, by = rated.cycle(session), rated.review(session, "he.ping").key, as_(session, demo.OFFICER)
        with pytest.raises(Invalid) as refused:
            results.release(session, cycle, by=by, left_out={key: " "})

    rated.release()

    assert {code for _, code in where(refused)} == {"missing-reason"}
    assert kinds("he.ping") == ["result-withheld"]


def test_targets_that_hr_cannot_measure_are_refused_at_the_field_and_the_task_stays_open(launched):
    with pytest.raises(Invalid) as refused:
        launched.do("zhang.wei", "draft_targets", targets=column("target", {**TARGETS, "sales_revenue": ""}))
    values = {"sales_revenue": "500", "new_customers": "many", "renewal_rate": "85", "timely_payment": "95%"}
    with pytest.raises(Invalid) as unmeasurable:
        launched.do(
            "zhang.wei",
            "draft_targets",
            targets=column("target", {**values, "marketing_roi": "1:5", "lead_conversion": "100"}),
        )

    with db.reading() as session:
        assert launched.task(session, "draft_targets", "zhang.wei").state == "CREATED"
    assert ("targets[0].target", "required") in where(refused)
    assert where(unmeasurable) == {("targets[1].target", "bad-quantity"), ("targets[2].target", "bad-quantity")}


def test_returned_targets_come_back_with_the_reason(launched):
    launched.agree_on_targets("he.ping")
    launched.do("zhang.wei", "draft_targets", targets=column("target", {**TARGETS, "new_customers": "10"}))
    with pytest.raises(Invalid) as refused:
        launched.do("li.na", "review_targets", decision="return", comment=" ")

    launched.do("li.na", "review_targets", decision="return", comment="新客户目标偏低")

    with db.transaction() as session:
        task = launched.task(session, "draft_targets", "zhang.wei")
        shown = tasks.paper(session, task.key, by=as_(session, "zhang.wei")).variables
    assert {place for place, _ in where(refused)} == {"comment"}
    assert shown["remarks"] == "2025-09-22 李娜: 新客户目标偏低"
    assert [row["target"] for row in shown["targets"]][1] == "10"


def test_finance_does_not_confirm_what_the_same_person_imported(launched):
    launched.agree_on_targets()
    launched.import_actuals(by="sun.lei")

    with pytest.raises(Forbidden, match="another must confirm"):
        launched.do("sun.lei", "confirm_actuals", decision="confirm")


def test_rejected_values_wait_for_the_next_import(launched):
    launched.agree_on_targets()
    launched.import_actuals()
    launched.import_actuals()  # a second import while finance looks at the first
    launched.do("sun.lei", "confirm_actuals", decision="reject", comment="回款口径不对")
    with db.reading() as session, pytest.raises(NoResultFound):
        launched.task(session, "confirm_actuals", "sun.lei")

    launched.import_actuals()

    launched.do("sun.lei", "confirm_actuals", decision="confirm")
    with db.reading() as session:
        versions = actuals.newest(session, launched.review(session))
    assert {actual.version for actual in versions.values()} == {3}
    assert kinds(demo.OFFICER) == ["actuals-rejected"]


def test_raters_who_do_not_answer_in_time_are_absent_never_zero(launched):
    launched.agree_on_targets()
    launched.import_actuals()
    launched.rate(skipping=("chen.jing", "liu.yang"))

    launched.pass_time(timedelta(days=30))

    printed = sheet(launched, "li.na")
    shares = printed.sections[1].lines[1].shares
    assert printed.total == Decimal("88.43")
    assert [(share.group, share.counted, share.share) for share in shares] == [
        ("self", True, "25.00"),
        ("superior", True, "75.00"),
        ("cross", False, ""),
    ]
    assert shares[2].reason == "逾期未评 No rating by the deadline"
    assert "task-due" in kinds("chen.jing")


def test_progress_counts_each_step_and_names_who_is_late(rated):
    rated.pass_time(timedelta(days=30))

    with db.reading() as session:
        steps = {
            step.element_id: step
            for step in progress.of_cycle(session, rated.cycle(session), by=as_(session, demo.OFFICER)).steps
        }
    drafting = steps["draft_targets"]
    assert (drafting.open, drafting.completed) == (3, 1)
    assert sorted(late.holders for late in drafting.late) == [("he.ping",), ("ma.chao",), ("xu.lan",)]
    assert steps["cross_evaluation"].completed == 2


def test_the_review_is_over_when_the_appeal_window_closes(rated):
    rated.release()
    rated.interview("agreed")

    rated.pass_time(timedelta(days=30))

    with db.reading() as session:
        review = rated.review(session)
        instance = session.get_one(ProcessInstance, review.instance_key)
        assert (instance.state, review.state.value) == (InstanceState.COMPLETED, "signed")


def test_without_a_second_superior_one_approval_is_left_out(demonstration):
    demonstration.publish()
    with db.transaction() as session:
        by = as_(session, demo.OFFICER)
        cycle, director = demonstration.cycle(session), people.named(session, "wang.qiang")
        review = cycles.enrol(session, cycle, director, by=by)
        for name in demo.CROSS_RATERS:
            raters.nominate(session, review, people.named(session, name), group_id="cross", by=by)
        found = {f.problem.code: f.blocks for f in cycles.check(session, cycle)}
        cycles.launch(session, cycle, by=by)
    demonstration.do("wang.qiang", "draft_targets", "wang.qiang", targets=column("target", TARGETS))

    demonstration.do("gao.yuan", "review_targets", "wang.qiang", decision="approve")

    demonstration.do(
        "wang.qiang", "sign_targets", "wang.qiang", outcome="reserved", reservation="市场变化", confirmed=True
    )
    assert found == {"no-second-superior": False, "no-regulation": False}


def test_a_rater_from_elsewhere_sees_what_is_to_be_rated_and_nothing_else(launched):
    launched.agree_on_targets()
    launched.import_actuals()
    launched.do("sun.lei", "confirm_actuals", decision="confirm")

    with db.transaction() as session:
        papers = {
            name: tasks.paper(session, launched.task(session, element, name).key, by=as_(session, name)).variables
            for name, element in (("chen.jing", "cross_evaluation"), ("li.na", "superior_evaluation"))
        }
        key = launched.task(session, "cross_evaluation", "chen.jing").key
        with pytest.raises(NotFound):
            tasks.paper(session, key, by=as_(session, "he.ping"))

    assert [row["indicator"] for row in papers["chen.jing"]["ratings"]] == ["collaboration"]
    assert papers["chen.jing"]["actuals"] == []
    assert [row["completion"] for row in papers["li.na"]["actuals"]][:3] == ["96.00%", "90.00%", "103.53%"]
