"""What forbids publishing the rules of a rater group."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.reviews.rulebook.rules import BY_POSITION, Nominator, RaterGroup
from engine.reviews.sentences import Sentence

LEAST_ANONYMOUS = 2
"""The smallest anonymous group that hides anything: a group of one is the person."""


def group_problems(group: RaterGroup) -> Iterator[Problem]:
    """Name what in the rules of a rater group contradicts itself."""
    where = f"rater_groups/{group.id}"
    if group.id in BY_POSITION and (group.anonymous or group.nominated_by is not Nominator.HR):
        sentence = Sentence("This group is one person whom everybody knows: nobody is nominated or anonymous in it")
        yield Problem(sentence, where, "one-person-group")
    if group.anonymous and group.smallest < LEAST_ANONYMOUS:
        sentence = Sentence("An anonymous group needs {least} raters or more", least=LEAST_ANONYMOUS)
        yield Problem(sentence, f"{where}/smallest", "smallest-too-small")
    if group.by_position:
        return
    if not 1 <= group.fewest <= group.most:
        sentence = Sentence(
            "At least {fewest} and at most {most} cannot be named", fewest=group.fewest, most=group.most
        )
        yield Problem(sentence, f"{where}/fewest", "nomination-bounds")
    if group.quorum > group.most:
        sentence = Sentence(
            "The quorum {quorum} is more than the {most} that are named", quorum=group.quorum, most=group.most
        )
        yield Problem(sentence, f"{where}/quorum", "quorum-too-high")
    if group.anonymous and group.most < group.smallest:
        sentence = Sentence(
            "Of {most} raters {smallest} can never rate: nothing of the group would ever be shown",
            most=group.most,
            smallest=group.smallest,
        )
        yield Problem(sentence, f"{where}/smallest", "never-shown")
