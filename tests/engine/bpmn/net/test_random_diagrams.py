"""Random block-structured diagrams, played against a model that knows blocks and nothing of tokens."""

import pytest
from blocks import Author, drawn


@pytest.mark.parametrize("seed", range(120))
def test_a_random_diagram_opens_the_tasks_that_its_blocks_say(play, seed):
    author = Author(seed)
    model = author.sequence(4)

    world = play(drawn(model))
    model.start()
    for _ in range(300):
        assert world.waiting == sorted(model.open())
        if not model.open():
            break
        name = author.random.choice(sorted(model.open()))
        model.do(name)
        world.do(name)

    assert world.state == ("active" if model.open() else "completed")
