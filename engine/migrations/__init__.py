"""Bring a database to the tables of this version, whatever version it comes from."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text

from engine.db import Base, Database

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"

LOCK = 7_102_025
"""The advisory lock that lets one process migrate at a time. Keys, which workers lock, are far greater."""


def upgrade(database: Database, target: str = "head") -> None:
    """Bring the database to the newest version, or to one, in one transaction; of several processes one does it."""
    with database.writing(), database.pool.begin() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(_configured(connection), target)


def revision(database: Database, sentence: str, directory: Path = VERSIONS) -> Path:
    """Write the next migration, from the newest version, which the database has, to what the models say."""
    _import_models()
    with database.pool.begin() as connection:
        config = _configured(connection, directory)
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        script = command.revision(
            config, sentence, autogenerate=True, rev_id=f"{number:04}", version_path=str(directory)
        )
    assert isinstance(script, Script)  # noqa: S101 - one revision was asked for
    return Path(script.path)


def differences(database: Database) -> list[Any]:
    """Return where the database is not what the models say, in Alembic's terms."""
    _import_models()
    with database.pool.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        return list(compare_metadata(context, Base.metadata))


def ours(_object: object, name: str | None, type_: str, _reflected: object, _compare_to: object) -> bool:
    """Whether Alembic is to compare this object: procrastinate's tables are procrastinate's."""
    return not (type_ == "table" and str(name).startswith("procrastinate_"))


OPTIONS: dict[str, Any] = {"include_object": ours, "compare_server_default": True, "render_as_batch": True}
"""How models and database are compared; SQLite alters a table by copying it (`batch`)."""


def _configured(connection: Connection, directory: Path = VERSIONS) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    locations = os.pathsep.join(dict.fromkeys((str(VERSIONS), str(directory))))
    config.set_main_option("version_locations", locations.replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _import_models() -> None:
    """Import every module of the engine that has a table, so that none is forgotten."""
    for path in sorted(HERE.parent.rglob("*.py")):
        if "__tablename__ =" in path.read_text() and HERE not in path.parents:
            import_module(".".join(path.relative_to(HERE.parents[1]).with_suffix("").parts))
