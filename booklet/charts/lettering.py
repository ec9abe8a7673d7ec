"""Text → its width on paper and its lines, since SVG text does not wrap.

Widths are those of Booklet Sans in thousandths of its size; `tests/charts/test_charts.py` compares them with the fonts.
Kerning is left out: it nearly always makes a text narrower. An accented letter is as wide as its plain one.
"""

from __future__ import annotations

import unicodedata

_REGULAR = {
    165: "\u202f",
    200: " \xa0",
    241: "|",
    246: "iı",
    247: "j",
    249: "',.:;·‘’",
    255: "l",
    263: "I",
    289: "!",
    292: "f",
    303: "()[]{}",
    304: "•",
    311: "-",
    331: "°",
    338: "t",
    347: "r",
    350: "/\\",
    367: "₂",
    418: "*",
    419: "s",
    425: "?z",
    426: '"“”',
    429: "«»",
    446: "x",
    456: "c",
    467: "vy",
    476: "Y",
    480: "J–",
    486: "L",
    494: "F",
    495: "k",
    496: "e",
    497: "#$+0123456789<=>^~×€−",
    500: "_",
    504: "ag",
    513: "X",
    515: "V",
    527: "E",
    534: "S",
    536: "T",
    539: "Z",
    542: "`oø",
    544: "Ahu",
    547: "n",
    553: "b",
    555: "dpq",
    566: "P",
    569: "R",
    571: "C",
    579: "K",
    588: "B",
    609: "&",
    615: "D",
    617: "G",
    645: "U",
    647: "N",
    652: "H",
    664: "OQØ",
    719: "w",
    727: "M",
    778: "æ",
    786: "W",
    800: "—",
    822: "Æ",
    824: "%",
    829: "m",
    839: "œ",
    847: "@Œ",
    948: "…",
}
_SEMIBOLD = {
    165: "\u202f",
    200: " \xa0",
    255: "|",
    262: "iı",
    263: "j",
    271: "l",
    275: "',.:;·‘’",
    282: "I",
    315: "!",
    317: "f",
    322: "-",
    324: "()[]{}",
    325: "•",
    344: "/\\",
    348: "°",
    361: "t",
    372: "₂",
    373: "r",
    431: "s",
    438: "*",
    443: "z",
    444: "?",
    455: "«»",
    462: "c",
    480: "–",
    481: "x",
    482: '"“”',
    494: "J",
    495: "vy",
    500: "_",
    501: "Y",
    502: "L",
    507: "e",
    510: "F",
    513: "#$+0123456789<=>^~×€−",
    516: "a",
    520: "g",
    522: "k",
    536: "V",
    538: "E",
    540: "Z",
    541: "X",
    545: "S",
    546: "T",
    549: "`oø",
    556: "u",
    558: "Ah",
    560: "n",
    563: "b",
    564: "dpq",
    576: "C",
    582: "P",
    592: "R",
    597: "BK",
    625: "D",
    628: "G",
    639: "&",
    655: "U",
    657: "N",
    663: "H",
    674: "OQØ",
    745: "M",
    748: "w",
    780: "æ",
    800: "W—",
    830: "œ",
    834: "Æ",
    841: "%",
    843: "m",
    859: "Œ",
    875: "@",
    964: "…",
}

#: a character that is in neither table counts as the widest of the font
_WIDEST = 1225
_ELLIPSIS = "…"
_WIDTHS = {
    is_bold: {character: width for width, characters in table.items() for character in characters}
    for is_bold, table in ((False, _REGULAR), (True, _SEMIBOLD))
}


def text_width(text: str, size: float = 8.0, *, bold: bool = False) -> float:
    """Measure one line of text, in points."""
    widths = _WIDTHS[bold]
    plain = (
        character if character in widths else unicodedata.normalize("NFD", character)[0] for character in text
    )
    return round(sum(widths.get(character, _WIDEST) for character in plain) * size / 1000, 2)


def wrap_text(
    text: str, width: float, size: float = 8.0, *, bold: bool = False, lines: int = 2
) -> tuple[str, ...]:
    """Break a text at its plain spaces into so many lines at most; what does not fit ends in an ellipsis."""
    done: list[str] = []
    words = text.split(" ")
    while words:
        if len(done) == lines - 1:
            return (*done, shorten_text(" ".join(words), width, size, bold=bold))
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold=bold) <= width:
            line += f" {words.pop(0)}"
        done.append(shorten_text(line, width, size, bold=bold))
    return tuple(done)


def shorten_text(text: str, width: float, size: float = 8.0, *, bold: bool = False) -> str:
    """Cut a text that is too wide, at a word where there is one, and mark the cut with an ellipsis."""
    if text_width(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and text_width(kept + _ELLIPSIS, size, bold=bold) > width:
        kept = kept[:-1]
    word, space, rest = kept.rpartition(" ")
    if space and len(rest) < len(kept) / 2 and text[len(kept) : len(kept) + 1] != " ":
        kept = word
    return kept.rstrip(" ,;:") + _ELLIPSIS
