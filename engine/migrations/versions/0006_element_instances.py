"""Keys for element instances, files of decisions and message subscriptions; what had begun before gets them too."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine import exact_json, keys
from engine.bpmn import element_types
from engine.bpmn.net import Net, Node
from engine.dmn import elements

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Give element instances, files of decisions and message subscriptions keys, and instances tags."""
    op.create_table(
        "decision_requirements",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("deployment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requirements_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("resource_name", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_key"], ["deployment.key"], name=op.f("fk_decision_requirements_deployment_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_requirements")),
        sa.UniqueConstraint(
            "requirements_id", "version", name=op.f("uq_decision_requirements_requirements_id_version")
        ),
    )
    with op.batch_alter_table("decision_definition", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("requirements_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
    fill_requirements(op.get_bind())
    with op.batch_alter_table("decision_definition", schema=None) as batch_op:
        batch_op.alter_column("requirements_key", nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_decision_definition_requirements_key"),
            "decision_requirements",
            ["requirements_key"],
            ["key"],
        )
        batch_op.drop_column("xml")

    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    fill_subscriptions(op.get_bind())
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.alter_column("key", nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_message_subscription_key"), ["key"])

    op.create_table(
        "element",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["definition_key"], ["process_definition.key"], name=op.f("fk_element_definition_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_element")),
        sa.UniqueConstraint(
            "definition_key", "element_id", "type", name=op.f("uq_element_definition_key_element_id_type")
        ),
    )
    op.create_table(
        "decision_instance",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("evaluation_key", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root_definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["decision_definition.key"], name=op.f("fk_decision_instance_definition_key")
        ),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["process_instance.key"], name=op.f("fk_decision_instance_instance_key")
        ),
        sa.ForeignKeyConstraint(
            ["root_definition_key"], ["decision_definition.key"], name=op.f("fk_decision_instance_root_definition_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_instance")),
        sa.UniqueConstraint("evaluation_key", "number", name=op.f("uq_decision_instance_evaluation_key_number")),
    )
    with op.batch_alter_table("decision_instance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_instance_definition_key"), ["definition_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_instance_instance_key"), ["instance_key"], unique=False)

    op.create_table(
        "element_instance",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("element_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("ACTIVE", "COMPLETED", "TERMINATED", name="elementstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("entered_in", sa.Integer(), nullable=False),
        sa.Column("left_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["element_key"], ["element.key"], name=op.f("fk_element_instance_element_key")),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["process_instance.key"], name=op.f("fk_element_instance_instance_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_element_instance")),
        sa.UniqueConstraint("instance_key", "token", name=op.f("uq_element_instance_instance_key_token")),
    )
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_element_instance_active",
            ["element_key"],
            unique=False,
            sqlite_where=sa.text("state = 'ACTIVE'"),
            postgresql_where=sa.text("state = 'ACTIVE'"),
        )

    op.create_table(
        "process_tag",
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_process_tag_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "tag", name=op.f("pk_process_tag")),
    )
    with op.batch_alter_table("process_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_tag_tag"), ["tag"], unique=False)

    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Write the elements of the definitions that are deployed, and the element instances of what the history tells."""
    definitions = connection.execute(sa.text("SELECT key, net FROM process_definition")).all()
    for definition_key, stored in definitions:
        net = Net.from_json(exact_json.loads(stored))
        places = {
            (node.id, kind): (_issued(connection), node) for node in net.nodes for kind in element_types.possible(node)
        }
        rows = [
            {"k": key, "d": definition_key, "e": element_id, "n": node.name or node.id, "t": kind}
            for (element_id, kind), (key, node) in places.items()
        ]
        connection.execute(sa.text("INSERT INTO element VALUES (:k, :d, :e, :n, :t)"), rows)
        found = {place: key for place, (key, _) in places.items()}
        stays = list(_stays(connection, definition_key, net, found))
        if stays:
            sentence = "INSERT INTO element_instance VALUES (:key, :of, :token, :parent, :element, :state, :in, :out)"
            connection.execute(sa.text(sentence), stays)


def _stays(
    connection: sa.Connection, definition_key: int, net: Net, known: dict[tuple[str, str], int]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a definition's instances."""
    query = sa.text(
        "SELECT instance_key, history.sequence, details FROM history JOIN process_instance ON key = instance_key"
        " WHERE definition_key = :definition ORDER BY instance_key, history.sequence"
    )
    told: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for instance_key, sequence, details in connection.execute(query, {"definition": definition_key}):
        told[instance_key] += [(sequence, *move) for move in exact_json.loads(details).get("trace", [])]
    for instance_key, moves in told.items():
        yield from _replayed(net, known, instance_key, moves)


def _replayed(
    net: Net, known: dict[tuple[str, str], int], instance_key: int, moves: list[tuple[int, str, str, int]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one instance; which token is around another is the last one that can be."""
    here: dict[int, tuple[Node, int]] = {}
    rows: dict[int, dict[str, Any]] = {}
    for sequence, element_id, what, token in moves:
        if what != "entered":
            here.pop(token, None)
            rows[token] |= {"state": what.upper(), "out": sequence}
            continue
        node = net.by_id[element_id]
        bodies = [other for other, (there, inner) in here.items() if there is node and node.loop and not inner]
        around = bodies or [other for other, (there, _) in here.items() if there.index == node.parent]
        here[token] = (node, len(bodies))
        rows[token] = {
            "key": keys.issue() if around else instance_key,
            "of": instance_key,
            "token": token,
            "parent": around[-1] if around else 0,
            "element": known[node.id, element_types.of(node, len(bodies))],
            "state": "ACTIVE",
            "in": sequence,
            "out": None,
        }
    yield from rows.values()


def fill_requirements(connection: sa.Connection) -> None:
    """Write the files that the decisions were deployed in, once each, with versions in the order of their keys."""
    columns = "deployment_key, resource_name, checksum"
    found = connection.execute(
        sa.text(f"SELECT {columns}, min(key) FROM decision_definition GROUP BY {columns} ORDER BY min(key)")  # noqa: S608 - ours
    ).all()
    versions: dict[str, int] = defaultdict(int)
    for *place, first in found:
        xml = connection.execute(sa.text("SELECT xml FROM decision_definition WHERE key = :k"), {"k": first}).scalar()
        root = elements.read(bytes(xml or b""), place[1])
        name = elements.name_of(root) or place[1]
        requirements_id = elements.identity(root) or name
        versions[requirements_id] += 1
        key = _issued(connection)
        file = dict(zip(("d", "r", "c"), place, strict=True))
        connection.execute(
            sa.text("INSERT INTO decision_requirements VALUES (:k, :d, :i, :v, :n, :r, :c, :x)"),
            {**file, "k": key, "i": requirements_id, "v": versions[requirements_id], "n": name, "x": xml},
        )
        same = "deployment_key = :d AND resource_name = :r AND checksum = :c"
        connection.execute(
            sa.text(f"UPDATE decision_definition SET requirements_key = :k WHERE {same}"),  # noqa: S608 - ours
            {**file, "k": key},
        )


def fill_subscriptions(connection: sa.Connection) -> None:
    """Give every message subscription a key."""
    columns = ("instance_key", "token", "event_id")
    for row in connection.execute(sa.text(f"SELECT {', '.join(columns)} FROM message_subscription")).all():  # noqa: S608 - ours
        place = dict(zip(columns, row, strict=True))
        where = " AND ".join(f"{column} = :{column}" for column in columns)
        connection.execute(
            sa.text(f"UPDATE message_subscription SET key = :key WHERE {where}"),  # noqa: S608 - ours
            {**place, "key": _issued(connection)},
        )


def _issued(connection: sa.Connection) -> int:
    """Return a new key; this process may have no number yet."""
    if not keys.lent():
        keys.lend(connection)
    return keys.issue()
