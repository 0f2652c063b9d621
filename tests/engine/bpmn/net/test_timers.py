from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine import feel
from engine.bpmn.net import ElementFailed, timers
from engine.bpmn.net.work import Formula, Timer

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text, zone="Asia/Shanghai"):
    return feel.Environment(now=datetime.fromisoformat(text).astimezone(UTC), zone=ZoneInfo(zone))


def due(text, environment, kind="date"):
    return timers.schedule(Timer(kind, Formula(text, literal=True)), text, environment).due


@pytest.mark.parametrize(
    ("now", "duration", "then"),
    [
        ("2026-01-31T09:00+08:00", "P1M", "2026-02-28T09:00+08:00"),
        ("2028-01-31T09:00+08:00", "P1M", "2028-02-29T09:00+08:00"),
        ("2024-02-29T09:00+08:00", "P1Y", "2025-02-28T09:00+08:00"),
        ("2026-11-30T09:00+08:00", "P3M", "2027-02-28T09:00+08:00"),
        ("2026-01-01T09:00+08:00", "P1Y2M3W4DT5H6M7.5S", "2027-03-26T14:06:07.5+08:00"),
        ("2026-01-01T09:00+08:00", "-PT1H", "2026-01-01T08:00+08:00"),
        ("2026-01-01T09:00+08:00", "PT0S", "2026-01-01T09:00+08:00"),
        ("2026-01-01T09:00+08:00", "PT0.5H", "2026-01-01T09:30+08:00"),
        ("2026-01-01T09:00+08:00", "PT1H1.5M", "2026-01-01T10:01:30+08:00"),
        ("2026-03-31T09:00+08:00", "-P1M", "2026-02-28T09:00+08:00"),
    ],
)
def test_a_duration_counts_months_and_days_on_the_calendar(now, duration, then):
    assert due(duration, at(now), "duration") == datetime.fromisoformat(then)


@pytest.mark.parametrize(("duration", "then"), [("P1D", "2026-03-29T12:00+02:00"), ("PT24H", "2026-03-29T13:00+02:00")])
def test_a_day_keeps_the_wall_clock_where_clocks_change_and_hours_do_not(duration, then):
    assert due(duration, at("2026-03-28T12:00+01:00", "Europe/Berlin"), "duration") == datetime.fromisoformat(then)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2026-01-31", "2026-02-01T00:00+08:00"),
        ("2026-01-31T18:00:00", "2026-01-31T18:00+08:00"),
        ("2026-01-31T18:00:00Z", "2026-01-31T18:00+00:00"),
        ("2026-01-31T18:00:00+01:00[Europe/Berlin]", "2026-01-31T18:00+01:00"),
        ("P1D", "2026-01-02T09:00+08:00"),
    ],
)
def test_a_date_means_the_end_of_that_day_and_a_time_without_offset_is_local(text, then):
    assert due(text, at("2026-01-01T09:00+08:00")) == datetime.fromisoformat(then)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1H", "1 day", "2026-13-01", "2026-01-01T25:00", "P1.5M", "PT1.5H30M", "R3/PT1H"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="ISO 8601"):
        due(text, at("2026-01-01T09:00+08:00"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("P99999999999999D", "duration"),
        ("PT99999999999999999H", "duration"),
        ("P9000Y", "duration"),
        ("-P9000Y", "duration"),
        (f"P{'9' * 5000}Y", "duration"),
        ("9999-12-31", "date"),
        ("0001-01-01T00:00:00+14:00", "date"),
        ("R/P99999999D", "cycle"),
        ("R/0001-01-01T00:00:00+14:00/P1M", "cycle"),
    ],
)
def test_what_no_calendar_has_is_refused_before_it_runs_and_when_it_does(text, kind):
    with pytest.raises(ValueError, match="leads out of the years 1 to 9999"):
        due(text, at("2026-01-01T09:00+08:00"), kind)
    with pytest.raises(ValueError, match="leads out of the years 1 to 9999"):
        timers.check_literal(Timer(kind, Formula(text, literal=True)))


@pytest.mark.parametrize("text", ["R/P5000Y", "R/2026-01-02T00:00:00Z/P99999999999999D"])
def test_a_cycle_whose_next_time_no_calendar_has_is_over(text):
    first = timers.schedule(Timer("cycle", Formula(text, literal=True)), text, at("2026-01-01T09:00+08:00"))

    assert first.following(at("7026-01-01T09:00+08:00")) is None


@pytest.mark.parametrize(
    "text",
    [
        "R3",
        "PT1H",
        "R3/",
        "R0/PT1H",
        "R/PT0S",
        "0 0 9 * * *",
        "R3/-PT1H",
        "R-2/PT1H",
        "R3/PT1H/2025-01-01",
        "R/2026-01-02T00:00:00Z/2026-01-01T00:00:00Z",
        "R/2026-01-01/2026-01-01",
    ],
)
def test_what_is_no_cycle_is_refused(text):
    with pytest.raises(ValueError, match=r"ISO 8601|without an interval|never fires|is over"):
        due(text, at("2026-01-01T09:00+08:00"), "cycle")


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2026-03-29T02:30:00", "2026-03-29T03:30+02:00"),
        ("2026-10-25T02:30:00", "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T02:30+01:00"),
        ("2026-03-29", "2026-03-30T00:00+02:00"),
        ("2026-10-25", "2026-10-26T00:00+01:00"),
    ],
)
def test_an_hour_that_is_left_out_comes_later_and_of_a_doubled_one_the_first_counts(text, then):
    assert due(text, at("2026-01-01T09:00+01:00", "Europe/Berlin")) == datetime.fromisoformat(then)


@pytest.mark.parametrize(
    ("now", "duration", "then"),
    [
        ("2026-03-28T02:30+01:00", "P1D", "2026-03-29T03:30+02:00"),
        ("2026-10-24T02:30+02:00", "P1D", "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:30+01:00", "PT1H", "2026-10-25T03:30+01:00"),
        ("2026-10-25T02:30+02:00", "PT1H", "2026-10-25T02:30+01:00"),
        ("2026-10-25T02:30+01:00", "P1D", "2026-10-26T02:30+01:00"),
    ],
)
def test_a_duration_over_a_change_of_clocks_is_exact(now, duration, then):
    assert due(duration, at(now, "Europe/Berlin"), "duration") == datetime.fromisoformat(then)


def rounds(text, environment, count):
    schedule = timers.schedule(Timer("cycle", Formula(text, literal=True)), text, environment)
    found = []
    while schedule and len(found) < count:
        schedule = timers.Schedule.of_cells(schedule.cells())
        found.append(schedule.due.astimezone(environment.zone).isoformat())
        schedule = schedule.following(feel.Environment(now=schedule.due, zone=environment.zone))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R-1/PT1H", ["10", "11", "12", "13"]),
        ("R2/PT1H", ["10", "11"]),
        ("R/PT1H/2026-01-01T12:30:00", ["10", "11", "12"]),
        ("R5/2026-01-01T08:00:00/PT2H/2026-01-01T12:00:00", ["08", "10", "12"]),
        ("R3/2026-01-01T06:00:00/2026-01-01T07:00:00", ["06", "07", "08"]),
    ],
)
def test_a_cycle_may_be_limited_by_number_or_by_an_end(text, expected):
    found = rounds(text, at("2026-01-01T09:00+08:00"), 4)

    assert [time[11:13] for time in found] == expected


def test_a_cycle_of_days_keeps_the_wall_clock_where_clocks_change():
    found = rounds("R/P1D", at("2026-03-27T02:30+01:00", "Europe/Berlin"), 3)

    assert found == ["2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]


def test_a_cycle_comes_as_often_as_it_says_and_month_ends_stay_month_ends():
    assert rounds("R3/P1M", at("2026-01-31T09:00+08:00"), 9) == [
        "2026-02-28T09:00:00+08:00",
        "2026-03-31T09:00:00+08:00",
        "2026-04-30T09:00:00+08:00",
    ]


def test_a_cycle_may_have_a_start_which_is_its_first_time():
    found = rounds("R/2026-02-01T00:00:00/P7D", at("2026-01-01T09:00+08:00"), 3)

    assert found == ["2026-02-01T00:00:00+08:00", "2026-02-08T00:00:00+08:00", "2026-02-15T00:00:00+08:00"]


def test_periods_missed_while_nobody_looked_are_left_out():
    schedule = timers.schedule(
        Timer("cycle", Formula("R3/PT1H", literal=True)), "R3/PT1H", at("2026-01-01T00:00+08:00")
    )

    later = schedule.following(at("2026-01-01T05:30+08:00"))

    assert later is not None
    assert later.due == datetime.fromisoformat("2026-01-01T06:00+08:00")
    assert later.number == 2


REMINDED = """
    start s
    user u
    boundary b beside u: cycle R2/PT1H
    script k: let n = n + 1
    s > u
    b > k
"""


def test_a_cycle_on_a_task_arms_itself_again_until_it_is_done(play):
    world = play(REMINDED, n=0)
    first = world.effect("b")

    world.at(first.due)
    world.happen("b")
    second = world.effect("b")
    world.at(second.due)
    world.happen("b")

    assert second.due - first.due == timedelta(hours=1)
    assert (first.number, second.number) == (1, 2)
    assert world.listening == []
    assert world.variables["n"] == 2


def test_a_cycle_without_end_leaves_the_state_as_large_as_it_is(play):
    world = play(REMINDED.replace("R2", "R"), n=0)
    sizes = []

    for _ in range(120):
        world.at(world.effect("b").due)
        world.happen("b")
        sizes.append(len(world.execution.dump()))

    assert world.variables["n"] == 120
    assert max(sizes[99:]) == min(sizes[99:])


@pytest.mark.parametrize(
    "timer",
    [
        'date =date("2026-02-05")',
        "date =day",
        'date =date and time("2026-02-06T00:00:00@Asia/Shanghai")',
        'duration =duration("P5DT15H")',
        'duration ="P5DT15H"',
        'duration "P5DT" + string(10 + 5) + "H"',
        'date date and time("2026-02-06T00:00:00@Asia/Shanghai")',
    ],
)
def test_a_timer_may_be_any_feel_expression_that_tells_a_time(play, timer):
    world = play(f"start s\ncatch c: {timer}\ns > c", day="2026-02-05")

    assert world.effect("c").due == datetime.fromisoformat("2026-02-06T00:00+08:00")


@pytest.mark.parametrize("timer", ["date =1", "duration =missing", 'cycle ="every day"', 'duration ="P999999Y"'])
def test_an_expression_that_tells_no_time_fails(play, timer):
    with pytest.raises(ElementFailed, match="c: its timer cannot be armed"):
        play(f"start s\ncatch c: {timer}\ns > c")


def test_an_end_of_day_is_the_next_midnight_of_the_zone():
    assert timers.end_of(date(2026, 12, 31), at("2026-01-01T00:00+08:00")).isoformat() == "2026-12-31T16:00:00+00:00"
