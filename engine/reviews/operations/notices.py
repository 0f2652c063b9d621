"""What every process calls to remind people, and to report what is overdue."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews.deadlines import escalations, reminders
from engine.reviews.models import Review
from engine.reviews.operations import calls


@operation("reviewflow.remind")
def remind(call: Call) -> Variables:
    """Tell whoever holds the open task of the element in header `kind` that it is nearly due, or due."""
    reminders.write(call.session, call.instance_key, call.headers.get("kind", ""), review=_review(call))
    return {}


@operation("reviewflow.escalate")
def escalate(call: Call) -> Variables:
    """Report the open task of the element in header `kind` to the next level, and remind its holder once more.

    Header `to` says whom: `line` the holder's superior, `head` who leads the group, `hr` where the line must not know
    the holder.
    """
    to = escalations.level(call.headers.get("to", ""), call.element_id)
    escalations.write(call.session, call.instance_key, call.headers.get("kind", ""), to, review=_review(call))
    return {}


def _review(call: Call) -> Review | None:
    return calls.review(call) if "review" in call.variables else None
