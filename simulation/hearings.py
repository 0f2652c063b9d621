"""What is written in the course of an appeal: by both sides, by HR, by the members of a panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulation import almanac
from simulation.answers import Answers, Desk
from simulation.cases import Dispute, Fate
from simulation.company import Employee

SUPERIOR = "superior"
HIGHEST = 5.0
A_STEP = 1.0
"""By how much a panel or a superior raises a rating."""

UNHEARD = "unheard"
"""How an appeal ends for which nobody can be found."""

VOTED = {Fate.CORRECTED: "corrected", Fate.REEVALUATED: "reevaluated", Fate.ANNULLED: "annulled"}


def dispute_of(desk: Desk) -> Dispute:
    """Find the appeal that a task belongs to."""
    return desk.said.appeals[desk.about.username]


def rated(desk: Desk) -> Mapping[str, str]:
    """Give what the superior rates the appellant, by indicator."""
    given = desk.said.ratings[desk.about.username]
    return next(ratings for (group, _), ratings in given.items() if group == SUPERIOR)


def decide_late(desk: Desk) -> Answers:
    """Let an appeal in that came late, or not."""
    return {"admitted": desk.dice().random() < 0.6, "reason": "出差的行程单已核对"}


def admit(desk: Desk) -> Answers:
    """Reject what has no grounds, give back once in a while what is incomplete, admit the rest."""
    fate = dispute_of(desk).fate
    if fate is Fate.REJECTED:
        return {"admission": "rejected", "reason": "未提出可审查的理由"}
    if desk.task["asked"] == 1 and desk.dice().random() < 0.15:
        return {"admission": "returned", "reason": "请写明哪一项评分"}
    return {"admission": "admitted", "attempt": fate is Fate.SETTLED or desk.dice("attempt").random() < 0.2}


def cure(_desk: Desk) -> Answers:
    """Say more exactly what is in dispute."""
    return {"text": "争议的是列出的各项评分"}


def offer(desk: Desk) -> Answers:
    """Offer other ratings, where one is minded to."""
    if dispute_of(desk).fate is not Fate.SETTLED:
        return {"offered": False}
    return {"offered": True, "text": "重新核对记录后更正", "corrections": raised(desk, desk.shown["corrections"])}


def raised(desk: Desk, rows: list[Any]) -> list[Any]:
    """Raise the ratings in dispute by a step; leave the others as they are."""
    before, disputed = rated(desk), dispute_of(desk).items
    return [
        {**row, "rating": min(HIGHEST, float(before[row["indicator"]]) + A_STEP)}
        if row["indicator"] in disputed
        else row
        for row in rows
    ]


def answer_offer(desk: Desk) -> Answers:
    """Accept what one can live with."""
    return {"accepted": dispute_of(desk).fate is Fate.SETTLED}


def produce_basis(desk: Desk) -> Answers | None:
    """Produce the basis of each score; a side that has none says nothing."""
    if dispute_of(desk).fate is Fate.REEVALUATED:
        return None
    return {"bases": [{**row, "text": "周例会记录与客户回访"} for row in desk.shown["bases"]]}


def comment(_desk: Desk) -> Answers:
    """Comment on it."""
    return {"text": "记录不完整,另有书面材料"}


def declare(desk: Desk) -> Answers:
    """Declare that there is no conflict, or once in a while one."""
    if desk.dice(desk.said.label).random() < 0.12:
        return {"conflict": "yes", "statement": "与当事人有共同投资"}
    return {"conflict": "no"}


def challenge(desk: Desk) -> Answers:
    """Object to a member once in a while."""
    rows = desk.shown["members"]
    if desk.dice().random() < 0.15:
        rows = [{**rows[0], "reason": "曾公开评论此案"}, *rows[1:]]
    return {"members": rows}


def decide_motion(desk: Desk) -> Answers:
    """Grant a motion or deny it."""
    granted = desk.dice(desk.shown["memberName"]).random() < 0.5
    return {"decision": "grant" if granted else "deny", "reason": "理由成立" if granted else "与本案无关"}


def name_outsiders(desk: Desk) -> Answers:
    """Name from outside as many as are missing, of as many departments as possible."""
    called = desk.look(f"/api/appeals/{dispute_of(desk).key}/panel")["members"]
    departments = {desk.company.called(one["member"]).department for one in called if one["state"] != "excluded"}
    names = {one["value"] for one in desk.shown["candidates"]} - desk.absent
    there = [one for one in desk.company.staff if one.username in names]
    there.sort(key=lambda one: ("hr" in one.roles, desk.dice(one.username).random()))
    named: list[Employee] = []
    while there and len(named) < int(desk.shown["missing"]):
        chosen = next((one for one in there if one.department not in departments), there[0])
        there.remove(chosen)
        named.append(chosen)
        departments.add(chosen.department)
    if len(named) < int(desk.shown["missing"]) or len(departments) == 1:
        return {"decision": "impossible", "reason": "已无人可请"}
    return {"decision": "named", "members": [one.username for one in named], "reason": "库里的人已用完"}


def prepare(desk: Desk) -> Answers:
    """Hear the case in a room or on the papers."""
    if desk.dice().random() < 0.5:
        return {"mode": "written", "reason": "事实均有书面记录"}
    held_on = almanac.workday_after(almanac.day_of(desk.now), 1)
    return {"mode": "hearing", "heldOn": held_on.isoformat(), "place": "三号会议室"}


def hold(_desk: Desk) -> Answers:
    """Write the minutes of the hearing."""
    return {"minutes": "双方到场,各自陈述"}


def vote(desk: Desk) -> Answers:
    """Vote, mostly as the case goes."""
    dispute, dice = dispute_of(desk), desk.dice(desk.said.label)
    verdict = VOTED.get(dispute.fate, "upheld")
    if dice.random() < 0.2:
        verdict = dice.choice(["upheld", "reevaluated"])
    return {"verdict": verdict, "reasons": "以书面记录为准"}


def deliberate(_desk: Desk) -> Answers:
    """Write down what was said between the members."""
    return {"minutes": "各成员说明了理由"}


def write_decision(desk: Desk) -> Answers:
    """Write the decision that the votes come to, with the ratings that it corrects."""
    decision: Answers = {"reasons": "以书面记录为准,多数意见如上"}
    if desk.shown["verdict"] == Fate.CORRECTED:
        decision["corrections"] = raised(desk, desk.shown["corrections"])
    return decision


def name_rater(desk: Desk) -> Answers:
    """Name somebody who is there, rather one who leads others."""
    names = {one["value"] for one in desk.shown["candidates"]} - desk.absent
    there = [one for one in desk.company.staff if one.username in names]
    led = {one.superior for one in desk.company.staff}
    return {"rater": max(there, key=lambda one: (one.username in led, desk.dice(one.username).random())).username}


def rate_again(desk: Desk) -> Answers:
    """Rate what is in dispute, as somebody who looks at it for the first time."""
    dice = desk.dice()
    rows = [
        {**row, "rating": min(HIGHEST, max(1.0, round(8 * desk.about.skill + dice.gauss(0, 1)) / 2))}
        for row in desk.shown["ratings"]
    ]
    return {"ratings": rows, "reason": "按原始记录评分"}


WRITE: Mapping[str, Callable[[Desk], Answers | None]] = {
    "decide_late": decide_late,
    "admit_appeal": admit,
    "cure_appeal": cure,
    "offer_settlement": offer,
    "answer_offer": answer_offer,
    "produce_basis": produce_basis,
    "comment_basis": comment,
    "declare_conflict": declare,
    "challenge_panel": challenge,
    "decide_motion": decide_motion,
    "name_outsiders": name_outsiders,
    "prepare_hearing": prepare,
    "hold_hearing": hold,
    "cast_vote": vote,
    "vote_instead": vote,
    "deliberate": deliberate,
    "write_decision": write_decision,
    "name_rater": name_rater,
    "rate_again": rate_again,
}
"""What is written into the form of each task of an appeal, by its element."""


def note(desk: Desk, written: Answers) -> None:
    """Write down what was said in an appeal, once the product has accepted it."""
    dispute = dispute_of(desk)
    match desk.task["elementId"]:
        case "declare_conflict":
            (dispute.conflicted if written["conflict"] == "yes" else dispute.free).add(desk.who.username)
        case "produce_basis":
            dispute.silent = False
        case "cast_vote" | "vote_instead":
            dispute.votes[desk.who.username] = written["verdict"]
        case "write_decision":
            dispute.ended = desk.shown["verdict"]
            dispute.given = _changed(written.get("corrections", []))
        case "rate_again":
            dispute.given = _changed(written["ratings"])
        case _:
            _note_without_panel(desk, dispute, written)


def _note_without_panel(desk: Desk, dispute: Dispute, written: Answers) -> None:
    """Write down how an appeal ends before a panel hears it."""
    match desk.task["elementId"]:
        case "decide_late" if not written["admitted"]:
            dispute.ended = Fate.REJECTED
        case "admit_appeal":
            dispute.looked_at = True
            if written["admission"] == "rejected":
                dispute.ended = Fate.REJECTED
        case "offer_settlement" if written["offered"]:
            dispute.offered = _changed(written["corrections"])
        case "answer_offer" if written["accepted"]:
            dispute.ended, dispute.given = Fate.SETTLED, dispute.offered
        case "name_outsiders":
            dispute.named |= set(written.get("members", ()))
            if written["decision"] == "impossible":
                dispute.ended = UNHEARD


def _changed(rows: list[Any]) -> dict[str, str]:
    return {row["indicator"]: str(row["rating"]) for row in rows if row.get("rating") is not None}
