"""The bytes of a section of a PDF file, body or update → its objects, read byte by byte.

Whatever a reader would have to repair or skip is refused: a section must be exactly the objects it lists, end to end
(ISO 32000-1 §7.5.4 to §7.5.8). No code is shared with the writer of sections, and none is that of a PDF library, which
would unpack and repair without bounds before anything could be said.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.pdf.verify.syntax import Objection, Reference, Value, are_whole, parse_dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

#: pages whose objects are read in some seconds, and the bytes to which those may unpack
USUAL_PAGES = 700
_MAX_UNPACKED = 24_000_000
#: of a cross-reference stream: 7 bytes an object, and one for each row's predictor
_MAX_ROWS = 1_600_000
#: of a stream's dictionary
_MAX_HEAD = 100_000
_END = re.compile(rb"startxref\n([0-9]{1,10})\n%%EOF\n\Z")
_OBJECT = re.compile(rb"([0-9]{1,8}) 0 obj\n")
_STREAM, _AFTER = b"\nstream\n", b"\nendstream\nendobj\n"
#: /Encrypt would change how the body is read, /XRefStm add a section
_TRAILER_KEYS = frozenset(
    {"/Type", "/Size", "/Index", "/W", "/Root", "/Info", "/ID", "/Filter", "/DecodeParms", "/Length"}
)


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its dictionary, and its bytes as they are stored."""

    head: Mapping[str, Value]
    raw: memoryview

    def unpack(self, limit: int, beyond: Objection | None = None) -> bytes:
        """Unpack the bytes; raises `Objection` where they are packed in another way than ours, or more than `limit`."""
        packing = self.head.get("/Filter")
        if packing is None and len(self.raw) <= limit:
            return bytes(self.raw)
        if packing != "/FlateDecode":
            raise Objection(say("a stream of {count} bytes is not packed as ours are", count=len(self.raw)))
        return _inflate(self.raw, limit, beyond)


@dataclass(frozen=True, slots=True)
class Section:
    """One section: the dictionary of its cross-reference stream, and its objects by number."""

    trailer: Mapping[str, Value]
    #: where its cross-reference stream begins in the file
    start: int
    streams: Mapping[int, Stream]
    #: as they are written
    plain: Mapping[int, bytes]
    #: the numbers of object streams and of the cross-reference stream
    containers: frozenset[int] = field(default_factory=frozenset)

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of its objects, containers aside."""
        return frozenset(self.plain) | frozenset(self.streams)


def read_section(
    data: bytes,
    base: int,
    *,
    header: int = 0,
    previous: int | None = None,
    may_free: frozenset[int] = frozenset(),
    scale: int = 1,
) -> Section:
    """Read a section; raises `Objection` where it is more than it lists.

    `data` begins with byte `base` of the file, and the section after a `header` of so many bytes.

    `previous` is the start of the cross-reference stream that it updates, `may_free` the numbers it may list as free.
    `scale` is how many times as many objects are read as usual.
    """
    end = _END.search(data[-64:])
    if end is None:
        raise Objection(
            say("the body does not end where it should")
            if base == 0
            else say("no complete update follows the body")
        )
    start, stop = int(end[1]) - base, len(data) - len(end[0])
    if not header <= start < stop:
        raise Objection(say("the last cross-reference section is not in the update"))
    number, table, after = _read_stream(data, start)
    trailer = table.head
    if set(trailer) - {"/Prev"} != _TRAILER_KEYS or trailer["/Type"] != "/XRef":
        extra = ", ".join(sorted(set(trailer) - {"/Prev"} - _TRAILER_KEYS))
        adds = say("the update's trailer adds {keys}", keys=extra)
        raise Objection(
            adds if extra else say("no cross-reference stream at byte {start}", start=start + base)
        )
    if trailer.get("/Prev") != previous:
        raise Objection(
            say("the body is itself an updated file")
            if previous is None
            else say("the update does not follow the body directly: there is another one between")
        )
    if after != stop:
        raise _unlisted(after + base)
    entries = _read_entries(table, scale)
    if entries.pop(number, None) != (1, start + base, 0):
        raise Objection(say("object {number} is not where it is listed", number=number))
    for freed in [freed for freed, (kind, _, _) in entries.items() if kind == 0]:
        if freed not in may_free:
            raise Objection(say("the update deletes object {number}", number=freed))
        del entries[freed]
    streams = _read_streams(data, base, header, start, entries)
    plain, containers = _read_plain(streams, entries, scale)
    own = {key: stream for key, stream in streams.items() if key not in containers}
    return Section(trailer, start + base, own, plain, containers | {number})


def _read_stream(data: bytes, start: int) -> tuple[int, Stream, int]:
    """Read the stream at a place and return its number, itself and where it ends; its length is written in it."""
    head = _OBJECT.match(data, start)
    mark = -1 if head is None else data.find(_STREAM, head.end(), head.end() + _MAX_HEAD)
    if head is None or mark < 0:
        raise Objection(
            say("the update holds something that is not listed, at byte {position}", position=start)
        )
    dictionary = parse_dictionary(data[head.end() : mark])
    length, first = dictionary.get("/Length"), mark + len(_STREAM)
    if type(length) is not int or length < 0 or not data.startswith(_AFTER, first + length):
        raise Objection(say("object {number} does not end where its length says", number=int(head[1])))
    if not {"/F", "/FFilter", "/FDecodeParms"}.isdisjoint(dictionary):
        raise Objection(say("object {number} takes its bytes from another file", number=int(head[1])))
    return (
        int(head[1]),
        Stream(dictionary, memoryview(data)[first : first + length]),
        first + length + len(_AFTER),
    )


def too_large(scale: int) -> Objection:
    """The objection to more objects than are read: a limit of ours, which an option lifts."""
    pages = USUAL_PAGES * scale
    if scale > 1:
        return Objection(say("more objects than those of {pages} pages, the most that is read", pages=pages))
    return Objection(
        say("more objects than those of {pages} pages: to read ten times as many, add `--large`", pages=pages)
    )


def _unlisted(position: int) -> Objection:
    return Objection(
        say("the update holds something that is not listed, at byte {position}", position=position)
    )


def _inflate(packed: memoryview, limit: int, beyond: Objection | None) -> bytes:
    """Unpack a whole zlib stream of no more than `limit` bytes."""
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Objection(say("a stream cannot be unpacked")) from error
    if len(data) > limit:
        raise beyond or Objection(say("a stream unpacks to more than {count} bytes", count=limit))
    if not inflater.eof or inflater.unused_data:
        raise Objection(say("a stream cannot be unpacked"))
    return data


def _read_entries(table: Stream, scale: int) -> dict[int, tuple[int, int, int]]:
    """Read (type, second, third) by object number: rows of 1, 4 and 2 bytes, differences from the row above."""
    head = table.head
    layout = (head["/W"], head["/DecodeParms"], head["/Filter"])
    if layout != ([1, 4, 2], {"/Predictor": 12, "/Columns": 7}, "/FlateDecode"):
        raise Objection(say("a cross-reference section is not packed as ours are"))
    data = _inflate(table.raw, _MAX_ROWS * scale, too_large(scale))
    runs, size = head["/Index"], head["/Size"]
    if not are_whole(runs) or type(size) is not int:
        raise Objection(say("a cross-reference section does not say what it lists"))
    counts = runs[1::2]
    if len(runs) % 2 or len(data) != 8 * sum(counts) or data[::8].strip(b"\2"):
        raise Objection(say("a cross-reference section is longer than what it lists"))
    columns = [bytes(value & 255 for value in accumulate(data[column::8])) for column in range(1, 8)]
    rows = struct.iter_unpack(">BIH", bytes(value for row in zip(*columns, strict=True) for value in row))
    numbers = [
        number
        for first, count in zip(runs[::2], counts, strict=True)
        for number in range(first, first + count)
    ]
    if any(after <= before for before, after in pairwise(numbers)):
        raise Objection(say("a cross-reference section lists an object twice, or out of order"))
    if numbers and numbers[-1] >= size:
        raise Objection(say("a cross-reference section lists more objects than its size"))
    return dict(zip(numbers, rows, strict=True))


def _read_streams(
    data: bytes, base: int, header: int, stop: int, entries: Mapping[int, tuple[int, int, int]]
) -> dict[int, Stream]:
    """Read the listed streams, which fill the section end to end: no byte is left for a hidden object.

    A reader that repairs files searches for objects, and would find unlisted ones.
    """
    places = {}
    for number, (kind, second, third) in entries.items():
        if kind == 1:
            if third != 0:
                raise Objection(say("object {number} has another generation than 0", number=number))
            places[second - base] = number
        elif kind != 2 or entries.get(second, (0, 0, 0))[0] != 1:
            raise Objection(say("object {number} is in an object stream outside the update", number=number))
    streams = {}
    position = header
    for place in sorted(places):
        number, stream, end = _read_stream(data, place) if place == position else (-1, None, -1)
        if stream is None or number != places[place]:
            break
        streams[number], position = stream, end
    if position != stop or len(streams) != sum(kind == 1 for kind, _, _ in entries.values()):
        raise _unlisted(position + base)
    return streams


def _read_plain(
    streams: Mapping[int, Stream], entries: Mapping[int, tuple[int, int, int]], scale: int
) -> tuple[dict[int, bytes], frozenset[int]]:
    """Unpack the object streams: each holds the objects that are listed in it, in their order, and no other."""
    listed: dict[int, list[tuple[int, int]]] = {
        number: [] for number, stream in streams.items() if stream.head.get("/Type") == "/ObjStm"
    }
    for number, (kind, container, rank) in entries.items():
        if kind == 2:
            if container not in listed:
                raise Objection(say("object {number} is in no object stream", number=number))
            listed[container].append((rank, number))
    plain: dict[int, bytes] = {}
    left = _MAX_UNPACKED * scale
    for container, members in listed.items():
        data = streams[container].unpack(left, too_large(scale))
        left -= len(data)
        plain.update(_split(container, streams[container].head, data, sorted(members)))
    return plain, frozenset(listed)


def _split(
    container: int, head: Mapping[str, Value], data: bytes, members: list[tuple[int, int]]
) -> dict[int, bytes]:
    """Cut an unpacked object stream into its objects."""
    first, count = head.get("/First"), head.get("/N")
    wrong = Objection(
        say("object stream {number} holds other objects than the update lists", number=container)
    )
    if set(head) != {"/Type", "/N", "/First", "/Filter", "/Length"} or type(first) is not int or first < 1:
        raise wrong
    fields = data[:first].split()
    if not data[:first].replace(b" ", b"").rstrip(b"\n").isdigit() or max(map(len, fields)) > 9:
        raise wrong
    held, offsets = [int(number) for number in fields[::2]], [int(offset) for offset in fields[1::2]]
    if list(enumerate(held)) != members or len(offsets) != count or offsets[:1] != [0]:
        raise wrong
    ends = [*offsets[1:], len(data) - first]
    if any(end <= begin for begin, end in zip(offsets, ends, strict=True)):
        raise wrong
    return {
        number: data[first + begin : first + end]
        for number, begin, end in zip(held, offsets, ends, strict=True)
    }


def reference(value: Value) -> int:
    """The number that a reference leads to; raises `Objection` for any other value."""
    if not isinstance(value, Reference):
        raise Objection(say("a value is not a reference"))
    return value.number


def items(held: Mapping[str, Value], key: str) -> list[Value]:
    """The items of an array; raises `Objection` where there is none."""
    value = held.get(key)
    if not isinstance(value, list):
        raise Objection(say("{key} is no array", key=key))
    return value


def whole(held: Mapping[str, Value], key: str) -> int:
    """A whole number; raises `Objection` where there is none."""
    value = held.get(key)
    if type(value) is not int:
        raise Objection(say("{key} is no whole number", key=key))
    return value
