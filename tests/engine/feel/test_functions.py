from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine import feel
from engine.feel import to_json


def numbers(*values):
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decimal(2.5, 0)", 2),
        ("decimal(1/3, 4)", Decimal("0.3333")),
        ("round half up(2.5, 0)", 3),
        ("round half up(87.675, 2)", Decimal("87.68")),
        ("round half down(2.5, 0)", 2),
        ("round up(1.121, 2)", Decimal("1.13")),
        ("round down(-1.129, 2)", Decimal("-1.12")),
        ("floor(-1.5)", -2),
        ("ceiling(1.2)", 2),
        ("decimal(123, -2)", 100),
        ("abs(-4)", 4),
        ('abs(@"-P1D") = @"P1D"', True),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("sqrt(16)", 4),
        ("even(4) and odd(3)", True),
        ("0 ** 0", 1),
        ('number("1.234,56", ".", ",")', Decimal("1234.56")),
        ("string(1.50)", "1.50"),
        ('string({a: "x", b: [1, null]})', '{a: "x", b: [1, null]}'),
        ('substring("绩效评审", 3)', "评审"),
        ('substring("foobar", -2, 1)', "a"),
        ('string length("🐎ab")', 3),
        ('upper case("aß")', "ASS"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring after("foobar", "ob")', "ar"),
        ('contains("foobar", "oob")', True),
        ('matches("abracadabra", "bra$")', True),
        ('matches("Hello", "^hello$", "i")', True),
        ('matches("aXb", "a[a-z-[x]]b")', False),
        ('replace("abracadabra", "a(.)", "a$1$1")', "abbraccaddabbra"),
        ('replace("a.b", ".", "#", "q")', "a#b"),
        ('replace("abc", "x*", "-")', None),
        ('matches("a", "(?=a)")', None),
        ('split("a;b;;", ";")', ["a", "b", "", ""]),
        ('string join(["a", null, "b"], "、")', "a、b"),
        ("list contains([1, null], null)", True),
        ("min(3, 1, 2)", 1),
        ('max(["a", "c", "b"])', "c"),
        ("sum([])", None),
        ("sum([1, null])", None),
        ("mean([1, 2, 4.5])", Decimal("2.5")),
        ("median([6, 1, 2, 3])", Decimal("2.5")),
        ("mode([6, 3, 9, 6, 6, 3, 3])", numbers(3, 6)),
        ("all([true, null])", None),
        ("any([null, true])", True),
        ("sublist([4, 5, 6], -2, 1)", numbers(5)),
        ("append([1], 2, 3)", numbers(1, 2, 3)),
        ("concatenate([1], [2, 3])", numbers(1, 2, 3)),
        ("insert before([1, 3], 2, 2)", numbers(1, 2, 3)),
        ("remove([1, 2, 3], -1)", numbers(1, 2)),
        ("list replace([2, 4, 7], 2, 9)", numbers(2, 9, 7)),
        ("list replace([2, 4, 7], function(item, new) item < new, 5)", numbers(5, 5, 7)),
        ("reverse([1, 2])", numbers(2, 1)),
        ("index of([1, 2, 1], 1)", numbers(1, 3)),
        ("union([1, 2], [2, 3])", numbers(1, 2, 3)),
        ("flatten([1, [2, [3]]])", numbers(1, 2, 3)),
        ("sort([3, 1, 2], function(a, b) a > b)", numbers(3, 2, 1)),
        ("sort([3, 1, 2])", numbers(1, 2, 3)),
        ('get value({a: 1}, "a")', 1),
        ("get or else({a: 1}.a, 5)", 1),
        ("get or else({a: 1}.b, 5)", 5),
        ("get or else(false, true)", False),
        ("get entries({a: 1})", [{"key": "a", "value": Decimal(1)}]),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": Decimal(2)}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": Decimal(2), "b": Decimal(3)}),
        ('context([{key: "a", value: 1}])', {"a": Decimal(1)}),
        ("date(2024, 2, 29)", dt.date(2024, 2, 29)),
        ("date(2023, 2, 29)", None),
        ('time("10:00:00+08:00").time offset', dt.timedelta(hours=8)),
        ('time("23:59:00z") + duration("PT2M") = time("00:01:00@Etc/UTC")', True),
        ('day of week(@"2025-09-30")', "Tuesday"),
        ('month of year(@"2025-09-30")', "September"),
        ('week of year(@"2025-12-29")', 1),
        ('day of year(@"2024-12-31")', 366),
        ('string(years and months duration(@"2011-12-22", @"2013-08-24"))', "P1Y8M"),
        ("before([1..5), [5..9])", True),
        ("overlaps([1..5], [5..9])", True),
        ("before(range: [2..3], point: 5)", True),
        ("before(point: 5, range: [2..3])", False),
        ("includes([1..10], 4)", True),
        ("during(4, [1..10])", True),
        ("meets(range1: [1..5], range2: [5..9])", True),
        ('range("[1..5)") = [1..5)', True),
        ('range("[1..")', None),
        ('is(@"2025-01-01", @"2025-01-01")', True),
        ('is(@"10:00:00Z", @"10:00:00@Etc/UTC")', False),
        ('abs("x")', None),
        ("abs(1, 2)", None),
        ("abs(m: 1)", None),
    ],
)
def test_a_function_answers_as_the_standard_says(text, expected):
    value = feel.compile(text).evaluate({})

    assert value == expected


class Autumn:
    """The National Day of 2025: eight days off, and two Sundays worked in their place."""

    off = frozenset(dt.date(2025, 10, day) for day in range(1, 9))
    worked = frozenset([dt.date(2025, 9, 28), dt.date(2025, 10, 11)])

    def is_working_day(self, day):
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def add_working_days(self, day, count):
        while count:
            day += dt.timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start, end):
        return sum(self.is_working_day(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('add working days(@"2025-09-26", 3)', dt.date(2025, 9, 30)),
        ('add working days(@"2025-09-30", 2)', dt.date(2025, 10, 10)),
        ('is working day(@"2025-10-11")', True),
        ('working days between(@"2025-09-30", @"2025-10-11")', 3),
        ('is working day(@"2025-10-10T20:00:00Z")', True),
        ('add working days(@"2025-09-30", 0.5)', None),
        ('is working day(@"0001-01-01")', None),
    ],
)
def test_working_days_are_those_of_the_calendar(text, expected):
    environment = feel.Environment(zone=ZoneInfo("Asia/Shanghai"), calendar=Autumn())

    assert feel.compile(text).evaluate({}, environment) == expected


def test_weekdays_count_alone_where_no_calendar_is_given():
    friday = dt.date(2025, 1, 3)
    week = feel.Weekdays()

    assert week.add_working_days(friday, 6) == dt.date(2025, 1, 13)
    assert week.add_working_days(friday + dt.timedelta(days=1), 5) == dt.date(2025, 1, 10)
    assert week.add_working_days(friday, -5) == dt.date(2024, 12, 27)
    assert week.working_days_between(friday, dt.date(2025, 1, 13)) == 6
    assert week.working_days_between(dt.date(2025, 1, 13), friday) == -6


def test_values_become_json():
    value = {"day": dt.date(2025, 9, 30), "took": feel.YearsMonths(14), "score": 1.5, "list": [True, None]}

    assert to_json(value) == {"day": "2025-09-30", "took": "P1Y2M", "score": Decimal("1.5"), "list": [True, None]}


def test_a_function_is_no_json():
    function = feel.compile("function(a) a").evaluate({})

    with pytest.raises(feel.FeelEvaluationError):
        to_json(function)
