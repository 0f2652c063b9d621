"""Tests of engine.reviews.rulebook.rulebooks: templates as JSON."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.reviews.rulebook import rulebooks
from engine.reviews.rulebook.publishing import publishing_problems
from engine.settings import ROOT

CORRECTED = ROOT / "processes" / "review" / "cycle-corrected.toml"


def test_templates_read_back_as_they_were_written_even_through_json(mended):
    assert rulebooks.read(json.loads(json.dumps(rulebooks.write(mended)))) == mended


def test_a_template_that_is_written_wrong_names_each_place(mended):
    rules = rulebooks.write(mended)
    rules["sections"][0]["indicators"][1]["direction"] = "sideways"
    rules["sections"][0]["indicators"][2]["weight"] = "heavy"
    rules["colour"] = "red"
    del rules["model"]

    with pytest.raises(Invalid) as refused:
        rulebooks.read(rules)

    assert {(problem.where, problem.code) for problem in refused.value.problems} == {
        ("sections/quantitative/indicators/new_customers/direction", "wrong-value"),
        ("sections/quantitative/indicators/renewal_rate/weight", "wrong-value"),
        ("colour", "unknown"),
        ("model", "missing"),
    }


def test_x05_a_template_that_does_not_name_its_model_or_names_a_third_is_refused(mended):
    for model in ({}, {"model": "C"}):
        rules = {name: value for name, value in rulebooks.write(mended).items() if name != "model"}

        with pytest.raises(Invalid) as refused:
            rulebooks.read({**rules, **model})

        assert [problem.where for problem in refused.value.problems] == ["model"]


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({"id": 1})


@given(st.lists(st.integers(0, 12), max_size=5), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_whatever_is_put_anywhere_is_read_or_refused(mended, path, data):
    rules = rulebooks.write(mended)
    place, last = rules, None
    for step in path:
        names = list(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
        if not names:
            break
        holder, last = place, names[step % len(names)]
        place = holder[last]
    if last is not None:
        holder[last] = data.draw(JUNK)

    with suppress(Invalid):
        publishing_problems(rulebooks.read(rules))


@pytest.mark.parametrize(
    ("line", "instead", "place"),
    [
        ("[cycle]", "[cycle]\ndeadlnes = { self_evaluation = 7 }", "cycle/deadlnes"),
        ("[template]", "[template]\nversion = 3", "template/version"),
        ("[rules]", "[rule]", "rule"),
        ('process = "review"', "process = 7", "cycle/process"),
        ('process = "review"', "", "cycle/process"),
    ],
)
def test_a_word_that_nobody_reads_in_a_file_of_rules_is_named_and_never_passed_over(line, instead, place):
    written = CORRECTED.read_text(encoding="utf-8")
    assert line in written

    with pytest.raises(Invalid) as refused:
        rulebooks.parse(CORRECTED.name, written.replace(line, instead, 1).encode())

    assert place in {problem.where for problem in refused.value.problems}
