"""Objects → one section of a PDF file: a new file, or an incremental update of one.

qpdf, behind pikepdf, reads well but can only write whole files. A booklet is a file followed by an incremental update
whose objects refer to the file's, so both are written here. Object streams and cross-reference streams (ISO 32000-1
§7.5.7 and §7.5.8) make structure elements ten times lighter. Nothing depends on a clock or on the order of a hash.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from array import array
from typing import TYPE_CHECKING, BinaryIO

from booklet.pdf.objects import ObjectTable
from booklet.pdf.objects import array as write_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: objects per object stream: enough for good compression, few enough to open one page quickly
OBJECTS_PER_STREAM = 200
#: bytes of an entry of the cross-reference
_ROW = 7


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
        #: numbers of the objects, as they were written
        self._numbers = array("I")
        #: of each, type, field 2 and field 3 of ISO 32000-1 table 18
        self._rows = bytearray()

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
        order = sorted(range(len(self._numbers)), key=self._numbers.__getitem__)
        values = {
            **trailer,
            "ID": b"[ <%s> <%s> ]" % ((self._identity or digest).hex().encode(), digest.hex().encode()),
            "Size": b"%d" % table.next_number,
            "Type": b"/XRef",
            "Index": write_array(b"%d %d" % run for run in _runs(self._numbers[rank] for rank in order)),
            "W": b"[ 1 4 2 ]",
            "Filter": b"/FlateDecode",
            "DecodeParms": b"<< /Predictor 12 /Columns 7 >>",
        }
        if previous is not None:
            values["Prev"] = b"%d" % previous
        dictionary = b"<< %s >>" % b" ".join(
            b"/%s %s" % (key.encode(), value) for key, value in values.items()
        )
        rows = bytearray(len(self._rows))
        for place, rank in enumerate(order):
            rows[_ROW * place : _ROW * (place + 1)] = self._rows[_ROW * rank : _ROW * (rank + 1)]
        self.put(number, dictionary, zlib.compress(_predict_up(rows), 9))
        self._out.write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _list_free(self, free: Sequence[int], *, is_update: bool) -> None:
        """List the free numbers, each with the next one; a new file begins their chain with number 0."""
        for number, following in zip(free, (*free[1:], 0), strict=False):
            self._enter(number, 0, following, 0)
        if not is_update:
            self._enter(0, 0, free[0] if free else 0, 65535)

    def _enter(self, number: int, kind: int, second: int, third: int) -> None:
        self._numbers.append(number)
        self._rows += b"%c%s%s" % (kind, second.to_bytes(4, "big"), third.to_bytes(2, "big"))


class StreamedTable(ObjectTable):
    """A table whose objects are written as they are defined: in memory are those of one object stream at most."""

    def __init__(self, section: Section, first: int) -> None:
        super().__init__(first)
        self._section = section

    def define(self, number: int, body: bytes, stream: bytes | None = None) -> None:
        """Write a stream, or another object once there are enough for an object stream."""
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


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Group increasing numbers into runs of consecutive ones: (first, count)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        assert not runs or sum(runs[-1]) <= number, f"object {number} is defined twice"
        if runs and sum(runs[-1]) == number:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number, 1))
    return runs


def _predict_up(rows: bytearray) -> bytes:
    """Write each row as its difference from the one above (PNG predictor 2), which compresses far better."""
    predicted = bytearray(b"\x02" * (len(rows) // _ROW * (_ROW + 1)))
    for column in range(_ROW):
        values = rows[column::_ROW]
        predicted[column + 1 :: _ROW + 1] = bytes(
            (value - above) & 255 for value, above in zip(values, b"\x00" + values, strict=False)
        )
    return bytes(predicted)
