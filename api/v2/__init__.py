"""The engine's nouns in the shapes of Camunda 8's Orchestration Cluster REST API (D10)."""

from __future__ import annotations

from api.v2 import (
    clock,
    deployments,
    documents,
    forms,
    messages,
    process_definitions,
    process_instances,
    topology,
    user_tasks,
)

BLUEPRINTS = (
    topology.blueprint,
    deployments.blueprint,
    process_definitions.blueprint,
    process_instances.blueprint,
    user_tasks.blueprint,
    forms.blueprint,
    documents.blueprint,
    messages.blueprint,
    clock.blueprint,
)
