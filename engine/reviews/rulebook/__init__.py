"""The rules that a cycle goes by: templates, indicators, goals, regulations, and whom they concern."""
