"""Portfolio → CSV: one row for each proposal, section and budget year, one value a column (RFC 4180, UTF-8).

A text that a spreadsheet would take for a formula has an apostrophe before it (`write_csv_text`).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.export.json_values import yearly_cents
from booklet.money.euros import CENT
from booklet.text.outside import write_csv_text

if TYPE_CHECKING:
    from booklet.costs.portfolio import Portfolio

COLUMNS = ("id", "domain", "status", "title", "section", "period", "low", "central", "high")
AFTER_TERM = "after-term-per-year"


def write_costs(portfolio: Portfolio) -> str:
    """Write every amount in cents with a decimal point; an unknown one is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for status, proposals in (("ready", portfolio.ready), ("draft", portfolio.drafts)):
        for costed in proposals:
            head = (costed.id, costed.domain, status, write_csv_text(costed.document.value.title))
            for section in SECTIONS:
                after = costed.costing.after_term_by_section[section].rounded(CENT)
                cells = (*yearly_cents(costed, section), after)
                for period, cell in zip((*portfolio.years, AFTER_TERM), cells, strict=True):
                    known = (cell.low, cell.central, cell.high) if costed.costing.is_complete else None
                    amounts = tuple(f"{amount:.2f}" for amount in known) if known else ("", "", "")
                    writer.writerow((*head, section, period, *amounts))
    return buffer.getvalue()
