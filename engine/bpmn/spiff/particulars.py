"""What each element must say of itself, and what it may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.bpmn.spiff import associations, correlations, loops, names, resources, scripts
from engine.bpmn.spiff.extensions import Extensions, Report, read
from engine.errors import Problem
from engine.sentences import Sentence

_AWAITED = {"message", "timer", "signal", "conditional"}
_EVENTS_ALLOWED = {
    "startEvent": {"", "message", "timer", "signal", "conditional"},
    "endEvent": {"", "message", "signal", "error", "escalation", "terminate", "compensate", "cancel"},
    "intermediateCatchEvent": _AWAITED | {"link"},
    "intermediateThrowEvent": {"", "message", "signal", "escalation", "compensate", "link"},
    "boundaryEvent": _AWAITED | {"error", "escalation", "compensate", "cancel"},
}
_STARTS_REACTION = _AWAITED | {"error", "escalation", "compensate"}
_ALONE = {"terminate", "compensate", "cancel", "link", "error"}
"""What can be thrown only by itself, and compensation and links be caught only by themselves."""
_ALWAYS_INTERRUPTS = {
    "error": Sentence("An error event that does not interrupt"),
    "cancel": Sentence("A cancel event that does not interrupt"),
}
_CODES = {"error": "errorCode", "escalation": "escalationCode"}
_REFERENCES = ("message", "signal", *_CODES)
_ELSEWHERE = "eventDefinitionRef"
_BINDINGS = ("latest", "deployment", "versionTag")


Declared = Mapping[tuple[str, str], str]
"""The messages, signals, errors and escalations of a file: by kind and id, the name or code each is known by."""
Check = Callable[[names.Xml, Declared, Report], None]


def declared(root: names.Xml) -> Declared:
    """Return what a file declares for its events to refer to."""
    return {
        (kind, item.get("id", "")): item.get(_CODES.get(kind, "name")) or item.get("name") or ""
        for kind in _REFERENCES
        for item in root.iterfind(names.bpmn(kind))
    }


def says_nothing(task: names.Xml) -> bool:
    """Whether a task names nothing that is to be done: by the standard it is done as soon as it begins.

    One with extensions of Camunda 8 is not meant so: it lacks what they are for.
    """
    told = _TOLD.get(names.local(task))
    if told is None or read(task) != Extensions():
        return False
    return not any(task.get(name) for name in told) and not (task.findtext(names.bpmn("script")) or "").strip()


_TOLD = {
    "serviceTask": ("operationRef",),
    "sendTask": ("messageRef", "operationRef"),
    "scriptTask": (),
    "businessRuleTask": (),
}
"""The tasks that name in these attributes, in a script or in an extension what is to be done."""


def check(element: names.Xml, known: Declared, report: Report) -> None:
    """Report what is wrong with one element by itself."""
    if says_nothing(element):
        message = Sentence(
            "This {element} says nothing of what is to be done: it is done as soon as it begins.",
            element=names.local(element),
        )
        report(Problem(message, names.place(element), "does-nothing", {"kind": names.local(element)}))
        return
    for check_one in _CHECKS.get(names.local(element), ()):
        check_one(element, known, report)


def unsupported(element: names.Xml, what: Sentence | None = None) -> Problem:
    """Return the problem that an element, or something about it, is not executed here."""
    message = Sentence(
        "{what} is not supported at a {element}.", what=what or Sentence("This"), element=names.local(element)
    )
    return Problem(message, names.place(element), "unsupported-element")


def _check_event(event: names.Xml, declared: Declared, report: Report) -> None:
    """Check an event's definitions and what they refer to."""
    found = names.event_definitions(event)
    kinds = [names.event_kind(definition) for definition in found] or [""]
    allowed = _STARTS_REACTION if names.is_reaction(event) else _EVENTS_ALLOWED[names.local(event)]
    for kind in kinds:
        if kind not in allowed | {_ELSEWHERE}:
            what = Sentence("The event definition {kind!r}", kind=kind) if kind else Sentence("No event definition")
            report(unsupported(event, what))
        if kind in _ALWAYS_INTERRUPTS and "false" in (event.get("cancelActivity"), event.get("isInterrupting")):
            report(unsupported(event, _ALWAYS_INTERRUPTS[kind]))
    for definition, kind in zip(found, kinds, strict=False):
        if kind in _REFERENCES and kind in allowed:
            _check_reference(event, definition, kind, declared, report)
    if len(found) > 1:
        _check_several(event, set(kinds), report)
    _check_content(event, found, report)


def _check_several(event: names.Xml, kinds: set[str], report: Report) -> None:
    """Check that the events on one element can be thrown, or caught, together."""
    throws = names.local(event) in ("endEvent", "intermediateThrowEvent")
    alone = kinds & (_ALONE if throws else _ALONE - {"error", "cancel"})
    if alone:
        what = Sentence("The event definition {kind!r} beside another", kind=min(alone))
        report(unsupported(event, what))
    if event.get("parallelMultiple") == "true":
        is_start = names.local(event) == "startEvent" and not names.is_reaction(event)
        if is_start or not kinds <= _AWAITED:
            report(unsupported(event, Sentence("Waiting for all of these events")))


def _check_content(event: names.Xml, found: list[names.Xml], report: Report) -> None:
    """Check that a condition, a link and a time say something, and what stands elsewhere is there."""
    for definition in found:
        kind = names.event_kind(definition)
        if kind == _ELSEWHERE:
            message = Sentence(
                "It refers to {reference}, which is no event definition.", reference=(definition.text or "").strip()
            )
            report(Problem(message, names.place(event), "unknown-reference"))
        if kind == "conditional" and not (definition.findtext(names.bpmn("condition")) or "").strip():
            report(Problem(Sentence("It says no condition."), names.place(event), "no-condition"))
        if kind == "link" and not (definition.get("name") or "").strip():
            report(Problem(Sentence("Its link has no name."), names.place(event), "no-link"))
        if kind == "timer" and not any((child.text or "").strip() for child in names.children(definition)):
            report(Problem(Sentence("It says no time."), names.place(event), "bad-time"))


def _check_reference(event: names.Xml, definition: names.Xml, kind: str, declared: Declared, report: Report) -> None:
    """Check that a message, signal, error or escalation is there, and has the name or code it is known by."""
    reference, where = definition.get(f"{kind}Ref"), names.place(event)
    catches_all = kind in ("error", "escalation") and names.local(event) in ("boundaryEvent", "startEvent")
    if reference is None:
        if catches_all or "taskDefinition" in read(event):
            return
        if kind in _CODES:
            message = Sentence(
                "It throws an {kind} without a code, which only an event that catches any {kind} catches.", kind=kind
            )
            report(Problem(message, where, "no-code", {"kind": kind}))
        else:
            report(Problem(Sentence("It names no {kind}.", kind=kind), where, "no-reference"))
        return
    if (kind, reference) not in declared:
        report(
            Problem(
                Sentence("It refers to {kind} {reference}, which is not there.", kind=kind, reference=reference),
                where,
                "unknown-reference",
            )
        )
        return
    known_by = declared[kind, reference]
    starts_process = names.local(event) == "startEvent" and not names.is_reaction(event)
    if known_by.startswith("=") and (kind in _CODES or starts_process):
        report(
            Problem(
                Sentence("Its {kind} must be known by plain text, not by {known_by}.", kind=kind, known_by=known_by),
                where,
                "computed-name",
            )
        )


def _check_loop(loop: names.Xml, _declared: Declared, report: Report) -> None:
    loops.check(loop, report)


def _check_standard_loop(loop: names.Xml, _declared: Declared, report: Report) -> None:
    loops.check_standard(loop, report)


def _check_association(association: names.Xml, _declared: Declared, report: Report) -> None:
    associations.check(association, report)


def _check_binding_of_property(binding: names.Xml, _declared: Declared, report: Report) -> None:
    correlations.check(binding, report)


def _needs(code: str, what: Sentence, *wanted: tuple[str, str]) -> Check:
    """Return a check that demands one of the extensions."""

    def check_one(element: names.Xml, _declared: Declared, report: Report) -> None:
        found = read(element)
        if not any(_has(found, name, attribute) for name, attribute in wanted):
            report(Problem(Sentence("It does not say {what}.", what=what), names.place(element), code))

    return check_one


def _check_inputs(event: names.Xml, _declared: Declared, report: Report) -> None:
    """Check that an event that only catches maps nothing in."""
    if read(event).inputs:
        report(unsupported(event, Sentence("An input mapping")))


def _check_binding(element: names.Xml, _declared: Declared, report: Report) -> None:
    found = read(element)
    for name in ("calledElement", "calledDecision", "formDefinition"):
        binding = found.get(name, "bindingType") or "latest"
        if binding not in (("latest",) if name == "formDefinition" else _BINDINGS):
            report(unsupported(element, Sentence("The binding {binding!r}", binding=binding)))
        if binding == "versionTag" and not _has(found, name, "versionTag"):
            report(Problem(Sentence("Its binding needs a version tag."), names.place(element), "no-version-tag"))


def _has(found: Extensions, name: str, attribute: str) -> bool:
    return found.get(name, attribute) is not None


def _check_service(task: names.Xml, declared: Declared, report: Report) -> None:
    if not resources.operation(task):
        _needs("no-job-type", Sentence("what type of job it is, nor which operation it invokes"), _JOB)(
            task, declared, report
        )


def _check_send_task(task: names.Xml, declared: Declared, report: Report) -> None:
    if "taskDefinition" in read(task):
        _needs("no-job-type", Sentence("what type of job it is"), ("taskDefinition", "type"))(task, declared, report)
    else:
        _check_reference(task, task, "message", declared, report)


def _check_receive_task(task: names.Xml, declared: Declared, report: Report) -> None:
    _check_reference(task, task, "message", declared, report)


def _check_call(call: names.Xml, declared: Declared, report: Report) -> None:
    if not call.get("calledElement"):
        _needs("no-called-process", Sentence("which process it calls"), ("calledElement", "processId"))(
            call, declared, report
        )


def _check_script(task: names.Xml, _declared: Declared, report: Report) -> None:
    found = read(task)
    if "script" in found and not (_has(found, "script", "expression") and _has(found, "script", "resultVariable")):
        report(
            Problem(Sentence("Its script needs an expression and a result variable."), names.place(task), "no-script")
        )
    if "script" not in found and not _has(found, *_JOB):
        scripts.check(task, report)


_JOB = ("taskDefinition", "type")
_CHECKS: dict[str, tuple[Check, ...]] = {
    **dict.fromkeys(names.EVENTS, (_check_event,)),
    **dict.fromkeys(("startEvent", "boundaryEvent", "intermediateCatchEvent"), (_check_event, _check_inputs)),
    "userTask": (_check_binding,),
    "multiInstanceLoopCharacteristics": (_check_loop,),
    "standardLoopCharacteristics": (_check_standard_loop,),
    **dict.fromkeys(("dataInputAssociation", "dataOutputAssociation"), (_check_association,)),
    "correlationPropertyBinding": (_check_binding_of_property,),
    "serviceTask": (_check_service,),
    "businessRuleTask": (
        _check_binding,
        _needs("no-decision", Sentence("which decision it calls"), ("calledDecision", "decisionId"), _JOB),
    ),
    "scriptTask": (_check_script,),
    "sendTask": (_check_send_task,),
    "receiveTask": (_check_receive_task,),
    "callActivity": (_check_call, _check_binding),
}
