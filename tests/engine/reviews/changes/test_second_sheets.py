"""Tests of what happens to somebody whose period is in two sheets already: both are touched, and both count."""

from datetime import date
from fractions import Fraction

import pytest
from changing import apply, entered
from demonstration import ACTUALS, RATINGS, TARGETS, column
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import instances, tasks
from engine.bpmn.models import InstanceState, TaskState, UserTask
from engine.reviews.changes import records, stretches
from engine.reviews.cycle import cycles, reopenings
from engine.reviews.models import ChangeKind, Reopening, Result, Review, ReviewState
from engine.reviews.organisation import people
from engine.reviews.scores import actuals, recomputations
from engine.reviews.scores.actuals import Value
from engine.reviews.scores.breakdowns import exact

MOVED = {"to": "he.ping", "effective_on": date(2025, 9, 1), "reason": "调往北区", "two_sheets": True}
CROSS = {"cross": ["chen.jing", "liu.yang"]}
OWN = b"\n".join(line for number, line in enumerate(ACTUALS.splitlines()) if number == 0 or line.startswith(b"S003"))
"""The values of Zhang Wei alone."""


@pytest.fixture
def split(demonstration):
    """Zhang Wei's period in two sheets, of 62 and 30 days, by the same rules."""
    demonstration.launch()
    demonstration.agree_on_targets()
    apply(demonstration, entered(demonstration, ChangeKind.TRANSFER, raters=CROSS, **MOVED), "split")
    return demonstration


def sheets_of(demonstration):
    with db.reading() as session:
        return stretches.of_review(session, demonstration.review(session))


def open_in(*reviews):
    with db.reading() as session:
        keys = [review.instance_key for review in reviews]
        found = select(UserTask).where(UserTask.root_key.in_(keys), UserTask.state == TaskState.CREATED)
        return sorted((task.element_id, task.assignee) for task in session.scalars(found))


def do(part, username, element, **answers):
    """Complete a task of a second sheet."""
    with db.transaction() as session:
        who = identity.identity_of(session, username)
        held = select(UserTask).where(UserTask.root_key == part.instance_key, UserTask.state == TaskState.CREATED)
        task = session.scalars(held.where(UserTask.element_id == element, tasks.visible_to(who))).one()
        shown = tasks.paper(session, task.key, by=who).variables
        filled = {name: _rows(value, shown.get(name)) for name, value in answers.items()}
        tasks.complete(session, task.key, by=who, variables=filled)


def _rows(answer, shown):
    if not isinstance(answer, dict):
        return answer
    return [{"indicator": row["indicator"], **answer.get(row["indicator"], {})} for row in shown]


def test_the_superior_of_the_later_days_is_followed_on_the_later_sheet_alone(split):
    (part,) = sheets_of(split)

    key = entered(split, ChangeKind.SUPERIOR, to="wang.qiang", effective_on=date(2025, 9, 15))
    with db.reading() as session:
        touched = {one["review"] for one in records.found(session, key).preview}
    apply(split, key, *["hand-over"] * _items(key))
    do(part, "zhang.wei", "draft_targets", targets=column("target", TARGETS))

    assert touched == {str(part.key)}
    assert open_in(part) == [("review_targets", "wang.qiang")]
    with db.reading() as session:
        assert split.review(session).superior_key == people.named(session, "li.na").key


def test_e15_both_sheets_of_a_leaver_are_closed_and_nobody_is_asked_for_anything(split):
    (part,) = sheets_of(split)

    apply(split, entered(split, ChangeKind.LEAVER, effective_on=date(2025, 9, 22)), "apply")

    with db.reading() as session:
        states = [session.get_one(Review, key).state for key in (split.review(session).key, part.key)]
        assert states == [ReviewState.CLOSED] * 2
        assert instances.get(session, part.instance_key).state is InstanceState.TERMINATED
        assert not records.unsettled(session, [split.review(session).key])
        assert open_in(split.review(session), part) == []


def test_who_is_transferred_twice_has_three_sheets_and_the_days_of_each(split):
    again = {**MOVED, "to": "wang.qiang", "effective_on": date(2025, 9, 16)}
    (part,) = sheets_of(split)
    do(part, "zhang.wei", "draft_targets", targets=column("target", TARGETS))
    do(part, "he.ping", "review_targets", decision="approve")
    do(part, "wang.qiang", "approve_targets", decision="approve")
    do(part, "zhang.wei", "sign_targets", outcome="signed", confirmed=True)

    key = entered(split, ChangeKind.TRANSFER, raters=CROSS, **again)
    with db.reading() as session:
        told = records.found(session, key).preview
    apply(split, key, *[one["choices"][0] for one in told])

    with db.reading() as session:
        whole = split.review(session)
        days = [(one.covers_from.isoformat(), one.covers_until.isoformat()) for one in (whole, *sheets_of(split))]
    assert days == [("2025-07-01", "2025-08-31"), ("2025-09-01", "2025-09-15"), ("2025-09-16", "2025-09-30")]
    assert {one.part_of_key for one in sheets_of(split)} == {whole.key}
    with db.reading() as session:
        assert records.unsettled(session, [whole.key]) == {whole.key}


def test_a_value_of_the_second_sheet_that_is_corrected_goes_into_the_whole_and_is_not_released_by_it(split):
    (part,) = sheets_of(split)
    split.import_actuals()
    split.rate()
    score(part)

    with db.transaction() as session:
        by, other = (identity.identity_of(session, name) for name in ("zhao.min", "qian.li"))
        wrong = session.get_one(Review, part.key)
        entry = Value("sales_revenue", "400", "", "财务季报", "九月收入记错", "")
        reopening = reopenings.correct_actual(session, wrong, entry, by=by)
        key = reopening.key
    with db.transaction() as session:
        instance = session.get_one(Reopening, key).instance_key
        waiting = select(UserTask).where(UserTask.instance_key == instance, UserTask.state == TaskState.CREATED)
        tasks.complete(session, session.scalars(waiting).one().key, by=other, variables={"decision": "approve"})

    first, second, third = totals(split)
    _, own = totals(split, part)
    expected = (exact(first.figures["inputs"][0]) * 62 + exact(own.figures["inputs"][0]) * 30) / 92
    assert exact(third.figures["inputs"][0]) == expected
    assert Fraction(third.total) < Fraction(second.total)
    assert third.grade is not None
    assert own.released_at is None
    with db.reading() as session:
        assert not list(recomputations.of_results(session))


def score(part):
    """Bring the second sheet to its total."""
    do(part, "zhang.wei", "draft_targets", targets=column("target", TARGETS))
    do(part, "he.ping", "review_targets", decision="approve")
    do(part, "wang.qiang", "approve_targets", decision="approve")
    do(part, "zhang.wei", "sign_targets", outcome="signed", confirmed=True)
    with db.transaction() as session:
        cycle = cycles.found(session, part.cycle_key)
        actuals.import_csv(session, cycle, OWN, by=identity.identity_of(session, "zhao.min"))
    do(part, "sun.lei", "confirm_actuals", decision="confirm")
    do(part, "zhang.wei", "self_evaluation", ratings=column("rating", RATINGS["self"]))
    do(part, "he.ping", "superior_evaluation", ratings=column("rating", RATINGS["superior"]))
    for name in ("chen.jing", "liu.yang"):
        do(part, name, "cross_evaluation", ratings=column("rating", RATINGS[name]))


def totals(demonstration, review=None):
    with db.reading() as session:
        about = review or demonstration.review(session)
        found = select(Result).where(Result.review_key == about.key).order_by(Result.version)
        return list(session.scalars(found))


def _items(key):
    with db.reading() as session:
        return len(records.found(session, key).preview)
