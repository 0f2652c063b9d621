"""Passages: the deployed processes that the reviews of a cycle can run."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import definitions
from engine.bpmn.models import ProcessDefinition
from engine.bpmn.net import Net
from engine.bpmn.net.work import Catch, Message
from engine.reviews.release.results import RELEASED


def deployed(session: Session) -> list[ProcessDefinition]:
    """List the newest versions of the processes that await the release of a result, as every review must."""
    newest = select(func.max(ProcessDefinition.key)).group_by(ProcessDefinition.process_id)
    rows = select(ProcessDefinition).where(ProcessDefinition.key.in_(newest)).order_by(ProcessDefinition.process_id)
    return [one for one in session.scalars(rows).all() if _awaits_release(definitions.net(session, one.key))]


def _awaits_release(net: Net) -> bool:
    events = [node.work.event for node in net.nodes if isinstance(node.work, Catch)]
    return any(isinstance(event, Message) and event.name.text == RELEASED for event in events)
