import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.settings import ROOT

CODE = ("engine", "api", "web")
LONGEST = 400
GENERATED = ROOT / "engine" / "migrations" / "versions"
NOT_OURS = {".git", ".venv", "node_modules", "static", "var", "build", ".hypothesis"}
THEIRS = {"package-lock.json", ".git"}
PLACES = re.compile(r"(?<![\w.$}-])/(?:work|farm|root|home/\w+|tmp/(?:wt|explore|briefs))/")
"""Directories of somebody's machine."""
REGISTRIES = re.compile(r"https?://[\w.-]*(?:pypi|registry|proxy|mirror|artifact|nexus)[\w.-]*", re.IGNORECASE)


def python_files() -> Iterator[Path]:
    for package in CODE:
        yield from (path for path in (ROOT / package).rglob("*.py") if NOT_OURS.isdisjoint(path.parts))


def files() -> Iterator[Path]:
    for directory, names, found in os.walk(ROOT):
        names[:] = [name for name in names if name not in NOT_OURS and not name.startswith(".m")]
        yield from (Path(directory, name) for name in found if name not in THEIRS)


def where(path: Path, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def in_code(wanted: str) -> list[str]:
    """Return the files in whose code, comments and texts aside, a dotted name or call occurs."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Call) and ast.unparse(node).endswith(wanted)
    ]


def test_layers_import_downwards_only() -> None:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_one_place_commits() -> None:
    assert in_code(".commit()") == ["engine/db.py"]


def test_every_entry_point_does_again_what_the_database_gave_up() -> None:
    alone = {name for name in in_code("transaction()") if not name.startswith("engine/migrations/")}

    assert alone == {"engine/db.py", "engine/reviews/walks/acts.py", "engine/reviews/walks/stages.py"}, (
        "walks have a database of their own; all others call db.transact()"
    )


def test_one_place_catches_every_exception() -> None:
    broad = [
        path.relative_to(ROOT).as_posix()
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(node.type))))
    ]

    assert broad == ["engine/attempts.py"]


def test_one_place_reads_the_environment() -> None:
    readers = set(in_code("os.environ")) | set(in_code("os.getenv"))

    assert readers - {"web/build.py"} == {"engine/settings.py"}  # the build hands it on to Node


def test_one_package_imports_spiffworkflow() -> None:
    importers = {
        path.parent.relative_to(ROOT).as_posix()
        for path in python_files()
        if re.search(r"^\s*(?:from|import) SpiffWorkflow", path.read_text(), re.MULTILINE)
    }

    assert importers <= {"engine/bpmn/spiff"}


def test_no_file_is_longer_than_a_person_reads() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in python_files() if GENERATED not in path.parents}

    assert [str(path.relative_to(ROOT)) for path, length in lengths.items() if length > LONGEST] == []


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # an image
        found += [
            f"{path.relative_to(ROOT)}: {match[0]}" for rule in (PLACES, REGISTRIES) for match in rule.finditer(text)
        ]

    assert found == []
