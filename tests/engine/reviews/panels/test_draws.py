"""Tests of engine.reviews.panels.draws: lots that anybody can draw again."""

from hashlib import sha256

import pytest

from engine.errors import Conflict, Invalid
from engine.reviews.cases import appeals
from engine.reviews.panels import draws


@pytest.fixture
def appeal(session, released, act):
    lodged = appeals.lodge(session, released, grounds="x", items=["collaboration"], remedy="y", by=act("ann"))
    appeals.admit(lodged, by=act("hui"))
    return lodged


def test_a_draw_keeps_the_pool_every_exclusion_with_its_reasons_and_the_order(session, appeal, act):
    lots = draws.draw(session, appeal, size=3, by=act("hui"))

    assert (lots.pool, lots.size, lots.drawn_by) == (["E008", "E009", "E010"], 3, "hui")
    assert sorted(lots.order) == lots.pool
    assert lots.excluded == {"E004": ["rater"], "E005": ["rater"]}
    assert lots.seed == "2025 Q3/E001/2025-07-01T09:00:00+00:00"


def test_anybody_can_draw_the_lots_again_and_sees_when_they_were_touched(session, appeal, act):
    lots = draws.draw(session, appeal, size=3, by=act("hui"))
    by_hand = sorted(lots.pool, key=lambda one: sha256(f"{lots.seed}/{one}".encode()).hexdigest())

    assert lots.order == by_hand
    assert draws.holds(lots)
    lots.order = by_hand[::-1]
    assert not draws.holds(lots)


def test_lots_are_drawn_once(session, appeal, act):
    draws.draw(session, appeal, size=3, by=act("hui"))

    with pytest.raises(Conflict, match="its lots are drawn"):
        draws.draw(session, appeal, size=3, by=act("hui"))


@pytest.mark.parametrize("size", [0, 1, 2, 4])
def test_a_panel_of_two_or_of_an_even_number_is_not_drawn(session, appeal, act, size):
    with pytest.raises(Invalid) as refused:
        draws.draw(session, appeal, size=size, by=act("hui"))

    assert [str(problem.message) for problem in refused.value.problems] == [
        "A panel has an odd number of members, 3 or more"
    ]
