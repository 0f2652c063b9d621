"""DMN 1.3 to 1.5: decision tables, requirements and boxed expressions, evaluated with a record of what matched."""

from __future__ import annotations

from engine.dmn.columns import Column, Columns, columns
from engine.dmn.decisions import Decision, EvaluatedDecision, Evaluation, compile_dmn, recompile
from engine.dmn.listings import Listing, listing
from engine.dmn.logic import MatchedRule, TableRecord

__all__ = [
    "Column",
    "Columns",
    "Decision",
    "EvaluatedDecision",
    "Evaluation",
    "Listing",
    "MatchedRule",
    "TableRecord",
    "columns",
    "compile_dmn",
    "listing",
    "recompile",
]
