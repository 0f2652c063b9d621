"""The company on paper: the files that HR brings to the product's import."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date

from simulation.company import DEPARTMENTS, FOUNDED, OFFICE, Company, Employee

Rows = Iterable[Sequence[object]]

PLACEMENTS = ("employee_id", "department", "post", "valid_from", "valid_until")
LINES = ("employee_id", "kind", "superior", "valid_from", "valid_until")
SPELLS = ("employee_id", "valid_from", "valid_until", "probation_until")
LEAVES = ("employee_id", "kind", "valid_from", "valid_until")
PROTECTIONS = ("employee_id", "kind", "valid_from", "valid_until")
PEOPLE = ("employee_id", "username", "name", "name_en")


def workbook(company: Company) -> bytes:
    """Write the whole company: a ZIP file of one CSV file per sheet."""
    ids = {one.username: one.employee_id for one in company.staff}
    named = {code: (name, english) for code, name, english, _ in DEPARTMENTS} | {OFFICE: ("总经办", "Executive office")}
    families = {one.post: one.family for one in company.staff}
    sheets: dict[str, tuple[Sequence[str], Rows]] = {
        "departments": (("code", "name", "name_en"), [(code, *named[code]) for code in company.departments]),
        "posts": (("code", "name", "family"), [(post, post, family) for post, family in families.items()]),
        "roles": (
            ("employee_id", "role", "valid_from"),
            [(one.employee_id, role, FOUNDED) for one in company.staff for role in one.roles],
        ),
        **newcomers(company.staff, ids),
    }
    return zipped(sheets)


def newcomers(hired: Sequence[Employee], ids: dict[str, str]) -> dict[str, tuple[Sequence[str], Rows]]:
    """Write down those who are hired: who they are, since when, where, and under whom."""
    primary = [(one.employee_id, "primary", ids[one.superior], one.employed_from, "") for one in hired if one.superior]
    dotted = [(one.employee_id, "matrix", ids[one.dotted], one.employed_from, "") for one in hired if one.dotted]
    return {
        "people": (PEOPLE, [(one.employee_id, one.username, one.name.chinese, one.name.english) for one in hired]),
        "spells": (SPELLS, [(e.employee_id, e.employed_from, "", e.probation_until or "") for e in hired]),
        "placements": (PLACEMENTS, [(e.employee_id, e.department, e.post, e.employed_from, "") for e in hired]),
        "lines": (LINES, primary + dotted),
    }


def departure(someone: Employee, last: date) -> bytes:
    """Write down that somebody leaves."""
    return zipped({"spells": (SPELLS, [(someone.employee_id, someone.employed_from, last, "")])})


def transfer(someone: Employee, department: str, post: str, superior: Employee, since: date) -> bytes:
    """Write down that somebody goes to another department, under another superior."""
    return zipped(
        {
            "placements": (PLACEMENTS, [(someone.employee_id, department, post, since, "")]),
            "lines": (LINES, [(someone.employee_id, "primary", superior.employee_id, since, "")]),
        }
    )


def replacement(team: Iterable[Employee], successor: Employee, since: date) -> bytes:
    """Write down that a team is led by somebody else."""
    lines = [(one.employee_id, "primary", successor.employee_id, since, "") for one in team]
    return zipped({"lines": (LINES, lines)})


def leave(someone: Employee, kind: str, first: date, last: date) -> bytes:
    """Write down that somebody is away for long."""
    return zipped({"leaves": (LEAVES, [(someone.employee_id, kind, first, last)])})


def protection(someone: Employee, kind: str, first: date, last: date) -> bytes:
    """Write down that somebody's contract cannot be ended (Labour Contract Law art. 42)."""
    return zipped({"protections": (PROTECTIONS, [(someone.employee_id, kind, first, last)])})


def actuals(rows: Rows) -> bytes:
    """Write a file of actual values: employee id, indicator, value, unit, source, reason."""
    return _table(("工号", "指标", "实际值", "单位", "数据来源", "说明"), rows)


def amounts(rows: Rows) -> bytes:
    """Write a file of what lines are paid on: employee id, item, amount, source."""
    return _table(("工号", "项目", "金额", "来源"), rows)


def zipped(sheets: dict[str, tuple[Sequence[str], Rows]]) -> bytes:
    """Pack sheets into one file as an import takes them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in sheets.items():
            archive.writestr(f"{name}.csv", _table(columns, rows))
    return packed.getvalue()


def _table(columns: Sequence[str], rows: Rows) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue().encode()
