import pytest

from engine.bpmn.net import ElementFailed

FORK = """
    start s
    parallel f
    user u1
    user u2
    script k1: let p = a
    script k2: let q = b
    parallel j
    script after: let sum_ = a + b
    end e
    s > f > u1 > k1 > j > after > e
    f > u2 > k2 > j
"""


@pytest.mark.parametrize(("x", "result"), [(3, "hi"), (2, "lo")])
def test_an_exclusive_gateway_takes_the_flow_whose_condition_holds_or_the_default(play, x, result):
    world = play(
        """
        start s
        exclusive g
        script a: let r = "hi"
        script b: let r = "lo"
        exclusive j
        end e
        s > g > a [x > 2] > j > e
        g > b [else] > j
        """,
        x=x,
    )

    assert world.variables == {"x": x, "r": result}
    assert world.state == "completed"


def test_where_no_condition_holds_and_nothing_is_the_default_the_gateway_fails(play):
    with pytest.raises(ElementFailed, match="g: no condition"):
        play("start s\nexclusive g\nend e\nend e2\ns > g > e [x > 2]\ng > e2 [x > 3]", x=1)


def test_a_condition_that_is_neither_true_nor_false_fails(play):
    with pytest.raises(ElementFailed, match="neither true nor false"):
        play("start s\nexclusive g\nend e\nend e2\ns > g > e [missing]\ng > e2 [else]")


def test_a_failure_names_the_kind_of_a_value_and_not_the_value(play):
    with pytest.raises(ElementFailed, match="neither true nor false but string") as failure:
        play("start s\nexclusive g\nend e\nend e2\ns > g > e [x]\ng > e2 [else]", x="a secret")

    assert "a secret" not in str(failure.value)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_parallel_branches_join_and_lose_none_of_their_updates(play, order):
    world = play(FORK, a=0, b=0, log={"n": 0})

    for number in order:
        world.do(f"u{number}", **{"ab"[number - 1]: number * 10})

    assert world.variables == {"a": 10, "b": 20, "p": 10, "q": 20, "sum_": 30, "log": {"n": 0}}
    assert world.state == "completed"


def test_a_later_branch_sees_what_the_other_changed(play):
    world = play(FORK, a=0, b=0)

    world.do("u1", a=1, b=7)

    assert world.sees("u2")["b"] == 7
    world.do("u2")
    assert world.variables == {"a": 1, "b": 7, "p": 1, "q": 7, "sum_": 8}


@pytest.mark.parametrize("rounds", [["a", "b", "m", "b", "a", "m", "a", "b", "m"]])
def test_a_parallel_join_in_a_return_loop_waits_for_both_branches_in_every_round(play, rounds):
    world = play(
        """
        start s
        exclusive h
        parallel f
        user a
        user b
        parallel j
        user m
        exclusive g
        end e
        s > h > f > a > j > m > g > h [again]
        f > b > j
        g > e [else]
        """
    )

    for number, task in enumerate(rounds, 1):
        assert world.waiting != ["a", "b"] or task in ("a", "b")
        world.do(task, again=number < len(rounds))

    assert world.state == "completed"


INCLUSIVE = """
    start s
    inclusive f
    user a
    {activity}
    user z
    inclusive j
    user m
    end e
    s > f > a [true] > j > m > e
    f > sp [true] > j
    f > z [else] > j
"""
SUBPROCESS = """sub sp
        start ss
        user iu
        end se
        ss > iu > se"""


@pytest.mark.parametrize("activity", [SUBPROCESS, "user sp: times 2", "user sp"])
def test_an_inclusive_join_waits_for_whatever_runs_on_a_chosen_branch(play, activity):
    world = play(INCLUSIVE.format(activity=activity))

    world.do("a")

    assert "m" not in world.waiting
    while world.waiting != ["m"]:
        world.do(world.waiting[0])
    world.do("m")
    assert world.state == "completed"


def test_an_inclusive_join_waits_only_for_the_flows_that_were_chosen(play):
    world = play(
        """
        start s
        inclusive f
        user u1
        user u2
        user u3
        inclusive j
        script z: let done = x
        end e
        s > f > u1 [x > 0] > j > z > e
        f > u2 [x > 1] > j
        f > u3 [else] > j
        """,
        x=2,
    )

    assert world.waiting == ["u1", "u2"]
    world.do("u2", b=2)
    assert world.waiting == ["u1"]
    world.do("u1", a=1)

    assert world.variables == {"x": 2, "a": 1, "b": 2, "done": 2}


def test_an_inclusive_join_goes_on_when_the_last_token_takes_another_way(play):
    world = play(
        """
        start s
        inclusive f
        user a
        user b
        exclusive g
        user c
        inclusive j
        user m
        end e
        s > f > a [true] > j > m > e
        f > b [true] > g > j [back]
        g > c [else]
        """
    )

    world.do("a")
    assert world.waiting == ["b"]
    world.do("b", back=False)

    assert world.waiting == ["c", "m"]


def test_an_inclusive_join_waits_for_a_boundary_event_that_leads_to_it(play):
    world = play(
        """
        start s
        parallel f
        user a
        user b
        boundary t on b: duration P1D
        end e2
        inclusive j
        user m
        end e
        s > f > a > j > m > e
        f > b > e2
        t > j
        """
    )

    world.do("a")
    assert world.waiting == ["b"]
    world.happen("t")

    assert world.waiting == ["m"]


def test_several_flows_out_of_an_activity_are_all_taken(play):
    world = play("start s\nuser u\nuser v\nuser w\ns > u > v\nu > w")

    world.do("u")

    assert world.waiting == ["v", "w"]
    world.do("v")
    world.do("w")
    assert world.state == "completed"


@pytest.mark.parametrize(("x", "open_"), [(1, ["v", "w"]), (0, ["d", "w"])])
def test_conditional_flows_out_of_an_activity_are_taken_where_they_hold_and_the_default_where_none_does(play, x, open_):
    world = play("start s\nuser u\nuser v\nuser w\nuser d\ns > u > v [x > 0]\nu > w\nu > d [else]")

    world.do("u", x=x)

    assert world.waiting == open_


def test_two_flows_into_a_task_run_it_twice(play):
    world = play("start s\nparallel f\nuser u\nuser a\nuser b\nend e\ns > f > a > u > e\nf > b > u")

    world.do("a")
    world.do("b")

    assert world.waiting == ["u", "u"]


def test_a_join_that_waits_for_ever_fails(play):
    world = play(
        "start s\nexclusive g\nuser a\nuser b\nparallel j\nend e\ns > g > a [x] > j > e\ng > b [else] > j", x=True
    )

    with pytest.raises(ElementFailed, match="j: it waits for a token that can never come"):
        world.do("a")


def test_an_activity_may_need_several_tokens_and_send_out_several(play):
    world = play(
        """
        start s
        parallel f
        user a
        user b
        user two: takes 2; gives 3
        user z
        s > f > a > two > z
        f > b > two
        """
    )

    world.do("a")
    assert world.waiting == ["b"]
    world.do("b")
    assert world.waiting == ["two"]
    world.do("two")

    assert world.waiting == ["z", "z", "z"]
