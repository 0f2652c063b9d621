import pytest


def test_any_of_several_events_is_enough(play):
    for event in ("c/1", "c/2"):
        world = play("start s\ncatch c: message go; duration P1D\nuser u\ns > c > u")
        assert world.listening == ["c/1", "c/2"]

        world.happen(event)

        assert (world.waiting, world.listening) == (["u"], [])
        assert "+c" in world.trace
        assert not any("/" in step for step in world.trace)


@pytest.mark.parametrize("order", [("c/1", "c/2"), ("c/2", "c/1")])
def test_all_of_several_events_may_be_needed(play, order):
    world = play("start s\ncatch c: message go; signal come; all\nuser u\ns > c > u")

    world.happen(order[0], x=1)
    assert (world.waiting, world.listening) == ([], [order[1]])
    world.happen(order[1], y=2)

    assert (world.waiting, world.listening) == (["u"], [])
    assert world.variables == {"x": 1, "y": 2}


def test_on_a_border_any_of_them_interrupts(play):
    world = play("start s\nuser u\nboundary b on u: message stop; error\nuser z\ns > u\nb > z")

    assert world.fail("u", "E")

    assert (world.waiting, world.listening) == (["z"], [])


def test_beside_an_activity_all_of_them_are_awaited_again(play):
    world = play("start s\nuser u\nboundary b beside u: message one; message two; all\nuser z\ns > u\nb > z")

    for event in ("b/1", "b/2", "b/2", "b/1"):
        world.happen(event)

    assert world.waiting == ["u", "z", "z"]
    assert world.listening == ["b/1", "b/2"]


def test_a_process_may_start_by_any_of_several_messages(play):
    world = play("start s: message one; message two\nuser u\ns > u", start="s/2", x=1)

    assert [node.id for node in world.net.triggers] == ["s/1", "s/2"]
    assert world.trace == ["+p", "+s", "cs", "+u"]


def test_an_event_subprocess_may_start_by_any_of_several_events(play):
    world = play(
        "start s\nuser u\ns > u\nreact r\n  start rs: message one; escalation late; alongside\n  user h\n  rs > h"
    )

    world.happen("rs/1")

    assert world.waiting == ["h", "u"]


def test_several_events_can_be_thrown_at_once(play):
    world = play("start s\nthrow t: message one; signal two\nuser u\ns > t > u")

    assert [type(effect).__name__ for effect in world.thrown] == ["MessageThrown", "SignalThrown"]
