"""The rules that are shipped as files: each can be read, and publishes or is refused for what document it follows."""

from pathlib import Path

import pytest

from engine.reviews import rulebooks
from engine.reviews.publishing import publishing_problems

PROCESSES = Path(__file__).parents[2] / "processes"
FILES = {path.name: path for path in [*PROCESSES.glob("presets/*.toml"), *PROCESSES.glob("review/*.toml")]}
SHORT_OF = {"traffic-003.toml": "75", "conversion-003.toml": "65", "brand-003.toml": "40", "cycle.toml": "90"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_w02_w09_a_preset_publishes_unless_its_document_prints_weights_that_do_not_total_100(name):
    template = rulebooks.read(rulebooks.load(FILES[name]).rules)

    problems = publishing_problems(template)

    assert [problem.message.values["total"] for problem in problems] == ([SHORT_OF[name]] if name in SHORT_OF else [])


@pytest.mark.parametrize(
    ("name", "group", "share"), [("by-post-000.toml", "marketing", 15), ("horizon-003.toml", "long", 40)]
)
def test_x11_x17_the_bounds_of_the_documents_hold_for_the_presets(name, group, share):
    template = rulebooks.read(rulebooks.load(FILES[name]).rules)

    total = sum(
        template.share(section, one)
        for section in template.sections
        for one in section.indicators
        if group in one.groups
    )

    assert total == share
