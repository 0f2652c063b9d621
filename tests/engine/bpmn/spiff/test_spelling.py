"""One thing said in several of the standard's ways means the same."""

import pytest

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import Execution
from engine.bpmn.net.effects import MessageAwaited, MessageThrown
from engine.bpmn.net.work import Assignments, Catch, Job, Message, Start, Throw, UserTask

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:my="here" targetNamespace="here">
{roots}<process id="p" isExecutable="1">{nodes}</process>{after}</definitions>"""
START = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/>'


def node(roots, nodes, name="x", after=""):
    net = spiff.compile_bpmn(FILE.format(roots=roots, nodes=nodes, after=after).encode(), "test.bpmn")[0]
    return net.by_id[name]


def test_references_may_carry_the_prefix_of_the_file():
    found = node('<message id="m" name="go"/>', START + '<receiveTask id="x" messageRef="my:m"/>')

    assert isinstance(found.work, Catch)
    assert isinstance(found.work.event, Message)
    assert found.work.event.name.text == "go"


def test_an_event_may_refer_to_a_definition_that_stands_elsewhere():
    roots = '<signal id="g"/><signalEventDefinition id="told" signalRef="g"/>'
    nodes = (
        START
        + '<intermediateThrowEvent id="x"><eventDefinitionRef>my:told</eventDefinitionRef></intermediateThrowEvent>'
    )

    found = node(roots, nodes)

    assert isinstance(found.work, Throw)
    assert found.work.event.name.text == "g"


@pytest.mark.parametrize(
    ("declared", "work"),
    [
        ('<globalUserTask id="t" name="Vote"/>', UserTask),
        ('<globalScriptTask id="t"><script>y = 1</script></globalScriptTask>', Assignments),
    ],
)
def test_a_call_of_a_global_task_is_that_task(declared, work):
    assert isinstance(node(declared, START + '<callActivity id="x" calledElement="t"/>').work, work)


POOLS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<collaboration id="c"><participant id="pa" processRef="a"/><participant id="pb" processRef="b"/>
<messageFlow id="asks" sourceRef="ask" targetRef="asked"/><messageFlow id="says" sourceRef="say" targetRef="heard"/>
</collaboration>
<process id="a" isExecutable="true"><startEvent id="s"/><sendTask id="ask"/><receiveTask id="heard"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="ask"/><sequenceFlow id="f2" sourceRef="ask" targetRef="heard"/>
</process>
<process id="b" isExecutable="true"><startEvent id="asked"><messageEventDefinition/></startEvent>
<endEvent id="say"><messageEventDefinition/></endEvent><sequenceFlow id="f3" sourceRef="asked" targetRef="say"/>
</process>
</definitions>"""


def test_what_a_message_flow_ties_together_is_one_message():
    asking, asked = spiff.compile_bpmn(POOLS.encode(), "pools.bpmn")

    execution = Execution.start(asking, {}, feel.Environment())
    execution.run()

    told = [e.message_name for e in execution.effects if isinstance(e, MessageThrown | MessageAwaited)]
    begins, ends = asked.by_id["asked"].work, asked.by_id["say"].work
    assert isinstance(begins, Start)
    assert isinstance(ends, Throw)
    assert told == [begins.event.name.text, ends.event.name.text]
    assert len(set(told)) == 2


ROLE = (
    "<{0}><resourceAssignmentExpression><formalExpression>{1}</formalExpression></resourceAssignmentExpression></{0}>"
)


@pytest.mark.parametrize(
    ("roles", "assignee", "candidates"),
    [
        (ROLE.format("humanPerformer", "=boss"), "boss", None),
        (ROLE.format("performer", '"ann"'), '"ann"', None),
        (ROLE.format("potentialOwner", '["ann", "hr"]'), None, '["ann", "hr"]'),
        ("<potentialOwner><resourceRef>my:r</resourceRef></potentialOwner>", None, "committee"),
    ],
)
def test_performers_and_potential_owners_are_assignees_and_candidates(roles, assignee, candidates):
    work = node('<resource id="r" name="committee"/>', f'{START}<userTask id="x">{roles}</userTask>').work

    assert isinstance(work, UserTask)
    assert (work.assignee and work.assignee.text) == assignee
    assert [found and found.text for found in (work.candidate_users, work.candidate_groups)] == [candidates] * 2


def test_the_operation_that_a_service_task_invokes_is_the_type_of_its_job():
    operation = '<operation id="o" name="compute"><inMessageRef>m</inMessageRef></operation>'
    roots = f'<message id="m"/><interface id="i" name="Pay">{operation}</interface>'

    work = node(roots, START + '<serviceTask id="x" operationRef="my:o"/>').work

    assert isinstance(work, Job)
    assert work.type.text == "compute"


def test_notes_and_associations_may_stand_anywhere_among_the_elements():
    note = '<textAnnotation id="n"><text>Mind this</text></textAnnotation>'
    tied = '<association id="a" sourceRef="n" targetRef="x"/>'

    assert node("", f'{note}{tied}{START}<userTask id="x"/>').type == "userTask"


def test_what_stands_inside_an_element_may_stand_in_any_order():
    loop = "<standardLoopCharacteristics loopMaximum='2'/>"
    late = '<boundaryEvent id="late" attachedToRef="x"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    border = f"{late}</timerEventDefinition><outgoing>o</outgoing></boundaryEvent>"
    inside = '<startEvent id="i"/><userTask id="u"/><sequenceFlow id="g" sourceRef="i" targetRef="u"/>'
    task = f'<subProcess id="x">{inside}{loop}<incoming>f</incoming><documentation>Twice</documentation></subProcess>'

    found = node("", f'{START}{task}{border}<endEvent id="e"/><sequenceFlow id="o" sourceRef="late" targetRef="e"/>')

    assert found.loop is not None
    assert found.loop.repeat is not None
