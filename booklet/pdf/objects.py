"""Objects of several PDFs → one table of objects to write, in which equal fonts and images are stored once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A reference, or one of the tokens inside which the same characters mean nothing. qpdf escapes every
# parenthesis of a literal string.
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]*>|/[^\s/\[\]<>()]+|(\d+) \d+ R", re.DOTALL)
_LENGTH = re.compile(rb"/Length (?:\d+ \d+ R|\d+)(?=[\s/>])")

# Nodes of a tree are never shared, even where two are equal.
_UNIQUE_TYPES = frozenset(
    {"/Catalog", "/Pages", "/Page", "/StructTreeRoot", "/StructElem", "/OBJR", "/Annot"}
)

# Keys of font descriptors that WeasyPrint derives from the text set in the font: the first size used rounds ascent and
# descent, and a font used for nothing but digits is declared monospaced. Widths and outlines, which readers use, are
# equal.
_TEXT_DEPENDENT = frozenset({"/Ascent", "/Descent", "/Flags"})


@dataclass(frozen=True, slots=True)
class Written:
    """One object as it is written in the file: `body` is the value, or the dictionary of `stream`."""

    body: bytes
    stream: bytes | None = None


def reference(number: int) -> bytes:
    """Write the indirect reference to an object of generation 0, the only one used here."""
    return b"%d 0 R" % number


def text_string(text: str) -> bytes:
    """Write a text as a PDF string, in PDFDocEncoding when it fits and UTF-16 when not."""
    return pikepdf.String(text).unparse()


def array(items: Iterable[bytes]) -> bytes:
    """Write a PDF array of values already written."""
    return b"[ " + b" ".join(items) + b" ]"


def stream_body(stream: pikepdf.Object) -> bytes:
    """Write the dictionary of a stream without its length, which the writer adds."""
    return _LENGTH.sub(b"", stream.stream_dict.unparse(resolved=True))


def renumber(written: bytes, number_of: Callable[[int], int]) -> bytes:
    """Replace the object numbers of all references in a written value."""

    def replace(match: re.Match[bytes]) -> bytes:
        return match[0] if match[1] is None else reference(number_of(int(match[1])))

    return _REFERENCE.sub(replace, written)


class ObjectTable:
    """The objects of a section, numbered in the order in which they are first referred to.

    `shared` maps the digest of an object's content, references followed, to the number of an equal object.
    """

    def __init__(self, first: int = 1) -> None:
        self.next_number = first
        self.written: dict[int, Written] = {}
        self.shared: dict[bytes, int] = {}
        self._pending: list[tuple[Origin, int, int]] = []

    def reserve(self) -> int:
        """Reserve the next free number, for an object to be defined later."""
        self.next_number += 1
        return self.next_number - 1

    def define(self, number: int, body: bytes, stream: bytes | None = None) -> None:
        """Define the object of a reserved number, once."""
        assert number not in self.written, f"object {number} is defined twice"
        self.written[number] = Written(body, stream)

    def add(self, body: bytes, stream: bytes | None = None) -> int:
        """Reserve a number and define its object."""
        number = self.reserve()
        self.define(number, body, stream)
        return number

    def expect(self, origin: Origin, source_number: int) -> int:
        """Number an object of another PDF and schedule its copy; an equal object in the table is reused."""
        digest = origin.digest(source_number)
        if digest is not None and digest in self.shared:
            return self.shared[digest]
        number = self.reserve()
        if digest is not None:
            self.shared[digest] = number
        self._pending.append((origin, source_number, number))
        return number

    def copy_pending(self) -> None:
        """Copy the scheduled objects, and those that they refer to, until none is missing."""
        while self._pending:
            pending, self._pending = self._pending, []
            for origin, source_number, number in pending:
                value = origin.document.get_object(source_number, 0)
                if isinstance(value, pikepdf.Stream):
                    self.define(number, origin.renumber(stream_body(value)), value.read_raw_bytes())
                else:
                    self.define(number, origin.renumber(value.unparse(resolved=True)))


class Origin:
    """One open PDF whose objects are copied into a table; `numbers` maps its object numbers to the table's.

    A number that is put into `numbers` beforehand replaces the object by another one of the table: so the page trees
    and the `Document` elements of all parts become one.
    """

    def __init__(
        self, table: ObjectTable, document: pikepdf.Pdf, digests: dict[int, bytes | None] | None = None
    ) -> None:
        self.document = document
        self.numbers: dict[int, int] = {}
        self.table = table
        #: by object number; may be shared with another origin of the same document, to digest its fonts once
        self._digests = {} if digests is None else digests

    def refer(self, value: pikepdf.Object) -> bytes:
        """Write a value of this PDF, direct or a reference, with the numbers of the table."""
        return self.renumber(value.unparse())

    def renumber(self, written: bytes) -> bytes:
        """Replace the references in a written value by those of the table."""
        return renumber(written, self._number_of)

    def _number_of(self, source_number: int) -> int:
        number = self.numbers.get(source_number)
        if number is None:
            number = self.numbers[source_number] = self.table.expect(self, source_number)
        return number

    def digest(self, source_number: int) -> bytes | None:
        """Digest the content of an object, references followed; None if it is in a tree or a cycle."""
        if source_number not in self._digests:
            self._digests[source_number] = None  # met again below: a cycle
            self._digests[source_number] = self._compute_digest(source_number)
        return self._digests[source_number]

    def _compute_digest(self, source_number: int) -> bytes | None:
        value = self.document.get_object(source_number, 0)
        if isinstance(value, pikepdf.Stream):
            body, data = stream_body(value), value.read_raw_bytes()
        elif isinstance(value, pikepdf.Dictionary):
            kind = str(value.get("/Type", ""))
            if kind in _UNIQUE_TYPES:
                return None
            if kind == "/FontDescriptor":
                value = pikepdf.Dictionary(
                    {key: value[key] for key in map(str, value) if key not in _TEXT_DEPENDENT}
                )
            body, data = value.unparse(resolved=True), b""
        else:
            body, data = value.unparse(resolved=True), b""
        unique = False

        def describe(match: re.Match[bytes]) -> bytes:
            nonlocal unique
            if match[1] is None:
                return match[0]
            target = self.digest(int(match[1]))
            unique = unique or target is None
            return b"{%s}" % (target or b"").hex().encode()

        described = _REFERENCE.sub(describe, body)
        if unique:
            return None
        return hashlib.sha256(b"%d:%s%s" % (len(described), described, data)).digest()
