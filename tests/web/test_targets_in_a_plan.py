"""A target that is raised while an improvement plan is observed: refused in words, and what was typed stays (E-87)."""

from __future__ import annotations

from datetime import date

import pytest
from changing import apply, complete, entered
from demonstration import TARGETS
from sqlalchemy import select

from engine import clock, db, identity
from engine.bpmn import drafts as typed_texts
from engine.bpmn.models import TaskDraft, TaskState, UserTask
from engine.reviews.changes import records
from engine.reviews.cycle import cycles
from engine.reviews.models import ChangeKind, Result, Review, ReviewState
from engine.reviews.organisation import people
from engine.reviews.plans import answers, drafts, gates, plans, spans
from engine.reviews.plans.drafts import Objective
from engine.reviews.signing import targets

RAISED = [{"indicator": name, "target": "600" if name == "sales_revenue" else held} for name, held in TARGETS.items()]


@pytest.fixture
def observed(company):
    """Zhang Wei with signed targets of this quarter, while a plan that the quarter before opened is observed."""
    company.launch()
    company.agree_on_targets()
    with db.transaction() as session:
        hr, superior = (identity.identity_of(session, name) for name in ("zhao.min", "li.na"))
        plan = plans.propose(session, of_the_quarter_before(session, company), grounds="连续两月未达标", by=hr)
        gates.confirm(session, plan, reason="目标合理", targets_reasonable=True, by=hr)
        mentor, wanted = people.named(session, "song.qi"), [Objective("续约率 85%", "CRM 月报", "每周辅导")]
        drafts.draft(session, plan, wanted, mentor=mentor, training="谈判训练 16 学时", by=superior)
        answers.answer(session, plan, accepted=True, comment="", by=identity.identity_of(session, "zhang.wei"))
        spans.begin(session, plan)
    return company


def of_the_quarter_before(session, company):
    """Enter a result of the quarter before, as it was taken over from elsewhere."""
    running, hr = company.cycle(session), identity.identity_of(session, "zhao.min")
    days = {"starts_on": date(2025, 4, 1), "ends_on": date(2025, 6, 30)}
    before = cycles.draft(session, label="2025 Q2", template_key=running.template_key, by=hr, **days)
    now = company.review(session)
    led = {"superior_key": now.superior_key, "department_key": now.department_key}
    review = Review(cycle_key=before.key, appraisee_key=now.appraisee_key, state=ReviewState.SIGNED, **led)
    session.add(review)
    session.flush()
    about = {"total": "65.00", "figures": {}, "grade": "待改进", "computed_by": "zhao.min"}
    at = clock.now(session)
    session.add(Result(review_key=review.key, version=1, template_key=running.template_key, computed_at=at, **about))
    session.flush()
    return review


def drafts_of(session, task):
    return [typed_texts.answers(row) for row in session.scalars(select(TaskDraft).where(TaskDraft.task_key == task))]


def test_e87_a_raise_without_agreement_is_refused_in_words_and_what_was_typed_stays(observed, at):
    key = entered(observed, ChangeKind.TARGETS, effective_on=date(2025, 9, 1), values={"sales_revenue": "600"})
    with db.reading() as session:
        told = records.found(session, key).preview[0]["effects"]["notes"]
    apply(observed, key, "apply")
    complete(key, "zhang.wei", outcome="declined", reason="观察期内不接受上调", confirmed=True)
    with db.reading() as session:
        open_ = select(UserTask.key).where(UserTask.element_id == "impose_changed_targets")
        task = session.scalars(open_.where(UserTask.state == TaskState.CREATED)).one()
    second, typed = at("wang.qiang", "zh_CN"), {"targets": RAISED, "reason": "按区域平均"}

    second.answers(f"/tasks/{task}/draft", typed)
    refused = second.answers(f"/tasks/{task}/completion", typed)
    with db.reading() as session:
        kept = drafts_of(session, task)

    assert told == ["agreement-asked"]
    assert refused.status_code == 409
    assert "提高目标须经被考核人同意" in refused.get_json()["detail"]
    assert kept == [typed]
    with db.reading() as session:
        held = targets.in_force(session, observed.review(session))
        assert (held.version, held.targets["sales_revenue"]) == (1, "500")
