"""The operations that diagrams call by name: each reads what a call brings and calls the use case (D9, D20)."""

from engine.reviews.operations import (
    actuals,
    appeals,
    calibration,
    check_ins,
    deliveries,
    interviews,
    launches,
    notices,
    plans,
    proposals,
    raters,
    ratings,
    reopenings,
    results,
    suggestions,
    targets,
)

__all__ = [
    "actuals",
    "appeals",
    "calibration",
    "check_ins",
    "deliveries",
    "interviews",
    "launches",
    "notices",
    "plans",
    "proposals",
    "raters",
    "ratings",
    "reopenings",
    "results",
    "suggestions",
    "targets",
]
