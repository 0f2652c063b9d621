"""Sentences that a reader may get in another language: the text, and what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self


class Sentence(str):
    """An English sentence that remembers its template, under which a catalogue holds the other languages.

    `template.format(**values)` is the sentence; a page translates the template and fills in the same values, those that
    are such sentences translated too.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill `template` with `values`."""
        sentence = super().__new__(cls, template.format(**values))
        sentence.template = template
        sentence.values = values
        return sentence


def to_json(message: str) -> object:
    """Return a message as JSON values, with what it was made from if it remembers it."""
    if not isinstance(message, Sentence):
        return message
    values = {name: to_json(value) if isinstance(value, str) else value for name, value in message.values.items()}
    return {"template": message.template, "values": values}


def from_json(told: str | Mapping[str, Any]) -> str:
    """Return the message that `to_json` told."""
    if isinstance(told, str):
        return told
    template, values = told["template"], told["values"]
    made = {name: from_json(value) if isinstance(value, str | Mapping) else value for name, value in values.items()}
    return Sentence(template, **made)
