"""A net that another version compiled."""

import pytest
from company import ANN, complete, deploy, open_tasks, start, state
from sqlalchemy import select

from engine import db, exact_json
from engine.bpmn.models import ProcessDefinition
from engine.errors import Incident

DIAGRAM = "start s\nuser a: assignee ann\nuser b: assignee ann\nend e\ns > a > b > e"


@pytest.fixture
def in_another_format(sqlite_database):
    """Return what makes the stored net one of a later format, changed by a function."""

    def store(change):
        with db.transaction() as session:
            definition = session.scalars(select(ProcessDefinition)).one()
            net = exact_json.loads(definition.net)
            change(net)
            definition.net = exact_json.dumps({**net, "format": 99})
        db.bound().compiled.clear()

    return store


def test_a_net_in_another_format_is_compiled_anew(in_another_format):
    deploy(DIAGRAM)
    instance = start()

    in_another_format(lambda net: net["nodes"][1].update(unheard="of"))
    complete("a", ANN)
    complete("b", ANN)

    assert state(instance) == "COMPLETED"


def test_a_net_whose_elements_stood_in_another_order_is_never_guessed(in_another_format):
    deploy(DIAGRAM)
    start()

    in_another_format(lambda net: net["nodes"].reverse())
    with pytest.raises(Incident, match="in another order"):
        complete("a", ANN)

    assert list(open_tasks()) == ["a"]
