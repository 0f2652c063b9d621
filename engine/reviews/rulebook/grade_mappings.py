"""Grade mappings: which grade of one template stands for which of another, declared by HR and never guessed (X-02).

`B` needs a plan in one document and is the pass mark in another: a letter says nothing of another scale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.identity import Identity
from engine.reviews.models import GradeMapping, Role, TemplateVersion
from engine.reviews.organisation import people
from engine.reviews.rulebook import templates
from engine.reviews.rulebook.rules import Level
from engine.reviews.sentences import Sentence, expect_text


def declare(
    session: Session, before_id: str, after_id: str, levels: Mapping[str, str], *, reason: str, by: Identity
) -> GradeMapping:
    """Declare for every grade of a template, by its newest version, which grade of another one it stands for.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: no version of a template is published.
        Invalid: a grade is missing or unknown, a better one would stand for a lesser, or no reason is given.
    """
    intent = Sentence("map the grades of {before_id} to those of {after_id}", before_id=before_id, after_id=after_id)
    people.expect_role(by, Role.HR, intent)
    ranks = [[level.id for level in _levels(session, name)] for name in (before_id, after_id)]
    if problems := list(_problems(levels, *ranks)):
        raise Invalid("Expected to {intent}, but it is not clear", problems, intent=intent)
    expect_text(reason, "reason", intent)
    return _kept(session, (before_id, after_id), levels, reason, by)


def withdraw(session: Session, before_id: str, after_id: str, *, reason: str, by: Identity) -> GradeMapping:
    """Withdraw the mapping between two templates: from now on their grades are not compared; what was declared stays.

    Raises:
        Forbidden: `by` is not HR.
        NotFound: none is in force.
        Invalid: no reason is given.
    """
    intent = Sentence("withdraw the mapping of {before_id} to {after_id}", before_id=before_id, after_id=after_id)
    people.expect_role(by, Role.HR, intent)
    newest = _newest(session, before_id, after_id)
    if newest is None or not newest.levels:
        raise NotFound("Expected to {intent}, but none is in force", intent=intent)
    expect_text(reason, "reason", intent)
    return _kept(session, (before_id, after_id), {}, reason, by)


def in_force(session: Session) -> dict[tuple[str, str], int]:
    """Name the mapping that holds for each pair of templates, by key; a pair whose mapping is withdrawn has none."""
    newest = {(row.before_id, row.after_id): row for row in reversed(everything(session))}
    return {pair: row.key for pair, row in newest.items() if row.levels}


def ranks(session: Session, template_id: str) -> list[Level]:
    """List the grades of a template's newest version, the best first.

    Raises:
        NotFound: no version of it is published.
    """
    return [*_levels(session, template_id)]


def everything(session: Session) -> Sequence[GradeMapping]:
    """List the mappings, the newest first; of each pair the newest holds, and one without grades withdraws it."""
    return session.scalars(select(GradeMapping).order_by(GradeMapping.key.desc())).all()


def carried(session: Session, level: str, before: TemplateVersion, after: TemplateVersion) -> str:
    """Say a grade of one template in the grades of another: the same where both have the same grades.

    Raises:
        Conflict: their grades differ, and no mapping says which stands for which.
    """
    ranks = [[one.id for one in templates.rules(session, row.key).levels] for row in (before, after)]
    if ranks[0] == ranks[1]:
        return level
    newest = _newest(session, before.template_id, after.template_id)
    if newest is None or level not in newest.levels or newest.levels[level] not in ranks[1]:
        intent = Sentence(
            "say grade {level} of {template_id} in the grades of {after_template_id}",
            level=level,
            template_id=before.template_id,
            after_template_id=after.template_id,
        )
        raise Conflict("Expected to {intent}, but no mapping says for which it stands", intent=intent)
    return newest.levels[level]


def _kept(
    session: Session, pair: tuple[str, str], levels: Mapping[str, str], reason: str, by: Identity
) -> GradeMapping:
    row = GradeMapping(
        before_id=pair[0],
        after_id=pair[1],
        levels=dict(levels),
        reason=reason,
        declared_by=by.username,
        declared_at=clock.now(session),
    )
    session.add(row)
    session.flush()  # the newest holds
    return row


def _newest(session: Session, before_id: str, after_id: str) -> GradeMapping | None:
    pair = (GradeMapping.before_id == before_id, GradeMapping.after_id == after_id)
    return session.scalar(select(GradeMapping).where(*pair).order_by(GradeMapping.key.desc()).limit(1))


def _levels(session: Session, template_id: str) -> Sequence[Level]:
    row = templates.newest(session).get(template_id)
    if row is None:
        raise NotFound(
            "Expected to find template {template_id}, but no version of it is published", template_id=template_id
        )
    return templates.rules(session, row.key).levels


def _problems(levels: Mapping[str, str], before: Sequence[str], after: Sequence[str]) -> Iterator[Problem]:
    """Name what is wrong; grades are ranked from the best down, and their order may not turn."""
    for name in before:
        if name not in levels:
            yield Problem(Sentence("Nothing stands for {grade}", grade=name), name, "missing-grade")
    for name in Counter([*levels, *levels.values()]):
        if name not in (*before, *after):
            yield Problem(Sentence("{grade} is no grade of these templates", grade=name), name, "unknown-grade")
    known = [after.index(levels[name]) for name in before if levels.get(name) in after]
    if known != sorted(known):
        yield Problem(Sentence("A better grade would stand for a lesser one"), "levels", "order")
