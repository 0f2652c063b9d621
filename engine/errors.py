"""Five ways to say no. Each is a sentence: Expected to <verb> <thing> <key>, but <reason>."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


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


class Refusal(Exception):  # noqa: N818 - it is a refusal: the caller is told no, nothing is broken
    """The base of the five ways to say no."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """There is no such thing, or none that the caller may know of."""


class Forbidden(Refusal):
    """The caller may not do this."""


class Conflict(Refusal):
    """The thing's state does not allow this, or somebody was faster."""


class Invalid(Refusal):
    """What was sent is wrong; `problems` says where."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {problem}" for problem in self.problems)])


class Incident(Refusal):
    """The process cannot go on: its definition or an operation failed. Nothing that was sent is kept or lost by it."""

    def __init__(self, message: str, *, element_id: str = "") -> None:
        super().__init__(message)
        self.element_id = element_id
