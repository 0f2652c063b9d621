"""Sentences that a reader may get in another language: the text, and what it was made from."""

from __future__ import annotations

from engine.errors import Invalid, Problem
from engine.sentences import Sentence


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
        raise Invalid("Expected to {intent}, but something is not said", [problem], intent=intent)


__all__ = ["Sentence", "UnreadableError", "expect_text"]
