"""What is written where something follows a result besides money: choices of a reward, and ability plans."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from simulation import almanac
from simulation.answers import Answers, Desk
from simulation.cases import Following
from simulation.rulebook import BANDS, ROOT

BOOK = ROOT / "processes" / "settlements" / "follow-ups.toml"
REWARD, ABILITY = "reward", "ability"
"""Of the shipped rules: who is excellent chooses a reward, who is good may practise what is weak (001)."""

MONTHS, COUNT = 1, 2
"""For how many months an ability plan runs, and how often something is practised: less than document 001 says."""

PLACES = 0.4
"""For how many of those who may have an ability plan HR has a place."""


def rules() -> list[dict[str, Any]]:
    """Read the rules by which the company lets something follow."""
    shipped = tomllib.loads(BOOK.read_text(encoding="utf-8"))["follow_ups"]
    named = {one["id"]: one for one in shipped}
    less = [{**one, "count": COUNT} for one in named[ABILITY]["exercises"]]
    return [named[REWARD], {**named[ABILITY], "months": MONTHS, "exercises": less}]


GRADES = {REWARD: BANDS[0][1], ABILITY: BANDS[1][1]}
"""After which grade each follows."""


def following_of(desk: Desk) -> Following:
    """Find what a task belongs to: what HR confirms may have been proposed because an appeal changed the result."""
    rule = ABILITY if desk.shown["exercises"] else REWARD
    return desk.said.follow_ups.setdefault((desk.about.username, rule), Following())


def confirm(desk: Desk) -> Answers:
    """Confirm a choice of rewards; an ability plan while there are places."""
    if desk.shown["exercises"] and desk.dice().random() >= PLACES:
        return {"decision": "decline", "reason": "本季度名额已满"}
    return {"decision": "confirm", "reason": "等级已核对,规则适用"}


def choose(desk: Desk) -> Answers:
    """Choose one of what is offered."""
    return {"option": desk.dice().choice([one["value"] for one in desk.shown["options"]]), "motive": ""}


def write(_desk: Desk) -> Answers:
    """Say what in particular is practised."""
    return {"exercises": [{"note": "续约谈判,与大客户组对练"}]}


def agree(desk: Desk) -> Answers:
    """Agree, now and then only to the second draft."""
    returned = desk.task["asked"] == 1 and desk.dice().random() < 0.1
    return {"decision": "return" if returned else "confirm"}


def practise(desk: Desk) -> Answers:
    """Record what was practised today."""
    exercise = desk.shown["choices"][0]["value"]
    return {"exercise": exercise, "heldOn": almanac.day_of(desk.now).isoformat(), "note": "与同事对练,守住底价"}


def request(desk: Desk) -> Answers:
    """Ask for a second evaluation, or leave it."""
    return {"answer": "ask" if desk.dice().random() < 0.6 else "decline"}


def evaluate(desk: Desk) -> Answers:
    """Evaluate a second time: better, or as before."""
    return {"grade": desk.dice().choice([GRADES[REWARD], GRADES[ABILITY]]), "reasons": "对练记录完整"}


WRITE: Mapping[str, Callable[[Desk], Answers | None]] = {
    "confirm_follow_up": confirm,
    "choose_option": choose,
    "write_ability_plan": write,
    "agree_ability_plan": agree,
    "record_practice": practise,
    "request_evaluation": request,
    "evaluate_again": evaluate,
}
"""What is written into the form of each task that follows a result, by its element."""


def note(desk: Desk, written: Answers) -> None:
    """Write down what was said of it, once the product has accepted it."""
    following = following_of(desk)
    match desk.task["elementId"]:
        case "confirm_follow_up":
            following.confirmed = written["decision"] == "confirm"
        case "choose_option":
            following.choice = written["option"]
        case "agree_ability_plan" if written["decision"] == "confirm":
            following.agreed = almanac.day_of(desk.now)
        case "record_practice":
            following.practised.append(almanac.day_of(desk.now))
        case "evaluate_again":
            following.again = written["grade"]
