"""A tagged PDF as assistive technology walks it: elements with their text, attributes and places on the page.

Two independent readers are put together: pypdf gives the structure tree, PDFium what is drawn under each of its marks.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject
from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: the soft hyphens with which layout cuts words, as PDFium gives them
_CUT = re.compile("[\u00ad\ufffe\x02]\n?")


@dataclass(frozen=True)
class Mark:
    """The drawing under one mark: its page from 0, its text, its box (left, bottom, right, top; points)."""

    page: int
    text: str
    box: tuple[float, float, float, float] | None


@dataclass
class Element:
    """A structure element; `kids` are elements and marks in reading order."""

    role: str
    #: entries as pypdf gives them, which types none of them
    source: Any
    kids: list[Element | Mark] = field(default_factory=list)
    annotations: list[Any] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """Visit this element and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    def marks(self) -> Iterator[Mark]:
        """List what is drawn under this element, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.marks()
            else:
                yield kid

    @property
    def alternative(self) -> str:
        """The text that replaces the element where it cannot be seen."""
        return str(self.source.get("/Alt", ""))

    @property
    def text(self) -> str:
        """All that is read aloud: text, and the alternatives of figures; words that layout cut are whole."""
        if self.role == "/Figure":
            return self.alternative
        return _CUT.sub("", "\n".join(kid.text for kid in self.kids))


def read_structure(path: Path) -> Element:
    """Read the structure tree of a file down to what is drawn."""
    reader = PdfReader(path)
    drawn = _read_marks(path)
    page_by_object = {page.indirect_reference.idnum: index for index, page in enumerate(reader.pages)}  # type: ignore[union-attr]

    def page_of(holder: DictionaryObject, inherited: int | None) -> int | None:
        reference = holder.raw_get("/Pg") if "/Pg" in holder else None
        return page_by_object[reference.idnum] if isinstance(reference, IndirectObject) else inherited

    def read(source: DictionaryObject, inherited: int | None) -> Element:
        element = Element(str(source["/S"]), source)
        own = page_of(source, inherited)
        content = source.get("/K", ArrayObject())
        for item in content if isinstance(content, ArrayObject) else [content]:
            kid: Any = item.get_object()
            if isinstance(kid, int):
                assert own is not None, "marked content without a page"
                element.kids.append(drawn[own].get(int(kid)) or Mark(own, "", None))
            elif kid.get("/Type") == "/OBJR":
                element.annotations.append(kid["/Obj"].get_object())
            elif kid.get("/Type") == "/MCR":
                page = page_of(kid, own)
                assert page is not None, "marked content without a page"
                element.kids.append(drawn[page].get(int(kid["/MCID"])) or Mark(page, "", None))
            else:
                element.kids.append(read(kid, own))
        return element

    root = catalog_of(reader)["/StructTreeRoot"]
    return read(root["/K"][0].get_object(), None)


def _read_marks(path: Path) -> list[dict[int, Mark]]:
    """Read with PDFium what each page draws under each mark."""
    document = pypdfium2.PdfDocument(path)
    pages = []
    for index, page in enumerate(document):
        textpage = page.get_textpage()
        texts: dict[int, list[str]] = {}
        boxes: dict[int, list[tuple[float, float, float, float]]] = {}
        for item in page.get_objects(max_depth=1):
            number = raw.FPDFPageObj_GetMarkedContentID(item.raw)
            if number < 0:
                continue
            box = tuple(item.get_bounds())
            if item.type == raw.FPDF_PAGEOBJ_TEXT:
                text = _text_of(item, textpage)
                texts.setdefault(number, []).append(text)
                if not text.strip():
                    continue  # a space hangs out of its line
            boxes.setdefault(number, []).append(box)
        pages.append(
            {
                number: Mark(index, "".join(texts.get(number, [])), _union(boxes.get(number, [])))
                for number in {*texts, *boxes}
            }
        )
    document.close()
    return pages


def _text_of(item: Any, textpage: Any) -> str:
    size = raw.FPDFTextObj_GetText(item.raw, textpage.raw, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFTextObj_GetText(
        item.raw, textpage.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
    )
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", errors="replace")


def _union(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float] | None:
    if not boxes:
        return None
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


def catalog_of(reader: PdfReader) -> Any:
    """The document's catalog; pypdf types no entry of a dictionary."""
    return reader.trailer["/Root"]
