"""The engine's nouns in the shapes of Camunda 8's Orchestration Cluster REST API (D10)."""

from __future__ import annotations

from api.v2 import (
    authentication,
    call_hierarchies,
    clock,
    conditionals,
    decision_definitions,
    decision_instances,
    decision_requirements,
    deployments,
    element_instances,
    element_statistics,
    forms,
    incidents,
    jobs,
    message_subscriptions,
    messages,
    process_definitions,
    process_instances,
    signals,
    topology,
    user_tasks,
)

BLUEPRINTS = (
    topology.blueprint,
    authentication.blueprint,
    deployments.blueprint,
    process_definitions.blueprint,
    process_instances.blueprint,
    call_hierarchies.blueprint,
    element_instances.blueprint,
    element_statistics.blueprint,
    user_tasks.blueprint,
    forms.blueprint,
    decision_definitions.blueprint,
    decision_requirements.blueprint,
    decision_instances.blueprint,
    messages.blueprint,
    conditionals.blueprint,
    jobs.blueprint,
    incidents.blueprint,
    message_subscriptions.blueprint,
    signals.blueprint,
    clock.blueprint,
)
