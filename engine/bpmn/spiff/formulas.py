"""Text of a diagram as formulas, each FEEL expression compiled once so that its author hears of mistakes."""

from __future__ import annotations

import re

from engine import feel
from engine.bpmn.net import timers
from engine.bpmn.net.work import Formula, Timer, TimerKind
from engine.bpmn.spiff.extensions import Report
from engine.errors import Problem
from engine.sentences import Sentence

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
"""Text in an expression, in which anything may stand."""

_HINTS = {
    "${": Sentence("Write the expression itself, without ${{ and }}, as in score > 60."),
    "#{": Sentence("Write the expression itself, without #{{ and }}, as in score > 60."),
    "&&": Sentence("FEEL writes and, not &&."),
    "||": Sentence("FEEL writes or, not ||."),
    "'": Sentence('FEEL writes text in double quotes, as in "done".'),
}
"""How FEEL writes what other languages spell otherwise."""


class Formulas:
    """Makes the formulas of one element and reports what is wrong with them."""

    def __init__(self, element_id: str, report: Report) -> None:
        self._element_id = element_id
        self._report = report

    def expression(self, text: str) -> Formula:
        """Read text of BPMN's own elements: FEEL, with or without a leading `=`."""
        formula = Formula(text.strip().removeprefix("=").strip())
        if "==" in _TEXT.sub("", formula.text):
            message = Sentence("The expression {text!r} compares with ==, which in FEEL is =.", text=formula.text)
            self._report(Problem(message, self._element_id, "bad-expression"))
        try:
            feel.compile(formula.text)
        except feel.FeelSyntaxError as error:
            message = Sentence(
                "The expression {text!r} is not FEEL (line {line}, column {column}): {reason}.",
                text=formula.text,
                line=error.line,
                column=error.column,
                reason=Sentence(error.template, **error.values),
            )
            for hint in (hint for spelling, hint in _HINTS.items() if spelling in formula.text):
                message = Sentence("{message} {hint}", message=message, hint=hint)
            facts = {"expression": formula.text, "line": error.line, "column": error.column}
            self._report(Problem(message, self._element_id, "bad-expression", facts))
        return formula

    def optional_expression(self, text: str | None) -> Formula | None:
        """Read text of BPMN's own elements, if there is any."""
        return self.expression(text) if text and text.strip() else None

    def attribute(self, text: str) -> Formula:
        """Read a Zeebe attribute: FEEL after `=`, else text that stands for itself."""
        return self.expression(text) if text.lstrip().startswith("=") else Formula(text, literal=True)

    def optional(self, text: str | None) -> Formula | None:
        """Read a Zeebe attribute, if there is any."""
        return None if text is None else self.attribute(text)

    def demanded_expression(self, text: str, what: str) -> Formula:
        """Read a Zeebe attribute where text that stands for itself makes no sense."""
        if not text.lstrip().startswith("="):
            message = Sentence("Its {what} {text!r} must be an expression; write ={text}.", what=what, text=text)
            self._report(Problem(message, self._element_id, "expression-expected"))
        return self.expression(text)

    def variable(self, name: str) -> str:
        """Read the name of a variable."""
        return self._named(name, [name])

    def path(self, name: str) -> str:
        """Read the name of a variable, or a path of names such as `review.score`."""
        return self._named(name, name.split("."))

    def _named(self, text: str, names: list[str]) -> str:
        if not all(name.isidentifier() for name in names):
            self._report(
                Problem(Sentence("{text!r} is no name of a variable.", text=text), self._element_id, "bad-variable")
            )
        return text

    def optional_variable(self, name: str | None) -> str | None:
        """Read the name of a variable, if there is any."""
        return None if name is None else self.variable(name)

    def moment(self, text: str | None) -> Formula | None:
        """Read a Zeebe attribute that tells a date."""
        formula = self.optional(text)
        if formula is not None and formula.literal:
            try:
                timers.instant(formula.text, feel.Environment())
            except ValueError as error:
                self._report(Problem(Sentence("{error}.", error=str(error)), self._element_id, "bad-time"))
        return formula

    def timer(self, kind: TimerKind, text: str | None) -> Timer:
        """Read when a timer fires: ISO 8601, or FEEL after `=`, which text with quotes or a call may go without."""
        told = (text or "").strip()
        timer = Timer(kind, self.expression(told) if told.startswith('"') or "(" in told else self.attribute(told))
        if timer.formula.literal:
            try:
                timers.check_literal(timer)
            except ValueError as error:
                self._report(
                    Problem(
                        Sentence("{error}; an expression needs a leading =.", error=str(error)),
                        self._element_id,
                        "bad-time",
                    )
                )
        return timer
