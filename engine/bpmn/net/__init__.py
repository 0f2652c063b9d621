"""The token executor: plays a compiled net. Pure: no SQL, no HTTP, no SpiffWorkflow."""

from engine.bpmn.net.execution import BUDGET, Execution
from engine.bpmn.net.failures import BudgetExceeded, ElementFailed
from engine.bpmn.net.nodes import Element, Net, Node, OtherFormat, Reference
from engine.bpmn.net.tokens import Status

__all__ = [
    "BUDGET",
    "BudgetExceeded",
    "Element",
    "ElementFailed",
    "Execution",
    "Net",
    "Node",
    "OtherFormat",
    "Reference",
    "Status",
]
