"""Every kind of change by every choice: what its preview told is what is then there, and nothing else is."""

from datetime import date

import pytest
from changing import APPROVES, DECIDES, undone
from demonstration import RATINGS, TARGETS, column
from sqlalchemy import select

from engine import identity
from engine.bpmn import tasks
from engine.bpmn.models import TaskState, UserTask
from engine.reviews.changes import decisions
from engine.reviews.changes.events import Event
from engine.reviews.models import (
    ChangeKind,
    ChangeState,
    Choice,
    Person,
    Rater,
    RaterState,
    Rating,
    Review,
    TargetSheet,
)
from engine.reviews.organisation import people

TODAY = date(2025, 9, 22)
CROSS = {"cross": ["chen.jing", "liu.yang"]}
CELLS = {
    (ChangeKind.SUPERIOR, "zhang.wei"): {"to": "he.ping"},
    (ChangeKind.TRANSFER, "zhang.wei"): {"to": "he.ping", "two_sheets": True, "raters": CROSS},
    (ChangeKind.JOINER, "wu.fang"): {"raters": CROSS},
    (ChangeKind.LEAVER, "zhang.wei"): {},
    (ChangeKind.LEAVER, "li.na"): {"to": "wang.qiang"},
    (ChangeKind.LEAVE, "zhang.wei"): {"until": "2025-09-26"},
    (ChangeKind.TARGETS, "zhang.wei"): {"factor": "0.80"},
    (ChangeKind.RATER, "chen.jing"): {"to": "wu.fang"},
    (ChangeKind.REOPENING, "zhang.wei"): {"what": "self-evaluation"},
}
"""What happens, by kind and whom it is about; corrections take a rated review and have a walk."""

KEPT = (Review, Rater, Rating, TargetSheet)
"""What a change may do to the cycle's own rows."""


@pytest.fixture
def running(demonstration):
    """Zhang Wei's review in the evaluation."""
    demonstration.launch()
    demonstration.do("zhang.wei", "draft_targets", targets=column("target", TARGETS))
    demonstration.do("li.na", "review_targets", decision="approve")
    demonstration.do("wang.qiang", "approve_targets", decision="approve")
    demonstration.do("zhang.wei", "sign_targets", outcome="signed", confirmed=True)
    demonstration.import_actuals()
    demonstration.do("sun.lei", "confirm_actuals", decision="confirm")
    demonstration.do("zhang.wei", "self_evaluation", ratings=column("rating", RATINGS["self"]))
    return demonstration


def entered(session, demonstration, kind, about):
    details = {"effective_on": TODAY, "to": None, **CELLS[kind, about]}
    happened = Event(
        kind=kind,
        effective_on=details.pop("effective_on"),
        reason="组织调整",
        people=[people.named(session, about)],
        to=people.named(session, name) if (name := details.pop("to")) else None,
        details=details,
    )
    return decisions.enter(session, demonstration.cycle(session), happened, by=identity.identity_of(session, DECIDES))


def carried_out(session, change, choice):
    """Decide every item so, where it can be, and have the change approved."""
    items = [{"choice": choice if choice in one["choices"] else "keep"} for one in change.preview]
    complete(session, change, DECIDES, decision="decide", items=items)
    complete(session, change, APPROVES, decision="approve")
    assert change.state is ChangeState.APPLIED


def complete(session, change, username, **answers):
    session.flush()
    mine = select(UserTask).where(UserTask.root_key == change.instance_key, UserTask.state == TaskState.CREATED)
    tasks.complete(
        session, session.scalars(mine).one().key, by=identity.identity_of(session, username), variables=answers
    )


def rows(session, change):
    """Read the rows of the cycle, and the tasks of its processes."""
    session.flush()
    found = {model.__table__.name: session.execute(select(model.__table__)).all() for model in KEPT}
    others = select(UserTask.key, UserTask.assignee, UserTask.state, UserTask.due_at)
    found["task"] = session.execute(others.where(UserTask.root_key != change.instance_key)).all()
    return found


def is_quiet(effects):
    """Tell whether a preview tells of nothing that changes."""
    moved = [effects, *effects.get("tasks", ())]
    told = [effects.get(name) for name in ("targets", "sheets")]
    return all(one.get("from") == one.get("to") for one in moved) and not any(told)


def broken(session, told):
    """Yield what a preview told of an item that is not there now."""
    effects, choice = told["effects"], Choice(told["choice"])
    review = session.get(Review, int(told["review"])) if told["review"] else None
    leads = {"superior": "superior_key", "second": "second_superior_key"}.get(told["part"])
    if leads and (key := getattr(review, leads)) != (key_of(session, effects["to"]) if effects["to"] else None):
        yield told["item"], leads, key
    for one in effects.get("tasks", ()):
        task = session.get(UserTask, int(one["task"]))
        ends = choice is Choice.APPLY
        if (task.state is not TaskState.CREATED) is not ends or (not ends and task.assignee != one["to"]):
            yield told["item"], one["name"], task.assignee, task.state
        if one.get("until") and task.due_at.date().isoformat() != one["until"]:
            yield told["item"], one["name"], task.due_at
    for one in effects.get("targets", ()):
        newest = session.scalars(
            select(TargetSheet).where(TargetSheet.review_key == review.key).order_by(TargetSheet.version.desc())
        ).first()
        if newest.targets[one["indicator"]] != one["after"]:
            yield told["item"], one["indicator"], newest.targets
    if "raters" in effects and (there := superiors(session, review)) != wanted(effects):
        yield told["item"], there


def key_of(session, username):
    return people.named(session, username).key


def superiors(session, review):
    own = select(Rater, Person).join(Person, Person.key == Rater.person_key)
    own = own.where(Rater.review_key == review.key, Rater.group_id == "superior")
    counted = own.where(Rater.state.in_((RaterState.ASKED, RaterState.SUBMITTED)))
    return {
        (person.username, rater.covers_from and rater.covers_from.isoformat())
        for rater, person in session.execute(counted)
    }


def wanted(effects):
    return {(one["username"], one.get("from")) for one in effects["raters"]}


@pytest.mark.long
def test_what_a_preview_tells_is_what_is_then_there_and_what_is_kept_stays_as_it_is(running):
    offered = {}
    for cell in CELLS:
        with undone() as session:
            preview = entered(session, running, *cell).preview
            offered[cell] = sorted({choice for one in preview for choice in one["choices"]})

    unkept = {}
    for cell, choices in offered.items():
        for choice in choices:
            with undone() as session:
                change = entered(session, running, *cell)
                before = rows(session, change)
                carried_out(session, change, choice)
                unkept[*cell, choice] = [one for told in change.preview for one in broken(session, told)]
                if choice == "keep":
                    unkept[*cell, "told"] = [told for told in change.preview if not is_quiet(told["effects"])]
                    unkept[*cell, "done"] = [
                        name for name, kept in rows(session, change).items() if kept != before[name]
                    ]

    assert all("keep" in choices and len(choices) > 1 for choices in offered.values())
    assert {name: found for name, found in unkept.items() if found} == {}
