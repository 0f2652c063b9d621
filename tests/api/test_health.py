"""Whether the server is ready."""

from __future__ import annotations

from flask.testing import FlaskClient

from engine import db


def test_a_ready_server_says_so_to_anybody(nobody: FlaskClient) -> None:
    answer = nobody.get("/health")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready"}


def test_a_server_without_its_tables_is_not_ready(nobody: FlaskClient, database: db.Database) -> None:
    db.Base.metadata.drop_all(database.pool)

    answer = nobody.get("/health")

    assert answer.status_code == 503
