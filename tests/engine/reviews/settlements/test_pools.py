"""Pools that pay more: at 150 per cent of a target, and to the teams that work together best."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.errors import Invalid
from engine.reviews.models import Cycle
from engine.reviews.release import results
from engine.reviews.scores.rankings import Ties
from engine.reviews.scores.recomputations import differences
from engine.reviews.settlements import lines, schemes, teams
from engine.reviews.settlements.lines import Kind, Layer, Line, Release, TeamBonus

POOL = Line(
    id="pool",
    name="团队奖金池",
    layer=Layer.INNOVATION,
    kind=Kind.POOL,
    on="profit",
    share=Fraction(10),
    own_share="own",
    release=Release(on="sales", target="target", reached=Fraction("1.5"), more=Fraction(10)),
    team=TeamBonus(part="collaboration", share=Fraction(20), ties=Ties.ALL, more=Fraction(5)),
)
ENTERED = {"profit": Fraction(200_000), "own": Fraction(10), "target": Fraction(100)}


def paid(sales, *, team_is_first=False):
    amounts = {**ENTERED, "sales": Fraction(sales)}
    return lines.pay(POOL, amounts, completion=Fraction(1), grade="A", team_is_first=team_is_first)


@pytest.mark.parametrize(("sales", "amount"), [("149.99", 2000), ("150", 2200), ("200", 2200)])
def test_l001_27_from_150_per_cent_the_pool_releases_10_per_cent_more(sales, amount):
    assert paid(sales).exact == amount


def test_l001_32_a_team_that_is_first_gets_5_per_cent_more_on_top():
    assert paid("100", team_is_first=True).exact == 2100
    assert paid("150", team_is_first=True).exact == 2310


def test_every_figure_follows_from_its_inputs_by_its_formula():
    assert differences(paid("150", team_is_first=True).to_json()) == []


def test_what_the_release_compares_must_be_entered_and_not_be_zero():
    with pytest.raises(Invalid) as missing:
        lines.pay(POOL, ENTERED, completion=Fraction(1), grade="A")
    with pytest.raises(Invalid) as zero:
        lines.pay(POOL, {**ENTERED, "sales": Fraction(1), "target": Fraction(0)}, completion=Fraction(1), grade="A")

    assert [one.code for one in missing.value.problems] == ["amount-missing"]
    assert [one.code for one in zero.value.problems] == ["target-zero"]


def test_l001_32_teams_are_ranked_by_the_mean_of_their_people_and_none_is_rounded_up(session, released):
    cycle = session.get_one(Cycle, released.cycle_key)
    bonus = POOL.team
    result = results.expected(session, released)

    alone = teams.first(session, cycle, replace(bonus, share=Fraction(100)))

    assert alone == {released.department_key}
    assert teams.first(session, cycle, bonus) == set()  # 20 per cent of one team is none
    assert teams.first(session, cycle, replace(bonus, share=Fraction(100), part="unknown")) == set()
    assert result.released_at is not None


def test_a_scheme_says_what_becomes_of_teams_that_tie():
    rules = {
        "lines": [
            {
                "id": "pool",
                "name": "池",
                "layer": "innovation",
                "kind": "pool",
                "on": "profit",
                "share": 10,
                "own_share": "own",
                "team": {"part": "collaboration", "share": 20, "more": 5},
            }
        ]
    }

    with pytest.raises(Invalid, match="lines/pool/team/ties"):
        schemes.read(rules)
