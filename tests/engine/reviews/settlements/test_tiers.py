"""Tiers and lines: the money of W-11 and W-12, to the cent, in each reading of the documents."""

from fractions import Fraction

import pytest

from engine.errors import Invalid
from engine.reviews.settlements import tiers
from engine.reviews.settlements.lines import GradeShare, Kind, Layer, Line, pay
from engine.reviews.settlements.tiers import Edge, Rise, Spread, Tier, TierTable

TARGET, SALES = Fraction(1000), Fraction(1300)  # thousand yuan


def table(*steps, spread=Spread.SLAB, rise=Rise.RATE, edge=Edge.AT_LEAST):
    rows = tuple(Tier(reached=Fraction(reached), value=Fraction(value)) for reached, value in steps)
    return TierTable(base=Fraction("1.2"), tiers=rows, spread=spread, rise=rise, edge=edge)


@pytest.mark.parametrize(
    ("rates", "paid"),
    [
        (table(("1.2", "1.8")), "23.4"),
        (table(("1.2", "1.8"), spread=Spread.MARGINAL), "16.2"),
        (table(("1.2", "5"), rise=Rise.RELATIVE), "16.38"),
        (table(("1.2", "5"), rise=Rise.POINTS), "80.6"),
    ],
)
def test_w11_four_readings_of_nearly_the_same_sentence(rates, paid):
    assert tiers.paid(rates, SALES, TARGET).exact == Fraction(paid)


@pytest.mark.parametrize(("edge", "paid"), [(Edge.AT_LEAST, "21.6"), (Edge.ABOVE, "14.4")])
def test_x14_whether_120_per_cent_itself_is_reached_is_said(edge, paid):
    assert tiers.paid(table(("1.2", "1.8"), edge=edge), Fraction(1200), TARGET).exact == Fraction(paid)


@pytest.mark.parametrize("sales", [0, 1199, 1200, 1201, 1500, 2000])
def test_marginal_pay_never_falls_by_selling_more_and_is_never_above_the_slab(sales):
    steps = (("1.2", "1.8"), ("1.5", "2.4"))
    marginal, slab = table(*steps, spread=Spread.MARGINAL), table(*steps)

    here = tiers.paid(marginal, Fraction(sales), TARGET).exact

    assert here <= tiers.paid(slab, Fraction(sales), TARGET).exact
    assert here < tiers.paid(marginal, Fraction(sales + 1), TARGET).exact


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (table(), "no-tier"),
        (table(("1.5", "1.8"), ("1.2", "2.4")), "tiers-out-of-order"),
        (table(("1.2", "1.1")), "tiers-fall"),
    ],
)
def test_tiers_that_do_not_rise_are_named(wrong, code):
    assert [problem.code for problem in tiers.tier_problems(wrong, "commission")] == [code]


BASE = Line(
    id="base_award",
    name="基础奖金",
    layer=Layer.BASE,
    kind=Kind.THRESHOLD,
    on="monthly_salary",
    reached=Fraction("0.8"),
    share=Fraction(10),
)


@pytest.mark.parametrize(("completion", "paid"), [("0.8", 1000), ("0.7999", 0), ("1.3", 1000)])
def test_w12_l001_21_x13_the_base_award_is_paid_from_80_per_cent(completion, paid):
    award = pay(BASE, {"monthly_salary": Fraction(10000)}, completion=Fraction(completion), grade="B")

    assert award.exact == paid


@pytest.mark.parametrize(
    ("grade", "bonus", "performance_pay"), [("S", 15000, 5000), ("C", 10000, 4000), ("B", 10000, 5000)]
)
def test_w12_l002_21_s_raises_the_bonus_and_c_lowers_performance_pay(grade, bonus, performance_pay):
    by_grade = {"layer": Layer.BASE, "kind": Kind.GRADE}
    s = GradeShare(id="S", coefficient=Fraction("1.5"))
    c = GradeShare(id="C", coefficient=Fraction("0.8"))
    amounts = {"bonus": Fraction(10000), "performance_pay": Fraction(5000)}
    lines = (
        Line(id="bonus", name="奖金", on="bonus", grades=(s,), **by_grade),
        Line(id="pay", name="绩效工资", on="performance_pay", grades=(c,), **by_grade),
    )

    paid = [pay(line, amounts, completion=Fraction(1), grade=grade).exact for line in lines]

    assert paid == [bonus, performance_pay]


def test_l000_22_and_l001_23_leads_are_counted_and_the_pool_is_shared():
    lead = Line(id="leads", name="线索奖", layer=Layer.EXCESS, kind=Kind.COUNT, on="leads", share=Fraction(500))
    pool = Line(
        id="pool",
        name="创新池",
        layer=Layer.INNOVATION,
        kind=Kind.POOL,
        on="excess_profit",
        share=Fraction(10),
        own_share="pool_share",
    )
    amounts = {"leads": Fraction(7), "excess_profit": Fraction(200000), "pool_share": Fraction("12.5")}

    paid = [pay(line, amounts, completion=Fraction(1), grade="A").exact for line in (lead, pool)]

    assert paid == [3500, 2500]


@pytest.mark.parametrize("amounts", [{}, {"sales": Fraction(1), "sales_target": Fraction(0)}])
def test_what_is_not_entered_is_named_and_nothing_is_paid_by_guess(amounts):
    line = Line(
        id="commission", name="提成", layer=Layer.EXCESS, kind=Kind.TIERS, on="sales", target="sales_target",
        table=table(("1.2", "1.8")),
    )  # fmt: skip

    with pytest.raises(Invalid, match="commission"):
        pay(line, amounts, completion=Fraction(1), grade="A")
