"""Running instances that somebody puts right by hand, in the database."""

from datetime import timedelta

import pytest
from company import ANN, deploy, element, open_tasks, start, state, variables
from sqlalchemy import select

from engine import db
from engine.bpmn import element_instances, history, incidents, jobs, messages, modifications
from engine.bpmn.jobs import Wanted
from engine.bpmn.messages import Publication
from engine.bpmn.models import ElementInstance, IncidentRecord, ProcessInstance
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


@pytest.mark.parametrize(("mapping", "name"), [("", "r"), ("; out score = r", "score")], ids=["as it is", "mapped"])
def test_what_is_set_prevails_over_what_a_worker_gave_and_the_process_could_not_go_on_with(
    mapping: str, name: str
) -> None:
    choice = f"exclusive x\nx > good [{name} > 1]\nx > bad [{name} <= 1]\ngood > e\nbad > e"
    deploy(f"start s\njob j: type rate{mapping}\ns > j > x\n{choice}\nuser good\nuser bad\nend e")
    instance = start()
    with db.transaction() as session:
        (taken,) = jobs.activate(session, Wanted("rate", 1, timedelta(minutes=1)), by=SYSTEM)
        jobs.complete(session, taken.job.key, by=SYSTEM, variables={"r": "many"})

    set_variables(instance.key, r=9)
    resolve_all()

    assert list(open_tasks()) == ["good"]
    assert variables(instance)[name] == 9
    assert unresolved() == []


def test_what_is_set_in_one_instance_of_a_step_leaves_the_others_what_they_were_given() -> None:
    inside = "start t\n  catch c: message news key =string(i)\n  exclusive x\n  user u\n  t > c > x > u [v > 0]"
    deploy(f"start s\nsub m: each-of =[1, 2]; item i\n  {inside}\ns > m")
    start()
    for key in ("1", "2"):
        with db.transaction() as session:
            messages.publish(session, Publication("news", key, {"v": "many"}), by=SYSTEM)
    first, second = unresolved()
    with db.reading() as session:
        waiting = ElementInstance.instance_key == first.instance_key, ElementInstance.token == first.token
        around = session.scalars(select(ElementInstance.parent).where(*waiting)).one()
        place = element_instances.key_of(session, first.instance_key, around)

    set_variables(place, v=1, local=True)
    resolve_all()

    assert list(open_tasks()) == ["u"]
    assert [(found.token, found.attempts) for found in unresolved()] == [(second.token, 2)]


def set_variables(place: int, *, local: bool = False, **given: object) -> None:
    with db.transaction() as session:
        modifications.set_variables(session, place, given, local=local, by=SYSTEM)


def resolve_all() -> None:
    for found in unresolved():
        with db.transaction() as session:
            incidents.resolve(session, found.key, by=SYSTEM)


def unresolved() -> list[IncidentRecord]:
    with db.reading() as session:
        return incidents.open_ones(session)
