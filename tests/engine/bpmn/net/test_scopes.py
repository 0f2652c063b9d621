CALLED = "start s\ncall c: calls called{options}\nuser u\nend e\ns > c > u > e"


def test_a_subprocess_reads_around_it_keeps_its_own_and_sets_the_rest_in_the_instance(play):
    world = play(
        """
        start s
        sub sp: in l = x * 100
            start ss
            script i1: let x = x + 10
            script i2: let l = l + 1
            script i3: let n = l
            user iu
            end se
            ss > i1 > i2 > i3 > iu > se
        script z: let after = x
        end e
        s > sp > z > e
        """,
        x=1,
    )

    assert world.sees("iu") == {"x": 11, "l": 101, "n": 101}
    world.do("iu", l=5, new=1)

    assert world.variables == {"x": 11, "n": 101, "new": 1, "after": 11}


def test_the_output_mapping_of_a_subprocess_reads_what_is_its_own(play):
    world = play(
        """
        start s
        sub sp: in l = 1; out result = l * 2
            start ss
            user iu
            end se
            ss > iu > se
        end e
        s > sp > e
        """
    )

    world.do("iu", l=21)

    assert world.variables == {"result": 42}


def test_of_nested_scopes_the_nearest_definition_wins(play):
    world = play(
        """
        start s
        sub o: in m = 1
            start os
            sub i: in w = 0
                start is
                script k1: let m = m + 1
                script k2: let r = m + 1
                script k3: let w = 9
                user ku
                end ie
                is > k1 > k2 > k3 > ku > ie
            user ou
            end oe
            os > i > ou > oe
        end e
        s > o > e
        """,
        m=-1,
    )

    assert world.sees("ku") == {"m": 2, "w": 9, "r": 3}
    world.do("ku")
    assert world.sees("ou") == {"m": 2, "r": 3}
    world.do("ou")

    assert world.variables == {"m": -1, "r": 3}


def test_parallel_subprocesses_each_have_their_own(play):
    world = play(
        """
        start s
        parallel f
        sub a: in l = 1; out ra = l
            start as
            user au
            as > au
        sub b: in l = 2; out rb = l
            start bs
            user bu
            bs > bu
        parallel j
        end e
        s > f > a > j > e
        f > b > j
        """
    )

    world.do("bu", l=20)
    world.do("au", l=10)

    assert world.variables == {"ra": 10, "rb": 20}


def test_mappings_of_a_task_choose_what_goes_in_and_what_comes_out(play):
    world = play("start s\nuser u: in q = x + 1; out total = q + ans\nuser v: in loc = 0\nend e\ns > u > v > e", x=1)

    assert world.sees("u") == {"x": 1, "q": 2}
    assert world.effect("u").outputs == ("ans", "q")
    world.do("u", ans=40, junk=1)
    assert world.sees("v") == {"x": 1, "loc": 0, "total": 42}
    world.do("v", loc=7, x=3)

    assert world.variables == {"x": 3, "total": 42}


def test_mappings_set_inside_values_without_changing_them_for_others(play):
    review = {"score": 1, "notes": ["a"]}
    world = play(
        'start s\nuser u: in mine.name = "m"; in mine.old = review; '
        "out review.score = ans; out review.by = mine.name\ns > u",
        review=review,
    )

    assert world.sees("u")["mine"] == {"name": "m", "old": review}
    world.do("u", ans=5)

    assert world.variables == {"review": {"score": 5, "notes": ["a"], "by": "m"}}
    assert review == {"score": 1, "notes": ["a"]}


def test_a_later_mapping_sees_what_an_earlier_one_set(play):
    world = play("start s\nuser u: in a = 1; in b = a + 1; out c = b + 1; out d = c + 1\ns > u")

    world.do("u")

    assert world.variables == {"c": 3, "d": 4}


def test_a_call_takes_everything_along_and_everything_back(play):
    world = play(CALLED.format(options=""), x=1)

    call = world.effect("c")
    assert (call.process_id, call.binding, call.variables) == ("called", "latest", {"x": 1})
    world.do("c", x=2, made=5)

    assert world.variables == {"x": 2, "made": 5}


def test_a_call_that_maps_takes_and_brings_only_what_is_mapped(play):
    options = "; send-all false; receive-all false; in x = y * 2; out res = made + x"
    world = play(CALLED.format(options=options), y=4, hidden=1)

    assert world.effect("c").variables == {"x": 8}
    world.do("c", made=5, x=9, junk=1)

    assert world.variables == {"y": 4, "hidden": 1, "res": 14}


def test_a_call_that_brings_nothing_back_brings_nothing_back(play):
    world = play(CALLED.format(options="; receive-all false"), y=4)

    world.do("c", junk=1)

    assert world.variables == {"y": 4}


def test_the_process_to_call_may_be_an_expression(play):
    world = play('start s\ncall c: calls ="pip-" + level\ns > c', level="B")

    assert world.effect("c").process_id == "pip-B"


def test_the_results_of_an_instance_are_what_was_set_after_its_start(play):
    world = play("start s\nuser u\ns > u", a=1, b=2)

    world.do("u", b=3, c=4)

    assert world.execution.results == {"b": 3, "c": 4}


def test_variables_can_be_set_from_outside(play):
    world = play("start s\nsub sp: in l = 1\n  start ss\n  user u\n  ss > u\ns > sp", x=1)

    token = world.effect("u").token
    world.execution.set_variables(token, {"l": 2, "x": 3, "y": 4})
    world.execution.set_variables(None, {"z": 5})

    assert world.sees("u") == {"l": 2, "x": 3, "y": 4, "z": 5}
    assert world.variables == {"x": 3, "y": 4, "z": 5}
