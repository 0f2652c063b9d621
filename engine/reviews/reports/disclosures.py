"""Disclosures: every file of results or of somebody's data that was handed out leaves a signed row (D18)."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, db, exact_json
from engine.identity import Identity
from engine.reviews.models import Disclosure, DisclosureKind


def record(
    session: Session,
    kind: DisclosureKind,
    content: bytes,
    *,
    form: str,
    rows: int,
    by: Identity,
    cycle_key: int | None = None,
    person_key: int | None = None,
    about: str = "",
) -> Disclosure:
    """Keep that a file was handed out."""
    disclosure = Disclosure(
        kind=kind,
        form=form,
        cycle_key=cycle_key,
        person_key=person_key,
        about=about,
        rows=rows,
        digest=sha256(content).hexdigest(),
        made_by=by.username,
        made_at=clock.now(session),
        signature=b"",
    )
    disclosure.signature = _signature(disclosure)
    session.add(disclosure)
    return disclosure


def verify(session: Session) -> Iterator[str]:
    """Yield a sentence for every disclosure that is not as it was written."""
    for disclosure in session.scalars(select(Disclosure).order_by(Disclosure.key)):
        if not hmac.compare_digest(disclosure.signature, _signature(disclosure)):
            yield f"disclosure {disclosure.key} is not as it was written"


def of_file(session: Session, content: bytes) -> Disclosure | None:
    """Find the record of a file as it was handed out, if it is as it was written."""
    rows = select(Disclosure).where(Disclosure.digest == sha256(content).hexdigest())
    return next((one for one in session.scalars(rows) if hmac.compare_digest(one.signature, _signature(one))), None)


def _signature(disclosure: Disclosure) -> bytes:
    told: tuple[object, ...] = (
        disclosure.key,
        disclosure.kind.value,
        disclosure.form,
        disclosure.cycle_key,
        disclosure.person_key,
        disclosure.rows,
        disclosure.digest,
        disclosure.made_by,
        disclosure.made_at.isoformat(),
    )
    if disclosure.about:  # what was signed before case files were there has none
        told += (disclosure.about,)
    return hmac.digest(db.bound().settings.secret_key, exact_json.canonical(told), sha256)
