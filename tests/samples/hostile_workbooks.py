"""Workbooks that would take their reader's time or memory, made of an exported one by a change of one part."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from booklet.diagnostics import limits

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = "xl/worksheets/sheet2.xml"
END = b"</sheetData>"


def rewrite(data: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            text = before.read(entry)
            after.writestr(entry.filename, edit(text) if entry.filename == part else text)
    return out.getvalue()


def declare_rows(text: bytes) -> bytes:
    """Claim a million rows, and hold no more than before."""
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', text)


def add_cells(text: bytes, count: int) -> bytes:
    """Add rows of a hundred numbers."""
    return text.replace(END, (b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * (count // 100) + END)


#: the part, its change, and what is said of it
BOMBS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "rows": (SHEET, lambda text: text.replace(END, b"<row/>" * 1_000_000 + END), "50,000 rows"),
    "cells": (SHEET, lambda text: add_cells(text, 700_000), "200,000 cells"),
    "columns": (
        SHEET,
        lambda text: text.replace(b"<sheetData>", b"<cols>" + b"<col/>" * 1_000_000 + b"</cols><sheetData>"),
        "10,000 settings",
    ),
    "styles": (
        "xl/styles.xml",
        lambda text: text.replace(b"</cellXfs>", b"<xf/>" * 1_000_000 + b"</cellXfs>"),
        "10,000 settings",
    ),
    "zip": (
        SHEET,
        lambda text: text.replace(END, b" " * (limits.WORKBOOK_UNPACKED + 1) + END),
        "60,000,000 bytes",
    ),
    "values": (
        SHEET,
        lambda text: text.replace(END, b"<row><c>" + b"<v/>" * 900_000 + b"</c></row>" + END),
        "800,000 elements",
    ),
    "attributes": (
        SHEET,
        lambda text: text.replace(
            END, (b"<row " + b" ".join(b'a%d=""' % one for one in range(90)) + b"/>") * 9_000 + END
        ),
        "800,000 attributes",
    ),
    "a long attribute": (
        SHEET,
        lambda text: text.replace(END, b'<row a="' + b"a" * 1_000_000 + b'"/>' + END),
        "",
    ),
    "a long comment": (SHEET, lambda text: text.replace(END, b"<!--" + b"<" * 1_000 + b"-->" + END), ""),
    "one sheet many times": (
        "xl/workbook.xml",
        lambda text: re.sub(
            rb"<sheet [^>]*/>", lambda sheet: sheet[0] + sheet[0].replace(b'name="', b'name="a'), text
        ),
        "",
    ),
    "entities": (
        "xl/workbook.xml",
        lambda text: re.sub(rb"\?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', text, count=1),
        "",
    ),
}
