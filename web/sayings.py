"""What the code says to people: the templates of refusals and sentences, as they are written in its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("api", "engine", "web")
UNSEEN = (
    "engine/backups.py",
    "engine/cli.py",
    "engine/errors.py",
    "engine/reviews/walks/",
    "engine/sentences.py",
    "web/build.py",
)
"""What only the command line says, and where sentences are made out of what others said."""

REFUSALS = frozenset({"Conflict", "Forbidden", "Incident", "Invalid", "NotFound"})
SAYING = REFUSALS | {"FeelSyntaxError", "Sentence", "wrong"}
"""What is called with a template; `wrong` is how the reading of an expression says what is wrong."""

OWN = {"Incident": {"element_id", "kind"}, "Invalid": {"problems"}}
"""What a refusal takes besides the values of its template."""

GRAMMARS = {
    re.compile(r"Expected to (?P<intent>.+?), but (?P<reason>.+)", re.DOTALL): "Expected to {intent}, but {reason}",
    re.compile(r"(?P<expected>Expected .+?), but (?P<found>.+)", re.DOTALL): "{expected}, but {found}",
}
"""How a refusal is built, and what is wrong with an expression: the first that fits, with the sentence of its parts."""

HOLE = re.compile(r"\{(\w+)[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Saying:
    """A template in the source.

    Attributes:
        template: its text; None where the text is made before the refusal gets it.
        values: the names of what fills it; None where only the running code knows them.
        place: the file and the line.
    """

    template: str | None
    values: frozenset[str] | None
    place: str

    @property
    def holes(self) -> frozenset[str]:
        """Name what the template is filled with."""
        return holes(self.template or "")


def gathered() -> Iterator[Saying]:
    """Gather what people may be told, file by file."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            place = file.relative_to(ROOT).as_posix()
            if not place.startswith(UNSEEN) and "node_modules" not in place:
                yield from _of_file(place, ast.parse(file.read_text(encoding="utf-8")))


def holes(text: str) -> frozenset[str]:
    """Name what a text is filled with."""
    return frozenset(HOLE.findall(text.replace("{{", "").replace("}}", "")))


def parts(template: str) -> tuple[str, ...]:
    """Return what is translated of a template: its parts where a grammar has some, else the whole."""
    return next((found.groups() for grammar in GRAMMARS if (found := grammar.fullmatch(template))), (template,))


def texts() -> Iterator[str]:
    """Return every text that a catalogue must hold so that all of it can be said."""
    for saying in gathered():
        for part in parts(saying.template or ""):
            if HOLE.sub("", part):
                yield part


def _of_file(place: str, tree: ast.Module) -> Iterator[Saying]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and (name := _called(node)) in SAYING:
            made = isinstance(node.args[0], ast.JoinedStr)
            if made or (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
                text = None if made else ast.literal_eval(node.args[0])
                yield Saying(text, _values(node, OWN.get(name, set())), f"{place}:{node.lineno}")


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _values(call: ast.Call, own: set[str]) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name) - own
