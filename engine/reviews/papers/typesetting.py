"""Typesetting: a layout of ours and what stands in it become a PDF; the same content gives the same bytes.

Nothing that people wrote is ever markup: it reaches the layout as JSON, and what it looks like is text there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import typst

LAYOUTS = Path(__file__).parent / "layouts"
FONTS = Path(str(resources.files("noto_cjk_sans_otc")))


def typeset(layout: str, content: Mapping[str, Any], *, as_of: datetime) -> bytes:
    """Typeset a layout as a tagged PDF whose date is `as_of`: never the moment at which it is printed."""
    compiler = typst.Compiler(
        input=LAYOUTS / f"{layout}.typ",
        root=LAYOUTS,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", timestamp=int(as_of.timestamp()))
    assert isinstance(made, bytes)  # noqa: S101 - a list of pages is what images are made as
    return made
