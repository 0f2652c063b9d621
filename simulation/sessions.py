"""Calibration as the simulated company holds it: superiors propose, chairs decide and lock, the director approves."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from simulation import company as companies
from simulation import rulebook
from simulation.answers import Answers, Desk
from simulation.company import Employee
from simulation.diary import Chapter
from simulation.life import Life

GUIDELINE = (("优秀", "20"), ("良好", "40"), ("合格", "30"), ("待改进", "10"))


class Sessions:
    """The calibration sessions of one cycle."""

    def __init__(self, life: Life, cycle: str, chapter: Chapter) -> None:
        self._life = life
        self._cycle = cycle
        self._chapter = chapter
        self._proposed: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        """By session: the adjustments with their review and total."""
        self._sent_back: set[str] = set()
        self._returned: set[str] = set()
        self._chairs: dict[str, str] = {}
        self.convened: dict[str, str] = {}
        """The key of the session of each department."""
        self.proposed = False
        """Whether the superiors have proposed what they would change."""
        self.before: dict[str, dict[str, str]] = {}
        """The grades of each department before anything was adjusted, by review."""

    def convene(self, officer: str, embargo: str) -> None:
        """Convene a session of each department, chaired by whoever leads its head."""
        life, company = self._life, self._chapter.company
        for code in company.departments[1:]:
            head = company.head_of(code)
            body = {
                "departments": [code],
                "chair": head.superior,
                "guideline": [{"level": level, "perCent": share} for level, share in GUIDELINE],
                "embargo": embargo,
            }
            found = life.product.ask(officer, "POST", f"/api/cycles/{self._cycle}/calibrations", body)
            self.convened[code] = found["key"]
            self._chairs[code] = head.superior
            life.writing_of["hold_session", found["key"]] = self._hold
            life.writing_of["approve_session", found["key"]] = self._approve
            self.before[code] = {one["appraisee"]: one["grade"] for one in self._lines(head.superior, found["key"])}

    def propose(self) -> None:
        """Let the superiors of each session propose what they would change, each of the own people."""
        self.proposed = True
        for code, key in self.convened.items():
            seated = {seat["member"] for seat in self._sheet(self._chairs[code], key)["members"]}
            for lead in self._superiors(code):
                if lead.username in seated:
                    self._propose(key, lead)

    def are_approved(self, officer: str) -> bool:
        """Tell whether every session is approved."""
        found = [self._life.product.ask(officer, "GET", f"/api/calibrations/{key}") for key in self.convened.values()]
        return all(one["state"] == "approved" for one in found)

    def probe(self) -> None:
        """Let people who do not sit in a session try to look at it."""
        company = self._chapter.company
        for code, key in self.convened.items():
            for member in reversed(company.of(code)):
                if companies.is_member(company, member) and "hr" not in member.roles:
                    self._life.refuse(member.username, "GET", f"/api/calibrations/{key}")
                    break

    def _superiors(self, code: str) -> list[Employee]:
        led = {one.superior for one in self._chapter.company.of(code)}
        return [one for one in self._chapter.company.of(code) if one.username in led]

    def _propose(self, key: str, lead: Employee) -> None:
        """Propose another total for one of the own people, or none at all."""
        life = self._life
        dice = self._chapter.company.dice(lead.username, self._chapter.label, "propose")
        own = {one.username for one in self._chapter.company.staff if one.superior == lead.username}
        lines = [line for line in self._lines(lead.username, key) if line["appraisee"] in own and line["total"]]
        if not lines or dice.random() < 0.4:
            return
        line = dice.choice(sorted(lines, key=lambda one: str(one["appraisee"])))
        total = Fraction(line["total"]) + Fraction(dice.choice((-250, -125, 75, 150, 300)), 100)
        said = f"{float(total):.2f}"
        body = {"reviewKey": line["reviewKey"], "total": said, "reason": "重点客户的难度高于目标设定时"}
        made = life.product.ask(lead.username, "POST", f"/api/calibrations/{key}/adjustments", body)
        self._proposed[key].append((made["key"], line["appraisee"], said))

    def _hold(self, desk: Desk) -> Answers | None:
        """Send one result of the first session back; else decide on what was proposed, and lock."""
        key = desk.task["businessId"]
        lines = self._lines(desk.who.username, key)
        if not self.proposed or any(line["total"] is None and not line["closed"] for line in lines):
            return None
        first = next(iter(self.convened.values()))
        if key == first and not self._sent_back:
            return self._send_back(lines)
        for adjustment, appraisee, total in self._proposed.pop(key, []):
            self._decide(desk, adjustment, appraisee, total)
        return {"decision": "lock"}

    def _send_back(self, lines: list[Any]) -> Answers:
        touched = {appraisee for proposed in self._proposed.values() for _, appraisee, _ in proposed}
        names = sorted(line["appraisee"] for line in lines if not line["closed"])
        chosen = self._life.staff[next(name for name in names if name not in touched)]
        self._sent_back.add(chosen.username)
        return {"decision": "send-back", "appraisee": chosen.employee_id, "reason": "跨部门评分缺少事例"}

    def _decide(self, desk: Desk, adjustment: str, appraisee: str, total: str) -> None:
        life = self._life
        dice = desk.company.dice(desk.who.username, appraisee, self._chapter.label, "decide")
        accepted = dice.random() < 0.75
        life.product.ask(desk.who.username, "PUT", f"/api/adjustments/{adjustment}/decision", {"accepted": accepted})
        if accepted:
            self._chapter.adjusted[appraisee] = (Fraction(total), rulebook.grade(Fraction(total)))

    def _approve(self, desk: Desk) -> Answers:
        """Return one session once; approve all others."""
        key, keys = desk.task["businessId"], list(self.convened.values())
        if key == keys[-1] and key not in self._returned:
            self._returned.add(key)
            return {"decision": "return", "reason": "请补充优秀比例的说明"}
        return {"decision": "approve"}

    def _lines(self, username: str, key: str) -> list[Any]:
        lines: list[Any] = self._sheet(username, key)["lines"]
        return lines

    def _sheet(self, username: str, key: str) -> Any:
        return self._life.product.ask(username, "GET", f"/api/calibrations/{key}")
