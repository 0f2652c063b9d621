"""The pages that are made from the code are as the code now is."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", ["operations", "v2"])
def test_the_pages_made_from_the_code_are_as_the_code_says(name: str) -> None:
    spec = importlib.util.spec_from_file_location(f"{name}_page", DOCS / f"{name}.py")
    assert spec
    assert spec.loader
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)

    assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == page.page(), "run `make docs`"
