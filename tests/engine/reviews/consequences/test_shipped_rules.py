"""The shipped rules of what follows a result say what the documents say."""

import tomllib
from pathlib import Path

from engine.reviews.settlements import schemes

FOLLOW_UPS = Path(__file__).parents[4] / "processes" / "settlements" / "follow-ups.toml"


def test_the_shipped_follow_ups_are_read_and_say_what_the_documents_say():
    scheme = schemes.read(tomllib.loads(FOLLOW_UPS.read_text(encoding="utf-8")))

    by_id = {rule.id: rule for rule in scheme.follow_ups}
    (exercise,) = by_id["ability"].exercises
    assert (exercise.count, by_id["ability"].months) == (5, 2)
    assert [one.id for one in by_id["reward"].options] == ["commission", "study"]
    assert {rule.id for rule in scheme.follow_ups if rule.levels == ("良好",)} == {"rotation", "ability"}
    assert [(line.release.more, line.team.share) for line in scheme.lines] == [(10, 20)]
    assert {award.id: award.points for award in scheme.awards}["marketing_star"] == 50


def test_the_readers_of_the_file_for_settlements_take_it_too():
    assert {streak.id for streak in schemes.read(tomllib.loads(FOLLOW_UPS.read_text("utf-8"))).streaks} == {
        "excellent_3",
        "top_tenth_3",
        "two_years_good",
    }
