"""Who sees what of a calibration before the release, and the release of all results at one moment."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from engine import clock, feel
from engine.errors import Conflict
from engine.reviews import access
from engine.reviews.models import Adjustment, CalibratedReview, Calibration, Result, ReviewState
from engine.reviews.release import embargoes, results, sittings
from engine.reviews.release.distributions import quotas
from engine.reviews.scores.breakdowns import exact
from engine.reviews.scores.quantities import decimal, rounded

WRITTEN = {
    "bo": ([], 0, 0),
    "sun": ([1, 2], 1, 4),
    "dai": ([1, 2], 1, 5),
    "gao": ([1, 2], 1, 5),
    "tan": ([], 1, 3),
    "hui": ([1, 2], 1, 5),
    "ou": ([1], 0, 0),
    "root": ([1], 0, 0),
    "pan": ([], 0, 0),
    "fan": ([], 0, 0),
}
"""Who sees which versions of bo's result, how many adjustments, how many lines of the list, before the release.

Ou is from HR but does not sit in the session, root operates the engine; sun and tan do not see their own results.
"""
RELEASED = WRITTEN | {"bo": ([2], 0, 0), "ou": ([1, 2], 1, 0), "root": ([1, 2], 1, 0)}


@pytest.fixture
def moment(held):
    """The moment of release."""
    return embargoes.until(held.session, held.cycle)


def seen(room, username):
    """What an account sees of bo's result and of the session."""
    session, who = room.session, room.act(username)
    versions = select(Result.version).where(Result.review_key == room.reviews["bo"].key, access.results(session, who))
    changes = select(Adjustment.key).where(sittings.adjustments(session, who))
    lines = select(CalibratedReview.key).where(sittings.calibrated(session, who))
    return sorted(session.scalars(versions)), *(len(session.scalars(one).all()) for one in (changes, lines))


def test_nobody_outside_the_session_sees_anything_before_the_release(locked, moment):
    locked.approve()
    before = {username: seen(locked, username) for username in WRITTEN}
    clock.pin(locked.session, moment)
    locked.release()

    assert before == WRITTEN
    assert {username: seen(locked, username) for username in RELEASED} == RELEASED


def test_sessions_are_known_to_their_members_and_to_hr(held):
    def knows(name):
        sessions = select(Calibration).where(sittings.calibrations(held.session, held.act(name)))
        return held.session.scalars(sessions).all() == [held.held]

    known = {name for name in ("dai", "gao", "sun", "hui", "ou", "ann", "pan", "fan") if knows(name)}

    assert known == {"dai", "gao", "sun", "hui", "ou"}


def test_all_results_are_released_at_one_moment_and_none_before_the_embargo_is_over(locked, moment):
    locked.approve()

    before = locked.release()
    with pytest.raises(Conflict, match="its embargo holds until"):
        results.release(locked.session, locked.cycle, by=locked.act("hui"))
    clock.pin(locked.session, moment)
    after = locked.release()

    assert (before, after) == (False, True)
    assert {review.state for review in locked.reviews.values()} == {ReviewState.RELEASED}
    moments = {results.expected(locked.session, review).released_at for review in locked.reviews.values()}
    assert moments == {moment}


def test_hr_releases_nothing_that_is_still_being_calibrated(held, moment):
    clock.pin(held.session, moment)

    with pytest.raises(Conflict, match="5 of 5 reviews are still being calibrated"):
        results.release(held.session, held.cycle, by=held.act("hui"))


def test_an_embargo_that_was_moved_holds(locked, moment):
    locked.approve()
    embargoes.put(locked.session, locked.cycle, moment + timedelta(days=1), by=locked.act("hui"))
    clock.pin(locked.session, moment)

    assert locked.release() is False


def test_a_release_is_made_once(locked, moment):
    locked.approve()
    clock.pin(locked.session, moment)
    locked.release()
    clock.pin(locked.session, moment + timedelta(hours=1))

    assert locked.release() is True
    assert results.expected(locked.session, locked.reviews["ann"]).released_at == moment


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(cents={})
@drawn(cents=st.dictionaries(st.sampled_from(["ann", "bo", "tan", "sun", "en"]), st.integers(0, 12000)))
def test_a_calibration_changes_only_what_it_names_and_each_result_is_recomputed_to_the_digit(held, cents):
    wanted = {name: f"{total // 100}.{total % 100:02}" for name, total in cents.items() if total != 8768}
    with held.session.begin_nested() as attempt:
        for name, total in wanted.items():
            held.decide(held.propose("dai", name, total=total))
        held.lock()
        held.approve()
        found = {name: results.expected(held.session, review) for name, review in held.reviews.items()}
        read = {name: (result.version, result.total) for name, result in found.items()}
        wrong = [result.total for result in found.values() if not recomputes(result)]
        attempt.rollback()

    assert read == {name: (2, wanted[name]) if name in wanted else (1, "87.68") for name in held.reviews}
    assert wrong == []


def recomputes(result):
    """Whether a result follows, digit by digit, from what is stored of it."""
    return exact(result.figures) == Fraction(result.total) and follows(result.figures)


def follows(node):
    """Whether a figure and all it rests on follow from their inputs by their formulas."""
    if "formula" not in node:
        return True
    parts = {part["name"]: exact(part) for part in node["inputs"]}
    if node["formula"].startswith("round half up"):
        value = Fraction(rounded(parts["total_exact"], 2))
    else:
        value = Fraction(feel.compile(node["formula"]).evaluate({name: decimal(one) for name, one in parts.items()}))
    return abs(value - exact(node)) < Fraction(1, 10**28) and all(map(follows, node["inputs"]))


@drawn(st.integers(0, 500), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_quotas_share_out_everybody(group, weights):
    assert sum(quotas(group, [Fraction(weight) for weight in weights])) == group
