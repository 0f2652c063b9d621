"""Templates: the rules of cycles, checked before they are published and never changed afterwards."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import auth
from api.views import View
from engine.errors import Invalid, NotFound, Problem
from engine.reviews.models import TemplateVersion
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.remarks import remarks
from engine.reviews.rulebook.rules import Section, Template
from engine.reviews.scores.quantities import plain
from engine.reviews.sentences import Sentence
from web import names, parameters
from web.addresses import go
from web.languages import N_, gettext
from web.navigation import runs_cycles
from web.parameters import Fact
from web.uploads import uploaded

NOTATIONS = {
    "number": N_("A number, such as 480"),
    "percent": N_("A percentage, such as 85%"),
    "ratio": N_("A ratio, such as 1:4.2"),
    "count": N_("A whole number, such as 18"),
    "yes-no": N_("Yes or no"),
}

ADDABLE = {name: said for name, said in parameters.DIRECTIONS.items() if name != "steps"}
"""The directions that need no list beside them."""

FIELDS = ("name", "name_en", "weight", "direction", "notation", "unit")
"""What is asked of a measured indicator."""


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One version of a template in the list."""

    key: int
    title: str
    version: int
    published: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with what its weights total."""

    id: str
    name: str
    weight: str
    whole: str
    total: str
    fits: bool
    rows: tuple[tuple[str, str, str], ...]
    """Each indicator's name, weight and how it is scored."""


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """What the page of a template shows."""

    line: TemplateLine
    sections: tuple[SectionView, ...]
    measured: tuple[tuple[str, str], ...]
    """The sections whose indicators are measured: id and name."""
    groups: tuple[tuple[str, str], ...]
    choices: tuple[Fact, ...]
    shares: tuple[Fact, ...]
    levels: tuple[str, ...]
    """The grades, the highest first."""
    findings: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    """What HR should look at, and no rule forbids."""
    original: str
    """The file that the rules were read from, as it was written; empty where they came otherwise."""


blueprint = Blueprint("rules", __name__)


class Index(View):
    """The templates."""

    def get(self) -> str:
        """List every version, the newest first."""
        _expect_hr()
        rows = self.session.scalars(select(TemplateVersion).order_by(TemplateVersion.key.desc()))
        presets = [(name, names.either(book.title, book.title_en)) for name, book in templates.presets()]
        return render_template("rules.html", templates=[_line(row) for row in rows], presets=presets)

    def post(self) -> Response:
        """Draft the next version of a template from an uploaded file."""
        row = templates.draft_file(self.session, *uploaded(), by=auth.caller())
        return go(url_for(".rule", key=row.key))


class FromPreset(View):
    """A template that begins as one of the files that are shipped."""

    def post(self) -> Response:
        """Draft it."""
        wanted = request.form.get("preset", "")
        known = {name for name, _ in templates.presets()}
        if wanted not in known:
            raise NotFound("Expected to draft from preset {wanted}, but there is none", wanted=wanted)
        content = (templates.PRESETS / wanted).read_bytes()
        row = templates.draft_file(self.session, wanted, content, by=auth.caller())
        return go(url_for(".rule", key=row.key))


class OneTemplate(View):
    """One version of a template."""

    def get(self, key: int) -> str:
        """Show its rules and what forbids publishing them."""
        _expect_hr()
        page = read(self.session, key)
        return render_template("rule.html", page=page, directions=_said(ADDABLE), notations=_said(NOTATIONS))


class Publication(View):
    """The publication of a version."""

    def post(self, key: int) -> Response:
        """Publish it, if its rules add up."""
        row = templates.publish(self.session, key, by=auth.caller())
        flash(gettext("Published: {title}").format(title=names.either(row.title, row.title_en)))
        return go(url_for(".rule", key=key))


class Amendment(View):
    """The rewriting of a draft from a file."""

    def post(self, key: int) -> Response:
        """Take the rules of an uploaded cycle file."""
        name, content = uploaded()
        templates.amend(self.session, key, _rules(name, content), by=auth.caller(), original=content)
        return go(url_for(".rule", key=key))


class Scaling(View):
    """The scaling of a section's weights."""

    def post(self, key: int, section: str) -> Response:
        """Scale them to the section's whole, as exact fractions."""
        templates.rescale(self.session, key, section, by=auth.caller())
        return go(url_for(".rule", key=key))


class Addition(View):
    """The addition of an indicator to a draft."""

    def post(self, key: int) -> Response:
        """Add it to a section."""
        given = {name: value.strip() for name, value in request.form.items()}
        rules = copy.deepcopy(templates.found(self.session, key).rules)
        templates.amend(self.session, key, _with_indicator(rules, given), by=auth.caller())
        return go(url_for(".rule", key=key))


blueprint.add_url_rule("/templates", view_func=Index.as_view("index"))
blueprint.add_url_rule("/templates/presets", view_func=FromPreset.as_view("preset"))
blueprint.add_url_rule("/templates/<key:key>", view_func=OneTemplate.as_view("rule"))
blueprint.add_url_rule("/templates/<key:key>/publication", view_func=Publication.as_view("publish"))
blueprint.add_url_rule("/templates/<key:key>/rules", view_func=Amendment.as_view("amend"))
blueprint.add_url_rule("/templates/<key:key>/sections/<section>/scaling", view_func=Scaling.as_view("scale"))
blueprint.add_url_rule("/templates/<key:key>/indicators", view_func=Addition.as_view("add"))


def read(session: Session, key: int) -> TemplatePage:
    """Read what the page of a template shows.

    Raises:
        NotFound: there is no such template.
    """
    row = templates.found(session, key)
    template = rulebooks.read(row.rules)
    return TemplatePage(
        line=_line(row),
        sections=tuple(_section(section, template) for section in template.sections),
        measured=tuple(
            (one.id, names.either(one.name, one.name_en))
            for one in template.sections
            if not any(indicator.is_rated for indicator in one.indicators)
        ),
        groups=tuple((names.either(one.name, one.name_en), parameters.rating(one)) for one in template.rater_groups),
        choices=tuple(parameters.choices(template)),
        shares=tuple(parameters.shares(template)),
        levels=tuple(parameters.levels(template)),
        findings=tuple(publishing_problems(template)),
        remarks=tuple(remarks(template)),
        original=(row.original or b"").decode(errors="replace"),
    )


def _line(row: TemplateVersion) -> TemplateLine:
    return TemplateLine(row.key, names.either(row.title, row.title_en), row.version, row.published_at is not None)


def _section(section: Section, template: Template) -> SectionView:
    groups = {group.id: names.either(group.name, group.name_en) for group in template.rater_groups}
    total = sum((indicator.weight for indicator in section.indicators), Fraction(0))
    return SectionView(
        id=section.id,
        name=names.either(section.name, section.name_en),
        weight=plain(section.weight),
        whole=plain(section.whole),
        total=plain(total),
        fits=total == section.whole,
        rows=tuple(
            (
                names.either(one.name, one.name_en),
                plain(one.weight),
                gettext(", ").join(groups.get(group, group) for group in one.rated_by) or parameters.measuring(one),
            )
            for one in section.indicators
        ),
    )


def _rules(name: str, content: bytes) -> dict[str, Any]:
    """Read the rules of a file.

    Raises:
        Invalid: it is no TOML, or has no rules.
    """
    rules = rulebooks.parse_toml(name, content).get("rules")
    if not isinstance(rules, dict):
        problem = Problem(Sentence("It has no part called {name}", name="[rules]"), "file", "no-rules")
        raise Invalid("Expected to read {name}, but it has no rules", [problem], name=name)
    return rules


def _with_indicator(rules: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """Add a measured indicator to a section of the rules.

    Raises:
        NotFound: there is no such section.
    """
    section = next((one for one in rules["sections"] if one["id"] == given.get("section")), None)
    if section is None:
        raise NotFound("Expected to find section {section}, but there is none", section=given.get("section"))
    indicator = {
        name: given[name] for name in ("name", "name_en", "weight", "direction", "notation", "unit") if given.get(name)
    }
    section["indicators"].append({"id": _id(given, len(section["indicators"])), **indicator})
    return rules


def _id(given: dict[str, str], number: int) -> str:
    """Make the name by which formulas read an indicator."""
    plain_name = re.sub("[^a-z0-9]+", "_", given.get("name_en", "").lower()).strip("_")
    return plain_name if re.match("[a-z]", plain_name) else f"indicator_{number + 1}"


def _said(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(value, gettext(text)) for value, text in texts.items()]


def _expect_hr() -> None:
    if not runs_cycles(auth.caller()):
        raise NotFound("Expected to show the templates, but they are for HR")
