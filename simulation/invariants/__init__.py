"""What must hold whatever happens, found out by other means than the product's own."""

from simulation.invariants.evidence import Evidence, Violation
from simulation.invariants.findings import check

__all__ = ["Evidence", "Violation", "check"]
