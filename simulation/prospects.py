"""What follows results besides money: HR proposes it once finance has settled, and people take it up."""

from __future__ import annotations

from simulation import follow_ups
from simulation.cases import Following
from simulation.life import Life
from simulation.preparation import Preparation


class Prospects:
    """What follows the results of one cycle."""

    def __init__(self, life: Life, preparation: Preparation) -> None:
        self._life = life
        self._preparation = preparation

    def propose(self) -> None:
        """Propose what the rules say follows and is not proposed yet."""
        chapter, path = self._preparation.chapter, f"/api/cycles/{self._preparation.cycle}/follow-ups"
        names = {key: name for name, key in chapter.reviews.items()}
        for one in self._life.product.ask(self._preparation.officer, "POST", path)["items"]:
            chapter.follow_ups[names[one["reviewKey"]], one["rule"]] = Following()
        chapter.follows = True

    def act(self) -> None:
        """Propose once finance has settled; let nobody go elsewhere whom something is asked of."""
        chapter = self._preparation.chapter
        if chapter.amounts and not chapter.follows:
            self.propose()
        asked = (
            one for one in self._life.waiting if one["cycle"] == chapter.label and one["elementId"] in follow_ups.WRITE
        )
        self._life.bonds[self] = {one["about"] for one in asked}
