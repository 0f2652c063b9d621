"""The types that a decision model defines (DMN 1.5, section 7.3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import feel, misreadings
from engine.dmn.elements import Element, child, children, identity, name_of, text_of, type_reference
from engine.errors import Problem
from engine.feel.errors import NullResult
from engine.feel.types import ANY, NAMED, ContextType, FunctionType, ListType, Type
from engine.feel.values import Value
from engine.sentences import Sentence

_PREFIXES = ("feel:", "feel.")


@dataclass(frozen=True, slots=True)
class Restricted(Type):
    """A type of which only some values are allowed.

    `instance of` looks at the base alone; a value that is fitted must be among the allowed ones.
    """

    base: Type
    allowed: feel.UnaryTests

    def admits(self, value: Value) -> bool:
        """Tell whether a value that is not null is of the base."""
        return self.base.admits(value)

    def fit(self, value: Value) -> Value:
        """Return the value fitted to the base, if it is allowed."""
        fitted = self.base.fit(value)
        if fitted is not None and not self.allowed.matches(fitted, {}):
            raise NullResult(f"{str(fitted)[:60]} is not among {self.allowed.text[:200]}")
        return fitted

    def __str__(self) -> str:
        return str(self.base)


class Types(Mapping[str, Type]):
    """FEEL's types and a model's own, by name, each resolved when it is first asked for."""

    def __init__(self, root: Element, imported: Mapping[str, Mapping[str, Type]], problems: list[Problem]) -> None:
        self._definitions = {name_of(element): element for element in children(root, "itemDefinition")}
        self._imported = imported
        self._problems = problems
        self._known: dict[str, Type] = {}
        self._open: set[str] = set()
        self._words = frozenset(name_of(part) for part in root.iter("{*}itemComponent"))
        for name in self._definitions:
            self._defined(name)

    def __getitem__(self, name: str) -> Type:
        if name in self._definitions:
            return self._defined(name)
        for space, types in self._imported.items():
            prefix = f"{space}." if space else ""
            if name.startswith(prefix) and name[len(prefix) :] in types:
                return types[name[len(prefix) :]]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def of(self, element: Element | None) -> Type:
        """Return the type that an element refers to, Any where it refers to none."""
        reference = type_reference(element)
        return ANY if not reference else self.named(reference, element)

    def named(self, reference: str, element: Element) -> Type:
        """Return the type of a name as written in an attribute."""
        found = self.find(reference)
        if found is None:
            self._problems.append(Problem(f"There is no type {reference}.", identity(element), "unknown-type"))
        return found or ANY

    def find(self, reference: str) -> Type | None:
        """Return the type of a name as written in an attribute, if there is one."""
        for prefix in _PREFIXES:
            reference = reference.removeprefix(prefix)
        bare = reference.rpartition(":")[2]
        return next((found for name in (reference, bare) if (found := self.get(name) or NAMED.get(name))), None)

    def _defined(self, name: str) -> Type:
        if name in self._known:
            return self._known[name]
        if name in self._open:
            return ANY  # a type that contains itself is checked down to here
        self._open.add(name)
        self._known[name] = self._built(self._definitions[name])
        self._open.discard(name)
        return self._known[name]

    def _built(self, element: Element) -> Type:
        parts = list(children(element, "itemComponent"))
        function = child(element, "functionItem")
        if parts:
            base: Type = ContextType(tuple((name_of(part), self._built(part)) for part in parts))
        elif function is not None:
            base = self._function(function)
        else:
            base = self.of(element)
        base = self._restricted(base, element, "allowedValues")
        if element.get("isCollection") == "true":
            base = ListType(base)
        return self._restricted(base, element, "typeConstraint")

    def _function(self, element: Element) -> Type:
        parameters = tuple(self.of(parameter) for parameter in children(element, "parameters"))
        result = str(element.get("outputTypeRef", ""))
        return FunctionType(parameters, self.named(result, element) if result else ANY)

    def _restricted(self, base: Type, element: Element, name: str) -> Type:
        text = text_of(child(element, name))
        if not text:
            return base
        try:
            return Restricted(base, feel.compile_tests(text, words=self._words))
        except feel.FeelSyntaxError as error:
            self._problems.append(
                Problem(Sentence("{reason}.", reason=misreadings.told(error)), identity(element), "feel-syntax")
            )
            return base
