"""FEEL, the expression language of DMN 1.5: compiled once to closures, safe by construction, exact in decimals.

>>> from engine import feel
>>> feel.compile("score >= 90 and count(raters) >= 2").evaluate({"score": 91, "raters": ["ann", "bob"]})
True
"""

from __future__ import annotations

from engine.feel import daily
from engine.feel.boundary import adopt, release, to_json
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.errors import FeelError, FeelEvaluationError, FeelSyntaxError
from engine.feel.expression import (
    Explanation,
    Expression,
    UnaryTests,
    compile,  # noqa: A004 - feel.compile reads as what it is
    compile_expression,
    compile_tests,
    compile_unary_tests,
)
from engine.feel.run import Calendar, Environment, Weekdays
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Range

__all__ = [
    "Calendar",
    "Date",
    "DateTime",
    "DaysTime",
    "Environment",
    "Explanation",
    "Expression",
    "FeelError",
    "FeelEvaluationError",
    "FeelSyntaxError",
    "Range",
    "Time",
    "UnaryTests",
    "Weekdays",
    "YearsMonths",
    "adopt",
    "compile",
    "compile_expression",
    "compile_tests",
    "compile_unary_tests",
    "daily",
    "release",
    "to_json",
]
