"""What the check of diagrams, tables and forms can find: a page with all rules, and their titles beside a finding.

The sentence of a finding stays in English: it quotes expressions, XML and the names of elements.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template

from engine.errors import Problem
from engine.findings import Rule, Severity, rules
from web.languages import N_, current, gettext

blueprint = Blueprint("findings", __name__)

TOPICS = {
    "files": N_("Files"),
    "flows": N_("Elements and flows"),
    "elements": N_("Events, activities and expressions"),
    "extensions": N_("Extensions"),
    "decisions": N_("Decisions"),
    "forms": N_("Forms"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in the reader's language."""

    code: str
    severity: Severity
    title: str
    text: str
    example: str


@blueprint.get("/findings")
def index() -> str:
    """Show every rule, with an example that breaks it."""
    topics = [(gettext(TOPICS[topic]), _entries(found)) for topic, found in groupby(rules().values(), _topic)]
    return render_template("findings.html", topics=topics)


def title(problem: Problem) -> str:
    """Say in the reader's language which rule a file breaks; its code where the rule is not known."""
    rule = rules().get(problem.code)
    return _entry(rule).title if rule else problem.code


def _topic(rule: Rule) -> str:
    return rule.topic


def _entries(found: Iterable[Rule]) -> list[Entry]:
    return [_entry(rule) for rule in found]


def _entry(rule: Rule) -> Entry:
    chinese = current() == "zh_CN"
    return Entry(
        rule.code,
        rule.severity,
        rule.title_zh if chinese else rule.title,
        rule.text_zh if chinese else rule.text,
        rule.example.strip(),
    )
