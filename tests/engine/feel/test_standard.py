"""What the text of DMN 1.5 says of single cases, family by family; a line is an expression and its value."""

from __future__ import annotations

import pytest

from engine import feel

EQUALITY = r"""
    null = null => true
    1 = null => false
    [] = null => false
    "a" != null => true
    100 = "foo" => null
    true = 1 => null
    {} = {} => true
    {a: 1} = {a: 1, b: 2} => false
    {a: 1, b: 2} = {b: 2, a: 1} => true
    [1, [2]] = [1, [2]] => true
    [1, 2] = [2, 1] => false
    [1..3] = [1..3] => true
    [1..3] = (1..3) => false
    time("10:30:00") = time("10:30:00Z") => false
    time("10:30:00+00:00") = time("10:30:00Z") => true
    time("10:30:00Z") = time("10:30:00@Etc/UTC") => true
    date and time("2018-12-08T12:00:00+01:00") = date and time("2018-12-08T11:00:00Z") => true
    date("2018-12-08") = date and time("2018-12-08T00:00:00") => null
    duration("P1Y") = duration("P12M") => true
    duration("PT0S") = duration("P0D") => true
    duration("P0Y") = duration("P0D") => null
    is(1, 1) => true
    is(1, "1") => false
    is(null, null) => true
    is(1, null) => false
    is(100, 100.0) => true
    is(date("2012-12-25"), time("23:00:50")) => false
    is(time("23:00:50z"), time("23:00:50")) => false
    is(time("23:00:50z"), time("23:00:50+00:00")) => true
    is(time("23:00:50@Europe/Paris"), time("23:00:50+01:00")) => false
    is(1) => null
    is(value1: 1, value2: 1) => true
"""
ORDER = r"""
    1 < null => null
    null < 1 => null
    true < false => null
    [1] < [2] => null
    "a" < "b" => true
    date("2019-03-31") < date and time("2019-04-01T00:00:00") => true
    time("10:00:00") < time("11:00:00Z") => null
    duration("P1Y") < duration("P13M") => true
    duration("P1D") < duration("P1M") => null
    1 between 0 and null => null
    0 between 1 and null => false
    null between 1 and 2 => null
    "b" between "a" and "c" => true
    1 between "a" and "c" => null
    1 between 3 and 1 => false
    1 in 1 => true
    1 in [1, 2] => true
    1 in (< 2, > 5) => true
    1 in [2..3] => false
    1 in null => false
    null in null => true
    null in [null] => true
    [1] in [[1]] => true
    1 in !=2 => true
    1 in (!= 1) => false
    1 in (= 1) => true
"""
LOGIC = r"""
    true and null => null
    false and null => false
    true or null => true
    false or null => null
    true and "a" => null
    not(null) => null
    not(1) => null
    not(negand: true) => false
    not() => null
    if null then 1 else 2 => 2
    if "a" then 1 else 2 => 2
    some i in [] satisfies true => false
    every i in [] satisfies false => true
    some i in [1, 2] satisfies null => null
    some i in null satisfies true => null
    some i in 1 satisfies i = 1 => true
    some i in [1..3] satisfies i = 2 => true
    every i in [1, 2], j in [2, 3] satisfies i < j => false
    all([]) => true
    any([]) => false
    all([true, null, false]) => false
    all([true, 0]) => null
    all(true, true) => true
    any(null) => null
"""
ARITHMETIC = r"""
    2 ** 3 ** 2 => 64
    -5 ** 2 => 25
    (-1) ** 0.5 => null
    0 ** 0 => 1
    0 ** -1 => null
    string(4 ** 0.5) => "2"
    string(10000 ** 0.5) => "100"
    10 ** -5 => 0.00001
    5 +-5 => 0
    5--5 => 10
    .5 + 1.5E-2 => 0.515
    1.0 * 3 => 3.0
    10 ** 6144 * 10 => null
    1 + null => null
    "a" + 1 => null
    "a" - "b" => null
    true + 1 => null
    [1] + 1 => 2
    [1, 2] + 1 => null
    -"a" => null
    duration("P1Y") + duration("P1D") => null
    duration("P1Y") * 1.5 => @"P1Y6M"
    duration("P1Y") / duration("P1M") => 12
    duration("P1D") / duration("PT1H") => 24
    duration("P1D") / 0 => null
    2 * duration("P1D") => @"P2D"
    2 / duration("P1D") => null
    time("10:00:00") + duration("PT15H") => @"01:00:00"
    time("10:00:00") + duration("P1Y") => null
    time("10:00:00") - time("09:00:00") => @"PT1H"
    time("10:00:00Z") - time("09:00:00") => null
    date("2020-01-01") + duration("PT36H") => @"2020-01-02"
    date("2020-01-31") + duration("P1M") => @"2020-02-29"
    date("2020-01-01") + 1 => null
    date("2020-03-01") - date("2020-02-01") => @"P29D"
    date and time("2019-03-31T01:30:00@Europe/Paris") + duration("PT1H") => @"2019-03-31T03:30:00@Europe/Paris"
    modulo(-10, 4) => 2
    modulo(10.1, -4.5) => -3.4
    modulo(1, 0) => null
    even(1.5) => false
    odd(-3) => true
    sqrt(-1) => null
    log(0) => null
    decimal(2.5, 0) => 2
    round half up(-2.5, 0) => -3
    round half down(-2.5, 0) => -2
    round half up(5.5) => null
    round half up(5.5, 6177) => null
    round half up(5.5, -6112) => null
    floor(-1.56, 1) => -1.6
    ceiling(1.56, 1) => 1.6
    floor(null) => null
    abs(duration("-P1Y")) => @"P1Y"
"""
NUMBERS_AND_TEXTS = r"""
    number("1,000.5", ",", ".") => 1000.5
    number("1 000,5", " ", ",") => 1000.5
    number("1000", null, null) => 1000
    number("1", ",", ",") => null
    number("1", "a", ".") => null
    number(" 1 ") => null
    number("") => null
    number(1) => null
    string(null) => null
    string(1.10) => "1.10"
    string(1e3) => "1000"
    string([1, "a"]) => "[1, \"a\"]"
    string({a: "b"}) => "{a: \"b\"}"
    string(["a\"b"]) => "[\"a\\\"b\"]"
    string(time("10:00:00+00:00")) => "10:00:00Z"
    string(duration("P0D")) => "PT0S"
    string(duration("P0Y")) => "P0M"
    string(duration("PT36H")) => "P1DT12H"
    string(duration("-PT1H0M")) => "-PT1H"
    string(date(-2017, 8, 30)) => "-2017-08-30"
    substring("foobar", 3) => "obar"
    substring("foobar", -2, 1) => "a"
    substring("foobar", 0) => null
    substring("foobar", 8) => null
    substring("foobar", 3, 0) => null
    substring("\U01F40Eab", 2) => "ab"
    string length("\uD83D\uDC0Eab") => 3
    substring before("foobar", "xyz") => ""
    substring after("foobar", "") => "foobar"
    contains("foobar", "") => true
    contains(null, "a") => null
    lower case(["ABC"]) => "abc"
    split("", "a") => [""]
    split("a;b;;", ";") => ["a", "b", "", ""]
    split("a", "(") => null
    string join(["a", null, "c"], "-") => "a-c"
    string join(["a", 1]) => null
    string join([]) => ""
"""
LISTS = r"""
    [1, 2, 3][-1] => 3
    [1, 2, 3][0] => null
    [1, 2, 3][4] => null
    [1, 2, 3][true] => [1, 2, 3]
    [1, 2, 3][null] => []
    [1, 2, 3][item > 1] => [2, 3]
    1[1] => 1
    1[2] => null
    1[item = 1] => [1]
    null[1] => null
    null[true] => []
    [[1, 2], [3]][1][2] => 2
    [{x: 1, y: 2}, {y: 3}][x < 2].y => [2]
    [{item: 1, a: 2}][item = 1].a => [2]
    for i in 3..1 return i => [3, 2, 1]
    for i in -1..1 return i => [-1, 0, 1]
    for i in (1..3] return i => [2, 3]
    for i in 1.5..3 return i => null
    for i in 1 return i => [1]
    for i in null return i => null
    for i in date("2020-01-01")..date("2020-01-02") return i => [@"2020-01-01", @"2020-01-02"]
    for i in [1, 2], j in [i, i + 1] return i * j => [1, 2, 4, 6]
    count(null) => null
    count([null]) => 1
    count(1, 2, 3) => null
    min([]) => null
    min([1, null]) => null
    min("b", "a") => "a"
    sum([]) => null
    sum([1, null]) => null
    mean([]) => null
    median([]) => null
    mode([]) => []
    mode([6, 1, 9, 6, 1]) => [1, 6]
    stddev([47]) => null
    product([]) => null
    sublist([1, 2, 3], -2) => [2, 3]
    sublist([1, 2, 3], 0) => null
    sublist([1, 2, 3], 1, 5) => null
    append([1], null) => [1, null]
    append(null, 1) => null
    append(1, 2) => [1, 2]
    concatenate([1], null) => null
    concatenate([1, 2], 3) => [1, 2, 3]
    insert before([1, 2], 3, 3) => null
    insert before([1, 2], -1, 3) => [1, 3, 2]
    remove([1], 2) => null
    list replace([1, 2, 3], -1, 5) => [1, 2, 5]
    list replace([1, 2, 3], 0, 5) => null
    list replace([1, 2, 3], function(item) true, 5) => null
    list replace([1, 2, 3], function(item, newItem) "a", 5) => null
    index of([1, 2, null, 2], null) => [3]
    union([1], [2, 1], [null]) => [1, 2, null]
    distinct values([1, 2, null, null, "a", 1.0]) => [1, 2, null, "a"]
    flatten([[1, [2, null]], 3]) => [1, 2, null, 3]
    sort([1, null, 2]) => null
    sort([2, 1], function(a) a) => null
    list contains([[1]], [1]) => true
    list contains(null, null) => null
"""
CONTEXTS = r"""
    {a: 1, b: a + 1}.b => 2
    {a: c, c: 1}.a => null
    {"": 1} => {"": 1}
    {foo+bar: 10, r: foo+bar}.r => 10
    {a: null}.a => null
    null.a => null
    [{a: 1}, {b: 2}].a => [1, null]
    get value({a: 1}, "b") => null
    get value(null, "a") => null
    get entries({}) => []
    get entries([]) => null
    context([{key: "a", value: 1}, {key: "a", value: 2}]) => null
    context([{key: "a"}]) => null
    context put({x: 1}, "x", 2) => {x: 2}
    context put({x: 1}, ["y"], 2) => {x: 1, y: 2}
    context put({x: 1, y: {a: 0}}, ["y", "a"], 2) => {x: 1, y: {a: 2}}
    context put({x: 1, y: 3}, ["y", "a"], 2) => null
    context put({x: 1}, [], 2) => null
    context put(null, "a", 2) => null
    context merge([{x: 1}, null]) => null
    context merge({x: 1}) => {x: 1}
"""
DATES_AND_TIMES = r"""
    date("2017-02-30") => null
    date("998-12-31") => null
    date("+2012-12-02") => null
    date("2012-12-25T11:00:00") => null
    date("999999999-12-31").year => 999999999
    date("-2017-08-30").year => -2017
    date(year: 2017, month: 8, day: 30) => @"2017-08-30"
    date(2017, 8.5, 1) => null
    date(null) => null
    date(["2012-12-24"]) => @"2012-12-24"
    time("24:00:00") => null
    time("23:59:60") => null
    time("10:15") => null
    time("T10:15:00") => null
    time("13:20:00+19:00") => null
    time("11:00:00+01:00:30").time offset => @"PT1H30S"
    time(10, 15, 0.5) => @"10:15:00.5"
    time(10, 15, 0, duration("-PT1H")) => @"10:15:00-01:00"
    time(date("2012-12-24")) => @"00:00:00Z"
    date and time("2012-12-24") => @"2012-12-24T00:00:00"
    date and time("2012-12-24T23:59") => null
    date and time("2012-12-24T10:15:00@xyz/abc") => null
    date and time("2012-12-24T10:15:00+02:00@Europe/Paris") => null
    date and time(date("2012-12-24"), null) => null
    duration("P1Y2M3D") => null
    duration("PT") => null
    duration("P1DT") => null
    duration("+P1D") => null
    duration("P1W") => null
    duration("PT1.5S").seconds => 1
    duration("P14M").months => 2
    duration("-P1DT2H").days => -1
    duration("P1Y").days => null
    @"foo" => null
    @"2019-13-01" => null
    date("2019-03-31").weekday => 7
    date("2019-03-31").hour => null
    time("10:00:00@Europe/Paris").timezone => "Europe/Paris"
    time("10:00:00@Europe/Paris").time offset => null
    date and time("2019-07-01T00:00:00@Europe/Paris").time offset => @"PT2H"
    years and months duration(date("2011-12-31"), date("2012-02-29")) => @"P1M"
    years and months duration(date("2013-08-24"), date("2011-12-22")) => @"-P1Y8M"
    week of year(date(2005, 1, 1)) => 53
    day of year(date("2019-09-17")) => 260
    day of week("2019-09-17") => null
"""
RANGES = r"""
    [1..2].start included => true
    (1..2).end included => false
    (<5).start => null
    (>=5).end included => false
    [2..1] => null
    [null..1] => null
    range("[18..21)") = [18..21) => true
    range("]18..21[") = (18..21) => true
    range("(..21]") = (<= 21) => true
    range("[..21]") => null
    range("(..)") => null
    range("[2..1]") => null
    range("[18+1..21]") => null
    range("[@\"2020-01-01\"..date(\"2020-01-02\")]").end => @"2020-01-02"
    before([1..10), 10) => true
    before(1, "a") => null
    before(1, null) => null
    after([11..20], [1..11)) => true
    meets([1..5], [5..8]) => true
    overlaps([1..5], [3..8]) => true
    overlaps([1..2], 3) => null
    overlaps before([1..5), [1..5]) => false
    finishes([5..10], [1..10]) => true
    includes([1..10], [1..10]) => true
    during((1..10), [1..10]) => true
    starts([1..5], [1..10]) => true
    coincides(5, 5) => true
"""
TYPES = r"""
    null instance of Null => true
    null instance of Any => false
    [] instance of list<number> => true
    [1, "a"] instance of list<number> => false
    {a: 1, b: 2} instance of context<a: number> => true
    {} instance of context<a: number> => false
    [1..2] instance of range<number> => true
    (function(a: number) a) instance of function<number> -> Any => true
    duration("P1Y") instance of days and time duration => false
    date("2020-01-01") instance of date and time => false
    (function(a: string) a)(["x"]) => "x"
    (function(a: number) a)("x") => null
    (function(a: list<number>) a)(1) => [1]
    (function(a: date and time) a)(date("2020-01-01")) => @"2020-01-01T00:00:00Z"
    (function(a, b) a)(1) => null
    (function(a, b) a - b)(b: 1, a: 5) => 4
    (function(a) a)(c: 1) => null
"""

FAMILIES = [EQUALITY, ORDER, LOGIC, ARITHMETIC, NUMBERS_AND_TEXTS, LISTS, CONTEXTS, DATES_AND_TIMES, RANGES, TYPES]
CASES = [line.split(" => ") for family in FAMILIES for line in family.strip().splitlines()]


@pytest.mark.parametrize(("text", "value"), CASES, ids=[text.strip() for text, _ in CASES])
def test_an_expression_has_the_value_that_the_standard_says(text, value):
    expected = feel.compile_expression(value).evaluate({})

    result = feel.compile_expression(text).evaluate({})

    assert result == expected
    assert type(result) is type(expected)
