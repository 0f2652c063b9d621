"""What each of SpiffWorkflow's specifications becomes: one table, by its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import CancelEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from engine.bpmn.net import work
from engine.bpmn.net.work import Binding, Event, Work
from engine.bpmn.spiff import definitions, names, particulars, resources
from engine.bpmn.spiff.formulas import Formulas
from engine.bpmn.spiff.reader import ComplexGateway, Read
from engine.bpmn.spiff.scripts import script_of
from engine.sentences import Sentence

Indexes = Mapping[str, int]


def work_of(read: Read, formulas: Formulas, indexes: Indexes, host: str | None, handler: str | None) -> Work:
    """Return what an element does; what the checks have refused passes through."""
    if host is not None:
        return _boundary(read, formulas, indexes[host], indexes.get(handler or ""))
    make = _WORK.get(type(read.spec))
    found = make(read, formulas) if make else work.Pass()
    if isinstance(found, work.Throw) and isinstance(found.event, work.Compensation):
        thrown = read.spec.event_definition
        return work.Throw(work.Compensation(indexes.get(thrown.activity or ""), awaited=thrown.awaited))
    return found


def alternatives(read: Read, formulas: Formulas, main: Work) -> list[Work]:
    """Return what each of several events on an element does, if there are several."""
    if not isinstance(main, work.Catch | work.Boundary | work.Start | work.Throw):
        return []
    if not isinstance(main.event, work.Several):
        return []
    events = [_event(definition, formulas) for definition in definitions.each(read.spec.event_definition)]
    return [replace(main, event=event) for event in events if event is not None]


def _event(definition: Any, formulas: Formulas) -> Event | None:
    make = _EVENTS.get(type(definition))
    return make(definition, formulas) if make else None


_EVENTS: dict[type, Callable[[Any, Formulas], Event]] = {
    TimeDateEventDefinition: lambda found, formulas: formulas.timer("date", found.expression),
    DurationTimerEventDefinition: lambda found, formulas: formulas.timer("duration", found.expression),
    CycleTimerEventDefinition: lambda found, formulas: formulas.timer("cycle", found.expression),
    MessageEventDefinition: lambda found, formulas: work.Message(
        formulas.attribute(found.name or ""), formulas.optional(found.correlation_key)
    ),
    SignalEventDefinition: lambda found, formulas: work.Signal(formulas.attribute(found.name or "")),
    ErrorEventDefinition: lambda found, _: work.Error(found.code),
    EscalationEventDefinition: lambda found, _: work.Escalation(found.code),
    TerminateEventDefinition: lambda _, __: work.Terminate(),
    CancelEventDefinition: lambda _, __: work.Cancel(),
    ConditionalEventDefinition: lambda found, formulas: work.Conditional(formulas.expression(found.expression or "")),
    definitions.CompensationEventDefinition: lambda _, __: work.Compensation(),
    MultipleEventDefinition: lambda found, _: work.Several(all=found.parallel),
}


def _boundary(read: Read, formulas: Formulas, host: int, handler: int | None) -> Work:
    event = _event(read.spec.event_definition, formulas)
    if event is None:
        return work.Pass()
    interrupting = read.spec.cancel_activity
    return work.Boundary(event, host, interrupting, handler if isinstance(event, work.Compensation) else None)


def _start(read: Read, formulas: Formulas) -> Work:
    event = _event(read.spec.event_definition, formulas)
    return work.Start(event, interrupting=read.element.get("isInterrupting") != "false")


def _subprocess(read: Read, formulas: Formulas) -> Work:
    element, kind = read.element, names.local(read.element)
    if kind != "adHocSubProcess":
        return work.Subprocess(reaction=names.is_reaction(element), transaction=kind == "transaction")
    ad_hoc = work.AdHoc(
        sequential=element.get("ordering") == "Sequential",
        condition=formulas.optional_expression(element.findtext(names.bpmn("completionCondition"))),
        cancel_remaining=element.get("cancelRemainingInstances") != "false",
    )
    return work.Subprocess(ad_hoc=ad_hoc)


def _complex(read: Read, formulas: Formulas) -> Work:
    condition = read.element.findtext(names.bpmn("activationCondition"))
    return work.Complex(formulas.optional_expression(condition))


def _catch(read: Read, formulas: Formulas) -> Work:
    event = _event(read.spec.event_definition, formulas)
    return work.Catch(event, names.instantiates(read.element)) if event else work.Pass()


def _event_gateway(read: Read, _formulas: Formulas) -> Work:
    parallel = read.element.get("eventGatewayType") == "Parallel"
    return work.EventBased(names.instantiates(read.element), parallel)


def _throw(read: Read, formulas: Formulas) -> Work:
    if "taskDefinition" in read.extensions:
        return _job(read, formulas)
    if particulars.says_nothing(read.element):
        return work.Pass()
    event = _event(read.spec.event_definition, formulas)
    if isinstance(event, work.Error | work.Escalation) and event.code is None:
        event = replace(event, code=read.spec.event_definition.name or "")
    return work.Throw(event) if event else work.Pass()


def _user_task(read: Read, formulas: Formulas) -> Work:
    get = read.extensions.get
    owners = resources.owners(read.element, formulas)
    return work.UserTask(
        form_id=formulas.optional(get("formDefinition", "formId")),
        assignee=formulas.optional(get("assignmentDefinition", "assignee"))
        or resources.performer(read.element, formulas),
        candidate_groups=formulas.optional(get("assignmentDefinition", "candidateGroups")) or owners,
        candidate_users=formulas.optional(get("assignmentDefinition", "candidateUsers")) or owners,
        due=formulas.moment(get("taskSchedule", "dueDate")),
        follow_up=formulas.moment(get("taskSchedule", "followUpDate")),
        priority=formulas.optional(get("priorityDefinition", "priority")),
        headers=read.extensions.headers,
        completing=read.extensions.heard("completing"),
        assigning=read.extensions.heard("assigning"),
    )


def _job(read: Read, formulas: Formulas) -> Work:
    get = read.extensions.get
    return work.Job(
        formulas.attribute(get("taskDefinition", "type") or resources.operation(read.element) or ""),
        formulas.attribute(get("taskDefinition", "retries") or "3"),
        read.extensions.headers,
    )


def _service(read: Read, formulas: Formulas) -> Work:
    """Service tasks are jobs; business rule tasks too, unless they call a decision; some say nothing."""
    if particulars.says_nothing(read.element):
        return work.Pass()
    if "calledDecision" not in read.extensions:
        return _job(read, formulas)
    get = read.extensions.get
    return work.Decision(
        formulas.attribute(get("calledDecision", "decisionId") or ""),
        formulas.variable(get("calledDecision", "resultVariable") or "result"),
        _binding(read, "calledDecision"),
        get("calledDecision", "versionTag"),
    )


def _script(read: Read, formulas: Formulas) -> Work:
    if particulars.says_nothing(read.element):
        return work.Pass()
    if "script" not in read.extensions:
        return _job(read, formulas) if "taskDefinition" in read.extensions else script_of(read.element, formulas)
    expression = formulas.demanded_expression(read.spec.script, Sentence("script"))
    return work.Script(expression, formulas.variable(read.extensions.get("script", "resultVariable") or "result"))


def _call(read: Read, formulas: Formulas) -> Work:
    get = read.extensions.get
    return work.Call(
        formulas.attribute(read.spec.spec),
        _binding(read, "calledElement"),
        get("calledElement", "versionTag"),
        send_all=get("calledElement", "propagateAllParentVariables") != "false",
        receive_all=get("calledElement", "propagateAllChildVariables") != "false",
    )


def _binding(read: Read, extension: str) -> Binding:
    return cast("Binding", read.extensions.get(extension, "bindingType") or "latest")


_WORK: dict[type, Callable[[Read, Formulas], Work]] = {
    defaults.StartEvent: _start,
    defaults.EndEvent: _throw,
    defaults.IntermediateThrowEvent: _throw,
    defaults.SendTask: _throw,
    defaults.IntermediateCatchEvent: _catch,
    defaults.ReceiveTask: _catch,
    defaults.UserTask: _user_task,
    defaults.ServiceTask: _service,
    defaults.ScriptTask: _script,
    defaults.CallActivity: _call,
    defaults.SubWorkflowTask: _subprocess,
    ComplexGateway: _complex,
    defaults.ExclusiveGateway: lambda _, __: work.Exclusive(),
    defaults.InclusiveGateway: lambda _, __: work.Inclusive(),
    defaults.ParallelGateway: lambda _, __: work.Parallel(),
    defaults.EventBasedGateway: _event_gateway,
}
