from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.bpmn.net import ElementFailed
from engine.bpmn.net import effects as told


def test_a_user_task_tells_all_that_its_owner_needs(play):
    world = play(
        """
        start s
        user u 'Rate {x}': form rating; assignee =boss; groups hr, finance; users =raters; {when}; priority =70
        s > u
        """.replace("{when}", "due 2026-02-05; follow-up P1D"),
        boss="ann",
        raters=["bob", "eve", "bob"],
    )

    task = world.effect("u")
    assert isinstance(task, told.TaskOpened)
    assert (task.name, task.form_id, task.assignee, task.priority) == ("Rate {x}", "rating", "ann", 70)
    assert (task.candidate_groups, task.candidate_users) == (("hr", "finance"), ("bob", "eve"))
    assert task.due == datetime(2026, 2, 5, 16, tzinfo=UTC)
    assert task.follow_up == datetime(2026, 2, 1, 1, 0, tzinfo=UTC)


def test_a_user_task_may_leave_everything_open(play):
    task = play("start s\nuser u: assignee =nobody\ns > u").effect("u")

    assert (task.name, task.form_id, task.assignee, task.priority) == ("u", None, None, 50)
    assert (task.candidate_groups, task.candidate_users, task.due, task.follow_up) == ((), (), None, None)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("assignee =[1]", "its assignee"),
        ("groups =[1]", "its candidate groups"),
        ("due =5", "its due date"),
        ("priority =101", "its priority must be at most 100"),
        ('priority ="high"', "its priority"),
    ],
)
def test_a_user_task_whose_particulars_make_no_sense_fails(play, option, sentence):
    with pytest.raises(ElementFailed, match=sentence):
        play(f"start s\nuser u: {option}\ns > u")


def test_jobs_tell_their_type_and_their_results_obey_the_mappings(play):
    world = play(
        "start s\njob a: type score; retries 5\njob b: type =kind; in n = 9; out best = score\ns > a > b",
        kind="score",
        n=1,
    )

    first = world.effect("a")
    assert (first.type, first.retries) == ("score", 5)
    world.do("a", score=10, raw=[1, 2])
    assert (world.effect("b").type, world.sees("b")["n"]) == ("score", 9)
    world.do("b", score=90)

    assert world.variables == {"kind": "score", "n": 1, "score": 10, "raw": [1, 2], "best": 90}


def test_a_business_rule_task_asks_for_a_decision(play):
    world = play("start s\nrule r: decides band; as grade\ns > r", score=Decimal("87.68"))

    asked = world.effect("r")
    assert isinstance(asked, told.DecisionCalled)
    assert (asked.decision_id, asked.result_variable, asked.binding) == ("band", "grade", "latest")
    world.do("r", grade="good")

    assert world.variables == {"score": Decimal("87.68"), "grade": "good"}


def test_undefined_and_manual_tasks_are_passed_through(play):
    world = play("start s\ntask t\nmanual m\ns > t > m")

    assert world.state == "completed"


def test_temporal_results_are_kept_as_iso_text(play):
    world = play('start s\nscript k: let day = date("2026-01-31") + duration("P1M")\ns > k')

    assert world.variables == {"day": "2026-02-28"}


def test_a_failing_expression_names_its_element(play):
    with pytest.raises(ElementFailed, match="k: ") as failure:
        play("start s\nscript k: let f = function(x) x\ns > k")

    assert failure.value.element_id == "k"
