"""What the diagrams say on paper: which elements are user tasks, and when tasks and timers are due."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
WORKING_DAYS = re.compile(r"=\s*add working days\(today\(\), (\d+)\)")


class DrawnTimer(NamedTuple):
    """A timer as it is drawn."""

    event: str
    armed_by: str
    """The element whose coming arms it."""
    days: int | None
    """After how many working days it fires; None where the expression says something else."""
    expression: str
    interrupting: bool


@cache
def user_tasks(folder: Path, process: str) -> dict[str, bool]:
    """List the user tasks of a process, and whether each is drawn for many at once."""
    found = _process(folder, process).iter(f"{BPMN}userTask")
    return {one.get("id", ""): one.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None for one in found}


@cache
def due_days(folder: Path, process: str) -> dict[str, int | None]:
    """Tell within how many working days each user task of a process is due; None where it says something else."""
    found = {}
    for task in _process(folder, process).iter(f"{BPMN}userTask"):
        schedule = task.find(f".//{ZEEBE}taskSchedule")
        if schedule is not None and schedule.get("dueDate"):
            found[task.get("id", "")] = _days(schedule.get("dueDate", ""))
    return found


@cache
def timers(folder: Path, process: str) -> dict[str, DrawnTimer]:
    """List the timers of a process by the event that holds each."""
    drawn = _process(folder, process)
    behind = {flow.get("targetRef"): flow.get("sourceRef", "") for flow in drawn.iter(f"{BPMN}sequenceFlow")}
    gateways = {one.get("id") for one in drawn.iter(f"{BPMN}eventBasedGateway")}
    found = {}
    for event in drawn.iter(f"{BPMN}boundaryEvent", f"{BPMN}intermediateCatchEvent"):
        expression = event.findtext(f".//{BPMN}timeDate")
        if expression is None:
            continue
        own = event.get("id", "")
        before = behind.get(own, "")
        armed_by = event.get("attachedToRef") or (before if before in gateways else own)
        interrupting = event.get("cancelActivity", "true") == "true"
        found[own] = DrawnTimer(own, armed_by, _days(expression), expression, interrupting)
    return found


def _days(expression: str) -> int | None:
    match = WORKING_DAYS.fullmatch(expression.strip())
    return int(match[1]) if match else None


@cache
def _process(folder: Path, process: str) -> etree._Element:
    """Read the drawing of a process."""
    for path in folder.glob("*/process.bpmn"):
        tree = etree.parse(path).getroot()
        for found in tree.iter(f"{BPMN}process"):
            if found.get("id") == process:
                return found
    raise LookupError(f"There is no diagram of process {process}")
