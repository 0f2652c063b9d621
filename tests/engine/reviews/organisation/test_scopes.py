"""Tests of engine.reviews.organisation.scopes: who is in HR of some departments sees and does nothing beyond them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.errors import Forbidden
from engine.identity import SYSTEM, Identity, Membership
from engine.reviews import access
from engine.reviews.cycle import cycles
from engine.reviews.models import (
    Actual,
    Amendment,
    CheckIn,
    Closing,
    Cycle,
    Delivery,
    Department,
    Interview,
    Leave,
    LeaveKind,
    Letter,
    Person,
    Plan,
    Rating,
    Reopening,
    Result,
    Review,
    ReviewState,
    SignOff,
    TargetSheet,
)
from engine.reviews.organisation import absences, people, scopes
from engine.reviews.rating import departures, raters
from engine.reviews.signing import closings

DAY, NOW = date(2025, 7, 1), datetime(2025, 7, 1, tzinfo=UTC)
BY_REVIEW = {
    Actual: access.actuals,
    CheckIn: access.check_ins,
    Closing: access.closings,
    Delivery: access.deliveries,
    Interview: access.interviews,
    Letter: access.letters,
    Rating: access.ratings,
    Reopening: access.reopenings,
    Result: access.results,
    SignOff: access.sign_offs,
    TargetSheet: access.targets,
}


@pytest.fixture
def tess(session, company):
    """Somebody who is in HR of the sales department alone."""
    people.hire(
        session,
        employee_id="E900",
        username="tess",
        name="谭思",
        department="office",
        employed_from=date(2024, 1, 1),
        by=SYSTEM,
    )
    session.add(Membership(username="tess", group="hr@sales", valid_from=date(2024, 1, 1)))
    session.flush()
    return Identity("tess", frozenset({"hr@sales"}))


def test_the_role_is_bounded_from_its_first_day_to_its_last(session, tess, act):
    session.scalars(select(Membership).where(Membership.username == "tess")).one().valid_until = date(2025, 6, 30)
    session.flush()

    ended = act("hui"), Identity("tess")

    assert scopes.is_bounded(tess)
    assert [scopes.is_bounded(one) for one in ended] == [False, False]


def test_papers_of_ones_departments_are_read_as_hr_reads_them(session, released, tess, act):
    def keys(kind, visible, by):
        return set(session.scalars(select(kind.key).where(visible(session, by))))

    for kind, visible in BY_REVIEW.items():
        assert keys(kind, visible, tess) == keys(kind, visible, act("hui")), kind


def test_nothing_beyond_ones_departments_is_seen_or_done(session, scored, company, tess, act):
    session.get_one(Review, scored.key).department_key = people.department(session, "product").key
    absences.enter_leave(session, company["pan"], LeaveKind.SICK, DAY, None, by=act("hui"))
    session.flush()
    (rater, *_) = raters.of_review(session, scored, "cross")

    for kind, visible in {**BY_REVIEW, Leave: access.leaves, Review: access.reviews, Cycle: access.cycles}.items():
        assert not session.scalars(select(kind).where(visible(session, tess))).all(), kind
    refused = (
        lambda: closings.close(session, scored, reason="x", by=tess),
        lambda: departures.withdraw(session, rater, reason="x", by=tess),
        lambda: absences.enter_leave(session, company["qin"], LeaveKind.SICK, DAY, None, by=tess),
        lambda: cycles.launch(session, cycles.found(session, scored.cycle_key), by=tess),
        lambda: people.found(session, code="x", name="x", by=tess),
    )
    for act_ in refused:
        with pytest.raises(Forbidden):
            act_()


def test_e95_the_own_result_is_hidden_from_whoever_is_in_hr_of_the_own_department(session, scored, act):
    session.add(Membership(username="ann", group="hr@sales"))
    session.flush()

    seen = [
        session.scalars(select(kind).where(visible(session, act("ann")))).all()
        for kind, visible in ((Result, access.results), (Rating, access.ratings))
    ]

    assert seen[0] == []
    assert {rating.given_by for rating in seen[1]} == {"ann"}


def test_leave_of_ones_people_is_entered_and_read(session, company, tess):
    leave = absences.enter_leave(session, company["ann"], LeaveKind.SICK, DAY, None, by=tess)

    read = session.scalars(select(Leave).where(access.leaves(session, tess))).all()
    noted = session.scalars(select(Amendment).where(access.amendments(session, tess))).all()

    assert read == [leave]
    assert {one.subject for one in noted} == {"E001", "E002", "E003"}


TREES = st.lists(st.integers(min_value=-1, max_value=6), min_size=1, max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, scope=st.integers(min_value=0, max_value=5), data=st.data())
def test_every_filter_shows_the_scope_and_nothing_beside_it(session, cycle, tree, scope, data):
    with session.begin_nested() as savepoint:
        codes = _departments(session, tree)
        homes = data.draw(st.lists(st.sampled_from(sorted(codes)), min_size=2, max_size=6))
        reviews = _reviews(session, homes)
        bounded = sorted(codes)[scope % len(codes)]
        by = Identity("nobody-else", frozenset({f"hr@{bounded}"}))
        session.add(Person(employee_id="X", username="nobody-else", name="甲"))
        session.flush()

        seen = {
            *session.scalars(select(Review.key).where(access.reviews(session, by))),
            *session.scalars(select(Review.key).where(access.scorecards(session, by))),
            *session.scalars(select(Review.key).where(access.settlements(session, by))),
        }
        known = set(session.scalars(select(Person.key).where(access.people(session, by))))
        plans = set(session.scalars(select(Plan.appraisee_key).where(access.plans(session, by))))

        within = {review for review, home in reviews if bounded in _chain(codes, home)}
        people_within = {session.get_one(Review, key).appraisee_key for key in within}
        own = set(session.scalars(select(Person.key).where(Person.username == "nobody-else")))
        assert seen == within
        assert known == people_within | own
        assert plans == people_within
        savepoint.rollback()
    session.expire_all()


def _departments(session, tree):
    """Found departments, each below an earlier one or at the top; tell the code above each."""
    above = {}
    for number, parent in enumerate(tree):
        code = f"d{number}"
        above[code] = f"d{parent}" if 0 <= parent < number else ""
        people.found(session, code=code, name=code, parent=above[code], by=SYSTEM)
    return above


def _chain(above, code):
    while code:
        yield code
        code = above[code]


def _reviews(session, homes):
    """Let somebody be reviewed, and observed, in each department; tell the reviews with the department's code."""
    cycle = session.scalars(select(Cycle)).one()
    found = []
    for number, home in enumerate(homes):
        person = people.hire(
            session,
            employee_id=f"P{number}",
            username=f"p{number}",
            name=f"人{number}",
            department=home,
            employed_from=date(2024, 1, 1),
            by=SYSTEM,
        )
        key = session.scalars(select(Department.key).where(Department.code == home)).one()
        launched = number % 2 == 0  # a review that is not launched goes by where its appraisee is
        review = Review(cycle_key=cycle.key, appraisee_key=person.key, department_key=key if launched else None)
        review.state = ReviewState.RUNNING if launched else ReviewState.ENROLLED
        session.add(review)
        session.flush()  # the plan refers to it
        session.add(
            Plan(review_key=review.key, appraisee_key=person.key, grounds="x", proposed_by="hui", proposed_at=NOW)
        )
        session.flush()
        found.append((review.key, home))
    return found
