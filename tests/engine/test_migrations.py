from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from engine import db, identity, migrations, settings
from engine.reviews.models import TemplateVersion
from engine.reviews.organisation import employments, lines


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[db.Database]:
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        server.create("empty")
        url = server.url("empty")
    yield db.bind(settings.load({"REVIEWFLOW_DATABASE_URL": url}, directory=tmp_path))
    db.unbind()
    if request.param == "postgresql":
        server.drop("empty")


def test_migrations_equal_models(empty: db.Database) -> None:
    migrations.upgrade(empty)

    assert migrations.differences(empty) == []


def test_a_migrated_database_stays_as_it_is(empty: db.Database) -> None:
    migrations.upgrade(empty)
    with empty.pool.begin() as connection:
        connection.execute(text("UPDATE key_node SET last = 7"))

    migrations.upgrade(empty)

    with empty.pool.connect() as connection:
        assert connection.execute(text("SELECT last FROM key_node")).scalars().all() == [7]


def test_the_next_migration_is_numbered_and_says_what_the_models_say(database: db.Database, tmp_path: Path) -> None:
    with database.pool.begin() as connection:
        connection.execute(text("DROP TABLE pinned_clock"))

    written = migrations.revision(database, "Pin the clock again", tmp_path)

    assert written.name == f"{len(list(migrations.VERSIONS.glob('0*.py'))) + 1:04}_pin_the_clock_again.py"
    assert "op.create_table('pinned_clock'" in written.read_text()


def test_rules_that_were_drafted_before_a_choice_was_due_keep_what_held_for_them(empty: db.Database) -> None:
    with empty.writing(), empty.pool.begin() as connection:
        command.upgrade(migrations._configured(connection), "0002")
        connection.execute(
            text(
                "INSERT INTO template_version (key, template_id, version, title, title_en, rules, drafted_by)"
                """ VALUES (1, 'sales', 1, '销售', '', '{"model": "B", "absent_raters": "block"}', 'hui')"""
            )
        )

    migrations.upgrade(empty)

    with empty.pool.connect() as connection:
        rules = connection.execute(select(TemplateVersion.rules)).scalar_one()
    assert rules == {"model": "B", "absent_raters": "block", "absent_indicators": "pass-on"}


BEFORE = (
    "INSERT INTO account (username, disabled) VALUES ('ann', false), ('sun', false)",
    "INSERT INTO membership VALUES ('sun', 'hr')",
    "INSERT INTO department (\"key\", code, name, name_en) VALUES (1, 'sales', '销售部', '')",
    """INSERT INTO person ("key", employee_id, username, name, name_en, department_key, post, employed_from)
       VALUES (2, 'E1', 'ann', '安然', '', 1, '客户经理', '2024-01-01'),
              (3, 'E2', 'sun', '孙立', '', 1, '客户经理', '2024-01-01')""",
    """INSERT INTO reporting_line ("key", person_key, superior_key, kind, valid_from)
       VALUES (4, 2, 3, 'primary', '2024-01-01')""",
)


def test_people_keep_employment_post_and_roles_when_these_get_dates(empty: db.Database) -> None:
    with empty.pool.begin() as connection:
        command.upgrade(migrations._configured(connection), "0007")
        for statement in BEFORE:
            connection.execute(text(statement))

    migrations.upgrade(empty)

    day = date(2025, 7, 1)
    with empty.sessions() as session:
        assert lines.superior_of(session, 2, day).name == "孙立"
        assert employments.post_of(session, 2, day).name == "客户经理"
        assert employments.department_of(session, 2, day).code == "sales"
        assert employments.is_employed(session, 3, day)
        assert identity.identity_of(session, "sun").groups == {"hr"}
