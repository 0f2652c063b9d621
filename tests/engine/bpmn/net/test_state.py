from decimal import Decimal

import pytest

from engine.bpmn import spiff
from engine.bpmn.net import BudgetExceeded, Execution, Net, Reference

LOOP = "start s\nexclusive h\nuser u\nexclusive g\nend e\ns > h > u > g > h [again]\ng > e [else]"


def test_ten_thousand_returns_leave_no_trace_in_the_state(play):
    world = play(LOOP)
    sizes = set()

    for number in range(10_000):
        task = world.effect("u")
        world.execution.complete(task.token, {"again": True})
        world.execution.run()
        world._hear()
        if number % 1000 == 999:
            state = world.execution.dump()
            sizes.add(len(state))
            world.execution = Execution.load(world.net, state, world.environment)

    assert len(sizes) <= 2
    assert max(sizes) < 200


def test_numbers_keep_every_digit(play):
    values = [
        Decimal("0.10"),
        Decimal("1E+30"),
        Decimal("12345678901234567890.123456789"),
        2**62,
        True,
        False,
        None,
        -1,
    ]
    world = play("start s\nuser u\ns > u", values=values, nested={"a": [Decimal("2.50")]})

    execution = Execution.load(world.net, world.execution.dump(), world.environment)

    assert execution.root_variables == {"values": values, "nested": {"a": [Decimal("2.50")]}}
    assert [str(value) for value in execution.root_variables["values"]] == [str(value) for value in values]


def test_whole_numbers_of_any_length_are_kept(play):
    world = play("start s\nuser u\ns > u", big=10**40)

    execution = Execution.load(world.net, world.execution.dump(), world.environment)

    assert execution.root_variables == {"big": 10**40}


def test_a_step_has_a_budget(play):
    world = play("start s\ntask a\ntask b\nuser u\ns > a > b > u")
    execution = Execution.start(world.net, {}, world.environment)

    with pytest.raises(BudgetExceeded, match="b: more than 2 elements"):
        execution.run(2)


def test_tokens_are_never_used_again(play):
    world = play(LOOP)
    seen = set()

    for _ in range(5):
        token = world.effect("u").token
        assert token not in seen
        seen.add(token)
        world.do("u", again=True)


def test_a_completed_instance_still_tells_its_variables(play):
    world = play("start s\nuser u\ns > u")
    world.do("u", x=1)

    execution = Execution.load(world.net, world.execution.dump(), world.environment)

    assert execution.root_variables == {"x": 1}
    assert execution.state.value == "completed"
    assert not execution.take_effects()


def test_a_state_is_a_few_hundred_bytes(play):
    world = play(
        """
        start s
        parallel f
        user a
        boundary t beside a: cycle R3/P1D
        sub sp: in l = 1
            start ss
            user iu: times 5
            ss > iu
        s > f > a
        f > sp
        """
    )

    assert len(world.execution.dump()) < 500


def test_a_net_names_its_elements_and_what_it_needs_from_outside(play):
    world = play(
        """
        start s
        start m: message go
        user u 'Rate': form rating
        job j: type reviewflow.compute
        rule r: decides band; as grade
        call c: calls pip
        call d: calls =dynamic
        s > u > j > r > c > d
        m > u
        """
    )

    assert world.net.references == (
        Reference("form", "rating", "u"),
        Reference("job", "reviewflow.compute", "j"),
        Reference("decision", "band", "r"),
        Reference("process", "pip", "c"),
    )
    assert [(e.id, e.name, e.type) for e in world.net.elements][2] == ("u", "Rate", "userTask")


def test_a_net_is_the_same_after_a_trip_through_json():
    content = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
        xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="D" targetNamespace="t">
        <bpmn:process id="p" name="P" isExecutable="true"><bpmn:extensionElements><zeebe:versionTag value="1.0"/>
        <zeebe:properties><zeebe:property name="a" value="b"/></zeebe:properties></bpmn:extensionElements>
        <bpmn:startEvent id="s"/></bpmn:process></bpmn:definitions>"""
    net = spiff.compile_bpmn(content, "p.bpmn")[0]

    again = Net.from_json(net.to_json())

    assert again == net
    assert (again.process_id, again.name, again.version_tag, again.properties) == ("p", "P", "1.0", (("a", "b"),))
