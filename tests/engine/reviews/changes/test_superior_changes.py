"""Tests of another superior in the middle of a cycle: nothing moves silently, and nothing that was written is lost."""

from datetime import date
from fractions import Fraction

import pytest
from changing import apply, entered
from demonstration import RATINGS, TARGETS, column
from sqlalchemy import select

from engine import db, identity
from engine.bpmn import drafts, tasks
from engine.bpmn.models import TaskDraft, TaskState, UserTask
from engine.errors import Conflict, Forbidden
from engine.reviews.changes import decisions, previews, records
from engine.reviews.models import ChangeKind, ChangeState, RaterState, Result
from engine.reviews.organisation import lines, people, snapshots
from engine.reviews.rating import raters, ratings
from engine.reviews.scores import recomputations
from engine.reviews.signing import targets

FOLLOWS = {"to": "he.ping", "effective_on": date(2025, 9, 1)}
TYPED = {"ratings": [{"indicator": "collaboration", "rating": 4}], "comment": "写到一半"}


@pytest.fixture
def rating_open(demonstration):
    """Zhang Wei's review in the evaluation: nobody has rated."""
    demonstration.launch()
    demonstration.agree_on_targets()
    demonstration.import_actuals()
    demonstration.do("sun.lei", "confirm_actuals", decision="confirm")
    return demonstration


@pytest.fixture
def drafted_by_superior(rating_open):
    """The same, with the superior's rating half written."""
    with db.transaction() as session:
        task = rating_open.task(session, "superior_evaluation", "li.na")
        drafts.save(session, task.key, TYPED, by=identity.identity_of(session, "li.na"))
    return rating_open


def superior_task(demonstration):
    with db.reading() as session:
        review = demonstration.review(session)
        held = select(UserTask).where(UserTask.element_id == "superior_evaluation", UserTask.state == TaskState.CREATED)
        return session.scalars(held.where(UserTask.root_key == review.instance_key)).one()


def superiors_of(demonstration):
    """Return who rates as superior, how far, and for how many days."""
    with db.reading() as session:
        rows = raters.of_review(session, demonstration.review(session), raters.SUPERIOR)
        return {people.by_key(session, one.person_key).username: (one.state, raters.days(one)) for one in rows}


def test_e01_a_draft_goes_along_to_the_successor_and_stays_its_authors(drafted_by_superior):
    before = superior_task(drafted_by_superior)

    apply(drafted_by_superior, entered(drafted_by_superior, ChangeKind.SUPERIOR, **FOLLOWS), "hand-over")

    after = superior_task(drafted_by_superior)
    with db.reading() as session:
        kept = session.scalars(select(TaskDraft)).one()
        offered = drafts.offered(session, after.key, "he.ping")
        own = drafts.of_author(session, after.key, "li.na")
    assert (before.key, after.assignee, after.due_at) == (after.key, "he.ping", before.due_at)
    assert [drafts.answers(one) for one in offered] == [TYPED]
    assert drafts.answers(own) == TYPED
    assert (kept.username, kept.offered_to) == ("li.na", "he.ping")


def test_e01_the_preview_says_that_a_draft_goes_along(drafted_by_superior):
    key = entered(drafted_by_superior, ChangeKind.SUPERIOR, **FOLLOWS)

    with db.reading() as session:
        (item,) = records.found(session, key).preview
    told = [(task["element"], task["from"], task["to"], task["drafts"]) for task in item["effects"]["tasks"]]
    assert told == [("superior_evaluation", "li.na", "he.ping", 1)]


def test_e02_what_was_submitted_stands_and_the_successor_adds_to_it_by_days(rating_open):
    rating_open.do("li.na", "superior_evaluation", ratings=column("rating", RATINGS["superior"]))

    change = entered(rating_open, ChangeKind.SUPERIOR, **FOLLOWS)
    apply(rating_open, change, "split")
    rate_besides(change, "he.ping", RATINGS["self"])
    rating_open.do("zhang.wei", "self_evaluation", ratings=column("rating", RATINGS["self"]))
    for name in ("chen.jing", "liu.yang"):
        rating_open.do(name, "cross_evaluation", ratings=column("rating", RATINGS[name]))

    with db.reading() as session:
        review = rating_open.review(session)
        given = [
            (rating.given_by, rating.rating)
            for rater, rating in ratings.of_review(session, review)
            if rater.group_id == raters.SUPERIOR and rating.indicator_id == "collaboration"
        ]
        assert not list(recomputations.of_results(session))
        total = session.scalars(select(Result.total)).one()
    assert given == [("li.na", "5"), ("he.ping", "4.5")]
    assert superiors_of(rating_open) == {
        "li.na": (RaterState.SUBMITTED, [62]),
        "he.ping": (RaterState.SUBMITTED, [30]),
    }
    assert Fraction(total) == expected_total()


def expected_total():
    """Compute the total by hand: 63.179167 of the values, and the ratings by groups, the superiors' by days."""
    weights = {"customer_satisfaction": 10, "collaboration": 10, "strategy_execution": 5, "innovation_adopted": 5}
    quantitative = Fraction(7, 10) * sum(
        (
            30 * Fraction(480, 500),
            20 * Fraction(18, 20),
            15 * Fraction(88, 85),
            15 * Fraction(92, 95),
            10 * Fraction(42, 50),
            10 * Fraction(50, 100),
        )
    )
    points = Fraction(0)
    for name, weight in weights.items():
        own, first = (Fraction(RATINGS[group][name]) for group in ("self", "superior"))
        superior = (first * 62 + own * 30) / 92
        others = 20 * Fraction(3) if name == "collaboration" else Fraction(0)
        whole = 100 if name == "collaboration" else 80
        points += weight * (20 * own + 60 * superior + others) / whole / 5
    exact = quantitative + points
    return Fraction(round_half_up(exact), 100)


def round_half_up(value):
    return (value * 200 + 1) // 2


def rate_besides(change, username, given):
    """Complete the task in which somebody rates the own days."""
    with db.transaction() as session:
        instance = records.found(session, change).instance_key
        task = session.scalars(
            select(UserTask).where(UserTask.root_key == instance, UserTask.state == TaskState.CREATED)
        ).one()
        who = identity.identity_of(session, username)
        shown = tasks.paper(session, task.key, by=who).variables["ratings"]
        rows = [{"indicator": row["indicator"], "rating": given[row["indicator"]]} for row in shown]
        tasks.complete(session, task.key, by=who, variables={"ratings": rows})


def test_e03_the_nightly_sync_is_shown_and_nothing_moves_before_it_is_approved(rating_open):
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        pair = people.named(session, "zhang.wei"), people.named(session, "he.ping")
        lines.assign(session, *pair, valid_from=date(2025, 9, 22), by=by)

    with db.reading() as session:
        found = snapshots.differences(session, rating_open.cycle(session), by=identity.identity_of(session, "zhao.min"))
        told = [(one.person.username, one.change.value, one.before, one.after) for one in found]
    untouched = superior_task(rating_open).assignee
    apply(rating_open, entered(rating_open, ChangeKind.SUPERIOR, effective_on=date(2025, 9, 22)), "keep", "hand-over")

    assert ("zhang.wei", "superior", "李娜", "何平") in told
    assert untouched == "li.na"
    assert superior_task(rating_open).assignee == "he.ping"


def test_e04_the_event_opens_a_decision_at_once_and_the_task_is_shown_with_its_deadline(rating_open):
    key = entered(rating_open, ChangeKind.SUPERIOR, **FOLLOWS)

    with db.reading() as session:
        change = records.found(session, key)
        task = session.scalars(select(UserTask).where(UserTask.root_key == change.instance_key)).one()
    assert (task.element_id, task.state) == ("decide_change", TaskState.CREATED)
    assert change.preview[0]["effects"]["tasks"][0]["due"] == superior_task(rating_open).due_at.isoformat()


def test_e05_the_successor_takes_over_although_the_former_wrote_and_both_contributions_are_kept(drafted_by_superior):
    change = entered(drafted_by_superior, ChangeKind.SUPERIOR, **FOLLOWS)

    apply(drafted_by_superior, change, "both")
    rate_besides(change, "li.na", RATINGS["superior"])
    drafted_by_superior.do("he.ping", "superior_evaluation", ratings=column("rating", RATINGS["self"]))

    assert superiors_of(drafted_by_superior) == {
        "li.na": (RaterState.SUBMITTED, []),
        "he.ping": (RaterState.SUBMITTED, []),
    }
    with db.reading() as session:
        assert session.scalars(select(TaskDraft.username)).all() == ["li.na"]


def test_what_has_changed_since_the_preview_is_not_applied(rating_open):
    key = entered(rating_open, ChangeKind.SUPERIOR, **FOLLOWS)
    decide(key, "hand-over")
    rating_open.do("li.na", "superior_evaluation", ratings=column("rating", RATINGS["superior"]))

    with pytest.raises(Conflict, match="something has changed since its preview"), db.transaction() as session:
        decisions.approve(session, records.found(session, key), by=identity.identity_of(session, "qian.li"))

    with db.transaction() as session:
        change = decisions.preview_again(
            session, records.found(session, key), by=identity.identity_of(session, "qian.li")
        )
        assert change.state is ChangeState.ENTERED
        assert previews.digest(change.preview) == change.digest
        assert change.preview[0]["effects"]["raters"] == [{"username": "li.na", "state": "submitted"}]


def decide(key, *choices):
    with db.transaction() as session:
        change = records.found(session, key)
        chosen = {one["item"]: choice for one, choice in zip(change.preview, choices, strict=True)}
        decisions.decide(session, change, chosen, by=identity.identity_of(session, "zhao.min"))


def test_nobody_approves_what_they_entered_or_decided(rating_open):
    key = entered(rating_open, ChangeKind.SUPERIOR, **FOLLOWS)
    decide(key, "hand-over")

    with pytest.raises(Forbidden, match="another approves"), db.transaction() as session:
        decisions.approve(session, records.found(session, key), by=identity.identity_of(session, "zhao.min"))


def test_the_second_level_changes_with_its_open_task(demonstration):
    demonstration.launch()
    demonstration.do("zhang.wei", "draft_targets", targets=column("target", TARGETS))
    demonstration.do("li.na", "review_targets", decision="approve")
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        pair = people.named(session, "li.na"), people.named(session, "gao.yuan")
        lines.assign(session, *pair, valid_from=date(2025, 9, 22), by=by)

    key = entered(demonstration, ChangeKind.SUPERIOR, effective_on=date(2025, 9, 22))
    apply(demonstration, key, "hand-over")
    demonstration.do("gao.yuan", "approve_targets", decision="approve")

    with db.reading() as session:
        assert targets.of_review(session, demonstration.review(session)).state.value == "approved"


def test_nobody_below_the_appraisee_takes_over(rating_open):
    with db.transaction() as session:
        by = identity.identity_of(session, "zhao.min")
        pair = people.named(session, "he.ping"), people.named(session, "zhang.wei")
        lines.assign(session, *pair, valid_from=date(2025, 9, 22), by=by)

    key = entered(rating_open, ChangeKind.SUPERIOR, **FOLLOWS)

    with db.reading() as session:
        items = {one["part"]: one for one in records.found(session, key).preview}
    assert items["superior"]["choices"] == ["keep"]
    assert items["superior"]["effects"]["notes"] == ["below-appraisee"]
