import pytest

from engine.bpmn.net import ElementFailed

TWO_OF_THREE = """
start s
parallel f
user a
user b
user c
complex j: when activationCount >= {count}
user z
end e
s > f > a > j > z > e
f > b > j
f > c > j
"""


def test_it_goes_on_once_its_condition_holds_and_takes_in_the_rest(play):
    world = play(TWO_OF_THREE.format(count=2))

    world.do("c")
    assert world.waiting == ["a", "b"]
    world.do("a")
    assert world.waiting == ["b", "z"]
    world.do("b")
    assert world.waiting == ["z"]
    world.do("z")

    assert world.state == "completed"


def test_the_last_to_come_ends_the_process(play):
    world = play(TWO_OF_THREE.format(count=2))

    for element in ("c", "a", "z", "b"):
        world.do(element)

    assert world.state == "completed"


def test_one_whose_condition_never_holds_is_told(play):
    world = play(TWO_OF_THREE.format(count=4))
    world.do("a")
    world.do("b")

    with pytest.raises(ElementFailed, match="it waits for a token that can never come"):
        world.do("c")


def test_it_can_be_passed_again_after_a_round(play):
    world = play(
        """
        start s
        exclusive h
        parallel f
        user a
        user b
        complex j: when activationCount >= 1
        user z
        exclusive g
        end e
        s > h > f > a > j > z > g > e [done]
        g > h [else]
        f > b > j
        """
    )

    for done in (False, True):
        world.do("a")
        world.do("b")
        assert world.waiting == ["z"]
        world.do("z", done=done)

    assert world.state == "completed"


def test_out_of_it_every_flow_whose_condition_holds_is_taken(play):
    world = play(
        "start s\ncomplex g\nuser a\nuser b\nuser c\ns > g > a [x > 1]\ng > b [x > 2]\ng > c [x > 3]",
        x=3,
    )

    assert world.waiting == ["a", "b"]
