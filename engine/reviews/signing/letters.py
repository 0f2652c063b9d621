"""Commitment letters (绩效承诺书): targets as signed or imposed, kept word for word with a digest (L003-11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound
from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import Cycle, Delivery, Letter, Review, TargetDecision, TargetSheet
from engine.reviews.organisation import people, snapshots
from engine.reviews.rulebook import templates
from engine.reviews.scores.quantities import plain
from engine.reviews.signing import deliveries

LEVEL = (
    "登录身份与内容摘要(SHA-256)留痕,不是经认证的电子签名",
    "Evidence of login and digest; not a certified e-signature",
)
"""What a signature in this system is worth, said wherever one is shown."""


def archive(session: Session, review: Review, sheet: TargetSheet, decision: TargetDecision) -> Delivery:
    """Keep the letter of targets that hold from now on, and send it to the appraisee."""
    content = _content(session, review, sheet, decision)
    letter = Letter(
        review_key=review.key,
        sheet_key=sheet.key,
        content=content,
        digest=digest(content),
        archived_at=clock.now(session),
    )
    session.add(letter)
    session.flush()  # its delivery refers to it
    sheet.digest = letter.digest
    return deliveries.send(session, review, letter_key=letter.key)


def of_review(session: Session, review: Review, *, by: Identity) -> Letter:
    """Find the newest commitment letter of a review.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    kept = select(Letter).where(Letter.review_key == review.key, access.letters(session, by))
    letter = session.scalar(kept.order_by(Letter.key.desc()).limit(1))
    if letter is None:
        raise NotFound(
            "Expected to find the letter of review {key}, but {username} may know of none",
            key=review.key,
            username=by.username,
        )
    return letter


def digest(content: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a letter's content, its names in order."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def is_intact(letter: Letter) -> bool:
    """Tell whether a letter still reads as it did when it was kept."""
    return digest(letter.content) == letter.digest


def _content(session: Session, review: Review, sheet: TargetSheet, decision: TargetDecision) -> dict[str, Any]:
    cycle = session.get_one(Cycle, review.cycle_key)
    version = templates.found(session, reviews.template_key(session, review))
    return {
        **_person(session, review),
        "cycle": cycle.label,
        "startsOn": cycle.starts_on.isoformat(),
        "endsOn": cycle.ends_on.isoformat(),
        "template": [version.template_id, version.version],
        "version": sheet.version,
        "targets": _rows(session, review, sheet),
        "note": sheet.note,
        "draftedBy": people.named(session, sheet.drafted_by).name,
        "outcome": decision.state.value,
        "remark": decision.comment,
        "signedBy": people.named(session, decision.decided_by).name,
        "account": decision.decided_by,
        "signedAt": decision.decided_at.isoformat(),
        "level": list(LEVEL),
    }


def _person(session: Session, review: Review) -> dict[str, str]:
    person = people.by_key(session, review.appraisee_key)
    department, post = snapshots.place(session, review)
    return {
        "employeeId": person.employee_id,
        "name": person.name,
        "nameEn": person.name_en,
        "department": department.name if department else "",
        "post": post.name if post else "",
    }


def _rows(session: Session, review: Review, sheet: TargetSheet) -> list[dict[str, str]]:
    """List the targets with all that makes them measurable: value, unit, source, direction (L002-01)."""
    return [
        {
            "indicator": indicator.id,
            "name": indicator.name,
            "nameEn": indicator.name_en,
            "weight": plain(indicator.weight),
            "target": sheet.targets[indicator.id],
            "unit": indicator.unit,
            "source": indicator.source,
            "direction": indicator.direction.value,
        }
        for indicator in reviews.template(session, review).measured
    ]
