"""The demo company's story: each person stands in the state that the account promises, by the real processes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import bound
from sqlalchemy import func, select

from engine import clock, db
from engine.bpmn.models import IncidentRecord
from engine.cli import main
from engine.reviews import demo
from engine.reviews.models import (
    Answer,
    Appeal,
    AppealState,
    Person,
    Placement,
    Plan,
    PlanState,
    Review,
    ReviewState,
    SignOff,
    Verdict,
)
from engine.reviews.plans import spans

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("story")]  # one worker tells it


@pytest.fixture(scope="module")
def accounts(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Tell the story, and tell it again, which changes nothing; give the account of each part."""
    directory = tmp_path_factory.mktemp("story")
    path = directory / "story.sqlite"
    shutil.copyfile(sqlite_template, path)
    environment = {"REVIEWFLOW_DATABASE_URL": f"sqlite:///{path}", "REVIEWFLOW_SECRET_KEY": "a secret for tests"}
    told, again = (CliRunner().invoke(main, ["demo"], env=environment) for _ in range(2))
    assert (told.exit_code, told.stderr) == (0, "")
    assert again.stdout == told.stdout
    with bound(f"sqlite:///{path}", directory):
        yield {role: username for role, username, _ in (line.split(" ") for line in told.stdout.splitlines())}


def test_each_account_of_the_story_is_listed_once(accounts: dict[str, str]) -> None:
    parts = {login.role for login in demo.story_logins()} - {"superior"}

    assert parts == {
        "under-appeal",
        "appeal-won",
        "in-a-pip",
        "pip-suspended",
        "on-leave",
        "transferred",
        "refused-to-sign",
        "agreed",
        "late-joiner",
    }
    assert parts <= set(accounts)


def test_an_appeal_is_pending_and_another_was_won(accounts: dict[str, str]) -> None:
    assert _appeal(accounts["appeal-won"]) == (AppealState.DECIDED, Verdict.CORRECTED)
    state, verdict = _appeal(accounts["under-appeal"])
    assert state not in (AppealState.DECIDED, AppealState.REJECTED)
    assert verdict is None


def test_one_plan_is_observed_and_another_waits_for_the_end_of_a_leave(accounts: dict[str, str]) -> None:
    found = {part: _plan(accounts[part]) for part in ("in-a-pip", "pip-suspended")}

    assert {plan.state for plan in found.values()} == {PlanState.OBSERVED}
    with db.reading() as session:
        assert [part for part, plan in found.items() if spans.is_suspended(session, plan)] == ["pip-suspended"]


def test_results_are_agreed_to_refused_or_there_is_none(accounts: dict[str, str]) -> None:
    assert _answer(accounts["agreed"]) is Answer.AGREED
    assert _answer(accounts["refused-to-sign"]) is Answer.REFUSED
    assert _review(accounts["on-leave"]).state is ReviewState.CLOSED
    assert "截止日之后" in _review(accounts["late-joiner"]).closing_reason


def test_who_was_transferred_is_elsewhere_now_and_was_rated_where_they_were(accounts: dict[str, str]) -> None:
    review = _review(accounts["transferred"])

    with db.reading() as session:
        placed = select(Placement.department_key).where(Placement.person_key == review.appraisee_key)
        departments = session.scalars(placed.order_by(Placement.valid_from)).all()
    assert len(set(departments)) == 2
    assert review.department_key == departments[0]


def test_the_clock_runs_again_and_nothing_has_failed(accounts: dict[str, str]) -> None:
    with db.reading() as session:
        pinned = session.scalar(select(func.count()).select_from(clock.PinnedClock))
        failed = session.scalar(select(func.count()).select_from(IncidentRecord))

    assert accounts
    assert (pinned, failed) == (0, 0)


def _review(username: str) -> Review:
    with db.reading() as session:
        return session.scalars(
            select(Review).join(Person, Person.key == Review.appraisee_key).where(Person.username == username)
        ).one()


def _answer(username: str) -> Answer:
    with db.reading() as session:
        return session.scalars(select(SignOff.answer).where(SignOff.review_key == _review(username).key)).one()


def _appeal(username: str) -> tuple[AppealState, Verdict | None]:
    with db.reading() as session:
        appeal = session.scalars(select(Appeal).where(Appeal.lodged_by == username)).one()
        return appeal.state, appeal.verdict


def _plan(username: str) -> Plan:
    with db.reading() as session:
        return session.scalars(
            select(Plan).join(Person, Person.key == Plan.appraisee_key).where(Person.username == username)
        ).one()
