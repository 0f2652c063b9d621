"""The engine's nouns in the shapes of Camunda 8's Orchestration Cluster REST API (D10)."""

from __future__ import annotations

from api.v2 import (
    clock,
    conditionals,
    deployments,
    forms,
    incidents,
    jobs,
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
    messages.blueprint,
    conditionals.blueprint,
    jobs.blueprint,
    incidents.blueprint,
    clock.blueprint,
)
