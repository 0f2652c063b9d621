"""What must hold whatever happens, found out by other means than the product's own."""

from simulation.invariants.findings import Evidence, Violation, check

__all__ = ["Evidence", "Violation", "check"]
