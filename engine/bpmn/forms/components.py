"""The components of a form: a form-js schema as a tree of typed nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

TEXTS = frozenset({"textfield", "textarea"})
CHOICES = frozenset({"radio", "select"})
MULTIPLE_CHOICES = frozenset({"checklist", "taglist"})
COMPUTED = "expression"
FILES = "filepicker"
KEYED = TEXTS | CHOICES | MULTIPLE_CHOICES | {"number", "datetime", COMPUTED, FILES, "checkbox"}
PATHED = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "image", "table", "html", "documentPreview", "spacer", "separator", "iframe", "button"})
TYPES = KEYED | PATHED | SHOWN


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form.

    Attributes:
        type: one of form-js's component types; `default` for the form itself.
        path: the names under which the value stands in the enclosing scope; empty for what has no value of its own.
        attributes: the component as the schema says it.
        components: what it contains.
    """

    type: str
    path: tuple[str, ...]
    attributes: Mapping[str, Any]
    components: tuple[Component, ...]

    @property
    def keyed(self) -> bool:
        """Tell whether it holds a value."""
        return self.type in KEYED

    @property
    def repeating(self) -> bool:
        """Tell whether its components are repeated, once for each row of a list."""
        return self.type == "dynamiclist" and bool(self.attributes.get("isRepeating", True))

    @property
    def growable(self) -> bool:
        """Tell whether whoever fills in the form may add and remove rows."""
        return bool(self.attributes.get("allowAddRemove", True)) and not self.locked

    @property
    def disabled(self) -> bool:
        """Tell whether it is shown but takes no part in the answers."""
        return bool(self.attributes.get("disabled", False))

    @property
    def locked(self) -> bool:
        """Tell whether nobody can ever change it."""
        readonly = self.attributes.get("readonly", False)
        return self.disabled or (bool(readonly) and not is_expression(readonly))

    @property
    def label(self) -> str:
        """Name it as a person sees it, or by its key where the label is computed or missing."""
        for name in ("label", "dateLabel", "timeLabel"):
            label = self.attributes.get(name)
            if isinstance(label, str) and label and not is_expression(label) and "{{" not in label:
                return label
        return ".".join(self.path)

    @property
    def rules(self) -> Mapping[str, Any]:
        """Return its validation rules as the schema says them."""
        rules = self.attributes.get("validate")
        return rules if isinstance(rules, Mapping) else {}

    @property
    def condition(self) -> str | None:
        """Return the condition that hides it, if there is one."""
        conditional = self.attributes.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, Mapping) else None
        return hide if is_expression(hide) else None


def tree(schema: Mapping[str, Any]) -> Component:
    """Return a schema as a tree of components."""
    return Component("default", (), schema, _children(schema))


def every(component: Component) -> Iterator[Component]:
    """Yield a component and all that it contains."""
    yield component
    for child in component.components:
        yield from every(child)


def within(
    container: Component, outer: tuple[str, ...] = (), *, locked: bool = False
) -> Iterator[tuple[Component, tuple[str, ...], bool]]:
    """Yield what a container's scope holds, where, and whether it can never be changed; groups are seen through."""
    for component in container.components:
        path = (*outer, *component.path)
        shut = locked or component.locked
        if component.keyed or component.repeating:
            yield component, path, shut
        else:
            yield from within(component, path, locked=shut)


def is_expression(value: object) -> bool:
    """Tell whether a property's value is computed rather than literal."""
    return isinstance(value, str) and value.startswith("=")


def _children(attributes: Mapping[str, Any]) -> tuple[Component, ...]:
    children = attributes.get("components")
    if not isinstance(children, Sequence) or isinstance(children, str):
        return ()
    return tuple(_component(child) for child in children if isinstance(child, Mapping))


def _component(attributes: Mapping[str, Any]) -> Component:
    kind = str(attributes.get("type"))
    name = attributes.get("key") if kind in KEYED else attributes.get("path") if kind in PATHED else None
    path = tuple(name.split(".")) if isinstance(name, str) and name else ()
    return Component(kind, path, attributes, _children(attributes))
