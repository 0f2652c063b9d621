"""Variables over HTTP, read by Camunda's own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import errors as refused
from camunda_orchestration_sdk import models as of
from company import deploy, start

from api.v2 import variables

As = Callable[[str], CamundaClient]

PANEL = "start s\nuser vote: each-of =voters; item voter; assignee =voter\nend e\ns > vote > e"


@pytest.fixture
def panel(sdk: As) -> int:
    """Start a panel of two, beside an instance of no interest; return its key."""
    deploy(PANEL)
    start(voters=["bo"], minutes="")
    return start(voters=["ann", "bo"], minutes="散" * 9000, score=4.5).key


def search(client: CamundaClient, *, truncate: bool = True, **query: Any) -> list[of.VariableSearchResult]:
    data = of.VariableSearchQuery.from_dict(query)
    return client.search_variables(data=data, truncate_values=truncate).items


def test_the_variables_of_an_instance_are_found_scope_by_scope(sdk: As, panel: int) -> None:
    found = search(sdk("root"), filter={"processInstanceKey": str(panel)}, sort=[{"field": "name"}])

    own = {one.name: one for one in found if one.scope_key == str(panel)}
    inner = [(one.name, one.value) for one in found if one.scope_key != str(panel)]
    assert list(own) == ["minutes", "score", "voters"]
    assert (own["score"].value, json.loads(own["voters"].value)) == ("4.5", ["ann", "bo"])
    assert sorted(inner) == [("loopCounter", "1"), ("loopCounter", "2"), ("voter", '"ann"'), ("voter", '"bo"')]


def test_a_long_value_is_cut_and_had_whole_by_its_key(sdk: As, panel: int) -> None:
    asked = {"filter": {"processInstanceKey": str(panel), "isTruncated": True}}

    (cut,) = search(sdk("root"), **asked)
    (whole,) = search(sdk("root"), truncate=False, **asked)
    by_key = sdk("root").get_variable(cut.variable_key)

    assert (len(cut.value), cut.is_truncated, whole.is_truncated) == (8191, True, False)
    assert json.loads(by_key.value) == json.loads(whole.value) == "散" * 9000
    assert (by_key.name, by_key.scope_key) == ("minutes", str(panel))


def test_the_variables_of_one_scope_are_found_by_its_key(sdk: As, panel: int) -> None:
    query = of.UserTaskSearchQuery.from_dict({"filter": {"processInstanceKey": str(panel), "assignee": "bo"}})
    (task,) = sdk("root").search_user_tasks(data=query).items

    found = search(sdk("root"), filter={"scopeKey": task.element_instance_key, "name": {"$like": "v*"}})

    assert [(one.name, one.value) for one in found] == [("voter", '"bo"')]
    assert sdk("root").get_variable(found[0].variable_key).value == '"bo"'


def test_an_ended_instance_keeps_its_own_variables(sdk: As, panel: int) -> None:
    sdk("root").cancel_process_instance(str(panel), data=None)

    found = search(sdk("root"), filter={"processInstanceKey": str(panel)})

    assert [one.name for one in found] == ["minutes", "score", "voters"]


def test_variables_are_paged_by_cursor(sdk: As, panel: int) -> None:
    query = {"filter": {"name": {"$in": ["voter", "voters"]}}, "sort": [{"field": "value", "order": "DESC"}]}
    every = search(sdk("root"), **query)

    first = sdk("root").search_variables(data=of.VariableSearchQuery.from_dict({**query, "page": {"limit": 2}}))
    after = {"limit": 2, "after": first.page.end_cursor}
    second = sdk("root").search_variables(data=of.VariableSearchQuery.from_dict({**query, "page": after}))

    assert first.page.total_items == len(every) == 5
    assert [one.variable_key for one in (*first.items, *second.items)] == [one.variable_key for one in every[:4]]


def test_variables_of_more_instances_than_a_search_goes_through_are_refused(
    sdk: As, panel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variables, "MOST_INSTANCES", 1)

    with pytest.raises(refused.BadRequestError, match="processInstanceKey"):
        search(sdk("root"), filter={"name": "score"})
    assert len(search(sdk("root"), filter={"processInstanceKey": str(panel), "name": "score"})) == 1


def test_variables_are_for_operators(sdk: As, panel: int) -> None:
    (score,) = search(sdk("root"), filter={"name": "score"})

    assert search(sdk("ann")) == []
    with pytest.raises(refused.NotFoundError):
        sdk("ann").get_variable(score.variable_key)
    with pytest.raises(refused.NotFoundError):
        sdk("root").get_variable("7")


def evaluate(client: CamundaClient, expression: str, **asked: Any) -> of.ExpressionEvaluationResult:
    return client.evaluate_expression(data=of.ExpressionEvaluationRequest(expression, **asked))


def test_an_expression_is_evaluated_with_what_a_scope_sees(sdk: As, panel: int) -> None:
    query = of.UserTaskSearchQuery.from_dict({"filter": {"processInstanceKey": str(panel), "assignee": "bo"}})
    (task,) = sdk("root").search_user_tasks(data=query).items
    more = of.ExpressionEvaluationRequestVariables.from_dict({"more": 0.5})

    of_task = evaluate(sdk("root"), "=voter", scope_key=task.element_instance_key)
    of_instance = evaluate(sdk("root"), "=count(voters) + more", scope_key=str(panel), variables=more)

    assert (of_task.result, of_instance.result) == ("bo", 2.5)


def test_an_expression_is_evaluated_by_itself_and_its_warnings_told(sdk: As, panel: int) -> None:
    assert evaluate(sdk("root"), "plain").result == "plain"
    assert evaluate(sdk("root"), '=date("2026-11-21").weekday').result == 6
    assert [one.message for one in evaluate(sdk("root"), "=nobody + 1").warnings]


def test_an_expression_that_is_none_is_refused(sdk: As, panel: int) -> None:
    with pytest.raises(refused.BadRequestError):
        evaluate(sdk("root"), "=1 +")
    with pytest.raises(refused.BadRequestError):
        evaluate(sdk("root"), "=1", scope_key="7")
    with pytest.raises(refused.ForbiddenError):
        evaluate(sdk("ann"), "=1")
