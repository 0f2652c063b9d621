"""The page of a template: every parameter that HR chose, in both languages."""

import io
from pathlib import Path

import pytest

from engine import db

PRESETS = Path(__file__).parents[2] / "processes" / "presets"


@pytest.fixture
def template(company):
    with db.reading() as session:
        return f"/templates/{company.cycle(session).template_key}"


@pytest.fixture
def uploaded(template, at):
    """Give the draft the rules of a shipped file."""

    def upload(name):
        answer = at("zhao.min").sends(f"{template}/rules", file=(io.BytesIO((PRESETS / name).read_bytes()), name))
        assert answer.status_code < 400, answer.get_data(as_text=True)

    return upload


def test_hr_reads_every_choice_share_and_way_of_scoring(template, uploaded, at):
    uploaded("horizon-003.toml")

    page = at("zhao.min").reads(template)

    assert "Model B: raters blended within each indicator" in page
    assert "Absent raters Its weight passes to the others, and the sheet says so" in page
    assert "Needs a reason above 200%" in page
    assert "Weight of long term 40–40" in page
    assert "By steps of the actual value, target 70, … → 0%, 0 → 60%, 50 → 80%, 70 → 100%, long term, 问卷" in page
    assert "More is better, target 300 条, at most 150%, by month, their sum, short term, CRM" in page
    assert "Grades: Excellent · Good · Qualified · To improve" in page


def test_the_same_in_chinese(template, uploaded, at):
    uploaded("by-post-000.toml")

    page = at("zhao.min", "zh_CN").reads(template)

    assert "评价方缺评时 权重分给其余各项，并写在结果表上" in page
    assert "业绩 30% 行为 50% 协作 20% 按岗位定权重 dimension-weights" in page
    assert "长期类指标的权重 20–100" in page


def test_weights_that_do_not_add_up_are_scaled_only_when_hr_asks(template, uploaded, at):
    uploaded("conversion-003.toml")
    hr = at("zhao.min")
    before = hr.reads(template)

    answer = hr.sends(f"{template}/sections/figures/scaling")

    assert "65 of 100 points" in before
    assert "Scale the weights to 100 exactly" in before
    assert answer.status_code < 400
    after = hr.reads(template)
    assert "100 of 100 points" in after
    assert "400/13" in after
    assert "Nothing stands in the way" in after


def test_x25_hr_drafts_a_template_from_a_file_which_is_shown_as_it_was_written(at):
    hr = at("zhao.min")
    content = (PRESETS / "horizon-003.toml").read_bytes()

    answer = hr.sends("/templates", file=(io.BytesIO(content), "horizon-003.toml"))

    page = hr.reads(answer.headers["HX-Redirect"])
    assert "The file as it was written" in page
    assert " ".join(content.decode().splitlines()[0].split()) in page


@pytest.mark.parametrize(
    ("content", "told"),
    [("[rules]\nmodel = 'B'", '<span class="problems__where">template</span>'), ("x =", "it is no TOML")],
)
def test_a_file_that_is_no_file_of_rules_is_refused_with_the_place(at, content, told):
    answer = at("zhao.min").sends("/templates", file=(io.BytesIO(content.encode()), "rules.toml"))

    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_hr_begins_with_a_shipped_one_and_nobody_else_does(at):
    answer = at("zhao.min").sends("/templates/presets", preset="team-001.toml")
    elsewhere = at("zhao.min").sends("/templates/presets", preset="../review/cycle.toml")
    stranger = at("zhang.wei").sends("/templates/presets", preset="team-001.toml")

    assert answer.headers["HX-Redirect"].startswith("/templates/")
    assert elsewhere.status_code == 404
    assert stranger.status_code == 403
