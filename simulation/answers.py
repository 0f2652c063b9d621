"""What people write into the forms they are given: by what they are like, by chance, and by what the form shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from random import Random
from typing import Any

from simulation import almanac, rulebook
from simulation.company import Company, Employee, Temper
from simulation.diary import Chapter
from simulation.rulebook import Book

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Somebody before a task, with what its form shows.

    Attributes:
        chapter: the cycle that the task belongs to; of a calibration, none.
        appraisee: whom the task is about; of a calibration, nobody.
        absent: who has left the company, or is away.
        look: asks the product for what lies at an address, or for what it finds there by what is asked, in their name.
    """

    company: Company
    chapter: Chapter | None
    who: Employee
    task: Mapping[str, Any]
    appraisee: Employee | None
    shown: Mapping[str, Any]
    now: datetime
    absent: frozenset[str]
    look: Callable[..., Any]

    @property
    def about(self) -> Employee:
        """The appraisee, of a task that has one."""
        if self.appraisee is None:
            raise LookupError(f"{self.task['elementId']} is about nobody")
        return self.appraisee

    @property
    def said(self) -> Chapter:
        """What was said in the cycle, of a task that belongs to one."""
        if self.chapter is None:
            raise LookupError(f"{self.task['elementId']} belongs to no cycle")
        return self.chapter

    @property
    def book(self) -> Book:
        """The rules by which the appraisee is reviewed."""
        return self.said.book_of(self.about)

    def dice(self, *about: object) -> Random:
        """Give the chance of this person in this matter."""
        where = self.appraisee.username if self.appraisee else ""
        cycle = self.chapter.label if self.chapter else ""
        return self.company.dice(self.who.username, self.task["elementId"], where, cycle, *about)


def draft_targets(desk: Desk) -> Answers:
    """Propose targets: near the company's own, or at the first try far too low."""
    before = desk.said.targets.get(desk.who.username)
    modest = before is None and desk.dice().random() < 0.12
    drafted = {}
    for one in desk.book.measured:
        factor = Fraction(desk.dice(one["id"]).randint(90, 110), 100) * (Fraction(1, 2) if modest else 1)
        drafted[one["id"]] = scaled(one, one["target"], factor)
    rows = [{"indicator": row["indicator"], "target": drafted[row["indicator"]]} for row in desk.shown["targets"]]
    return {"targets": rows, "comment": "按区域计划" if before is None else "已按上级意见修改"}


def decide_targets(desk: Desk) -> Answers:
    """Return targets that are far below the company's own, and once in a while others; agree to the rest."""
    targets = desk.said.targets[desk.about.username]
    ownmost = {one["id"]: one["target"] for one in desk.book.measured}
    low = any(rulebook.number(targets[name]) * 10 < rulebook.number(own) * 8 for name, own in ownmost.items())
    choosy = desk.task["asked"] == 1 and desk.dice().random() < 0.02
    if low or choosy:
        return {"decision": "return", "comment": "目标低于部门分解值,请与部门目标对齐"}
    return {"decision": "approve", "comment": ""}


def sign_targets(desk: Desk) -> Answers:
    """Sign, a few with a reservation."""
    if desk.dice().random() < 0.05:
        return {"outcome": "reserved", "reservation": "市场预算尚未落实", "confirmed": True}
    return {"outcome": "signed", "confirmed": True}


def confirm_actuals(desk: Desk) -> Answers:
    """Confirm what the books say; what differs from them is sent back (L003-26)."""
    wrong = [
        name
        for name, value in desk.said.actuals[desk.about.username].items()
        if value != reached(desk.said, desk.about, name)
    ]
    if wrong:
        return {"decision": "reject", "comment": f"与财务账不符:{'、'.join(wrong)}"}
    return {"decision": "confirm", "comment": ""}


def rate(desk: Desk) -> Answers:
    """Rate every row that the form shows, with a case where the rating is low or high."""
    rows = []
    for row in desk.shown["ratings"]:
        rating = _step(desk, row["indicator"])
        case = "协调三个部门,签约周期由28天缩短到15天" if rating <= 2 or rating >= 4.5 else ""
        rows.append({"indicator": row["indicator"], "rating": rating, "evidence": case})
    return {"ratings": rows, "comment": "按季度记录评分"}


def rate_oneself(desk: Desk) -> Answers:
    """Rate oneself, with achievements."""
    rated = rate(desk)
    return {"ratings": rated["ratings"], "achievements": "完成季度重点项目,附合同与活动报告"}


def hold_interview(desk: Desk) -> Answers:
    """Write the minutes in three blocks, with figures and a case."""
    return {
        "heldOn": almanac.day_of(desk.now).isoformat(),
        "strengths": "续约与回款稳定",
        "gaps": "跨部门协作响应偏慢",
        "evidence": "续约率与签约周期的数据见结果表",
        "plan": "下季度每周一次协同例会",
    }


def confirm_minutes(_desk: Desk) -> Answers:
    """Confirm the minutes."""
    return {"confirmed": True}


def sign_result(desk: Desk) -> Answers:
    """Agree, object with a reason, or refuse."""
    chance = desk.dice().random()
    if chance < 0.03:
        return {"answer": "refused"}
    if chance < 0.12:
        return {"answer": "objected", "remark": "协作一项的事例与事实不符"}
    return {"answer": "agreed"}


def record_refusal(desk: Desk) -> Answers:
    """Record a refusal before a witness, or that no answer came in time."""
    reason = "已当面告知申诉途径"
    if desk.about.username not in desk.said.refusing:
        return {"answer": "unanswered", "reason": reason}
    return {"answer": "refused", "witness": witness(desk), "reason": reason}


def witness(desk: Desk) -> str:
    """Find somebody who is neither the appraisee nor oneself."""
    others = [one for one in desk.company.in_role("finance") if one is not desk.appraisee and one is not desk.who]
    return others[0].username


def serve_again(desk: Desk) -> Answers:
    """Hand the result over before a witness."""
    return {
        "means": "witness",
        "servedOn": almanac.day_of(desk.now).isoformat(),
        "witness": witness(desk),
        "reference": "会议室",
    }


def go_on_without(_desk: Desk) -> Answers:
    """Name nobody in the place of a rater who has left: the quorum decides whether the others are enough."""
    return {"decision": "go-on"}


def leave_indicators(_desk: Desk) -> Answers:
    """Propose no change to the indicators this quarter."""
    return {"proposals": []}


def plan_diagnosis(desk: Desk) -> Answers:
    """Let one person be asked by another, and everybody for some days."""
    asked = desk.company.reviewed[-1]
    asking = next(one for one in desk.company.in_role("hr") if one is not desk.who and one.username not in desk.absent)
    last = almanac.workday_after(almanac.day_of(desk.now), ASKED_FOR)
    interview = {"interviewee": asked.username, "interviewer": asking.username}
    return {
        "closesOn": last.isoformat(),
        "interviews": [interview],
        "revenue": "sales_revenue",
        "revenueUnit": "10000",
    }


def hear(_desk: Desk) -> Answers:
    """Write down what somebody said of how the company is led."""
    return {"held": "yes", "theme": "提成细则公布太晚", "advice": "按季提前公布"}


def write_audit(_desk: Desk) -> Answers:
    """Write what is found of the company, and what is to be done."""
    return {"findings": "激励满意度低", "measures": "提成细则提前一个月公布"}


WRITE: Mapping[str, Callable[[Desk], Answers]] = {
    "draft_targets": draft_targets,
    "review_targets": decide_targets,
    "approve_targets": decide_targets,
    "sign_targets": sign_targets,
    "confirm_actuals": confirm_actuals,
    "self_evaluation": rate_oneself,
    "superior_evaluation": rate,
    "cross_evaluation": rate,
    "hold_interview": hold_interview,
    "confirm_minutes": confirm_minutes,
    "sign_result": sign_result,
    "record_refusal": record_refusal,
    "serve_again": serve_again,
    "replace_rater": go_on_without,
    "collect_proposals": leave_indicators,
    "plan_diagnosis": plan_diagnosis,
    "system-diagnosis/hold_interview": hear,
    "write_audit": write_audit,
}
"""What somebody writes into the form of each task, by its element, or by process and element.

Those of calibration are in `simulation.sessions`.
"""

READ_FIRST = frozenset({"confirm_minutes", "sign_result"})
"""The tasks before which people read their results."""

ASKED_FOR = 4
"""For how many workdays a survey of the whole company is open."""

CLOSING = frozenset({"self_evaluation", "cross_evaluation", "sign_result"})
DISPUTED = frozenset({"cure_appeal", "offer_settlement", "answer_offer", "produce_basis", "comment_basis"})
ASKED = frozenset({"declare_conflict", "challenge_panel", "state_on_plan"})
OFFERED = frozenset({"choose_option", "record_practice", "request_evaluation", "rate_stretch"})
DISPENSABLE = CLOSING | DISPUTED | ASKED | OFFERED
"""The tasks that close at their deadline: the process goes on without them."""


def note(diary: Chapter, desk: Desk, answers: Answers) -> None:
    """Write down what was said of a cycle, once the product has accepted it."""
    element = desk.task["elementId"]
    diary.witnesses.setdefault(desk.about.username, set()).update(filter(None, [answers.get("witness")]))
    if element == "draft_targets":
        diary.targets[desk.about.username] = {row["indicator"]: row["target"] for row in answers["targets"]}
    elif element == "confirm_actuals" and answers["decision"] == "reject":
        diary.rejected.append(desk.about.username)
    elif element == "sign_targets":
        diary.signed[desk.about.username] = desk.who.username
    elif element == "sign_result" and answers["answer"] == "refused":
        diary.refusing.add(desk.about.username)
    elif element in ("sign_result", "record_refusal"):
        diary.answers[desk.about.username] = answers["answer"]
    elif element == "serve_again":
        diary.proven.setdefault(desk.about.username, almanac.day_of(desk.now))
    elif element.endswith("_evaluation"):
        note_rating(desk, element.removesuffix("_evaluation"), answers)


def note_rating(desk: Desk, group: str, answers: Answers) -> None:
    """Write down what somebody gave as a rater of a group."""
    given = {row["indicator"]: str(row["rating"]) for row in answers["ratings"]}
    desk.said.ratings.setdefault(desk.about.username, {})[group, desk.who.username] = given


def delay(company: Company, task: Mapping[str, Any], who: Employee, left: int) -> int | None:
    """Tell after how many workdays somebody does a task for which `left` are left; None: never."""
    dice = company.dice(who.username, task["elementId"], task["about"], task["cycle"], "delay", task["asked"])
    if who.temper is Temper.SILENT and task["elementId"] in DISPENSABLE:
        return None
    if who.temper is Temper.PROMPT:
        return dice.randint(0, 1)
    if who.temper is Temper.STEADY:
        return dice.randint(1, max(1, left - 1))
    return left + dice.randint(1, 3)


def reached(chapter: Chapter, someone: Employee, indicator_id: str) -> str:
    """Tell what somebody really reached of an indicator: what the books of finance say."""
    targets = chapter.targets[someone.username]
    (indicator,) = (one for one in chapter.book_of(someone).measured if one["id"] == indicator_id)
    luck = chapter.company.dice(someone.username, indicator_id, chapter.label, "luck").gauss(0, 0.06)
    factor = Fraction(round((someone.skill + luck) * 1000), 1000)
    if indicator.get("direction") == "lower-ratio":
        factor = 1 / factor
    return scaled(indicator, targets[indicator_id], factor)


def scaled(indicator: Mapping[str, Any], written: str, factor: Fraction) -> str:
    """Write a multiple of a value in the same notation, to a tenth; counts in whole numbers."""
    value = rulebook.number(written) * factor
    notation = indicator.get("notation", "number")
    if notation == "count":
        return str(max(1, round(value)))
    if notation == "percent":
        return f"{_tenths(value * 100)}%"
    return f"1:{_tenths(value)}" if notation == "ratio" else _tenths(value)


def _tenths(value: Fraction) -> str:
    tenths = max(1, round(value * 10))
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def _step(desk: Desk, indicator_id: str) -> float:
    """Choose a step of the scale, in halves from 1 to 5."""
    wished = 4.0 * desk.about.skill + desk.who.leniency + desk.dice(indicator_id).gauss(0, 0.45)
    return min(5.0, max(1.0, round(wished * 2) / 2))
