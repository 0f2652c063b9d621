"""What is told of a company's life: a page with charts for people, and the same facts as JSON."""

from simulation.report.facts import Facts, gather
from simulation.report.pages import write

__all__ = ["Facts", "gather", "write"]
