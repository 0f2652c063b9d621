import pytest


def undone(*names):
    """Lines for tasks that can be undone: x, its event and its handler undo_x, which keeps a log."""
    return "\n".join(
        f"task {name}\nboundary {name}_b on {name}: compensate undo_{name}\n"
        f'script undo_{name}: handler; let log = append(log, "{name}")'
        for name in names
    )


def indented(text):
    return "\n".join(f"    {line}" for line in text.splitlines())


def test_what_is_done_is_undone_backwards(play):
    world = play(
        f"start s\n{undone('a', 'b', 'c')}\nthrow t: compensate\nuser u\ns > a > b > c > t > u",
        log=[],
    )

    assert world.variables["log"] == ["c", "b", "a"]
    assert world.waiting == ["u"]


def test_one_activity_can_be_named(play):
    world = play(f"start s\n{undone('a', 'b')}\nthrow t: compensate a\nuser u\ns > a > b > t > u", log=[])

    assert world.variables["log"] == ["a"]


def test_nothing_is_undone_twice_and_nothing_that_was_not_done(play):
    world = play(
        f"start s\n{undone('a', 'b')}\nexclusive g\nthrow t1: compensate\nend t2: compensate\n"
        "s > a > g > b [false] > t1\ng > t1 [else] > t2",
        log=[],
    )

    assert world.variables["log"] == ["a"]
    assert world.state == "completed"


def test_what_was_done_several_times_is_undone_as_often(play):
    world = play(
        f"start s\nexclusive h\n{undone('a')}\nuser u\nexclusive g\nend e: compensate\n"
        "s > h > a > u > g > h [again]\ng > e [else]",
        log=[],
    )

    for again in (True, True, False):
        world.do("u", again=again)

    assert world.variables["log"] == ["a", "a", "a"]
    assert world.state == "completed"


def test_handlers_may_wait_and_the_thrower_waits_for_them(play):
    world = play(
        """
        start s
        task a
        task b
        boundary ab on a: compensate ua
        boundary bb on b: compensate ub
        user ua: handler
        user ub: handler
        throw t: compensate
        user z
        s > a > b > t > z
        """
    )

    assert world.waiting == ["ub"]
    world.do("ub")
    assert world.waiting == ["ua"]
    world.do("ua")
    assert world.waiting == ["z"]


SUBPROCESS = f"""
start s
sub sp: in local = word
    start ss
{indented(undone("a", "b"))}
    script k: let local = local + "!"
    end se
    ss > a > k > b > se
{{more}}
throw t: compensate{{named}}
user u
s > sp > t > u
"""


@pytest.mark.parametrize("named", ["", " sp"])
def test_in_a_completed_subprocess_its_activities_are_undone(play, named):
    world = play(SUBPROCESS.format(more="", named=named), log=[], word="w")

    assert world.variables["log"] == ["b", "a"]
    assert world.waiting == ["u"]


def test_a_subprocess_with_a_handler_is_undone_by_it_alone(play):
    more = 'boundary spb on sp: compensate undo_sp\nscript undo_sp: handler; let log = append(log, "all")'

    world = play(SUBPROCESS.format(more=more, named=""), log=[], word="w")

    assert world.variables["log"] == ["all"]


def test_a_compensation_event_subprocess_sees_the_subprocess_as_it_was(play):
    more = """
    react r
        start rs: compensate
        script m: let log = append(log, local)
        throw rt: compensate a
        end re
        rs > m > rt > re
"""

    world = play(SUBPROCESS.format(more=more, named=" sp"), log=[], word="w")

    assert world.variables["log"] == ["w!", "a"]
    assert world.waiting == ["u"]


def test_a_subprocess_that_is_still_running_undoes_what_it_has_done(play):
    world = play(
        f"""
start s
{undone("out")}
sub sp
    start ss
{indented(undone("a"))}
    end se: compensate
    ss > a > se
user u
s > out > sp > u
""",
        log=[],
    )

    assert world.variables["log"] == ["a"]


def test_an_event_subprocess_undoes_what_was_done_around_it(play):
    world = play(
        f"""
start s
{undone("a")}
user u
s > a > u
react r
    start rs: error E
    throw rt: compensate
    end re
    rs > rt > re
""",
        log=[],
    )

    assert world.fail("u", "E")

    assert world.variables["log"] == ["a"]
    assert world.state == "completed"


def test_each_instance_of_a_subprocess_is_undone_and_a_handler_once_for_all(play):
    diagram = """
start s
sub sp: each-of =[1, 2]; item i; sequential
    start ss
    task a
    boundary ab on a: compensate ua
    script ua: handler; let log = append(log, i)
    ss > a
{more}
throw t: compensate
s > sp > t
"""
    handler = 'boundary b on sp: compensate us\nscript us: handler; let log = append(log, "sp")'

    assert play(diagram.format(more=""), log=[]).variables["log"] == [2, 1]
    assert play(diagram.format(more=handler), log=[]).variables["log"] == ["sp"]


def test_what_was_interrupted_is_not_undone(play):
    world = play(
        """
        start s
        user a
        boundary ab on a: compensate ua
        boundary stop on a: message stop
        user ua: handler
        throw t: compensate
        user z
        s > a > z
        stop > t > z
        """
    )

    world.happen("stop")

    assert world.waiting == ["z"]


def test_what_cannot_be_undone_leaves_no_trace(play):
    world = play("start s\nexclusive h\nuser u\nexclusive g\nend e\ns > h > u > g > h [again]\ng > e [else]")
    for _ in range(3):
        world.do("u", again=True)
    size = len(world.execution.dump())

    world.do("u", again=True)

    assert len(world.execution.dump()) == size


TRANSACTION = f"""
start s
transaction tx
    start ss
{indented(undone("a", "b"))}
    parallel f
    user u
    user v
    exclusive g
    end ok
    end no: cancel
    ss > a > b > f > u > g > ok [fine]
    g > no [else]
    f > v > ok
boundary c on tx: cancel
user given_up
user after
s > tx > after
c > given_up
"""


def test_a_transaction_that_is_cancelled_undoes_what_it_has_done(play):
    world = play(TRANSACTION, log=[])

    world.do("u", fine=False)

    assert world.variables["log"] == ["b", "a"]
    assert world.waiting == ["given_up"]


def test_a_transaction_that_completes_can_still_be_undone(play):
    world = play(TRANSACTION.replace("user after\n", "throw after: compensate\nuser z\nafter > z\n"), log=[])

    world.do("u", fine=True)
    world.do("v")

    assert world.variables["log"] == ["b", "a"]
    assert world.waiting == ["z"]


def test_a_cancelled_transaction_without_an_event_for_it_just_ends(play):
    world = play("start s\ntransaction tx\n  start ss\n  end no: cancel\n  ss > no\nuser after\ns > tx > after")

    assert world.state == "completed"


def test_an_error_leaves_a_transaction_without_undoing(play):
    diagram = TRANSACTION.replace("boundary c on tx: cancel", "boundary c on tx: error E").replace("no: cancel", "no")

    world = play(diagram, log=[])
    assert world.fail("u", "E")

    assert world.variables["log"] == []
    assert world.waiting == ["given_up"]
