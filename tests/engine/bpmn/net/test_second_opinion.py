"""Random diagrams and known differences, played by SpiffWorkflow's own executor too, its variables in scopes.

Each wait must be the same, with what is visible there; ours is written and read again between every two steps. From the
first known difference on, which all are SpiffWorkflow's errors, only the model of the blocks is held against ours.
"""

from collections import Counter

import pytest
from blocks import drawn
from happenings import LivelyAuthor
from known_differences import DIFFERENCES, explained
from opinions import Ours, Theirs

pytestmark = pytest.mark.parametrize("play", ["saved"], indirect=True)


class PlayableAuthor(LivelyAuthor):
    """Draws random blocks of which SpiffWorkflow plays each; why not the others is in the known differences."""

    @property
    def rarer(self):
        return [self.again, *self.lively]

    def eventful(self, depth):
        made = super().eventful(depth)
        made.inside = False
        return made


def chosen(author, waits):
    """Choose one of the waits, the same each time."""
    return author.random.choice(sorted(waits, key=lambda wait: (wait.element, str(sorted(wait.visible)))))


def differ(play, author, model) -> bool:
    """Play a diagram as long as the opinions agree; ours must be that of the model, to the end."""
    ours, theirs = Ours(play(drawn(model))), Theirs(drawn(model))
    model.start()
    agree = True
    for number in range(1, 120):
        assert sorted(wait.element for wait in ours.waits.elements()) == sorted(model.open())
        agree = agree and theirs.waits == ours.waits and theirs.visible == ours.visible
        if not model.open():
            break
        wait = chosen(author, ours.waits)
        setter = author.setters.get(wait.element)
        variables = {setter.variable: number} if setter else {}
        model.do(wait.element)
        for opinion in (ours, theirs) if agree else (ours,):
            opinion.do(wait, variables)
    return not agree


@pytest.mark.parametrize("seed", range(120))
def test_spiffworkflow_agrees_on_every_wait_but_for_what_is_explained(play, seed):
    author = PlayableAuthor(seed)
    model = author.sequence(3)

    difference = differ(play, author, model)

    assert not difference or explained(model)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000, 2_200, 150))
def test_spiffworkflow_agrees_on_larger_diagrams_too(play, first):
    found = Counter()
    for seed in range(first, first + 150):
        author = PlayableAuthor(seed)
        model = author.sequence(4)
        found[explained(model), differ(play, author, model)] += 1

    assert found[False, True] == 0
    assert found[False, False] > 90


def elements(opinion, steps=()):
    """Let happen what is waited for, and return what waits then."""
    for step in steps:
        wait = next((wait for wait in opinion.waits if wait.element == step), None)
        if wait is not None:
            opinion.do(wait, {})
    return sorted(wait.element for wait in opinion.waits.elements())


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.reason)
def test_a_known_difference_is_one(play, difference):
    ours = Ours(play(difference.diagram))

    assert elements(ours, difference.steps) == difference.ours
    if isinstance(difference.theirs, list):
        assert elements(Theirs(difference.diagram), difference.steps) == difference.theirs
    else:
        with pytest.raises(difference.theirs):
            elements(Theirs(difference.diagram), difference.steps)


def test_spiffworkflow_keeps_one_time_for_all_timers_of_an_event_gateway(play):
    alone = "catch c2: duration PT0S\n s > c2"
    beside = "events g\n catch c1: duration PT5H\n catch c2: duration PT0S\n user v\n s > g > c1 > v > e\n g > c2"
    rest = "start s\n user u\n end e\n c2 > u > e\n"

    due = {element: play(rest + beside).effect(element).due for element in ("c1", "c2")}

    assert due["c2"] < due["c1"]
    assert elements(Theirs(rest + alone)) == ["u"]
    assert elements(Theirs(rest + beside)) == ["c1", "c2"]
