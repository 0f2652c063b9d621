"""The deviation from a target, as a template reads the word (X-10)."""

from dataclasses import replace

import pytest

from engine.reviews.rulebook.rules import Deviation
from engine.reviews.scores.breakdowns import Breakdown
from engine.reviews.scores.scoring import score

READINGS = {
    Deviation.DIFFERENCE: ["-4.00%", "-10.00%", "3.53%", "-3.16%", "-16.00%"],
    Deviation.QUOTIENT: ["96.00%", "90.00%", "103.53%", "96.84%", "84.00%"],
}


@pytest.mark.parametrize("reading", READINGS)
def test_x10_l002_07_the_deviation_is_printed_as_the_template_reads_it(document_004, measures, ratings, reading):
    template = replace(document_004, deviation=reading)

    scored = score(template, measures, ratings)

    parts = list(Breakdown(template, {}).parts(scored.figure.to_json()))
    assert [line.deviation for line in parts[0].lines] == READINGS[reading]
    assert {line.deviation for line in parts[1].lines} == {""}
