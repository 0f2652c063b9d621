"""The page on which HR says which grade of one scale stands for which of another."""

from dataclasses import replace

import pytest

from engine import db, identity
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.rules import Level
from engine.settings import ROOT

PAGE = "/grade-mappings"
GRADES = {"level-excellent": "a", "level-good": "b"}


@pytest.fixture(autouse=True)
def scales(company):
    """Two published templates: one grades by words, the other by letters."""
    book = rulebooks.load(ROOT / "processes" / "review" / "cycle-corrected.toml")
    with db.transaction() as session:
        hr = identity.identity_of(session, "zhao.min")
        for name, levels in (("words", ("excellent", "good")), ("letters", ("a", "b"))):
            rules = replace(rulebooks.read(book.rules), levels=tuple(Level(id=one, name=f"级{one}") for one in levels))
            row = templates.draft(session, name, rulebooks.write(rules), title=f"量表 {name}", by=hr)
            templates.publish(session, row.key, by=hr)


def test_x02_hr_declares_and_withdraws_which_grade_stands_for_which(at):
    hr = at("zhao.min")

    asked = hr.client.get(PAGE, query_string={"before": "words", "after": "letters"}).get_data(as_text=True)
    declared = hr.sends(PAGE, before="words", after="letters", reason="含义相同", **GRADES)
    holding = hr.reads(PAGE)
    withdrawn = hr.sends(f"{PAGE}/withdrawal", before="words", after="letters", reason="新量表含义不同")
    after = hr.reads(PAGE)

    assert all(f'name="{name}"' in asked for name in GRADES)
    assert (declared.status_code, withdrawn.status_code) == (200, 200)
    assert "量表 words → 量表 letters Holds 级excellent → 级a 级good → 级b 含义相同" in holding
    assert "Withdrawn 新量表含义不同" in after
    assert "Replaced" in after


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (PAGE, {"reason": "含义相同", "level-excellent": "a"}, 422),  # nothing stands for good
        (PAGE, {"reason": "含义相同", "level-excellent": "b", "level-good": "a"}, 422),
        (PAGE, {"reason": "", **GRADES}, 422),
        (f"{PAGE}/withdrawal", {"reason": "不再比较"}, 404),
    ],
)
def test_x02_a_mapping_that_does_not_fit_is_refused_and_none_holds(at, path, fields, status):
    refused = at("zhao.min").sends(path, before="words", after="letters", **fields)

    assert refused.status_code == status
    assert "Nothing is declared yet" in at("zhao.min").reads(PAGE)


def test_the_page_is_for_hr(at):
    assert at("li.na").client.get(PAGE).status_code == 404
    assert at("li.na").sends(PAGE, before="words", after="letters", reason="x", **GRADES).status_code == 403
