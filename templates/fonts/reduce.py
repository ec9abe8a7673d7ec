"""Make the booklet's font files from Adobe's Source families, once, by hand.

Input: the three folders `TTF/` of the npm packages named in README.md. Output: the .ttf files beside this
script.

Every PDF embeds whole faces (`full_fonts`), so that the same face is the same object in every document and
the linker stores it once. That asks three things of a face: it is small; every glyph a text can reach stands
in its character map, because WeasyPrint then writes the text layer from the map alone (hence no substitution
tables: figures are tabular and lining by default); and no two characters share a glyph, or one of them would
be extracted as the other.

    python templates/fonts/reduce.py --sans DIR --serif DIR --mono DIR
"""

from __future__ import annotations

import argparse
from copy import deepcopy
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset
from fontTools.otlLib.optimize import compact
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from fontTools.ttLib.tables._g_l_y_f import Glyph

#: What a face must hold: Latin-1, Latin Extended-A, the commas below of Romanian, and the signs of French and
#: English typography, of money, of sums and of forms.
CHARACTERS = frozenset(
    [
        *range(0x20, 0x7F),
        *range(0xA0, 0x180),
        *map(ord, "ȘșȚțẞ\u2009\u202f‐‑‒–—―‘’‚“”„†‡•…‰′″‹›⁄€№™ΩΔπµ←↑→↓−∞√≈≠≤≥⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ᵈᵉᵐᵒʳˢᵗⁿ"),
    ]
)

#: Shapes, held by Booklet Sans alone: the layout takes them from there when another family lacks them.
SHAPES = frozenset(map(ord, "■□▪▲△▶▼▽◀◆◊○●☐☑✓"))

#: Characters a source face may lack, drawn as another one.
SUBSTITUTES = {0x2011: 0x2010, 0x2009: 0x202F, 0x202F: 0x2009, 0x2010: 0x2D, 0x2012: 0x2013, 0x2015: 0x2014}

#: Width of the narrow spaces, in thousandths of the size, where the source is narrower: a fine French space, which
#: readers of PDF still take for a space (the source's 120 is lost by some of them).
NARROW_SPACE = 165

#: Letters that only Booklet Sans must hold; the layout takes them from there too.
MAY_LACK = frozenset(map(ord, "ĬĭĲĳŦŧᵈᵉᵐᵒʳˢᵗ№Δπ"))


@dataclass(frozen=True, slots=True)
class Face:
    """One file to make: where it comes from and what it is called."""

    package: str
    source: str
    family: str
    style: str
    weight: int
    _: KW_ONLY
    italic: bool = False

    @property
    def file(self) -> str:
        """The file name, which is the PostScript name."""
        return f"{self.family.replace(' ', '')}-{self.style.replace(' ', '')}.ttf"


FACES = (
    Face("sans", "SourceSans3-Regular.ttf", "Booklet Sans", "Regular", 400),
    Face("sans", "SourceSans3-It.ttf", "Booklet Sans", "Italic", 400, italic=True),
    Face("sans", "SourceSans3-Semibold.ttf", "Booklet Sans", "Semibold", 600),
    Face("sans", "SourceSans3-SemiboldIt.ttf", "Booklet Sans", "Semibold Italic", 600, italic=True),
    Face("serif", "SourceSerif4Display-Semibold.ttf", "Booklet Serif", "Semibold", 600),
    Face("serif", "SourceSerif4Subhead-Regular.ttf", "Booklet Serif", "Regular", 400),
    Face("serif", "SourceSerif4Subhead-It.ttf", "Booklet Serif", "Italic", 400, italic=True),
    Face("mono", "SourceCodePro-Regular.ttf", "Booklet Mono", "Regular", 400),
)


def reduce_face(face: Face, source: Path, target: Path) -> None:
    """Write the reduced, renamed face; raise ValueError when the source does not fit the purpose."""
    font = TTFont(source, recalcTimestamp=False)
    if font["OS/2"].fsType != 0:
        raise ValueError(f"{source.name}: embedding is restricted (fsType {font['OS/2'].fsType})")
    character_map = font.getBestCmap()
    for codepoint, substitute in SUBSTITUTES.items():
        if codepoint not in character_map and substitute in character_map:
            character_map[codepoint] = character_map[substitute]
    wanted = CHARACTERS | SHAPES if face.package == "sans" else CHARACTERS
    missing = wanted - character_map.keys()
    if face.package != "sans":
        missing -= MAY_LACK
    if missing:
        raise ValueError(f"{source.name}: missing {sorted(map(hex, missing))}")
    character_map = {code: name for code, name in sorted(character_map.items()) if code in wanted}
    figures = {font["hmtx"][character_map[ord(figure)]][0] for figure in "0123456789"}
    if len(figures) != 1:
        raise ValueError(f"{source.name}: the default figures are not tabular")

    _separate_glyphs(font, character_map)
    for code in (0x2009, 0x202F):
        width, bearing = font["hmtx"].metrics[character_map[code]]
        font["hmtx"].metrics[character_map[code]] = (max(width, NARROW_SPACE), bearing)
    for table in font["cmap"].tables:
        table.cmap = {code: name for code, name in character_map.items() if table.isUnicode()}
    options = subset.Options(
        layout_features=["kern"],
        hinting=False,
        notdef_outline=True,
        glyph_names=False,
        name_IDs=[0, 5, 13, 14],
        name_languages=[0x409],
        drop_tables=["DSIG", "GSUB", "BASE", "STAT", "meta", "PCLT"],
        recalc_timestamp=False,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=character_map)
    subsetter.subset(font)
    compact(font, 9)
    _rename(font, face)
    font.save(target)


def _separate_glyphs(font: TTFont, character_map: dict[int, str]) -> None:
    """Assign each character a glyph of its own: a copy where the source shares one."""
    owners: dict[str, int] = {}
    outlines, order = font["glyf"], font.getGlyphOrder()
    for code, name in character_map.items():
        if name not in owners:
            owners[name] = code
            continue
        copy = f"booklet{code:04X}"
        outline: Glyph = outlines[name]
        order = [*order, copy]
        font.setGlyphOrder(order)
        outlines.glyphs[copy] = deepcopy(outline)
        outlines.glyphOrder = order
        font["hmtx"].metrics[copy] = font["hmtx"].metrics[name]
        character_map[code] = copy


def _rename(font: TTFont, face: Face) -> None:
    """Replace the reserved name, which a modified version may not carry; keep notice and licence."""
    names = font["name"]
    regular = face.weight == 400
    names.names = [
        record for record in names.names if record.nameID in {0, 5, 13, 14} and record.platformID == 3
    ]
    linked_style = "Italic" if face.italic else "Regular"
    values = {
        1: face.family if regular else f"{face.family} Semibold",
        2: linked_style,
        3: f"{face.family} {face.style}, reduced from {face.source}",
        4: f"{face.family} {face.style}",
        6: Path(face.file).stem,
        16: face.family,
        17: face.style,
    }
    for identifier, value in values.items():
        names.setName(value, identifier, 3, 1, 0x409)
    font["OS/2"].usWeightClass = face.weight
    selection = font["OS/2"].fsSelection & ~0b1100001
    font["OS/2"].fsSelection = selection | (0b1 if face.italic else 0b1000000 if regular else 0)
    font["head"].macStyle = 0b10 if face.italic else 0


def main() -> None:
    """Read the folders from the command line and write every face beside this script."""
    parser = argparse.ArgumentParser(description="Reduce the booklet's fonts.")
    for package in ("sans", "serif", "mono"):
        parser.add_argument(
            f"--{package}", type=Path, required=True, help=f"folder of the {package} TTF files"
        )
    folders = vars(parser.parse_args())
    for face in FACES:
        target = Path(__file__).parent / face.file
        reduce_face(face, folders[face.package] / face.source, target)
        print(f"{target.stat().st_size:>7} {face.file}")


if __name__ == "__main__":
    main()
