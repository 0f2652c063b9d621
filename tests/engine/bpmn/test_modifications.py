"""Running instances that somebody puts right by hand, in the database."""

import pytest
from company import ANN, deploy, element, open_tasks, start, state
from sqlalchemy import select

from engine import db
from engine.bpmn import history, modifications
from engine.bpmn.models import ProcessInstance
from engine.bpmn.modifications import Activating, Modification
from engine.bpmn.store import Instance
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.identity import SYSTEM, Identity

pytestmark = pytest.mark.usefixtures("database")

CALLING = "start s\ncall c: calls q\nuser after\nend e\ns > c > after > e"
CALLED = "start s\nuser u\nend e\ns > u > e"


def modify(key: int, modification: Modification, by: Identity = SYSTEM) -> None:
    with db.transaction() as session:
        modifications.modify(session, key, modification, by=by)


def called() -> ProcessInstance:
    with db.reading() as session:
        return session.scalars(select(ProcessInstance).where(ProcessInstance.parent_key.is_not(None))).one()


def events(instance: Instance) -> list[str]:
    with db.reading() as session:
        assert not list(history.verify(session))
        return [entry.event.value for entry in history.of(session, instance.key)]


def test_what_a_call_activity_called_ends_with_it() -> None:
    deploy(CALLING, q=CALLED)
    instance = start()

    modify(instance.key, Modification(activate=(Activating("after"),), terminate=("c",)))

    assert called().state.value == "TERMINATED"
    assert list(open_tasks()) == ["after"]
    assert events(instance)[-1] == "MODIFIED"


def test_a_called_process_is_not_left_without_anything() -> None:
    deploy(CALLING, q=CALLED)
    instance = start()

    with pytest.raises(Conflict, match=f"process instance {instance.key} called it"):
        modify(called().key, Modification(terminate=("u",)))

    assert list(open_tasks()) == ["u"]


def test_a_task_that_is_ended_is_no_longer_open() -> None:
    deploy(CALLED)
    instance = start()

    modify(instance.key, Modification(terminate=(element("u"),)))

    assert open_tasks() == {}
    assert state(instance) == "TERMINATED"


def test_only_operators_modify_and_only_what_is_of_the_instance() -> None:
    deploy(CALLED)
    one, other = start(), start()
    other_task = element("u")

    with pytest.raises(Forbidden):
        modify(one.key, Modification(terminate=("u",)), by=ANN)
    with pytest.raises(Invalid, match=f"is of process instance {other.key}"):
        modify(one.key, Modification(terminate=(other_task,)))
    with pytest.raises(Invalid, match="there is no element instance 1"):
        modify(one.key, Modification(terminate=(1,)))
    with pytest.raises(NotFound):
        modify(1, Modification(terminate=("u",)))
    with db.transaction() as session, pytest.raises(Forbidden):
        modifications.set_variables(session, one.key, {"x": 1}, local=False, by=ANN)


def test_an_event_around_an_element_that_cannot_be_awaited_refuses() -> None:
    inside = "sub q\n  start t\n  user u\n  t > u\nboundary b on q: message m key =nobody"
    deploy(f"start s\nuser first\n{inside}\nend e\ns > first > q > e")
    instance = start()

    with pytest.raises(Conflict, match="correlation key"):
        modify(instance.key, Modification(activate=(Activating("u"),)))
    modify(instance.key, Modification(activate=(Activating("u", variables={"": {"nobody": "1"}}),)))

    assert sorted(open_tasks()) == ["first", "u"]


def test_the_history_tells_which_variables_were_set_and_not_to_what() -> None:
    deploy(CALLED)
    instance = start()

    with db.transaction() as session:
        modifications.set_variables(session, instance.key, {"x": 1}, local=False, by=SYSTEM)

    with db.reading() as session:
        entry = history.of(session, instance.key)[-1]
    assert (entry.event.value, entry.details) == ("VARIABLES_SET", {"variables": ["x"]})
