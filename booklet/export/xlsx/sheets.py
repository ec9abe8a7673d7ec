"""The names of the sheets and of their rows, and the tables by which one sheet refers to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.export.cost_rows import Group, Measure
    from booklet.export.xlsx.spreadsheet import SheetWriter

GROUP_NAMES: Mapping[Group, Message] = {
    "costs": say("cost"),
    "revenues": say("revenue"),
    "savings": say("saving"),
    "lost_revenue": say("lost revenue"),
}
MEASURE_NAMES: Mapping[Measure, Message] = {
    "cost-low": say("Cost before VAT, low"),
    "cost-central": say("Cost before VAT, central"),
    "cost-high": say("Cost before VAT, high"),
    "revenue-low": say("Revenue before VAT, low"),
    "revenue-central": say("Revenue before VAT, central"),
    "revenue-high": say("Revenue before VAT, high"),
    "vat": say("VAT"),
    "deducted-vat": say("VAT deducted"),
    "fctva-of-spending": say("FCTVA of what is spent"),
    "fctva": say("FCTVA received"),
    "co-funding": say("Co-funding, loans left out"),
    "own-share": say("Own share of the funding base"),
    "net": say("Net cost to the owner"),
    "saving-low": say("Saving before VAT, low"),
    "saving-central": say("Saving before VAT, central"),
    "saving-high": say("Saving before VAT, high"),
    "lost-low": say("Lost revenue, low"),
    "lost-central": say("Lost revenue, central"),
    "lost-high": say("Lost revenue, high"),
    "net-after-savings": say("Net cost after savings and lost revenue"),
    "interest": say("Interest on loans"),
    "principal": say("Principal of loans paid back"),
    "paid-before": say("Paid before the term, before VAT"),
    "paid-after": say("Left to pay after the term, before VAT"),
    "ap": say("AP: all that is committed, with the VAT that is borne"),
}
READ_ME, LINES, YEARS, FUNDING = say("Read me"), say("Lines"), say("Years"), say("Funding")
LOANS = say("Loans, by instalment")
UNCERTAINTY = say("Uncertainty")
PORTFOLIO, SOURCES, EXACT, DRAFTS = say("Portfolio"), say("Sources"), say("Exact sums"), say("Drafts")
#: rows of titles above the headings
HEAD_ROW = 3


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that a table fills on its sheet, counted from 0, and its columns by name."""

    sheet: SheetWriter
    columns: Mapping[str, int]
    first: int
    last: int

    @property
    def has_owners(self) -> bool:
        """Whether a column names owners, since a proposal has several."""
        return "owner" in self.columns

    def column(self, name: str) -> str:
        """Refer to a whole column of the table from any sheet, whatever the order its rows are sorted in."""
        # at least one row, so that an empty table has a range too
        return self.sheet.cells(
            (self.first, self.columns[name]), (max(self.first, self.last), self.columns[name])
        )

    def add_where(self, name: str, **criteria: str) -> str:
        """Write the sum of a column over the rows whose columns hold the given values (cells or texts)."""
        pairs = "".join(f",{self.column(key.replace('_', '-'))},{value}" for key, value in criteria.items())
        return f"SUMIFS({self.column(name)}{pairs})"


def make_table(sheet: SheetWriter, columns: Mapping[str, int], count: int) -> Table:
    """Name the rows of a sheet before they are written, so that sheets can refer to each other."""
    return Table(sheet, columns, HEAD_ROW + 1, HEAD_ROW + count)
