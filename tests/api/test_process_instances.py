"""What a migration would do, asked over HTTP."""

from company import deploy, open_tasks, start
from sqlalchemy import select

from engine import db
from engine.bpmn.models import ProcessDefinition

PATH = "/api/process-instances/migration-preview"
REVIEW = "start s\nuser own 'Own view': assignee ann\nend e\ns > own > e"


def goal(*keys: int, **mapping: str) -> dict[str, object]:
    with db.reading() as session:
        newest = session.scalars(select(ProcessDefinition.key).order_by(ProcessDefinition.version.desc())).first()
    return {
        "processInstanceKeys": [str(key) for key in keys],
        "targetProcessDefinitionKey": str(newest),
        "mappingInstructions": [{"sourceElementId": s, "targetElementId": t} for s, t in mapping.items()],
    }


def test_an_operator_sees_for_each_instance_what_would_move_and_what_refuses(client):
    deploy(REVIEW)
    one, other = start(), start()
    deploy(REVIEW.replace("own", "mine"))

    refused = client("root").post(PATH, json=goal(one.key, other.key)).get_json()["items"]
    possible = client("root").post(PATH, json=goal(one.key, own="mine")).get_json()["items"]

    assert [item["problems"][0]["code"] for item in refused] == ["migration-unmapped"] * 2
    (move,) = possible[0]["moves"]
    assert (move["sourceElementId"], move["targetElementId"]) == ("own", "mine")
    assert (move["name"], move["assignee"]) == ("Own view", "ann")
    assert list(open_tasks()) == ["own"]


def test_a_preview_is_for_operators_and_names_only_what_there_is(client):
    deploy(REVIEW)
    instance = start()
    deploy(REVIEW.replace("own", "mine"))

    assert client("ann").post(PATH, json=goal(instance.key)).status_code == 403
    assert client("root").post(PATH, json=goal(42)).status_code == 404
    assert client("root").post(PATH, json=goal(instance.key, nobody="mine")).status_code == 422
    assert client("root").post(PATH, json=goal()).status_code == 422
