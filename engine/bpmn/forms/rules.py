"""The rules of a field: what makes form-js show an error, and what its widgets never let anybody enter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from engine.bpmn.forms import moments, texts
from engine.bpmn.forms.components import CHOICES, MULTIPLE_CHOICES, Component
from engine.bpmn.forms.numbers import decimal_digits, number, plain, same
from engine.bpmn.forms.options import is_offered
from engine.bpmn.forms.sentences import problem
from engine.errors import Problem
from engine.feel import Environment

Evaluate = Callable[[object], object]


def broken(field: Component, value: object, where: str, evaluate: Evaluate) -> list[Problem]:
    """Say which rules of form-js a value breaks; `evaluate` computes a rule that is an expression."""
    found = _number_rules(field, value, where) if field.type == "number" else []
    rules = {name: evaluate(rule) for name, rule in field.rules.items()}
    found += _required(field, rules, value, where)
    found += _limits(field, rules, value, where)
    if isinstance(value, str) and value:
        found += _lengths(field, rules, value, where)
        found += _shape(field, rules, value, where)
    return found


def unoffered(field: Component, value: object, where: str, choices: list[object]) -> list[Problem]:
    """Say that an answer is not among the choices."""
    if field.type in CHOICES and value is not None and not is_offered(value, choices):
        return [problem("not-an-option", where, label=field.label)]
    chosen = value if field.type in MULTIPLE_CHOICES and isinstance(value, list) else []
    if not all(is_offered(choice, choices) for choice in chosen):
        return [problem("not-an-option", where, label=field.label)]
    return []


def unenterable(
    field: Component, value: object, where: str, choices: list[object], environment: Environment
) -> list[Problem]:
    """Say what in an answer no widget would have let anybody enter: a date beyond its limits, a choice made twice."""
    if field.type == "datetime" and isinstance(value, str):
        return moments.unfit(field, value, where, environment)
    if field.type in MULTIPLE_CHOICES and isinstance(value, list) and _repeats(value, choices):
        return [problem("chosen-twice", where, label=field.label)]
    return []


def _repeats(value: list[object], choices: list[object]) -> bool:
    if not all(is_offered(choice, choices) for choice in value):
        return False
    return len(value) > len(choices) or any(same(one, other) for at, one in enumerate(value) for other in value[:at])


def _number_rules(field: Component, value: object, where: str) -> list[Problem]:
    found: list[Problem] = []
    given = number(value)
    if not given:
        return found
    digits = number(field.attributes.get("decimalDigits"))
    if digits is not None and digits >= 0 and decimal_digits(given) > digits:
        if digits == 0:
            found.append(problem("integer", where, label=field.label))
        else:
            found.append(problem("decimal-digits", where, label=field.label, digits=plain(digits)))
    increment = number(field.attributes.get("increment"))
    return found + (_off_step(field, given, increment, where) if increment else [])


def _off_step(field: Component, given: Decimal, increment: Decimal, where: str) -> list[Problem]:
    with localcontext(prec=200):
        offset = given % increment if abs(given) < increment.scaleb(150) else Decimal(0)
        if not offset:
            return []
        below = given - offset
        facts = {"increment": plain(increment), "below": plain(below), "above": plain(below + increment)}
    return [problem("increment", where, label=field.label, **facts)]


def _required(field: Component, rules: Mapping[str, Any], value: object, where: str) -> list[Problem]:
    missing = value is None or value in ("", []) or (field.type == "checkbox" and value is False)
    return [problem("required", where, label=field.label)] if rules.get("required") and missing else []


def _limits(field: Component, rules: Mapping[str, Any], value: object, where: str) -> list[Problem]:
    found: list[Problem] = []
    given = number(value)
    for name, code in (("min", "minimum"), ("max", "maximum")):
        limit = rules.get(name)
        if limit is None or value is None or value is False or value == "":
            continue
        bound = number(limit)
        if bound is None or given is None:
            found.append(problem("limit", where, label=field.label, limit=limit))
        elif given < bound if name == "min" else given > bound:
            found.append(problem(code, where, label=field.label, **{code: plain(bound)}))
    return found


def _lengths(field: Component, rules: Mapping[str, Any], value: str, where: str) -> list[Problem]:
    minimum, maximum = number(rules.get("minLength")), number(rules.get("maxLength"))
    found: list[Problem] = []
    if minimum is not None and texts.length(value) < minimum:
        found.append(problem("too-short", where, label=field.label, minimum=plain(minimum)))
    if maximum is not None and texts.length(value) > maximum:
        found.append(problem("too-long", where, label=field.label, maximum=plain(maximum)))
    return found


def _shape(field: Component, rules: Mapping[str, Any], value: str, where: str) -> list[Problem]:
    found: list[Problem] = []
    if pattern := rules.get("pattern"):
        found += _unlike(field, str(pattern), rules.get("patternErrorMessage"), value, where)
    kind = rules.get("validationType")
    if kind == "phone" and not texts.is_phone(value):
        found.append(problem("phone", where, label=field.label))
    if kind == "email" and not texts.is_email(value):
        found.append(problem("email", where, label=field.label))
    return found


def _unlike(field: Component, pattern: str, custom: object, value: str, where: str) -> list[Problem]:
    facts = {"label": field.label, "pattern": pattern}
    try:
        if texts.found(pattern, value):
            return []
    except TimeoutError:
        return [problem("pattern-time", where, **facts)]
    if custom:
        return [Problem(str(custom), where, "pattern", {**facts, "custom": custom})]
    return [problem("pattern", where, **facts)]
