"""A copy of one's own data as PDF (E-65)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.reviews.models import Person
from engine.reviews.papers.typesetting import typeset

Records = tuple[tuple[str, str], Sequence[Mapping[str, Any]]]
"""A title in both languages, and rows by the names of their columns."""


WORDS = {
    "employee_id": ("工号", "Employee id"),
    "username": ("账号", "Account"),
    "name": ("姓名", "Name"),
    "name_en": ("英文名", "English name"),
    "valid_from": ("开始", "From"),
    "valid_until": ("结束", "Until"),
    "kind": ("类型", "Kind"),
    "key": ("编号", "Key"),
    "cycle_key": ("周期编号", "Cycle"),
    "review_key": ("考核编号", "Review"),
    "state": ("状态", "State"),
    "closing_reason": ("关闭原因", "Why it was closed"),
    "version": ("版本", "Version"),
    "targets": ("目标值", "Targets"),
    "note": ("备注", "Note"),
    "drafted_at": ("起草时间", "Drafted"),
    "indicator_id": ("指标", "Indicator"),
    "period": ("期间", "Period"),
    "value": ("实际值", "Value"),
    "unit": ("单位", "Unit"),
    "source": ("数据来源", "Source"),
    "reason": ("说明", "Reason"),
    "held_at": ("面谈日期", "Held"),
    "strengths": ("肯定", "Strengths"),
    "gaps": ("不足", "Gaps"),
    "agreements": ("约定", "Agreements"),
    "remark": ("补充", "Remark"),
    "answer": ("答复", "Answer"),
    "comment": ("意见", "Comment"),
    "recorded_at": ("记录时间", "Recorded"),
    "digest": ("摘要", "Digest"),
    "lodged_at": ("提出时间", "Lodged"),
    "grounds": ("理由", "Grounds"),
    "remedy": ("诉求", "Remedy"),
    "verdict": ("裁决", "Verdict"),
    "reasons": ("裁决理由", "Reasons"),
    "objectives": ("改进目标", "Objectives"),
    "training": ("培训", "Training"),
    "starts_on": ("开始", "Starts"),
    "ends_on": ("结束", "Ends"),
    "outcome": ("结论", "Outcome"),
    "written_at": ("写入时间", "Written"),
    "read_at": ("已读时间", "Read"),
    "department": ("部门", "Department"),
    "post": ("岗位", "Post"),
    "superior": ("上级", "Superior"),
    "rating": ("评分", "Rating"),
    "total": ("总分", "Total"),
    "grade": ("等级", "Grade"),
    "released_at": ("发布时间", "Released"),
}
"""What the columns are called."""


def of_person(session: Session, person: Person, records: Sequence[Records]) -> bytes:
    """Typeset records, kind by kind, each row as names and values."""
    now = clock.now(session)
    content = {
        "about": f"{person.name} {person.employee_id}",
        "origin": f"{person.employee_id} · {now.isoformat(timespec='minutes')}",
        "records": [
            {"title": title, "rows": [[(WORDS[name], _text(value)) for name, value in row.items()] for row in rows]}
            for title, rows in records
        ],
    }
    return typeset("own-data", content, as_of=now)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {one}" for name, one in value.items())
    return "" if value is None else str(value)
