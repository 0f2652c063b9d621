"""How playing a net can fail."""

from __future__ import annotations

from engine import feel
from engine.errors import ErrorType
from engine.feel.values import kind


class ElementFailed(Exception):  # noqa: N818 - it says what happened
    """An element cannot be played: an expression failed, or no flow leads on. The step is void."""

    def __init__(self, element_id: str, message: str, kind: ErrorType = ErrorType.EXTRACT_VALUE_ERROR) -> None:
        super().__init__(f"{element_id}: {message}")
        self.element_id = element_id
        self.message = message
        self.kind = kind


class BudgetExceeded(Exception):  # noqa: N818 - it says what happened
    """A step entered more elements than it may: the diagram runs in circles, or the budget was meant to be small."""

    def __init__(self, element_id: str, budget: int) -> None:
        super().__init__(f"{element_id}: more than {budget} elements were entered in one step")
        self.element_id = element_id
        self.budget = budget
        self.kind = ErrorType.UNKNOWN


def kind_of(value: object) -> str:
    """Name the FEEL type of a value: a failure is read by people who may not know the value itself."""
    return kind(feel.adopt(value))
