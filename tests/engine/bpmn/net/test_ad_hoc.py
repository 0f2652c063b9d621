import pytest

from engine.bpmn.net import ElementFailed

INSIDE = """
start s
adhoc ah: {options}
    user a
    user b
    user c
    b > c
user after
s > ah > after
"""


def test_everything_without_a_predecessor_is_open_and_all_must_be_done(play):
    world = play(INSIDE.format(options="in x = 1"))

    assert world.waiting == ["a", "b"]
    for element in ("b", "a", "c"):
        world.do(element)

    assert world.waiting == ["after"]


def test_one_after_the_other(play):
    world = play(INSIDE.format(options="in-order"))

    for element in ("a", "b", "c"):
        assert world.waiting == [element]
        world.do(element)

    assert world.waiting == ["after"]


def test_its_condition_ends_what_is_open(play):
    world = play(INSIDE.format(options="complete-when enough"))

    world.do("b", enough=False)
    world.do("c", enough=True)

    assert world.waiting == ["after"]


def test_what_is_open_may_be_finished_first(play):
    world = play(INSIDE.format(options="complete-when enough; finish-rest"))

    world.do("b", enough=True)
    assert world.waiting == ["a", "c"]
    world.do("a")
    world.do("c")

    assert world.waiting == ["after"]


def test_nothing_more_is_started_once_the_condition_holds(play):
    world = play(INSIDE.format(options="in-order; complete-when enough; finish-rest"))

    world.do("a", enough=True)

    assert world.waiting == ["after"]


def test_one_that_can_never_complete_is_told(play):
    world = play(INSIDE.format(options="in-order; complete-when enough"), enough=False)
    world.do("a")
    world.do("b")

    with pytest.raises(ElementFailed, match="its completion condition does not hold"):
        world.do("c")
