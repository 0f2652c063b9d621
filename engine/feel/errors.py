"""What the language can say when an expression is wrong or goes too far."""

from __future__ import annotations


class FeelError(Exception):
    """An expression cannot be read or evaluated.

    Attributes:
        message: what is wrong, as a sentence without the place.
        template, values: what the sentence was made from, for who says it in another language.
        text: the whole expression.
        line, column: where, both counted from 1.
    """

    def __init__(self, template: str, text: str = "", offset: int = 0, /, **values: object) -> None:
        self.template = template
        self.values = values
        self.message = message = template.format(**values) if values else template
        self.text = text
        self.offset = offset
        before = text[:offset]
        self.line = before.count("\n") + 1
        self.column = offset - (before.rfind("\n") + 1) + 1
        super().__init__(f"{message} (line {self.line}, column {self.column})" if text else message)


class FeelSyntaxError(FeelError):
    """The text is no FEEL expression."""


class FeelEvaluationError(FeelError):
    """The evaluation went over a limit, or was given something that is no FEEL value."""


class NullResult(Exception):  # noqa: N818 - no error for the caller: the language answers null
    """Stops a built-in function or an operator: its result is null, and this is why."""
