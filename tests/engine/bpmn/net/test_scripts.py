from decimal import Decimal

import pytest
from diagrams import bpmn

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import ElementFailed, Execution

DIAGRAM = "start s\nscript k: does {}\nuser u\ns > k > u"


@pytest.mark.parametrize(
    ("script", "variables"),
    [
        ("x = n + 1", {"x": Decimal(2)}),
        ("= x = 3", None),
        ("x := n", {"x": 1}),
        ("x.a.b = n", {"x": {"a": {"b": 1}}}),
        ("{x: n + 1, y: null}", {"x": Decimal(2), "y": None}),
        ('log = append(log, "a")', {"log": ["a"]}),
        ("if n = 1 then {x: 1} else {}", {"x": Decimal(1)}),
    ],
)
def test_a_script_of_the_standard_sets_variables(play, script, variables):
    if variables is None:
        with pytest.raises(ElementFailed, match="sets no variable"):
            play(DIAGRAM.format(script), n=1, log=[])
        return

    world = play(DIAGRAM.format(script), n=1, log=[])

    assert world.variables == {"n": 1, "log": [], **variables}


@pytest.mark.parametrize("between", [b";", b";&#10;", b"&#10;"])
def test_a_script_may_set_several_variables_one_after_the_other(between):
    content = bpmn(DIAGRAM.format('x = "aORb" AND y = x')).replace(b"OR", b";").replace(b" AND ", between)
    net = spiff.compile_bpmn(content, "script.bpmn")[0]

    execution = Execution.start(net, {}, feel.Environment())
    execution.run()

    assert execution.root_variables == {"x": "a;b", "y": "a;b"}
