"""Random committees: whatever people were to a party or did, nobody excluded is called, reads the case, or votes."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from sqlalchemy import delete, select

from engine import clock
from engine.errors import Forbidden
from engine.identity import SYSTEM, Identity, Membership
from engine.reviews import access
from engine.reviews.cases import panels, verdicts, votes
from engine.reviews.models import (
    Appeal,
    AppealState,
    CalibratedReview,
    Calibration,
    CalibrationMember,
    Cycle,
    CycleState,
    DeliberationNote,
    Delivery,
    Kinship,
    Line,
    PanelMember,
    PanelState,
    Person,
    Rater,
    Recusal,
    ReportingLine,
    Result,
    Review,
    ReviewState,
    Role,
    Seat,
    TargetDecision,
    TargetSheet,
    TargetState,
    Verdict,
    Vote,
)
from engine.reviews.organisation import people
from engine.reviews.panels import deliberations, draws, formations, motions, sight

POOL = 14
LIKELY = 0.07
"""How likely each relation is between somebody of the pool and a case."""


@dataclass
class World:
    """A pool of people, and what made-up cases they have a part in."""

    session: object
    template_key: int
    pool: list[Person]
    chance: random.Random = field(default_factory=random.Random)
    barred: dict[str, set[Recusal]] = field(default_factory=lambda: defaultdict(set))

    def case(self, number: int) -> Appeal:
        """Make up a case, and write down beside it who is barred from it and why."""
        self.barred.clear()
        appellant, superior = self.person(f"a{number}"), self.person(f"s{number}")
        cycle = self.add(
            Cycle(
                label=f"C{number}",
                starts_on=date(2025, 1, 1),
                ends_on=date(2025, 6, 30),
                template_key=self.template_key,
                state=CycleState.LAUNCHED,
                drafted_by="hui",
            )
        )
        review = self.review(cycle, appellant, superior_key=superior.key)
        appeal = self.appeal(review)
        self.relate(review, appellant, superior)
        return appeal

    def relate(self, review: Review, appellant: Person, superior: Person) -> None:
        """Let chance give everybody of the pool parts in the case."""
        now = clock.now(self.session)
        sheet = self.add(
            TargetSheet(review_key=review.key, version=1, targets={}, drafted_by=appellant.username, drafted_at=now)
        )
        held = self.add(
            Calibration(
                cycle_key=review.cycle_key,
                department_keys=[],
                guideline=[],
                smallest_group=4,
                decision_id="bands",
                approver_key=superior.key,
                opened_by="hui",
                opened_at=now,
            )
        )
        self.add(CalibratedReview(calibration_key=held.key, review_key=review.key))
        before = self.appeal(review)
        cycle = self.session.get_one(Cycle, review.cycle_key)
        parts = {
            Recusal.LINE: lambda one: ReportingLine(
                person_key=appellant.key, superior_key=one.key, kind=Line.MATRIX, valid_from=date(2025, 2, 1)
            ),
            Recusal.RATER: lambda one: Rater(review_key=review.key, group_id="cross", person_key=one.key),
            Recusal.TARGETS: lambda one: TargetDecision(
                sheet_key=sheet.key, state=TargetState.REVIEWED, decided_by=one.username, decided_at=now
            ),
            Recusal.CALIBRATOR: lambda one: CalibrationMember(
                calibration_key=held.key, person_key=one.key, seat=Seat.SUPERIOR
            ),
            Recusal.WITNESS: lambda one: Delivery(
                review_key=review.key, person_key=appellant.key, sent_at=now, witness_key=one.key
            ),
            Recusal.KIN: lambda one: Kinship(
                person_key=one.key,
                other_key=self.chance.choice([appellant, superior]).key,
                relation="x",
                declared_by=one.username,
                declared_at=now,
            ),
            Recusal.EARLIER: lambda one: PanelMember(appeal_key=before.key, person_key=one.key),
            Recusal.RIVAL: lambda one: CalibratedReview(
                calibration_key=held.key, review_key=self.review(cycle, one).key
            ),
        }
        for one in self.pool:
            for why, part in parts.items():
                if self.chance.random() < LIKELY:
                    self.session.add(part(one))
                    self.barred[one.employee_id].add(why)
        self.session.flush()

    def person(self, name: str) -> Person:
        """Add somebody who is outside the pool."""
        return self.add(Person(employee_id=name, username=name, name=name))

    def review(self, cycle: Cycle, appraisee: Person, **given: int) -> Review:
        """Add somebody's review."""
        return self.add(Review(cycle_key=cycle.key, appraisee_key=appraisee.key, state=ReviewState.RELEASED, **given))

    def appeal(self, review: Review) -> Appeal:
        """Add an admitted appeal against a new version of the result."""
        now = clock.now(self.session)
        version = len(self.session.scalars(select(Result).where(Result.review_key == review.key)).all()) + 1
        result = self.add(
            Result(
                review_key=review.key,
                version=version,
                template_key=self.template_key,
                total="80.00",
                figures={},
                computed_by="hui",
                computed_at=now,
                released_at=now,
            )
        )
        return self.add(
            Appeal(
                review_key=review.key,
                result_key=result.key,
                grounds="x",
                items=[],
                remedy="y",
                lodged_by=self.session.get_one(Person, review.appraisee_key).username,
                lodged_at=now,
                state=AppealState.ADMITTED,
            )
        )

    def add(self, row):
        """Add a row and give it back."""
        self.session.add(row)
        self.session.flush()
        return row

    def identity(self, person_key: int) -> Identity:
        """Give the identity of somebody of the pool."""
        return Identity(self.session.get_one(Person, person_key).username, frozenset({"panel"}))

    def reads(self, appeal: Appeal, person_key: int) -> set[str]:
        """Name what of a case somebody may read."""
        who, session = self.identity(person_key), self.session
        filters = {
            "appeal": select(Appeal.key).where(Appeal.key == appeal.key, access.appeals(session, who)),
            "votes": select(Vote.key).where(Vote.appeal_key == appeal.key, access.votes(session, who)),
            "names": select(Review.key).where(Review.key == appeal.review_key, access.openable(session, who)),
            "panel": select(PanelMember.key).where(
                PanelMember.appeal_key == appeal.key, sight.panel_members(session, who)
            ),
            "notes": select(DeliberationNote.key).where(
                DeliberationNote.appeal_key == appeal.key, sight.deliberation_notes(session, who)
            ),
        }
        return {name for name, query in filters.items() if session.scalar(query.limit(1)) is not None}

    def counts(self, appeal: Appeal, person_key: int) -> int:
        """Count the votes that somebody sees."""
        seen = access.votes(self.session, self.identity(person_key))
        return len(self.session.scalars(select(Vote.key).where(Vote.appeal_key == appeal.key, seen)).all())

    def form(self, appeal: Appeal) -> bool:
        """Let members declare or keep silent and the appellant object, until they sit or too few are left."""
        draws.draw(self.session, appeal, size=3, by=SYSTEM)
        formations.fill(self.session, appeal)
        while not formations.missing(self.session, appeal):
            for member in panels.of_appeal(self.session, appeal):
                self.answer(appeal, member)
            formations.exclude_silent(self.session, appeal)
            if formations.missing(self.session, appeal) or self.objects(appeal):
                formations.fill(self.session, appeal)
            else:
                formations.seat(self.session, appeal)
                return True
        return False

    def answer(self, appeal: Appeal, member: PanelMember) -> None:
        """Let somebody who is asked declare a conflict, none, or nothing."""
        said = self.chance.random()
        if member.state is PanelState.ASKED and said > LIKELY:
            who, conflict = self.identity(member.person_key), said < 3 * LIKELY
            formations.declare(self.session, appeal, conflict=conflict, statement="x", by=who)

    def objects(self, appeal: Appeal) -> bool:
        """Let the appellant object to somebody now and then, and be granted it."""
        if self.chance.random() > 3 * LIKELY:
            return False
        member = self.chance.choice(panels.of_appeal(self.session, appeal))
        motions.make(self.session, appeal, member, reason="x", by=Identity(appeal.lodged_by))
        ((motion, decider),) = motions.assign(self.session, appeal)
        motions.decide(self.session, motion, granted=True, reason="x", by=Identity(decider.username))
        return True


@pytest.fixture
def world(session, cycle, company):
    """Fourteen people in three departments who may be drawn, and nobody else."""
    for name in ("pan", "shi", "ou", "qin", "wei"):
        _resign(session, company[name])
    pool = [
        people.hire(
            session,
            employee_id=f"P{number:02}",
            username=f"p{number:02}",
            name=f"p{number:02}",
            department=("product", "service", "office")[number % 3],
            employed_from=date(2024, 1, 1),
            roles=(Role.PANEL,),
            by=SYSTEM,
        )
        for number in range(POOL)
    ]
    return World(session, cycle.template_key, pool)


def _resign(session, person):
    """Take somebody out of the pool."""
    session.execute(delete(Membership).where(Membership.username == person.username))


@pytest.mark.parametrize(
    ("seed", "committees"), [(2025, 4), *(pytest.param(seed, 200, marks=pytest.mark.long) for seed in range(5))]
)
def test_nobody_excluded_is_called_reads_or_votes(world, seed, committees):
    world.chance.seed(seed)

    sat = [_plays(world, number) for number in range(committees)]

    assert sum(sat) > committees / 2


def _plays(world: World, number: int) -> bool:
    """Let a committee form and vote, and hold what it did against what chance said."""
    appeal = world.case(number)
    sat = world.form(appeal)
    lots = draws.of_appeal(world.session, appeal)
    called = {member.person_key for member in panels.called(world.session, appeal)}
    seated = panels.seated(world.session, appeal)

    assert draws.holds(lots)
    assert {one: set(whys) for one, whys in lots.excluded.items()} == world.barred
    assert not called & {one.key for one in world.pool if one.employee_id in world.barred}
    assert len(seated) == (3 if sat else 0)
    _vote(world, appeal, seated)
    others = [one.key for one in world.pool if one.key not in {member.person_key for member in seated}]
    for key in world.chance.sample(others, 2):
        _expect_shut_out(world, appeal, key)
    for key in called - {member.person_key for member in seated}:
        _expect_shut_out(world, appeal, key)
    return sat


def _vote(world: World, appeal: Appeal, seated: Sequence[PanelMember]) -> None:
    """Let the panel note and vote; each sees the own vote alone until the last is cast."""
    for number, member in enumerate(seated):
        who = world.identity(member.person_key)
        deliberations.note(world.session, appeal, "x", by=who)
        votes.cast(world.session, appeal, world.chance.choice(verdicts.VOTABLE), reasons="x", by=who)
        last = number == len(seated) - 1
        assert world.counts(appeal, member.person_key) == (len(seated) if last else 1)


def _expect_shut_out(world: World, appeal: Appeal, key: int) -> None:
    assert world.reads(appeal, key) == set()
    with pytest.raises(Forbidden):
        votes.cast(world.session, appeal, Verdict.UPHELD, reasons="x", by=world.identity(key))
    with pytest.raises(Forbidden):
        deliberations.note(world.session, appeal, "x", by=world.identity(key))
