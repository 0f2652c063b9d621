from decimal import Decimal

import pytest

from engine.bpmn.net import ElementFailed, Execution

PEERS = {"peers": ["a", "b", "c"]}
ASK = "each-of =peers; item peer; list answers; answer =ans"
MODES = pytest.mark.parametrize(("mode", "order"), [("", "cab"), ("; sequential", "abc")])


def asked(mode="", more=""):
    return f"start s\nuser u: {ASK}{mode}{more}\nend e\ns > u > e"


@MODES
def test_each_item_is_asked_about_and_the_answers_come_in_the_order_of_the_items(play, mode, order):
    world = play(asked(mode), **PEERS, peer="outside")

    for peer in order:
        world.do("u", {"peer": peer}, ans=peer.upper())

    assert world.variables == {**PEERS, "peer": "outside", "answers": ["A", "B", "C"]}
    assert world.state == "completed"


def test_instances_are_open_one_at_a_time_in_sequence_and_together_in_parallel(play):
    assert play(asked("; sequential"), **PEERS).waiting == ["u"]
    assert play(asked(), **PEERS).waiting == ["u", "u", "u"]


@MODES
def test_a_quorum_ends_it_and_closes_what_is_open(play, mode, order):
    world = play(asked(mode, "; until numberOfCompletedInstances >= 2"), **PEERS)

    for peer in order[:2]:
        world.do("u", {"peer": peer}, ans=peer.upper())

    assert world.variables["answers"] == (["A", "B", None] if mode else ["A", None, "C"])
    assert world.state == "completed"


@MODES
def test_the_condition_sees_the_counters_the_answers_so_far_and_the_last_answer(play, mode, order):
    condition = (
        'ans = "no" and count(answers[item != null]) = 2 and numberOfInstances = 3'
        " and numberOfTerminatedInstances = 0 and numberOfActiveInstances = " + ("0" if mode else "1")
    )
    world = play(asked(mode, f"; until {condition}"), **PEERS)

    world.do("u", {"peer": order[0]}, ans="yes")
    world.do("u", {"peer": order[1]}, ans="no")

    assert world.state == "completed"


@MODES
def test_without_items_it_is_done_at_once(play, mode, order):
    world = play(asked(mode), peers=[])

    assert world.variables == {"peers": [], "answers": []}
    assert world.state == "completed"


@MODES
def test_an_item_may_be_null(play, mode, order):
    world = play(asked(mode), peers=[None, 0])

    world.do("u", {"loopCounter": 1}, ans=1)
    world.do("u", {"loopCounter": 2}, ans=2)

    assert world.variables["answers"] == [1, 2]


@MODES
def test_it_can_be_entered_again_through_a_loop(play, mode, order):
    world = play(
        f"""
        start s
        exclusive h
        user u: {ASK}{mode}
        exclusive g
        script c: let n = n + 1
        end e
        s > h > u > g > e [n >= 1]
        g > c [else] > h
        """,
        **PEERS,
        n=0,
    )

    for again in (0, 1):
        for peer in order:
            world.do("u", {"peer": peer}, ans=f"{peer}{again}")

    assert world.variables == {**PEERS, "n": 1, "answers": ["a1", "b1", "c1"]}


@MODES
def test_a_subprocess_can_have_instances_each_with_its_own_scope(play, mode, order):
    world = play(
        f"""
        start s
        sub sp: each-of =peers; item peer; list answers; answer =note{mode}
            start ss
            user a1
            script k: let note = peer + note
            user a2
            end se
            ss > a1 > k > a2 > se
        end e
        s > sp > e
        """,
        **PEERS,
    )

    for peer in order:
        world.do("a1", {"peer": peer}, note="!", seen=peer)
        world.do("a2", {"peer": peer, "note": peer + "!"})

    assert world.variables == {**PEERS, "answers": ["a!", "b!", "c!"], "seen": order[-1]}


def test_a_call_can_have_instances_with_mappings_of_their_own(play):
    mappings = "send-all false; receive-all false; in x = loopCounter; out res = x * 10 + made"
    world = play(
        f"start s\ncall c: calls called; each-of =peers; item peer; list answers; answer =res; {mappings}\ns > c",
        **PEERS,
    )

    for number in (3, 1, 2):
        world.do("c", {"loopCounter": number}, made=5)

    assert world.variables == {**PEERS, "answers": [15, 25, 35]}


def test_what_an_instance_does_not_declare_goes_to_the_root_and_what_it_declares_does_not(play):
    world = play("start s\nuser u: each-of =peers; item peer\ns > u", **PEERS, loopCounter="mine")

    for peer in "bca":
        world.do("u", {"peer": peer}, free=peer, peer="changed")

    assert world.variables == {**PEERS, "free": "a", "loopCounter": "mine"}


def test_mappings_work_on_each_instance(play):
    world = play(
        f'start s\nuser u: {ASK.replace("=ans", "=res")}; in hello = "hi " + peer; out res = hello + ans\ns > u',
        **PEERS,
    )

    assert world.sees("u", peer="a")["hello"] == "hi a"
    for peer in "bca":
        world.do("u", {"peer": peer}, ans=".")

    assert world.variables == {**PEERS, "answers": ["hi a.", "hi b.", "hi c."]}


def test_instances_within_instances(play):
    world = play(
        """
        start s
        sub sp: each-of =teams; item team; list all_; answer =inner; in inner = []
            start ss
            user iu: each-of =team.members; item m; list inner; answer =v
            end se
            ss > iu > se
        s > sp
        """,
        teams=[{"members": [1, 2]}, {"members": [3]}],
    )

    for member in (3, 2, 1):
        world.do("iu", {"m": member}, v=member * member)

    assert world.variables["all_"] == [[1, 4], [9]]
    assert world.state == "completed"


def test_a_cardinality_says_how_many(play):
    world = play("start s\nuser u: times n + 1\ns > u", n=1)

    world.do("u", {"loopCounter": 2})
    assert world.waiting == ["u"]
    world.do("u")

    assert world.state == "completed"


def test_the_items_of_a_sequence_are_those_of_its_start(play):
    world = play(asked("; sequential"), **PEERS)

    world.do("u", {"peer": "a"}, ans=1, peers=[])
    world.do("u", {"peer": "b"}, ans=2)
    world.do("u", {"peer": "c"}, ans=3)

    assert world.variables == {"peers": [], "answers": [1, 2, 3]}


@pytest.mark.parametrize("peers", [None, "abc", {"a": 1}])
def test_a_collection_that_is_no_list_fails(play, peers):
    with pytest.raises(ElementFailed, match="is not a list"):
        play(asked(), peers=peers)


@pytest.mark.parametrize("count", [-1, Decimal("1.5"), "two", None, True])
def test_a_cardinality_that_is_no_whole_number_fails(play, count):
    with pytest.raises(ElementFailed, match="is no whole number"):
        play("start s\nuser u: times n\ns > u", n=count)


def test_two_thousand_instances_are_a_matter_of_course(play):
    world = play(asked(), peers=list(range(20)))
    execution = Execution.start(world.net, {"peers": list(range(2000))}, world.environment)
    execution.run()
    tokens = [effect.token for effect in execution.take_effects() if type(effect).__name__ == "TaskOpened"]

    for token in tokens:
        execution.complete(token, {"ans": token})
        execution.run()

    assert execution.root_variables["answers"] == tokens
    assert execution.state.value == "completed"


TERMINATED = """
    start s
    sub b: times 3; until numberOfTerminatedInstances = 2; {order}
      start bs
      user u
      user v
      end stop: terminate
      bs > u > stop
      bs > v
    user after
    s > b > after
"""


@pytest.mark.parametrize("order", ["sequential", ""])
def test_an_instance_that_a_terminate_event_ends_counts_as_terminated(play, order):
    world = play(TERMINATED.format(order=order))

    world.do("u")
    assert "after" not in world.waiting
    world.do("u")

    assert world.waiting == ["after"]


def test_terminated_and_completed_instances_together_are_all(play):
    world = play(TERMINATED.format(order="").replace("TerminatedInstances = 2", "CompletedInstances = 3"))
    world.do("u", {"loopCounter": 1})
    for number in (2, 3):
        world.do("v", {"loopCounter": number})
        assert "after" not in world.waiting
        world.do("u", {"loopCounter": number})

    assert world.waiting == ["after"]
