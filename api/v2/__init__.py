"""The engine's nouns in the shapes of Camunda 8's Orchestration Cluster REST API (D10)."""

from __future__ import annotations

from api.v2 import (
    authentication,
    call_hierarchies,
    clock,
    decision_definitions,
    decision_instances,
    decision_requirements,
    deployments,
    element_instances,
    element_statistics,
    forms,
    message_subscriptions,
    messages,
    process_definitions,
    process_instances,
    resources,
    signals,
    topology,
    user_tasks,
    variables,
)

BLUEPRINTS = (
    topology.blueprint,
    authentication.blueprint,
    deployments.blueprint,
    resources.blueprint,
    process_definitions.blueprint,
    process_instances.blueprint,
    call_hierarchies.blueprint,
    element_instances.blueprint,
    element_statistics.blueprint,
    user_tasks.blueprint,
    variables.blueprint,
    forms.blueprint,
    decision_definitions.blueprint,
    decision_requirements.blueprint,
    decision_instances.blueprint,
    messages.blueprint,
    message_subscriptions.blueprint,
    signals.blueprint,
    clock.blueprint,
)
