"""A form of a few components, and answers to it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import exact_json, feel
from engine.bpmn import forms
from engine.errors import Invalid

ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 31, 16, 30, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def form() -> Callable[..., forms.Schema]:
    """Read a form of the components given."""

    def read(*components: dict[str, Any]) -> forms.Schema:
        return forms.read(json.dumps({"id": "review", "type": "default", "components": components}).encode())

    return read


@pytest.fixture
def accept() -> Callable[..., dict[str, Any]]:
    """Send answers as JSON to a form filled with some variables, at half past midnight on 1 April in Shanghai."""

    def send(
        schema: forms.Schema, answers: Any, documents: dict[str, forms.File] | None = None, **known: Any
    ) -> dict[str, Any]:
        given, filled = (exact_json.loads(exact_json.dumps(side)) for side in (answers, known))
        return forms.accept(schema, given, known=filled, environment=ENVIRONMENT, documents=documents)

    return send


@pytest.fixture
def refused(accept: Callable[..., dict[str, Any]]) -> Callable[..., list[tuple[str, str]]]:
    """Send answers that are refused, and return where and by which rule."""

    def send(schema: forms.Schema, answers: Any, **known: Any) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as refusal:
            accept(schema, answers, **known)
        return [(problem.where, problem.code) for problem in refusal.value.problems]

    return send
