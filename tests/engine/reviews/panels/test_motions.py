"""Tests of engine.reviews.panels.motions: the parties object, and nobody decides about themselves."""

import pytest

from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.cases import appeals, panels
from engine.reviews.models import AppealState, PanelState, Recusal
from engine.reviews.organisation import people
from engine.reviews.panels import draws, formations, motions


@pytest.fixture
def appeal(session, released, act):
    lodged = appeals.lodge(session, released, grounds="x", items=["collaboration"], remedy="y", by=act("ann"))
    appeals.admit(lodged, by=act("hui"))
    draws.draw(session, lodged, size=3, by=act("hui"))
    return lodged


@pytest.fixture
def members(session, appeal, act):
    """The members, the chair first, each declared."""
    formations.fill(session, appeal)
    found = panels.of_appeal(session, appeal)
    for member in found:
        name = people.by_key(session, member.person_key).username
        formations.declare(session, appeal, conflict=False, statement="", by=act(name))
    motions.announce(session, appeal)
    return found


@pytest.fixture
def account(session):
    return lambda member: people.by_key(session, member.person_key).username


def test_the_chair_decides_about_a_member_who_is_then_excluded(session, appeal, members, account, act):
    motion = motions.make(session, appeal, members[1], reason="同住一屋", by=act("ann"))

    ((assigned, decider),) = motions.assign(session, appeal)
    motions.decide(session, assigned, granted=True, reason="确有其事", by=act(decider.username))

    assert decider.username == account(members[0])
    assert (motion.granted, motion.decision) == (True, "确有其事")
    assert (members[1].state, members[1].exclusion) == (PanelState.EXCLUDED, Recusal.MOTION)


def test_e70_the_head_of_hr_decides_about_the_chair_and_then_about_all(session, appeal, members, account, act):
    motions.make(session, appeal, members[0], reason="公开评论过", by=act("ann"))
    motions.make(session, appeal, members[1], reason="同住一屋", by=act("sun"))

    assigned = motions.assign(session, appeal)
    with pytest.raises(Forbidden):
        motions.decide(session, assigned[0][0], granted=False, reason="我没有", by=act(account(members[0])))
    motions.decide(session, assigned[0][0], granted=False, reason="与本案无关", by=act("hui"))

    assert {decider.username for _, decider in assigned} == {"hui"}
    assert members[0].state is PanelState.DECLARED
    assert [motion.decided_at is not None for motion in motions.of_appeal(session, appeal, by=act("hui"))] == [
        True,
        False,
    ]


def test_only_a_party_objects_once_with_a_reason_to_somebody_who_sits_or_is_about_to(session, appeal, members, act):
    with pytest.raises(Forbidden, match="no party"):
        motions.make(session, appeal, members[0], reason="x", by=act("dai"))
    with pytest.raises(Invalid, match="not said"):
        motions.make(session, appeal, members[0], reason=" ", by=act("ann"))
    motions.make(session, appeal, members[0], reason="x", by=act("ann"))
    with pytest.raises(Conflict, match="objected before"):
        motions.make(session, appeal, members[0], reason="x", by=act("ann"))
    formations.seat(session, appeal)
    appeal.state = AppealState.DECIDED
    with pytest.raises(Conflict, match="about to"):
        motions.make(session, appeal, members[1], reason="x", by=act("ann"))


def test_a_motion_is_decided_once_and_with_a_reason(session, appeal, members, account, act):
    motion = motions.make(session, appeal, members[2], reason="x", by=act("ann"))
    motions.assign(session, appeal)
    chair = act(account(members[0]))

    with pytest.raises(Invalid, match="not said"):
        motions.decide(session, motion, granted=True, reason="", by=chair)
    motions.decide(session, motion, granted=False, reason="没有事实", by=chair)

    with pytest.raises(Conflict, match="it is decided"):
        motions.decide(session, motion, granted=True, reason="x", by=chair)
    assert motions.assign(session, appeal) == []


def test_the_parties_are_told_of_every_member_and_of_newcomers_again(session, appeal, members):
    assert not motions.unannounced(session, appeal)

    members[0].announced_at = None
    session.flush()

    assert motions.unannounced(session, appeal)
    assert [party.username for party in motions.announce(session, appeal)] == ["ann", "sun"]
    assert not motions.unannounced(session, appeal)
