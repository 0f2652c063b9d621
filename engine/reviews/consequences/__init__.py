"""Consequences: what follows a result, proposed by rules and decided by people."""
