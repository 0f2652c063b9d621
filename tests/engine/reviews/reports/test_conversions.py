"""Tests of weekly figures: which weeks fell off by the rule, and where the change comes from."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given as supposing
from hypothesis import settings
from hypothesis import strategies as st

from engine.errors import Conflict, Forbidden, Invalid
from engine.reviews.reports import boards, conversions, weekly_figures
from engine.reviews.reports.weekly_figures import CONVERTED, LEADS, Figure

FIRST = date(2025, 5, 5)
HEAD = "工号,周,层级,项目,数值,来源\n"


def figures(*weeks, tier="", person=1):
    """Make leads and conversions of consecutive weeks."""
    rows = []
    for number, (leads, converted) in enumerate(weeks):
        monday = FIRST + timedelta(weeks=number)
        rows.append(Figure(person, monday, tier, LEADS, Fraction(leads)))
        rows.append(Figure(person, monday, tier, CONVERTED, Fraction(converted)))
    return rows


def written(employee, measure, *values, tier="新客"):
    """Write one measure of consecutive weeks as an import has it."""
    days = (FIRST + timedelta(weeks=number, days=2) for number in range(len(values)))
    return "".join(f"{employee},{day},{tier},{measure},{value},CRM\n" for day, value in zip(days, values, strict=True))


@pytest.fixture
def fallen(session, company, act):
    """Nine weeks of ann's, of which the last fell off."""
    text = HEAD + written("E001", "线索", *[100] * 9) + written("E001", "转化", *[20] * 8, 5)
    weekly_figures.import_csv(session, (text + written("E001", "拜访", *[10] * 8, 4)).encode(), by=act("hui"))
    return FIRST + timedelta(weeks=8)


def test_l001_11_a_week_is_compared_with_the_eight_before_it_and_not_with_itself():
    series = conversions.weeks(figures(*[(100, 20)] * 8, (50, 5)))

    *_, last = series
    assert len(series) == 9
    assert (last.own.rate, last.before.rate, last.before.leads) == (Fraction(1, 10), Fraction(1, 5), 800)
    assert series[3].before is None
    assert series[4].before is not None


@pytest.mark.parametrize(("converted", "fell"), [(7, True), (8, False), (20, False), (33, False)])
def test_l001_12_a_week_falls_off_beyond_three_standard_deviations(converted, fell):
    # 20 % of 100: the standard deviation is 4 points, three of them end at exactly 8 %
    (*_, last) = conversions.weeks(figures(*[(100, 20)] * 8, (100, converted)))

    assert last.has_fallen is fell


def test_l001_12_few_leads_or_few_weeks_before_are_no_drop():
    few_leads = conversions.weeks(figures(*[(100, 20)] * 8, (5, 0)))
    few_weeks = conversions.weeks(figures(*[(100, 20)] * 3, (100, 0)))
    empty = conversions.weeks(figures(*[(0, 0)] * 9))

    assert not any(week.has_fallen for week in (*few_leads, *few_weeks, *empty))
    assert empty[-1].own.rate is None


def test_weeks_without_figures_stand_in_the_series_without_a_rate():
    rows = [one for one in figures(*[(100, 20)] * 6) if one.week != FIRST + timedelta(weeks=2)]

    series = conversions.weeks(rows)

    assert [week.own.rate for week in series] == [Fraction(1, 5)] * 2 + [None] + [Fraction(1, 5)] * 3


SHARE = st.integers(1, 200).flatmap(lambda leads: st.tuples(st.just(leads), st.integers(0, leads)))
SHARES = st.lists(SHARE, min_size=9, max_size=9)


@supposing(st.dictionaries(st.sampled_from("ABC"), SHARES, min_size=1))
@settings(max_examples=60, deadline=None)
def test_l001_12_what_the_tiers_add_is_the_whole_change_exactly(tiers):
    rows = [row for tier, weeks in tiers.items() for row in figures(*weeks, tier=tier)]
    (*_, last) = conversions.weeks(rows)

    parts = conversions.parts(rows, last)

    assert sum(part.by_rate + part.by_mix for part in parts) == last.own.rate - last.before.rate


def test_l001_12_a_drop_is_taken_apart_by_tier_and_behaviour():
    steady, falling = figures(*[(100, 20)] * 9, tier="老客"), figures(*[(100, 20)] * 8, (100, 2), tier="新客")
    visits = [Figure(1, FIRST + timedelta(weeks=number), "", "拜访", Fraction(10)) for number in range(8)]
    rows = [*steady, *falling, *visits, Figure(1, FIRST + timedelta(weeks=8), "", "拜访", Fraction(4))]
    (*_, last) = conversions.weeks(rows)

    parts = {part.name: part for part in conversions.parts(rows, last)}
    (behaviour,) = conversions.behaviours(rows, last)

    assert last.has_fallen
    assert (parts["老客"].by_rate, parts["新客"].by_rate) == (0, Fraction(-9, 100))
    assert (behaviour.own, behaviour.usual, behaviour.change) == (4, 10, Fraction(-3, 5))


def test_l003_14_figures_are_imported_whole_or_not_at_all_and_in_versions(session, company, act):
    good = HEAD + written("E001", "线索", 100)
    wrong = (
        HEAD + "E999,2025-05-05,,线索,-1,CRM\nE001,gestern,,,x,\nE001,2025-05-06,,线索,1,A\nE001,2025-05-07,,线索,2,A\n"
    )

    weekly_figures.import_csv(session, good.encode(), by=act("hui"))
    with pytest.raises(Invalid) as refused:
        weekly_figures.import_csv(session, wrong.encode(), by=act("hui"))
    (second,) = weekly_figures.import_csv(session, good.replace(",100,", ",90,").encode(), by=act("fan"))

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("A2", "unknown-employee"),
        ("E2", "negative"),
        ("B3", "bad-date"),
        ("D3", "missing"),
        ("F3", "missing"),
        ("E3", "bad-quantity"),
        ("B5", "repeated-row"),
    ]
    assert (second.version, second.week, second.measure) == (2, FIRST, LEADS)
    assert [one.value for one in weekly_figures.newest(session, by=act("hui"))] == [90]
    with pytest.raises(Forbidden):
        weekly_figures.import_csv(session, good.encode(), by=act("sun"))


def test_a_superior_sees_the_own_line_and_nobody_elses(session, fallen, act):
    seen = {name: len(weekly_figures.newest(session, by=act(name))) for name in ("ann", "sun", "dai", "pan", "hui")}

    assert seen == {"ann": 27, "sun": 27, "dai": 27, "pan": 0, "hui": 27}


def test_l001_12_whoever_leads_says_why_a_week_fell_off_and_no_other_week(session, fallen, act):
    with pytest.raises(Conflict, match="has not fallen off"):
        boards.explain(session, FIRST, "x", by=act("sun"))
    with pytest.raises(Invalid):
        boards.explain(session, fallen, " ", by=act("sun"))
    with pytest.raises(Conflict):
        boards.explain(session, fallen, "x", by=act("pan"))

    boards.explain(session, fallen, "展会取消,新客线索质量下降", by=act("sun"))
    session.flush()

    assert [one.text for one in boards.explanations(session, fallen, by=act("dai"))] == ["展会取消,新客线索质量下降"]
    assert boards.explanations(session, fallen, by=act("pan")) == []


def test_l000_20_the_board_shows_the_own_tasks_of_those_below_and_never_whom_they_rate(session, review, act):
    (line,) = boards.of_line(session, by=act("sun"))

    assert (line.person.username, line.cycle.label, line.tasks) == ("ann", "2025 Q3", ())
    assert boards.of_line(session, by=act("pan")) == []
    assert [one.person.username for one in boards.of_line(session, by=act("dai"))] == ["ann"]
