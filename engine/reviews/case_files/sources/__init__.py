"""Sources: the kinds of rows in case files, a module for each noun.

Every module here that says `KINDS` joins by being here, so that a new table joins in a file of its own.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from engine.reviews.case_files.kinds import Kind


@cache
def kinds() -> dict[str, Kind]:
    """Give every kind by its name."""
    modules = sorted(one.name for one in iter_modules(__path__))
    found: list[Kind] = [kind for name in modules for kind in import_module(f"{__name__}.{name}").KINDS]
    return {kind.name: kind for kind in found}
