"""Who appeals against a result of a cycle, when, and what for; and what outsiders try to learn of it."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

from simulation import almanac
from simulation.cases import Dispute, Fate
from simulation.company import Employee
from simulation.hearings import HIGHEST, SUPERIOR
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.product import RefusedError

SHARE = 0.07
"""How many of those who read their results appeal; of the objecting more."""

LEAST = 4
"""How many of a cycle appeal at least, where they are so many."""

WINDOW = 5
"""How many workdays after it was proven that somebody has the result an appeal may be lodged."""

SECOND_THOUGHTS = 3
"""After how many workdays somebody who is minded to takes an appeal back."""

FATES = tuple(Fate)


class Disputes:
    """The appeals against the results of one cycle."""

    def __init__(self, life: Life, preparation: Preparation) -> None:
        self._life = life
        self._preparation = preparation

    def act(self, day: date) -> None:
        """Lodge what is to be lodged on a day; let outsiders try to read and to vote."""
        chapter = self._preparation.chapter
        if chapter.released_at is None:
            return
        for name in chapter.read:
            if name not in chapter.appeals and name not in self._life.gone and self._is_the_day(name, day):
                self._lodge(self._life.staff[name])
        self._join()
        concerned = self._life.bonds[self] = set()
        for name, dispute in chapter.appeals.items():
            if dispute.fate is Fate.WITHDRAWN and self._is_taken_back(dispute, day):
                self._life.product.ask(name, "POST", f"/api/appeals/{dispute.key}/withdrawal")
                dispute.ended = Fate.WITHDRAWN
            if not dispute.ended or (dispute.ended == Fate.REEVALUATED and not dispute.given):
                concerned |= {name, *dispute.free}
        self._probe()

    def _join(self) -> None:
        """Have two appeals that dispute the same heard together, while HR has looked at neither (E-76)."""
        told = self._preparation.chapter.appeals.items()
        new = [(name, one) for name, one in told if not (one.late or one.looked_at or one.ended or one.joined_to)]
        for (name, leading), (other, joined) in combinations(new, 2):
            officers = {self._preparation.officer, self._preparation.deputy} - {name, other}
            if officers and not joined.joined_to and set(leading.items) & set(joined.items):
                body = {"appealKeys": [joined.key], "reason": "争议同一评分标准"}
                self._life.product.ask(min(officers), "POST", f"/api/appeals/{leading.key}/joinder", body)
                joined.joined_to = leading.key
                return

    def _is_taken_back(self, dispute: Dispute, day: date) -> bool:
        """Tell whether somebody takes an appeal back on a day: some time after it was lodged, before anybody votes."""
        thought_over = almanac.workday_after(almanac.day_of(dispute.lodged_at), SECOND_THOUGHTS)
        return day >= thought_over and not dispute.ended and not dispute.votes

    def _is_the_day(self, name: str, day: date) -> bool:
        """Tell whether somebody appeals on a day: some days after it was read, a few when it is too late."""
        chapter = self._preparation.chapter
        if name in chapter.days:
            return False  # two superiors rated: whose rating a panel corrects, nobody here has thought of
        dice = self._life.company.dice(name, chapter.label, "appeal")
        share = max(SHARE, LEAST / max(1, len(chapter.open)))
        if dice.random() > share * (4 if chapter.answers.get(name) == "objected" else 1):
            return False
        waits = WINDOW + 2 if dice.random() < 0.08 else dice.randint(1, WINDOW - 1)
        return day == almanac.workday_after(chapter.proven[name], waits, self._life.diary.notices[-1])

    def _lodge(self, someone: Employee) -> None:
        """Appeal; where it is too late, ask to be let in with the reason."""
        life, chapter = self._life, self._preparation.chapter
        items = self._items(someone)
        fate = self._fate(improvable=bool(items))
        sought = "annulled" if fate is Fate.ANNULLED else "reevaluated" if fate is Fate.REEVALUATED else "corrected"
        body: dict[str, Any] = {
            "grounds": "评分与记录不符",
            "items": items,
            "remedy": "按记录更正",
            "sought": sought,
        }
        path, late = f"/api/reviews/{chapter.reviews[someone.username]}/appeals", False
        try:
            made = life.product.ask(someone.username, "POST", path, body)
        except RefusedError as refused:
            life.diary.refused.append(refused.sentence)
            late = True
            made = life.product.ask(someone.username, "POST", path, {**body, "lateReason": "出差在外"})
        chapter.appeals[someone.username] = Dispute(
            key=made["key"],
            fate=fate,
            sought=sought,
            items=tuple(items),
            lodged_at=life.product.now,
            late=late,
            above=frozenset(life.company.above(someone.username)),
        )

    def _fate(self, *, improvable: bool) -> Fate:
        """Take the fates in turn, so that few people see them all; nothing is raised that is the highest."""
        disputes = (one for chapter in self._life.diary.chapters for one in chapter.appeals.values())
        number = sum(not one.late for one in disputes)  # what comes late may end otherwise
        fate = FATES[number % len(FATES)]
        return Fate.UPHELD if fate in (Fate.CORRECTED, Fate.SETTLED) and not improvable else fate

    def _items(self, someone: Employee) -> list[str]:
        """Choose one or two ratings of the superior that are not the highest."""
        given = self._preparation.chapter.ratings[someone.username]
        theirs = next((rated for (group, _), rated in given.items() if group == SUPERIOR), {})
        low = sorted(name for name, rating in theirs.items() if float(rating) < HIGHEST)
        dice = self._life.company.dice(someone.username, self._preparation.chapter.label, "items")
        return dice.sample(low, min(len(low), dice.randint(1, 2)))

    def _probe(self) -> None:
        """Let who is called and does not sit, or is excluded, try to read and to vote."""
        life, chapter = self._life, self._preparation.chapter
        votes = [one for one in life.waiting if one["elementId"] == "cast_vote" and one["cycle"] == chapter.label]
        for name, dispute in chapter.appeals.items():
            own = [one for one in votes if one["about"] == name]
            for username in sorted(dispute.conflicted - life.gone):
                if set(life.staff[username].roles) & {"hr", "auditor"}:
                    continue
                life.refuse(username, "GET", f"/api/appeals/{dispute.key}")
                for task in own[:1]:
                    body = {"variables": {"verdict": "upheld", "reasons": "我来投票"}}
                    life.refuse(username, "POST", f"/v2/user-tasks/{task['userTaskKey']}/completion", body)
            self._look_for_votes(dispute, own)

    def _look_for_votes(self, dispute: Dispute, waiting: list[Any]) -> None:
        """Let who has still to vote look for the votes of others: none is told before the last is cast."""
        for task in waiting[:1]:
            self._life.diary.probes += 1
            panel = self._life.product.ask(task["who"], "GET", f"/api/appeals/{dispute.key}")["panel"]
            told = [one["member"] for one in panel if one["verdict"] and one["member"] != task["who"]]
            if told:
                self._life.diary.breaches.append(f"{self._life.today}: {task['who']} read the votes of {told}")
