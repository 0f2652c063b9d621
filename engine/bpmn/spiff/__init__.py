"""The only place where SpiffWorkflow is met: reads BPMN, checks it, compiles it into a net."""
