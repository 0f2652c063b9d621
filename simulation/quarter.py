"""One quarter of the company, from the draft of its cycle to its close."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import func, select

from engine import db
from engine.bpmn.models import InstanceState, ProcessInstance
from engine.reviews.models import Review, ReviewState
from simulation import almanac, launching, probes, rulebook
from simulation.almanac import Notice
from simulation.disputes import Disputes
from simulation.figures import Figures
from simulation.guidance import Guidance
from simulation.invariants import Evidence
from simulation.life import Life
from simulation.payroll import Payroll
from simulation.preparation import Preparation
from simulation.product import ADMIN
from simulation.prospects import Prospects
from simulation.sessions import Sessions
from simulation.shifts import Shifts
from simulation.staffing import Staffing
from simulation.terms import Term

PRESSED_AFTER = 4
"""How many workdays after the ratings were due HR calls those who are still to rate."""

EMBARGO = 9
"""How many workdays after the sessions are convened all results are released."""

PUT_OFF = 2
"""By how many workdays the release is put off while a session goes on."""

LONGEST = 120
"""How many days after the quarter its reviews may last at most."""

A_DAY = timedelta(days=1)

DISPUTED = ("review", "appeal-arbitration")
"""The processes that are over before a cycle is closed; an improvement plan goes on beside the next ones."""


class Quarter:
    """The programme of one quarter: what happens on which day, and what happens once something else is done.

    Attributes:
        disputes: the appeals against its results, where people appeal.
        guidance: the improvement plans that its results open, where they open any.
        prospects: what else follows its results, where anything does.
        parent: the cycle of the year that it is a part of, where there is one.
        closed: whether its cycle is closed.
    """

    def __init__(self, life: Life, term: Term, *, contested: bool = False) -> None:
        self.life = life
        self.term = term
        self.preparation = Preparation(life, rulebook.load())
        self.staffing = Staffing(life, self.preparation, Shifts(life, self.preparation, term) if contested else None)
        self.figures = Figures(life, self.preparation)
        self.payroll = Payroll(life, self.preparation)
        self.disputes = Disputes(life, self.preparation) if contested else None
        self.guidance = Guidance(life, self.preparation, self.staffing) if contested else None
        self.prospects = Prospects(life, self.preparation) if contested else None
        self.sessions: Sessions | None = None
        self.parent: str | None = None
        self.closed = False
        self._cases: launching.Cases | None = None
        self._embargo: date | None = None

    def live(self) -> Iterator[date]:
        """Live the quarter alone, a day at a time, until its cycle is closed; give each day when it is over."""
        day, life = self.term.preparation, self.life
        life.product.set_clock(almanac.at(day, 9))
        self.found()
        while True:
            life.morning(day)
            self.act(day)
            life.work(day)
            if almanac.is_workday(day):
                probes.make(life)
            life.night(day)
            yield day
            if self._is_over() or day > self.term.last + LONGEST * A_DAY:
                break
            day += A_DAY
        self.close()

    def found(self) -> None:
        """Enter the company, with those who join it just before the launch."""
        self._cases = launching.cases(self.life.company, self.term, self.life.rested)
        self.life.join(self._cases.joined)
        self.preparation.install()

    def act(self, day: date) -> None:
        """Do what a day asks of those who run the quarter."""
        for deed in self._programme().get(day, ()):
            deed()
        if self.preparation.cycle:
            self._follow_up(day)
        if almanac.is_workday(day, self.life.diary.notices[-1]):
            if self.disputes:
                self.disputes.act(day)
            if self.guidance:
                self.guidance.act(day)
            if self.prospects:
                self.prospects.act()

    def evidence(self) -> Evidence:
        """Give what the invariants are told of it."""
        return Evidence(company=self.life.company, diary=self.life.diary)

    @property
    def quarters(self) -> list[Quarter]:
        """The quarters that were lived: this one."""
        return [self]

    def close(self) -> None:
        """Close the cycle; what an appeal corrected is paid before."""
        self.payroll.pay()
        if self.prospects:
            self.prospects.propose()
        officer, cycle = self.preparation.officer, self.preparation.cycle
        self.life.product.ask(officer, "POST", f"/api/cycles/{cycle}/closing")
        self.life.diary.note(self.life.today, f"{self.term.label} 周期关闭", f"the cycle {self.term.label} is closed")
        self.closed = True

    def is_answered(self) -> bool:
        """Tell whether every review of the cycle is over, its window for an appeal too, and every appeal."""
        over = Review.state.in_((ReviewState.SIGNED, ReviewState.CLOSED))
        left = select(func.count()).where(Review.cycle_key == int(self.preparation.cycle), ~over)
        runs = ProcessInstance.process_id.in_(DISPUTED), ProcessInstance.state == InstanceState.ACTIVE
        own = ProcessInstance.business_id.in_(self.preparation.chapter.reviews.values())
        waiting = select(func.count()).select_from(ProcessInstance).where(own, *runs)
        with db.reading() as session:
            return not session.scalar(left) and not session.scalar(waiting)

    def _programme(self) -> dict[date, list[Callable[[], None]]]:
        term, staff = self.term, self.staffing
        programme = {
            term.preparation: [self._prepare],
            term.launch: [self._launch],
            term.on(1, 15): [staff.join],
            term.on(2, 1): [staff.transfer],
            term.on(2, 5): [staff.lower_targets],
            term.on(2, 10): [staff.replace_lead],
            term.on(2, 15): [staff.leave, staff.be_away],
            term.figures: [self.figures.bring, staff.excuse_leavers],
            term.notice: [self._publish_late_notice],
        }
        if self._cases:
            programme[self._cases.away_until + A_DAY] = [self._come_back]
        return programme

    def _follow_up(self, day: date) -> None:
        """Do what depends on how far things are."""
        if not almanac.is_workday(day, self.life.diary.notices[-1]) or day <= self.term.figures:
            return
        self.figures.correct()
        self.payroll.act(day)
        if self.sessions is None:
            self._calibrate_once_rated(day)
        elif day == self._embargo:
            self.preparation.chapter.released_at = almanac.at(day, 9)
            self.life.diary.note(
                day, f"{self.term.label} 结果同时发布", f"all results of {self.term.label} are released"
            )
        elif not self.sessions.proposed:
            self.sessions.propose()
        elif self._embargo == almanac.workday_after(day, 1, self.life.diary.notices[-1]):
            self._put_off_where_sessions_go_on(self._embargo)

    def _prepare(self) -> None:
        life, term = self.life, self.term
        if self._cases is None:
            self._cases = launching.cases(life.company, term, life.gone | life.rested | life.bound)
            if self._cases.joined:
                self.preparation.welcome(self._cases.joined)
        away = self._cases.away
        self.preparation.send_on_leave(away, self._cases.away_from, self._cases.away_until)
        self.staffing.rest(away)
        relations = {"kind": "quarter", "templateDecision": "template-by-post", "cutOff": term.cut_off.isoformat()}
        if self.parent:
            relations["parentKey"] = self.parent
        self.preparation.draft(term.label, term.first, term.last, **relations)
        if self.guidance:
            self.guidance.choose_rules()
        self.preparation.enrol([one for one in life.company.reviewed if one.username not in life.gone or one == away])
        self.preparation.chapter.closed |= self._cases.unrated
        life.diary.note(
            term.preparation,
            f"{term.label} 导入组织、发布规则、起草周期",
            f"rules and cycle of {term.label} are entered",
        )

    def _come_back(self) -> None:
        if self._cases:
            self.life.gone.discard(self._cases.away.username)

    def _launch(self) -> None:
        self.preparation.launch()
        count, label = len(self.preparation.chapter.reviews), self.term.label
        self.life.diary.note(self.life.today, f"{label} 启动,{count} 人", f"{label} is launched for {count}")

    def _publish_late_notice(self) -> None:
        """Give a day off at short notice, and have people work on a Saturday for it (E-44)."""
        life, term = self.life, self.term
        life.product.set_clock(almanac.at(term.notice, 9, 30))
        before = life.diary.notices[-1]
        notice = Notice(life.product.now, before.days_off | {term.day_off}, before.workdays | {term.made_up})
        body = {
            "extraHolidays": [day.isoformat() for day in sorted(notice.days_off)],
            "extraWorkdays": [day.isoformat() for day in sorted(notice.workdays)],
            "note": "台风停工通知",
        }
        life.product.ask(self.preparation.officer, "POST", "/api/calendars/CN/versions", body)
        life.product.settle()
        life.diary.notices.append(notice)
        life.diary.note(term.notice, f"临时通知:{term.day_off} 停工", f"late notice: {term.day_off} is off")

    def _calibrate_once_rated(self, day: date) -> None:
        chapter = self.preparation.chapter
        waiting = [one for one in self.life.open_tasks() if one["cycle"] == chapter.label]
        if waiting or chapter.rejected:
            if day > almanac.workday_after(self.term.figures, PRESSED_AFTER + 8):
                self.life.pressed |= {one["who"] for one in waiting}
            return
        self.life.pressed.clear()
        self._embargo = almanac.workday_after(day, EMBARGO, self.life.diary.notices[-1])
        embargo = almanac.at(self._embargo, 9).isoformat()
        self.sessions = Sessions(self.life, self.preparation.cycle, chapter)
        self.sessions.convene(self.preparation.officer, embargo)
        self.sessions.probe()
        self.life.diary.note(day, f"{self.term.label} 召集校准会", f"calibration of {self.term.label} is convened")

    def _put_off_where_sessions_go_on(self, embargo: date) -> None:
        """Put the release off where a session is not approved on the eve: all results are released at one moment."""
        life, officer = self.life, self.preparation.officer
        if self.sessions is None or self.sessions.are_approved(officer):
            return
        self._embargo = almanac.workday_after(embargo, PUT_OFF, life.diary.notices[-1])
        until = {"until": almanac.at(self._embargo, 9).isoformat()}
        life.product.ask(officer, "PUT", f"/api/cycles/{self.preparation.cycle}/embargo", until)
        life.diary.note(life.today, f"校准未完,推迟到 {self._embargo} 发布", "the release is put off")

    def _is_over(self) -> bool:
        if self.preparation.chapter.released_at is None:
            return False
        return not self.life.product.search(ADMIN, "process-instances", state="ACTIVE")
