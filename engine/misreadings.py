"""What is wrong with an expression, as a sentence that a reader may get in another language."""

from __future__ import annotations

from engine.feel.errors import FeelError
from engine.sentences import Sentence


def told(error: FeelError) -> Sentence:
    """Say what is wrong and where, as the error itself does in English."""
    reason = Sentence(error.template, **error.values)
    if not error.text:
        return reason
    return Sentence("{reason} (line {line}, column {column})", reason=reason, line=error.line, column=error.column)
