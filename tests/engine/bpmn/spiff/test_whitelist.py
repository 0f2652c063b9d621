"""Every attribute and element of BPMN is executed, documents without effect, or is refused: none is ignored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
import SpiffWorkflow
from hostile import START, USER, definitions, flow, one, process
from lxml import etree

from engine.bpmn import spiff
from engine.bpmn.spiff import attributes, checks, names
from engine.errors import Invalid

SCHEMA = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema" / "Semantic.xsd"
XSD = "{http://www.w3.org/2001/XMLSchema}"
PROCESS_CONTENT = names.NODES | checks.DETAILS | checks.DRAWN | {"process"}
TIMER = "<b:timerEventDefinition><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition>"
SIGNALS = '<b:signal id="g1" name="a"/><b:signal id="g2" name="b"/><b:signalEventDefinition id="d1" signalRef="g1"/>'
MESSAGES = '<b:message id="m1" name="a"/><b:message id="m2" name="b"/>'
CODES = '<b:{0} id="c1" {0}Code="a"/><b:{0} id="c2" {0}Code="b"/>'


def schema() -> tuple[dict[str, str], dict[str, tuple[str, dict[str, str | None]]]]:
    """Return the type of each element, and of each type its base and attributes with their defaults."""
    root = etree.parse(SCHEMA).getroot()
    elements = {e.get("name"): str(e.get("type")).rpartition(":")[2] for e in root.findall(f"{XSD}element")}
    types = {}
    for found in root.iter(f"{XSD}complexType"):
        extension = found.find(f".//{XSD}extension")
        base = "" if extension is None else str(extension.get("base")).rpartition(":")[2]
        types[found.get("name")] = (base, {a.get("name"): a.get("default") for a in found.iter(f"{XSD}attribute")})
    return elements, types


def attributes_in_schema() -> Iterator[tuple[str, str]]:
    """Go through the attributes of everything that may stand in a process that is executed."""
    elements, types = schema()
    for element in sorted(PROCESS_CONTENT & set(elements)):
        kind = elements[element]
        while kind in types:
            base, found = types[kind]
            yield from ((element, attribute) for attribute in found)
            kind = base


def test_every_attribute_that_the_schema_knows_is_judged():
    judged = attributes.EXECUTED | attributes.DOCUMENTING | set(attributes.ONLY) | set(attributes.TECHNICAL)

    known = {attribute for _, attribute in attributes_in_schema()}

    assert len(known) > 40
    assert known <= judged


@pytest.mark.parametrize("element", sorted(set(schema()[0]) - PROCESS_CONTENT))
@pytest.mark.parametrize("inside", ["process", "task"])
def test_an_element_that_is_not_on_the_list_is_refused_wherever_it_stands(element, inside):
    strange = f'<b:{element} id="strange"/>'
    task = f'<b:userTask id="x">{strange}</b:userTask>' if inside == "task" else '<b:userTask id="x"/>' + strange

    with pytest.raises(Invalid) as refusal:
        spiff.compile_bpmn(one(task).encode(), "p.bpmn")

    assert {problem.code for problem in refusal.value.problems} & {"schema", "unsupported-element", "not-bpmn"}


def caught(definition: str, tag: str = "intermediateCatchEvent", attribute: str = "") -> str:
    return one(f'<b:{tag} id="x" {attribute}>{definition}</b:{tag}>', roots=SIGNALS + MESSAGES)


def border(attribute: str) -> str:
    event = f'<b:boundaryEvent id="o" {attribute}>{TIMER}</b:boundaryEvent>'
    return one('<b:userTask id="x"/><b:userTask id="y"/>', event + flow("x", "y"))


def subprocess(attribute: str, tag: str = "subProcess", inside: str = START.replace('"s"', '"i"')) -> str:
    return one(f'<b:{tag} id="x" {attribute}>{inside}</b:{tag}>')


def thrown(kind: str, code: str) -> str:
    event = f'<b:endEvent id="x"><b:{kind}EventDefinition {kind}Ref="{code}"/></b:endEvent>'
    return process(START + flow("s", "x") + event, CODES.format(kind))


def repeated(attribute: str, tag: str = "multiInstanceLoopCharacteristics") -> str:
    times = "loopCardinality>3</b:loopCardinality" if tag.startswith("multi") else "loopCondition>a</b:loopCondition"
    return one(f'<b:userTask id="x"><b:{tag} {attribute}><b:{times}></b:{tag}></b:userTask>', roots=SIGNALS)


def undone(attribute: str) -> str:
    event = f'<b:intermediateThrowEvent id="x"><b:compensateEventDefinition {attribute}/></b:intermediateThrowEvent>'
    return process(f'{START}<b:userTask id="y"/>{event}{flow("s", "y")}{flow("y", "x")}')


def reacting(attribute: str) -> str:
    start = f'<b:startEvent id="i" {attribute}>{TIMER}</b:startEvent>'
    inner = f'<b:subProcess id="r" triggeredByEvent="true">{start}</b:subProcess>'
    return one(f'<b:userTask id="x"/>{inner}')


def split(default: str) -> str:
    late = "<b:conditionExpression>=late</b:conditionExpression>"
    return process(
        f'{START}<b:exclusiveGateway id="g" {default}/><b:endEvent id="a"/><b:endEvent id="c"/>{flow("s", "g")}'
        f"{flow('g', 'a', '' if default else late)}{flow('g', 'c', late)}"
    )


def signalling(name: str) -> str:
    return caught(f'<b:signalEventDefinition signalRef="{name}"/>')


TWO = '<b:signalEventDefinition signalRef="g1"/><b:signalEventDefinition signalRef="g2"/>'
SCRIPT = '<b:scriptTask id="x" {}><b:script>a = 1</b:script></b:scriptTask>'
FORMAL = (
    '<b:conditionExpression xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="b:tFormalExpression" {}>=a'
    "</b:conditionExpression>"
)
WORK = '<b:userTask id="w"/>'
TASK = '<b:userTask id="x"/>'


def receiving(attribute: str) -> str:
    return one(f'<b:receiveTask id="x" {attribute}/>', roots=MESSAGES)


def calling(name: str) -> str:
    return one(f'<b:callActivity id="x" calledElement="{name}"/>')


def gateway(attribute: str) -> str:
    event = f'<b:intermediateCatchEvent id="e">{TIMER}</b:intermediateCatchEvent>'
    return one(f'<b:eventBasedGateway id="x" {attribute}/>').replace('<b:endEvent id="e"/>', event)


def beginning(attribute: str) -> str:
    task = f'<b:receiveTask id="x" messageRef="m1" {attribute}/>'
    return process(f"{START}{USER}{flow('s', 'u')}{task}", MESSAGES)


def conditioned(attribute: str) -> str:
    return process(f'{START}{USER}<b:endEvent id="e"/>{flow("s", "u")}{flow("u", "e", FORMAL.format(attribute))}')


def subscribed(name: str) -> str:
    path = '<b:correlationPropertyRetrievalExpression messageRef="m1"><b:messagePath>n</b:messagePath>'
    roots = f'{MESSAGES}<b:correlationProperty id="c1">{path}</b:correlationPropertyRetrievalExpression>'
    binding = f'<b:correlationPropertyBinding correlationPropertyRef="{name}"><b:dataPath>n</b:dataPath>'
    told = f'<b:correlationSubscription correlationKeyRef="k">{binding}</b:correlationPropertyBinding>'
    task = f'<b:receiveTask id="x" messageRef="m1"/>{flow("s", "x")}{told}</b:correlationSubscription>'
    return process(START + task, f"{roots}</b:correlationProperty>")


EFFECTS = {
    "activityRef": (undone(""), undone('activityRef="y"')),
    "attachedToRef": (border('attachedToRef="x"'), border('attachedToRef="y"')),
    "behavior": (repeated(""), repeated('behavior="None" noneBehaviorEventRef="d1"')),
    "calledElement": (calling("q"), calling("r")),
    "cancelActivity": (border('attachedToRef="x"'), border('attachedToRef="x" cancelActivity="false"')),
    "cancelRemainingInstances": (
        subprocess('cancelRemainingInstances="true"', "adHocSubProcess", WORK),
        subprocess('cancelRemainingInstances="false"', "adHocSubProcess", WORK),
    ),
    "completionQuantity": (one(TASK), one('<b:userTask id="x" completionQuantity="2"/>')),
    "correlationPropertyRef": (subscribed("c1"), subscribed("lost")),
    "default": (split(""), split('default="g_a"')),
    "errorCode": (thrown("error", "c1"), thrown("error", "c2")),
    "errorRef": (thrown("error", "c1"), thrown("error", "lost")),
    "escalationCode": (thrown("escalation", "c1"), thrown("escalation", "c2")),
    "escalationRef": (thrown("escalation", "c1"), thrown("escalation", "lost")),
    "eventGatewayType": (gateway(""), gateway('eventGatewayType="Parallel"')),
    "instantiate": (beginning('instantiate="true"'), beginning("")),
    "isExecutable": (process(START), process(START).replace('isExecutable="true"', 'isExecutable="false"')),
    "isForCompensation": (one(TASK), one('<b:userTask id="x" isForCompensation="true"/>')),
    "isInterrupting": (reacting(""), reacting('isInterrupting="false"')),
    "isSequential": (repeated(""), repeated('isSequential="true"')),
    "language": (conditioned('language="FEEL"'), conditioned('language="groovy"')),
    "loopMaximum": (
        repeated("", "standardLoopCharacteristics"),
        repeated('loopMaximum="4"', "standardLoopCharacteristics"),
    ),
    "messageRef": (receiving('messageRef="m1"'), receiving('messageRef="m2"')),
    "noneBehaviorEventRef": (repeated(""), repeated('behavior="None" noneBehaviorEventRef="lost"')),
    "oneBehaviorEventRef": (repeated(""), repeated('behavior="One" oneBehaviorEventRef="lost"')),
    "ordering": (
        subprocess('ordering="Parallel"', "adHocSubProcess", WORK),
        subprocess('ordering="Sequential"', "adHocSubProcess", WORK),
    ),
    "parallelMultiple": (caught(TWO), caught(TWO, attribute='parallelMultiple="true"')),
    "scriptFormat": (one(SCRIPT.format("")), one(SCRIPT.format('scriptFormat="python"'))),
    "signalRef": (signalling("g1"), signalling("g2")),
    "sourceRef": (one(TASK), one(TASK).replace('sourceRef="x"', 'sourceRef="s"')),
    "startQuantity": (one(TASK), one('<b:userTask id="x" startQuantity="2"/>')),
    "targetRef": (one(TASK), one(TASK).replace('targetRef="e"', 'targetRef="x"')),
    "testBefore": (
        repeated("", "standardLoopCharacteristics"),
        repeated('testBefore="true"', "standardLoopCharacteristics"),
    ),
    "triggeredByEvent": (subprocess(""), subprocess('triggeredByEvent="true"')),
    "waitForCompletion": (undone('waitForCompletion="true"'), undone('waitForCompletion="false"')),
}
"""For each attribute a diagram that is executed, and one that differs by what the attribute says."""


def outcome(content: str) -> object:
    """What becomes of a diagram: its nets, or the codes of what is wrong with it."""
    try:
        return json.dumps([net.to_json() for net in spiff.compile_bpmn(content.encode(), "p.bpmn")], default=str)
    except Invalid as refusal:
        return {problem.code for problem in refusal.problems}


@pytest.mark.parametrize("attribute", sorted(attributes.EXECUTED))
def test_an_attribute_that_is_executed_changes_what_happens_or_is_refused(attribute):
    without, changed = EFFECTS[attribute]

    assert outcome(without) != outcome(changed)
    assert isinstance(outcome(without), str), outcome(without)


DOCUMENTED = {
    "a name": ('<b:userTask id="x" name="n"/>', ""),
    "the direction of a gateway": ('<b:exclusiveGateway id="x" gatewayDirection="Diverging"/>', ""),
    "a data object": (
        '<b:task id="x"/><b:dataObject id="d" isCollection="true"/><b:dataObjectReference id="r" dataObjectRef="d"/>',
        "",
    ),
    "an annotation": (
        '<b:task id="x"/>',
        (
            '<b:textAnnotation id="a" textFormat="text/plain"/>'
            '<b:association id="o" sourceRef="x" targetRef="a" associationDirection="Both"/>'
        ),
    ),
}


@pytest.mark.parametrize("what", DOCUMENTED)
def test_what_documents_is_let_through_and_nothing_is_said_of_it(what):
    element, more = DOCUMENTED[what]
    heard = []

    spiff.compile_bpmn(one(element, more).encode(), "p.bpmn", heard.append)

    assert not heard


ZEEBE = (
    "adHoc", "assignmentDefinitions", "bpmnBinding", "conditionalFilter", "executionListeners", "jobPriorityDefinition",
    "linkedResources", "userTaskForm", "validation", "variableScope", "publishMessage", "terminateAll",
)  # fmt: skip


@pytest.mark.parametrize("name", ZEEBE)
@pytest.mark.parametrize("tag", ["userTask", "serviceTask", "callActivity", "adHocSubProcess"])
def test_an_extension_that_is_not_known_is_refused_on_every_element(name, tag):
    assert "unknown-extension" in outcome(hostile.extended(tag, f"<z:{name}/>"))


def test_what_a_file_brings_along_is_warned_of():
    heard = []
    roots = '<b:import namespace="t" location="x.xsd" importType="http://www.w3.org/2001/XMLSchema"/>'

    spiff.compile_bpmn(
        definitions(f'{roots}<b:process id="p" isExecutable="true">{START}</b:process>').encode(), "p", heard.append
    )

    assert [problem.code for problem in heard] == ["ignored-import"]
