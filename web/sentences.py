"""What the engine says, in the reader's language: by the template a sentence was made from, or by its code."""

from __future__ import annotations

from engine.bpmn.forms.sentences import EXPECTED, SENTENCES
from engine.bpmn.net.obstacles import SENTENCES as OBSTACLES
from engine.errors import Problem
from engine.findings import Finding
from engine.reviews.sentences import Sentence
from web import findings, names
from web.languages import N_, gettext, has

MADE_IN_PARTS = (
    N_("The weights total {total}, but must total {whole}: {points} points are missing"),
    N_("The weights total {total}, but must total {whole}: {points} points too many"),
    N_("{name} sets targets and is not rated: {reason}"),
    N_("{name} is not rated: {reason}"),
    N_("{name} takes no part: {reason}"),
    N_("Its completion is not defined for target {target} and actual value {actual}"),
)
"""Templates that the extraction does not see where they are written."""

WORDS = (
    N_("message"),
    N_("signal"),
    N_("error"),
    N_("escalation"),
    N_("form"),
    N_("decision"),
    N_("process"),
    N_("operation"),
    N_("requirements"),
    N_("input collection"),
    N_("output element"),
    N_("script"),
    N_("superior"),
    N_("second superior"),
    N_("superior line"),
    N_("rater"),
    N_("approved the targets"),
    N_("appellant"),
    N_("departments"),
    N_("posts"),
    N_("people"),
    N_("spells"),
    N_("placements"),
    N_("lines"),
    N_("leaves"),
    N_("roles"),
    N_("protections"),
)
"""What the engine fills into its templates."""


def said(problem: Problem) -> str:
    """Say what is wrong with something that was sent."""
    if isinstance(problem.message, Sentence):
        return translated(problem.message)
    known = SENTENCES | OBSTACLES
    if problem.code in known and problem.facts:
        facts = {name: _word(value) for name, value in problem.facts.items()}
        return gettext(known[problem.code]) % facts
    if isinstance(problem, Finding) and not has(problem.message):
        return f"{findings.title(problem)}: {problem.message}"
    return gettext(problem.message)


def translated(sentence: Sentence) -> str:
    """Say a sentence that remembers what it was made from."""
    return gettext(sentence.template).format(**{name: _word(value) for name, value in sentence.values.items()})


def speaks(message: str) -> bool:
    """Whether a message can be said in the request's language."""
    return has(message.template if isinstance(message, Sentence) else message)


def templates() -> list[str]:
    """Answer the texts that forms and migrations refuse with."""
    return [*SENTENCES.values(), *EXPECTED.values(), *OBSTACLES.values()]


def _word(value: object) -> object:
    if isinstance(value, Sentence):
        return translated(value)
    return gettext(names.local(value)) if isinstance(value, str) else value
