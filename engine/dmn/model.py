"""A decision model: its elements, what each requires, and how they are evaluated together (DMN 1.5, section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.dmn.boxed import compile_boxed, expression_in, function_definition
from engine.dmn.elements import Element, child, children, identity, local, name_of, read
from engine.dmn.logic import Compilation, Logic
from engine.dmn.types import Types
from engine.errors import Problem
from engine.feel.types import Type

_KINDS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_REQUIRED = ("requiredInput", "requiredDecision", "requiredKnowledge")


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an element requires: its key and name, and the import's name where it comes from another model."""

    key: str
    name: str
    space: str | None = None


@dataclass(slots=True, eq=False)
class Node:
    """An element of the model.

    `key` is unique among all models; `name` is that of its variable, `label` its own; `inner` of a service are its
    parameters, `answers` its output decisions.
    """

    key: str
    id: str
    name: str
    label: str
    kind: str
    type: Type
    requirements: tuple[Requirement, ...] = ()
    logic: Logic | None = None
    inner: tuple[Requirement, ...] = ()
    answers: tuple[Requirement, ...] = ()


class Model:
    """A decision model, read and compiled; `problems` holds what is wrong with it."""

    def __init__(self, xml: bytes, name: str, imports: Sequence[Model] = ()) -> None:
        root = read(xml, name)
        self.name = name_of(root) or name
        self.id = identity(root) or self.name
        self.namespace = str(root.get("namespace", ""))
        self.problems: list[Problem] = []
        self._imports = dict(self._imported(root, imports))
        self._nodes: dict[str, Node] = {}
        self.types: Types = Types(root, {space: model.types for space, model in self._imports.items()}, self.problems)
        elements = [element for element in children(root, *_KINDS) if self._declare(element)]
        # a name with a point is known only where its variable is: elsewhere the point makes a path
        self.words = frozenset(name_of(element) for element in root.iter("{*}*") if "." not in element.get("name", "."))
        for model in self._imports.values():
            self.words |= model.words
        self._compilation = Compilation(self.types, self.words, self.problems, self.inputs)
        for element in elements:
            self._define(element)
        self._refuse_circles()

    @property
    def decisions(self) -> list[Node]:
        """The decisions of this model itself."""
        return [node for node in self._nodes.values() if node.kind == "decision"]

    @property
    def rounding(self) -> list[str]:
        """The ids of the elements that call `decimal()`."""
        return list(dict.fromkeys(self._compilation.rounding))

    @property
    def inputs(self) -> frozenset[str]:
        """The names of the inputs that the model declares."""
        return frozenset(node.name for node in self._nodes.values() if node.kind == "inputData")

    def find(self, name: str) -> Node | None:
        """Return the element of a name or id."""
        return next((node for node in self._nodes.values() if name in (node.id, node.name, node.label)), None)

    def node(self, key: str) -> Node:
        """Return an element of this model by its key."""
        return self._nodes[key]

    def imported(self, space: str) -> Model:
        """Return the model that is imported under a name."""
        return self._imports[space]

    def _imported(self, root: Element, models: Sequence[Model]) -> Iterator[tuple[str, Model]]:
        by_namespace = {model.namespace: model for model in models}
        for element in children(root, "import"):
            if "DMN" not in str(element.get("importType", "")):
                continue
            model = by_namespace.get(str(element.get("namespace")))
            if model is None:
                message = f"The model {element.get('namespace')} that is imported is not there."
                self.problems.append(Problem(message, identity(element) or name_of(element), "missing-import"))
            else:
                yield name_of(element), model

    def _declare(self, element: Element) -> bool:
        id_ = str(element.get("id") or name_of(element))
        key = f"{self.namespace}#{id_}"
        if key in self._nodes:
            self.problems.append(Problem(f"The id {id_} comes twice.", id_, "duplicate-id"))
            return False
        variable = child(element, "variable")
        name = (name_of(variable) if variable is not None else "") or name_of(element)
        self._nodes[key] = Node(key, id_, name, name_of(element), local(element), self.types.of(variable))
        return True

    def _key(self, reference: str) -> str:
        namespace, _, id_ = reference.rpartition("#")
        return f"{namespace or self.namespace}#{id_}"

    def _references(self, element: Element, *names: str) -> Iterator[Requirement]:
        for below in children(element, *names):
            key = self._key(str(below.get("href", "")))
            found = self._requirement(key)
            if found is None:
                message = f"There is no element {below.get('href')} to be required."
                self.problems.append(Problem(message, identity(element), "unknown-requirement"))
            else:
                yield found

    def _requirement(self, key: str) -> Requirement | None:
        if key in self._nodes:
            return Requirement(key, self._nodes[key].name)
        for space, model in self._imports.items():
            if key in model._nodes:  # noqa: SLF001 - another of the same class
                return Requirement(key, model.node(key).name, space)
        return None

    def _requirements(self, element: Element) -> tuple[Requirement, ...]:
        arrows = children(element, "informationRequirement", "knowledgeRequirement")
        return tuple(found for arrow in arrows for found in self._references(arrow, *_REQUIRED))

    def _define(self, element: Element) -> None:
        node = self._nodes[self._key("#" + str(element.get("id") or name_of(element)))]
        node.requirements = self._requirements(element)
        names = frozenset(requirement.space or requirement.name for requirement in node.requirements)
        if node.kind == "decision":
            inner = expression_in(element)
            if inner is None:
                node.logic = self._compilation.wrong(
                    element, f"The decision {node.name} has no expression.", "missing-expression"
                )
            else:
                node.logic = compile_boxed(self._compilation, inner, names)
        elif node.kind == "businessKnowledgeModel":
            self._define_knowledge(element, node, names)
        elif node.kind == "decisionService":
            self._define_service(element, node)

    def _define_knowledge(self, element: Element, node: Node, names: frozenset[str]) -> None:
        body = child(element, "encapsulatedLogic")
        if body is None:
            node.logic = self._compilation.wrong(
                element, f"The function {node.name} has no body.", "missing-expression"
            )
        else:
            node.logic = function_definition(self._compilation, body, names | {node.name})

    def _define_service(self, element: Element, node: Node) -> None:
        node.inner = (*self._references(element, "inputData"), *self._references(element, "inputDecision"))
        node.answers = tuple(self._references(element, "outputDecision"))
        if not node.answers:
            self._compilation.wrong(element, f"The service {node.name} answers no decision.", "no-output")

    def _refuse_circles(self) -> None:
        done: set[str] = set()
        for node in list(self._nodes.values()):
            circle = _circle(node.key, self._nodes, done)
            if circle:
                names = " → ".join(self._nodes[key].name for key in circle)
                self.problems.append(Problem(f"Decisions require each other in a circle: {names}.", node.id, "circle"))
                for key in circle:
                    self._nodes[key].requirements = ()


def _circle(start: str, nodes: Mapping[str, Node], done: set[str]) -> list[str]:
    path: list[str] = []
    waiting: list[tuple[str, bool]] = [(start, True)]
    while waiting:
        key, entering = waiting.pop()
        if not entering:
            path.pop()
            done.add(key)
        elif key in path:
            return [*path[path.index(key) :], key]
        elif key not in done:
            path.append(key)
            waiting.append((key, False))
            required = (below.key for below in nodes[key].requirements if below.space is None)
            waiting.extend((below, True) for below in required if nodes[below].kind == "decision")
    return []
