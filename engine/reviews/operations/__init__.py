"""The operations that diagrams call by name: each reads what a call brings and calls the use case (D9, D20)."""

from engine.reviews.operations import (
    actuals,
    appeals,
    calibration,
    deliveries,
    interviews,
    launches,
    notices,
    plans,
    ratings,
    reopenings,
    results,
    targets,
)

__all__ = [
    "actuals",
    "appeals",
    "calibration",
    "deliveries",
    "interviews",
    "launches",
    "notices",
    "plans",
    "ratings",
    "reopenings",
    "results",
    "targets",
]
