"""Items: what a change touches, one by one, and what may become of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.cycle import reviews
from engine.reviews.models import Choice, CycleChange, Review

Effects = dict[str, Any]
"""What becomes of an item, as JSON: `tasks`, `raters`, `targets`, `notes`; a list that is empty may be left out."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a change touches.

    Attributes:
        part: which part of the change it is, such as `superior`.
        key: of what it is: a review, a rater, a person.
        person_key: the appraisee.
        review_key: None for somebody who has no review yet.
    """

    part: str
    key: int
    person_key: int
    review_key: int | None

    @property
    def id(self) -> str:
        """The name by which it is decided on."""
        return f"{self.part}:{self.key}"

    def review(self, session: Session) -> Review:
        """Find its review.

        Raises:
            NotFound: there is none.
        """
        return reviews.found(session, self.review_key or 0)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is still to be done by people once an item is applied."""

    signs: bool = False
    """The appraisee signs changed targets."""
    confirms: bool = False
    """The superior confirms ratings that are stale."""
    rater_key: int | None = None
    """Who rates besides."""
    review_key: int | None = None
    """The review, where the item had none."""
    awaits: bool = False
    """Something else settles it, such as another sheet that is scored."""


NOTHING = Aftermath()


@dataclass(frozen=True, slots=True)
class Part:
    """How items of one kind are foreseen and applied.

    Attributes:
        choices: what may become of an item, what is proposed first; nothing but `keep` where it cannot be touched.
        foresee: what becomes of it by a choice, without doing it.
        apply: does it.
    """

    choices: Callable[[Session, CycleChange, Item], tuple[Choice, ...]]
    foresee: Callable[[Session, CycleChange, Item, Choice], Effects]
    apply: Callable[[Session, CycleChange, Item, Choice, Identity], Aftermath]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An item with its choices, the one that holds, and its effects."""

    item: Item
    choices: tuple[Choice, ...]
    choice: Choice
    effects: Effects = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Write it as the preview keeps it."""
        return {
            "item": self.item.id,
            "part": self.item.part,
            "person": str(self.item.person_key),
            "review": None if self.item.review_key is None else str(self.item.review_key),
            "choices": [one.value for one in self.choices],
            "choice": self.choice.value,
            "effects": self.effects,
        }


def named(choices: Mapping[str, str], item: Item, offered: tuple[Choice, ...]) -> Choice:
    """Give the choice that was made for an item, or else the first that is offered."""
    return Choice(choices[item.id]) if item.id in choices else offered[0]
