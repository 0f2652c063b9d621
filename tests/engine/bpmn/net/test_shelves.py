"""Large multi-instance activities: what a step leaves alone is neither read nor written."""

from decimal import Decimal

import pytest
from diagrams import bpmn

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import Execution
from engine.bpmn.net.effects import TaskOpened
from engine.bpmn.net.shelves import spans

ASK = "start s\nuser u: each-of =peers; item peer; list answers; answer =ans{}\nend e\ns > u > e"
PEERS = [f"p{number}" for number in range(100)]


def test_every_instance_can_be_done_in_any_order(play):
    world = play(ASK.format(""), peers=PEERS)
    order = PEERS[::3] + PEERS[1::3] + PEERS[2::3]

    for peer in order:
        assert world.sees("u", peer=peer)["peer"] == peer
        world.do("u", {"peer": peer}, ans=Decimal("1.50") if peer == "p7" else peer.upper())

    expected = [name.upper() for name in PEERS]
    expected[7] = Decimal("1.50")
    assert world.variables == {"peers": PEERS, "answers": expected}
    assert world.state == "completed"


def test_what_is_open_is_closed_by_a_quorum_or_an_interruption(play):
    quorum = play(ASK.format("; until numberOfCompletedInstances >= 2 and answers[1] != null"), peers=PEERS)
    quorum.do("u", {"peer": "p50"}, ans="x")
    quorum.do("u", {"peer": "p0"}, ans="y")

    stopped = play(ASK.format("") + "\nboundary b on u: message stop\nb > e", peers=PEERS)
    stopped.do("u", {"peer": "p50"}, ans="x")
    stopped.happen("b")

    for world in (quorum, stopped):
        assert world.state == "completed"
        assert not world.open
        assert world.trace.count("tu") == 98 + (world is stopped) * 2


def test_subprocesses_stand_on_shelves_with_all_inside(play):
    world = play(
        """
        start s
        sub sp: each-of =peers; item peer; list notes; answer =note
            start ss
            parallel f
            user a
            user b: each-of =[1, 2]; item n
            boundary late beside a: cycle R/P1D
            user c
            parallel j
            ss > f > a > j
            f > b > j
            late > c
        end e
        s > sp > e
        """,
        peers=PEERS[:40],
    )

    world.happen("late", {"peer": "p30"})
    for peer in PEERS[:40]:
        world.do("b", {"peer": peer, "n": 2})
    for peer in reversed(PEERS[:40]):
        world.do("b", {"peer": peer})
        world.do("a", {"peer": peer}, note=peer)
    assert world.waiting == ["c"]
    world.do("c")

    assert world.state == "completed"
    assert len(world.variables["notes"]) == 40


def test_a_step_reads_one_shelf_and_leaves_the_rest_as_it_was():
    net = spiff.compile_bpmn(bpmn(ASK.format("")), "shelves.bpmn")[0]
    execution = Execution.start(net, {"peers": PEERS}, feel.Environment())
    execution.run()
    tokens = [effect.token for effect in execution.take_effects() if isinstance(effect, TaskOpened)]
    before = execution.dump()

    execution = Execution.load(net, before, feel.Environment())
    execution.complete(tokens[50], {"ans": "x"})
    execution.run()
    after = execution.dump()

    changed = [line for line in after.split(b"\n") if line not in before.split(b"\n")]
    assert len(changed) == 3
    assert Execution.load(net, after, feel.Environment()).root_variables["peers"] == PEERS


@pytest.mark.parametrize(
    ("numbers", "runs"), [([], []), ([3], [(3, 1)]), ([5, 1, 2, 3, 7, 8], [(1, 3), (5, 1), (7, 2)])]
)
def test_runs_of_numbers_are_told_by_their_first_and_their_length(numbers, runs):
    assert spans(numbers) == runs
