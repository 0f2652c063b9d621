"""The built-in functions of FEEL, by family, and our own of working days."""

from __future__ import annotations

from engine.feel.functions import contexts, intervals, lists, moments, numeric, strings, workdays
from engine.feel.functions.registry import BUILTINS, Builtin

__all__ = ["BUILTINS", "Builtin", "contexts", "intervals", "lists", "moments", "numeric", "strings", "workdays"]
