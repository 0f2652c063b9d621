from decimal import Decimal

import pytest
from diagrams import bpmn

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import BudgetExceeded, Execution


def test_it_is_done_again_while_its_condition_holds(play):
    world = play("start s\nuser u: while again\nend e\ns > u > e")

    for again in (True, True, False):
        assert world.waiting == ["u"]
        world.do("u", again=again)

    assert world.state == "completed"


def test_the_condition_asked_before_may_forbid_the_first_round(play):
    world = play("start s\nscript k: while loopCounter < n; before; let x = loopCounter\nend e\ns > k > e", n=0)

    assert world.variables == {"n": 0}


@pytest.mark.parametrize("before", ["", "; before"])
def test_the_counter_says_how_many_rounds_there_were(play, before):
    world = play(f"start s\nscript k: while loopCounter < 3{before}; let x = loopCounter\nend e\ns > k > e", x=0)

    assert world.variables == {"x": 3}


@pytest.mark.parametrize(("maximum", "rounds"), [(4, 4), (0, None)])
def test_it_is_done_no_more_often_than_its_maximum(play, maximum, rounds):
    world = play(f"start s\nscript k: while true; at-most {maximum}; let x = loopCounter\nend e\ns > k > e")

    assert world.variables.get("x") == rounds


def test_a_maximum_alone_is_a_number_of_rounds(play):
    world = play("start s\nscript k: at-most 3; let n = n + 1\nend e\ns > k > e", n=0)

    assert world.variables == {"n": Decimal(3)}


def test_a_subprocess_can_be_repeated_and_its_border_stands_around_all_rounds(play):
    world = play(
        """
        start s
        sub sp: while loopCounter < 5
            start ss
            user u
            ss > u
        boundary b on sp: message stop
        user after
        s > sp
        b > after
        """
    )

    world.do("u")
    world.do("u")
    world.happen("b")

    assert world.waiting == ["after"]


def test_a_loop_that_never_ends_exceeds_the_budget():
    net = spiff.compile_bpmn(bpmn("start s\nscript k: while true; let x = 1\nend e\ns > k > e"), "loop.bpmn")[0]
    execution = Execution.start(net, {}, feel.Environment())

    with pytest.raises(BudgetExceeded) as failure:
        execution.run(100)

    assert failure.value.element_id == "k"
