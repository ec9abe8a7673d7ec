"""Objects of several PDFs → one section of a PDF file, in which equal fonts and images are stored once.

qpdf, behind pikepdf, reads well but can only write whole files. A booklet is a file followed by an incremental update
whose objects refer to the file's, so both are written here, as a :class:`Section` each. Object streams and
cross-reference streams (ISO 32000-1 §7.5.7 and §7.5.8) make structure elements ten times lighter. Nothing depends on a
clock or on the order of a hash.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

#: objects per object stream: enough for good compression, few enough to open one page quickly
OBJECTS_PER_STREAM = 200

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


class Section:
    """A section of a PDF file, written object by object, and the entries of its cross-reference stream.

    `start` is the position of its first byte in the file. `identity`, the first half of the file's /ID, is kept when
    given (an update) and computed from the content when not (a new file).
    """

    def __init__(self, out: BinaryIO, start: int, identity: bytes = b"") -> None:
        self._out = out
        self._position = start
        self._identity = identity
        self._digest = hashlib.sha256(identity)
        #: number → type, field 2 and field 3 of ISO 32000-1 table 18
        self.entries: dict[int, bytes] = {}

    def put(self, number: int, dictionary: bytes, data: bytes) -> None:
        """Write a stream."""
        head = dictionary.rstrip().removesuffix(b">>").rstrip()
        body = b"%s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)
        self._enter(number, 1, self._position, 0)
        chunk = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        self._out.write(chunk)
        self._digest.update(chunk)
        self._position += len(chunk)

    def put_object_stream(self, container: int, bodies: Mapping[int, bytes]) -> None:
        """Write several objects that are no streams into one (ISO 32000-1 §7.5.7)."""
        offsets, offset = [], 0
        for rank, (number, body) in enumerate(bodies.items()):
            self._enter(number, 2, container, rank)
            offsets.append(b"%d %d" % (number, offset))
            offset += len(body) + 1
        head = b" ".join(offsets) + b"\n"
        content = head + b"".join(body + b"\n" for body in bodies.values())
        dictionary = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode >>" % (len(bodies), len(head))
        self.put(container, dictionary, zlib.compress(content, 9))

    def finish(
        self,
        table: ObjectTable,
        trailer: Mapping[str, bytes],
        free: Sequence[int] = (),
        previous: int | None = None,
    ) -> None:
        """Write the cross-reference stream (ISO 32000-1 §7.5.8).

        `previous` is the position of the cross-reference section that this one updates.
        """
        digest = self._digest.digest()[:16]
        start, number = self._position, table.reserve()
        self._list_free(free, is_update=previous is not None)
        self._enter(number, 1, start, 0)
        numbers = sorted(self.entries)
        values = {
            **trailer,
            "ID": b"[ <%s> <%s> ]" % ((self._identity or digest).hex().encode(), digest.hex().encode()),
            "Size": b"%d" % table.next_number,
            "Type": b"/XRef",
            "Index": array(b"%d %d" % run for run in _runs(numbers)),
            "W": b"[ 1 4 2 ]",
            "Filter": b"/FlateDecode",
            "DecodeParms": b"<< /Predictor 12 /Columns 7 >>",
        }
        if previous is not None:
            values["Prev"] = b"%d" % previous
        dictionary = b"<< %s >>" % b" ".join(
            b"/%s %s" % (key.encode(), value) for key, value in values.items()
        )
        rows = [self.entries[number] for number in numbers]
        self.put(number, dictionary, zlib.compress(_predict_up(rows), 9))
        self._out.write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _list_free(self, free: Sequence[int], *, is_update: bool) -> None:
        """List the free numbers, each with the next one; a new file begins their chain with number 0."""
        for number, following in zip(free, (*free[1:], 0), strict=False):
            self._enter(number, 0, following, 0)
        if not is_update:
            self._enter(0, 0, free[0] if free else 0, 65535)

    def _enter(self, number: int, kind: int, second: int, third: int) -> None:
        self.entries[number] = b"%c%s%s" % (kind, second.to_bytes(4, "big"), third.to_bytes(2, "big"))


class StreamedTable(ObjectTable):
    """A table whose objects are written as they are defined: in memory are those of one object stream at most."""

    def __init__(self, section: Section, first: int) -> None:
        super().__init__(first)
        self._section = section

    def define(self, number: int, body: bytes, stream: bytes | None = None) -> None:
        """Write a stream, or another object once there are enough for an object stream."""
        assert number not in self._section.entries, f"object {number} is defined twice"
        if stream is not None:
            self._section.put(number, body, stream)
            return
        super().define(number, body)
        if len(self.written) == OBJECTS_PER_STREAM:
            self.flush()

    def flush(self) -> None:
        """Write the objects that are gathered for an object stream."""
        if self.written:
            bodies = {number: written.body for number, written in self.written.items()}
            self._section.put_object_stream(self.reserve(), bodies)
            self.written.clear()


def write_section(
    table: ObjectTable,
    *,
    start: int,
    trailer: Mapping[str, bytes],
    identity: bytes = b"",
    free: Sequence[int] = (),
    previous: int | None = None,
) -> bytes:
    """Write the objects of a table in the order of their numbers, as a :class:`Section`."""
    out = io.BytesIO()
    section = Section(out, start, identity)
    for number, entry in sorted(table.written.items()):
        if entry.stream is not None:
            section.put(number, entry.body, entry.stream)
    plain = sorted(number for number, entry in table.written.items() if entry.stream is None)
    for index in range(0, len(plain), OBJECTS_PER_STREAM):
        numbers = plain[index : index + OBJECTS_PER_STREAM]
        section.put_object_stream(table.reserve(), {number: table.written[number].body for number in numbers})
    section.finish(table, trailer, free, previous)
    return out.getvalue()


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Group increasing numbers into runs of consecutive ones: (first, count)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and sum(runs[-1]) == number:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs


def _predict_up(rows: Sequence[bytes]) -> bytes:
    """Write each row as its difference from the one above (PNG predictor 2), which compresses far better."""
    above = bytes(len(rows[0]))
    predicted = []
    for row in rows:
        predicted.append(
            b"\x02" + bytes((left - right) & 255 for left, right in zip(row, above, strict=True))
        )
        above = row
    return b"".join(predicted)
