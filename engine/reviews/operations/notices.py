"""What every process calls to remind people."""

from __future__ import annotations

from engine.bpmn.models import Variables
from engine.bpmn.operations import Call, operation
from engine.reviews import reminders
from engine.reviews.operations import calls


@operation("reviewflow.remind")
def remind(call: Call) -> Variables:
    """Tell whoever holds the open task of the element in header `kind` that it is due."""
    review = calls.review(call) if "review" in call.variables else None
    reminders.write(call.session, call.instance_key, call.headers.get("kind", ""), review=review)
    return {}
