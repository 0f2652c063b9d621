"""Two companies that differ in nothing but who of an anonymous group gave what: nobody's reading differs (E-21)."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

import api
import web
from api.auth import TOKEN, USERNAME
from engine import db, identity, settings
from engine.bpmn import tasks
from engine.bpmn.models import ProcessInstance, TaskState, UserTask
from engine.reviews import walks
from engine.reviews.models import Cycle, Person, Rater, Result, Review, TemplateVersion
from engine.reviews.release import results
from engine.reviews.walks import acts, stages
from engine.settings import ROOT
from web import assets, catalogues

PROCESSES = ROOT / "processes"
WALK = PROCESSES / "peer-rating" / "walks" / "declined-replaced.toml"
SCORES = (
    {"chen.jing": ("2", "5"), "liu.yang": ("3", "4"), "zheng.hao": ("4", "3")},
    {"zheng.hao": ("3.5", "3.5"), "chen.jing": ("4", "3.5"), "liu.yang": ("1.5", "5")},
)
"""Who gave what for collaboration and support, in the order of rating; the means are 3 and 4."""

CASE = "当天回复客服转来的问题"

READERS = ("zhang.wei", "li.na")
"""The appraisee and the superior, who approved the raters."""

KEY = re.compile(r"\b\d{15,19}\b")
CURSOR = re.compile(r'(?<=Cursor":")[^"]+')
"""Where a page of a list ends: the key of its last item, written otherwise."""

Read = dict[str, tuple[int, str]]
Scores = Mapping[str, tuple[str, str]]


@pytest.fixture(scope="module")
def nominated(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which three anonymous peers have their tasks before them."""
    directory = tmp_path_factory.mktemp("nominated")
    path = shutil.copyfile(sqlite_template, directory / "nominated.sqlite")
    with _bound(path):
        walk = walks.read(WALK)
        stage = stages.set_up(walk, PROCESSES)
        peers = (step for step in walk.steps if step.does != "cross_evaluation" and step.passes != "2 working days")
        for step in peers:
            if not step.refused:
                acts.perform(step, stage)
    return path


@pytest.fixture
def rated(
    nominated: Path, tmp_path: Path, app_of_pages: Flask
) -> Callable[[Mapping[str, tuple[str, str]]], list[Read]]:
    """Return what lets the peers rate and tells what each reader can then fetch."""

    def rate(scores: Scores) -> list[Read]:
        path = shutil.copyfile(nominated, tmp_path / "rated.sqlite")
        with _bound(path):
            for username, given in scores.items():
                _give(username, given)
            before = [dict(_fetched(app_of_pages, reader)) for reader in READERS]
            with db.transaction() as session:
                hr = identity.identity_of(session, "zhao.min")
                results.release(session, session.scalars(select(Cycle)).one(), by=hr)
            return [*before, *(dict(_fetched(app_of_pages, reader)) for reader in READERS)]

    return rate


@pytest.fixture
def app_of_pages(monkeypatch: pytest.MonkeyPatch, nominated: Path) -> Flask:
    """The application with its pages."""
    catalogues.compile_all()
    monkeypatch.setattr(assets, "entry", lambda: ("main.js", []))
    with _bound(nominated):
        app = api.create_app(pages=web.register)
    app.testing = True
    return app


@pytest.mark.long
def test_e21_whoever_gave_what_appraisee_and_superior_read_the_same_to_the_letter(rated) -> None:
    one, other = (rated(scores) for scores in SCORES)

    for mine, theirs in zip(one, other, strict=True):
        assert {address: answer for address, answer in mine.items() if theirs[address] != answer} == {}
    read = [body for reading in one for status, body in reading.values() if status == 200]
    assert len([body for body in read if '"sum_of_ratings"' in body]) == len(READERS) + 1
    assert [body for body in read if CASE in body] == []


def _give(username: str, given: tuple[str, str]) -> None:
    case = {"project": "投诉专项", "fact": CASE, "figure": "十二件全部当天答复"}
    names = ("collaboration", "support")
    rows = [{"indicator": name, "rating": float(one), **case} for name, one in zip(names, given, strict=True)]
    with db.transaction() as session:
        held = select(UserTask.key).where(UserTask.assignee == username, UserTask.state == TaskState.CREATED)
        person = identity.identity_of(session, username)
        tasks.complete(session, session.scalars(held).one(), by=person, variables={"ratings": rows})


def _fetched(app: Flask, reader: str) -> Iterator[tuple[str, tuple[int, str]]]:
    """Fetch everything that can be read, with the keys of everything there is, known to the reader or not."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept[USERNAME], kept[TOKEN] = reader, "token"
    keys = _keys()
    for rule in app.url_map.iter_rules():
        for number, address in enumerate(_filled(rule.rule, keys)):
            if "GET" in (rule.methods or ()):
                yield f"{rule.rule} {number}", _answer(client, "GET", address)
            elif address.endswith("/search"):
                yield f"{rule.rule} {number}", _answer(client, "POST", address)


def _answer(client: FlaskClient, method: str, address: str) -> tuple[int, str]:
    body = {} if method == "POST" else None
    answer = client.open(address, method=method, json=body, headers={"X-CSRF-Token": "token"})
    numbers: dict[str, str] = {}
    text = CURSOR.sub("cursor", _read(answer))
    return answer.status_code, KEY.sub(lambda found: numbers.setdefault(found[0], f"key {len(numbers)}"), text)


def _read(answer: TestResponse) -> str:
    """Read an answer as its reader does: what a paper prints, page by page."""
    if answer.mimetype != "application/pdf":
        return answer.get_data(as_text=True)
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages)


def _keys() -> dict[str, list[str]]:
    """List the keys of everything there is by the noun of its addresses, in the order it was made."""
    nouns = {
        "cycles": Cycle,
        "reviews": Review,
        "raters": Rater,
        "results": Result,
        "templates": TemplateVersion,
        "people": Person,
        "tasks": UserTask,
        "user-tasks": UserTask,
        "process-instances": ProcessInstance,
    }
    with db.reading() as session:
        return {
            noun: [str(key) for key in session.scalars(select(model.key).order_by(model.key))]
            for noun, model in nouns.items()
        }


def _filled(rule: str, keys: Mapping[str, list[str]]) -> list[str]:
    parts = rule.split("<")
    if len(parts) == 1:
        return [rule]
    noun = parts[0].rstrip("/").split("/")[-1]
    if len(parts) > 2 or noun not in keys or not parts[1].startswith("key:"):
        return []
    return [f"{parts[0]}{key}{parts[1].split('>')[1]}" for key in keys[noun]]


@contextmanager
def _bound(path: Path) -> Iterator[None]:
    environment = {"REVIEWFLOW_DATABASE_URL": f"sqlite:///{path}", "REVIEWFLOW_CONTROLLED_CLOCK": "1"}
    db.bind(settings.load(environment, directory=path.parent))
    yield
    db.unbind()
