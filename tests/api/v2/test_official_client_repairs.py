"""Camunda's own client, unchanged and over real HTTP, migrates and modifies running process instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from company import deploy, element, open_tasks, start, state, variables
from sqlalchemy import select

from engine import db
from engine.bpmn.models import ProcessDefinition

pytestmark = pytest.mark.usefixtures("people")

As = Callable[[str], CamundaClient]

REVIEW = "start s\nuser own 'Own view': assignee ann\nend e\ns > own > e"
STUCK = """
start s
catch released: message never key =1
sub talk
  start t
  user prepare
  user hold
  t > prepare > hold
end e
s > released > talk > e
"""


def newest() -> str:
    with db.reading() as session:
        key = session.scalars(select(ProcessDefinition.key).order_by(ProcessDefinition.version.desc())).first()
    return str(key)


def migration(**mapping: str) -> of.ProcessInstanceMigrationInstruction:
    instructions = [{"sourceElementId": before, "targetElementId": after} for before, after in mapping.items()]
    body = {"targetProcessDefinitionKey": newest(), "mappingInstructions": instructions, "operationReference": 7}
    return of.ProcessInstanceMigrationInstruction.from_dict(body)


def modification(**instructions: Any) -> of.ProcessInstanceModificationInstruction:
    return of.ProcessInstanceModificationInstruction.from_dict(instructions)


def test_an_instance_is_migrated(sdk: As) -> None:
    deploy(REVIEW)
    key = str(start().key)
    (before,) = sdk("ann").search_user_tasks(data=of.UserTaskSearchQuery()).items
    deploy(REVIEW.replace("own 'Own view'", "mine 'My view'").replace("s > own", "s > mine"))

    sdk("root").migrate_process_instance(key, data=migration(own="mine"))

    (after,) = sdk("ann").search_user_tasks(data=of.UserTaskSearchQuery()).items
    found = sdk("root").get_process_instance(key)
    assert (after.user_task_key, after.assignee) == (before.user_task_key, "ann")
    assert (after.element_id, after.name, after.process_definition_version) == ("mine", "My view", 2)
    assert (found.process_definition_key, found.process_definition_version) == (newest(), 2)


def test_migrations_are_refused_with_the_documented_statuses(sdk: As) -> None:
    deploy(REVIEW)
    key = str(start().key)
    deploy(REVIEW.replace("own", "mine"))

    with pytest.raises(refused.ConflictError):
        sdk("root").migrate_process_instance(key, data=migration())
    with pytest.raises(refused.BadRequestError):
        sdk("root").migrate_process_instance(key, data=migration(own="nowhere"))
    with pytest.raises(refused.NotFoundError):
        sdk("root").migrate_process_instance("42", data=migration(own="mine"))
    with pytest.raises(refused.UnexpectedStatus) as forbidden:
        sdk("ann").migrate_process_instance(key, data=migration(own="mine"))
    assert forbidden.value.status_code == 403


def test_a_step_is_skipped_and_another_begun_inside_a_subprocess(sdk: As) -> None:
    deploy(STUCK)
    instance = start()

    sdk("root").modify_process_instance(
        str(instance.key),
        data=modification(
            activateInstructions=[
                {
                    "elementId": "hold",
                    "ancestorElementInstanceKey": "-1",
                    "variableInstructions": [
                        {"variables": {"place": "online"}, "scopeId": "talk"},
                        {"variables": {"agreed": True}},
                    ],
                }
            ],
            terminateInstructions=[{"elementId": "released"}],
        ),
    )

    (task,) = sdk("root").search_user_tasks(data=of.UserTaskSearchQuery()).items
    seen = sdk("root").search_user_task_variables(task.user_task_key).items
    assert task.element_id == "hold"
    assert {variable.name: variable.value for variable in seen} == {"place": '"online"', "agreed": "true"}
    assert variables(instance) == {"agreed": True}


@pytest.mark.parametrize(
    "scope",
    [
        None,
        {"ancestorScopeType": "inferred"},
        {"ancestorScopeType": "sourceParent"},
        {"ancestorScopeType": "direct", "ancestorElementInstanceKey": "-1"},
    ],
)
def test_a_step_is_moved_beside_where_it_was(sdk: As, scope: dict[str, str] | None) -> None:
    deploy(STUCK.replace("catch released: message never key =1", "task released"))
    instance = start()
    source = {"sourceType": "byKey", "sourceElementInstanceKey": str(element("prepare"))}
    move = {"sourceElementInstruction": source, "targetElementId": "hold"}

    sdk("root").modify_process_instance(
        str(instance.key),
        data=modification(moveInstructions=[move | ({"ancestorScopeInstruction": scope} if scope else {})]),
    )

    assert list(open_tasks()) == ["hold"]


def test_an_instance_of_which_nothing_is_left_is_terminated(sdk: As) -> None:
    deploy(STUCK)
    instance = start()

    sdk("root").modify_process_instance(
        str(instance.key), data=modification(terminateInstructions=[{"elementId": "released"}])
    )

    assert state(instance) == "TERMINATED"


def test_modifications_are_refused_with_the_documented_statuses(sdk: As) -> None:
    deploy(STUCK)
    key = str(start().key)

    with pytest.raises(refused.BadRequestError):
        sdk("root").modify_process_instance(key, data=modification(terminateInstructions=[{"elementId": "hold"}]))
    with pytest.raises(refused.BadRequestError):
        sdk("root").modify_process_instance(key, data=modification(activateInstructions=[{"elementId": "s"}]))
    with pytest.raises(refused.NotFoundError):
        sdk("root").modify_process_instance("42", data=modification())
    with pytest.raises(refused.UnexpectedStatus) as forbidden:
        sdk("ann").modify_process_instance(key, data=modification())
    assert forbidden.value.status_code == 403


def test_variables_are_set_where_they_are_defined_or_at_one_element(sdk: As) -> None:
    deploy("start s\nuser u\nboundary high beside u: condition score > 3\nuser v\nend e\ns > u > e\nhigh > v")
    instance = start(score=1)

    def put(key: int, *, local: bool, **values: Any) -> None:
        body = of.SetVariableRequest.from_dict({"variables": values, "local": local})
        sdk("root").create_element_instance_variables(str(key), data=body)

    put(element("u"), local=True, note="here")
    put(element("u"), local=False, score=2)
    between = list(open_tasks())
    put(instance.key, local=False, score=4)

    assert variables(instance) == {"score": 4}
    assert (between, list(open_tasks())) == (["u"], ["u", "v"])
    with pytest.raises(refused.BadRequestError):
        put(42, local=False, score=4)
