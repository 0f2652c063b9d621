from datetime import timedelta

import pytest

from engine.bpmn.net import ElementFailed
from engine.bpmn.net import effects as told
from engine.errors import Conflict, Invalid, NotFound

INTERRUPTING = pytest.mark.parametrize(("on", "goes_on"), [("on", False), ("beside", True)])


def watched(activity, on):
    return f"""
    start s
    {activity}
    boundary b {on} u: duration P1D
    script late: let late = x
    end e2
    user v
    end e
    s > u > v > e
    b > late > e2
    """


@INTERRUPTING
def test_a_timer_on_a_task(play, on, goes_on):
    world = play(watched("user u: in l = 1", on), x=1)

    world.happen("b")

    assert world.variables == {"x": 1, "late": 1}
    assert world.waiting == (["u"] if goes_on else [])
    if goes_on:
        assert world.listening == []
        world.do("u", x=2, l=2)
        world.do("v")
        assert world.variables == {"x": 2, "late": 1}
    assert world.state == "completed"


@INTERRUPTING
def test_a_timer_on_a_subprocess_with_instances_ends_all_inside_it_or_nothing(play, on, goes_on):
    activity = """sub u: each-of =peers; item peer; list answers; answer =ans
        start ss
        user iu
        catch ic: message m1
        end se
        ss > iu > ic > se"""
    world = play(watched(activity, on), x=1, peers=["a", "b", "c"])

    world.do("iu", {"peer": "b"}, ans=2)
    world.happen("b")

    if goes_on:
        world.do("iu", {"peer": "a"}, ans=1)
        world.do("iu", {"peer": "c"}, ans=3)
        for _ in range(3):
            world.happen("ic")
        world.do("v")
        assert world.variables["answers"] == [1, 2, 3]
    else:
        assert "answers" not in world.variables
    assert world.listening == world.waiting == []
    assert world.variables["late"] == 1
    assert world.state == "completed"


def test_a_non_interrupting_message_can_come_again_and_again(play):
    world = play("start s\nuser u\nboundary b beside u: message m\nscript k: let n = n + got\ns > u\nb > k", n=0)

    for got in (1, 2, 3):
        world.happen("b", got=got)

    assert world.variables["n"] == 6
    assert world.waiting == ["u"]
    assert world.listening == ["b"]


def test_what_a_boundary_message_brings_goes_through_its_output_mapping(play):
    world = play("start s\nuser u\nboundary b on u: message m; out kept = pay + 1\nuser v\ns > u\nb > v", x=1)

    world.happen("b", pay=41, junk=0)

    assert world.variables == {"x": 1, "kept": 42}
    assert world.waiting == ["v"]


@pytest.mark.parametrize(("event", "result"), [("cm", "M"), ("c1", "late"), ("c2", "later")])
def test_an_event_based_gateway_takes_the_first_event_and_forgets_the_others(play, event, result):
    world = play(
        """
        start s
        events g
        catch cm: message m1
        catch c1: duration PT5H
        catch c2: duration PT1H
        script km: let r = got
        script k1: let r = "late"
        script k2: let r = "later"
        exclusive j
        end e
        s > g > cm > km > j > e
        g > c1 > k1 > j
        g > c2 > k2 > j
        """
    )

    assert world.listening == ["c1", "c2", "cm"]
    assert world.effect("c1").due - world.effect("c2").due == timedelta(hours=4)
    world.happen(event, **({"got": "M"} if event == "cm" else {}))

    assert world.variables["r"] == result
    assert world.state == "completed"
    assert f"c{event}" in world.trace


def test_a_receive_task_and_a_catch_event_wait_for_their_messages_by_name_and_key(play):
    world = play(
        'start s\ncatch c: message ="order-" + kind key =id\nreceive r: message m2 key =y\ns > c > r', kind="a", id=7
    )

    caught = world.effect("c")
    assert (caught.message_name, caught.correlation_key) == ("order-a", "7")
    world.happen("c", y="Y")
    assert world.effect("r").correlation_key == "Y"
    world.happen("r", z=4)

    assert world.variables == {"kind": "a", "id": 7, "y": "Y", "z": 4}


def test_a_message_without_a_key_to_go_by_fails(play):
    with pytest.raises(ElementFailed, match="its correlation key 'id' must be text"):
        play("start s\ncatch c: message m key =id\ns > c")


def test_a_message_in_a_subprocess_sets_what_is_defined_there(play):
    world = play("start s\nsub u: in l = 1\n  start ss\n  catch c: message m1\n  user iu\n  ss > c > iu\ns > u", x=1)

    world.happen("c", l=5, x=6, w=7)

    assert world.sees("iu") == {"l": 5, "x": 6, "w": 7}
    assert world.variables == {"x": 6, "w": 7}


def test_a_thrown_message_carries_only_what_its_mappings_give_it(play):
    world = play(
        """
        start s
        sub u: in secret = 1
            start ss
            throw t1: message plain
            throw t2: message ="m-" + kind key =id; in given = secret + 1
            send t3: message sent
            end t4: message last
            ss > t1 > t2 > t3 > t4
        s > u
        """,
        id="K",
        kind="x",
    )

    told_ = [(effect.message_name, effect.correlation_key, effect.variables) for effect in world.thrown]
    assert told_ == [("plain", "", {}), ("m-x", "K", {"given": 2}), ("sent", "", {}), ("last", "", {})]
    assert world.state == "completed"


def test_signals_are_awaited_and_thrown_by_name(play):
    world = play(
        "start s\nparallel f\ncatch c1: signal sg\ncatch c2: signal sg\n"
        "parallel j\nend e: signal out\ns > f > c1 > j > e\nf > c2 > j"
    )

    world.happen("c1", v=1)
    world.happen("c2", v=2)

    assert world.variables == {"v": 2}
    assert [effect.signal_name for effect in world.thrown] == ["out"]


ENDS_BADLY = """
    start s
    sub u: in l = 1
        start ss
        script k1: let x = 9
        script k2: let l = 9
        end se: error er
        ss > k1 > k2 > se
    {boundaries}
    s > u
"""


@pytest.mark.parametrize(
    ("boundaries", "reached"),
    [
        ("boundary b on u: error er\n user v\n b > v", ["v"]),
        ("boundary b on u: error\n user v\n b > v", ["v"]),
        ("boundary a on u: error\n user w\n a > w\n boundary b on u: error er\n user v\n b > v", ["v"]),
    ],
)
def test_an_error_end_goes_to_the_boundary_event_with_its_code_before_that_for_all(play, boundaries, reached):
    world = play(ENDS_BADLY.format(boundaries=boundaries.replace("\n ", "\n    ")), x=1)

    assert world.waiting == reached
    assert world.variables == {"x": 9}


def test_an_error_nobody_catches_ends_the_instance(play):
    world = play("start s\nparallel f\nuser u\nend e: error er\ns > f > u\nf > e")

    assert world.state == "terminated"
    assert [(type(effect), effect.code) for effect in world.thrown] == [(told.ErrorUncaught, "er")]


def test_an_error_can_be_thrown_at_a_job_by_the_world(play):
    text = "start s\njob j: type work\nboundary b on j: error late\nuser v\ns > j\nb > v"
    world = play(text)

    assert not world.fail("j", "other")
    assert world.waiting == ["j"]
    assert world.fail("j", "late", why="rain")

    assert world.waiting == ["v"]
    assert world.variables == {"why": "rain"}


def test_an_escalation_is_heard_by_the_nearest_who_listens_and_its_thrower_goes_on(play):
    world = play(
        """
        start s
        sub u: in l = 1
            start ss
            throw t: escalation es
            user iu
            ss > t > iu
        boundary b beside u: escalation es
        script h: let h = x
        s > u
        b > h
        """,
        x=1,
    )

    assert world.variables == {"x": 1, "h": 1}
    assert world.waiting == ["iu"]


def test_an_escalation_may_interrupt_and_nobody_need_listen(play):
    text = "start s\nsub u\n  start ss\n  throw t: escalation es\n  user iu\n  ss > t > iu\n{}s > u\n{}"

    interrupted = play(text.format("boundary b on u: escalation es\nuser v\n", "b > v"))
    unheard = play(text.format("", ""))

    assert interrupted.waiting == ["v"]
    assert unheard.waiting == ["iu"]
    assert [type(effect) for effect in unheard.thrown] == [told.EscalationUncaught]


def test_a_terminate_end_ends_what_is_beside_it_and_no_more(play):
    world = play(
        """
        start s
        sub u: in l = 0; out res = l
            start ss
            parallel f
            user u1
            user u2
            end te: terminate
            end se
            ss > f > u1 > te
            f > u2 > se
        user v
        s > u > v
        """
    )

    world.do("u1", l=3)

    assert world.waiting == ["v"]
    assert world.variables == {"res": 3}
    world.do("v")
    assert world.state == "completed"


def test_a_terminated_sibling_does_nothing_more_even_if_it_was_ready(play):
    world = play("start s\nparallel f\nend te: terminate\nscript k: let ran = true\ns > f > te\nf > k")

    assert world.variables == {}
    assert world.state == "completed"


STARTS = 'start s\nstart m: message go\nstart t: cycle R/P1D; out kind = "timer"\nuser u\ns > u\nm > u\nt > u'


def test_an_instance_starts_where_it_is_told_to_with_what_the_event_brought(play):
    assert play(STARTS, x=1).trace[:3] == ["+p", "+s", "cs"]
    assert play(STARTS, start="m", x=1).variables == {"x": 1}
    assert play(STARTS, start="t", x=1).variables == {"kind": "timer"}
    with pytest.raises(Invalid, match="no start event nowhere"):
        play(STARTS, start="nowhere")


def test_cancelling_closes_everything(play):
    world = play(watched("sub u: in l = 1\n      start ss\n      user iu: times 3\n      ss > iu", "on"))

    world.cancel()

    assert world.state == "terminated"
    assert world.trace[-1] == "tp"


def test_what_is_no_longer_open_refuses(play):
    world = play("start s\nuser u\nboundary b on u: message m\ncatch c: message m2\ns > u > c")
    task = world.effect("u").token

    world.do("u")

    with pytest.raises(NotFound, match="it is no longer there"):
        world.execution.complete(task, {})
    with pytest.raises(NotFound):
        world.execution.trigger(task, "b", {})
    with pytest.raises(Conflict, match="waits for no work"):
        world.execution.complete(world.effect("c").token, {})
    with pytest.raises(Conflict, match="is not awaited there"):
        world.execution.trigger(world.effect("c").token, "b", {})
