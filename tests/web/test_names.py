from __future__ import annotations

import pytest

from web import names


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("员工起草目标 Draft targets", "员工起草目标", "Draft targets"),
        ("3 个工作日 working days", "3 个工作日", "3 working days"),
        ("3 个工作日未举证 nothing produced", "3 个工作日未举证", "nothing produced"),
        ("逾期 2 日 2 days late", "逾期 2 日", "2 days late"),
        ("第 4 日 day 4", "第 4 日", "day 4"),
        ("上级同意? Superior agrees?", "上级同意?", "Superior agrees?"),
        ("Review", "Review", "Review"),
        ("面谈", "面谈", "面谈"),
    ],
)
def test_a_bilingual_name_is_read_in_one_language(app, name, chinese, english):
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        in_chinese = names.local(name)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        in_english = names.local(name)

    assert (in_chinese, in_english) == (chinese, english)
