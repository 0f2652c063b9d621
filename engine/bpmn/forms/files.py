"""The files of an answer: references to documents, each of which must exist, be one's own and fit the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn import filetypes
from engine.bpmn.forms.components import Component
from engine.bpmn.forms.rules import Evaluate
from engine.bpmn.forms.sentences import problem
from engine.errors import Problem

MOST_FILES = 20
"""How many files one field takes."""


@dataclass(frozen=True, slots=True)
class File:
    """A document that answers name.

    Attributes:
        reference: what stands for it in the accepted answers, whatever was sent.
        own: whether the person who answers uploaded it and may still hand it in.
    """

    reference: Mapping[str, Any]
    name: str
    content_type: str
    own: bool


Files = Mapping[str, File]
"""By their ids the documents that the answers name, as far as there are such."""


def accepted(value: object, known: object, files: Files) -> object:
    """Return an answer with the server's own references in place of those that were sent; None for no file."""
    before = dict(zip(_ids(known), known, strict=True)) if isinstance(known, list) else {}
    return [before.get(name) or dict(files[name].reference) for name in _ids(value)] or None


def unfit(
    field: Component, value: object, where: str, *, known: object, files: Files, evaluate: Evaluate
) -> list[Problem]:
    """Say which files of an answer do not fit; what the field held before, `known`, stays as good as it was."""
    given, before = _ids(value), set(_ids(known))
    several = evaluate(field.attributes.get("multiple")) is True
    accept = evaluate(field.attributes.get("accept"))
    found = list(_count_problems(field, given, where, several=several))
    for name in given:
        file = files.get(name)
        if name in before:
            continue
        if file is None or not file.own:
            found.append(problem("unknown-file", where, label=field.label))
        elif isinstance(accept, str) and not filetypes.fits(file.name, file.content_type, accept):
            found.append(problem("file-type", where, label=field.label, file=file.name, accept=accept))
    return found


def _count_problems(field: Component, given: list[str], where: str, *, several: bool) -> Iterator[Problem]:
    if len(given) > 1 and not several:
        yield problem("one-file", where, label=field.label)
    if len(given) > MOST_FILES:
        yield problem("too-many-files", where, label=field.label, maximum=MOST_FILES)
    if len(set(given)) < len(given):
        yield problem("file-twice", where, label=field.label)


def _ids(value: object) -> list[str]:
    return [one["documentId"] for one in value] if isinstance(value, list) else []
