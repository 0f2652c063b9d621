"""Five ways to say no. Each is a sentence: Expected to <verb> <thing> <key>, but <reason>.

It is made from a template and the values that fill it, so that a page can say it in its reader's language:
`Conflict("Expected to {intent}, but it is {state}", intent=intent, state=appeal.state.value)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from engine.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what somebody sent, and where.

    Attributes:
        message: a sentence for the person who can mend it.
        where: an element id, a field's path or `file:line`; empty where the whole is meant.
        code: a stable name of the rule that was broken, such as `unknown-form`.
        facts: what the sentence mentions, by name, for who says it in another language.
    """

    message: str
    where: str = ""
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class ErrorType(StrEnum):
    """What kind of failure an incident is, in Camunda 8's words."""

    CALLED_DECISION_ERROR = "CALLED_DECISION_ERROR"
    """There is no such decision."""
    CALLED_ELEMENT_ERROR = "CALLED_ELEMENT_ERROR"
    """A called process is not there or cannot begin."""
    CONDITION_ERROR = "CONDITION_ERROR"
    """A condition cannot be told, or no flow leads on."""
    DECISION_EVALUATION_ERROR = "DECISION_EVALUATION_ERROR"
    """A decision comes to no result."""
    EXTRACT_VALUE_ERROR = "EXTRACT_VALUE_ERROR"
    """An expression has no value, or not one that fits."""
    FORM_NOT_FOUND = "FORM_NOT_FOUND"
    """There is no such form."""
    IO_MAPPING_ERROR = "IO_MAPPING_ERROR"
    """An input or output mapping has no value."""
    JOB_NO_RETRIES = "JOB_NO_RETRIES"
    """An operation or an external worker failed, and it is not tried again by itself."""
    UNHANDLED_ERROR_EVENT = "UNHANDLED_ERROR_EVENT"
    """Nothing catches a BPMN error."""
    UNKNOWN = "UNKNOWN"
    """Anything else."""


class Refusal(Exception):  # noqa: N818 - it is a refusal: the caller is told no, nothing is broken
    """The base of the five ways to say no; a message without values is taken as it is."""

    def __init__(self, message: str, /, **values: object) -> None:
        self.message = Sentence(message, **values) if values else message
        super().__init__(self.message)


class NotFound(Refusal):
    """There is no such thing, or none that the caller may know of."""


class Forbidden(Refusal):
    """The caller may not do this."""


class Conflict(Refusal):
    """The thing's state does not allow this, or somebody was faster."""


class Invalid(Refusal):
    """What was sent is wrong; `problems` says where."""

    def __init__(self, message: str, /, problems: Sequence[Problem] = (), **values: object) -> None:
        super().__init__(message, **values)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {problem}" for problem in self.problems)])


class Incident(Refusal):
    """The process cannot go on: its definition or an operation failed. Nothing that was sent is kept or lost by it."""

    def __init__(
        self, message: str, /, *, element_id: str = "", kind: ErrorType = ErrorType.UNKNOWN, **values: object
    ) -> None:
        super().__init__(message, **values)
        self.element_id = element_id
        self.kind = kind
