import pytest

from engine.errors import Invalid


def test_without_start_events_everything_begins_that_nothing_leads_to(play):
    world = play("user u\nuser v\nparallel j\nend e\nu > j\nv > j\nj > e", x=1)
    assert world.waiting == ["u", "v"]

    world.do("u")
    world.do("v")

    assert (world.state, world.variables) == ("completed", {"x": 1})


def test_a_subprocess_without_start_events_begins_so_too(play):
    world = play("start s\nsub b\n  user u\n  user v\n  react r\n    start rs: message stop\nend e\ns > b > e")
    assert (world.waiting, world.listening) == (["u", "v"], ["rs"])

    world.do("v")
    world.do("u")

    assert world.state == "completed"


def test_a_subprocess_with_nothing_in_it_passes(play):
    world = play("start s\nsub b\nuser u\ns > b > u")

    assert world.waiting == ["u"]


RECEIVED = "receive r: message order; instantiates\nuser u\nr > u\nstart s\nuser v\ns > v"


def test_a_receive_task_may_start_a_process(play):
    world = play(RECEIVED, start="r", x=1)

    assert [node.id for node in world.net.triggers] == ["r"]
    assert world.trace == ["+p", "+r", "cr", "+u"]
    assert world.variables == {"x": 1}


def test_by_hand_such_a_process_begins_at_its_start_event(play):
    world = play(RECEIVED)

    assert (world.waiting, world.listening) == (["v"], [])


def test_a_process_that_only_events_start_does_not_start_by_hand(play):
    with pytest.raises(Invalid, match="no start event without a trigger"):
        play("receive r: message order; instantiates\nuser u\nr > u")
    with pytest.raises(Invalid, match="no start event x"):
        play("start s\nuser u\ns > u", start="x")


GATEWAY = """
    events g: instantiates{also}
    catch a: message one
    receive b: message two
    user u
    user v
    g > a > u
    g > b > v
"""


def test_any_event_after_a_gateway_may_start_a_process(play):
    for event, task in (("a", "u"), ("b", "v")):
        world = play(GATEWAY.format(also=""), start=event, x=1)

        assert [node.id for node in world.net.triggers] == ["a", "b"]
        assert (world.waiting, world.listening) == ([task], [])
        assert world.trace == ["+p", "+g", f"+{event}", "cg", f"c{event}", f"+{task}"]


def test_a_parallel_gateway_awaits_the_other_events_of_the_process_it_starts(play):
    world = play(GATEWAY.format(also="; parallel"), start="b", x=1)
    assert (world.waiting, world.listening) == (["v"], ["a"])

    world.do("v")
    assert world.state == "active"
    world.happen("a")
    world.do("u")

    assert world.state == "completed"


def test_a_process_may_start_by_a_time_a_signal_or_a_condition(play):
    text = "start a: cycle R/P1D\nstart b: signal go\nstart c: condition x > 1\nuser u\na > u\nb > u\nc > u"

    world = play(text, start="c", x=2)

    assert [node.id for node in world.net.triggers] == ["a", "b", "c"]
    assert (world.waiting, world.listening, world.variables) == (["u"], [], {"x": 2})
