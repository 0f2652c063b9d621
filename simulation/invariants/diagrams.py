"""What the diagrams say on paper: which elements are user tasks, and when tasks and timers are due."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
WORKING_DAYS = re.compile(r"=\s*add working days\((today\(\)|date\(provenOn\)), (.+)\)")
SAID = {"serviceDays": "5", "appealDays": "5"}
"""What the shipped rules say of deliveries and appeals."""
UNLESS_SAID = re.compile(r"get or else\([\w.]+, (\d+)\)")
"""A number of days that a cycle may say; those of the simulated company say none."""
VARIABLE = re.compile(r"=\s*date(?: and time)?\((\w+)\)")
AROUND = re.compile(r'=\s*(?:add working days\(date\((\w+)\), (-\d+|0)\)|date\((\w+)\) \+ @"P(\d)D")')
"""Some working days before a day that a variable says, the next one where that is off, or some days after it."""
SUM = re.compile(r"\d+(?: [+-] \d+)*")


class DrawnTimer(NamedTuple):
    """A timer as it is drawn."""

    event: str
    armed_by: str
    """The element whose coming arms it."""
    days: int | None
    """After how many working days it fires; None where the expression says something else."""
    from_proof: bool
    """Whether the days count from the one on which the delivery was proven, not from the one on which it is armed."""
    said: str
    """The variable that says when it is due, where one does."""
    around: int = 0
    """How many working days before that it fires, less than 0, or how many days after it."""


@cache
def user_tasks(folder: Path, process: str) -> frozenset[str]:
    """List the user tasks of a process."""
    return frozenset(one.get("id", "") for one in _process(folder, process).iter(f"{BPMN}userTask"))


@cache
def name_of(folder: Path, element: str) -> str:
    """Find what a user task is called, of the process that is drawn first; its id where no process has it."""
    for path in sorted(folder.glob("*/process.bpmn")):
        for task in etree.parse(path).iter(f"{BPMN}userTask"):
            if task.get("id") == element:
                return " ".join(task.get("name", element).split())
    return element


@cache
def for_many(folder: Path, process: str) -> frozenset[str]:
    """List the activities of a process that are drawn for many at once."""
    loops = _process(folder, process).iter(f"{BPMN}multiInstanceLoopCharacteristics")
    return frozenset(loop.getparent().get("id", "") for loop in loops if loop.getparent() is not None)


@cache
def due_days(folder: Path, process: str) -> dict[str, int | None]:
    """Tell within how many working days each user task of a process is due; None where nobody can read it."""
    found = {}
    for task in _process(folder, process).iter(f"{BPMN}userTask"):
        schedule = task.find(f".//{ZEEBE}taskSchedule")
        if schedule is not None and schedule.get("dueDate") and not VARIABLE.fullmatch(schedule.get("dueDate", "")):
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
        said, around = _said(expression.strip())
        found[own] = DrawnTimer(own, armed_by, _days(expression), "provenOn" in expression, said, around)
    return found


def _said(expression: str) -> tuple[str, int]:
    """Read which variable says when something is due, and how far from that it is."""
    if variable := VARIABLE.fullmatch(expression):
        return variable[1], 0
    if near := AROUND.fullmatch(expression):
        return near[1] or near[3], int(near[2] or near[4])
    return "", 0


def _days(expression: str) -> int | None:
    match = WORKING_DAYS.fullmatch(expression.strip())
    written = UNLESS_SAID.sub(r"\1", SAID.get(match[2], match[2])) if match else ""
    if not SUM.fullmatch(written):
        return None
    return sum(int(sign + count) for sign, count in re.findall(r"([+-]?) ?(\d+)", written))


@cache
def _process(folder: Path, process: str) -> etree._Element:
    """Read the drawing of a process."""
    for path in folder.glob("*/process.bpmn"):
        tree = etree.parse(path).getroot()
        for found in tree.iter(f"{BPMN}process"):
            if found.get("id") == process:
                return found
    raise LookupError(f"There is no diagram of process {process}")
