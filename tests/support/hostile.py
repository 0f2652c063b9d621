"""Files that nobody should be able to hurt the server with, and the code of what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

BPMN = 'xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0"'
START = '<b:startEvent id="s"/>'
USER = '<b:userTask id="u"/>'
MESSAGE = '<b:message id="m" name="go"/>'
DMN = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="n" name="m" id="m"'
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))

File = tuple[str, str, bytes]
"""The code that is expected, the file's name, its content."""


def flow(source: str, target: str, inside: str = "", name: str = "") -> str:
    return f'<b:sequenceFlow id="{name or f"{source}_{target}"}" sourceRef="{source}" targetRef="{target}">{inside}</b:sequenceFlow>'  # noqa: E501


def definitions(content: str, attributes: str = "") -> str:
    return f'<b:definitions {BPMN} targetNamespace="t" {attributes}>{content}</b:definitions>'


def process(content: str, roots: str = "", name: str = "p") -> str:
    return definitions(f'{roots}<b:process id="{name}" isExecutable="true">{content}</b:process>')


def one(element: str, more: str = "", roots: str = "") -> str:
    """A process of a start event, the element x and an end event."""
    return process(f'{START}{element}<b:endEvent id="e"/>{flow("s", "x")}{flow("x", "e")}{more}', roots)


def extended(tag: str, extension: str) -> str:
    return one(f'<b:{tag} id="x"><b:extensionElements>{extension}</b:extensionElements></b:{tag}>')


def decision(expression: str) -> str:
    return f'<definitions {DMN}><decision id="d" name="d">{expression}</decision></definitions>'


def literal(text: str) -> str:
    return decision(f"<literalExpression><text>{text}</text></literalExpression>")


def form(components: str, head: str = '"id": "f", "type": "default"') -> str:
    return f'{{{head}, "components": {components}}}'


def _xml() -> Iterator[tuple[str, str | bytes]]:
    good = process(START)
    yield "malformed-xml", f'<!DOCTYPE b [<!ENTITY l0 "ha">{LAUGHS}]>' + process('<b:task id="t" name="&l9;"/>')
    external = '<!DOCTYPE b [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    yield "doctype", external + process("<b:documentation>&f;</b:documentation>")
    yield "doctype", f'<!DOCTYPE b [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>{good}'
    yield "doctype", f'<!DOCTYPE b SYSTEM "http://127.0.0.1:1/x.dtd">{good}'
    yield "doctype", f"<!DOCTYPE b>{good}"
    yield "malformed-xml", process('<b:task id="t" name="&nothing;"/>')
    yield "file-too-large", b" " * 20_000_000
    yield "file-too-large", process(f"{START}<b:documentation>{'x' * 5_000_000}</b:documentation>")
    yield "file-too-large", process(START + "".join(f'<b:task id="t{n}"/>' for n in range(5_000)))
    yield "file-too-large", process(START + "<b:documentation/>" * 60_000)
    yield "malformed-xml", ""
    yield "malformed-xml", " "
    yield "malformed-xml", b"\x00" * 1000
    yield "malformed-xml", good.encode().replace(b"startEvent", b"start\x00Event")
    yield "malformed-xml", good[:-10]
    yield "malformed-xml", "{}"
    yield "malformed-xml", b"PK\x03\x04" + b"\x00" * 100
    yield "malformed-xml", b"\xff\xfe" + good.encode()
    yield "malformed-xml", b'<?xml version="1.0" encoding="no-such-code"?>' + good.encode()
    yield "malformed-xml", b'<?xml version="1.0" encoding="UTF-8"?>' + process("<!-- \u4e2d -->").encode("gb18030")
    yield "malformed-xml", "<a>" * 10_000
    yield "malformed-xml", f"<b:definitions {BPMN}><a>{'<a>' * 300}{'</a>' * 300}</a></b:definitions>"
    yield "malformed-xml", good.replace("<b:startEvent", '<b:startEvent id="again"')
    yield "malformed-xml", good.replace("b:startEvent", "undeclared:startEvent")
    yield "malformed-xml", process(f'<b:task id="t" name="{"x" * 11_000_000}"/>')[:3_999_999]
    yield "schema", process("<b:task id='t' " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>")
    yield "not-bpmn", "<a/>"
    yield "not-bpmn", '<definitions xmlns="http://example.com/other"/>'
    yield "not-bpmn", decision("")
    yield "not-bpmn", '<bpmn:definitions xmlns:bpmn="http://schema.omg.org/spec/BPMN/2.0"/>'
    yield "not-executable", definitions("")
    yield "not-executable", good.replace('isExecutable="true"', 'isExecutable="false"')
    yield "schema", process("<b:nonsense/>")
    yield "schema", process('<b:task id="1"/>')
    yield "schema", process('<b:task id="two words"/>')


def _graphs() -> Iterator[tuple[str, str]]:
    yield "unreachable", process(START + "".join(f'<b:task id="t{n}"/>' for n in range(1_000)))
    subprocesses = "".join(f'<b:subProcess id="x{n}">' for n in range(200))
    yield "too-deep", process(subprocesses + "</b:subProcess>" * 200)
    yield "missing-id", process("<b:startEvent/>")
    yield "schema", process('<b:startEvent id=""/>')
    yield "duplicate-id", process(f"{START}{START}")
    yield "duplicate-id", definitions('<b:process id="p" isExecutable="true"/>' * 2)
    for name in ("Start", "End", "Root", "x.EndJoin"):
        yield "reserved-id", process(f'<b:startEvent id="{name}"/>')
    yield (
        "endless-loop",
        process(f'{START}<b:task id="a"/><b:task id="c"/>{flow("s", "a")}{flow("a", "c")}{flow("c", "a")}'),
    )
    yield "endless-loop", process(f'{START}<b:exclusiveGateway id="g"/>{flow("s", "g")}{flow("g", "g")}')
    yield "unknown-flow-end", process(f"{START}{flow('s', 'nowhere')}")
    yield "unknown-flow-end", process(f"{START}{flow('nowhere', 's')}")
    yield "bad-flow", process(f"{START}{flow('s', 's')}")
    yield "start-events", process("")
    yield "unknown-host", one(USER.replace('"u"', '"x"'), '<b:boundaryEvent id="y" attachedToRef="nowhere"/>')
    yield "unknown-host", one(USER.replace('"u"', '"x"'), '<b:boundaryEvent id="y" attachedToRef="y"/>')
    yield "schema", process(f'{START}<b:callChoreography id="x" initiatingParticipantRef="p"/>')
    yield (
        "unsupported-attribute",
        process(f"{START}{USER}{flow('s', 'u')}").replace('targetRef="u"', 'targetRef="u" isImmediate="false"'),
    )
    yield "unsupported-attribute", one('<b:transaction id="x" method="##Store"><b:startEvent id="y"/></b:transaction>')
    yield (
        "unsupported-element",
        definitions('<b:extension mustUnderstand="true" definition="b:x"/><b:process id="p" isExecutable="true"/>'),
    )
    yield "endless-calls", one('<b:callActivity id="x" calledElement="p"/>')


def _references() -> Iterator[tuple[str, str]]:
    catch = '<b:intermediateCatchEvent id="x">{}</b:intermediateCatchEvent>'
    throw = '<b:intermediateThrowEvent id="x">{}</b:intermediateThrowEvent>'
    for kind in ("message", "signal"):
        yield "unknown-reference", one(catch.format(f'<b:{kind}EventDefinition {kind}Ref="lost"/>'))
        yield "no-reference", one(catch.format(f"<b:{kind}EventDefinition/>"))
    yield "unknown-reference", one(throw.format('<b:escalationEventDefinition escalationRef="lost"/>'))
    yield (
        "unknown-reference",
        process(f'{START}{flow("s", "x")}<b:endEvent id="x"><b:errorEventDefinition errorRef="lost"/></b:endEvent>'),
    )
    yield "unknown-reference", one('<b:sendTask id="x" messageRef="lost"/>')
    yield "unknown-reference", one('<b:receiveTask id="x" messageRef="x"/>')
    yield "unknown-activity", one(throw.format('<b:compensateEventDefinition activityRef="lost"/>'))
    yield "unknown-default", one('<b:userTask id="x" default="lost"/>')
    yield "unknown-process", one('<b:callActivity id="x" calledElement="lost"/>')
    link = throw.format('<b:linkEventDefinition name="lost"/>')
    yield "unknown-link", process(START + flow("s", "x") + link)
    data = (
        '<b:dataObjectReference id="r" dataObjectRef="lost"/><b:task id="z"><b:dataInputAssociation>'
        "<b:sourceRef>r</b:sourceRef><b:targetRef>r</b:targetRef></b:dataInputAssociation></b:task>"
    )
    for name in ("y", "x"):  # the stock parser looks for the object two levels up, for ever
        data = f'<b:subProcess id="{name}"><b:startEvent id="s{name}"/>{data}</b:subProcess>'
    yield "unreachable", one(data)


def _extensions() -> Iterator[tuple[str, str]]:
    yield "foreign-extension", one('<b:userTask id="x" c:assignee="a" xmlns:c="http://camunda.org/schema/1.0/bpmn"/>')
    yield "unknown-extension", one('<b:userTask id="x" z:retries="3"/>')
    yield "unknown-extension", extended("userTask", "<z:executionListeners/>")
    yield "unknown-extension", extended("userTask", '<z:formDefinition formId="f" externalReference="x"/>')
    yield "misplaced-extension", extended("userTask", '<z:subscription correlationKey="=a"/>')
    yield "unknown-operation", extended("serviceTask", '<z:taskDefinition type="reviewflow.os.system"/>')
    yield "incomplete-extension", extended("userTask", "<z:taskHeaders><z:header/></z:taskHeaders>")


def _expressions() -> Iterator[tuple[str, str]]:
    def condition(text: str) -> str:
        inside = f"<b:conditionExpression>{text}</b:conditionExpression>"
        return process(f'{START}{USER}<b:endEvent id="e"/>{flow("s", "u")}{flow("u", "e", inside)}')

    for text in ("=", "=1 +", "=__import__('os')", "=" + "(" * 5_000, "=" + "[" * 50_000, "=" + "-" * 5_000 + "1"):
        yield "bad-expression", condition(text)
    yield "bad-expression", condition("=" + "if a then b else " * 3_000 + "c")
    yield (
        "bad-variable",
        extended("userTask", '<z:ioMapping><z:output source="=1" target="__class__ x"/></z:ioMapping>'),
    )
    yield (
        "bad-time",
        one(
            '<b:intermediateCatchEvent id="x"><b:timerEventDefinition><b:timeDuration>PT-</b:timeDuration>'
            "</b:timerEventDefinition></b:intermediateCatchEvent>"
        ),
    )


def _decisions() -> Iterator[tuple[str, str | bytes]]:
    yield "file-too-large", b" " * 20_000_000
    yield "malformed-xml", f'<!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]>{literal("&l9;")}'
    yield "malformed-xml", "not XML"
    yield "malformed-xml", b"\x00"
    yield "malformed-xml", b'<?xml version="1.0" encoding="no-such-code"?><a/>'
    yield "no-dmn", "<a/>"
    yield "no-dmn", process(START)
    yield "too-deep", decision("<context><contextEntry>" * 60 + "</contextEntry></context>" * 60)
    yield "missing-expression", decision("")
    yield "feel-syntax", literal("(" * 5_000)
    yield "feel-syntax", literal("1 +")
    cells = "".join(f"<input><inputExpression><text>x{n}</text></inputExpression></input>" for n in range(1_000))
    rule = "<rule>{}<outputEntry><text>1</text></outputEntry></rule>"
    rows = "".join(rule.format(f"<inputEntry><text>{n}</text></inputEntry>" * 1_000) for n in range(60))
    yield "too-expensive", decision(f"<decisionTable>{cells}<output/>{rows}</decisionTable>")
    yield (
        "circle",
        (
            f'<definitions {DMN}><decision id="d" name="d"><informationRequirement><requiredDecision href="#d"/>'
            "</informationRequirement><literalExpression><text>1</text></literalExpression></decision></definitions>"
        ),
    )


def _forms() -> Iterator[tuple[str, str | bytes]]:
    yield "no-form", ""
    yield "no-form", "[]"
    yield "no-form", "{" * 100_000
    yield "no-form", "[" * 100_000
    yield "no-form", b"\xff\xfe\x00"
    yield "no-form", '{"id": NaN}'
    yield "no-form", process(START)
    yield "no-id", form('[{"type": "text"}]', '"type": "default"')
    yield "file-too-large", form("[" + ",".join(f'{{"type": "number", "key": "k{n}"}}' for n in range(100_000)) + "]")
    yield "duplicate-key", form("[" + ",".join('{"type": "number", "key": "k"}' for _ in range(5_000)) + "]")
    yield "too-deep", form('[{"type": "group", "components": ' * 30 + "[]" + "}]" * 30)
    yield "bad-key", form('[{"type": "textfield", "key": "__proto__"}]')
    yield "bad-expression", form('[{"type": "expression", "key": "k", "expression": "=' + "(" * 5_000 + '"}]')
    yield "bad-pattern", form('[{"type": "textfield", "key": "k", "validate": {"pattern": "(a+"}}]')
    yield "unknown-component", form('[{"type": "script", "key": "k"}]')
    yield "unknown-component", form("[1, null, []]")


def _endings() -> Iterator[tuple[str, bytes]]:
    yield "unknown-kind", b"PK\x03\x04"


GROUPS: dict[str, tuple[str, Callable[[], Iterator[tuple[str, str | bytes]]]]] = {
    "xml": ("hostile.bpmn", _xml),
    "graphs": ("hostile.bpmn", _graphs),
    "references": ("hostile.bpmn", _references),
    "extensions": ("hostile.bpmn", _extensions),
    "expressions": ("hostile.bpmn", _expressions),
    "decisions": ("hostile.dmn", _decisions),
    "forms": ("hostile.form", _forms),
    **{f"ending {name}": (name, _endings) for name in ("hostile.exe", "hostile", "a.bpmn.zip", "../../a.py", "")},
}


def files(group: str) -> Iterator[File]:
    """Go through the files of a group; the big ones are made as they are needed."""
    name, made = GROUPS[group]
    for code, content in made():
        yield code, name, content.encode() if isinstance(content, str) else content


def harmless() -> Iterator[tuple[str, bytes]]:
    """Go through files that look strange and are in order."""
    good = process('<b:startEvent id="s" name="\u7ee9\u6548"/>')
    for encoding in ("utf-16", "gb18030", "gbk", "utf-8-sig", "iso-2022-jp"):
        declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
        yield f"{encoding}.bpmn", (declared + good.replace("\u7ee9\u6548", "\u4e2d")).encode(encoding)
    yield "comment.bpmn", f"<!-- - --><?pi x?>{good}".encode()
    yield (
        "circle.dmn",
        (
            f'<definitions {DMN}><itemDefinition name="a"><typeRef>c</typeRef></itemDefinition>'
            '<itemDefinition name="c"><typeRef>a</typeRef></itemDefinition><decision id="d" name="d">'
            '<variable name="d" typeRef="a"/><literalExpression><text>1</text></literalExpression></decision>'
            "</definitions>"
        ).encode(),
    )
    chain = "".join(f'<b:userTask id="t{n}"/>{flow(f"t{n}", f"t{n + 1}")}' for n in range(1_000))
    yield "chain.bpmn", process(f'{START}{flow("s", "t0")}{chain}<b:task id="t1000"/>').encode()
