"""Multi-instance in the words of the standard alone."""

import pytest

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import Execution
from engine.bpmn.net.effects import SignalThrown

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="p" isExecutable="true">
 <dataObject id="d1" isCollection="true"/><dataObjectReference id="people" name="peers" dataObjectRef="d1"/>
 <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="k"/>
 <scriptTask id="k">
  <ioSpecification><dataInput id="in1"/><inputSet><dataInputRefs>in1</dataInputRefs></inputSet><outputSet/>
  </ioSpecification>
  <dataInputAssociation><sourceRef>people</sourceRef><targetRef>in1</targetRef></dataInputAssociation>
  <multiInstanceLoopCharacteristics>
   <loopDataInputRef>in1</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef>
   <inputDataItem id="peer"/><outputDataItem id="result"/>
  </multiInstanceLoopCharacteristics>
  <script>result = upper case(peer)</script>
 </scriptTask>
 <dataObject id="results"/>
</process></definitions>"""


def test_it_goes_over_a_data_object_and_collects_into_another():
    net = spiff.compile_bpmn(FILE.encode(), "standard.bpmn")[0]

    execution = Execution.start(net, {"peers": ["a", "b"]}, feel.Environment())
    execution.run()

    assert execution.root_variables["results"] == ["A", "B"]


SIGNALS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<signal id="g" name="one is done"/>
<process id="p" isExecutable="true">
 <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="k"/>
 <task id="k"><multiInstanceLoopCharacteristics {}><loopCardinality>3</loopCardinality>
 </multiInstanceLoopCharacteristics></task>
</process>
<signalEventDefinition id="told" signalRef="g"/></definitions>"""


@pytest.mark.parametrize(
    ("behavior", "signals"),
    [
        ('behavior="All"', 0),
        ('behavior="One" oneBehaviorEventRef="told"', 1),
        ('behavior="None" noneBehaviorEventRef="told"', 3),
    ],
)
def test_a_signal_tells_that_instances_are_done(behavior, signals):
    net = spiff.compile_bpmn(SIGNALS.format(behavior).encode(), "signals.bpmn")[0]

    execution = Execution.start(net, {}, feel.Environment())
    execution.run()

    sent = [effect.signal_name for effect in execution.effects if isinstance(effect, SignalThrown)]
    assert sent == ["one is done"] * signals


EVENTS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<escalation id="x" escalationCode="ENOUGH"/>
<process id="p" isExecutable="true">
 <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="k"/>
 <subProcess id="k"><multiInstanceLoopCharacteristics {}><loopCardinality>4</loopCardinality>{}
 </multiInstanceLoopCharacteristics><userTask id="vote"/></subProcess>
 <boundaryEvent id="b" attachedToRef="k"><escalationEventDefinition escalationRef="x"/></boundaryEvent>
 <userTask id="after"/><sequenceFlow id="g" sourceRef="b" targetRef="after"/>
</process>
<escalationEventDefinition id="told" escalationRef="x"/></definitions>"""
COMPLEX = """<complexBehaviorDefinition id="c"><condition>numberOfCompletedInstances = 2 and numberOfActiveInstances = 2
</condition><event id="e"><escalationEventDefinition escalationRef="x"/></event></complexBehaviorDefinition>"""


@pytest.mark.parametrize(
    ("behavior", "inside", "votes"),
    [
        ('behavior="Complex"', COMPLEX, 2),
        ('behavior="One" oneBehaviorEventRef="told"', "", 1),
        ('behavior="None" noneBehaviorEventRef="told"', "", 1),
    ],
)
def test_an_event_that_it_throws_is_caught_on_its_border_and_ends_the_rest(play_file, behavior, inside, votes):
    world = play_file(EVENTS.format(behavior, inside))

    for _ in range(votes):
        assert world.waiting.count("vote") == len(world.waiting)
        world.do("vote")

    assert world.waiting == ["after"]
