"""Vacancies over HTTP: who is recused after the panel sat loses the case, the vote and the chair; a reserve follows."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from rehearsed import Places
from sqlalchemy import select

from engine import clock, db
from engine.bpmn import tasks
from engine.bpmn.models import InstanceState, ProcessInstance, TaskState, UserTask
from engine.identity import SYSTEM, identity_of
from engine.reviews.models import (
    Appeal,
    AppealState,
    Leave,
    LeaveKind,
    Notice,
    PanelMember,
    PanelState,
    Person,
    Recusal,
    Verdict,
    Vote,
)
from engine.reviews.organisation import people
from engine.reviews.panels import vacancies
from engine.reviews.walks import acts

Client = Callable[[str], FlaskClient]
At = Callable[[str], Client]

VOTE = {"variables": {"verdict": "upheld", "reasons": "评分有据"}}
CORRECT = {"verdict": "corrected", "reasons": "有书面记录"}


@pytest.fixture
def voting(at: At) -> Client:
    """The review while its panel votes: zhou.jie (chair), lin.tao and wu.fang sit, lin.tao has voted."""
    return at("voting")


def goes_on_leave(name: str) -> None:
    """Record a leave from today, and look at the panel as the worker does each night."""
    with db.transaction() as session:
        today, person = clock.now(session).date(), people.named(session, name)
        session.add(Leave(person_key=person.key, kind=LeaveKind.SICK, valid_from=today))
    with db.transaction() as session:
        vacancies.look_again(session, session.scalars(select(Appeal.key)).one())


def holders() -> dict[str, list[str | None]]:
    """Tell who holds which open task of the appeal."""
    found: dict[str, list[str | None]] = {}
    with db.reading() as session:
        waiting = select(UserTask).where(UserTask.state == TaskState.CREATED)
        for task in session.scalars(waiting.order_by(UserTask.key)):
            found.setdefault(task.element_id, []).append(task.assignee)
    return found


def does(name: str, element: str, **answers: str) -> None:
    """Let somebody complete the own task."""
    with db.transaction() as session:
        own = select(UserTask.key).where(UserTask.element_id == element, UserTask.assignee == name)
        task = session.scalars(own.where(UserTask.state == TaskState.CREATED)).one()
        tasks.complete(session, task, by=identity_of(session, name), variables=answers)


def answers(name: str, element: str, variables: dict[str, Any]) -> None:
    """Let somebody complete an open task, their own or their group's."""
    with db.transaction() as session:
        task = session.scalars(
            select(UserTask.key).where(UserTask.element_id == element, UserTask.state == TaskState.CREATED)
        ).one()
        tasks.complete(session, task, by=identity_of(session, name), variables=variables)


def raised(name: str, rating: int) -> list[dict[str, Any]]:
    """Fill the rows of the chair's form with a rating each."""
    with db.reading() as session:
        task = session.scalars(
            select(UserTask.key).where(UserTask.assignee == name, UserTask.state == TaskState.CREATED)
        ).one()
        shown: Any = tasks.paper(session, task, by=identity_of(session, name)).variables["corrections"]
    return [{"indicator": row["indicator"], "rating": rating} for row in shown]


def takes_the_place(name: str) -> None:
    """Let the reserve declare, and the parties not object."""
    does(name, "declare_conflict", conflict="no")
    with db.transaction() as session:
        clock.pin(session, clock.now(session) + timedelta(days=7))
    acts.fire_due()


def test_who_goes_on_leave_loses_the_case_at_once_and_the_reserve_gets_the_vote(voting: Client) -> None:
    member = voting("wu.fang")
    listed: Any = member.get("/api/appeals").json
    path = f"/api/appeals/{listed['items'][0]['key']}"

    goes_on_leave("wu.fang")
    before = holders()
    takes_the_place("zheng.hao")

    assert member.get(path).status_code == 404
    assert before == {"cast_vote": ["zhou.jie", None], "declare_conflict": ["zheng.hao"]}
    assert holders() == {"cast_vote": ["zhou.jie", "zheng.hao"]}
    with db.reading() as session:
        told = session.scalars(select(Notice.kind).join(Person).where(Person.username == "zhao.min")).all()
        gone = session.scalars(select(PanelMember).where(PanelMember.state == PanelState.EXCLUDED)).one()
    assert (gone.exclusion, gone.chair, "panel-vacancy" in told) == (Recusal.AWAY, False, True)


def test_the_chair_passes_to_the_next_at_once_and_a_void_vote_stays_on_record(voting: Client) -> None:
    does("zhou.jie", "cast_vote", **VOTE["variables"])
    does("wu.fang", "cast_vote", **VOTE["variables"])

    goes_on_leave("zhou.jie")
    before = holders()
    hidden: Any = voting("wu.fang").get("/api/appeals").json
    case: Any = voting("wu.fang").get(f"/api/appeals/{hidden['items'][0]['key']}").json
    takes_the_place("zheng.hao")

    assert before == {"deliberate": ["lin.tao"], "declare_conflict": ["zheng.hao"]}
    assert {seat["member"]: seat["verdict"] for seat in case["panel"]} == {
        "lin.tao": None,
        "wu.fang": "upheld",
        "zheng.hao": None,
    }
    assert holders() == {"deliberate": ["lin.tao"], "vote_instead": ["zheng.hao"]}
    with db.reading() as session:
        assert len(session.scalars(select(Vote)).all()) == 3


@pytest.mark.parametrize("said", ["leave", "roster", "kin", "line"])
def test_whatever_hr_enters_takes_the_seat_at_once(voting: Client, places: Places, said: str) -> None:
    hr = voting("zhao.min")
    found: Any = hr.get("/api/people", query_string={"username": "wu.fang"}).json
    appellant: Any = hr.get("/api/people", query_string={"username": "zhang.wei"}).json
    with db.reading() as session:
        today = clock.now(session).date().isoformat()

    if said == "leave":
        leave = {"kind": "sick", "validFrom": today}
        answer = hr.post(f"/api/people/{found['items'][0]['key']}/leaves", json=leave)
    elif said == "roster":
        rows = f"employee_id,kind,valid_from\n{found['items'][0]['employeeId']},sick,{today}\n"
        file = {"file": (io.BytesIO(rows.encode()), "leaves.csv")}
        answer = hr.post("/api/people/import", data=file, content_type="multipart/form-data")
    elif said == "kin":
        kin = {"other": "zhang.wei", "relation": "表兄妹"}
        answer = voting("wu.fang").post(f"/api/people/{found['items'][0]['key']}/kinships", json=kin)
    else:
        line = {"superior": "wu.fang", "validFrom": today, "kind": "matrix"}
        answer = hr.put(f"/api/people/{appellant['items'][0]['key']}/superior", json=line)

    assert answer.status_code < 300, answer.json
    listed: Any = voting("wu.fang").get("/api/appeals").json
    assert listed["items"] == []
    assert holders() == {"cast_vote": ["zhou.jie", None], "declare_conflict": ["zheng.hao"]}


def test_who_is_recused_but_not_excluded_yet_is_refused_with_the_reason(voting: Client, places: Places) -> None:
    with db.transaction() as session:
        member = people.named(session, "wu.fang")
        session.add(Leave(person_key=member.key, kind=LeaveKind.SICK, valid_from=clock.now(session).date()))
        task = session.scalars(
            select(UserTask.key).where(UserTask.assignee == "wu.fang", UserTask.state == TaskState.CREATED)
        ).one()

    vote = voting("wu.fang").post(f"/v2/user-tasks/{task}/completion", json=VOTE)

    assert vote.status_code == 403
    assert "is away, and is recused" in str(vote.json)
    assert holders()["cast_vote"] == ["zhou.jie", "wu.fang"]


def test_e80_a_decision_that_would_lower_the_score_is_refused_with_the_place_and_the_task_stays(voting: Client) -> None:
    for name in ("zhou.jie", "wu.fang"):
        does(name, "cast_vote", verdict="corrected", reasons="按记录更正")
    does("zhou.jie", "deliberate", minutes="多数认为应更正")
    inbox: Any = voting("zhou.jie").post("/v2/user-tasks/search", json={"filter": {"state": "CREATED"}}).json
    key = inbox["items"][0]["userTaskKey"]
    with db.reading() as session:
        shown: Any = tasks.paper(session, int(key), by=identity_of(session, "zhou.jie")).variables["corrections"]
    lower = [{"indicator": row["indicator"], "rating": 1} for row in shown]

    answer: Any = voting("zhou.jie").post(
        f"/v2/user-tasks/{key}/completion", json={"variables": {"reasons": "按记录", "corrections": lower}}
    )

    assert answer.status_code == 400
    assert "The total would fall from" in str(answer.json["problems"])
    assert holders() == {"write_decision": ["zhou.jie"]}


@pytest.fixture
def lost(voting: Client) -> Client:
    """The panel after one has voted and all are away: the reserve has one, two are missing."""
    does("wu.fang", "cast_vote", **VOTE["variables"])
    with db.transaction() as session:
        for name in ("zhou.jie", "lin.tao", "wu.fang"):
            person = people.named(session, name)
            session.add(Leave(person_key=person.key, kind=LeaveKind.SICK, valid_from=clock.now(session).date()))
    with db.transaction() as session:
        vacancies.look_again(session, session.scalars(select(Appeal.key)).one())
    return voting


def test_e67_a_panel_that_is_lost_is_made_whole_from_outside_and_all_votes_are_cast_anew(lost: Client) -> None:
    before = holders()
    named = {"decision": "named", "members": ["deng.hui", "qian.li"], "reason": "库里的人都不在"}
    answers("zhao.min", "name_outsiders", named)
    does("deng.hui", "declare_conflict", conflict="no")
    does("qian.li", "declare_conflict", conflict="no")
    takes_the_place("zheng.hao")
    seated = {name: element for element, names in holders().items() for name in names}
    for name in ("zheng.hao", "deng.hui", "qian.li"):
        does(name, seated[name], **CORRECT)
    does("zheng.hao", "deliberate", minutes="三人一致")
    answers("zheng.hao", "write_decision", {"reasons": "有书面记录", "corrections": raised("zheng.hao", 5)})

    assert before == {"cast_vote": [None], "name_outsiders": [None]}
    with db.reading() as session:
        appeal = session.scalars(select(Appeal)).one()
        assert (appeal.state, appeal.verdict) == (AppealState.DECIDED, Verdict.CORRECTED)
        assert len(session.scalars(select(Vote)).all()) == 5
    assert holders() == {}


def test_e67_where_nobody_can_be_named_for_a_panel_that_sat_hr_ends_the_case_and_the_result_stands(
    lost: Client, places: Places
) -> None:
    said = {"decision": "impossible", "reason": "库外无人愿意参加"}

    answers("zhao.min", "name_outsiders", said)

    appellant: Any = lost("zhang.wei").get("/api/appeals").json
    result: Any = lost("zhang.wei").get(f"/api/reviews/{places.review}/result").json
    assert appellant["items"][0]["state"] == "lapsed"
    assert (result["version"], result["grade"]) == (1, "良好")
    assert holders() == {}
    with db.reading() as session:
        running = session.scalars(
            select(ProcessInstance.process_id).where(ProcessInstance.state == InstanceState.ACTIVE)
        ).all()
        told = session.scalars(select(Notice.kind).join(Person).where(Person.username == "zhang.wei")).all()
    assert running == []
    assert "appeal-lapsed" in told


def test_who_was_named_to_rate_again_and_cannot_is_replaced_by_hr(voting: Client) -> None:
    again = {"verdict": "reevaluated", "reasons": "由他人重评"}
    for name in ("zhou.jie", "wu.fang"):
        does(name, "cast_vote", **again)
    does("zhou.jie", "deliberate", minutes="由他人重评")
    does("zhou.jie", "write_decision", reasons="评价人与申诉人有争议")
    listed: Any = voting("zhao.min").get("/api/appeals").json
    path = f"/api/appeals/{listed['items'][0]['key']}/rater"
    early = voting("zhao.min").put(path, json={"person": "qian.li"})
    answers("zhao.min", "name_rater", {"rater": "deng.hui"})

    involved = voting("zhao.min").put(path, json={"person": "li.na"})
    other = voting("zhang.wei").put(path, json={"person": "qian.li"})
    named = voting("zhao.min").put(path, json={"person": "qian.li"})

    assert [one.status_code for one in (early, involved, other, named)] == [409, 422, 403, 204]
    assert holders() == {"rate_again": ["qian.li"]}


def test_nothing_happens_to_a_panel_whose_members_may_all_sit(voting: Client) -> None:
    with db.transaction() as session:
        gone = vacancies.check(session, session.scalars(select(Appeal)).one(), by=SYSTEM)

    assert gone == []
    assert holders() == {"cast_vote": ["zhou.jie", "wu.fang"]}
