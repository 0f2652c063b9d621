"""Tests of defences and evidence packs: what comes before the superior rates."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.bpmn import documents
from engine.bpmn.documents import Document, Upload
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.reviews import access
from engine.reviews.cases import evidence
from engine.reviews.meetings import defences
from engine.reviews.meetings.defences import Answers
from engine.reviews.models import Defence, DefenceMember, Obstacle
from engine.reviews.rulebook import rulebooks, templates

SAID = Answers("续约十家", "market", "预算收紧", "主攻两家大客户")
KINDS = ("合同", "活动报告")


def test_l001_09_a_defence_is_heard_by_three_or_more_and_gives_no_score(session, company, review, act):
    defences.prepare(session, review, SAID, by=act("ann"))
    defences.convene(session, review, [company[name] for name in ("sun", "pan", "shi")], by=act("hui"))
    for name in ("sun", "pan", "shi"):
        defences.say(session, review, judged="ability", opinion="需要谈判训练", by=act(name))
    defences.end(session, review)

    defence = defences.of_review(session, review)

    assert (defence.obstacle, defence.next_plan) == (Obstacle.MARKET, "主攻两家大客户")
    assert [member.judged for member, _ in defences.members(session, defence)] == [Obstacle.ABILITY] * 3
    columns = {column.key for kind in (Defence, DefenceMember) for column in kind.__table__.columns}
    assert not {"rating", "score", "grade"} & columns


def test_each_question_is_answered_by_the_appraisee_once(session, review, act):
    with pytest.raises(Forbidden):
        defences.prepare(session, review, SAID, by=act("sun"))
    with pytest.raises(Invalid) as refused:
        defences.prepare(session, review, replace(SAID, obstacle="weather", next_plan=" "), by=act("ann"))
    defences.prepare(session, review, SAID, by=act("ann"))

    with pytest.raises(Conflict):
        defences.prepare(session, review, SAID, by=act("ann"))

    assert {problem.where for problem in refused.value.problems} == {"obstacle", "nextPlan"}


@pytest.mark.parametrize(
    "panel", [("sun", "pan"), ("sun", "pan", "shi", "dai"), ("sun", "pan", "pan"), ("sun", "pan", "ann")]
)
def test_a_panel_is_odd_and_three_or_more_without_the_appraisee(session, company, review, act, panel):
    with pytest.raises(Invalid):
        defences.convene(session, review, [company[name] for name in panel], by=act("hui"))


def test_who_has_not_prepared_is_heard_all_the_same_and_that_is_kept(session, company, review, act):
    with pytest.raises(NotFound):
        defences.say(session, review, judged="market", opinion="x", by=act("sun"))
    with pytest.raises(Forbidden):
        defences.convene(session, review, [company[name] for name in ("sun", "pan", "shi")], by=act("sun"))
    defence = defences.convene(session, review, [company[name] for name in ("sun", "pan", "shi")], by=act("hui"))

    with pytest.raises(Forbidden, match="does not sit"):
        defences.say(session, review, judged="market", opinion="x", by=act("dai"))
    defences.say(session, review, judged="market", opinion="x", by=act("sun"))
    with pytest.raises(Conflict):
        defences.say(session, review, judged="market", opinion="x", by=act("sun"))
    with pytest.raises(Conflict):
        defences.convene(session, review, [company[name] for name in ("sun", "pan", "shi")], by=act("hui"))

    assert defence.prepared_at is None


def test_a_defence_is_due_where_the_rules_want_one_and_only_once(session, company, review, mended, act):
    before = defences.is_due(session, review)
    wanted = templates.draft(
        session, "defended", rulebooks.write(replace(mended, defence=True)), title="述职", by=act("hui")
    )
    review.template_key = wanted.key
    session.flush()
    due = defences.is_due(session, review)

    defences.convene(session, review, [company[name] for name in ("sun", "pan", "shi")], by=act("hui"))
    defences.end(session, review)

    assert (before, due, defences.is_due(session, review)) == (False, True, False)


def test_l002_17_a_pack_with_gaps_is_refused_and_the_superior_reads_a_whole_one(session, review, act):
    keys = [documents.upload(session, Upload(f"{kind}.txt", b"x", {}), by=act("ann")).key for kind in KINDS]
    session.flush()
    with pytest.raises(Invalid) as refused:
        evidence.attach_pack(session, review, {"合同": [keys[0]], "活动报告": []}, KINDS)

    evidence.attach_pack(session, review, dict(zip(KINDS, [[key] for key in keys], strict=True)), KINDS)
    session.flush()

    assert [problem.where for problem in refused.value.problems] == ["pack[1].files"]
    assert [one.name for one in evidence.pack_of(session, review)] == ["合同.txt", "活动报告.txt"]
    readers = {
        name
        for name in ("ann", "sun", "dai", "pan", "fan", "hui")
        if session.scalars(select(Document).where(access.documents(session, act(name)))).all()
    }
    assert readers == {"ann", "sun", "dai", "hui"}
