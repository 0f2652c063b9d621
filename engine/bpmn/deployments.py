"""Deployments: files that belong together are checked together, then kept as new versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, dmn, exact_json, keys
from engine.bpmn import definitions, element_types, forms, operations, rounding, spiff, starts
from engine.bpmn.definitions import Definition
from engine.bpmn.models import (
    DecisionDefinition,
    DecisionRequirements,
    Deployment,
    Element,
    FormDefinition,
    ProcessDefinition,
)
from engine.bpmn.net import Net, Node, Reference
from engine.bpmn.net.work import Call, UserTask
from engine.errors import Forbidden, Invalid, Problem
from engine.identity import Identity


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
    """A definition that passed its checks and has no version yet."""

    model: type[Definition]
    id: str
    resource: Resource
    values: dict[str, Any]
    net: Net | None = None
    within: str | None = None
    """Of a decision, the id of the file's model."""
    warnings: tuple[Problem, ...] = ()
    """What its author should look at; it is deployed all the same."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment made or found unchanged, in the order of its files."""

    deployment: Deployment
    definitions: list[Definition]
    warnings: list[Problem]


def deploy(session: Session, resources: Sequence[Resource], *, by: Identity) -> Deployed:
    """Deploy `.bpmn`, `.dmn` and `.form` files that belong together. Same content, same version.

    Raises:
        Forbidden: `by` is no operator.
        Invalid: the findings of `check`; nothing is deployed.
    """
    if not by.operator:
        raise Forbidden(f"Expected to deploy {_named(resources)}, but {by.username} is no operator")
    drafts = check(session, resources)
    deployment = Deployment(key=keys.issue(), deployed_at=clock.now(session), deployed_by=by.username)
    session.add(deployment)
    session.flush()  # the definitions refer to it
    return Deployed(deployment, [_keep(session, deployment, draft) for draft in drafts], warnings(drafts))


def check(session: Session, resources: Sequence[Resource]) -> list[Draft]:
    """Check files as `deploy` does, and keep nothing.

    Raises:
        Invalid: everything an author can get wrong, in sentences with the file and the element.
    """
    reading = _Reading()
    for resource in resources:
        reading.read(resource)
    reading.resolve(session)
    if not resources:
        reading.problems.append(Problem("there is no file to deploy", code="nothing-to-deploy"))
    if reading.problems:
        raise Invalid(f"Expected to deploy {_named(resources)}, but there are errors", reading.problems)
    return reading.drafts


def warnings(drafts: Iterable[Draft]) -> list[Problem]:
    """Return what the authors of drafts should look at, each once, with the file and the element."""
    found = [_placed(draft.resource, problem) for draft in drafts for problem in draft.warnings]
    return list(dict.fromkeys(found))


def _placed(resource: Resource, problem: Problem) -> Problem:
    where = f"{resource.name}#{problem.where}" if problem.where else resource.name
    return Problem(problem.message, where, problem.code)


def _named(resources: Sequence[Resource]) -> str:
    return ", ".join(resource.name for resource in resources) or "a file"


def _keep(session: Session, deployment: Deployment, draft: Draft) -> Definition:
    """Return the definition of a draft: the latest version if its content is the same, else a new one."""
    latest = definitions.latest(session, draft.model, draft.id)
    if latest is not None and latest.checksum == draft.resource.checksum:
        return latest
    values: dict[str, Any] = {
        definitions.ID_OF[draft.model]: draft.id,
        "key": keys.issue(),
        "deployment_key": deployment.key,
        "version": latest.version + 1 if latest else 1,
        "resource_name": draft.resource.name,
        "checksum": draft.resource.checksum,
    }
    if draft.within is not None:
        values["requirements_key"] = definitions.find(session, DecisionRequirements, draft.within).key
    made = draft.model(**values, **draft.values)
    session.add(made)
    session.flush()  # start subscriptions and the next file's references find it
    if isinstance(made, ProcessDefinition) and draft.net is not None:
        session.add_all(_elements(made.key, draft.net))
        starts.arm(session, made, draft.net)
    return made


def _elements(definition_key: int, net: Net) -> Iterator[Element]:
    """Yield what may be asked of a net's elements."""
    for node in net.nodes:
        for kind in element_types.possible(node):
            key = keys.issue()
            name = node.name or node.id
            yield Element(key=key, definition_key=definition_key, element_id=node.id, name=name, type=kind)


def _references(net: Net) -> Iterator[Reference]:
    """Yield what must exist beside a net: what its elements name, and the operations that fill its forms."""
    yield from net.references
    for node in net.nodes:
        headers = dict(node.work.headers) if isinstance(node.work, UserTask) else {}
        if filler := headers.get(operations.PREFILL):
            yield Reference("operation", filler, node.id)


def _is_operation(reference: Reference) -> bool:
    """Whether an element calls an operation; a job of any other type is for an external worker (D20)."""
    called = reference.kind == "job" and reference.name.startswith(operations.PREFIX)
    return called or reference.kind == "operation"


_MODELS: dict[str, type[Definition]] = {
    "form": FormDefinition,
    "decision": DecisionDefinition,
    "process": ProcessDefinition,
}


@dataclass(slots=True)
class _Reading:
    """The files of one deployment while they are checked together."""

    problems: list[Problem] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def read(self, resource: Resource) -> None:
        """Read one file by its ending."""
        readers = {".bpmn": self._bpmn, ".dmn": self._dmn, ".form": self._form}
        try:
            reader = readers[PurePath(resource.name).suffix]
        except KeyError:
            self._found(resource, Problem("only .bpmn, .dmn and .form files can be deployed", code="unknown-kind"))
            return
        try:
            reader(resource)
        except Invalid as refusal:
            for problem in refusal.problems or [Problem(refusal.message)]:
                self._found(resource, problem)

    def resolve(self, session: Session) -> None:
        """Check that everything the processes refer to exists, here or deployed before."""
        here = {(draft.model, draft.id) for draft in self.drafts}
        for draft in self.drafts:
            for problem in starts.problems(draft.net, clock.now(session)) if draft.net else ():
                self._found(draft.resource, problem)
            if draft.net is not None:
                self._refuse_bad_calls(session, draft, draft.net)
            for reference in _references(draft.net) if draft.net else ():
                model = _MODELS.get(reference.kind)
                if model is not None and (model, reference.name) not in here:
                    if definitions.latest(session, model, reference.name) is None:
                        self._missing(draft, reference.kind, reference.name, reference.element_id)
                elif _is_operation(reference) and not operations.exists(reference.name):
                    self._missing(draft, "operation", reference.name, reference.element_id)

    def _refuse_bad_calls(self, session: Session, draft: Draft, net: Net) -> None:
        """Refuse to call what only events start, and to call itself, through whatever others, before it waits."""
        for node in net.nodes:
            called = self._latest(session, node)
            if called is not None and not called.by_hand:
                sentence = f"it calls {called.process_id}, which has no start event without a trigger"
                self._found(draft.resource, Problem(sentence, node.id, "no-start-event"))
        for node in spiff.certain_calls(net):
            seen, todo = {node.id}, [self._latest(session, node)]
            while todo:
                called = todo.pop()
                if called is None or called.process_id in seen:
                    continue
                seen.add(called.process_id)
                todo += [self._latest(session, further) for further in spiff.certain_calls(called)]
            if net.process_id in seen:
                sentence = (
                    "the process calls itself over this call, in any case and without waiting: it would never end"
                )
                self._found(draft.resource, Problem(sentence, node.id, "endless-loop"))

    def _latest(self, session: Session, node: Node) -> Net | None:
        """Return the process that a call activity will find as the latest version: that of this deployment, if any."""
        if not isinstance(node.work, Call) or not node.work.process_id.literal or node.work.binding != "latest":
            return None
        name = node.work.process_id.text
        here = next((draft.net for draft in self.drafts if draft.net and draft.id == name), None)
        deployed = None if here else definitions.latest(session, ProcessDefinition, name)
        return here if deployed is None else definitions.net(session, deployed.key)

    def _missing(self, draft: Draft, kind: str, name: str, element_id: str) -> None:
        problem = Problem(f"there is no {kind} {name}", element_id, f"unknown-{kind}")
        self._found(draft.resource, problem)

    def _bpmn(self, resource: Resource) -> None:
        for net in spiff.compile_bpmn(resource.content, resource.name):
            values = {
                "version_tag": net.version_tag,
                "name": net.name,
                "xml": resource.content,
                "net": exact_json.dumps(net.to_json()),
            }
            noted = tuple(rounding.of_net(net))
            self.drafts.append(Draft(ProcessDefinition, net.process_id, resource, values, net, warnings=noted))

    def _dmn(self, resource: Resource) -> None:
        decisions = dmn.compile_dmn(resource.content, resource.name)
        for model in dict.fromkeys(decision.model for decision in decisions):
            values = {"name": model.name, "xml": resource.content}
            noted = tuple(map(rounding.warning, model.rounding))
            self.drafts.append(Draft(DecisionRequirements, model.id, resource, values, warnings=noted))
        for decision in decisions:
            named = {"name": decision.label or None}
            self.drafts.append(Draft(DecisionDefinition, decision.id, resource, named, within=decision.model.id))

    def _form(self, resource: Resource) -> None:
        schema = forms.read(resource.content)
        noted = tuple(rounding.of_form(schema))
        self.drafts.append(Draft(FormDefinition, schema["id"], resource, {"schema": schema}, warnings=noted))

    def _found(self, resource: Resource, problem: Problem) -> None:
        self.problems.append(_placed(resource, problem))
