"""Passages: the texts of forms, which say everything in both languages, in the request's language alone.

What is in both is told by how it is written: `中文 English: {{value}}` as a heading, in bold or with a value,
two sentences as `中文。 English.`, paragraphs in turn. Anything else is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from web import languages
from web.names import CHINESE

VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
HELD = "\ue000"
"""What stands for a value while a text is taken apart: its expression may be in any language."""

SENTENCES = re.compile(r"(?P<chinese>.*。(?:\*\*)?)\s+(?P<english>[A-Z].*)")
NAMED = re.compile(
    rf"(?P<chinese>{CHINESE}[^A-Za-z\n·{HELD}]*?)\s(?P<english>[A-Za-z](?:[^\n·:：{HELD}\u3400-\u9fff]*[^\s,·:：*{HELD}\u3400-\u9fff])?)"
    rf"(?=\*{{0,2}}(?:[:：,]|\s*{HELD}|\s*·|\s*$))",
    re.MULTILINE,
)
MARKED = re.compile(rf"#|\*\*|.*{HELD}")
"""A line whose Chinese and English words are one name in both."""

PROSE = re.compile(r"(?:[A-Za-z']+\W+){3,}")
"""Enough English words to be a sentence, and no term that Chinese uses too."""


def local(text: str) -> str:
    """Write a text in the request's language, as far as it says the same in both."""
    values = iter(VALUE.findall(text))
    kept = []
    for paragraph, dropped in _paragraphs(VALUE.sub(HELD, text).split("\n\n")):
        own = [next(values) for _ in range(paragraph.count(HELD))]
        if not dropped:
            kept.append("\n".join(_lines(paragraph, own)))
    return "\n\n".join(kept)


def _paragraphs(paragraphs: list[str]) -> Iterator[tuple[str, bool]]:
    """Tell of each paragraph whether another says the same in the request's language."""
    chinese = [bool(re.search(CHINESE, one)) for one in paragraphs]
    english = [bool(PROSE.search(one)) and not found for one, found in zip(paragraphs, chinese, strict=True)]
    alone = [found and not _both(one) for one, found in zip(paragraphs, chinese, strict=True)]
    in_turn = 0 < sum(english) == sum(alone)
    other = alone if languages.current() == "en" else english
    return ((one, in_turn and dropped) for one, dropped in zip(paragraphs, other, strict=True))


def _both(paragraph: str) -> bool:
    return any(
        SENTENCES.fullmatch(line) or (MARKED.match(line) and NAMED.search(line)) for line in paragraph.split("\n")
    )


def _lines(paragraph: str, values: list[str]) -> Iterator[str]:
    language = "english" if languages.current() == "en" else "chinese"
    for line in paragraph.split("\n"):
        own, values = values[: line.count(HELD)], values[line.count(HELD) :]
        if found := SENTENCES.fullmatch(line):
            start, end = found.span(language)
            before = line[:start].count(HELD)
            yield _filled(line[start:end], own[before:])
        elif MARKED.match(line):
            yield _filled(NAMED.sub(rf"\g<{language}>", line), own)
        else:
            yield _filled(line, own)


def _filled(line: str, values: list[str]) -> str:
    for value in values[: line.count(HELD)]:
        line = line.replace(HELD, value, 1)
    return line
