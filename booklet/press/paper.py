"""Pages and a paper → sheets, thickness of the spine and weight, which an order to a printer states.

The thickness of a sheet is its grammage times its bulk: g/m² × cm³/g is µm exactly, bulk being the inverse of the
apparent density (ISO 534, "apparent sheet density" and "bulk"). Its weight is its area times its grammage (ISO 536).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

SheetName = Literal["a4", "a3"]
#: a sheet folded once makes two leaves, hence four pages
PAGES_PER_SHEET = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in landscape, to be folded once; lengths in millimetres (ISO 216)."""

    name: SheetName
    width_mm: int
    height_mm: int
    #: its size once folded
    folded: str

    @property
    def area_m2(self) -> Decimal:
        """The area of one side in square metres."""
        return Decimal(self.width_mm * self.height_mm).scaleb(-6)


SHEETS: dict[SheetName, Sheet] = {"a4": Sheet("a4", 297, 210, "a5"), "a3": Sheet("a3", 420, 297, "a4")}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: grammage in g/m², bulk in cm³/g (1.0 for coated, 1.2 to 1.3 for offset, more if bulky)."""

    grammage: Decimal
    bulk: Decimal

    @property
    def thickness_um(self) -> Decimal:
        """The thickness of one sheet in micrometres: grammage × bulk (ISO 534)."""
        return self.grammage * self.bulk


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy; `pages` is a multiple of four."""

    pages: int
    sheet: Sheet
    paper: Paper

    @property
    def sheets(self) -> int:
        """The number of sheets, with four pages on each."""
        return self.pages // PAGES_PER_SHEET

    @property
    def spine_mm(self) -> Decimal:
        """The thickness of the closed copy in millimetres: its leaves, two a sheet, times that of one sheet.

        Neither glue nor a cover of another paper is counted.
        """
        return 2 * self.sheets * self.paper.thickness_um / 1000

    @property
    def weight_g(self) -> Decimal:
        """The weight in grammes before trimming: sheets × area × grammage (ISO 536)."""
        return self.sheets * self.sheet.area_m2 * self.paper.grammage
