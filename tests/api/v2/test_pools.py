"""A collaboration in the standard's elements alone: two pools, each an instance of its own, talk by message flows."""

from __future__ import annotations

import io
from typing import Any

import pytest

from engine import db
from engine.bpmn import instances

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:my="pools" targetNamespace="pools">
<collaboration id="talk"><participant id="p1" name="Customer" processRef="my:customer"/>
<participant id="p2" name="Shop" processRef="my:shop"/>
<messageFlow id="order" sourceRef="send_order" targetRef="order_comes"/>
<messageFlow id="bill" sourceRef="send_bill" targetRef="bill_comes"/>
<messageFlow id="payment" sourceRef="pay" targetRef="payment_comes"/></collaboration>
<process id="customer" isExecutable="true">
 <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="send_order"/>
 <sendTask id="send_order"><ioSpecification><dataInput id="i" name="what"/>
  <inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/></ioSpecification>
  <dataInputAssociation><sourceRef>wanted</sourceRef><targetRef>i</targetRef></dataInputAssociation></sendTask>
 <dataObject id="wanted"/>
 <sequenceFlow id="f2" sourceRef="send_order" targetRef="think"/><userTask id="think"/>
 <sequenceFlow id="f3" sourceRef="think" targetRef="bill_comes"/>
 <receiveTask id="bill_comes"/><sequenceFlow id="f4" sourceRef="bill_comes" targetRef="pay"/>
 <endEvent id="pay"><messageEventDefinition/></endEvent>
</process>
<process id="shop" isExecutable="true">
 <startEvent id="order_comes"><messageEventDefinition/></startEvent>
 <sequenceFlow id="g1" sourceRef="order_comes" targetRef="send_bill"/>
 <intermediateThrowEvent id="send_bill"><messageEventDefinition/></intermediateThrowEvent>
 <sequenceFlow id="g2" sourceRef="send_bill" targetRef="payment_comes"/>
 <intermediateCatchEvent id="payment_comes"><messageEventDefinition/></intermediateCatchEvent>
 <sequenceFlow id="g3" sourceRef="payment_comes" targetRef="done"/><endEvent id="done"/>
</process></definitions>"""


@pytest.fixture
def root(client: Any) -> Any:
    """Return the operator's client, the collaboration being deployed."""
    found = client("root")
    files = {"resources": (io.BytesIO(FILE.encode()), "pools.bpmn")}
    assert found.post("/v2/deployments", data=files, content_type="multipart/form-data").status_code == 200
    return found


def begin(root: Any, wanted: str) -> str:
    body = {"processDefinitionId": "customer", "variables": {"wanted": wanted}}
    return str(root.post("/v2/process-instances", json=body).json["processInstanceKey"])


def states(root: Any, process_id: str) -> list[str]:
    body = {"filter": {"processDefinitionId": process_id}, "sort": [{"field": "startDate"}]}
    return [found["state"] for found in root.post("/v2/process-instances/search", json=body).json["items"]]


def test_the_pools_answer_each_other_and_each_conversation_is_its_own(root: Any) -> None:
    customers = [begin(root, "tea"), begin(root, "rice")]
    assert (states(root, "customer"), states(root, "shop")) == (["ACTIVE"] * 2, ["ACTIVE"] * 2)

    tasks = root.post("/v2/user-tasks/search", json={"filter": {"processInstanceKey": customers[1]}}).json["items"]
    answer = root.post(f"/v2/user-tasks/{tasks[0]['userTaskKey']}/completion", json={})

    assert answer.status_code == 204
    assert states(root, "customer") == states(root, "shop") == ["ACTIVE", "COMPLETED"]


def test_a_message_carries_what_goes_into_it_and_nothing_else(root: Any) -> None:
    begin(root, "tea")

    body = {"filter": {"processDefinitionId": "shop"}}
    (shop,) = root.post("/v2/process-instances/search", json=body).json["items"]

    with db.reading() as session:
        assert instances.variables(session, int(shop["processInstanceKey"])) == {"what": "tea"}
