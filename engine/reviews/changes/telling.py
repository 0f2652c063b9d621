"""What a change is called, and its effects in words, Chinese first: as its forms show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.reviews.changes.items import Effects
from engine.reviews.models import ChangeKind, Choice
from engine.reviews.organisation import people

Say = Callable[[str], str]
"""Chooses the language of a phrase that is written in both."""

KINDS = {
    ChangeKind.SUPERIOR: "更换上级 Another superior",
    ChangeKind.TRANSFER: "调动 Transfer",
    ChangeKind.JOINER: "中途加入 Joiner",
    ChangeKind.LEAVER: "离职 Leaver",
    ChangeKind.LEAVE: "长假 Long leave",
    ChangeKind.TARGETS: "目标调整 Other targets",
    ChangeKind.RATER: "评价人不在 Rater gone",
    ChangeKind.CORRECTION: "更正实际值 Corrected value",
    ChangeKind.REOPENING: "重开 Reopening",
}

CHOICES = {
    Choice.KEEP: "保持不变 Keep",
    Choice.HAND_OVER: "移交 Hand over",
    Choice.SPLIT: "按天分段 Split by days",
    Choice.BOTH: "两人都评 Both",
    Choice.EXTEND: "延期 More time",
    Choice.APPLY: "照此办理 Apply",
}

PARTS = {
    "superior": "直接上级 Superior",
    "second": "第二级 Second level",
    "rater": "评价人 Rater",
    "targets": "目标 Targets",
    "join": "加入周期 Joins the cycle",
    "leaver": "离职 Has left",
    "led-plan": "所带的改进计划 Plan that is led",
    "mentor": "改进计划的辅导人 Mentor of a plan",
    "plan": "改进计划 Improvement plan",
    "leave": "长假 Long leave",
    "transfer": "调动 Transfer",
    "reopening": "重开与更正 Reopen and correct",
}

NOTES = {
    "nobody-follows": "没有接任者 Nobody follows",
    "below-appraisee": "接任者在其下级 The successor is below",
    "stale": "有评分待确认 A rating is to be confirmed first",
    "stale-left": "原上级已离开,由接任者另评 The former one has left: the successor rates besides",
    "rates-already": "接任者已是其评价人 The successor rates already",
    "calibration-locked": "校准已锁定,发布前评分不再变 Its calibration is locked: no rating changes before the release",
    "reopened-already": "另有重开未了结 Something else is being reopened",
    "under-appeal": "申诉未决,由申诉小组更正 An appeal is being decided: the panel corrects",
    "not-given-actual": "还没有结果,请直接录入 There is no result yet: enter the value",
    "not-given-self-evaluation": "自评尚未提交,或结果已发布 No self-evaluation is given, or the result is released",
    "not-given-signature": "结果尚未签认,或没有上级 The result is not answered, or nobody leads the person",
    "excluded-by-rules": "规则不允许该替补 The rules exclude the substitute",
    "targets-unsigned": "目标尚未签署 The targets are not signed yet",
    "days-undivided": "生效日不在两段之间 The day does not part the days in two",
    "targets-open": "有新版目标待签署 Another version is still to be signed",
    "targets-same": "目标不变 The targets stay the same",
    "targets-wrong": "新目标不成立 The new targets will not do",
    "there-already": "已在周期中 In the cycle already",
    "not-employed": "当天不在职 Not employed today",
    "nobody-leads": "没有上级 Nobody leads the person",
    "raters-missing": "须指定评价人 Raters are to be named with it",
    "treatment-rated": "参加评价 Is rated",
    "treatment-targets-only": "只定目标,不评 Targets only, no rating",
    "treatment-not-rated": "不评 Not rated",
    "treatment-excluded": "不参加 Takes no part",
    "reopens-self-evaluation": "重新自评 Self-evaluation again",
    "reopens-signature": "双方重签 Both sign again",
    "rejoins": "回到原评审 Goes on with the review there is",
    "closed-as-left": "以离职关闭,材料保留 Closed as left; everything is kept",
    "plan-closes": "改进计划以离职结束,不作认定 The plan ends as resigned, without a finding",
    "plan-without-lead": "改进计划还没有接任者 Nobody follows as lead of the plan yet",
    "mentor-asked": "由上级三个工作日内另定辅导人 The superior names another mentor within 3 working days",
    "not-rated": "不评,不记最低等级 Not rated, never the lowest grade",
    "extended": "任务延期 More time for the tasks",
    "two-sheets": "两张表按天加权 Two sheets, weighed by days",
    "one-sheet": "一张表 One sheet",
    "opens-reopening": "按重开与更正办理 Goes by Reopen and correct",
    "agreement-asked": "改进计划观察期内，须本人同意 Only with the appraisee's agreement while a plan is observed",
    "stale-after": "上级须确认评分 The superior confirms the ratings",
}
"""What an effect notes, by its code."""


def row(session: Session, told: Mapping[str, Any]) -> dict[str, str]:
    """Tell of an item as a row of a form."""
    person = people.by_key(session, int(told["person"]))
    return {
        "item": told["item"],
        "person": f"{person.name} ({person.employee_id})",
        "what": PARTS[told["part"]],
        "options": " / ".join(CHOICES[Choice(one)] for one in told["choices"]),
        "choice": told["choice"],
        "chosen": CHOICES[Choice(told["choice"])],
        "effects": "; ".join(effects(session, told["effects"])) or "–",
    }


def compared(session: Session, told: Mapping[str, Any], offered: Sequence[tuple[Choice, Effects]]) -> dict[str, str]:
    """Tell of an item as a row of a form in which it is decided: with what each choice would do."""
    lines = [f"【{CHOICES[choice]}】{'; '.join(effects(session, one)) or '–'}" for choice, one in offered]
    return {**row(session, told), "effects": "\n".join(lines)}


def effects(session: Session, told: Mapping[str, Any], say: Say = str) -> Iterator[str]:
    """Tell in words what becomes of an item; `say` chooses the language of a bilingual phrase."""
    if told.get("from") != told.get("to"):
        yield f"{_name(session, told.get('from'), say)} → {_name(session, told.get('to'), say)}"
    for task in told.get("tasks", ()):
        yield _task(session, task, say)
    for rater in told.get("raters", ()):
        yield _rater(session, rater, say)
    for target in told.get("targets", ()):
        yield f"{say(target['name'])}: {target['before']} → {target['after']}"
    for sheet in told.get("sheets", ()):
        yield f"{say(sheet['title'])}: {sheet['from']} – {sheet['until']} ({sheet['weight']})"
    for note in told.get("notes", ()):
        yield say(NOTES.get(note, note))


def _task(session: Session, task: Mapping[str, Any], say: Say) -> str:
    holder = _name(session, task["from"], say)
    if task["to"] != task["from"]:
        holder = f"{holder} → {_name(session, task['to'], say)}"
    due = f", {say('到期 due')} {task['due'][:10]}" if task.get("due") else ""
    later = f" → {task['until']}" if task.get("until") else ""
    drafts = f", {say('带草稿 with a draft')}" if task.get("drafts") else ""
    return f"{say(task['name'])}: {holder}{due}{later}{drafts}"


def _rater(session: Session, rater: Mapping[str, Any], say: Say) -> str:
    name = _name(session, rater["username"], say)
    given = say("已评 has rated" if rater["state"] == "submitted" else "待评 to rate")
    days = f", {rater['from']} – {rater['until']} ({rater['weight']})" if "days" in rater else ""
    return f"{name} {given}{days}"


def _name(session: Session, username: str | None, say: Say) -> str:
    """Name somebody in the reader's language; where `say` leaves both, as in a form, by the Chinese name alone."""
    if not username:
        return "–"
    person = people.named(session, username)
    return person.name if say is str else say(f"{person.name} {person.name_en}".rstrip())
