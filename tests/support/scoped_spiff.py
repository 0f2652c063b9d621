"""SpiffWorkflow's own executor with variables in scopes: what flows where is its opinion, what is visible ours.

SpiffWorkflow copies variables into every task and merges them where branches join. Here a task only shows those of the
scopes around it, so its copies and merges copy things onto themselves. Nothing else about it is changed but this: a
timer's text is a literal, as our diagrams write it.
"""

from __future__ import annotations

import io
from collections import ChainMap
from decimal import Decimal
from types import MappingProxyType

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EventBasedGatewayParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EventBasedGateway,
    IntermediateCatchEvent,
    StandardLoopTask,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import feel

MAPPINGS = f"{full_tag('extensionElements')}/{{*}}ioMapping/{{*}}"


class Scope(ChainMap):
    """The variables that are visible, the nearest scope first; they are set where they are, else in the process."""

    def __setitem__(self, name, value):
        next((scope for scope in self.maps if name in scope), self.maps[-1])[name] = value

    def __deepcopy__(self, memo):
        """Return nothing: a thrown event, for which alone it is copied, carries only what it is given."""
        return {}


class ScopedTask(Task):
    """A task of SpiffWorkflow; it has variables of its own while its activity is a scope."""

    own = None

    @property
    def around(self):
        """The scope around its activity: for one of several instances, that of all of them."""
        return self.parent.data if self.triggered else self.workflow.data

    @property
    def data(self):
        return self.around if self.own is None else Scope(self.own, *self.around.maps)

    @data.setter
    def data(self, value):
        assert value == {}, "only the empty variables are set that every task begins with"

    def _inherit_data(self):
        pass

    def _add_child(self, task_spec, state=TaskState.MAYBE):
        child = ScopedTask(self.workflow, task_spec, self, state=state)
        child.thread_id = self.thread_id
        if state == TaskState.READY:
            child._ready()
        return child


class _Scoped:
    """A workflow whose variables are a scope."""

    def __init__(self, specification, *arguments, variables, **options):
        super().__init__(specification, *arguments, deserializing=True, **options)
        self.data = variables
        self.task_tree = ScopedTask(self, specification.start, state=TaskState.FUTURE)
        specification.start._predict(self.task_tree, mask=TaskState.NOT_FINISHED_MASK)
        self.task_tree._ready()


class _ScopedSubprocess(_Scoped, BpmnSubWorkflow):
    pass


class ScopedWorkflow(_Scoped, BpmnWorkflow):
    """A process instance of SpiffWorkflow with variables in scopes."""

    def __init__(self, content):
        parser = ScopedParser()
        parser.add_bpmn_io(io.BytesIO(content))
        inner = parser.get_subprocess_specs("p")
        super().__init__(parser.get_spec("p"), inner, variables=Scope(), script_engine=FeelEngine())

    def create_subprocess(self, my_task, spec_name):
        made = _ScopedSubprocess(self.subprocess_specs[spec_name], my_task.id, self, variables=my_task.data)
        self.subprocesses[my_task.id] = made
        return made


class FeelEngine(PythonScriptEngine):
    """FEEL instead of Python."""

    def evaluate(self, task, expression, **_context):
        value = feel.compile(expression).evaluate(task.data)
        return int(value) if isinstance(value, Decimal) else value

    def execute(self, task, script, **_context):
        name, _, value = script.partition(" = ")
        task.data[name] = self.evaluate(task, value)
        return True


class _Mapped:
    """An activity with a scope: its input mappings fill it, its output mappings say what leaves it."""

    def _update_hook(self, my_task):
        if my_task.own is None and (my_task.triggered or self.extensions or isinstance(self, SubWorkflowTask)):
            my_task.own = {"loopCounter": _number(my_task)} if my_task.triggered else {}
            for source, target in self.extensions.get("input", ()):
                my_task.own[target] = my_task.workflow.script_engine.evaluate(my_task, source)
        return super()._update_hook(my_task)

    def _on_complete_hook(self, my_task):
        outputs = self.extensions.get("output", ())
        results = {target: my_task.workflow.script_engine.evaluate(my_task, source) for source, target in outputs}
        my_task.own = None
        my_task.data.update(results)
        super()._on_complete_hook(my_task)


def _number(my_task):
    """Which of several instances it is, from 1."""
    counted = (my_task.internal_data.get(name) for name in ("iteration", "key_or_index", "item"))
    return 1 + next(number for number in counted if number is not None)


class MappedUserTask(_Mapped, UserTask):
    """A user task with mappings."""


class MappedSubprocess(_Mapped, SubWorkflowTask):
    """A subprocess, which is a scope; what it sets is where it belongs."""

    def copy_data(self, my_task, subworkflow):
        pass

    def update_data(self, my_task, subworkflow):
        pass


class CountedLoop(StandardLoopTask):
    """A standard loop whose condition reads which round it was."""

    def loop_complete(self, my_task):
        my_task.own = {"loopCounter": len(self._merged_children(my_task))}
        is_complete = super().loop_complete(my_task)
        my_task.own = None
        return is_complete


class _Reading:
    """A parser of elements that reads mappings, and timers as text."""

    STANDARD_LOOP_CLASS = CountedLoop

    def parse_extensions(self, _node=None):
        found = {}
        for kind in ("input", "output"):
            for mapping in self.node.iterfind(MAPPINGS + kind):
                found.setdefault(kind, []).append((mapping.get("source"), mapping.get("target")))
        return found

    def parse_timer_event(self, event):
        definition = super().parse_timer_event(event)
        definition.expression = f'"{definition.expression}"'
        return definition


PARSERS = {
    "userTask": (TaskParser, MappedUserTask),
    "subProcess": (SubWorkflowParser, MappedSubprocess),
    "startEvent": (StartEventParser, StartEvent),
    "boundaryEvent": (BoundaryEventParser, BoundaryEvent),
    "intermediateCatchEvent": (IntermediateCatchEventParser, IntermediateCatchEvent),
    "eventBasedGateway": (EventBasedGatewayParser, EventBasedGateway),
}


class ScopedParser(BpmnParser):
    """Reads diagrams for `ScopedWorkflow`."""

    OVERRIDE_PARSER_CLASSES = MappingProxyType(
        {
            full_tag(tag): (type(parser.__name__, (_Reading, parser), {}), specification)
            for tag, (parser, specification) in PARSERS.items()
        }
    )
