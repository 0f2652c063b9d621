"""A unit of five whose results are computed, and the session that calibrates them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from engine import identity
from engine.bpmn import deployments
from engine.bpmn.files import Resource
from engine.identity import OPERATORS, SYSTEM, Identity, Membership
from engine.reviews import notices
from engine.reviews.cycle import cycles, reviews
from engine.reviews.models import Adjustment, Calibration, Cycle, Department, Review
from engine.reviews.organisation import employments, lines, people
from engine.reviews.rating import raters, ratings
from engine.reviews.release import adjustments, calibration, results
from engine.reviews.release.adjustments import Change
from engine.reviews.release.calibration import Guidance
from engine.reviews.scores import actuals
from engine.reviews.signing import targets
from engine.settings import ROOT

BANDS = ROOT / "processes" / "evaluation" / "grade-bands.dmn"
ADVICE = Guidance(shares={"优秀": "20", "良好": "70", "待改进": "10"})
RELEASE = datetime(2025, 10, 20, 1, 0, tzinfo=UTC)
VALUES = {
    "sales_revenue": ("500", "480"),
    "new_customers": ("20", "18"),
    "renewal_rate": ("85%", "88%"),
    "timely_payment": ("95%", "92%"),
    "marketing_roi": ("1:5", "1:4.2"),
    "lead_conversion": ("100", "50"),
}
LINE = {"dai": "gao", "sun": "dai", "tan": "sun", "ann": "sun", "bo": "sun", "en": "tan"}
"""Who reports to whom: dai leads the unit, gao is above; everybody below dai is appraised."""


@dataclass
class Room:
    """What happens in a session, in the words of those who sit in it."""

    session: Session
    cycle: Cycle
    unit: Department
    reviews: dict[str, Review] = field(default_factory=dict)
    held: Calibration = field(init=False)

    def act(self, username: str) -> Identity:
        return identity.identity_of(self.session, username)

    def person(self, username: str) -> people.Person:
        return people.named(self.session, username)

    def convene(self, chair: str = "dai", by: str = "hui", guidance: Guidance = ADVICE, **others: object) -> None:
        head = self.person(chair)
        self.held = calibration.convene(
            self.session, self.cycle, [self.unit], chair=head, guidance=guidance, by=self.act(by), **others
        )

    def propose(self, by: str, about: str, reason: str = "项目难度", **change: str) -> Adjustment:
        review, who = self.reviews[about], self.act(by)
        return adjustments.propose(self.session, self.held, review, Change(**change), reason=reason, by=who)

    def decide(self, adjustment: Adjustment, by: str = "dai", *, accepted: bool = True) -> None:
        adjustments.decide(self.session, adjustment, accepted=accepted, by=self.act(by))

    def send_back(self, about: str, by: str = "dai") -> None:
        review = self.reviews[about]
        calibration.send_back(self.session, self.held, review, reason="缺少案例", by=self.act(by))

    def lock(self, by: str = "dai") -> None:
        adjustments.lock(self.session, self.held, by=self.act(by))

    def approve(self, by: str = "gao") -> None:
        adjustments.approve(self.session, self.held, by=self.act(by))

    def release(self) -> bool:
        return adjustments.release(self.session, self.held)

    def result(self, about: str) -> tuple[int, str, str | None]:
        found = results.expected(self.session, self.reviews[about])
        return found.version, found.total, found.grade

    def compute(self, about: str) -> None:
        results.compute(self.session, self.reviews[about], by=SYSTEM)
        results.grade(self.session, self.reviews[about], "良好", total="87.68")

    def leaves(self, username: str, day: date) -> None:
        (spell,) = employments.spells_of(self.session, self.person(username).key)
        spell.valid_until = day

    def told(self, username: str) -> set[str]:
        return {one.kind for one in notices.of_person(self.session, by=self.act(username))}


@pytest.fixture
def launched(session, company, cycle, act):
    """The cycle launched with everybody below dai."""
    hired, hui = date(2024, 1, 1), act("hui")
    for number, name in enumerate(("gao", "tan", "bo", "en"), start=50):
        about = {"employee_id": f"E{number:03}", "username": name, "name": name, "department": "sales"}
        company[name] = people.hire(session, **about, employed_from=hired, by=SYSTEM)
    for below, above in LINE.items():
        lines.assign(session, company[below], company[above], valid_from=hired, by=SYSTEM)
    for name in ("sun", "tan", "bo", "en"):
        review = cycles.enrol(session, cycle, company[name], by=hui)
        for rater in ("pan", "shi"):
            raters.nominate(session, review, company[rater], group_id="cross", by=hui)
    bands = deployments.read([Resource(BANDS.name, BANDS.read_bytes())], by=SYSTEM)
    deployments.deploy(session, bands, by=SYSTEM)
    identity.register(session, "root", password=None, groups=frozenset({OPERATORS}))
    session.add(Membership(username="ou", group="hr"))
    session.flush()
    cycles.launch(session, cycle, by=hui)
    return cycle


@pytest.fixture
def room(session, launched, rate):
    """The unit, each with a result of 87.68, 良好; no session is convened yet."""
    made = Room(session, launched, people.department(session, "sales"))
    for name in ("ann", "bo", "tan", "sun", "en"):
        review = made.reviews[name] = reviews.of_person(session, launched, made.person(name))
        _measure(session, review, name, made.act)
        rate(review)
        made.compute(name)
    return made


@pytest.fixture
def rate(session, given, act):
    """What lets everybody rate somebody."""

    def give(review):
        appraisee, superior = (
            people.by_key(session, key).username for key in (review.appraisee_key, review.superior_key)
        )
        answers = {appraisee: given["ann"], superior: given["sun"], "pan": given["pan"], "shi": given["shi"]}
        for rater, (group, ratings_given) in answers.items():
            ratings.submit(session, review, group, ratings_given, by=act(rater))

    return give


@pytest.fixture
def held(room):
    """The session: dai chairs, sun and tan sit in it, hui keeps the record, gao approves."""
    room.convene(embargo=RELEASE)
    return room


@pytest.fixture
def locked(held):
    """The session locked after bo's total was raised to 90."""
    held.decide(held.propose("sun", "bo", total="90"))
    held.lock()
    return held


def _measure(session, review, appraisee, act):
    """Agree on the targets and confirm what was reached."""
    superior, second = (people.by_key(session, key) for key in (review.superior_key, review.second_superior_key))
    targets.draft(session, review, {name: target for name, (target, _) in VALUES.items()}, by=act(appraisee))
    targets.agree(session, review, by=act(superior.username))
    targets.approve(session, review, by=act(second.username))
    targets.sign(session, review, by=act(appraisee))
    for indicator, (_, actual) in VALUES.items():
        actuals.enter(session, review, indicator, actual, source="CRM", by=act("hui"))
    actuals.confirm(session, review, by=act("fan"))
