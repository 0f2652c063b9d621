"""《绩效考核结果表》: a result as it is printed, signed and filed, with everything that lets anybody recompute it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews import access
from engine.reviews.cycle import reviews
from engine.reviews.models import Delivery, Means, Result, Review, ReviewState, SignOff
from engine.reviews.organisation import people
from engine.reviews.papers import signatures
from engine.reviews.papers.typesetting import typeset
from engine.reviews.rating import ratings
from engine.reviews.reports import printing, sheets
from engine.reviews.reports.sheets import Sheet
from engine.reviews.scores import actuals, workings
from engine.reviews.scores.breakdowns import Line, Node, Part, exact

MEANS = {Means.MAIL: "挂号邮寄 registered mail", Means.WITNESS: "见证人在场当面送达 handed over before a witness"}


def of_review(session: Session, review: Review, *, by: Identity, version: int | None = None) -> bytes:
    """Typeset the newest version of a result that somebody may see, or a given one, as PDF.

    Raises:
        NotFound: there is none, or none that `by` may know of.
    """
    sheet = sheets.of_review(session, review, by=by, version=version)
    row = session.scalars(select(Result).where(Result.review_key == review.key, Result.version == sheet.version)).one()
    answer = session.scalar(select(SignOff).where(SignOff.result_key == row.key, access.sign_offs(session, by)))
    sent = session.scalar(select(Delivery).where(Delivery.result_key == row.key, access.deliveries(session, by)))
    events = [sent.sent_at, sent.delivered_at, sent.opened_at, sent.served_at] if sent else [None] * 4
    known = [row.computed_at, row.released_at, answer and answer.recorded_at, *events]
    content = {
        "about": f"{sheet.appraisee_name} {sheet.employee_id} · {sheet.cycle}",
        "origin": f"{sheet.cycle} · {sheet.employee_id} · v{sheet.version}",
        "facts": _facts(session, review, sheet, row),
        "parts": [part for one in (sheet, *sheet.sheets) for part in _parts(session, one)],
        "total": str(sheet.total),
        "grade": "撤销 Annulled" if sheet.mark == sheets.ANNULLED else sheet.grade or "",
        "formula": _formula(sheet),
        "notes": list(_notes(sheet)),
        "signatures": signatures.printed(session, review, signatures.of_result(session, review, answer, by=by)),
        "digest": answer.digest if answer else "",
        "closing": review.closing_reason if review.state is ReviewState.CLOSED else "",
        "delivery": [printing.moment(session, review, instant) for instant in (row.released_at, *events)],
        "service": f"{MEANS[sent.means]} {sent.reference}".strip() if sent and sent.means else "",
        "workings": [step for one in (sheet, *sheet.sheets) for step in _workings(one.figures, one)],
    }
    return typeset("result-sheet", content, as_of=max(instant for instant in known if instant))


def _facts(session: Session, review: Review, sheet: Sheet, result: Result) -> list[tuple[str, str, str]]:
    head = printing.heading(session, review)
    superior = people.by_key(session, review.superior_key).name if review.superior_key else ""
    return [
        ("姓名", "Name", f"{sheet.appraisee_name} {sheet.appraisee_name_en}".strip()),
        ("工号", "Employee id", sheet.employee_id),
        ("部门", "Department", head["department"]),
        ("岗位", "Post", head["post"]),
        ("周期", "Cycle", sheet.cycle),
        ("考核期间", "Period", head["period"]),
        ("直接上级", "Superior", superior),
        ("计算时间", "Computed", printing.moment(session, review, result.computed_at)),
        ("评分规则", "Template", f"{sheet.template_title} {sheet.template_title_en} v{sheet.template_version}"),
        ("结果版本", "Version", str(sheet.version)),
    ]


def _remarks(session: Session, review: Review) -> dict[str, str]:
    """Give by indicator the reasons of actual values (L004-20), and the superior's notes (L004-24)."""
    rated = ratings.of_superiors(session, review)
    notes = {name: "; ".join(filter(None, (rating.comment for _, rating in one))) for name, one in rated.items()}
    values = actuals.of_review(session, review)
    return notes | {name: "; ".join(filter(None, (one.reason for one in given))) for name, given in values.items()}


def _parts(session: Session, sheet: Sheet) -> list[dict[str, Any]]:
    """Give the sections of a sheet; where a period is in several sheets, each with its days."""
    remarks = _remarks(session, reviews.found(session, int(sheet.review)))
    return [_part(part, remarks, sheet) for part in sheet.sections]


def _part(part: Part, remarks: Mapping[str, str], sheet: Sheet) -> dict[str, Any]:
    named = "" if part.group is None else " · ".join(filter(None, workings.term(part.group, sheet.terms)))
    group = " · ".join(filter(None, (named, sheet.covers)))
    node = {"value": part.score, "formula": part.formula, "inputs": part.inputs}
    return {
        "name": (f"{part.name} {part.weight}%" + (f" · {group}" if group else ""), part.name_en),
        "measured": any(workings.found(line.figure, "target") for line in part.lines),
        "score": part.score,
        "computation": f"{part.score} {workings.sign(node)} {workings.with_numbers(node, english=False)}",
        "lines": [_line(line, remarks) for line in part.lines],
    }


def _line(line: Line, remarks: Mapping[str, str]) -> dict[str, Any]:
    completion = next((node for node in line.inputs if node["name"] == "completion"), None)
    return {
        "name": (line.name, line.name_en),
        "weight": line.weight,
        "target": workings.found(line.figure, "target"),
        "actual": workings.found(line.figure, "actual") if line.applies else "不适用 N/A",
        "completion": "" if completion is None else printing.per_cent(exact(completion)),
        "rating": workings.found(line.figure, "rating") if line.applies else "不适用 N/A",
        "score": line.score,
        "shares": "; ".join(
            f"{share.name} {share.rating} × {share.share}%" if share.counted else f"{share.name} 缺评 absent"
            for share in line.shares
        ),
        "remark": remarks.get(line.indicator, ""),
    }


def _formula(sheet: Sheet) -> str:
    called = {name: sheet.terms.get(name, (name, ""))[0] for name in ("total_exact", "computed_total", "adjustment")}
    words = workings.written(sheet.formula, called, english=False)
    return f"{words} = {workings.with_numbers(sheet.figures, english=False)} = {sheet.total}"


def _notes(sheet: Sheet) -> Iterator[str]:
    """Say what a reader must know beside the figures: who was absent, what decided, why there is another version."""
    if sheet.sheets:
        split = "; ".join(f"{covers}: {total} × {days}" for covers, days, total in sheet.by_days())
        yield f"按天分为几张表,加权并入总分 Sheets that are weighed by days into the total: {split}"
    if any(sheet.mark):
        yield " ".join(sheet.mark)
    if sheet.reason:
        yield f"第 {sheet.version} 版原因 Why there is version {sheet.version}: {sheet.reason}"
    yield from dict.fromkeys(_absences(sheet.figures, sheet))
    reasons = {share: share.reason for part in sheet.sections for line in part.lines for share in line.shares}
    told = {
        f"{one.name} 缺评原因 Why {one.name_en or one.name} is absent: {why}" for one, why in reasons.items() if why
    }
    yield from sorted(told)
    yield from (f"由规则表决定 Decided by table: {decided}" for decided in sheet.decided)


def _absences(node: Node, sheet: Sheet) -> Iterator[str]:
    if node.get("absent"):
        absent = [workings.term(name, sheet.terms) for name in node["absent"]]
        shares = "/".join(node["shares"].values())
        chinese, english = ("、".join(one[place] or one[0] for one in absent) for place in (0, 1))
        yield f"{shares} 在 {chinese} 缺评时 (shares of the others where {english} is absent)"
    for part in node.get("inputs", ()):
        yield from _absences(part, sheet)


def _workings(node: Node, sheet: Sheet, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Go through every figure that was computed, the total first, each with what it rests on below it."""
    if "formula" not in node:
        return
    called = {part["name"]: _called(part, sheet)[0] for part in node["inputs"]}
    yield {
        "depth": depth,
        "name": _called(node, sheet),
        "words": workings.written(node["formula"], called, english=False),
        "numbers": workings.with_numbers(node, english=False),
        "sign": workings.sign(node),
        "value": workings.value(node),
    }
    for part in node["inputs"]:
        yield from _workings(part, sheet, depth + 1)


def _called(node: Node, sheet: Sheet) -> tuple[str, str]:
    return (node["label"], "") if node.get("label") else workings.term(node["name"], sheet.terms)
