"""Random diagrams with events, instances and scopes, played against a model that knows blocks and nothing of tokens."""

import pytest
from blocks import drawn
from happenings import NAMES, LivelyAuthor


def the_names(variables):
    return {name: variables[name] for name in NAMES if variables.get(name) is not None}


def happens(world, author, name, number):
    """Let a task be done, which sets its variable, or an event happen."""
    setter = author.setters.get(name)
    if setter is not None:
        setter.scope.assign(setter.variable, number)
        world.do(name, **{setter.variable: number})
    elif name in world.waiting:
        world.do(name)
    else:
        world.happen(name)


def agrees(world, author, model):
    assert sorted(world.waiting + world.listening) == sorted(model.open())
    assert the_names(world.variables) == the_names(author.top.values)
    for name in world.waiting:
        if name in author.setters:
            assert the_names(world.sees(name)) == the_names(author.setters[name].scope.seen())


@pytest.mark.parametrize("seed", range(150))
def test_a_random_diagram_waits_for_what_its_blocks_say(play, seed):
    author = LivelyAuthor(seed)
    model = author.sequence(4)

    world = play(drawn(model))
    model.start()
    for number in range(1, 120):
        agrees(world, author, model)
        if not model.open():
            break
        name = author.random.choice(sorted(model.open()))
        happens(world, author, name, number)
        model.do(name)

    assert world.state == ("active" if model.open() else "completed")
