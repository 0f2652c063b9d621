"""Decisions, compiled from XML and evaluated with a record of what they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import feel
from engine.dmn.evaluation import Evaluator, NodeRecord
from engine.dmn.logic import DecisionRun, MatchedRule, TableRecord
from engine.dmn.model import Model, Node
from engine.errors import Invalid


@dataclass(frozen=True, slots=True)
class EvaluatedDecision:
    """One decision within an evaluation: what its tables were given and which of their rules matched."""

    id: str
    name: str
    output: object
    tables: tuple[TableRecord, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of a decision, and why.

    Attributes:
        output: the result, null where the standard says so.
        decisions: what was evaluated, in order: the required decisions first, the decision itself last.
        reasons: why something on the way became null.
    """

    output: object
    decisions: tuple[EvaluatedDecision, ...]
    reasons: tuple[str, ...]

    @property
    def inputs(self) -> dict[str, object]:
        """The inputs of the decision's own table, by their expressions."""
        tables = self.decisions[-1].tables
        return tables[-1].inputs if tables else {}

    @property
    def matched_rules(self) -> tuple[MatchedRule, ...]:
        """The rules of the decision's own table that matched."""
        tables = self.decisions[-1].tables
        return tables[-1].rules if tables else ()


class Decision:
    """A decision of a model that had no problems when it was first compiled; all decisions of a file share it."""

    def __init__(self, model: Model, node: Node) -> None:
        self.model = model
        self._node = node
        self.id = node.id
        self.name = node.name
        self.label = node.label

    def evaluate(self, variables: Mapping[str, object], environment: feel.Environment | None = None) -> Evaluation:
        """Decide, evaluating the required decisions first.

        Raises:
            FeelEvaluationError: the evaluation goes over a limit, or a variable is nothing that FEEL knows.
        """
        run = DecisionRun(environment)
        evaluator = Evaluator(self.model, run, {name: feel.adopt(value) for name, value in variables.items()})
        try:
            output = feel.release(evaluator.value(self._node))
        except RecursionError:
            raise feel.FeelEvaluationError("Expected an evaluation of fewer levels") from None
        reasons = tuple(reason.message for reason in run.reasons or ())
        return Evaluation(output, tuple(map(_evaluated, evaluator.records)), reasons)

    def __repr__(self) -> str:
        return f"Decision({self.id!r})"


def _evaluated(record: NodeRecord) -> EvaluatedDecision:
    return EvaluatedDecision(record.node.id, record.node.name, feel.release(record.value), record.tables)


def compile_dmn(xml: bytes, name: str, imports: Sequence[bytes] = ()) -> list[Decision]:
    """Compile every decision of a model, every cell of its tables.

    Raises:
        Invalid: the file cannot be read, or something in the model is wrong; the problems name the elements' ids.
    """
    model = Model(xml, name, [Model(content, name) for content in imports])
    if model.problems:
        raise Invalid("Expected to compile decision model {name}, but it has problems", model.problems, name=name)
    return [Decision(model, node) for node in model.decisions]


def recompile(xml: bytes, name: str) -> list[Decision]:
    """Compile a model that was accepted before: a check that has become stricter since refuses nothing that runs.

    Raises:
        Invalid: the file cannot be read.
    """
    model = Model(xml, name, [])
    return [Decision(model, node) for node in model.decisions]
