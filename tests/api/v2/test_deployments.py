"""Deployments over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from diagrams import bpmn
from flask.testing import FlaskClient

Client = Callable[[str], FlaskClient]

DIAGRAM = bpmn("start s\nend e\ns > e", "p")
EDGE = "multipart/form-data; boundary=edge"


def multipart(disposition: str) -> bytes:
    head = f'--edge\r\nContent-Disposition: form-data; name="resources"; {disposition}\r\n\r\n'
    return head.encode() + DIAGRAM + b"\r\n--edge--\r\n"


@pytest.mark.parametrize(
    "disposition",
    ["filename*=UTF-8''a%00.bpmn", 'filename="a\0.bpmn"', 'filename=""', "filename*=UTF-8''" + "a" * 5000 + ".bpmn"],
)
def test_a_file_with_a_name_that_cannot_be_kept_makes_nothing_fail(client: Client, disposition: str) -> None:
    client("root").application.testing = False

    answer = client("root").post("/v2/deployments", data=multipart(disposition), content_type=EDGE)

    assert answer.status_code in {200, 400}


def test_files_are_deployed_by_operators_alone(client: Client) -> None:
    good = multipart('filename="a.bpmn"')

    refused = client("ann").post("/v2/deployments", data=good, content_type=EDGE)
    deployed = client("root").post("/v2/deployments", data=good, content_type=EDGE)

    assert [refused.status_code, deployed.status_code] == [403, 200]


def test_a_deployment_under_one_key_is_made_once(client: Client) -> None:
    answers = [
        client("root")
        .post(
            "/v2/deployments",
            data=multipart('filename="a.bpmn"'),
            content_type=EDGE,
            headers={"Idempotency-Key": "d1"},
        )
        .data
        for _ in range(20)
    ]

    assert len(set(answers)) == 1


def test_a_file_that_is_much_too_large_is_refused_by_its_name_with_a_code(client: Client) -> None:
    huge = multipart('filename="huge.bpmn"').replace(DIAGRAM, b" " * 20_000_000)

    answer = client("root").post("/v2/deployments", data=huge, content_type=EDGE)

    assert answer.status_code == 400
    assert answer.json
    assert [(found["resource"], found["code"]) for found in answer.json["problems"]] == [
        ("huge.bpmn", "file-too-large")
    ]
