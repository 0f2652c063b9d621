"""Diagrams from short text: BPMN files for tests, without the angle brackets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import quoteattr

TAGS = {
    "start": "startEvent", "end": "endEvent", "user": "userTask", "task": "task", "manual": "manualTask",
    "script": "scriptTask", "job": "serviceTask", "rule": "businessRuleTask", "send": "sendTask",
    "receive": "receiveTask", "call": "callActivity", "sub": "subProcess", "exclusive": "exclusiveGateway",
    "inclusive": "inclusiveGateway", "parallel": "parallelGateway", "events": "eventBasedGateway",
    "catch": "intermediateCatchEvent", "throw": "intermediateThrowEvent", "boundary": "boundaryEvent",
    "react": "subProcess", "transaction": "transaction", "adhoc": "adHocSubProcess", "complex": "complexGateway",
}  # fmt: skip
CONTAINERS = ("sub", "react", "transaction", "adhoc")
FLAGS = {
    "handler": ("isForCompensation", "true"), "alongside": ("isInterrupting", "false"),
    "all": ("parallelMultiple", "true"), "in-order": ("ordering", "Sequential"),
    "finish-rest": ("cancelRemainingInstances", "false"), "instantiates": ("instantiate", "true"),
    "parallel": ("eventGatewayType", "Parallel"),
}  # fmt: skip
COUNTS = {"takes": "startQuantity", "gives": "completionQuantity"}
INSIDE = {"does": "script", "when": "activationCondition", "complete-when": "completionCondition"}
ATTRIBUTES = {
    "form": ("formDefinition", "formId"), "assignee": ("assignmentDefinition", "assignee"),
    "groups": ("assignmentDefinition", "candidateGroups"), "users": ("assignmentDefinition", "candidateUsers"),
    "due": ("taskSchedule", "dueDate"), "follow-up": ("taskSchedule", "followUpDate"),
    "priority": ("priorityDefinition", "priority"), "type": ("taskDefinition", "type"),
    "retries": ("taskDefinition", "retries"), "calls": ("calledElement", "processId"),
    "binding": ("calledElement", "bindingType"), "tag": ("calledElement", "versionTag"),
    "send-all": ("calledElement", "propagateAllParentVariables"),
    "receive-all": ("calledElement", "propagateAllChildVariables"), "decides": ("calledDecision", "decisionId"),
    "as": ("calledDecision", "resultVariable"), "each-of": ("loopCharacteristics", "inputCollection"),
    "item": ("loopCharacteristics", "inputElement"), "list": ("loopCharacteristics", "outputCollection"),
    "answer": ("loopCharacteristics", "outputElement"),
}  # fmt: skip
NODE = re.compile(
    r"(?P<indent> *)(?P<kind>\w+) (?P<id>\w+)(?: '(?P<name>[^']*)')?"
    r"(?: (?P<side>beside|on) (?P<host>\w+))?(?:: (?P<options>.*))?"
)
HOLDS = re.compile(r"(\w+)(?: \[(.*)\])?")


@dataclass
class _Said:
    """What the options of a line say."""

    extensions: dict[str, dict[str, str]] = field(default_factory=dict)
    mappings: str = ""
    listeners: str = ""
    loop: str = ""
    after: str = ""

    def take(self, word: str, rest: str) -> bool:
        name, _, value = (part.strip() for part in rest.partition("="))
        if word in ("in", "out"):
            self.mappings += f"<zeebe:{word}put source={quoteattr('=' + value)} target={quoteattr(name)}/>"
        elif word == "hears":
            self.listeners += f'<zeebe:taskListener eventType="completing" type={quoteattr(rest)}/>'
        elif word == "let":
            self.extensions["script"] = {"expression": "=" + value, "resultVariable": name}
        elif word in ("sequential", "times", "until", "while", "before", "at-most"):
            self.loop += f"{word} {rest}\n"
        elif word in ATTRIBUTES:
            element, attribute = ATTRIBUTES[word]
            self.extensions.setdefault(element, {})[attribute] = rest
        else:
            return False
        return True

    @property
    def box(self) -> str:
        found = "".join(f"<zeebe:{element} {_attributes(values)}/>" for element, values in self.extensions.items())
        found += f"<zeebe:ioMapping>{self.mappings}</zeebe:ioMapping>" if self.mappings else ""
        found += f"<zeebe:taskListeners>{self.listeners}</zeebe:taskListeners>" if self.listeners else ""
        return f"<bpmn:extensionElements>{found}</bpmn:extensionElements>" if found else ""


class _Diagram:
    """Reads lines such as `user u: in q = x + 1; assignee ann`, and flows such as `s > u > e [x > 2]`.

    `[else]` marks the default flow, `on` an event that interrupts its host, `beside` one that does not.
    What is indented is inside the subprocess above it; `react` is an event subprocess.
    `compensate x` means the handler x on a boundary event, and the activity to undo where it is thrown.
    A line of XML stands for itself: where it is, or beside the process if it begins with `^`.
    """

    def __init__(self, text: str) -> None:
        self._lines = [line for line in text.splitlines() if line.strip()]
        self._roots: dict[str, str] = {}
        self._flows = 0
        self._associations: list[str] = []

    def xml(self, process_id: str) -> bytes:
        inside = self._container(min(len(line) - len(line.lstrip()) for line in self._lines))
        roots = "".join(self._roots.values())
        return f"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
          xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="D" targetNamespace="t">{roots}
          <bpmn:process id="{process_id}" isExecutable="true">{inside}</bpmn:process></bpmn:definitions>""".encode()

    def _container(self, depth: int) -> str:
        nodes: list[tuple[re.Match[str], str]] = []
        flows: list[str] = []
        defaults: dict[str, str] = {}
        self._associations, before = [], self._associations
        while self._lines and len(self._lines[0]) - len(self._lines[0].lstrip()) >= depth:
            line = self._lines.pop(0)
            if line.strip().startswith(("<", "^<")):
                self._verbatim(line.strip(), flows)
                continue
            if " > " in line and not (NODE.fullmatch(line) or [None])[0]:
                flows += self._chain(line, defaults)
                continue
            found = NODE.fullmatch(line)
            assert found, line
            deeper = len(self._lines[0]) - len(self._lines[0].lstrip()) if self._lines else 0
            inner = self._container(deeper) if found["kind"] in CONTAINERS and deeper > depth else ""
            nodes.append((found, inner))
        drawn = "".join(self._node(found, inner, defaults) for found, inner in nodes) + "".join(flows)
        drawn += "".join(self._associations)
        self._associations = before
        return drawn

    def _verbatim(self, xml: str, inside: list[str]) -> None:
        if xml.startswith("^"):
            self._roots[xml] = xml.removeprefix("^")
        else:
            inside.append(xml)

    def _chain(self, line: str, defaults: dict[str, str]) -> Iterator[str]:
        parts = [HOLDS.fullmatch(part.strip()) for part in re.split(r" > (?![^\[]*\])", line)]
        for source, target in pairwise(parts):
            assert source, line
            assert target, line
            self._flows += 1
            flow = f"f{self._flows}_{source[1]}_{target[1]}"
            if target[2] == "else":
                defaults[source[1]] = flow
            holds = target[2] and target[2] != "else"
            condition = f"<bpmn:conditionExpression>={_text(target[2])}</bpmn:conditionExpression>" if holds else ""
            ends = f'sourceRef="{source[1]}" targetRef="{target[1]}"'
            yield f'<bpmn:sequenceFlow id="{flow}" {ends}>{condition}</bpmn:sequenceFlow>'

    def _node(self, found: re.Match[str], inner: str, defaults: dict[str, str]) -> str:
        tag, attributes = TAGS[found["kind"]], {"id": found["id"]}
        if found["kind"] == "react":
            attributes["triggeredByEvent"] = "true"
        said = self._said(found["options"] or "", attributes, tag)
        if found["host"]:
            attributes |= {"attachedToRef": found["host"], "cancelActivity": str(found["side"] == "on").lower()}
        if found["id"] in defaults:
            attributes["default"] = defaults[found["id"]]
        if found["name"]:
            attributes["name"] = found["name"]
        looped = _loop(said.extensions.pop("loopCharacteristics", None), said.loop)
        return f"<bpmn:{tag} {_attributes(attributes)}>{said.box}{looped}{inner}{said.after}</bpmn:{tag}>"

    def _said(self, options: str, attributes: dict[str, str], tag: str) -> _Said:
        said = _Said()
        for option in filter(None, (option.strip() for option in options.split(";"))):
            word, _, rest = option.partition(" ")
            if word in FLAGS:
                attributes |= dict([FLAGS[word]])
            elif word in COUNTS:
                attributes[COUNTS[word]] = rest
            elif word in INSIDE:
                said.after += f"<bpmn:{INSIDE[word]}>{_text(rest)}</bpmn:{INSIDE[word]}>"
            elif not said.take(word, rest):
                said.after += self._event(word, rest, attributes, tag)
        return said

    def _event(self, word: str, rest: str, attributes: dict[str, str], tag: str) -> str:
        if word in ("date", "duration", "cycle"):
            kind = f"time{word.title()}"
            return f"<bpmn:timerEventDefinition><bpmn:{kind}>{_text(rest)}</bpmn:{kind}></bpmn:timerEventDefinition>"
        if word in ("terminate", "cancel"):
            return f"<bpmn:{word}EventDefinition/>"
        if word == "link":
            return f'<bpmn:linkEventDefinition id="{attributes["id"]}_link" name={quoteattr(rest)}/>'
        if word == "condition":
            condition = f"<bpmn:condition>={_text(rest)}</bpmn:condition>"
            return f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
        if word == "compensate":
            return self._compensate(rest, attributes["id"], tag)
        name, _, key = rest.partition(" key ")
        reference = ""
        if name:
            code = {"error": "errorCode", "escalation": "escalationCode"}.get(word, "name")
            reference = f"{word}_{re.sub('[^a-zA-Z0-9]', '_', f'{name} {key}'.strip())}"
            subscription = f"<zeebe:subscription correlationKey={quoteattr(key)}/>" if key else ""
            box = f"<bpmn:extensionElements>{subscription}</bpmn:extensionElements>" if key else ""
            self._roots[reference] = f'<bpmn:{word} id="{reference}" {code}={quoteattr(name)}>{box}</bpmn:{word}>'
        if tag in ("sendTask", "receiveTask"):
            attributes["messageRef"] = reference
            return ""
        return f"<bpmn:{word}EventDefinition {_attributes({f'{word}Ref': reference} if reference else {})}/>"

    def _compensate(self, name: str, event: str, tag: str) -> str:
        if tag == "boundaryEvent":
            ends = f'sourceRef="{event}" targetRef="{name}" associationDirection="One"'
            self._associations.append(f'<bpmn:association id="a_{event}" {ends}/>')
        activity = f'activityRef="{name}"' if name and tag != "boundaryEvent" else ""
        return f"<bpmn:compensateEventDefinition {activity}/>"


def _loop(extension: dict[str, str] | None, options: str) -> str:
    told_ = dict(line.split(" ", 1) for line in options.splitlines())
    if "while" in told_ or "at-most" in told_:
        condition = f"<bpmn:loopCondition>={_text(told_['while'])}</bpmn:loopCondition>" if "while" in told_ else ""
        maximum = {"loopMaximum": told_["at-most"]} if "at-most" in told_ else {}
        attributes = _attributes({"testBefore": str("before" in told_).lower(), **maximum})
        return f"<bpmn:standardLoopCharacteristics {attributes}>{condition}</bpmn:standardLoopCharacteristics>"
    if extension is None and "times" not in options:
        return ""
    box = (
        f"<bpmn:extensionElements><zeebe:loopCharacteristics {_attributes(extension)}/></bpmn:extensionElements>"
        if extension
        else ""
    )
    times = f"<bpmn:loopCardinality>{_text(told_['times'])}</bpmn:loopCardinality>" if "times" in told_ else ""
    until = f"<bpmn:completionCondition>={_text(told_['until'])}</bpmn:completionCondition>" if "until" in told_ else ""
    sequential = str("sequential" in told_).lower()
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{box}{times}{until}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def _attributes(values: dict[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items())


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def bpmn(text: str, process_id: str = "p") -> bytes:
    """Return the BPMN file of a diagram in short text."""
    return _Diagram(text).xml(process_id)
