"""Guidelines: what a unit is advised, set with a reason; the newest holds."""

import pytest

from engine.errors import Forbidden, Invalid
from engine.reviews.organisation import people
from engine.reviews.release import guidelines

USUAL, OWN = {"优秀": "20", "良好": "70", "待改进": "10"}, {"优秀": "30", "良好": "60", "待改进": "10"}


def test_a_unit_has_its_own_guideline_or_that_of_all_others(session, cycle, act):
    sales, product = (people.department(session, code) for code in ("sales", "product"))
    guidelines.put(session, cycle, None, USUAL, reason="公司惯例", by=act("hui"))
    guidelines.put(session, cycle, sales, USUAL, reason="初稿", by=act("hui"))
    guidelines.put(session, cycle, sales, OWN, reason="超额完成", by=act("hui"))

    assert guidelines.of_unit(session, cycle, [sales.key]) == list(OWN.items())
    assert guidelines.of_unit(session, cycle, [product.key]) == list(USUAL.items())
    assert guidelines.of_unit(session, cycle, [sales.key, product.key]) == list(USUAL.items())  # merged: neither's own
    assert guidelines.of_cycle(session, cycle)[sales.key].reason == "超额完成"


def test_a_guideline_totals_100_and_is_hrs_to_set(session, cycle, act):
    for shares, reason in (({"优秀": "20"}, "x"), (USUAL, " ")):
        with pytest.raises(Invalid):
            guidelines.put(session, cycle, None, shares, reason=reason, by=act("hui"))
    with pytest.raises(Forbidden):
        guidelines.put(session, cycle, None, USUAL, reason="x", by=act("sun"))
