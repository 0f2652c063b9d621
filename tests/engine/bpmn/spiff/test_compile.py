import pytest

from engine.bpmn import spiff
from engine.errors import Invalid

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="t"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'
    ' modeler:executionPlatformVersion="8.6.0">'
)
USER = '<bpmn:userTask id="u"/>'


def flow(source, target, inside="", name=""):
    name = name or f"f_{source}_{target}"
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def condition(text="=x"):
    return f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"


def ext(inside):
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def file(nodes, roots="", executable="true", attributes=""):
    process = f'<bpmn:process id="p" isExecutable="{executable}" {attributes}>{nodes}</bpmn:process>'
    return f"{HEAD}{roots}{process}</bpmn:definitions>".encode()


def around(node, name="u", more="", roots=""):
    """A process of a start event, one element and an end event."""
    start, end = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
    return file(f"{start}{node}{end}{flow('s', name)}{flow(name, 'e')}{more}", roots)


def problems(content):
    """The problems of a file, as pairs of element and code."""
    with pytest.raises(Invalid) as refusal:
        spiff.compile_bpmn(content, "test.bpmn")
    assert all(problem.message.endswith(".") for problem in refusal.value.problems if problem.code != "schema")
    return {(problem.where, problem.code) for problem in refusal.value.problems}


def test_what_the_modeler_writes_beside_our_elements_is_harmless():
    task = (
        '<bpmn:userTask id="u" name="Rate" zeebe:modelerTemplate="t" zeebe:modelerTemplateVersion="1"'
        ' zeebe:modelerTemplateIcon="i">'
        + ext(
            '<zeebe:userTask/><zeebe:formDefinition formId="f"/><zeebe:assignmentDefinition assignee="=a"/>'
            '<zeebe:taskSchedule dueDate="=d"/><zeebe:priorityDefinition priority="60"/>'
            '<zeebe:taskHeaders><zeebe:header key="k" value="v"/></zeebe:taskHeaders>'
            '<zeebe:properties><zeebe:property name="n" value="v"/></zeebe:properties>'
        )
        + "</bpmn:userTask>"
    )
    drawn = (
        '<bpmn:textAnnotation id="note"><bpmn:text>hello</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="a1" sourceRef="u" targetRef="note"/>'
    )

    net = spiff.compile_bpmn(around(task, more=drawn), "test.bpmn")[0]

    node = net.by_id["u"]
    assert node.work.headers == (("k", "v"),)
    assert node.properties == (("n", "v"),)
    assert [(element.id, element.type) for element in net.elements] == [
        ("s", "startEvent"),
        ("u", "userTask"),
        ("e", "endEvent"),
    ]


def test_lanes_pools_and_processes_that_are_not_executable_are_drawings():
    roots = (
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>'
        '<bpmn:participant id="p2" processRef="other"/></bpmn:collaboration>'
        '<bpmn:process id="other" isExecutable="false"><bpmn:task id="t"/></bpmn:process>'
    )
    lane = '<bpmn:lane id="l1" name="HR"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane>'
    lanes = f'<bpmn:laneSet id="l">{lane}</bpmn:laneSet>'
    start = '<bpmn:startEvent id="s"/>'

    nets = spiff.compile_bpmn(file(f"{lanes}{start}{USER}{flow('s', 'u')}", roots), "test.bpmn")

    assert [net.process_id for net in nets] == ["p"]


def test_a_chain_of_two_thousand_elements_compiles():
    nodes = "".join(f'<bpmn:task id="t{number}"/>{flow(f"t{number}", f"t{number + 1}")}' for number in range(2000))

    net = spiff.compile_bpmn(file(f'<bpmn:startEvent id="s"/>{flow("s", "t0")}{nodes}<bpmn:task id="t2000"/>'), "x")[0]

    assert len(net.elements) == 2002


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed-xml"),
        (b"<a", "malformed-xml"),
        (b"\xff\xfe\x00", "malformed-xml"),
        (b"<a/>", "not-bpmn"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "doctype"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "doctype"),
        (b" " * 5_000_000, "file-too-large"),
        (around('<bpmn:userTask id="u"><bpmn:nonsense/></bpmn:userTask>'), "schema"),
        (around('<bpmn:userTask id="u" nonsense="1"/>'), "schema"),
    ],
)
def test_what_is_no_bpmn_is_refused_with_the_place(content, code):
    found = problems(content)

    assert {found_code for _, found_code in found} == {code}
    assert all(where for where, _ in found)


def test_a_billion_laughs_are_refused_at_once():
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

    found = problems(f'<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l9;</a>'.encode())

    assert {code for _, code in found} <= {"doctype", "malformed-xml"}


MESSAGE = '<bpmn:message id="m" name="go"/>'
SUB_START, SUB_END = '<bpmn:startEvent id="ss"/>', '<bpmn:endEvent id="se"/>'
TIMER = "<bpmn:timerEventDefinition><bpmn:{0}>{1}</bpmn:{0}></bpmn:timerEventDefinition>"


REPEATED = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)


TWICE = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
TOLD = (
    '<bpmn:complexBehaviorDefinition id="cb"><bpmn:condition>{}</bpmn:condition><bpmn:event id="ce">'
    '<bpmn:signalEventDefinition signalRef="x"/></bpmn:event></bpmn:complexBehaviorDefinition>'
)


BOUND = (
    '<bpmn:potentialOwner id="po"><bpmn:resourceRef>r</bpmn:resourceRef>'
    '<bpmn:resourceParameterBinding parameterRef="x"><bpmn:formalExpression>1</bpmn:formalExpression>'
    "</bpmn:resourceParameterBinding></bpmn:potentialOwner>"
)


def boundary(inside, attributes='attachedToRef="u"'):
    return around(USER, more=f'<bpmn:boundaryEvent id="b" {attributes}>{inside}</bpmn:boundaryEvent>')


def loop(inside="", attributes=""):
    return around(
        f'<bpmn:userTask id="u"><bpmn:multiInstanceLoopCharacteristics {attributes}>{inside}'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )


def task(kind, inside="", attributes=""):
    return around(f'<bpmn:{kind} id="u" {attributes}>{inside}</bpmn:{kind}>')


def gateway(kind, flows, attributes=""):
    start, ends = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e1"/><bpmn:endEvent id="e2"/>'
    return file(f'{start}<bpmn:{kind} id="g" {attributes}/>{ends}{flow("s", "g")}{flows}')


CONDITIONAL = "<bpmn:conditionalEventDefinition><bpmn:condition>=x</bpmn:condition></bpmn:conditionalEventDefinition>"
MAPPED = '<zeebe:ioMapping><zeebe:input source="=1" target="x"/></zeebe:ioMapping>'
LISTENERS = '<zeebe:executionListeners><zeebe:executionListener type="x"/></zeebe:executionListeners>'
INPUT = ext('<zeebe:ioMapping><zeebe:input source="=1" target="x"/></zeebe:ioMapping>')
GO = '<bpmn:message id="m" name="=go"/>'
STARTS_BY = '<bpmn:startEvent id="s"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>'
LINK = '<bpmn:linkEventDefinition name="l"/>'
MOVED = (
    '<bpmn:dataInputAssociation id="moved"><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>d</bpmn:targetRef>'
    "<bpmn:transformation>1</bpmn:transformation></bpmn:dataInputAssociation>"
)


def react(inside, attributes=""):
    start = f'<bpmn:startEvent id="ss" {attributes}>{inside}</bpmn:startEvent>'
    return around(USER, more=f'<bpmn:subProcess id="r" triggeredByEvent="true">{start}</bpmn:subProcess>')


AFTER = (
    '<bpmn:startEvent id="s"/><bpmn:eventBasedGateway id="g"/><bpmn:receiveTask id="r" messageRef="m"/>'
    f'<bpmn:boundaryEvent id="b" attachedToRef="r">{TIMER.format("timeDuration", "P1D")}</bpmn:boundaryEvent>'
    + flow("s", "g")
    + flow("g", "r")
)
REFUSED = [
    # elements
    (task("adHocSubProcess", SUB_START), ("u", "start-events")),
    (task("subProcess", SUB_START, 'triggeredByEvent="true"'), ("u", "start-events")),
    (task("subProcess", SUB_START, 'triggeredByEvent="true"'), ("u", "bad-flow")),
    (react("<bpmn:messageEventDefinition/>"), ("ss", "no-reference")),
    (react("<bpmn:compensateEventDefinition/>"), ("r", "unsupported-element")),
    (react("<bpmn:errorEventDefinition/>", 'isInterrupting="false"'), ("ss", "unsupported-element")),
    (react("<bpmn:linkEventDefinition name='l'/>"), ("ss", "unsupported-element")),
    (task("task", attributes='isForCompensation="true"'), ("u", "unreachable")),
    (task("task", attributes='isForCompensation="true"'), ("u", "bad-flow")),
    (around('<bpmn:complexGateway id="u"/>', more=f'<bpmn:task id="t"/>{flow("t", "u")}'), ("u", "missing-condition")),
    (task("task", '<bpmn:standardLoopCharacteristics id="slc"/>'), ("u", "endless-loop")),
    (task("userTask", BOUND), ("po", "unsupported-element")),
    (task("userTask", MOVED), ("moved", "bad-variable")),
    # events
    (task("intermediateCatchEvent", '<bpmn:linkEventDefinition name="l"/>'), ("u", "bad-flow")),
    (task("intermediateThrowEvent", '<bpmn:linkEventDefinition name="l"/>'), ("u", "bad-flow")),
    (task("intermediateThrowEvent", '<bpmn:linkEventDefinition name="l"/>'), ("u", "unknown-link")),
    (task("intermediateThrowEvent", '<bpmn:linkEventDefinition name=" "/>'), ("u", "no-link")),
    (
        around(USER, more=f'<bpmn:intermediateCatchEvent id="c">{LINK}</bpmn:intermediateCatchEvent>'),
        ("c", "unreachable"),
    ),
    (
        around(
            USER,
            more="".join(f'<bpmn:intermediateCatchEvent id="{n}">{LINK}</bpmn:intermediateCatchEvent>' for n in "cd"),
        ),
        ("c", "duplicate-link"),
    ),
    (task("intermediateThrowEvent", '<bpmn:compensateEventDefinition activityRef="x"/>'), ("u", "unknown-activity")),
    (boundary("<bpmn:compensateEventDefinition/>"), ("b", "no-handler")),
    (boundary("<bpmn:cancelEventDefinition/>"), ("b", "no-transaction")),
    (task("endEvent", "<bpmn:cancelEventDefinition/>"), ("u", "no-transaction")),
    (boundary(CONDITIONAL.replace("=x", "=x +")), ("b", "bad-expression")),
    (boundary(CONDITIONAL.replace("=x", " ")), ("b", "no-condition")),
    (
        boundary("<bpmn:errorEventDefinition/>", 'attachedToRef="u" cancelActivity="false"'),
        ("b", "unsupported-element"),
    ),
    (boundary(""), ("b", "unsupported-element")),
    (boundary("<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>"), ("b", "unknown-reference")),
    (boundary(TIMER.format("timeDuration", "P1D") + LINK), ("b", "unsupported-element")),
    (
        boundary("<bpmn:errorEventDefinition/>" * 2, 'attachedToRef="u" parallelMultiple="true"'),
        ("b", "unsupported-element"),
    ),
    (task("endEvent", "<bpmn:terminateEventDefinition/>" * 2), ("u", "unsupported-element")),
    (boundary(TIMER.format("timeDuration", "P1D"), 'attachedToRef="s"'), ("b", "unknown-host")),
    (boundary(TIMER.format("timeDuration", "tomorrow")), ("b", "bad-time")),
    (boundary(TIMER.format("timeDate", "2026-02-30")), ("b", "bad-time")),
    (boundary(TIMER.format("timeCycle", "0 0 9 * * *")), ("b", "bad-time")),
    (boundary(TIMER.format("timeDuration", "=1 +")), ("b", "bad-expression")),
    (boundary('<bpmn:messageEventDefinition messageRef="m"/>'), ("b", "unknown-reference")),
    (boundary("<bpmn:messageEventDefinition/>"), ("b", "no-reference")),
    (boundary('<bpmn:errorEventDefinition errorRef="m"/>'), ("b", "unknown-reference")),
    (
        around(USER, more=f'<bpmn:endEvent id="x"><bpmn:signalEventDefinition/></bpmn:endEvent>{flow("u", "x")}'),
        ("x", "no-reference"),
    ),
    (task("receiveTask"), ("u", "no-reference")),
    # tasks
    (task("serviceTask", ext(MAPPED)), ("u", "no-job-type")),
    (task("serviceTask", ext('<zeebe:taskDefinition type="="/>')), ("u", "no-job-type")),
    (task("businessRuleTask", ext(MAPPED)), ("u", "no-decision")),
    (task("scriptTask", ext(MAPPED)), ("u", "no-script")),
    (task("scriptTask", ext('<zeebe:script expression="=1"/>')), ("u", "no-script")),
    (task("scriptTask", "<bpmn:script>x = </bpmn:script>"), ("u", "bad-expression")),
    (task("scriptTask", "<bpmn:script>x = 1</bpmn:script>", 'scriptFormat="groovy"'), ("u", "unsupported-element")),
    (task("scriptTask", ext('<zeebe:script expression="1" resultVariable="x"/>')), ("u", "expression-expected")),
    (task("sendTask", ext(MAPPED)), ("u", "no-reference")),
    (task("callActivity"), ("u", "no-called-process")),
    # extensions
    (task("userTask", ext("<zeebe:nonsense/>")), ("u", "unknown-extension")),
    (task("userTask", ext('<zeebe:assignmentDefinition boss="a"/>')), ("u", "unknown-extension")),
    (task("userTask", ext(LISTENERS)), ("u", "unknown-extension")),
    (task("userTask", ext('<zeebe:taskDefinition type="a"/>')), ("u", "misplaced-extension")),
    (task("task", ext('<zeebe:formDefinition formId="a"/>')), ("u", "misplaced-extension")),
    (task("userTask", attributes='camunda:assignee="a"'), ("u", "foreign-extension")),
    (task("userTask", ext("<camunda:formData/>")), ("u", "foreign-extension")),
    (
        task("userTask", ext('<zeebe:ioMapping><zeebe:input source="=1"/></zeebe:ioMapping>')),
        ("u", "incomplete-extension"),
    ),
    (
        task("userTask", ext('<zeebe:ioMapping><zeebe:input source="=1" target="a b"/></zeebe:ioMapping>')),
        ("u", "bad-variable"),
    ),
    (task("userTask", ext('<zeebe:taskSchedule dueDate="soon"/>')), ("u", "bad-time")),
    (task("userTask", ext('<zeebe:assignmentDefinition assignee="=1 +"/>')), ("u", "bad-expression")),
    (task("scriptTask", ext('<zeebe:script expression="=1" resultVariable="a b"/>')), ("u", "bad-variable")),
    (task("scriptTask", ext('<zeebe:script expression="=1" resultVariable="a.b"/>')), ("u", "bad-variable")),
    (task("intermediateCatchEvent", INPUT + TIMER.format("timeDuration", "P1D")), ("u", "unsupported-element")),
    (
        task("userTask", ext('<zeebe:formDefinition formId="a" bindingType="deployment"/>')),
        ("u", "unsupported-element"),
    ),
    (
        task("callActivity", ext('<zeebe:calledElement processId="a" bindingType="versionTag"/>')),
        ("u", "no-version-tag"),
    ),
    # instances
    (loop(), ("u", "multi-instance")),
    (loop(TWICE, 'behavior="One" oneBehaviorEventRef="e"'), ("u", "unsupported-element")),
    (loop(TWICE + TOLD.format(" "), 'behavior="Complex"'), ("u", "no-condition")),
    (loop(TWICE + TOLD.format("x"), 'behavior="Complex"'), ("u", "no-signal")),
    (
        loop(
            ext('<zeebe:loopCharacteristics inputCollection="=a"/>') + "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
        ),
        ("u", "multi-instance"),
    ),
    (loop(ext('<zeebe:loopCharacteristics inputCollection="=a" outputCollection="b"/>')), ("u", "multi-instance")),
    (loop(ext('<zeebe:loopCharacteristics inputCollection="a"/>')), ("u", "expression-expected")),
    (
        loop(ext('<zeebe:loopCharacteristics inputCollection="=a" inputElement="a b"/>')),
        ("u", "bad-variable"),
    ),
    # flows
    (around(USER, more=flow("u", "nowhere")), ("f_u_nowhere", "unknown-flow-end")),
    (around(USER, more=flow("e", "u")), ("f_e_u", "bad-flow")),
    (around(USER, more=flow("u", "s")), ("f_u_s", "bad-flow")),
    (around(USER, more=flow("s", "e", condition())), ("f_s_e", "ignored-condition")),
    (gateway("parallelGateway", flow("g", "e1", condition()) + flow("g", "e2")), ("f_g_e1", "ignored-condition")),
    (gateway("exclusiveGateway", flow("g", "e1", condition()) + flow("g", "e2")), ("f_g_e2", "missing-condition")),
    (gateway("inclusiveGateway", flow("g", "e1", condition()) + flow("g", "e2")), ("f_g_e2", "missing-condition")),
    (
        gateway("exclusiveGateway", flow("g", "e1", condition()) + flow("g", "e2", condition()), 'default="f_g_e2"'),
        ("f_g_e2", "ignored-condition"),
    ),
    (
        gateway("exclusiveGateway", flow("g", "e1", condition("x >")) + flow("g", "e2"), 'default="f_g_e2"'),
        ("f_g_e1", "bad-expression"),
    ),
    (gateway("exclusiveGateway", flow("g", "e1"), 'default="f_s_g"'), ("g", "unknown-default")),
    (gateway("eventBasedGateway", flow("g", "e1")), ("g", "event-gateway")),
    (file(AFTER, MESSAGE), ("g", "event-gateway")),
    # processes
    (file(STARTS_BY, GO), ("s", "computed-name")),
    (file('<bpmn:startEvent id="s"/>', executable="false"), ("", "not-executable")),
    (file(""), ("p", "start-events")),
    (task("receiveTask", attributes='instantiate="true" messageRef="m"'), ("u", "instantiate")),
    (
        file(f'<bpmn:receiveTask id="u" instantiate="1" messageRef="m">{REPEATED}</bpmn:receiveTask>', MESSAGE),
        ("u", "instantiate"),
    ),
    (gateway("eventBasedGateway", flow("g", "e1"), 'eventGatewayType="Parallel"'), ("g", "event-gateway")),
    (
        task("subProcess", f'<bpmn:startEvent id="ss">{TIMER.format("timeDuration", "P1D")}</bpmn:startEvent>'),
        ("u", "start-events"),
    ),
    (file('<bpmn:startEvent id="s"/><bpmn:task id="lost"/>'), ("lost", "unreachable")),
    (file('<bpmn:startEvent id="Start"/>'), ("Start", "reserved-id")),
    (file("<bpmn:startEvent/>"), ("p", "missing-id")),
]


@pytest.mark.parametrize(
    ("content", "problem"), REFUSED, ids=[f"{where}-{code}-{n}" for n, (_, (where, code)) in enumerate(REFUSED)]
)
def test_what_is_not_executed_right_is_refused_with_the_element(content, problem):
    assert problem in problems(content)


def test_ids_that_are_taken_are_refused():
    content = around(USER, more='<bpmn:task id="u"/>')

    assert {code for _, code in problems(content)} <= {"schema", "duplicate-id"}


def test_all_problems_of_a_file_are_reported_together():
    nodes = (
        '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="g"/><bpmn:callActivity id="j"/>'
        f'<bpmn:userTask id="u">{ext("<zeebe:nonsense/>")}</bpmn:userTask>'
        f"{flow('s', 'u')}{flow('u', 'j')}{flow('u', 'g', condition('=(1'))}"
    )

    assert problems(file(nodes)) >= {
        ("j", "no-called-process"),
        ("u", "unknown-extension"),
        ("f_u_g", "bad-expression"),
    }


LOOP = (
    '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="h"/>{}<bpmn:exclusiveGateway id="g" default="f_g_h"/>'
    '<bpmn:endEvent id="e"/>'
    + flow("s", "h")
    + flow("h", "x")
    + flow("x", "g")
    + flow("g", "h")
    + flow("g", "e", condition())
)
INNER = '<bpmn:subProcess id="x"><bpmn:startEvent id="ss"/>{}' + flow("ss", "i") + "</bpmn:subProcess>"


@pytest.mark.parametrize("on_it", ['<bpmn:task id="x"/>', INNER.format('<bpmn:task id="i"/>')])
def test_a_loop_in_which_nothing_waits_is_refused(on_it):
    assert {code for _, code in problems(file(LOOP.format(on_it)))} == {"endless-loop"}


SCRIPT = '<bpmn:scriptTask id="x"><bpmn:script>n = n + 1</bpmn:script></bpmn:scriptTask>'


@pytest.mark.parametrize("on_it", ['<bpmn:userTask id="x"/>', SCRIPT, INNER.format('<bpmn:userTask id="i"/>')])
def test_a_loop_in_which_something_waits_or_changes_is_fine(on_it):
    assert spiff.compile_bpmn(file(LOOP.format(on_it)), "x")


def test_a_message_may_have_its_subscription():
    subscription = ext('<zeebe:subscription correlationKey="=id"/>')
    root = f'<bpmn:message id="m" name="go">{subscription}</bpmn:message>'
    net = spiff.compile_bpmn(around('<bpmn:receiveTask id="u" messageRef="m"/>', roots=root), "x")[0]

    assert net.by_id["u"].work.event.correlation_key.text == "id"


def test_data_is_documentation():
    task = (
        '<bpmn:userTask id="u"><bpmn:property id="pr" name="__targetRef_placeholder"/>'
        '<bpmn:dataInputAssociation id="i">'
        "<bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>"
        '<bpmn:dataOutputAssociation id="out"><bpmn:targetRef>st</bpmn:targetRef></bpmn:dataOutputAssociation>'
        "</bpmn:userTask>"
    )
    drawn = (
        '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="o" dataObjectRef="d"/>'
        '<bpmn:dataStoreReference id="st" dataStoreRef="store"/>'
    )
    store = '<bpmn:dataStore id="store" name="Store"/>'

    net = spiff.compile_bpmn(around(task, more=drawn, roots=store), "x")[0]

    assert [element.id for element in net.elements] == ["s", "u", "e"]


def test_every_executable_pool_is_a_process():
    pools = "".join(
        f'<bpmn:process id="{name}" isExecutable="true"><bpmn:startEvent id="{name}_s"/></bpmn:process>'
        for name in "ab"
    )
    collaboration = (
        '<bpmn:collaboration id="c"><bpmn:participant id="pa" processRef="a"/><bpmn:participant id="pb"'
        ' processRef="b"/><bpmn:messageFlow id="mf" sourceRef="pa" targetRef="pb"/></bpmn:collaboration>'
    )

    nets = spiff.compile_bpmn(f"{HEAD}{collaboration}{pools}</bpmn:definitions>".encode(), "x")

    assert [net.process_id for net in nets] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("${score > 1}", "without ${ and }"),
        ("#{score > 1}", "without #{ and }"),
        ("a &amp;&amp; b", "FEEL writes and"),
        ("a || b", "FEEL writes or"),
        ("a = 'x'", "double quotes"),
        ("a == 1", "which in FEEL is ="),
    ],
)
def test_a_condition_in_another_language_is_refused_with_how_to_write_it(text, hint):
    content = gateway("exclusiveGateway", flow("g", "e1", condition(text)) + flow("g", "e2"), 'default="f_g_e2"')

    with pytest.raises(Invalid) as refusal:
        spiff.compile_bpmn(content, "test.bpmn")

    assert [hint in problem.message for problem in refusal.value.problems] == [True]
