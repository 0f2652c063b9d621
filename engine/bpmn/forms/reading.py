"""Read a form, and refuse what its author got wrong before anybody has to fill it in."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine import feel
from engine.bpmn.forms import texts
from engine.bpmn.forms.components import KEYED, PATHED, TYPES, Component, Schema, every, is_expression, tree
from engine.bpmn.forms.numbers import number
from engine.bpmn.forms.scopes import negated
from engine.errors import Invalid, Problem
from engine.sentences import Sentence

MAXIMUM_BYTES = 1_000_000
MAXIMUM_DEPTH = 20
_NAME = re.compile(r"(?!(?:constructor|prototype|__proto__)(?:\.|$))[A-Za-z_]\w*", re.ASCII)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 in JSON, and not a backslash before those letters."""
_COMPUTED = ("readonly", "valuesExpression", "expression", "dataSource", "columnsExpression", "multiple", "accept")
_LIMITS = ("min", "max", "minLength", "maxLength")
_NUMBERS = ("decimalDigits", "increment", "defaultRepetitions")


def read(content: bytes) -> Schema:
    """Return the schema that a form file holds, checked, as plain JSON that any writer can store.

    Raises:
        Invalid: it is no form, or one that nobody could fill in; `problems` names components by key or id.
    """
    schema = parse(content)
    _expect_storable(schema)
    problems = list(_form_problems(schema))
    if not problems:
        problems = [*_key_problems(tree(schema)), *_duplicate_ids(schema)]
        for component in every(tree(schema)):
            problems += _component_problems(component)
    if problems:
        raise Invalid("Expected to read form {id}, but it has mistakes", problems, id=schema.get("id", ""))
    return schema


def parse(content: bytes) -> Schema:
    """Return the schema that a form file holds, unchecked.

    Raises:
        Invalid: it is no JSON object, or too large.
    """
    if len(content) > MAXIMUM_BYTES:
        problem = Problem(f"The file is larger than {MAXIMUM_BYTES} bytes.", "", "file-too-large")
        raise Invalid(
            "Expected to read a form of at most {maximum_bytes} bytes, but it has {count}",
            [problem],
            maximum_bytes=MAXIMUM_BYTES,
            count=len(content),
        )
    try:
        schema = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise _unreadable(Sentence("it is no JSON: {error}", error=str(error))) from None
    if not isinstance(schema, dict):
        raise _unreadable(Sentence("it is no JSON object"))
    return schema


def _expect_storable(schema: Schema) -> None:
    """Refuse what JSON lets through and neither UTF-8 nor a database can hold."""
    try:
        written = json.dumps(schema, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _unreadable(Sentence("a text in it is no Unicode: half of a surrogate pair")) from None
    if _NUL.search(written):
        raise _unreadable(Sentence("a text in it holds the character U+0000"))


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number that JSON knows")


def _unreadable(reason: str) -> Invalid:
    problem = Problem(f"The file cannot be read as a form: {reason}", "", "no-form")
    return Invalid("Expected to read a form, but {reason}", [problem], reason=reason)


def _form_problems(schema: Schema) -> Iterator[Problem]:
    name = schema.get("id")
    if not isinstance(name, str) or not name:
        yield Problem("The form has no id.", "", "no-id")
    if schema.get("type", "default") != "default":
        yield Problem("The type of a form is default.", str(name), "unknown-component")
    yield from _children_problems(schema, str(name), 0)


def _children_problems(holder: Mapping[str, Any], where: str, depth: int) -> Iterator[Problem]:
    children = holder.get("components")
    if not isinstance(children, list) or (not children and not depth):
        yield Problem(f"{where or 'The form'} has no components.", where, "no-components")
        return
    if depth > MAXIMUM_DEPTH:
        yield Problem(f"{where} stands deeper than {MAXIMUM_DEPTH} levels.", where, "too-deep")
        return
    for number_, child in enumerate(children):
        if not isinstance(child, dict):
            yield Problem(f"Component {number_ + 1} of {where} is no object.", where, "unknown-component")
            continue
        name = _called(child, f"component {number_ + 1} of {where}")
        kind = str(child.get("type"))
        if kind not in TYPES:
            yield Problem(f"{name} has an unknown type, {kind}.", name, "unknown-component")
        if kind in PATHED:
            yield from _children_problems(child, name, depth + 1)


def _called(attributes: Mapping[str, Any], otherwise: str) -> str:
    names = (attributes.get(name) for name in ("key", "path", "id"))
    return next((name for name in names if isinstance(name, str) and name), otherwise)


def _duplicate_ids(schema: Schema) -> Iterator[Problem]:
    ids = [component.attributes.get("id") for component in every(tree(schema))]
    for name, count in Counter(name for name in ids if isinstance(name, str)).items():
        if count > 1:
            yield Problem(f"{count} components have the id {name}.", name, "duplicate-id")


def _key_problems(form: Component) -> Iterator[Problem]:
    for component in every(form):
        if component.type in KEYED and not component.path:
            yield _named(component, f"The field {_title(component)} has no key.", "no-key")
        elif component.repeating and not component.path:
            yield _named(component, f"The list {_title(component)} has no path.", "no-key")
        for name in component.path:
            if not _NAME.fullmatch(name):
                text = f"{'.'.join(component.path)} is no key: letters, digits and _, and a point between names."
                yield _named(component, text, "bad-key")
    yield from _claims(form)


def _claims(scope: Component) -> Iterator[Problem]:
    """Yield the paths of one scope that two fields, or a field and a group, both want."""
    leaves: set[tuple[str, ...]] = set()
    inner: set[tuple[str, ...]] = set()
    for component, path in _bindings(scope, ()):
        above = {path[:length] for length in range(1, len(path))}
        leaf = component.keyed or component.repeating
        if path and (path in leaves or above & leaves or (leaf and path in inner)):
            yield _named(component, f"The key {'.'.join(path)} is taken by another field.", "duplicate-key")
        (leaves if leaf else inner).add(path)
        inner |= above
        if component.repeating:
            yield from _claims(component)


def _bindings(scope: Component, outer: tuple[str, ...]) -> Iterator[tuple[Component, tuple[str, ...]]]:
    for component in scope.components:
        path = (*outer, *component.path)
        if component.path:
            yield component, path
        if component.components and not component.repeating:
            yield from _bindings(component, path)


def _component_problems(component: Component) -> Iterator[Problem]:
    attributes = component.attributes
    for name in _COMPUTED:
        yield from _expression_problems(component, name, attributes.get(name))
    for name in _LIMITS:
        yield from _limit_problems(component, name, component.rules.get(name))
    for name in _NUMBERS:
        if attributes.get(name) is not None and number(attributes[name]) is None:
            yield _named(component, f"{name} of {_title(component)} is no number.", "bad-limit")
    yield from _condition_problems(component)
    yield from _pattern_problems(component)
    if "{{" in str(attributes.get("accept", "")):
        text = f"accept of {_title(component)} is computed by an expression: write =, then FEEL."
        yield _named(component, text, "bad-expression")
    if component.type == "expression" and not is_expression(attributes.get("expression")):
        yield _named(component, f"The field {_title(component)} computes nothing: write =, then FEEL.", "no-expression")


def _condition_problems(component: Component) -> Iterator[Problem]:
    conditional = component.attributes.get("conditional")
    hide = conditional.get("hide") if isinstance(conditional, Mapping) else None
    if hide and not is_expression(hide):
        yield _named(component, f"The condition of {_title(component)} must begin with =.", "no-expression")
    elif component.condition:
        text = negated(component.condition) or component.condition
        yield from _expression_problems(component, "conditional.hide", f"={text.removeprefix('=')}")


def _limit_problems(component: Component, name: str, limit: object) -> Iterator[Problem]:
    yield from _expression_problems(component, f"validate.{name}", limit)
    if limit not in (None, "") and not is_expression(limit) and number(limit) is None:
        yield _named(component, f"validate.{name} of {_title(component)} is no number.", "bad-limit")


def _expression_problems(component: Component, name: str, text: object) -> Iterator[Problem]:
    if not is_expression(text):
        return
    try:
        feel.compile(str(text))
    except feel.FeelError as error:
        yield _named(component, f"{name} of {_title(component)} does not compile: {error}", "bad-expression")


def _pattern_problems(component: Component) -> Iterator[Problem]:
    pattern = component.rules.get("pattern")
    if not pattern:
        return
    try:
        texts.compiled(str(pattern))
    except ValueError as error:
        yield _named(component, f"validate.pattern of {_title(component)} is no pattern: {error}.", "bad-pattern")


def _named(component: Component, message: str, code: str) -> Problem:
    return Problem(message, _title(component), code)


def _title(component: Component) -> str:
    return _called(component.attributes, component.label or component.type)
