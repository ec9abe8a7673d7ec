"""Booklet, body length → the two cross-reference sections of the file, body and update, read byte by byte.

Whatever a reader would have to repair or skip is refused: the update must be exactly the objects it lists, end to end
(ISO 32000-1 §7.5.4 to §7.5.8). No code is shared with the writer of updates.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from pikepdf import Dictionary, Object

from booklet.diagnostics.message import Message, say

_END = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")
_OBJECT = re.compile(rb"(\d+) 0 obj\n")
#: Keys of the trailer that every section may have; /Encrypt would change how the body is read.
_TRAILER_KEYS = frozenset(
    {"/Type", "/Size", "/Index", "/W", "/Prev", "/Root", "/Info", "/ID", "/Filter", "/DecodeParms", "/Length"}
)


class Objection(Exception):
    """An objection after which the rest of the file cannot be interpreted."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class CrossReferenceSection:
    """One cross-reference section: its trailer, and by object number the three fields of the entry (§7.5.8.3)."""

    trailer: Object
    entries: dict[int, tuple[int, int, int]]


def read_sections(booklet: bytes, body_length: int) -> tuple[CrossReferenceSection, CrossReferenceSection]:
    """Read the sections of the body and of the update; raises `Objection` where the update is more than it lists."""
    body_end, end = _END.search(booklet[:body_length][-64:]), _END.search(booklet[-64:])
    if body_end is None:
        raise Objection(say("the body does not end where it should"))
    if end is None or len(booklet) <= body_length:
        raise Objection(say("no complete update follows the body"))
    body_start, start = int(body_end[1]), int(end[1])
    if start < body_length:
        raise Objection(say("the last cross-reference section is not in the update"))
    body = _read_section(booklet, body_start, body_length)
    if "/Prev" in body.trailer:
        raise Objection(say("the body is itself an updated file"))
    end_position = len(booklet) - len(end[0])
    update = _read_section(booklet, start, end_position)
    if int(update.trailer.get("/Prev", -1)) != body_start:
        raise Objection(say("the update does not follow the body directly: there is another one between"))
    extra = set(update.trailer.keys()) - _TRAILER_KEYS
    if extra:
        raise Objection(say("the update's trailer adds {keys}", keys=", ".join(sorted(extra))))
    _check_no_gap(booklet, body_length, end_position, update)
    return body, update


def _read_section(booklet: bytes, start: int, end: int) -> CrossReferenceSection:
    """Read a cross-reference stream (ISO 32000-1 §7.5.8)."""
    head = _OBJECT.match(booklet, start)
    if head is None or start >= end:
        raise Objection(say("no cross-reference stream at byte {start}", start=start))
    marker = booklet.index(b"\nstream\n", head.end(), end)
    trailer = _parse_head(booklet[head.end() : marker])
    if str(trailer.get("/Type")) != "/XRef":
        raise Objection(say("no cross-reference stream at byte {start}", start=start))
    first = marker + len(b"\nstream\n")
    data = zlib.decompress(booklet[first : first + int(trailer["/Length"])])
    widths = [int(width) for width in trailer["/W"].as_list()]
    parameters = trailer.get("/DecodeParms", Dictionary())
    if int(parameters.get("/Predictor", 1)) > 1:
        data = _undo_prediction(data, sum(widths))
    runs = [int(item) for item in trailer["/Index"].as_list()]
    entries: dict[int, tuple[int, int, int]] = {}
    position = 0
    for run_start, count in zip(runs[::2], runs[1::2], strict=True):
        for number in range(run_start, run_start + count):
            fields = []
            for width in widths:
                fields.append(int.from_bytes(data[position : position + width], "big"))
                position += width
            if number in entries:
                raise Objection(say("object {number} is listed twice", number=number))
            entries[number] = (fields[0], fields[1], fields[2])
    if position != len(data):
        raise Objection(say("a cross-reference section is longer than what it lists"))
    return CrossReferenceSection(trailer, entries)


def _parse_head(written: bytes) -> Object:
    """Parse the dictionary of a stream; refuse one that two readers could read differently.

    Its references are turned into names, since there is no file here to resolve them in.
    """
    if b"#" in written or b"%" in written or len(re.findall(rb"/Length(?!\d)", written)) != 1:
        raise Objection(say("a stream of the update is written in a way that readers could take differently"))
    head = Object.parse(re.sub(rb"(\d+) (\d+) R\b", rb"/Reference.\1.\2", written))
    if not isinstance(head, Dictionary):
        raise Objection(say("a stream of the update has no dictionary"))
    return head


def _undo_prediction(data: bytes, width: int) -> bytes:
    """Undo PNG prediction, rows written as differences from the row above."""
    above = bytes(width)
    rows = []
    for position in range(0, len(data), width + 1):
        if data[position] != 2:
            raise Objection(say("a cross-reference section uses an unknown predictor"))
        row = data[position + 1 : position + 1 + width]
        above = bytes((left + up) & 255 for left, up in zip(row, above, strict=True))
        rows.append(above)
    return b"".join(rows)


def _check_no_gap(booklet: bytes, body_length: int, end: int, section: CrossReferenceSection) -> None:
    """Require that the listed objects fill the update end to end: no byte is left for a hidden object.

    A reader that repairs files searches for objects, and would find unlisted ones.
    """
    places = {}
    for number, (kind, second, third) in section.entries.items():
        if kind == 1:
            if third != 0:
                raise Objection(say("object {number} has another generation than 0", number=number))
            places[second] = number
        elif kind == 2:
            if section.entries.get(second, (0, 0, 0))[0] != 1:
                raise Objection(
                    say("object {number} is in an object stream outside the update", number=number)
                )
        else:
            raise Objection(say("the update deletes object {number}", number=number))
    position = body_length
    for place in sorted(places):
        head = _OBJECT.match(booklet, place)
        if place != position or head is None or int(head[1]) != places[place]:
            raise Objection(
                say("the update holds something that is not listed, at byte {position}", position=position)
            )
        position = _end_of_stream_object(booklet, head.end())
    if position != end:
        raise Objection(
            say("the update holds something that is not listed, at byte {position}", position=position)
        )


def _end_of_stream_object(booklet: bytes, start: int) -> int:
    """Find where an object ends; outside object streams, an update has only streams with a direct length."""
    marker = booklet.index(b"\nstream\n", start)
    length = int(_parse_head(booklet[start:marker])["/Length"])
    end = marker + len(b"\nstream\n") + length
    tail = b"\nendstream\nendobj\n"
    if booklet[end : end + len(tail)] != tail:
        raise Objection(say("the object at byte {start} does not end where its length says", start=start))
    return end + len(tail)
