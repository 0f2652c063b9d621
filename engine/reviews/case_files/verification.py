"""Verification: whether a case file is as it was handed out, and still agrees with the history and the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import exact_json
from engine.bpmn import history
from engine.errors import Invalid
from engine.reviews.case_files import entries
from engine.reviews.case_files.entries import TRANSITION
from engine.reviews.case_files.files import FORMAT
from engine.reviews.case_files.sources import kinds
from engine.reviews.reports import disclosures

Read = Mapping[str, Any]


def verify(session: Session, content: bytes) -> Iterator[str]:
    """Yield a sentence for everything of a case file that is not so; of columns that may change nothing is said.

    Raises:
        Invalid: it is no case file.
    """
    read = _parsed(content)
    if disclosures.of_file(session, content) is None:
        yield "no case file was handed out with this content"
    numbers = Counter(f"{one['kind']} {one['key']}" for one in read["entries"] if one["kind"] != TRANSITION)
    yield from (f"{name} stands there {count} times" for name, count in numbers.items() if count > 1)
    yield from _transitions(session, read)
    for one in read["entries"]:
        if one["kind"] != TRANSITION:
            yield from _record(session, one)


def _parsed(content: bytes) -> Read:
    try:
        read = exact_json.loads(content)
        if read["caseFile"] != FORMAT:
            raise Invalid(
                "Expected to verify a case file, but it is written in format {case_file}", case_file=read["caseFile"]
            )
        _ = [(one["kind"], int(one["key"]), one["at"], one["by"], one["record"].keys()) for one in read["entries"]]
        _ = [(int(one["key"]), one["transitions"]) for one in read["instances"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("Expected to verify a case file, but this is none") from error
    return read  # type: ignore[no-any-return]  # JSON that has just been looked through


def _transitions(session: Session, read: Read) -> Iterator[str]:
    told = [one for one in read["entries"] if one["kind"] == TRANSITION]
    keys = {int(one["key"]) for one in (*read["instances"], *told)}
    yield from history.verify_instances(session, keys)
    kept = {entry.proof: entry for key in keys for entry in history.of(session, key)}
    for one in told:
        entry = kept.get(str(one["record"].get("proof")))
        if entry is None:
            yield f"process instance {one['key']}: a transition at {one['at']} is not in the history"
        elif not _agrees(one, entry):
            yield f"process instance {one['key']}: transition {entry.sequence} is told otherwise than the history does"
    counts = Counter(one["key"] for one in told)
    for one in read["instances"]:
        if one["transitions"] is not None and counts[one["key"]] != one["transitions"]:
            yield f"process instance {one['key']}: {counts[one['key']]} of {one['transitions']} transitions are there"


def _agrees(told: Read, entry: history.Entry) -> bool:
    said = (told["key"], told["at"], told["record"].get("event"), told["record"].get("element"))
    kept = (str(entry.instance_key), entry.at.isoformat(), entry.event.value, entry.element_id)
    return said == kept and told["by"] in (None, entry.by)


def _record(session: Session, told: Read) -> Iterator[str]:
    kind = kinds().get(told["kind"])
    if kind is None:
        yield f"{told['kind']} {told['key']} is of no kind that is known"
        return
    row = session.scalar(select(kind.table).where(kind.table.__mapper__.columns[kind.key] == int(told["key"])))
    if row is None:
        yield f"{kind.name} {told['key']} is not on record"
        return
    now = {**entries.recorded(kind, row), "by": getattr(row, kind.by) if kind.by else None}
    at = getattr(row, kind.at) if kind.at else None
    now["at"] = at.isoformat() if at else None
    then = {**told["record"], "by": told["by"], "at": told["at"]}
    empty = {name for name in kind.once.split() if then.get(name) in (None, "")}
    changing = {{kind.at: "at", kind.by: "by"}.get(name, name) for name in kind.changing.split()} | empty
    changed = {name for name in then if name not in changing and _other(then[name], now.get(name))}
    yield from (f"{kind.name} {told['key']}: {name} is not as on record" for name in sorted(changed))


def _other(then: object, now: object) -> bool:
    """Tell whether two values differ; numbers and texts are compared as JSON has them."""
    return exact_json.canonical(then) != exact_json.canonical(now)
