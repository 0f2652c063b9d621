"""What somebody typed into a form that a refusal takes the place of, where no script keeps the form."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

CHOSEN = frozenset(
    {
        *("after", "agreed", "appeals", "approver", "attended", "award", "before", "cadence", "calendar", "chair"),
        *("choice", "collected", "csrf_token", "decision", "department", "departments", "direction", "duty"),
        *("eligibility_decision", "enter", "form", "grade", "group", "horizon", "indicator", "indicators"),
        *("instances", "items", "kind", "means", "member", "mentor", "next", "notation", "only", "outcome", "owner"),
        *("parent", "password", "people", "pilot", "preset", "process", "raters", "regulation", "review", "section"),
        *("seen", "sensitive", "show", "sought", "standing", "step", "superior", "task", "team_cycle", "template"),
        *("template_decision", "to", "trigger", "two_sheets", "verdict", "version", "what"),
    }
)
"""Fields in which a page's own words come back: choices, marks, what is hidden, and the password."""

KEY = 15
"""A text of so many digits or more is a key, which nobody typed."""


@dataclass(frozen=True)
class Typed:
    """What a refused form carried: each text once, and the names of files, which have to be chosen again."""

    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.files)


def kept() -> Typed:
    """Read what was typed and chosen into the form that this request sent."""
    if request.method != "POST":
        return Typed()
    texts = [said.strip() for name, said in request.form.items(multi=True) if name not in CHOSEN]
    files = [file.filename for file in request.files.values() if file.filename]
    return Typed(tuple(dict.fromkeys(said for said in texts if said and not _key(said))), tuple(files))


def _key(said: str) -> bool:
    return len(said) >= KEY and said.isdecimal()
