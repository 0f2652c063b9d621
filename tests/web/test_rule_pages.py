"""Pages on which HR arranges a drafted cycle: its deadlines, its guidelines, its key results."""

from __future__ import annotations

import io
from typing import Any

from demonstration import Demonstration

from engine import db


def _key(company: Demonstration) -> int:
    with db.reading() as session:
        return company.cycle(session).key


def test_the_deadlines_of_a_draft_are_decided_with_the_dates_that_follow(company: Demonstration, at: Any) -> None:
    hr, page = at("zhao.min"), f"/cycles/{_key(company)}/timing"

    decided = hr.sends(page, **{"deadlines.self_evaluation": "7", "grace.self_evaluation": "2", "calendar": "CN"})
    wrong = hr.sends(page, **{"deadlines.self_evaluation": "bald"})

    assert decided.status_code in (204, 200, 302)
    assert wrong.status_code == 422
    # 26 September 2025 is a Friday; 28 is a workday, 1 to 8 October are holidays, 11 October is a workday
    assert "2025-10-13 24:00" in hr.reads(f"{page}?opens=2025-09-26")
    at("li.na").reads(page, status=404)


def test_a_guideline_is_set_for_all_and_shown(company: Demonstration, at: Any) -> None:
    hr, page = at("zhao.min"), f"/cycles/{_key(company)}/guidelines"

    hr.sends(page, guideline="优秀 20\n良好 70\n待改进 10", smallest_group="5", reason="公司惯例")
    refused = hr.sends(page, guideline="优秀 20", smallest_group="5", reason="公司惯例")

    assert "优秀 20%, 良好 70%, 待改进 10%" in hr.reads(page)
    assert refused.status_code == 422
    at("li.na").reads(page, status=404)


def test_key_results_are_imported_and_shown_with_their_days(company: Demonstration, at: Any) -> None:
    hr, page = at("zhao.min"), f"/cycles/{_key(company)}/key-results"
    text = (
        "编号,目标,关键结果,目标值,进度,开始日期,截止日期,来源\n"
        "T-1,九月促销,预售,100%,35%,2025-09-01,2025-09-10,飞书多维表格\n"
    )

    hr.sends(page, file=(io.BytesIO(text.encode()), "okr.csv"))

    said = hr.reads(page)
    assert "预售" in said
    assert "(35%)" in said
    assert "is aligned with no goal" in said
    at("li.na").reads(page, status=404)
