"""BPMN: definitions, instances, user tasks, timers, messages. Knows nothing of HR."""
