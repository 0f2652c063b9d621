"""Findings: what HR should know of a cycle before it is launched, and what forbids launching it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine import calendars
from engine.bpmn import definitions
from engine.bpmn.models import ProcessDefinition
from engine.errors import Problem
from engine.reviews.models import Cycle, Person, Rater, Review, Treatment
from engine.reviews.organisation.registers import Register
from engine.reviews.rating import candidacies, raters
from engine.reviews.rulebook import (
    assignments,
    eligibility,
    goals,
    grade_bands,
    key_results,
    regulations,
    rulebooks,
    templates,
)
from engine.reviews.rulebook.eligibility import Ruling
from engine.reviews.rulebook.publishing import publishing_problems
from engine.reviews.rulebook.rules import Nominator, RaterGroup, Template
from engine.reviews.rulebook.tables import Tables
from engine.reviews.sentences import Sentence

SAID = {
    Treatment.TARGETS_ONLY: "{name} sets targets and is not rated: {reason}",
    Treatment.NOT_RATED: "{name} is not rated: {reason}",
    Treatment.EXCLUDED: "{name} takes no part: {reason}",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in a drafted cycle; where it `blocks`, the cycle cannot be launched."""

    problem: Problem
    blocks: bool


def of_cycle(session: Session, reviews: Sequence[Review], tables: Tables) -> list[Finding]:
    """Check a cycle with its reviews as they would be launched on the day of the tables."""
    cycle, register = tables.cycle, tables.register
    found = [*_of_rules(session, cycle), *_of_regulation(session, reviews, tables), *_of_calendar(session, cycle)]
    found += [Finding(problem, blocks=False) for problem in goals.gaps(session, cycle)]
    found += [Finding(problem, blocks=False) for problem in key_results.gaps(session, cycle)]
    found += _of_table(tables)
    scored: set[int] = set()
    if not reviews:
        found.append(_blocking(Sentence("Nobody is enrolled"), cycle.label, "nobody-enrolled"))
    asked = raters.by_review(session, cycle)
    for review in reviews:
        person = register.person(review.appraisee_key)
        ruling = eligibility.of_review(review, tables)
        found += _of_ruling(person, ruling)
        if ruling.treatment not in eligibility.OUT:
            rules = assignments.of_review(review, tables)
            found += _of_line(person, register)
            found += [Finding(replace(problem, where=person.employee_id), blocks=True) for problem in rules.problems]
            if ruling.treatment is Treatment.RATED:
                scored.add(rules.template_key)
                template = tables.rules(rules.template_key)
                found += _of_raters(asked.get(review.key, ()), person, template.rater_groups, register)
                found += _of_post(person, template, register)
    found += [one for key in sorted(scored) for one in _of_grades(session, tables, key)]
    return [*found, *_of_load(session, cycle, reviews)]


def blocking(found: Iterable[Finding]) -> list[Problem]:
    """List the problems that forbid a launch."""
    return [finding.problem for finding in found if finding.blocks]


def _of_table(tables: Tables) -> Iterator[Finding]:
    if not eligibility.is_decided(tables):
        table = tables.cycle.eligibility_decision
        sentence = Sentence("No table called {table} decides who is rated: everybody is", table=table)
        yield Finding(Problem(sentence, tables.cycle.label, "no-eligibility"), blocks=False)


def _of_ruling(person: Person, ruling: Ruling) -> Iterator[Finding]:
    """Say who takes part less than wholly, and why."""
    for problem in ruling.problems:
        yield Finding(replace(problem, where=person.employee_id), blocks=True)
    if said := SAID.get(ruling.treatment):
        sentence = Sentence(said, name=person.name, reason=ruling.reason or "-")
        yield Finding(Problem(sentence, person.employee_id, ruling.treatment.value), blocks=False)


def _of_rules(session: Session, cycle: Cycle) -> Iterator[Finding]:
    template = templates.found(session, cycle.template_key)
    if template.published_at is None:
        yield _blocking(Sentence("Its template is not published"), cycle.label, "template-unpublished")
        for problem in publishing_problems(rulebooks.read(template.rules)):
            yield Finding(problem, blocks=True)
    if definitions.latest(session, ProcessDefinition, cycle.process_id) is None:
        sentence = Sentence("There is no process {name}", name=cycle.process_id)
        yield _blocking(sentence, cycle.label, "unknown-process")


def _of_grades(session: Session, tables: Tables, template_key: int) -> Iterator[Finding]:
    """Look whether every total that people can reach gets a grade of their scale."""
    template = tables.rules(template_key)
    table = tables.deployed(template.grade_decision)
    if table is None:
        sentence = Sentence("No table called {table} grades the totals", table=template.grade_decision)
        yield Finding(Problem(sentence, tables.cycle.label, "no-grades"), blocks=False)
        return
    for problem in grade_bands.problems(session, table, template):
        yield Finding(problem, blocks=True)


def _of_regulation(session: Session, reviews: Sequence[Review], tables: Tables) -> Iterator[Finding]:
    """What is not published binds nobody (Labour Contract Law art. 4); whoever has not read it is named."""
    cycle = tables.cycle
    if cycle.regulation_key is None:
        yield Finding(Problem(Sentence("No regulation governs it"), cycle.label, "no-regulation"), blocks=False)
        return
    if regulations.found(session, cycle.regulation_key).published_at is None:
        yield _blocking(Sentence("Its regulation is not published"), cycle.label, "regulation-unpublished")
        return
    received = regulations.receivers(session, cycle.regulation_key)
    for review in reviews:
        if review.appraisee_key not in received:
            person = tables.register.person(review.appraisee_key)
            sentence = Sentence("{name} has not confirmed to have read the regulation", name=person.name)
            yield Finding(Problem(sentence, person.employee_id, "not-received"), blocks=False)


def _of_calendar(session: Session, cycle: Cycle) -> Iterator[Finding]:
    days = calendars.calendar(session, cycle.calendar)
    if days.is_provisional(cycle.ends_on):
        year = max(cycle.ends_on.year, days.last_published_year + 1)
        sentence = Sentence("The holidays of {year} are not announced yet: its deadlines may move", year=year)
        yield Finding(Problem(sentence, cycle.label, "calendar-provisional"), blocks=False)


def _of_line(person: Person, register: Register) -> Iterator[Finding]:
    yield from _of_account(person, person, register)
    above = register.levels(person.key)
    if above and register.superior(person.key) is None:  # E-11: the top is listed with its next level
        sentence = Sentence(
            "{name} has no superior: {board} of the board is the next level", name=person.name, board=above[0].name
        )
        yield Finding(Problem(sentence, person.employee_id, "board"), blocks=False)
    if not above:
        yield _blocking(Sentence("{name} has no superior", name=person.name), person.employee_id, "no-superior")
    elif len(above) == 1:  # whoever has no second level is listed too, and that approval is left out
        sentence = Sentence("{name} has no second superior: one approval is left out", name=person.name)
        yield Finding(Problem(sentence, person.employee_id, "no-second-superior"), blocks=False)
    for superior in above:
        yield from _of_account(superior, person, register)


def _of_raters(
    there: Sequence[Rater], person: Person, groups: Sequence[RaterGroup], register: Register
) -> Iterator[Finding]:
    asked = [rater for rater in there if rater.group_id not in raters.BY_POSITION]
    for group in groups:
        if group.id not in {rater.group_id for rater in asked}:
            yield from _of_empty_group(person, group, register)
    line = register.levels(person.key)[:1]
    for rater in asked:
        asked_person = register.person(rater.person_key)
        yield from _of_account(asked_person, person, register)
        if asked_person.key in {person.key, *(superior.key for superior in line)}:
            sentence = Sentence("{rater} rates {name} from two positions", rater=asked_person.name, name=person.name)
            yield _blocking(sentence, person.employee_id, "rater-twice")


def _of_post(person: Person, template: Template, register: Register) -> Iterator[Finding]:
    """Look whether the indicators fit the post: proposals that were taken up are no measure of a seller (L000-29)."""
    post = register.post(person.key)
    if post is None:
        return
    for one in template.indicators:
        if one.families and post.family not in one.families:
            sentence = Sentence(
                "{indicator} is for posts in {families}, and {post}, the post of {name}, is in {family}",
                indicator=one.name,
                families=", ".join(one.families),
                post=post.name,
                name=person.name,
                family=post.family or "-",
            )
            yield _blocking(sentence, person.employee_id, "other-family")


def _of_empty_group(person: Person, group: RaterGroup, register: Register) -> Iterator[Finding]:
    """A group that people nominate for is filled later; without a dotted line its group is left out (E-10)."""
    if group.nominated_by is Nominator.LINE and not register.dotted(person.key):
        sentence = Sentence("{name} has no dotted line: {group} is left out", name=person.name, group=group.name)
        yield Finding(Problem(sentence, person.employee_id, "no-dotted-line"), blocks=False)
    elif group.nominated_by is Nominator.HR and not group.by_position:
        sentence = Sentence("{name} has nobody to rate as {group}", name=person.name, group=group.name)
        yield _blocking(sentence, person.employee_id, "no-rater")


def _of_load(session: Session, cycle: Cycle, reviews: Sequence[Review]) -> Iterator[Finding]:
    """Name those who are to rate as many, over all cycles that run, as one cycle may ask of anybody (E-20)."""
    groups = [g for g in templates.rules(session, cycle.template_key).rater_groups if not g.by_position]
    if not groups:
        return
    most = min(group.load for group in groups)
    for person, count in candidacies.loads(session, [review.key for review in reviews]):
        if count >= most:
            sentence = Sentence("{name} is to rate {count} appraisees in all", name=person.name, count=count)
            yield Finding(Problem(sentence, person.employee_id, "rater-loaded"), blocks=False)


def _of_account(person: Person, appraisee: Person, register: Register) -> Iterator[Finding]:
    """Look whether somebody who will get a task of an appraisee's review can do it."""
    if not register.can_log_in(person.key):
        sentence = Sentence("{name} has no account that can log in", name=person.name)
        yield _blocking(sentence, appraisee.employee_id, "unknown-user")
    if not register.is_employed(person.key):
        sentence = Sentence("{name} has left or is not there yet", name=person.name)
        yield _blocking(sentence, appraisee.employee_id, "left")


def _blocking(sentence: Sentence, where: str, code: str) -> Finding:
    return Finding(Problem(sentence, where, code), blocks=True)
