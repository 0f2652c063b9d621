"""What is served to somebody who is in HR of some departments, over every page and address that is read (D18)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rehearsed import OPERATOR, Places, play
from sqlalchemy import select
from werkzeug.datastructures import Authorization

import api
import web
from engine import db, settings
from engine.bpmn.models import ProcessInstance, UserTask
from engine.identity import Membership
from engine.reviews.models import Appeal, Cycle, Delivery, Person, Rater, Result, Review, TemplateVersion
from web import assets, catalogues

NOUNS = {
    "appeals": Appeal,
    "cycles": Cycle,
    "deliveries": Delivery,
    "people": Person,
    "process-instances": ProcessInstance,
    "raters": Rater,
    "results": Result,
    "reviews": Review,
    "tasks": UserTask,
    "templates": TemplateVersion,
    "user-tasks": UserTask,
}
EXAMPLES = "/api/openapi.json"
"""What has made-up people in its examples."""
SALES = {"zhang.wei", "li.na", "wang.qiang"}
"""Those whom HR of another department knows nothing of."""

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("scope")]  # one worker plays it


@pytest.fixture(scope="module")
def decided(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Play one review of the sales department from its launch to the decision of its appeal."""
    return play(sqlite_template, tmp_path_factory.mktemp("decided"))


@pytest.fixture
def served(decided: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application on that review, where deng.hui is in HR of the service department."""
    path = tmp_path / "decided.sqlite"
    path.write_bytes(decided.path("decided").read_bytes())
    db.bind(settings.load({"REVIEWFLOW_DATABASE_URL": f"sqlite:///{path}"}, directory=tmp_path))
    with db.transaction() as session:
        session.add(Membership(username="deng.hui", group="hr@service"))
    catalogues.compile_all()
    monkeypatch.setattr(assets, "entry", lambda: ("main.js", []))
    app = api.create_app(pages=web.register)
    app.testing = False
    yield app
    db.unbind()


def visit(app: Flask, username: str) -> FlaskClient:
    """Ask as somebody, for the pages and for the API."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["username"] = username
    credentials = Authorization("basic", {"username": username, "password": f"{username}'s password"})
    client.environ_base["HTTP_AUTHORIZATION"] = credentials.to_header()
    return client


def addresses(app: Flask) -> Iterator[str]:
    """Write every address that is read, with the keys of the review in sales and of all that hangs on it."""
    with db.reading() as session:
        found = {noun: [str(key) for key in session.scalars(select(kind.key))] for noun, kind in NOUNS.items()}
        sales = session.scalars(select(Person.key).where(Person.username.in_(SALES))).all()
    found["people"] = [str(key) for key in sales]
    anything = sorted({keys[0] for keys in found.values() if keys})
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "<path:" in rule.rule or rule.rule == EXAMPLES:
            continue
        named = next((noun for noun in NOUNS if f"/{noun}/<" in rule.rule), None)
        keys = found[named][:3] if named else anything
        for key in keys if "<" in rule.rule else [""]:
            yield re.sub(r"<(key|int):[^>]+>", key, re.sub(r"<(?!key:|int:)[^>]+>", "zhang.wei", rule.rule))


def told(app: Flask, username: str) -> set[str]:
    """Name the addresses that tell somebody of the people in sales."""
    client, found = visit(app, username), set()
    with db.reading() as session:
        people = session.scalars(select(Person).where(Person.username.in_(SALES))).all()
    marks = [mark for person in people for mark in (person.username, person.name, person.name_en) if mark]
    for address in sorted(set(addresses(app))):
        answer = client.get(address)
        assert answer.status_code < 500, address
        said = answer.get_data().decode(errors="replace")  # files are read too
        if answer.status_code == 200 and any(mark in said for mark in marks):
            found.add(address)
    return found


def test_no_page_and_no_address_tells_of_departments_beyond_the_scope(served: Flask) -> None:
    everywhere, bounded = told(served, "zhao.min"), told(served, "deng.hui")

    assert len(everywhere) > 40
    assert bounded == set()


def test_within_the_scope_the_pages_of_hr_are_served(served: Flask) -> None:
    with db.transaction() as session:
        session.add(Membership(username="deng.hui", group="hr@sales"))

    everywhere, bounded = told(served, "zhao.min"), told(served, "deng.hui")

    assert len(bounded) > 15
    assert bounded <= everywhere | told(served, OPERATOR)
