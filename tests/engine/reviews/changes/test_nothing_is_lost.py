"""Tests that no text anybody wrote is lost by any of the nine kinds of changes, and that none is applied by halves."""

from contextlib import contextmanager
from datetime import date

import pytest
from changing import APPROVES, DECIDES, CrashError, apply, complete, entered, undone
from demonstration import RATINGS, TARGETS, column
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from engine import db, exact_json, identity
from engine.bpmn import drafts, tasks
from engine.bpmn.models import TaskDraft, TaskState, UserTask
from engine.reviews.changes import decisions, records, visibility
from engine.reviews.changes.events import Event
from engine.reviews.models import ChangeKind, ChangeState
from engine.reviews.organisation import people

MARK = "※"
"""In everything that somebody writes here."""

TODAY = date(2025, 9, 22)
SEPTEMBER = {"effective_on": date(2025, 9, 1)}
CROSS = {"cross": ["chen.jing", "liu.yang"]}
KINDS = {
    ChangeKind.SUPERIOR: {"to": "he.ping", **SEPTEMBER},
    ChangeKind.TRANSFER: {"to": "he.ping", "two_sheets": True, "raters": CROSS, **SEPTEMBER},
    ChangeKind.JOINER: {"about": "wu.fang", "raters": CROSS},
    ChangeKind.LEAVER: {},
    ChangeKind.LEAVE: {"until": "2025-09-26"},
    ChangeKind.TARGETS: {"factor": "0.80", **SEPTEMBER},
    ChangeKind.RATER: {"about": "chen.jing", "to": "wu.fang"},
    ChangeKind.REOPENING: {"what": "self-evaluation"},
    ChangeKind.CORRECTION: {"indicator": "sales_revenue", "value": "500", "source": "财务季报"},
}
"""The nine kinds, each about Zhang Wei where it does not say whom."""


@pytest.fixture
def written(demonstration):
    """Zhang Wei's review in the evaluation, with something written by everybody, some of it half."""
    demonstration.launch()
    demonstration.do("zhang.wei", "draft_targets", targets=column("target", TARGETS), comment=f"{MARK}按部门分解")
    demonstration.do("li.na", "review_targets", decision="approve", comment=f"{MARK}同意")
    demonstration.do("wang.qiang", "approve_targets", decision="approve", comment=f"{MARK}同意二")
    demonstration.do("zhang.wei", "sign_targets", outcome="reserved", reservation=f"{MARK}市场在下行", confirmed=True)
    demonstration.import_actuals()
    demonstration.do("sun.lei", "confirm_actuals", decision="confirm")
    own = {name: {"rating": rating, "evidence": f"{MARK}{name}"} for name, rating in RATINGS["self"].items()}
    demonstration.do("zhang.wei", "self_evaluation", ratings=own, achievements=f"{MARK}两家客户")
    for element, username in (("superior_evaluation", "li.na"), ("cross_evaluation", "chen.jing")):
        with db.transaction() as session:
            task = demonstration.task(session, element, username)
            half = {"ratings": [], "comment": f"{MARK}{username} 写到一半"}
            drafts.save(session, task.key, half, by=identity.identity_of(session, username))
    return demonstration


def texts(session):
    """Find everything that somebody wrote, with the table and the column it stands in."""
    found = set()
    for table in db.Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for name, value in row.items():
                if (said := _said(value)) and MARK in said and name != "state_blob":
                    found.add((table.name, name, said))
    return found


def _said(value):
    if isinstance(value, bytes):
        return value.decode(errors="ignore")
    return exact_json.dumps(value).decode() if isinstance(value, dict | list) else str(value)


def carried_out(session, demonstration, kind):
    """Enter a change, decide each item by the choice that does most, and have it approved."""
    given = {"effective_on": TODAY, "about": "zhang.wei", "to": None, **KINDS[kind]}
    named = {name: given.pop(name) for name in ("effective_on", "about", "to")}
    happened = Event(
        kind=kind,
        effective_on=named["effective_on"],
        reason="组织调整",
        people=[people.named(session, named["about"])],
        to=people.named(session, named["to"]) if named["to"] else None,
        details=given,
    )
    hr, other = (identity.identity_of(session, name) for name in (DECIDES, APPROVES))
    change = decisions.enter(session, demonstration.cycle(session), happened, by=hr)
    chosen = [{"choice": _chosen(one["choices"])} for one in change.preview]
    for who, answers in ((hr, {"decision": "decide", "items": chosen}), (other, {"decision": "approve"})):
        session.flush()
        mine = select(UserTask).where(UserTask.root_key == change.instance_key, UserTask.state == TaskState.CREATED)
        tasks.complete(session, session.scalars(mine).one().key, by=who, variables=answers)
    assert change.state is ChangeState.APPLIED
    assert {one["choice"] for one in chosen} != {"keep"}


def _chosen(choices):
    return "split" if "split" in choices else next((one for one in choices if one != "keep"), "keep")


def test_whatever_happens_everything_that_was_written_is_still_there(written):
    with db.reading() as session:
        before = texts(session)

    lost = {}
    for kind in (one for one in KINDS if one is not ChangeKind.CORRECTION):
        with undone() as session:
            carried_out(session, written, kind)
            lost[kind] = before - texts(session)
    written.do("li.na", "superior_evaluation", ratings=column("rating", RATINGS["superior"]), comment=f"{MARK}总评")
    for name in ("chen.jing", "liu.yang"):
        written.do(name, "cross_evaluation", ratings=column("rating", RATINGS[name]))
    with db.reading() as session:
        rated = texts(session)
    with undone() as session:
        carried_out(session, written, ChangeKind.CORRECTION)
        lost[ChangeKind.CORRECTION] = (before | rated) - texts(session)

    assert len(before) >= 10
    assert lost == {kind: set() for kind in ChangeKind}


def test_what_a_leaver_had_half_written_is_hrs_to_read_from_then_on(demonstration):
    demonstration.launch()
    with db.transaction() as session:
        task = demonstration.task(session, "draft_targets", "zhang.wei")
        drafts.save(session, task.key, {"comment": f"{MARK}离开前"}, by=identity.identity_of(session, "zhang.wei"))
    before = readable_by(APPROVES)

    apply(demonstration, entered(demonstration, ChangeKind.LEAVER, effective_on=TODAY), "apply")

    assert (before, readable_by(APPROVES)) == ([], ["zhang.wei"])


def readable_by(username):
    with db.reading() as session:
        who = identity.identity_of(session, username)
        return list(session.scalars(select(TaskDraft.username).where(visibility.drafts(who))))


def test_a_change_that_breaks_off_anywhere_leaves_nothing_of_itself(written):
    key = entered(written, ChangeKind.LEAVER, "li.na", to="wang.qiang", effective_on=TODAY)
    with db.reading() as session:
        count = len(records.found(session, key).preview)
    complete(key, DECIDES, decision="decide", items=[{"choice": "hand-over"}] * count)
    before = everything()

    for number in range(1, count + 1):
        with breaking_off(number), pytest.raises(CrashError):
            complete(key, APPROVES, decision="approve")
        assert everything() == before

    complete(key, APPROVES, decision="approve")
    with db.reading() as session:
        assert len(records.reviews_of(session, records.found(session, key))) == count > 3


def everything():
    """Read every row of every table."""
    with db.reading() as session:
        return {table.name: session.execute(select(table)).all() for table in db.Base.metadata.sorted_tables}


@contextmanager
def breaking_off(number):
    """Let the machine go down as it writes what a change did to a review: the first, the second, and so on."""
    count = 0

    def break_off(_connection, _cursor, statement, *_):
        nonlocal count
        count += statement.startswith("INSERT INTO changed_review")
        if count == number:
            raise CrashError

    event.listen(Engine, "before_cursor_execute", break_off)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", break_off)
