import pytest

from engine.bpmn.net.effects import ErrorUncaught, EscalationUncaught

AROUND = """
start s
sub sp
    start ss
    user u
    user v
    end se
    ss > u > v > se
    react r
        start rs: {event}
        user h
        end re
        rs > h > re
user after
end e
s > sp > after > e
"""


@pytest.mark.parametrize("event", ["message stop key =1", "signal stop", "duration P1D"])
def test_one_that_interrupts_ends_what_runs_in_its_scope(play, event):
    world = play(AROUND.format(event=event))

    world.happen("rs")

    assert world.waiting == ["h"]
    assert world.listening == []
    world.do("h")
    assert world.waiting == ["after"]


@pytest.mark.parametrize("event", ["message stop", "signal stop"])
def test_one_that_does_not_interrupt_plays_beside_as_often_as_it_happens(play, event):
    world = play(AROUND.format(event=event + "; alongside"))

    world.happen("rs")
    world.happen("rs")

    assert world.waiting == ["h", "h", "u"]
    assert world.listening == ["rs"]
    for element in ("u", "v", "h"):
        world.do(element)
    assert world.waiting == ["h"]
    world.do("h")
    assert world.waiting == ["after"]
    assert world.listening == []


def test_its_events_end_with_their_scope(play):
    world = play(AROUND.format(event="duration P1D; alongside"))

    world.do("u")
    world.do("v")

    assert (world.waiting, world.listening) == (["after"], [])


def test_what_an_event_brings_is_seen_inside_and_its_own_scope_stays_inside(play):
    world = play(
        """
        start s
        sub sp: in local = 1
            start ss
            user u
            ss > u
            react r
                start rs: message stop; out own = word
                script k: let local = local + 1
                user h
                rs > k > h
        s > sp
        """
    )

    world.happen("rs", word="now")

    assert world.sees("h")["local"] == 2
    world.do("h")
    assert world.variables == {"own": "now"}


def test_the_process_itself_can_react(play):
    world = play(
        """
        start s
        user u
        end e
        s > u > e
        react r
            start rs: message more; alongside
            user h
            rs > h
        """
    )

    world.happen("rs", x=1)

    assert world.waiting == ["h", "u"]
    world.do("u")
    assert world.state == "active"
    world.do("h")
    assert world.state == "completed"
    assert world.variables == {"x": 1}


def test_an_error_is_caught_inside_before_it_is_caught_on_the_border(play):
    world = play(
        """
        start s
        sub sp
            start ss
            user u
            end oops: error E1
            ss > u > oops
            react r
                start rs: error E1
                user h
                rs > h
        boundary b on sp: error E1
        user outside
        end e
        s > sp > e
        b > outside
        """
    )

    world.do("u")

    assert world.waiting == ["h"]
    world.do("h")
    assert world.state == "completed"


def test_an_error_in_an_event_subprocess_is_none_of_its_own(play):
    world = play(
        """
        start s
        user u
        s > u
        react r
            start rs: error
            user h
            end again: error E2
            rs > h > again
        """
    )

    assert world.fail("u", "E1", why="x")
    assert world.waiting == ["h"]
    world.do("h")

    assert [type(effect) for effect in world.thrown] == [ErrorUncaught]
    assert world.state == "terminated"


def test_an_error_of_the_world_reaches_the_process(play):
    world = play("start s\nuser u\ns > u\nreact r\n  start rs: error E1\n  user h\n  rs > h")

    assert not world.fail("u", "E2")
    assert world.fail("u", "E1")

    assert world.waiting == ["h"]


def test_an_escalation_that_does_not_interrupt_lets_its_thrower_go_on(play):
    world = play(
        """
        start s
        throw t: escalation late
        throw other: escalation unknown
        user u
        s > t > other > u
        react r
            start rs: escalation late; alongside
            throw again: escalation late
            user h
            rs > again > h
        """
    )

    assert world.waiting == ["h", "u"]
    assert [(type(e), e.code) for e in world.thrown] == [(EscalationUncaught, "unknown"), (EscalationUncaught, "late")]


def test_a_timer_that_repeats_reacts_again(play):
    world = play(AROUND.format(event="cycle R2/P1D; alongside"))

    world.happen("rs")
    world.happen("rs")

    assert world.listening == []
    assert world.waiting == ["h", "h", "u"]


def test_event_subprocesses_may_stand_in_event_subprocesses(play):
    world = play(
        """
        start s
        user u
        s > u
        react r
            start rs: message a
            user h
            rs > h
            react rr
                start rrs: message b
                user hh
                rrs > hh
        """
    )

    world.happen("rs")
    world.happen("rrs")

    assert world.waiting == ["hh"]
    world.do("hh")
    assert world.state == "completed"


def test_each_instance_of_a_subprocess_reacts_by_itself(play):
    world = play(
        """
        start s
        sub sp: each-of =[1, 2]; item i
            start ss
            user u
            ss > u
            react r
                start rs: message stop key =i
                user h
                rs > h
        s > sp
        """
    )

    world.happen("rs", {"i": 2})

    assert world.waiting == ["h", "u"]
    world.do("h")
    world.do("u")
    assert world.state == "completed"
