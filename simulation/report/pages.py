"""The report as files: one page that needs nothing beside it, and its facts as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulation.report import charts
from simulation.report.facts import GRADES, Facts


def write(facts: Facts, directory: Path) -> Path:
    """Write a report into a folder; return the page."""
    directory.mkdir(parents=True, exist_ok=True)
    written = json.dumps(facts, ensure_ascii=False, indent=1)
    (directory / "report.json").write_text(written, encoding="utf-8")
    here = FileSystemLoader(Path(__file__).parent)
    page = Environment(loader=here, autoescape=True, undefined=StrictUndefined).get_template("report.html")
    rendered = page.render(facts, charts=charts.drawn(facts), names=charts.NAMES, grades=GRADES)
    target = directory / "report.html"
    target.write_text(rendered, encoding="utf-8")
    return target
