"""Deployments: files that belong together are checked together, then kept as new versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import clock, db, exact_json, findings, keys
from engine.bpmn import definitions, element_types, operations, quarantine, spiff, starts
from engine.bpmn.definitions import Definition
from engine.bpmn.files import Draft, Reading, Resource
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
from engine.findings import Finding
from engine.identity import Identity
from engine.sentences import Sentence

LOCK = 3
"""The advisory lock under which one deployment at a time numbers its versions; workers lock keys, which are greater."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What files hold that can be deployed, and what is worth knowing of them."""

    drafts: list[Draft]
    warnings: list[Finding]


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment made or found unchanged, in the order of its files, and what is worth knowing of them."""

    deployment: Deployment
    definitions: list[Definition]
    warnings: list[Finding]


def read(resources: Sequence[Resource], *, by: Identity) -> list[Reading]:
    """Read `.bpmn`, `.dmn` and `.form` files that belong together, before the transaction that deploys or checks them.

    Reading what is hostile takes seconds, for which nobody else's transaction should wait.

    Raises:
        Forbidden: `by` is no operator; nothing is read.
    """
    _expect_operator(by, resources)
    return quarantine.read(resources)


def deploy(session: Session, readings: Sequence[Reading], *, by: Identity) -> Deployed:
    """Deploy the files that were read. Same content, same version.

    Raises:
        Forbidden: `by` is no operator.
        Invalid: the findings of `check`; nothing is deployed.
    """
    _expect_operator(by, [reading.resource for reading in readings])
    if not db.bound().sqlite:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    checked = check(session, readings)
    deployment = Deployment(key=keys.issue(), deployed_at=clock.now(session), deployed_by=by.username)
    session.add(deployment)
    session.flush()  # the definitions refer to it
    definitions_ = [_keep(session, deployment, draft) for draft in checked.drafts]
    return Deployed(deployment, definitions_, checked.warnings)


def check(session: Session, readings: Sequence[Reading]) -> Checked:
    """Check the files that were read as `deploy` does, and keep nothing.

    Raises:
        Invalid: everything an author can get wrong, in sentences with the file and the element, warnings among them.
    """
    files = _Files()
    for reading in readings:
        files.take(reading)
    files.resolve(session)
    if not readings:
        problem = Problem(Sentence("There is no file to deploy."), code="nothing-to-deploy")
        files.findings.append(findings.of("", problem))
    if any(map(findings.refuses, files.findings)):
        names = _named([reading.resource for reading in readings])
        raise Invalid("Expected to deploy {names}, but there are errors", files.findings, names=names)
    return Checked(files.drafts, files.findings)


def _expect_operator(by: Identity, resources: Sequence[Resource]) -> None:
    if not by.operator:
        raise Forbidden(
            "Expected to deploy {resources}, but {username} is no operator",
            resources=_named(resources),
            username=by.username,
        )


def _named(resources: Sequence[Resource]) -> str:
    return ", ".join(resource.name for resource in resources) or "a file"


def _keep(session: Session, deployment: Deployment, draft: Draft) -> Definition:
    """Return the definition of a draft: the latest version if its content is the same, else a new one."""
    model = _MODELS[draft.kind]
    latest = definitions.latest(session, model, draft.id)
    if latest is not None and latest.checksum == draft.resource.checksum:
        return latest
    values: dict[str, Any] = {
        definitions.ID_OF[model]: draft.id,
        "key": keys.issue(),
        "deployment_key": deployment.key,
        "version": latest.version + 1 if latest else 1,
        "resource_name": draft.resource.name,
        "checksum": draft.resource.checksum,
    }
    if draft.within is not None:
        values["requirements_key"] = definitions.find(session, DecisionRequirements, draft.within).key
    made = model(**values, **_values(draft))
    session.add(made)
    session.flush()  # start subscriptions and the next file's references find it
    if isinstance(made, ProcessDefinition) and draft.net is not None:
        session.add_all(_elements(made.key, draft.net))
        starts.arm(session, made, draft.net)
    return made


def _values(draft: Draft) -> dict[str, Any]:
    """Return what a definition of this kind keeps beside what all keep."""
    if draft.kind == "form":
        return {"schema": draft.schema}
    if draft.kind == "decision":
        return {"name": draft.name or None}
    kept = {"name": draft.name, "xml": draft.resource.content}
    if draft.net is None:
        return kept
    return kept | {"version_tag": draft.version_tag, "net": exact_json.dumps(draft.net.to_json())}


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
    "requirements": DecisionRequirements,
    "decision": DecisionDefinition,
    "process": ProcessDefinition,
}


@dataclass(slots=True)
class _Files:
    """The files of one deployment while they are checked together."""

    findings: list[Finding] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def take(self, reading: Reading) -> None:
        """Take what was read of one file."""
        self.drafts += reading.drafts
        for problem in reading.problems:
            self._found(reading.resource, problem)

    def resolve(self, session: Session) -> None:
        """Check that everything the processes refer to exists, here or deployed before."""
        self._refuse_doubles()
        here = {(draft.kind, draft.id) for draft in self.drafts}
        for draft in self.drafts:
            for problem in self._starting(session, draft.net) if draft.net else ():
                self._found(draft.resource, problem)
            if draft.net is not None:
                self._refuse_bad_calls(session, draft, draft.net)
            for reference in _references(draft.net) if draft.net else ():
                model = _MODELS.get(reference.kind)
                if model is not None and (reference.kind, reference.name) not in here:
                    if definitions.latest(session, model, reference.name) is None:
                        self._missing(draft, reference.kind, reference.name, reference.element_id)
                elif _is_operation(reference) and not operations.exists(reference.name):
                    self._missing(draft, "operation", reference.name, reference.element_id)

    def _starting(self, session: Session, net: Net) -> Iterator[Problem]:
        """Say what is wrong with how a process begins, by itself and beside others."""
        yield from starts.problems(net, clock.now(session))
        yield from starts.rivals(session, net, [draft.net for draft in self.drafts if draft.net is not None])

    def _refuse_doubles(self) -> None:
        """Refuse a second definition with the id of one before it: it would at once be its next version."""
        first: dict[tuple[str, str], Draft] = {}
        for draft in self.drafts:
            known = first.setdefault((draft.kind, draft.id), draft)
            if known is not draft:
                sentence = Sentence(
                    "the {kind} {id} stands in {name} already", kind=draft.kind, id=draft.id, name=known.resource.name
                )
                self._found(draft.resource, Problem(sentence, draft.id, "duplicate-definition"))

    def _refuse_bad_calls(self, session: Session, draft: Draft, net: Net) -> None:
        """Refuse to call what only events start, and to call itself, through whatever others, before it waits."""
        for node in net.nodes:
            called = self._latest(session, node)
            if called is not None and (called.ambiguous or not called.by_hand):
                how_many = Sentence("several start events") if called.ambiguous else Sentence("no start event")
                sentence = Sentence(
                    "it calls {process_id}, which has {how_many} without a trigger",
                    process_id=called.process_id,
                    how_many=how_many,
                )
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
                sentence = Sentence(
                    "the process calls itself over this call, in any case and without waiting: it would never end"
                )
                self._found(draft.resource, Problem(sentence, node.id, "endless-calls"))

    def _latest(self, session: Session, node: Node) -> Net | None:
        """Return the process that a call activity will find as the latest version: that of this deployment, if any."""
        if not isinstance(node.work, Call) or not node.work.process_id.literal or node.work.binding != "latest":
            return None
        name = node.work.process_id.text
        here = next((draft.net for draft in self.drafts if draft.net and draft.id == name), None)
        deployed = None if here else definitions.latest(session, ProcessDefinition, name)
        return here if deployed is None else definitions.net(session, deployed.key)

    def _missing(self, draft: Draft, kind: str, name: str, element_id: str) -> None:
        problem = Problem(
            Sentence("there is no {kind} {name}", kind=kind, name=name), element_id, f"unknown-{kind}", {"name": name}
        )
        self._found(draft.resource, problem)

    def _found(self, resource: Resource, problem: Problem) -> None:
        self.findings.append(findings.of(resource.name, problem))
