"""What happens to people while a cycle runs: some join, some leave, some go elsewhere, some are away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from simulation import company as companies
from simulation import rosters
from simulation.company import Employee
from simulation.diary import Chapter
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.shifts import Shifts

OVER = ("signed", "closed")
RELEASED = "released"
SELLING = "sales"
LEFT = "离职,不评级"
AWAY = "产假，不评级"


class Staffing:
    """The comings and goings of one quarter; the fewer people, the fewer of each."""

    def __init__(self, life: Life, preparation: Preparation, shifts: Shifts | None = None) -> None:
        self._life = life
        self._preparation = preparation
        self._shifts = shifts

    def join(self) -> None:
        """Some join after the cut-off: they have no review in this quarter (E-13)."""
        life = self._life
        joined = companies.recruit(life.company, self._few(40), life.today)
        self._preparation.welcome(joined)
        self._preparation.chapter.newcomers += [one.username for one in joined]
        life.diary.note(life.today, f"{len(joined)} 人入职(截止日之后)", f"{len(joined)} join after the cut-off")

    def transfer(self) -> None:
        """Some go to another department; unless HR decides so, who led them at the launch goes on reviewing (E-04)."""
        life, day = self._life, self._life.today
        chosen = self._choose("transfer", 50)
        for one in chosen:
            code = next(code for code in life.company.departments[1:] if code != one.department)
            lead = next(other for other in life.company.of(code) if not companies.is_member(life.company, other))
            self._import("transfer.zip", rosters.transfer(one, code, one.post, lead, day))
            life.change(replace(one, department=code, superior=lead.username))
            if self._shifts and one is chosen[0] and not self._rates(lead, one):
                self._shifts.transfer(one, lead)
        life.diary.note(day, f"{len(chosen)} 人调岗", f"{len(chosen)} transferred")

    def leave(self) -> None:
        """Some leave the company: their reviews are closed, never rated (E-15)."""
        life, day = self._life, self._life.today
        chosen = self._choose("leave", 50)
        for one in chosen:
            self._import("departure.zip", rosters.departure(one, day))
            self._depart(one, LEFT)
        life.left += chosen
        life.diary.note(day, f"{len(chosen)} 人离职", f"{len(chosen)} leave")

    def be_away(self) -> None:
        """Somebody is away for months, and protected: not rated, never the lowest grade (E-16, E-18)."""
        life, day = self._life, self._life.today
        for one in (chosen := self._choose("away", 150)):
            last = day + timedelta(days=158)
            self._import("leave.zip", rosters.leave(one, "maternity", day, last))
            self._import("protection.zip", rosters.protection(one, "maternity", day, last))
            self._depart(one, AWAY)
        life.diary.note(day, f"{len(chosen)} 人休产假", f"{len(chosen)} on maternity leave")

    def replace_lead(self) -> None:
        """A team is led by somebody else; who led it at the launch finishes the quarter's reviews."""
        life, day = self._life, self._life.today
        leads = [one for one in self._there() if not companies.is_member(life.company, one)]
        lead = life.company.dice("replaced", day).choice([one for one in leads if not set(one.roles) - {"panel"}])
        team = [one for one in self._there() if one.superior == lead.username]
        successor = next(one for one in leads if one.department != lead.department)
        self._import("lead.zip", rosters.replacement(team, successor, day))
        for one in team:
            life.change(replace(one, superior=successor.username))
        if self._shifts:
            plain = [one for one in team if not set(one.roles) - {"panel"}]
            self._shifts.replace([one for one in plain if not self._rates(successor, one)], successor)
        life.diary.note(
            day, f"{lead.name.chinese} 的团队由 {successor.name.chinese} 接管", "a team gets another superior"
        )

    def _rates(self, lead: Employee, someone: Employee) -> bool:
        """Tell whether somebody rates another already, in whatever place, and so cannot do so as the superior too."""
        path = f"/api/reviews/{self._preparation.chapter.reviews[someone.username]}/raters"
        found = self._life.product.ask(self._preparation.officer_for(someone.username), "GET", path)["items"]
        return lead.username in {someone.dotted, *(one["rater"] for one in found)}

    def lower_targets(self) -> None:
        """In a downturn many of those who sell get a lower target, and sign again (E-31)."""
        chapter = self._preparation.chapter
        able = [one for one in self._there() if one.family == SELLING and one.username in chapter.signed]
        sellers = [one for one in able if companies.is_member(self._life.company, one) and not one.roles]
        if self._shifts and sellers:
            chosen = sellers[: self._few(100) + 1]
            head = self._life.company.head_of(chosen[0].department)
            self._shifts.lower(chosen, head.superior)

    def dismiss(self, someone: Employee) -> None:
        """Let somebody go whose contract is over: after an exit review that was served."""
        life, day = self._life, self._life.today
        self._import("dismissal.zip", rosters.departure(someone, day - timedelta(days=1)))
        self._depart(someone, LEFT)
        life.left.append(someone)
        life.diary.note(day, f"{someone.name.chinese} 的合同到期解除", f"the contract of {someone.username} is over")

    def rest(self, someone: Employee) -> None:
        """Somebody has been ill for weeks, and will be: not rated in the quarters that this touches (E-16)."""
        life = self._life
        life.rested.add(someone.username)
        life.gone.add(someone.username)
        self._close(someone, AWAY, [one for one in life.diary.chapters if not one.year])

    def excuse_leavers(self, asked: Preparation | None = None) -> None:
        """Excuse those who have left from rating others, in this quarter or elsewhere: absent, never zero (E-06)."""
        asked = asked or self._preparation
        for one in self._life.left:
            for appraisee in asked.rated_by.get(one.username, ()):
                if appraisee not in asked.chapter.closed:
                    self._excuse(one, asked.chapter.reviews[appraisee], appraisee)

    def _excuse(self, rater: Employee, review: str, appraisee: str) -> None:
        officer, product = self._preparation.officer_for(appraisee), self._life.product
        path = f"/api/reviews/{review}/raters"
        (found,) = (one for one in product.ask(officer, "GET", path)["items"] if one["rater"] == rater.username)
        product.ask(officer, "POST", f"/api/raters/{found['key']}/excuse", {"reason": "已离职"})

    def _depart(self, someone: Employee, reason: str) -> None:
        """Close somebody's reviews that are not over, whose processes end with them; a released result stays."""
        self._life.gone.add(someone.username)
        self._life.diary.left[someone.username] = self._life.today
        self._close(someone, reason, self._life.diary.chapters)

    def _close(self, someone: Employee, reason: str, chapters: Sequence[Chapter]) -> None:
        life, officer = self._life, self._preparation.officer_for(someone.username)
        for chapter in chapters:
            key = chapter.reviews.get(someone.username)
            if key is None or someone.username in chapter.closed:
                continue
            state = life.product.ask(officer, "GET", f"/api/reviews/{key}")["state"]
            if state in OVER:
                continue
            life.product.ask(officer, "POST", f"/api/reviews/{key}/closing", {"reason": reason})
            if state != RELEASED:
                chapter.closed[someone.username] = reason

    def _import(self, name: str, content: bytes) -> None:
        self._life.product.bring(self._preparation.officer, "/api/people/import", name, content)

    def _choose(self, what: str, of: int) -> list[Employee]:
        """Choose members to whom something happens, one in `of`."""
        able = [
            one
            for one in self._there()
            if companies.is_member(self._life.company, one) and not one.roles and one.username not in self._life.bound
        ]
        return self._life.company.dice(what, self._life.today).sample(able, min(len(able), self._few(of)))

    def _there(self) -> Sequence[Employee]:
        life = self._life
        there = set(self._preparation.chapter.open) - life.gone
        return [one for one in life.company.reviewed if one.username in there]

    def _few(self, of: int) -> int:
        return max(1, len(self._life.company.staff) // of)
