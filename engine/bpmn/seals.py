"""Seals: the history's rows are signed one by one and sealed in segments, each seal signed over the one before (D18).

A chain through every row would make all instances wait for each other; a seal is added in the background, over all rows
that no segment holds yet.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock, db
from engine.bpmn.models import HistoryRow, HistorySeal


def add(session: Session) -> HistorySeal | None:
    """Seal the rows that no segment holds yet; None where there are none."""
    before = session.scalars(select(HistorySeal).order_by(HistorySeal.number.desc()).limit(1)).first()
    number = before.number + 1 if before else 1
    session.execute(update(HistoryRow).where(HistoryRow.seal.is_(None)).values(seal=number))
    rows, digest = _digest(session, number)
    if not rows:
        return None
    seal = HistorySeal(number=number, sealed_at=clock.now(session), rows=rows, digest=digest, signature=b"")
    seal.signature = _signature(seal, before.signature if before else b"")
    session.add(seal)
    return seal


def verify(session: Session) -> Iterator[str]:
    """Yield a sentence for every segment that is not as it was sealed."""
    expected, before = 1, b""
    for seal in session.scalars(select(HistorySeal).order_by(HistorySeal.number)):
        if seal.number != expected:
            yield f"the history's seal {expected} is missing"
        if (seal.rows, seal.digest) != _digest(session, seal.number):
            yield f"the history's segment {seal.number} does not hold the rows it was sealed with"
        if not hmac.compare_digest(seal.signature, _signature(seal, before)):
            yield f"the history's seal {seal.number} is not as it was written"
        expected, before = seal.number + 1, seal.signature
    highest = session.scalar(select(func.max(HistoryRow.seal))) or 0
    if highest >= expected:
        yield f"the history's seals from {expected} to {highest} are missing"


def _digest(session: Session, number: int) -> tuple[int, bytes]:
    """Return how many rows a segment holds, and the digest of their signatures."""
    signatures = session.scalars(
        select(HistoryRow.signature)
        .where(HistoryRow.seal == number)
        .order_by(HistoryRow.instance_key, HistoryRow.sequence)
        .execution_options(yield_per=1000)
    )
    return _digest_of(signatures)


def _digest_of(signatures: Iterable[bytes]) -> tuple[int, bytes]:
    rows, digest = 0, sha256()
    for signature in signatures:
        rows += 1
        digest.update(signature)
    return rows, digest.digest()


def _signature(seal: HistorySeal, before: bytes) -> bytes:
    written = f"{seal.number} {seal.sealed_at.isoformat()} {seal.rows} {seal.digest.hex()} {before.hex()}"
    return hmac.digest(db.bound().settings.secret_key, written.encode(), sha256)
