"""What Camunda's own client can call: its operations, read from its source, and which of them are served here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import camunda_orchestration_sdk.api
from flask import Flask

_METHOD = re.compile(r'"method": "(\w+)",\s*"url": "([^"]+)"')
_STATUS = re.compile(r"response\.status_code == (\d+)")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of Camunda's REST API.

    Attributes:
        path: the path with the client's names of what is in braces, such as `/v2/jobs/{job_key}`.
        statuses: the statuses it documents.
    """

    noun: str
    name: str
    method: str
    path: str
    statuses: frozenset[int]
    module: ModuleType

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def shape(self) -> tuple[str, str]:
        """The method and the path without names."""
        return self.method, re.sub(r"{\w+}", "{}", self.path)


def operations() -> Iterator[Operation]:
    """Yield every operation the client has, by noun and name."""
    package = camunda_orchestration_sdk.api
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        if found.ispkg:
            continue
        module = import_module(found.name)
        source = inspect.getsource(module)
        called = _METHOD.search(source)
        assert called, found.name
        noun, name = found.name.split(".")[-2:]
        statuses = frozenset(map(int, _STATUS.findall(source)))
        yield Operation(noun.strip("_"), name, called[1].upper(), f"/v2{called[2]}", statuses, module)


def served(app: Flask) -> dict[tuple[str, str], frozenset[int]]:
    """Return what is served under /v2: by method and path without names, the statuses it refuses with."""
    found = {}
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if not rule.rule.startswith("/v2/") or view is None:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            refusals = getattr(getattr(view, method.lower()), "refusals", frozenset())
            found[method, re.sub(r"<[^>]+>", "{}", rule.rule)] = refusals
    return found
