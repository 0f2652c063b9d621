"""Tests of engine.reviews.scores.recomputations: a stored result that was changed by hand is found."""

import copy
from dataclasses import replace

import pytest

from engine.errors import Conflict
from engine.identity import SYSTEM
from engine.reviews.rating import ratings
from engine.reviews.release import results
from engine.reviews.rulebook.rules import Level
from engine.reviews.scores import recomputations


@pytest.fixture
def computed(session, measured, given, act):
    """The newest result of a rated review, without its grade."""
    for username, (group, answers) in given.items():
        ratings.submit(session, measured, group, answers, by=act(username))
    return results.compute(session, measured, by=SYSTEM)


def found(session):
    return [(problem.where, problem.code) for problem in recomputations.of_results(session)]


def test_an_untouched_result_follows_from_its_inputs(session, computed):
    assert found(session) == []


@pytest.mark.parametrize("change", ["an actual value", "a total of the sheet", "the printed total"])
def test_a_result_that_somebody_changed_is_named(session, computed, change):
    figures = copy.deepcopy(computed.figures)
    section = figures["inputs"][0]["inputs"][0]
    if change == "an actual value":
        section["inputs"][0]["inputs"][0]["inputs"][1]["inputs"][1]["value"] = "500"
    elif change == "a total of the sheet":
        section["value"], section["exact"] = "70", "70"
    else:
        computed.total = "90.00"
    computed.figures = figures
    session.flush()

    assert found(session) == [(str(computed.review_key), "not-recomputed")]


class TestLevels:
    """The template names the levels of its scale."""

    @pytest.fixture
    def mended(self, mended):
        return replace(mended, levels=(Level(id="excellent", name="优秀"), Level(id="good", name="良好")))

    def test_x01_a_grade_that_is_no_level_of_the_scale_is_refused(self, session, measured, computed):
        with pytest.raises(Conflict, match="B is no level of its scale"):
            results.grade(session, measured, "B", total=computed.total)

        assert results.grade(session, measured, "良好", total=computed.total).grade == "良好"
