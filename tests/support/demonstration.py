"""The demo company at work: tasks completed by those who hold them, on the shipped processes and forms."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from databases import SECRET, bound
from memory import Memory, remembered
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine.reviews.operations  # noqa: F401 - the diagrams call them by name
from engine import clock, db, identity
from engine.bpmn import deployments, tasks
from engine.bpmn.deployments import Resource
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.identity import SYSTEM
from engine.reviews import demo
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Cycle, PanelMember, Person, Review, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.release import results
from engine.reviews.rulebook import templates
from engine.reviews.scores import actuals
from engine.reviews.walks.acts import fire_due
from engine.settings import ROOT

DEPLOYABLE = (".bpmn", ".dmn", ".form")
ACTUALS = (ROOT / "processes" / "review" / "actuals-2025-q3.csv").read_bytes()
TARGETS = {
    "sales_revenue": "500",
    "new_customers": "20",
    "renewal_rate": "85%",
    "timely_payment": "95%",
    "marketing_roi": "1:5",
    "lead_conversion": "100",
}
RATINGS = {
    "self": {
        "customer_satisfaction": Decimal("2.5"),
        "collaboration": Decimal("4.5"),
        "strategy_execution": Decimal(3),
        "innovation_adopted": Decimal("4.5"),
    },
    "superior": {
        "customer_satisfaction": Decimal("4.5"),
        "collaboration": Decimal(5),
        "strategy_execution": Decimal(5),
        "innovation_adopted": Decimal("2.5"),
    },
    "chen.jing": {"collaboration": Decimal("2.5")},
    "liu.yang": {"collaboration": Decimal("3.5")},
}
MINUTES = {"strengths": "客户续约", "gaps": "跨部门协作", "evidence": "续约率 88%", "plan": "每周例会"}


def bound_to(directory: Path) -> AbstractContextManager[db.Database]:
    """Bind this process to the demo company's database in a directory."""
    return bound(f"sqlite:///{directory / 'demo.sqlite'}", directory, REVIEWFLOW_SECRET_KEY=SECRET)


class Demonstration:
    """The demo company on the bound database, and the memory of what was done with it on databases like it."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory

    def prepare(self) -> None:
        """Deploy what is shipped and create the company with its drafted cycle."""
        with db.transaction() as session:
            clock.pin(session, datetime(2025, 9, 22, 1, 0, tzinfo=UTC))
            deployments.deploy(session, deployments.read(_shipped(), by=SYSTEM), by=SYSTEM)
            demo.create(session)

    @remembered
    def publish(self) -> None:
        """Let HR publish the corrected rules and choose them for the cycle."""
        with db.transaction() as session:
            by = identity.identity_of(session, demo.OFFICER)
            newest = session.scalars(select(TemplateVersion).order_by(TemplateVersion.version.desc())).first()
            assert newest is not None
            templates.publish(session, newest.key, by=by)
            cycles.use_template(session, self.cycle(session), newest.key, by=by)

    @remembered
    def launch(self) -> None:
        """Launch the cycle on the corrected rules."""
        self.publish()
        with db.transaction() as session:
            cycles.launch(session, self.cycle(session), by=identity.identity_of(session, demo.OFFICER))

    def cycle(self, session: Session) -> Cycle:
        """Find the cycle."""
        return cycles.labelled(session, demo.LABEL)

    def review(self, session: Session, username: str = "zhang.wei") -> Review:
        """Find somebody's review."""
        return reviews.of_person(session, self.cycle(session), people.named(session, username))

    def task(self, session: Session, element: str, by: str, appraisee: str = "zhang.wei") -> UserTask:
        """Find the open task of an element in somebody's case that `by` may complete."""
        open_tasks = (
            select(UserTask)
            .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
            .where(
                UserTask.element_id == element,
                UserTask.state == TaskState.CREATED,
                tasks.visible_to(identity.identity_of(session, by)),
                ProcessInstance.business_id == str(self.review(session, appraisee).key),
            )
        )
        return session.scalars(open_tasks).one()

    @remembered
    def do(self, by: str, element: str, appraisee: str = "zhang.wei", **answers: Any) -> None:
        """Complete a task as the form would be sent: rows in the order in which it shows them."""
        with db.transaction() as session:
            who = identity.identity_of(session, by)
            task = self.task(session, element, by, appraisee)
            shown = tasks.paper(session, task.key, by=who).variables
            filled = {name: _rows(value, shown.get(name)) for name, value in answers.items()}
            tasks.complete(session, task.key, by=who, variables=filled)

    @remembered
    def agree_on_targets(self, appraisee: str = "zhang.wei") -> None:
        """Draft, review, approve and sign the targets of W-01."""
        self.do(appraisee, "draft_targets", appraisee, targets=column("target", TARGETS))
        self.do("li.na", "review_targets", appraisee, decision="approve")
        self.do("wang.qiang", "approve_targets", appraisee, decision="approve")
        self.do(appraisee, "sign_targets", appraisee, outcome="signed", confirmed=True)

    @remembered
    def import_actuals(self, by: str = "zhao.min", content: bytes = ACTUALS) -> None:
        """Import the actual values."""
        with db.transaction() as session:
            actuals.import_csv(session, self.cycle(session), content, by=identity.identity_of(session, by))

    @remembered
    def rate(self, appraisee: str = "zhang.wei", skipping: tuple[str, ...] = ()) -> None:
        """Confirm the actual values and give the ratings of issue 2, but for those who are skipped."""
        self.do("sun.lei", "confirm_actuals", appraisee, decision="confirm")
        by_task = {
            "self_evaluation": {appraisee: RATINGS["self"]},
            "superior_evaluation": {"li.na": RATINGS["superior"]},
            "cross_evaluation": {name: RATINGS[name] for name in ("chen.jing", "liu.yang")},
        }
        for element, given in by_task.items():
            for username, ratings in given.items():
                if username not in skipping:
                    self.do(username, element, appraisee, ratings=column("rating", ratings))

    @remembered
    def release(self, left_out: tuple[str, ...] = ("he.ping", "xu.lan", "ma.chao")) -> None:
        """Release the results, leaving some out."""
        with db.transaction() as session:
            withheld = {self.review(session, name).key: "评价未完成" for name in left_out}
            by = identity.identity_of(session, demo.OFFICER)
            results.release(session, self.cycle(session), by=by, left_out=withheld)

    @remembered
    def interview(self, answer: str = "objected") -> None:
        """Hold the interview and sign the result."""
        self.do("li.na", "hold_interview", heldOn="2025-09-22", **MINUTES)
        self.do("zhang.wei", "confirm_minutes", confirmed=True)
        remark = {"remark": "协作评分偏低"} if answer == "objected" else {}
        self.do("zhang.wei", "sign_result", answer=answer, **remark)

    def called(self, session: Session) -> list[str]:
        """List the accounts of those who are called to the panel, the chair's first."""
        drawn = select(Person.username).join(PanelMember, PanelMember.person_key == Person.key)
        return list(session.scalars(drawn.order_by(PanelMember.place)))

    def seat_panel(self) -> list[str]:
        """Let the drawn panel declare and sit, without objections; return the accounts, the chair's first."""
        with db.reading() as session:
            names = self.called(session)
        for name in names:
            self.do(name, "declare_conflict", conflict="no")
        for party in ("zhang.wei", "li.na"):
            self.do(party, "challenge_panel", members={})
        return names

    @remembered
    def exchange(self, chair: str, item: str) -> None:
        """Let both sides say theirs about an indicator, and the chair have the case heard on the papers."""
        self.do("li.na", "produce_basis", bases=column("text", {item: "按记录评分"}))
        self.do("zhang.wei", "comment_basis", text="记录不全")
        self.do(chair, "prepare_hearing", mode="written", reason="事实均有书面记录")

    @remembered
    def pass_time(self, span: timedelta) -> None:
        """Move the clock and fire the timers that are due by then."""
        with db.transaction() as session:
            clock.pin(session, clock.now(session) + span)
        fire_due()


def column(name: str, values: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Answer one column of a list by indicator."""
    return {indicator: {name: value} for indicator, value in values.items()}


def _rows(answer: Any, shown: Any) -> Any:
    if not isinstance(answer, dict) or not isinstance(shown, list):
        return answer
    name = "member" if shown and "member" in shown[0] else "indicator"
    return [{name: row[name], **answer.get(row[name], {})} for row in shown]


def _shipped() -> list[Resource]:
    files = [*(ROOT / "processes").rglob("*"), *(ROOT / "forms").glob("*")]
    return [Resource(file.name, file.read_bytes()) for file in files if file.suffix in DEPLOYABLE]
