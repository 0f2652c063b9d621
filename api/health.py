"""Whether the server is ready."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from api.auth import open_to_all
from engine import db
from engine.identity import Account

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@open_to_all
def health() -> dict[str, str]:
    """Ask whether the server is ready: the database answers and has its tables (503 where it does not)."""
    with db.reading() as session:
        session.execute(select(Account.username).limit(1))
    return {"status": "ready"}
