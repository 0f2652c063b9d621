"""The shipped diagrams keep the conventions that `processes/README.md` tells HR, and are drawn whole."""

import json

import pytest
from lxml import etree

from engine.bpmn import forms, spiff
from engine.reviews.deadlines.escalations import Level
from engine.settings import ROOT

DIAGRAMS = sorted((ROOT / "processes").glob("*/process.bpmn"))
FORMS = sorted((ROOT / "forms").glob("*.form"))
SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
}


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.parent.name, name="diagram")
def _diagram(request):
    return request.param


@pytest.fixture
def xml(diagram):
    """The diagram's XML."""
    return etree.parse(diagram)


def found(element, path):
    """Find by an XPath with the prefixes of BPMN files."""
    return element.xpath(path, namespaces=SPACES)


def user_tasks(xml):
    """List the user tasks by id."""
    return {task.get("id"): task for task in found(xml, "//bpmn:userTask")}


def test_a_diagram_compiles_to_the_process_its_folder_is_named_after(diagram):
    nets = spiff.compile_bpmn(diagram.read_bytes(), diagram.name)

    assert [(net.process_id, net.version_tag) for net in nets] == [(diagram.parent.name, "1.0")]


def test_every_node_and_flow_is_drawn(xml):
    drawn = set(found(xml, "//bpmndi:BPMNShape/@bpmnElement | //bpmndi:BPMNEdge/@bpmnElement"))

    nodes = set(
        found(
            xml, "//bpmn:process//*[bpmn:incoming or bpmn:outgoing or @triggeredByEvent]/@id | //bpmn:sequenceFlow/@id"
        )
    )

    assert nodes == drawn


def test_every_flow_begins_and_ends_at_its_nodes(xml):
    boxes = {shape.get("bpmnElement"): _box(shape) for shape in found(xml, "//bpmndi:BPMNShape")}

    loose = [
        flow.get("id")
        for flow in found(xml, "//bpmn:sequenceFlow")
        for ends in [found(xml, f"//bpmndi:BPMNEdge[@bpmnElement='{flow.get('id')}']/di:waypoint")]
        if not (_touches(boxes[flow.get("sourceRef")], ends[0]) and _touches(boxes[flow.get("targetRef")], ends[-1]))
    ]

    assert loose == []


def test_no_two_tasks_lie_on_each_other(xml):
    tasks = found(xml, "//bpmn:userTask | //bpmn:serviceTask | //bpmn:businessRuleTask | //bpmn:callActivity")
    boxes = [
        (task.get("id"), _box(found(xml, f"//bpmndi:BPMNShape[@bpmnElement='{task.get('id')}']")[0])) for task in tasks
    ]

    over = [(name, other) for name, box in boxes for other, below in boxes if name < other and _overlap(box, below)]

    assert over == []


def test_every_user_task_has_holder_form_due_date_listener_and_output(xml):
    wanted = (
        "assignmentDefinition",
        "formDefinition",
        "taskSchedule",
        "taskListeners/zeebe:taskListener",
        "ioMapping/zeebe:output",
    )

    missing = [
        (name, what)
        for name, task in user_tasks(xml).items()
        for what in wanted
        if not found(task, f"bpmn:extensionElements/zeebe:{what}")
    ]

    assert missing == []


def test_every_user_task_has_two_reminders_and_one_escalation_that_do_not_interrupt_it(xml):
    for name in user_tasks(xml):
        called = [
            (kind, found(task, ".//zeebe:header[@key='kind']/@value"))
            for timer in found(xml, f"//bpmn:boundaryEvent[@attachedToRef='{name}'][@cancelActivity='false']")
            for flow in found(timer, "bpmn:outgoing/text()")
            for task in found(xml, f"//bpmn:serviceTask[bpmn:incoming = '{flow}']")
            for kind in found(task, ".//zeebe:taskDefinition/@type")
        ]
        closes = found(
            xml, f"//bpmn:boundaryEvent[@attachedToRef='{name}'][not(@cancelActivity)][bpmn:timerEventDefinition]"
        )

        reminds, escalates = ("reviewflow.remind", [name]), ("reviewflow.escalate", [name])
        assert called == [reminds, escalates] if closes else [reminds, reminds, escalates]  # it reminds as well


def test_whoever_reports_to_the_next_level_says_to_whom(xml):
    for task in found(xml, "//bpmn:serviceTask[.//zeebe:taskDefinition/@type = 'reviewflow.escalate']"):
        assert found(task, ".//zeebe:header[@key='to']/@value")[0] in set(Level)


def test_a_rater_and_a_panel_member_are_reported_to_hr_and_not_to_their_line(xml):
    several = found(xml, "//bpmn:userTask[bpmn:multiInstanceLoopCharacteristics]/@id")

    levels = [found(xml, f"//*[@id='{name}_escalate']//zeebe:header[@key='to']/@value") for name in several]

    assert all(level in ([], ["hr"]) for level in levels)


def test_whatever_is_named_is_named_in_chinese_and_english(xml):
    names = found(xml, "//bpmn:process/@name | //bpmn:process//*[not(self::zeebe:*)]/@name")

    in_one_language = [name for name in names if not (_chinese(name) and any("a" <= c <= "z" for c in name))]

    assert in_one_language == []


def test_every_form_is_used_and_every_used_form_is_there():
    used = {name for path in DIAGRAMS for name in found(etree.parse(path), "//zeebe:formDefinition/@formId")}

    assert used == {path.stem for path in FORMS}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_read_and_has_the_id_of_its_file(path):
    schema = forms.read(path.read_bytes())

    assert (schema["id"], schema["schemaVersion"]) == (path.stem, 19)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_label_of_a_form_is_in_chinese_and_english(path):
    labels = list(_labels(json.loads(path.read_text(encoding="utf-8"))))

    assert [label for label in labels if not (_chinese(label) and any("a" <= c <= "z" for c in label))] == []


def _labels(part):
    if isinstance(part, dict):
        yield from (part[name] for name in ("label", "dateLabel") if name in part)
        for inner in part.values():
            yield from _labels(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _labels(inner)


def _chinese(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _box(shape):
    (bounds,) = found(shape, "dc:Bounds")
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _touches(box, point):
    x, y = float(point.get("x")), float(point.get("y"))
    left, top, right, bottom = box
    inside = left <= x <= right and top <= y <= bottom
    return inside and (x in (left, right) or y in (top, bottom))


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_what_a_diagram_calls_is_told_the_days_and_the_grace_of_the_cycle(xml):
    told = {
        call.get("id"): set(call.xpath(".//zeebe:input/@target", namespaces=SPACES))
        for call in found(xml, "//bpmn:callActivity")
    }

    assert [step for step, given in told.items() if not {"deadlines", "grace"} <= given] == []
