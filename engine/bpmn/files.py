"""The files of a deployment, each read and compiled by itself, with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePath
from typing import Any, Literal

from engine import dmn, exact_json, sentences
from engine.bpmn import forms, rounding, spiff
from engine.bpmn.forms import Schema
from engine.bpmn.net import Net
from engine.errors import Invalid, Problem
from engine.sentences import Sentence

Kind = Literal["process", "requirements", "decision", "form"]


@dataclass(frozen=True, slots=True)
class Resource:
    """A file to deploy."""

    name: str
    content: bytes

    @property
    def checksum(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition that passed the checks of its file and has no version yet.

    A process has its compiled `net` and perhaps a `version_tag`, a form its `schema`; a decision stands `within` the
    model, the requirements, of its file.
    """

    kind: Kind
    id: str
    resource: Resource
    name: str = ""
    version_tag: str | None = None
    net: Net | None = None
    schema: Schema | None = None
    within: str | None = None


@dataclass(slots=True)
class Reading:
    """What was read of one file, and what is wrong with it or worth knowing."""

    resource: Resource
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def to_json(self) -> bytes:
        """Write the reading, without the file, in one line; `from_json` makes it again."""
        drafts = [
            {
                "kind": draft.kind,
                "id": draft.id,
                "name": draft.name,
                "versionTag": draft.version_tag,
                "net": draft.net and draft.net.to_json(),
                "schema": draft.schema,
                "within": draft.within,
            }
            for draft in self.drafts
        ]
        return exact_json.dumps({"drafts": drafts, "problems": list(map(_told, self.problems))})

    @staticmethod
    def from_json(resource: Resource, text: bytes) -> Reading:
        """Make again what `to_json` wrote of the same file."""
        written = exact_json.loads(text)
        drafts = [_draft(resource, draft) for draft in written["drafts"]]
        return Reading(resource, drafts, list(map(_problem, written["problems"])))


def read(resource: Resource) -> Reading:
    """Read one file by its ending."""
    reading = Reading(resource)
    reader = _READERS.get(PurePath(resource.name).suffix)
    if reader is None:
        message = Sentence("Only .bpmn, .dmn and .form files can be deployed.")
        reading.problems.append(Problem(message, code="unknown-kind"))
        return reading
    try:
        reading.drafts += reader(resource, reading.problems.append)
    except Invalid as refusal:
        reading.problems += refusal.problems
    except RecursionError:
        message = Sentence("Something in it is nested too deeply to be read.")
        reading.problems.append(Problem(message, code="too-deep"))
    return reading


def _told(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON values, its sentence with what it was made from."""
    message = sentences.to_json(problem.message)
    return {"message": message, "where": problem.where, "code": problem.code, "facts": problem.facts}


def _problem(told: Mapping[str, Any]) -> Problem:
    """Return the problem that `_told` told."""
    return Problem(sentences.from_json(told["message"]), told["where"], told["code"], told["facts"])


def _draft(resource: Resource, written: Mapping[str, Any]) -> Draft:
    net = None if written["net"] is None else Net.from_json(written["net"])
    schema = None if written["schema"] is None else forms.parse(resource.content)
    return Draft(
        written["kind"],
        written["id"],
        resource,
        written["name"],
        written["versionTag"],
        net=net,
        schema=schema,
        within=written["within"],
    )


def _bpmn(resource: Resource, report: spiff.Report) -> Iterator[Draft]:
    for net in spiff.compile_bpmn(resource.content, resource.name, report):
        _tell(report, rounding.of_net(net))
        yield Draft("process", net.process_id, resource, net.name, net.version_tag, net)


def _dmn(resource: Resource, report: spiff.Report) -> Iterator[Draft]:
    decisions = dmn.compile_dmn(resource.content, resource.name)
    for model in dict.fromkeys(decision.model for decision in decisions):
        _tell(report, map(rounding.warning, model.rounding))
        yield Draft("requirements", model.id, resource, model.name)
    for decision in decisions:
        yield Draft("decision", decision.id, resource, decision.label, within=decision.model.id)


def _form(resource: Resource, report: spiff.Report) -> Iterator[Draft]:
    schema = forms.read(resource.content)
    _tell(report, rounding.of_form(schema))
    yield Draft("form", schema["id"], resource, schema=schema)


def _tell(report: spiff.Report, problems: Iterable[Problem]) -> None:
    for problem in dict.fromkeys(problems):
        report(problem)


_READERS: dict[str, Callable[[Resource, spiff.Report], Iterator[Draft]]] = {
    ".bpmn": _bpmn,
    ".dmn": _dmn,
    ".form": _form,
}
