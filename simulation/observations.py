"""What is written in the course of an improvement plan, and of the exit review that may follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from simulation import almanac
from simulation.answers import Answers, Desk
from simulation.cases import Course, End, Exit, Training
from simulation.company import Employee, is_member

NOTICE = timedelta(days=31)
"""How many days after its service a notice lets the contract end: the law asks for thirty."""


LAST = 3
"""The number of a year's last quarter, whose plans are short: the year waits for them."""

REACHED = (End.PASSED, End.TRANSFERRED, End.FAILED, End.EXTENDED, End.FAILED, End.DISMISSED)
ENDS = (End.FAILED, End.EARLY, End.FAILED, *REACHED)
EXITS = (Exit.SERVED, Exit.KEPT, Exit.SERVED, Exit.STOPPED)


def course_of(desk: Desk) -> Course:
    """Find the plan that a task belongs to; at the first one, make up one's mind about it."""
    chapter, name = desk.said, desk.about.username
    if name not in chapter.plans:
        dice = desk.company.dice(name, chapter.label, "plan")
        end, exit_ = _foreseen(desk)
        chapter.plans[name] = Course(end=end, exit=exit_, unwilling=dice.random() < 0.15)
    return chapter.plans[name]


def _foreseen(desk: Desk) -> tuple[End, Exit]:
    """Take the ends in turn, so that few people see them all; in each quarter one goes who leads nobody."""
    chapter = desk.said
    number = len(chapter.plans) + chapter.number
    if not is_member(desk.company, desk.about):
        exit_ = EXITS[number % len(EXITS)]
        return ENDS[number % len(ENDS)], Exit.KEPT if exit_ is Exit.SERVED else exit_
    if not any(one.exit is Exit.SERVED for one in chapter.plans.values()):
        return End.FAILED, Exit.SERVED
    return ENDS[number % len(ENDS)], Exit.STOPPED


def today(desk: Desk) -> date:
    """Tell which day it is."""
    return almanac.day_of(desk.now)


def state(_desk: Desk) -> Answers:
    """State what one saw while one led the appraisee."""
    return {"statement": "任内多次提醒,目标与支持均已说明"}


def confirm(desk: Desk) -> Answers | None:
    """Open the plan, or dismiss it; who is away is waited for."""
    if desk.about.username in desk.absent:
        return None
    if course_of(desk).end is End.DISMISSED:
        return {"decision": "dismiss", "reason": "当季区域调整,另行安排"}
    return {"decision": "open", "targetsReasonable": True, "reason": "目标合理,支持到位"}


def write(desk: Desk) -> Answers:
    """Write objectives, and name a mentor who will still be there."""
    objective = {"objective": "回款及时率 95%", "measure": "财务月报", "support": "每周回款清单"}
    months = 1 if desk.said.number == LAST else desk.dice("months").choice((1, 1, 2, 3))
    return {
        "objectives": [objective],
        "mentor": _steady(desk, desk.shown["candidates"]).username,
        "training": "回款管理两天课程",
        "months": str(months),
    }


def _steady(desk: Desk, offered: list[dict[str, str]]) -> Employee:
    """Choose somebody of those offered who stays: one who leads others, of HR nobody, for HR decides."""
    names = {one["value"] for one in offered} - desk.absent
    led = {one.superior for one in desk.company.staff}
    there = [one for one in desk.company.staff if one.username in names and "hr" not in one.roles]
    return max(there, key=lambda one: (one.username in led, desk.dice("mentor", one.username).random()))


def talk(desk: Desk) -> Answers:
    """Write the minutes of the talk."""
    return {"heldOn": today(desk).isoformat(), "minutes": "逐项说明目标与支持"}


def sign(desk: Desk) -> Answers | None:
    """Sign, say no, or leave it lying."""
    if course_of(desk).unwilling:
        return None
    return {"accepted": desk.dice().random() < 0.8}


def note_week(_desk: Desk) -> Answers:
    """Write the week's note."""
    return {"note": "核对回款清单,陪访两次"}


def replace_mentor(desk: Desk) -> Answers:
    """Name another mentor."""
    return {"mentor": _steady(desk, desk.shown["candidates"]).username}


def check_in(_desk: Desk) -> Answers:
    """Write what was talked over in two weeks."""
    return {"note": "两周目标已对照,支持照旧"}


def formal_point(desk: Desk) -> Answers:
    """Hold a formal point; some pass at the first."""
    return {"note": "对照目标逐项检查", "support": "", "earlyPass": course_of(desk).end is End.EARLY}


def train(desk: Desk) -> Answers:
    """Record the training that was given, at times only at the second date."""
    attended = desk.task["asked"] > 1 or desk.dice().random() < 0.8
    return {
        "course": "回款管理",
        "provider": "培训学院",
        "trainer": "冯老师",
        "hours": "12",
        "heldOn": today(desk).isoformat(),
        "attended": attended,
        "test": "82 分" if attended else "",
    }


def judge(desk: Desk) -> Answers:
    """Write what was reached of each objective."""
    return {"findings": "回款及时率 88%" if course_of(desk).end is End.FAILED else "回款及时率 96%"}


def assess(desk: Desk) -> Answers:
    """Decide how the plan ends; who is to be extended passes afterwards."""
    course = course_of(desk)
    if course.end is End.EXTENDED and not course.extended:
        return {"outcome": "extended", "reason": "再观察一个月"}
    if course.end is End.FAILED and _trained(course):
        return {"outcome": "failed", "reason": "培训之后仍未达到"}
    if course.end is End.TRANSFERRED:
        begins = today(desk) + timedelta(days=30)
        post = {"post": "客服专员", "beginsOn": begins.isoformat(), "terms": "新目标三个月;薪酬另议"}
        less = desk.task["asked"] == 1
        return {"outcome": "transferred", "reason": "更适合客服岗位", **post, "lessPay": less}
    return {"outcome": "passed", "reason": "目标均已达到"}


def _trained(course: Course) -> bool:
    return any(one.attended for one in course.trainings)


def consent(desk: Desk) -> Answers:
    """Agree to less pay, or not."""
    return {"agreed": desk.dice().random() < 0.5}


def check_exit(desk: Desk) -> Answers:
    """Let the exit go on to somebody outside the line, or stop it."""
    if course_of(desk).exit is Exit.STOPPED:
        return {"decision": "stop", "reason": "先安排转岗培训"}
    decider = _steady(desk, desk.shown["deciders"]).username
    points = {"decider": decider, "compensation": "两年,两个月工资"}
    return {"decision": "proceed", **points, "reason": "两次认定,其间有培训"}


def hear_union(_desk: Desk) -> Answers:
    """Say what the union thinks of it."""
    return {"opinion": "程序完整,请再核实培训记录"}


def decide_exit(desk: Desk) -> Answers:
    """Decide, as somebody outside the line."""
    ends = course_of(desk).exit is Exit.SERVED
    return {"decision": "end" if ends else "keep", "reason": "培训之后仍不能胜任" if ends else "另有合适岗位"}


def serve_notice(desk: Desk) -> Answers:
    """Serve the notice."""
    return {"servedOn": today(desk).isoformat(), "lastDay": (today(desk) + NOTICE).isoformat()}


WRITE: Mapping[str, Callable[[Desk], Answers | None]] = {
    "state_on_plan": state,
    "confirm_plan": confirm,
    "write_plan": write,
    "hold_plan_talk": talk,
    "sign_plan": sign,
    "mentor_note": note_week,
    "replace_mentor": replace_mentor,
    "plan_check_in": check_in,
    "formal_point": formal_point,
    "record_training": train,
    "judge_plan": judge,
    "assess": assess,
    "consent_transfer": consent,
    "check_exit": check_exit,
    "hear_union": hear_union,
    "decide_exit": decide_exit,
    "serve_notice": serve_notice,
}
"""What is written into the form of each task of a plan, by its element."""


def note(desk: Desk, written: Answers) -> None:
    """Write down what was done about a plan, once the product has accepted it."""
    course, day = course_of(desk), today(desk)
    match desk.task["elementId"]:
        case "confirm_plan" if written["decision"] == "dismiss":
            course.found = "dismissed", day
        case "write_plan":
            course.mentor, course.months = written["mentor"], int(written["months"])
        case "sign_plan":
            course.begun = day
        case "formal_point" if written["earlyPass"]:
            course.found = "passed", day
        case "record_training":
            course.trainings.append(Training(held_on=day, hours=written["hours"], attended=written["attended"]))
        case "assess":
            _note_outcome(course, written, day)
        case "consent_transfer" if written["agreed"]:
            course.found = "transferred", day
        case _:
            _note_exit(desk, course, written)


def _note_outcome(course: Course, written: Answers, day: date) -> None:
    if written["outcome"] == "extended":
        course.extended = True
    elif not written.get("lessPay"):
        course.found = written["outcome"], day


def _note_exit(desk: Desk, course: Course, written: Answers) -> None:
    day = today(desk)
    match desk.task["elementId"]:
        case "check_exit" if written["decision"] == "proceed":
            course.checked = day
        case "hear_union":
            course.heard = day
        case "decide_exit":
            course.decided = written["decision"], desk.who.username, day
        case "serve_notice":
            course.served = day, date.fromisoformat(written["lastDay"])
