"""Two changes of one review at once, and one that is given up after its owner has agreed."""

from datetime import date

import pytest
from changing import APPROVES, DECIDES, complete, entered
from demonstration import TARGETS, column
from sqlalchemy import select

from engine import db
from engine.errors import Conflict
from engine.reviews.changes import records
from engine.reviews.models import ChangeKind, ChangeState, Rater, Review, TargetSheet
from engine.reviews.organisation import people

TODAY = date(2025, 9, 22)


@pytest.fixture
def signed(demonstration):
    """Zhang Wei's review with signed targets."""
    demonstration.launch()
    demonstration.do("zhang.wei", "draft_targets", targets=column("target", TARGETS))
    demonstration.do("li.na", "review_targets", decision="approve")
    demonstration.do("wang.qiang", "approve_targets", decision="approve")
    demonstration.do("zhang.wei", "sign_targets", outcome="signed", confirmed=True)
    return demonstration


def decided(key, choice):
    with db.reading() as session:
        count = len(records.found(session, key).preview)
    complete(key, DECIDES, decision="decide", items=[{"choice": choice}] * count)


def standing(demonstration):
    """Read who leads the review, which targets there are, and how far each change is."""
    with db.reading() as session:
        review = demonstration.review(session)
        versions = session.scalars(select(TargetSheet.version).where(TargetSheet.review_key == review.key))
        return people.by_key(session, review.superior_key).username, sorted(versions)


def states(*keys):
    with db.reading() as session:
        return [records.found(session, key).state for key in keys]


def rows():
    with db.reading() as session:
        return [session.execute(select(model.__table__)).all() for model in (Review, Rater, TargetSheet)]


def test_of_two_changes_of_one_review_each_is_applied_by_what_it_showed(signed):
    led = entered(signed, ChangeKind.SUPERIOR, to="he.ping", effective_on=TODAY)
    lowered = entered(signed, ChangeKind.TARGETS, effective_on=TODAY, factor="0.80")
    left = entered(signed, ChangeKind.LEAVER, effective_on=TODAY)
    for key, choice in ((led, "hand-over"), (lowered, "apply"), (left, "apply")):
        decided(key, choice)

    complete(left, APPROVES, decision="approve")
    for key in (led, lowered):
        with pytest.raises(Conflict, match="something has changed since its preview"):
            complete(key, APPROVES, decision="approve")

    assert states(led, lowered, left) == [ChangeState.DECIDED, ChangeState.DECIDED, ChangeState.APPLIED]
    assert standing(signed) == ("li.na", [1])
    for key in (led, lowered):
        complete(key, APPROVES, decision="reject", remark="已离职")
    assert states(led, lowered) == [ChangeState.REJECTED, ChangeState.REJECTED]


def test_changes_that_do_not_meet_are_both_applied(signed):
    led = entered(signed, ChangeKind.SUPERIOR, to="he.ping", effective_on=TODAY)
    lowered = entered(signed, ChangeKind.TARGETS, effective_on=TODAY, factor="0.80")
    decided(led, "hand-over")
    decided(lowered, "apply")

    complete(lowered, APPROVES, decision="approve")
    complete(led, APPROVES, decision="approve")

    assert states(led, lowered) == [ChangeState.APPLIED, ChangeState.APPLIED]
    assert standing(signed) == ("he.ping", [1, 2])


def test_a_change_that_is_given_up_after_its_owner_agreed_leaves_nothing_of_itself(signed):
    before = rows()
    key = entered(signed, ChangeKind.TARGETS, effective_on=TODAY, owner="wang.qiang", factor="0.80")
    decided(key, "apply")
    complete(key, "wang.qiang", decision="agree")

    complete(key, APPROVES, decision="reject", remark="市场恢复,不再调整")

    assert states(key) == [ChangeState.REJECTED]
    assert rows() == before
