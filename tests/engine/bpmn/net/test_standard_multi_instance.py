"""Multi-instance in the words of the standard alone."""

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import Execution

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
