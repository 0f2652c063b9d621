"""Remarks: what HR should look at before rules are published, and no rule forbids: wording is a person's to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from engine.errors import Problem
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Template
from engine.reviews.scores.completions import target_problem
from engine.reviews.scores.quantities import parse
from engine.reviews.sentences import Sentence, UnreadableError

VAGUE = re.compile(
    "较好|较差|较高|较低|良好|优良|努力|认真|积极|尽量|尽可能|适当|适时|一定程度|明显|显著|大力|进一步|充分|合理|及时性好|态度|表现好"
    r"|\b(?:good|better|adequate|appropriate|significant|considerable|as much as possible|proactive|attitude)\b",
    re.IGNORECASE,
)
"""Words that say how much without saying how much (L003-01)."""

COUNTED = re.compile(r"[0-9０-９]|[一二两三四五六七八九十百](?:次|个|份|天|日|小时|分钟|项|家|条|人)")
"""What makes a text tell a quantity all the same."""


def remarks(template: Template) -> list[Problem]:
    """Name what is worded subjectively, and what people rate without being told what a rating means (L003-01)."""
    return [
        problem
        for section in template.sections
        for indicator in section.indicators
        for problem in _wording(indicator, f"sections/{section.id}/indicators/{indicator.id}")
    ]


def smart(template: Template, targets: Mapping[str, str], before: Mapping[str, str]) -> list[Problem]:
    """Look at targets by the five questions of SMART (L004-05); `before` is what was reached last, by indicator.

    Measurable they are, or they are not taken at all; time-bound they are by their cycle. What is left is whether they
    are specific (what is counted, and where it is looked up), attainable and relevant.
    """
    found: list[Problem] = []
    for indicator in template.measured:
        text = targets.get(indicator.id, "")
        if problem := target_problem(indicator, text):
            found.append(problem)
            continue
        if not indicator.source:
            sentence = Sentence("Specific? It is not said where {name} is looked up", name=indicator.name)
            found.append(Problem(sentence, indicator.id, "smart-specific"))
        found += _attainable(template, indicator, text, before.get(indicator.id, ""))
        if indicator.weight < 5:
            sentence = Sentence("Relevant? {name} weighs less than 5 points", name=indicator.name)
            found.append(Problem(sentence, indicator.id, "smart-relevant"))
    return found


def _attainable(template: Template, indicator: Indicator, text: str, before: str) -> Iterator[Problem]:
    try:
        last = parse(before, indicator.notation) if before else Fraction(0)
    except UnreadableError:
        return  # it was measured in another notation then
    if last > 0 and parse(text, indicator.notation) > last * template.outlier_at:
        sentence = Sentence(
            "Attainable? {name} was {before} last, and the target is {target}",
            name=indicator.name,
            before=before,
            target=text,
        )
        yield Problem(sentence, indicator.id, "smart-attainable")


def _wording(indicator: Indicator, where: str) -> Iterator[Problem]:
    texts = {"name": indicator.name, "rubric": indicator.rubric}
    texts |= {f"rubric_levels/{level.rating}": level.text for level in indicator.rubric_levels}
    for place, text in texts.items():
        if (word := VAGUE.search(text)) and not COUNTED.search(text):
            sentence = Sentence('"{word}" is for each to judge: say what can be counted or seen', word=word[0])
            yield Problem(sentence, f"{where}/{place}", "subjective")
    if indicator.is_rated and not indicator.rubric and not indicator.rubric_levels:
        sentence = Sentence("Nothing says what a rating means: raters will each have a measure of their own")
        yield Problem(sentence, f"{where}/rubric", "no-rubric")
