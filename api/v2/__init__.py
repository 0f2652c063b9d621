"""The engine's nouns in the shapes of Camunda 8's Orchestration Cluster REST API."""
