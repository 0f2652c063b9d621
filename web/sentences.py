"""What the engine says, in the reader's language: by the template a sentence was made from, or by its code."""

from __future__ import annotations

from engine.bpmn.forms.sentences import EXPECTED, SENTENCES
from engine.bpmn.net.obstacles import SENTENCES as OBSTACLES
from engine.errors import Problem
from engine.findings import Finding
from engine.reviews.sentences import Sentence
from web import findings, names, sayings, vocabulary
from web.languages import N_, SOURCE, current, gettext, has

ACCOUNTS = frozenset({"assignee", "by_username", "uploaded_by", "username"})
"""Values that name an account: shown as the person's name, and never taken for a word of ours, such as hr."""

KIND = "kind"
"""The value that names the kind of a change, such as one of superior; anywhere else such a word is that of `WORDS`."""

MADE_IN_PARTS = (
    N_("The weights total {total}, but must total {whole}: {points} points are missing"),
    N_("The weights total {total}, but must total {whole}: {points} points too many"),
    N_("{name} sets targets and is not rated: {reason}"),
    N_("{name} is not rated: {reason}"),
    N_("{name} takes no part: {reason}"),
    N_("Expected to {intent}, but {reason}"),
    N_("{expected}, but {found}"),
    N_("the text ends"),
    N_("found {found}"),
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
    N_("process definition"),
    N_("decision definition"),
    N_("decision requirements"),
    N_("form definition"),
    N_("complete"),
    N_("throw an error at"),
    N_("escalate at"),
    N_("tell the dates of"),
    N_("tell the timers of"),
    N_("arm a timer at"),
    N_("look around"),
    N_("read variables at"),
    N_("read the form at"),
    N_("set variables at"),
    N_("find an event at"),
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
        return gettext(": ").join((findings.title(problem), problem.message))
    return _template(problem.message)


def translated(sentence: Sentence) -> str:
    """Say a sentence that remembers what it was made from."""
    people = {name: str(value) for name, value in sentence.values.items() if name in ACCOUNTS}
    known = names.behind(people.values()) if people else {}
    words = {name: _word(value, name) for name, value in sentence.values.items() if name not in people}
    words |= {name: known.get(value, value) for name, value in people.items()}
    return _template(sentence.template).format(**words)


def answered(problem: Problem) -> str:
    """Say to whoever asked the API what is wrong; in English as it stands, and never half of it in another language."""
    half = sayings.parts(problem.message) != (problem.message,) and not speaks(problem.message)
    return problem.message if half or current() == SOURCE else said(problem)


def told(message: str) -> str:
    """Say a message, as far as it can be said in the request's language."""
    return translated(message) if isinstance(message, Sentence) else _template(message)


def speaks(message: str) -> bool:
    """Whether a message can be said in the request's language, with all that it is made from."""
    if not isinstance(message, Sentence):
        return all(map(has, sayings.parts(message)))
    known = all(has(part) for part in sayings.parts(message.template) if sayings.HOLE.sub("", part))
    return known and all(speaks(value) for value in message.values.values() if isinstance(value, Sentence))


def _template(text: str) -> str:
    """Translate a template; where a grammar has parts, each for itself."""
    for grammar, sentence in sayings.GRAMMARS.items():
        if found := grammar.fullmatch(text):
            return gettext(sentence).format(**{name: gettext(part) for name, part in found.groupdict().items()})
    return gettext(text)


def templates() -> list[str]:
    """Answer the texts that forms and migrations refuse with."""
    return [*SENTENCES.values(), *EXPECTED.values(), *OBSTACLES.values()]


def _word(value: object, name: str = "") -> object:
    if isinstance(value, Sentence):
        return translated(value)
    if not isinstance(value, str):
        return value
    word = value if value in WORDS and name != KIND else vocabulary.translated(value)
    return gettext(names.local(value)) if word == value else word
