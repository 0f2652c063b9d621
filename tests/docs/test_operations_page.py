"""The pages that are made from the code are as the code now is."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_operations_is_as_the_code_says() -> None:
    spec = importlib.util.spec_from_file_location("operations_page", DOCS / "operations.py")
    assert spec
    assert spec.loader
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)

    assert (DOCS / "operations.md").read_text(encoding="utf-8") == page.page(), "run `make docs`"
