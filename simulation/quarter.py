"""One quarter of the company, from the import of its people to the close of its cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from simulation import almanac, probes, staffing
from simulation.almanac import Notice
from simulation.figures import Figures
from simulation.invariants import Evidence
from simulation.life import Life
from simulation.preparation import Preparation
from simulation.product import ADMIN
from simulation.sessions import Sessions
from simulation.staffing import Staffing
from simulation.terms import Term

PRESSED_AFTER = 4
"""How many workdays after the ratings were due HR calls those who are still to rate."""

EMBARGO = 9
"""How many workdays after the sessions are convened all results are released."""

LONGEST = 120
"""How many days after the quarter its reviews may last at most."""

EVALUATING = frozenset({"target-signoff", "evaluation"})


class Quarter:
    """The programme of one quarter: what happens on which day, and what happens once something else is done."""

    def __init__(self, life: Life, term: Term) -> None:
        self.life = life
        self.term = term
        self.preparation = Preparation(life, term)
        self.staffing = Staffing(life, term, self.preparation)
        self.figures = Figures(life, self.preparation)
        self.sessions: Sessions | None = None
        self._embargo: date | None = None

    def live(self) -> Iterator[date]:
        """Live the quarter, a day at a time, until its cycle is closed; give each day when it is over."""
        self._prepare()
        day = self.life.today
        while True:
            self.life.morning(day)
            for deed in self._programme().get(day, ()):
                deed()
            self._follow_up(day)
            self.life.work(day)
            if almanac.is_workday(day):
                probes.make(self.life, released=self.life.diary.released_at is not None)
            self.life.night(day)
            yield day
            if self._over() or day > self.term.last + timedelta(days=LONGEST):
                break
            day += timedelta(days=1)
        self._close()

    def evidence(self) -> Evidence:
        """Give what the invariants are told of it."""
        life, newcomers = self.life, tuple(one.username for one in self.staffing.newcomers)
        return Evidence(company=life.company, diary=life.diary, books=life.books, newcomers=newcomers)

    def _programme(self) -> dict[date, list[Callable[[], None]]]:
        term, staff = self.term, self.staffing
        return {
            term.launch: [self._launch],
            term.on(1, 15): [staff.join],
            term.on(2, 1): [staff.transfer],
            term.on(2, 15): [staff.leave, staff.be_away],
            term.on(3, 1): [staff.replace_lead],
            term.figures: [self.figures.bring, staff.excuse_leavers],
            term.notice: [self._publish_late_notice],
        }

    def _follow_up(self, day: date) -> None:
        """Do what depends on how far things are."""
        if not almanac.is_workday(day, self.life.diary.notices[-1]) or day <= self.term.figures:
            return
        self.figures.correct()
        if self.sessions is None:
            self._calibrate_once_rated(day)
        elif day == self._embargo:
            self.life.diary.released_at = almanac.at(day, 9)
            self.life.diary.note(day, "结果同时发布", "all results are released")
        elif len(self.sessions.convened) and not self.sessions.proposed:
            self.sessions.propose()

    def _prepare(self) -> None:
        life, term = self.life, self.term
        life.product.set_clock(almanac.at(term.preparation, 9))
        early = staffing.cut_off(life.company, term.launch)
        life.join(early)
        self.preparation.install()
        self.preparation.draft()
        self.preparation.enrol(life.company.reviewed)
        life.diary.note(term.preparation, "导入组织、发布规则、起草周期", "organisation, rules and cycle are entered")

    def _launch(self) -> None:
        self.preparation.launch()
        count = len(self.life.diary.reviews)
        self.life.diary.note(self.life.today, f"周期启动,{count} 人", f"the cycle is launched for {count}")

    def _publish_late_notice(self) -> None:
        """Give a day off at short notice, and have people work on a Saturday for it (E-44)."""
        life, term = self.life, self.term
        life.product.set_clock(almanac.at(term.notice, 9, 30))
        body = {
            "extraHolidays": [term.day_off.isoformat()],
            "extraWorkdays": [term.made_up.isoformat()],
            "note": "台风停工通知",
        }
        notice = Notice(life.product.now, frozenset({term.day_off}), frozenset({term.made_up}))
        life.product.ask(self.preparation.officer, "POST", "/api/calendars/CN/versions", body)
        life.product.settle()
        life.diary.notices.append(notice)
        life.diary.note(term.notice, f"临时通知:{term.day_off} 停工", f"late notice: {term.day_off} is off")

    def _calibrate_once_rated(self, day: date) -> None:
        waiting = [one for one in self.life.open_tasks() if one["processDefinitionId"] in EVALUATING]
        if waiting or self.figures.awaited():
            if day > almanac.workday_after(self.term.figures, PRESSED_AFTER + 8):
                self.life.pressed |= {one["who"] for one in waiting}
            return
        self._embargo = almanac.workday_after(day, EMBARGO, self.life.diary.notices[-1])
        embargo = almanac.at(self._embargo, 9).isoformat()
        self.sessions = Sessions(self.life, self.preparation.cycle)
        self.sessions.convene(self.preparation.officer, embargo)
        self.sessions.probe()
        self.life.diary.note(day, "召集校准会", "calibration sessions are convened")

    def _over(self) -> bool:
        if self.life.diary.released_at is None:
            return False
        return not self.life.product.search(ADMIN, "process-instances", state="ACTIVE")

    def _close(self) -> None:
        self.life.product.ask(self.preparation.officer, "POST", f"/api/cycles/{self.preparation.cycle}/closing")
        self.life.diary.note(self.life.today, "周期关闭", "the cycle is closed")
