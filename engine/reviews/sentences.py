"""Sentences that a reader may get in another language: the text, and what it was made from."""

from __future__ import annotations

from typing import Self

from engine.errors import Invalid, Problem


class Sentence(str):
    """An English sentence that remembers its template, under which a catalogue holds the other languages.

    `template.format(**values)` is the sentence; a page translates the template and fills in the same values.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """Fill `template` with `values`."""
        sentence = super().__new__(cls, template.format(**values))
        sentence.template = template
        sentence.values = values
        return sentence


class UnreadableError(ValueError):
    """Something is not written as it must be; `sentence` says how."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def expect_text(text: str, where: str, intent: str) -> None:
    """Let pass only what says something.

    Raises:
        Invalid: it is empty.
    """
    if not text.strip():
        problem = Problem(Sentence("It must not be empty"), where, "empty")
        raise Invalid(f"Expected to {intent}, but something is not said", [problem])
