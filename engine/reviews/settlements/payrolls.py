"""Payrolls: a file that payroll had, as it was written or as a workbook; each time it leaves a disclosure (D18)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.identity import Identity
from engine.reviews.files import workbooks
from engine.reviews.files.delimited import unquoted
from engine.reviews.files.workbooks import Cell
from engine.reviews.models import DisclosureKind
from engine.reviews.reports import disclosures
from engine.reviews.reports.exports import Form
from engine.reviews.settlements import sheets

TITLE = "激励结算"


def handed_out(session: Session, key: int, *, form: Form, by: Identity) -> bytes:
    """Give a file that payroll had; as a workbook it has the same rows, each amount with all its digits.

    Raises:
        Forbidden: `by` is not finance.
        NotFound: there is none.
    """
    payroll = sheets.handed_over(session, key, by=by)
    headings, *rows = csv.reader(io.StringIO(payroll.content.decode("utf-8-sig"), newline=""))
    content = payroll.content
    if form is Form.XLSX:
        content = workbooks.xlsx([(TITLE, headings, [list(_cells(row)) for row in rows])])
    disclosures.record(
        session,
        DisclosureKind.PAYROLL,
        content,
        form=form.value,
        rows=len(rows),
        by=by,
        cycle_key=payroll.cycle_key,
        about=f"payroll {payroll.key}",
    )
    return content


def _cells(row: Sequence[str]) -> Iterator[Cell]:
    amount = sheets.HEADINGS.index(sheets.AMOUNT)
    for place, text in enumerate(row):
        yield Decimal(text) if place == amount else unquoted(text)
