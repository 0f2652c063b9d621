"""What each of SpiffWorkflow's specifications becomes: one table, by its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from engine.bpmn.net import work
from engine.bpmn.net.work import Binding, Event, Work
from engine.bpmn.spiff.formulas import Formulas
from engine.bpmn.spiff.reader import Read

Indexes = Mapping[str, int]


def work_of(read: Read, formulas: Formulas, indexes: Indexes, host: str | None) -> Work:
    """Return what an element does; what the checks have refused passes through."""
    if host is not None:
        return _boundary(read, formulas, indexes[host])
    make = _WORK.get(type(read.spec))
    return make(read, formulas) if make else work.Pass()


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
}


def _boundary(read: Read, formulas: Formulas, host: int) -> Work:
    event = _event(read.spec.event_definition, formulas)
    return work.Boundary(event, host, interrupting=read.spec.cancel_activity) if event else work.Pass()


def _start(read: Read, formulas: Formulas) -> Work:
    event = _event(read.spec.event_definition, formulas)
    return work.Start(event if isinstance(event, work.Timer | work.Message | work.Signal) else None)


def _catch(read: Read, formulas: Formulas) -> Work:
    event = _event(read.spec.event_definition, formulas)
    return work.Catch(event) if event else work.Pass()


def _throw(read: Read, formulas: Formulas) -> Work:
    if "taskDefinition" in read.extensions:
        return _job(read, formulas)
    event = _event(read.spec.event_definition, formulas)
    return work.Throw(event) if event else work.Pass()


def _user_task(read: Read, formulas: Formulas) -> Work:
    get = read.extensions.get
    return work.UserTask(
        form_id=formulas.optional(get("formDefinition", "formId")),
        assignee=formulas.optional(get("assignmentDefinition", "assignee")),
        candidate_groups=formulas.optional(get("assignmentDefinition", "candidateGroups")),
        candidate_users=formulas.optional(get("assignmentDefinition", "candidateUsers")),
        due=formulas.moment(get("taskSchedule", "dueDate")),
        follow_up=formulas.moment(get("taskSchedule", "followUpDate")),
        priority=formulas.optional(get("priorityDefinition", "priority")),
        headers=read.extensions.headers,
        completing=tuple(job_type for _, job_type in read.extensions.listeners),
    )


def _job(read: Read, formulas: Formulas) -> Work:
    get = read.extensions.get
    return work.Job(
        formulas.attribute(get("taskDefinition", "type") or ""),
        formulas.attribute(get("taskDefinition", "retries") or "3"),
        read.extensions.headers,
    )


def _service(read: Read, formulas: Formulas) -> Work:
    """Service tasks are jobs; business rule tasks too, unless they call a decision."""
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
    if "script" not in read.extensions:
        return _job(read, formulas)
    expression = formulas.demanded_expression(read.spec.script, "script")
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
    defaults.SubWorkflowTask: lambda _, __: work.Subprocess(),
    defaults.ExclusiveGateway: lambda _, __: work.Exclusive(),
    defaults.InclusiveGateway: lambda _, __: work.Inclusive(),
    defaults.ParallelGateway: lambda _, __: work.Parallel(),
    defaults.EventBasedGateway: lambda _, __: work.EventBased(),
}
