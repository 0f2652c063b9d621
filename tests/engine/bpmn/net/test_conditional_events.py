def test_a_condition_is_awaited(play):
    world = play("start s\nparallel f\ncatch c: condition x > 2\nuser u\nuser v\ns > f > c > v\nf > u")

    assert world.waiting == ["u"]
    world.execution.set_variables(None, {"x": 2})
    world._go()
    assert world.waiting == ["u"]
    world.do("u", x=3)

    assert world.waiting == ["v"]


def test_one_that_holds_already_is_not_awaited(play):
    world = play("start s\ncatch c: condition x > 2\nuser v\ns > c > v", x=3)

    assert world.waiting == ["v"]


def test_on_a_border_it_interrupts(play):
    world = play(
        """
        start s
        parallel f
        user a
        user b
        boundary c on a: condition stop
        user z
        s > f > a
        f > b
        c > z
        """
    )

    world.do("b", stop=True)

    assert world.waiting == ["z"]


def test_beside_it_happens_each_time_it_becomes_true(play):
    world = play("start s\nuser u\nboundary c beside u: condition n >= 10\nuser z\ns > u\nc > z")

    for value in (10, 11, 3, 12):
        world.execution.set_variables(None, {"n": value})
        world._go()

    assert world.waiting == ["u", "z", "z"]


def test_it_sees_the_variables_of_its_own_scope(play):
    world = play(
        """
        start s
        sub sp: each-of =[1, 2]; item i; in level = 0
            start ss
            user u
            script k: let level = i
            user v
            ss > u > k > v
            react r
                start rs: condition level = 2
                user h
                rs > h
        s > sp
        """
    )

    world.do("u", {"i": 1})
    world.do("u", {"i": 2})

    assert world.waiting == ["h", "v"]


def test_after_an_event_gateway_it_is_one_of_the_events(play):
    world = play(
        """
        start s
        parallel f
        user u
        events g
        catch c: condition done
        catch t: duration P1D
        user a
        user b
        s > f > g > c > a
        g > t > b
        f > u
        """
    )

    world.do("u", done=True)

    assert world.waiting == ["a"]
    assert world.listening == []
