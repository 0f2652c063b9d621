"""Element instances; what had begun before gets its rows from the history."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine import exact_json, keys
from engine.bpmn import element_types
from engine.bpmn.net import Net, Node

revision = "0007"
down_revision = "0002"


def upgrade() -> None:
    """Element instances."""
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
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Write the elements of the definitions that are deployed, and the element instances of what the history tells."""
    definitions = connection.execute(sa.text("SELECT key, net FROM process_definition")).all()
    if definitions and not keys.lent():
        keys.lend(connection)
    for definition_key, stored in definitions:
        net = Net.from_json(exact_json.loads(stored))
        elements = {
            (node.id, kind): (keys.issue(), node) for node in net.nodes for kind in element_types.possible(node)
        }
        rows = [
            {"k": key, "d": definition_key, "e": element_id, "n": node.name or node.id, "t": kind}
            for (element_id, kind), (key, node) in elements.items()
        ]
        connection.execute(sa.text("INSERT INTO element VALUES (:k, :d, :e, :n, :t)"), rows)
        found = {place: key for place, (key, _) in elements.items()}
        stays = list(_stays(connection, definition_key, net, found))
        if stays:
            sentence = "INSERT INTO element_instance VALUES (:key, :of, :token, :parent, :element, :state, :in, :out)"
            connection.execute(sa.text(sentence), stays)


def _stays(
    connection: sa.Connection, definition_key: int, net: Net, elements: dict[tuple[str, str], int]
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
        yield from _replayed(net, elements, instance_key, moves)


def _replayed(
    net: Net, elements: dict[tuple[str, str], int], instance_key: int, moves: list[tuple[int, str, str, int]]
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
            "element": elements[node.id, element_types.of(node, len(bodies))],
            "state": "ACTIVE",
            "in": sequence,
            "out": None,
        }
    yield from rows.values()
