"""Write `findings.md`: every rule of the check, with an example that breaks it (`make docs`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.bpmn.files import Resource
from engine.findings import Rule, rules

Files = list[tuple[str, str]]
PAGE = Path(__file__).with_suffix(".md")
TOPICS = {
    "files": "Files · 文件",
    "flows": "Elements and flows · 元素与顺序流",
    "elements": "Events, activities and expressions · 事件、活动与表达式",
    "extensions": "Extensions · 扩展",
    "decisions": "Decisions · 决策",
    "forms": "Forms · 表单",
}
HEAD = """\
# Findings · 检查结果

What `reviewflow check`, a deployment and the upload page can find in diagrams, decision tables and forms, by the code
of the rule. An **error** refuses the deployment; a **warning** is shown. Every example breaks its own rule and no
other. Where an example is one element `x`, it stands between a start event and an end event of a process.

`reviewflow check`、部署和上传页面对流程图、决策表和表单的检查结果，按规则代码列出。
**错误**会拒绝部署；**警告**仅作提示。
每个示例只违反本条规则。示例为单个元素 `x` 时，它位于流程的开始事件与结束事件之间。

This page is generated (`make docs`); a test holds it against the code and plays its examples.
"""
BPMN = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" id="D"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "{}</bpmn:definitions>"
)
PROCESS = '<bpmn:process id="review" isExecutable="true">{}</bpmn:process>'
AROUND = (
    '<bpmn:startEvent id="start"/>{}<bpmn:endEvent id="end"/>'
    '<bpmn:sequenceFlow id="to_x" sourceRef="start" targetRef="x"/>'
    '<bpmn:sequenceFlow id="to_end" sourceRef="x" targetRef="end"/>'
)
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="D" name="model"'
    ' namespace="https://example.com/model">{}</definitions>'
)


def files(rule: Rule) -> list[Resource]:
    """Return the files of a rule's example."""
    kind, _, count = rule.kind.partition(" ")
    made = _KINDS.get(kind, lambda example, _: [(kind, example)])(rule.example.strip(), int(count or 1))
    return [Resource(name, text.encode()) for name, text in made]


def _element(example: str, _count: int) -> Files:
    return _process(AROUND.format(example), 1)


def _process(example: str, count: int) -> Files:
    return _bpmn(PROCESS.format(example * count), 1)


def _bpmn(example: str, _count: int) -> Files:
    return [("process.bpmn", BPMN.format(example))]


def _twice(example: str, _count: int) -> Files:
    return [*_process(example, 1), ("copy.bpmn", _process(example, 1)[0][1])]


def _nested(example: str, count: int) -> Files:
    opened = "".join(example.replace("inner", f"inner{level}") for level in range(count))
    return _process(opened + "</bpmn:subProcess>" * count, 1)


def _decision(example: str, _count: int) -> Files:
    return _dmn(f'<decision id="grade" name="grade">{example}</decision>', 1)


def _dmn(example: str, _count: int) -> Files:
    return [("grades.dmn", DMN.format(example))]


def _components(example: str, _count: int) -> Files:
    return [("note.form", f'{{"id": "note", "type": "default", "components": {example}}}')]


def _columns(_example: str, count: int) -> Files:
    """Return a decision whose table has very many columns."""
    inputs = "".join(f"<input><inputExpression><text>x{i}</text></inputExpression></input>" for i in range(count))
    cells = (f"<inputEntry><text>{number}</text></inputEntry>" * count for number in range(60))
    rows = "".join(f"<rule>{row}<outputEntry><text>1</text></outputEntry></rule>" for row in cells)
    return _decision(f"<decisionTable>{inputs}<output/>{rows}</decisionTable>", 1)


_KINDS: dict[str, Callable[[str, int], Files]] = {
    "nothing": lambda _, __: [],
    "unknown": lambda _, __: [],
    "element": _element,
    "process": _process,
    "repeated": _process,
    "nested": _nested,
    "twice": _twice,
    "bpmn": _bpmn,
    "columns": _columns,
    "decision": _decision,
    "dmn": _dmn,
    "components": _components,
}
"""How a whole file is made of an example; any other kind is the name of a file that the example is."""


def page() -> str:
    """Return the page as it should be."""
    parts = [HEAD]
    for topic, found in groupby(rules().values(), key=lambda rule: rule.topic):
        parts += [f"\n## {TOPICS[topic]}\n", *map(_section, found)]
    return "".join(parts)


def _section(rule: Rule) -> str:
    severity = {"error": "error · 错误", "warning": "warning · 警告"}[rule.severity]
    language = "json" if rule.example.startswith(("[", "{")) else "xml"
    example = f"\n```{language}\n{rule.example.strip()}\n```\n" if rule.example else ""
    return (
        f"\n### {rule.code}\n\n**{rule.title}** · {severity}. {rule.text}\n"
        f"\n**{rule.title_zh}**。{rule.text_zh}\n{example}"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
