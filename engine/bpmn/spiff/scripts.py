"""Scripts of the standard: FEEL that sets variables, as `total = a + b`, several of them, or a context of values."""

from __future__ import annotations

import re

from engine.bpmn.net.work import Assignments, Formula
from engine.bpmn.spiff import names
from engine.bpmn.spiff.extensions import Report
from engine.bpmn.spiff.formulas import Formulas
from engine.errors import Problem
from engine.sentences import Sentence

_ASSIGNMENT = re.compile(r"\s*(?P<name>[A-Za-z_][\w.]*)\s*:?=(?!=)\s*(?P<value>.+)", re.DOTALL)
_OUTSIDE_TEXT = r"(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)"
_SEPARATOR = re.compile(rf"(?:;\s*|\n\s*(?=[A-Za-z_][\w.]*\s*:?=(?!=))){_OUTSIDE_TEXT}")


def script_of(task: names.Xml, formulas: Formulas) -> Assignments:
    """Return what the script of a task does."""
    parts = [part for part in _SEPARATOR.split(_text(task)) if part.strip()]
    return Assignments(tuple(_step(part, formulas) for part in parts))


def check(task: names.Xml, report: Report) -> None:
    """Report a script in a language that is not executed here, and a task that has none."""
    language = task.get("scriptFormat") or ""
    if not _text(task).strip():
        report(Problem(Sentence("It does not say which FEEL expression it evaluates."), names.place(task), "no-script"))
    elif language and "feel" not in language.lower():
        message = Sentence("Its script is {language}; only FEEL is executed here.", language=language)
        report(Problem(message, names.place(task), "unsupported-element"))


def _text(task: names.Xml) -> str:
    return task.findtext(names.bpmn("script")) or ""


def _step(text: str, formulas: Formulas) -> tuple[str, Formula]:
    found = _ASSIGNMENT.fullmatch(text)
    if found is None:
        return "", formulas.expression(text)
    return formulas.path(found["name"]), formulas.expression(found["value"])
