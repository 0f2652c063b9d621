"""Tests of engine.reviews.access: who sees what."""

import pytest
from sqlalchemy import select

from engine.identity import Membership
from engine.reviews import access
from engine.reviews.cases import appeals, decisions, panels, votes
from engine.reviews.models import Actual, Cycle, Interview, Person, Rating, Result, Review, TargetSheet, Verdict, Vote
from engine.reviews.organisation import people


@pytest.fixture
def sees(session, act):
    """How many rows of a kind somebody sees."""
    filters = {Person: access.people, Review: access.reviews, Result: access.results, Rating: access.ratings}
    return lambda username, kind: len(session.scalars(select(kind).where(filters[kind](session, act(username)))).all())


@pytest.mark.parametrize(
    ("username", "rows"),
    # people, reviews, results, single ratings
    [
        ("ann", [1, 1, 0, 4]),
        ("sun", [2, 1, 1, 4]),
        ("dai", [3, 1, 1, 0]),
        ("pan", [1, 1, 0, 1]),
        ("qin", [1, 0, 0, 0]),
        ("fan", [10, 1, 0, 0]),
        ("hui", [10, 1, 1, 10]),
    ],
)
def test_everybody_sees_what_the_relations_allow(scored, sees, username, rows):
    seen = [sees(username, kind) for kind in (Person, Review, Result, Rating)]

    assert seen == rows


@pytest.mark.parametrize(
    ("username", "rows"),
    # cycles, target sheets, actual values, minutes
    [
        ("ann", [1, 1, 6, 0]),
        ("sun", [1, 1, 6, 0]),
        ("dai", [1, 1, 6, 0]),
        ("pan", [1, 0, 0, 0]),
        ("qin", [0, 0, 0, 0]),
        ("fan", [1, 1, 6, 0]),
        ("hui", [1, 1, 6, 0]),
    ],
)
def test_papers_are_read_by_those_close_to_the_review(scored, session, act, username, rows):
    filters = {Cycle: access.cycles, TargetSheet: access.targets, Actual: access.actuals, Interview: access.interviews}

    seen = [len(session.scalars(select(kind).where(of(session, act(username)))).all()) for kind, of in filters.items()]

    assert seen == rows


def test_e95_nobody_from_hr_sees_the_own_result_or_ratings_early(session, scored, act):
    session.add(Membership(username="ann", group="hr"))
    session.flush()

    results = session.scalars(select(Result).where(access.results(session, act("ann")))).all()
    ratings = session.scalars(select(Rating).where(access.ratings(session, act("ann")))).all()

    assert (len(results), {rating.given_by for rating in ratings}) == (0, {"ann"})


def test_the_appraisee_sees_the_result_once_it_is_released(released, sees):
    assert sees("ann", Result) == 1


def test_no_vote_is_seen_by_anybody_else_before_all_are_cast(session, released, seat, act):
    appeal = appeals.lodge(session, released, grounds="协作", items=["collaboration"], remedy="重新评分", by=act("ann"))
    appeals.admit(appeal, by=act("hui"))
    seat(appeal)
    panel = ("ou", "qin", "wei")
    watchers = (*panel, "hui", "ann", "sun")

    def seen():
        return {
            name: len(session.scalars(select(Vote).where(access.votes(session, act(name)))).all()) for name in watchers
        }

    for name in panel[:2]:
        votes.cast(session, appeal, Verdict.CORRECTED, reasons="x", by=act(name))
    before = seen()
    votes.cast(session, appeal, Verdict.UPHELD, reasons="x", by=act("wei"))

    opened = seen()
    chair = next(one for one in panels.of_appeal(session, appeal) if one.chair)
    by = act(people.by_key(session, chair.person_key).username)
    decisions.decide(session, appeal, reasons="x", given={"innovation_adopted": "3"}, by=by)

    assert before == {"ou": 1, "qin": 1, "wei": 0, "hui": 0, "ann": 0, "sun": 0}
    assert opened == {"ou": 3, "qin": 3, "wei": 3, "hui": 0, "ann": 0, "sun": 0}
    assert seen() == opened | {"hui": 3}
