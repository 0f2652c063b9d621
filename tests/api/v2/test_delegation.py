"""A rating is handed on over Camunda's API as anywhere else: within the rules of delegation (E-07, E-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

import api
from api.auth import TOKEN, USERNAME
from engine import db, settings
from engine.reviews import walks
from engine.reviews.walks import acts, stages
from engine.settings import ROOT

PROCESSES = ROOT / "processes"
WALK = PROCESSES / "evaluation" / "walks" / "good-87.68.toml"
UNTIL_RATING = 8
"""The steps of the walk until all ratings are asked for."""


@pytest.fixture
def ask(sqlite_url: str, tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Return what hands somebody's rating on to another, and tells the status."""
    with _bound(sqlite_url, tmp_path):
        walk = walks.read(WALK)
        stage = stages.set_up(walk, PROCESSES)
        for step in walk.steps[:UNTIL_RATING]:
            acts.perform(step, stage)
        app = api.create_app()
        app.testing = True

        def hand_on(holder: str, element: str, to: str) -> int:
            tasks = _sent(app, holder, "/v2/user-tasks/search", filter={"state": "CREATED", "elementId": element})
            (task,) = tasks.json["items"]
            return _sent(app, holder, f"/v2/user-tasks/{task['userTaskKey']}/assignment", assignee=to).status_code

        yield hand_on


def test_e08_a_superiors_rating_never_reaches_the_appraisee_through_others(ask: Callable[..., int]) -> None:
    to_a_peer = ask("li.na", "superior_evaluation", "he.ping")
    to_the_appraisee = ask("he.ping", "superior_evaluation", "zhang.wei")

    assert (to_a_peer, to_the_appraisee) == (204, 403)


def test_nobody_has_the_own_self_rating_done_by_another(ask: Callable[..., int]) -> None:
    assert ask("zhang.wei", "self_evaluation", "he.ping") == 403


def test_a_peer_hands_on_only_to_somebody_who_does_not_rate_yet(ask: Callable[..., int]) -> None:
    to_another_rater = ask("chen.jing", "cross_evaluation", "liu.yang")
    to_a_colleague = ask("chen.jing", "cross_evaluation", "wu.fang")

    assert (to_another_rater, to_a_colleague) == (409, 204)


def _sent(app: Flask, username: str, address: str, **body: object):
    client = app.test_client()
    with client.session_transaction() as kept:
        kept[USERNAME], kept[TOKEN] = username, "token"
    return client.post(address, json=body, headers={"X-CSRF-Token": "token"})


@contextmanager
def _bound(url: str, directory: Path) -> Iterator[None]:
    environment = {"REVIEWFLOW_DATABASE_URL": url, "REVIEWFLOW_CONTROLLED_CLOCK": "1"}
    db.bind(settings.load(environment, directory=directory))
    yield
    db.unbind()
