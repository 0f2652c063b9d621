"""Random diagrams that are changed while they run: what follows is what the changed diagram says from the start."""

import re

from blocks import Author, Sequence, Task, drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

NAMED = re.compile(r"^( *)(?:user|sub|adhoc|transaction|parallel|inclusive|exclusive) (\w+)", re.MULTILINE)
PARALLEL = re.compile(r"^( *)parallel (\w+)_f$", re.MULTILINE)
TASK = re.compile(r"^( *)user (\w+)$", re.MULTILINE)


def renamed(text: str) -> tuple[str, dict[str, str]]:
    """Rename every element but scripts, which are named like the variables that they set."""
    mapping = {name: f"new_{name}" for _, name in NAMED.findall(text)}
    return re.sub(r"\w+", lambda word: mapping.get(word[0], word[0]), text), mapping


def changed(text: str, *, rename: bool, listen: bool) -> tuple[str, dict[str, str]]:
    """Put a task before the end, and if it is asked for new names everywhere and an event on every task."""
    text, mapping = renamed(text) if rename else (text, {})
    if listen:
        text = TASK.sub(r"\1user \2\n\1boundary \2_never beside \2: signal never", text)
    return re.sub(r" > e$", " > extra > e\nuser extra", text), mapping


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 100_000), before=some.integers(0, 8), rename=some.booleans(), listen=some.booleans())
def test_a_changed_diagram_leads_on_as_if_it_had_been_so_from_the_start(play, seed, before, rename, listen):
    author = Author(seed)
    model = Sequence([author.sequence(3), Task("last")])
    target, mapping = changed(drawn(model), rename=rename, listen=listen)
    world = play(drawn(model))
    model.start()
    for _ in range(before):
        if model.open() != ["last"]:
            name = author.random.choice(sorted(model.open()))
            model.do(name)
            world.do(name)

    refused = world.migrate(target, **mapping)

    assert refused == []
    while model.open():
        assert world.waiting == sorted(mapping.get(name, name) for name in model.open())
        name = author.random.choice(sorted(model.open()))
        model.do(name)
        world.do(mapping.get(name, name))
    assert world.waiting == ["extra"]
    world.do("extra")
    assert world.state == "completed"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 100_000), before=some.integers(0, 12))
def test_a_diagram_with_more_branches_refuses_whom_it_would_leave_waiting_and_leads_the_others_to_the_end(
    play, seed, before
):
    author = Author(seed)
    text = drawn(author.sequence(3))
    world = play(text)
    for _ in range(before):
        if world.state == "active":
            world.do(author.random.choice(world.waiting))

    refused = world.state != "active" or world.migrate(widened(text))

    for _ in range(300):
        if world.state == "active":
            world.do(author.random.choice(world.waiting))
    assert world.state == "completed"
    assert refused is True or all("would wait for ever" in sentence for sentence in refused)


def widened(text: str) -> str:
    """Put one more branch into every parallel fork."""
    return PARALLEL.sub(r"\1parallel \2_f\n\1user \2_more\n\1\2_f > \2_more > \2_j", text)
