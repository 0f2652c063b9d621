"""What happens to people while a cycle runs: some join, some leave, some go elsewhere, some are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from simulation import company as companies
from simulation import rosters
from simulation.company import Employee
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.terms import Term

LEFT = "离职,不评级"
AWAY = "产假,不评级"


class Staffing:
    """The comings and goings of one quarter; the fewer people, the fewer of each."""

    def __init__(self, life: Life, term: Term, preparation: Preparation) -> None:
        self._life = life
        self._term = term
        self._preparation = preparation
        self._left: list[Employee] = []
        self.newcomers: list[Employee] = []
        """Those who came after the cut-off."""

    def join(self) -> None:
        """Some join after the cut-off: they have no review in this quarter (E-13)."""
        life = self._life
        joined = companies.recruit(life.company, self._few(40), life.today)
        ids = {one.username: one.employee_id for one in life.staff.values()}
        self._import("newcomers.zip", rosters.zipped(rosters.newcomers(joined, ids)))
        life.product.hand_out_passwords()
        life.join(joined)
        self.newcomers += joined
        life.diary.note(life.today, f"{len(joined)} 人入职(截止日之后)", f"{len(joined)} join after the cut-off")

    def transfer(self) -> None:
        """Some go to another department; their reviews stay with whoever led them at the launch (E-04)."""
        life, day = self._life, self._life.today
        chosen = self._choose("transfer", 50)
        for one in chosen:
            code = next(code for code in life.company.departments[1:] if code != one.department)
            lead = next(other for other in life.company.of(code) if not companies.is_member(life.company, other))
            self._import("transfer.zip", rosters.transfer(one, code, one.post, lead, day))
        life.diary.note(day, f"{len(chosen)} 人调岗", f"{len(chosen)} transferred")

    def leave(self) -> None:
        """Some leave the company: their reviews are closed, never rated (E-15)."""
        life, day = self._life, self._life.today
        chosen = self._choose("leave", 50)
        for one in chosen:
            self._import("departure.zip", rosters.departure(one, day))
            self._close(one, LEFT)
        self._left += chosen
        life.diary.note(day, f"{len(chosen)} 人离职", f"{len(chosen)} leave")

    def be_away(self) -> None:
        """Somebody is away for months, and protected: not rated, never the lowest grade (E-16, E-18)."""
        life, day = self._life, self._life.today
        for one in (chosen := self._choose("away", 150)):
            last = day + timedelta(days=158)
            self._import("leave.zip", rosters.leave(one, "maternity", day, last))
            self._import("protection.zip", rosters.protection(one, "maternity", day, last))
            self._close(one, AWAY)
        life.diary.note(day, f"{len(chosen)} 人休产假", f"{len(chosen)} on maternity leave")

    def replace_lead(self) -> None:
        """A team is led by somebody else; who led it at the launch finishes the quarter's reviews."""
        life, day = self._life, self._life.today
        leads = [one for one in self._there() if not companies.is_member(life.company, one)]
        lead = life.company.dice("replaced", day).choice([one for one in leads if not one.roles])
        team = [one for one in self._there() if one.superior == lead.username]
        successor = next(one for one in leads if one.department != lead.department)
        self._import("lead.zip", rosters.replacement(team, successor, day))
        life.diary.note(
            day, f"{lead.name.chinese} 的团队由 {successor.name.chinese} 接管", "a team gets another superior"
        )

    def excuse_leavers(self) -> None:
        """Excuse those who have left from rating others: absent, never zero (E-06)."""
        for one in self._left:
            for appraisee in self._preparation.rated_by.get(one.username, ()):
                if appraisee not in self._life.diary.closed:
                    self._excuse(one, appraisee)

    def _excuse(self, rater: Employee, appraisee: str) -> None:
        officer, product = self._preparation.officer, self._life.product
        path = f"/api/reviews/{self._life.diary.reviews[appraisee]}/raters"
        if appraisee == officer:
            officer = self._life.company.in_role("hr")[1].username
        (found,) = (one for one in product.ask(officer, "GET", path)["items"] if one["rater"] == rater.username)
        product.ask(officer, "POST", f"/api/raters/{found['key']}/excuse", {"reason": "已离职"})

    def _close(self, someone: Employee, reason: str) -> None:
        """Close somebody's review, whose process ends with it."""
        life, key = self._life, self._life.diary.reviews[someone.username]
        life.product.ask(self._preparation.officer, "POST", f"/api/reviews/{key}/closing", {"reason": reason})
        life.gone.add(someone.username)
        life.diary.closed[someone.username] = reason

    def _import(self, name: str, content: bytes) -> None:
        self._life.product.bring(self._preparation.officer, "/api/people/import", name, content)

    def _choose(self, what: str, of: int) -> list[Employee]:
        """Choose members to whom something happens, one in `of`."""
        able = [one for one in self._there() if companies.is_member(self._life.company, one) and not one.roles]
        return self._life.company.dice(what, self._life.today).sample(able, self._few(of))

    def _there(self) -> Sequence[Employee]:
        life = self._life
        return [
            one
            for one in life.company.reviewed
            if one.username in life.diary.reviews and one.username not in life.diary.closed
        ]

    def _few(self, of: int) -> int:
        return max(1, len(self._life.company.staff) // of)
