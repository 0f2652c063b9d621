"""Diagrams from short text, and a world around the executor that keeps open what its effects open."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import pytest

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import BudgetExceeded, Execution, Net
from engine.bpmn.net import effects as told

NOW = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
TAGS = {
    "start": "startEvent", "end": "endEvent", "user": "userTask", "task": "task", "manual": "manualTask",
    "script": "scriptTask", "job": "serviceTask", "rule": "businessRuleTask", "send": "sendTask",
    "receive": "receiveTask", "call": "callActivity", "sub": "subProcess", "exclusive": "exclusiveGateway",
    "inclusive": "inclusiveGateway", "parallel": "parallelGateway", "events": "eventBasedGateway",
    "catch": "intermediateCatchEvent", "throw": "intermediateThrowEvent", "boundary": "boundaryEvent",
}  # fmt: skip
ATTRIBUTES = {
    "form": ("formDefinition", "formId"), "assignee": ("assignmentDefinition", "assignee"),
    "groups": ("assignmentDefinition", "candidateGroups"), "users": ("assignmentDefinition", "candidateUsers"),
    "due": ("taskSchedule", "dueDate"), "follow-up": ("taskSchedule", "followUpDate"),
    "priority": ("priorityDefinition", "priority"), "type": ("taskDefinition", "type"),
    "retries": ("taskDefinition", "retries"), "calls": ("calledElement", "processId"),
    "binding": ("calledElement", "bindingType"), "send-all": ("calledElement", "propagateAllParentVariables"),
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
    loop: str = ""
    after: str = ""

    def take(self, word: str, rest: str) -> bool:
        name, _, value = (part.strip() for part in rest.partition("="))
        if word in ("in", "out"):
            self.mappings += f"<zeebe:{word}put source={quoteattr('=' + value)} target={quoteattr(name)}/>"
        elif word == "let":
            self.extensions["script"] = {"expression": "=" + value, "resultVariable": name}
        elif word in ("sequential", "times", "until"):
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
        return f"<bpmn:extensionElements>{found}</bpmn:extensionElements>" if found else ""


class _Diagram:
    """Reads lines such as `user u: in q = x + 1; assignee ann`, and flows such as `s > u > e [x > 2]`.

    `[else]` marks the default flow, `on` an event that interrupts its host, `beside` one that does not.
    What is indented is inside the subprocess above it.
    """

    def __init__(self, text: str) -> None:
        self._lines = [line for line in text.splitlines() if line.strip()]
        self._roots: dict[str, str] = {}
        self._flows = 0

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
        while self._lines and len(self._lines[0]) - len(self._lines[0].lstrip()) >= depth:
            line = self._lines.pop(0)
            if " > " in line and not (NODE.fullmatch(line) or [None])[0]:
                flows += self._chain(line, defaults)
                continue
            found = NODE.fullmatch(line)
            assert found, line
            inner = (
                self._container(len(self._lines[0]) - len(self._lines[0].lstrip())) if found["kind"] == "sub" else ""
            )
            nodes.append((found, inner))
        return "".join(self._node(found, inner, defaults) for found, inner in nodes) + "".join(flows)

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
        said = _Said()
        for option in filter(None, (option.strip() for option in (found["options"] or "").split(";"))):
            word, _, rest = option.partition(" ")
            if not said.take(word, rest):
                said.after += self._event(word, rest, attributes, tag)
        if found["host"]:
            attributes |= {"attachedToRef": found["host"], "cancelActivity": str(found["side"] == "on").lower()}
        if found["id"] in defaults:
            attributes["default"] = defaults[found["id"]]
        if found["name"]:
            attributes["name"] = found["name"]
        looped = _loop(said.extensions.pop("loopCharacteristics", None), said.loop)
        return f"<bpmn:{tag} {_attributes(attributes)}>{said.box}{looped}{inner}{said.after}</bpmn:{tag}>"

    def _event(self, word: str, rest: str, attributes: dict[str, str], tag: str) -> str:
        if word in ("date", "duration", "cycle"):
            kind = f"time{word.title()}"
            return f"<bpmn:timerEventDefinition><bpmn:{kind}>{_text(rest)}</bpmn:{kind}></bpmn:timerEventDefinition>"
        if word == "terminate":
            return "<bpmn:terminateEventDefinition/>"
        name, _, key = rest.partition(" key ")
        reference = ""
        if name:
            code = {"error": "errorCode", "escalation": "escalationCode"}.get(word, "name")
            reference = f"{word}_{re.sub('[^a-zA-Z0-9]', '_', name)}"
            subscription = f"<zeebe:subscription correlationKey={quoteattr(key)}/>" if key else ""
            box = f"<bpmn:extensionElements>{subscription}</bpmn:extensionElements>" if key else ""
            self._roots[reference] = f'<bpmn:{word} id="{reference}" {code}={quoteattr(name)}>{box}</bpmn:{word}>'
        if tag in ("sendTask", "receiveTask"):
            attributes["messageRef"] = reference
            return ""
        return f"<bpmn:{word}EventDefinition {_attributes({f'{word}Ref': reference} if reference else {})}/>"


def _loop(extension: dict[str, str] | None, options: str) -> str:
    if extension is None and "times" not in options:
        return ""
    told_ = dict(line.split(" ", 1) for line in options.splitlines())
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


def _xml(text: str, process_id: str = "p") -> bytes:
    return _Diagram(text).xml(process_id)


class World:
    """Plays one instance; in the mode `saved` it is written and read again between every two steps."""

    def __init__(
        self, text: str, *, saved: bool, variables: dict[str, object] | None = None, start: str | None = None
    ) -> None:
        net = spiff.compile_bpmn(_xml(text), "test.bpmn")[0]
        self.net = Net.from_json(net.to_json())
        assert self.net == net
        self.saved, self.trace = saved, []
        self.open: dict[tuple[int, str | None], told.Effect] = {}
        self.thrown: list[told.Effect] = []
        self.environment = feel.Environment(now=NOW, zone=ZoneInfo("Asia/Shanghai"))
        self.execution = Execution.start(self.net, variables or {}, self.environment, start)
        self._go()

    # ---- what can be asked

    @property
    def waiting(self) -> list[str]:
        """The elements that wait for work of their own."""
        return sorted(effect.element_id for (_, event), effect in self.open.items() if event is None)

    @property
    def listening(self) -> list[str]:
        return sorted(event for _, event in self.open if event is not None)

    @property
    def variables(self) -> dict[str, object]:
        return dict(self.execution.root_variables)

    @property
    def state(self) -> str:
        return self.execution.state.value

    def effect(self, element: str, **where: object) -> told.Effect:
        """The open wait of an element; `where` chooses by what is visible there."""
        found = [
            e for (_, event), e in self.open.items() if element in (event, e.element_id if event is None else None)
        ]
        chosen = [e for e in found if all(self.seen(e).get(name) == value for name, value in where.items())]
        assert chosen, f"{element} is not open; open are {self.waiting} and {self.listening}"
        return chosen[0]

    def seen(self, effect: told.Effect) -> dict[str, object]:
        return self.execution.variables(effect.token)

    def sees(self, element: str, **where: object) -> dict[str, object]:
        return self.seen(self.effect(element, **where))

    # ---- what can happen

    def do(self, element: str, where: dict[str, object] | None = None, /, **variables: object) -> None:
        self.execution.complete(self.effect(element, **(where or {})).token, variables)
        self._go()

    def happen(self, event: str, where: dict[str, object] | None = None, /, **variables: object) -> None:
        self.execution.trigger(self.effect(event, **(where or {})).token, event, variables)
        self._go()

    def fail(self, element: str, code: str, **variables: object) -> bool:
        caught = self.execution.throw_error(self.effect(element).token, code, variables)
        self._go()
        return caught

    def cancel(self) -> None:
        self.execution.cancel()
        self._go()

    def at(self, now: datetime) -> None:
        """Let time go on."""
        self.environment = feel.Environment(now=now, zone=self.environment.zone)
        self._save()

    def _go(self) -> None:
        self._save()
        if not self.saved:
            self.execution.run()
        while self.saved:
            try:
                self.execution.run(1)
                break
            except BudgetExceeded:
                self._hear()
                self._save()
        self._hear()
        self._save()
        if self.state != "active":
            assert not self.open

    def _save(self) -> None:
        self._hear()
        if self.saved:
            self.execution = Execution.load(self.net, self.execution.dump(), self.environment)

    def _hear(self) -> None:
        for effect in self.execution.take_effects():
            match effect:
                case told.ElementEntered() | told.ElementLeft():
                    sign = "+" if isinstance(effect, told.ElementEntered) else effect.outcome[0]
                    self.trace.append(f"{sign}{effect.element_id}")
                case told.WaitClosed():
                    del self.open[effect.token, effect.event_id]
                case told.TimerArmed() | told.MessageAwaited() | told.SignalAwaited():
                    assert self.open.setdefault((effect.token, effect.event_id), effect) is effect
                case told.TaskOpened() | told.JobOpened() | told.DecisionCalled() | told.ProcessCalled():
                    assert self.open.setdefault((effect.token, None), effect) is effect
                case _:
                    self.thrown.append(effect)


@pytest.fixture(params=["memory", "saved"])
def play(request: pytest.FixtureRequest) -> Callable[..., World]:
    """Start an instance of a diagram; every test runs in memory, and saved and loaded between every two steps."""

    def start(text: str, start: str | None = None, **variables: object) -> World:
        return World(text, saved=request.param == "saved", variables=variables, start=start)

    return start
