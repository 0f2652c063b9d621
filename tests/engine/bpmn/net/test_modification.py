"""Tokens put on elements and taken off them from outside."""

import pytest

from engine.bpmn.net.modification import Activation
from engine.errors import Conflict, Invalid

STUCK = "start s\ncatch c: message never key =1\nuser u: out got = got\nend e\ns > c > u > e"


def test_an_event_that_never_comes_is_skipped(play):
    world = play(STUCK)

    world.modify(Activation("u"), end=(world.token("c"),))

    assert (world.waiting, world.listening) == (["u"], [])
    world.do("u", got=1)
    assert world.state == "completed"


def test_a_step_is_repeated_beside_what_goes_on(play):
    world = play("start s\nuser a\nuser b\nend e\ns > a > b > e")
    world.do("a")

    world.modify(Activation("a"))

    assert world.waiting == ["a", "b"]


def test_an_instance_with_nothing_left_is_terminated(play):
    world = play("start s\nsub q\n  start t\n  user u\n  t > u\nend e\ns > q > e")

    world.modify(end=(world.token("u"),))

    assert world.state == "terminated"
    assert world.trace[-3:] == ["tu", "tq", "tp"]


INSIDE = """
start s
user u
sub q: in x = 1
  react r
    start rs: alongside; signal heard
    user w
    rs > w
  start t
  user a
  user b
  t > a > b
boundary late on q: duration PT1H
end e
end f
s > u > q > e
late > f
"""


def test_what_is_around_an_element_is_opened_without_its_start_and_inputs(play):
    world = play(INSIDE)

    world.modify(Activation("b", variables={"q": {"y": 2}, "b": {"z": 3}}), end=(world.token("u"),))

    assert world.waiting == ["b"]
    assert world.listening == ["late", "rs"]
    assert world.sees("b") == {"y": 2, "z": 3}
    world.do("b")
    assert world.state == "completed"


def test_what_is_around_an_element_already_is_taken(play):
    world = play(INSIDE)
    world.do("u")

    world.modify(Activation("b", variables={"q": {"x": 7}}))

    assert world.waiting == ["a", "b"]
    assert world.sees("a") == {"x": 7}


def test_a_second_subprocess_is_opened_in_a_chosen_ancestor(play):
    world = play(INSIDE)
    world.do("u")

    world.modify(Activation("b", ancestor=world.token("p")))

    assert len(world.execution.find("q")) == 2
    with pytest.raises(Invalid, match="there are 2 of q and none is chosen"):
        world.modify(Activation("a"))


MANY = """
start s
sub q: each-of =items; item one
  start t
  user a
  user b
  t > a > b
end e
s > q > e
"""


def test_one_of_several_instances_is_chosen_for_what_is_put_into_it(play):
    world = play(MANY, items=["x", "y"])
    second = next(token for token, _ in world.execution.around(world.effect("a", one="y").token))

    with pytest.raises(Invalid, match="there are 2 of q"):
        world.modify(Activation("b"))
    with pytest.raises(Invalid, match="nothing that it can be put into"):
        world.modify(Activation("b", ancestor=world.token("q")))
    world.modify(Activation("b", ancestor=second, variables={"q": {"one": "z"}}))

    assert world.sees("b")["one"] == "z"
    assert world.sees("a", one="x")["one"] == "x"


def test_an_activity_that_is_done_several_times_is_put_in_whole_but_not_in_part(play):
    world = play(MANY.replace("s > q", "user first\ns > first > q"), items=["x", "y"])

    with pytest.raises(Invalid, match="done several times and has not begun"):
        world.modify(Activation("b"))
    world.modify(Activation("q", variables={"q": {"note": 1}}), end=(world.token("first"),))

    assert world.waiting == ["a", "a"]
    assert world.sees("a")["note"] == 1


def test_the_others_go_on_when_one_of_several_is_ended(play):
    text = "start s\nuser m: each-of =items; item one; list got; answer =r; out r = r\nend e\ns > m > e"
    world = play(text, items=["x", "y", "z"])
    world.do("m", {"one": "x"}, r=1)

    world.modify(end=(world.effect("m", one="y").token,))
    world.do("m", {"one": "z"}, r=3)

    assert world.state == "completed"
    assert world.variables["got"] == [1, None, 3]


def test_counters_tell_of_the_ended_ones(play):
    text = "start s\nuser m: times 4; until numberOfTerminatedInstances = 1 and numberOfActiveInstances = 2\nend e"
    world = play(f"{text}\ns > m > e")
    token = world.effect("m").token

    world.modify(end=(token,))
    world.do("m")

    assert world.state == "completed"


def test_an_ad_hoc_subprocess_goes_on_to_the_next_when_one_is_ended(play):
    world = play("start s\nadhoc h: in-order\n  user a\n  user b\nend e\ns > h > e")

    world.modify(end=(world.token("a"),))

    assert world.waiting == ["b"]


def test_undoing_goes_on_when_a_handler_is_ended(play):
    text = "start s\nuser a\nuser b\nboundary x on a: compensate h\nboundary y on b: compensate i\n"
    text += "user h: handler\nuser i: handler\nthrow t: compensate\nend e\ns > a > b > t > e"
    world = play(text)
    world.do("a")
    world.do("b")

    world.modify(end=(world.token("i"),))

    assert world.waiting == ["h"]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ("nowhere", "there is no such element"),
        ("s", "an event that begins something"),
        ("late", "is on a border"),
        ("first", "the event-based gateway before it awaits it"),
        ("w", "which begins with its event"),
        ("r", "it begins with its event"),
    ],
)
def test_no_token_is_put_where_none_can_begin(play, element, reason):
    world = play(
        f"{INSIDE}\nevents g\ncatch first: signal one\ncatch second: signal two\ns > g > first > e\ng > second > e"
    )

    with pytest.raises(Invalid, match=reason):
        world.modify(Activation(element))


def test_variables_are_set_only_around_the_element(play):
    world = play(INSIDE)

    with pytest.raises(Invalid, match="a, where variables are to be set, is not around it"):
        world.modify(Activation("b", variables={"a": {"x": 1}}))


def test_a_join_is_not_left_waiting_for_ever(play):
    world = play("start s\nparallel f\nuser a\nuser b\nparallel j\nend e\ns > f > a > j > e\nf > b > j")
    world.do("a")

    with pytest.raises(Conflict, match="j would wait for ever"):
        world.modify(end=(world.token("b"),))


def test_what_is_not_there_is_not_ended(play):
    world = play(STUCK)

    with pytest.raises(Conflict, match="no longer there"):
        world.modify(end=(99,))


def test_variables_are_set_at_an_element_alone_or_where_they_are_defined(play):
    world = play("start s\nuser u\nboundary b beside u: condition x = 5\nuser v\nend e\ns > u > e\nb > v", x=1)

    world.execution.set_variables(world.token("u"), {"x": 2, "y": 3}, local=True)
    local = world.variables, world.sees("u")
    world.execution.set_variables(None, {"x": 5})
    world._go()

    assert local == ({"x": 1}, {"x": 2, "y": 3})
    assert world.variables == {"x": 5}
