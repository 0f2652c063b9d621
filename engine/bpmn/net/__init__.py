"""The token executor: plays a compiled net. Pure: no SQL, no HTTP, no SpiffWorkflow."""
