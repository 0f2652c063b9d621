"""The command line, the API and the upload page find the same, and say where it is explained."""

from __future__ import annotations

import io
import re

import hostile
import pytest
from click.testing import CliRunner

from engine import db, settings
from engine.bpmn.models import Deployment
from engine.cli import main

CORPUS = {
    "broken.bpmn": hostile.process(
        '<b:startEvent id="s"/><b:userTask id="x" z:retries="3"/><b:exclusiveGateway id="g" default="lost"/>'
        '<b:callActivity id="c"/>' + hostile.flow("s", "x", "<b:conditionExpression>=1 +</b:conditionExpression>")
    ),
    "warned.bpmn": hostile.process(
        '<b:startEvent id="s"/><b:userTask id="x" implementation="http://example.com/"/>' + hostile.flow("s", "x"),
        name="warned",
    ),
    "broken.dmn": hostile.literal("1 +"),
    "broken.form": hostile.form('[{"type": "slider", "key": "k"}]'),
}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "corpus"
    path.mkdir()
    for name, content in CORPUS.items():
        (path / name).write_text(content)
    return path


def test_all_faces_find_the_same(company, at, folder, monkeypatch):
    files = [(io.BytesIO(text.encode()), name) for name, text in sorted(CORPUS.items())]
    again = [(io.BytesIO(text.encode()), name) for name, text in sorted(CORPUS.items())]

    page = at("admin").sends("/processes/upload", resources=files, only="check").get_data(as_text=True)
    api = deploy(at("admin"), *again)
    line = check(folder, monkeypatch, db.bound().settings)

    shown = re.findall(r'where">([^<]+)</span>\s*<a class="[^"]+" href="/findings#([^"]+)"', page)
    told = re.findall(r"^  ([^:]+): .*docs/findings.md#([a-z-]+)\)$", line, re.MULTILINE)
    answered = [(item["where"], item["page"].partition("#")[2]) for item in api.get_json()["problems"]]
    assert sorted(shown) == sorted(told) == sorted(answered)
    assert {code for _, code in shown} >= {
        "unknown-extension", "unknown-default", "no-called-process", "ignored-condition", "ignored-attribute",
        "feel-syntax", "unknown-component",
    }  # fmt: skip


def deploy(visitor, *files):
    """Deploy files over the API."""
    return visitor.client.post(
        "/v2/deployments", data={"resources": list(files)}, headers={"X-CSRF-Token": visitor.token()}
    )


def check(folder, monkeypatch, bound: settings.Settings) -> str:
    """What `reviewflow check` says of a folder; it binds and releases the database of its environment."""
    monkeypatch.setenv("REVIEWFLOW_DATABASE_URL", bound.database_url)
    monkeypatch.setenv("REVIEWFLOW_SECRET_KEY", "a secret for tests")
    result = CliRunner().invoke(main, ["check", str(folder)])
    assert result.exit_code == 1
    return result.stderr


def test_a_finding_in_an_expression_says_line_and_column(company, at):
    broken = hostile.extended("userTask", '<z:assignmentDefinition assignee="=1 +"/>')

    answer = deploy(at("admin"), (io.BytesIO(broken.encode()), "b.bpmn"))

    [problem] = answer.get_json()["problems"]
    assert (problem["resource"], problem["elementId"], problem["severity"]) == ("b.bpmn", "x", "error")
    assert (problem["line"], problem["column"]) == (1, 4)


def test_a_warning_is_shown_and_refuses_nothing(company, at):
    warned = (io.BytesIO(CORPUS["warned.bpmn"].encode()), "warned.bpmn")

    answer = at("admin").sends("/processes/upload", resources=warned).get_data(as_text=True)

    assert "warned v1" in answer
    assert "/findings#ignored-attribute" in answer


@pytest.mark.parametrize(("language", "title"), [("en", "A flow is not allowed here"), ("zh_CN", "此处不允许有顺序流")])
def test_every_rule_is_explained_on_a_page(company, at, language, title):
    page = at("admin", language).client.get("/findings").get_data(as_text=True)

    assert f'<article id="bad-flow">\n      <h3>{title}' in page


def test_hostile_files_are_refused_over_http_and_nothing_is_kept(company, at):
    with db.reading() as session:
        before = session.query(Deployment).count()

    admin = at("admin")
    for code, name, content in hostile.files("expressions"):
        answer = deploy(admin, (io.BytesIO(content), name))
        assert answer.status_code == 400
        assert code in {problem["code"] for problem in answer.get_json()["problems"]}

    with db.reading() as session:
        assert session.query(Deployment).count() == before
