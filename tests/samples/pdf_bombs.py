"""Releases made to exhaust `verify`: a body or an update that unpacks, nests or draws without end."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from functools import cache, partial
from typing import TYPE_CHECKING

from booklet.pdf.objects import ObjectTable, Written
from booklet.pdf.section import write_section
from booklet.pdf.verify.sections import read_section
from booklet.pdf.verify.syntax import Name, Reference, Value
from tests.samples import linked_parts
from tests.samples.bombs import Bomb
from tests.samples.updates import honest, update_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_SHOWN = b"BT /F 12 Tf 1 0 0 1 50 50 Tm [<0001>] TJ ET\n"
_ELEMENT = b"<< /K [ ] /P 6 0 R /S /P /Type /StructElem >>"


def every_pdf_bomb() -> Iterator[Bomb]:
    """Yield every bomb for `verify`, in the order of the table."""
    yield _verify(
        "cross-reference stream of the body that unpacks to 3 GB", lambda: (forge(body(), b"/XRef"), update())
    )
    yield _verify(
        "cross-reference stream of the update that unpacks to 3 GB",
        lambda: (body(), forge(update(), b"/XRef")),
    )
    yield _verify("objects of the update that unpack to 3 GB", lambda: (body(), forge(update(), b"/ObjStm")))
    for name, count, written in (
        ("numbers", 1_000, b"[ " + b"1 " * 10_000 + b"]"),
        ("references", 1_100, b"[ " + b"2 0 R " * 3_000 + b"]"),
        ("lost references", 500, b"[ " + b"99999999 0 R " * 3_000 + b"]"),
        ("empty arrays", 1_000, b"[ " + b"[ ] " * 5_000 + b"]"),
        ("words", 350, b"[ " + b"true " * 4_000 + b"]"),
        ("dictionaries", 150_000, b"<< /A << /B << >> >> >>"),
        ("empty objects", 190_000, b"<< >>"),
        ("elements", 190_000, _ELEMENT),
        ("3 000 levels", 10, b"[ " * 3_000 + b"]" * 3_000),
    ):
        yield _verify(
            f"{count} objects of {name}", partial(lambda *more: (pad(*more), update()), written, count)
        )
    yield _verify("3 000 elements one in another", lambda: (pad(_ELEMENT, 3_000, nested=True), update()))
    for name, content in (
        ("texts", _SHOWN * 20_000),
        ("shapes", b"0 0 9 9 re f\n" * 70_000),
        ("texts and shapes", _SHOWN * 1_900 + b"50 50 9 9 re f\n" * 8_000),
        ("curves", b"0 0 m " + b"1 1 2 2 3 3 c " * 59_000 + b"S"),
        ("glyphs", b"BT /F 12 Tf 1 0 0 1 50 50 Tm [" + b"<0001>0" * 140_000 + b"] TJ ET"),
        ("levels", b"q " * 490_000),
    ):
        yield _verify(f"front pages of 1 MB of {name}", partial(_drawn, content))
    glyphs = b"BT /F 12 Tf 1 0 0 1 50 50 Tm [" + b"<0001>0" * 140_000 + b"] TJ ET"
    yield _verify("front pages of 1 MB of glyphs before 640 pages", partial(_drawn, glyphs, 320))
    yield _verify(
        "front pages of 1 MB of glyphs before 1 500 fiches", partial(_drawn, glyphs, 1_500), "verify --large"
    )
    yield _verify("body of 120 MB", lambda: (pad(b"<< >>", 1, stream=bytes(120_000_000)), update()))


def _verify(
    name: str, make: Callable[[], tuple[bytes, bytes] | tuple[bytes, bytes, int]], command: str = "verify"
) -> Bomb:
    return Bomb(name, lambda: release(*make()), command)


def release(body: bytes, update: bytes, pages: int = 5) -> dict[str, bytes]:
    """Write the files of a release of one booklet, and a manifest that agrees with it."""
    record = {"length": len(body), "sha256": hashlib.sha256(body).hexdigest(), "pages": pages}
    whole = hashlib.sha256(body + update).hexdigest()
    words = {"name": "Une liste", "head": "", "commune": "Une ville", "sector": None, "panel": None}
    booklet = {
        "list": "une",
        "path": "une-ville/une-liste.pdf",
        "length": len(body + update),
        "sha256": whole,
    }
    manifest = {
        "version": 1,
        "tool": "booklet",
        "inputs_sha256": "0" * 64,
        "versions": {},
        "body": record,
        "booklets": [{**booklet, "pages": pages + 2, "words": words}],
        "files": [],
    }
    return {"dist/manifest.json": json.dumps(manifest).encode(), f"dist/{booklet['path']}": body + update}


def body() -> bytes:
    """A small body."""
    return linked_parts.body().pdf


def update() -> bytes:
    """Its honest update."""
    return linked_parts.booklet()[len(body()) :]


def forge(section: bytes, kind: bytes) -> bytes:
    """Exchange the last stream of a kind for one that unpacks to three gigabytes."""
    at = section.rindex(kind)
    start = section.rindex(b"\n", 0, section.rindex(b" 0 obj\n", 0, at)) + 1
    head, _, rest = section[start:].partition(b"\nstream\n")
    length = int(head[head.index(b"/Length ") + 8 :].split()[0])
    head = head.replace(b"/Length %d" % length, b"/Length %d" % len(_three_gigabytes()))
    return section[:start] + head + b"\nstream\n" + _three_gigabytes() + rest[length:]


@cache
def _three_gigabytes() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(3_000)) + packer.flush()


def pad(written: bytes, count: int, *, nested: bool = False, stream: bytes | None = None) -> bytes:
    """Write the small body again with many more objects."""
    section = read_section(body(), 0, header=len(_HEADER), may_free=frozenset((0, 1)))
    table = ObjectTable(first=2)
    for number, one in section.plain.items():
        table.define(number, one.strip())
    for number, held in section.streams.items():
        head = {key: value for key, value in held.head.items() if key != "/Length"}
        table.define(number, _write(head), bytes(held.raw))
    table.next_number = max(table.written) + 1
    for _ in range(count):
        parent = b"/P %d 0 R" % (table.next_number - 1)
        table.add(written.replace(b"/P 6 0 R", parent) if nested else written, stream)
    trailer = {"Root": _write(section.trailer["/Root"]), "Info": _write(section.trailer["/Info"])}
    return _HEADER + write_section(table, start=len(_HEADER), trailer=trailer, free=(1,))


def _drawn(content: bytes, fiches: int = 0) -> tuple[bytes, bytes, int]:
    """Both front pages with another content, in a font and with a glyph that they have."""
    before = linked_parts.long_body(fiches) if fiches else linked_parts.body()
    table = honest(before.pdf).table.written
    numbers = [n for n, one in table.items() if one.body.startswith(b"<< /Filter") and one.stream]
    drawn = zlib.decompress(table[numbers[0]].stream or b"")
    font, glyph = (re.findall(pattern, drawn)[0] for pattern in (rb"(/\w+) \S+ Tf", rb"<(\w{4})"))
    packed = zlib.compress(content.replace(b"/F ", font + b" ").replace(b"0001", glyph))
    drawn_with = {number: Written(table[number].body, packed) for number in numbers}
    return before.pdf, update_with(drawn_with, before.pdf), before.pages


def _write(value: Value) -> bytes:
    """Spell a value as our writer does."""
    if isinstance(value, Reference):
        return b"%d 0 R" % value.number
    if isinstance(value, Name):
        return value.replace("/", "#2F").replace("#2F", "/", 1).encode()
    if isinstance(value, bytes):
        return b"<%s>" % value.hex().encode()
    if isinstance(value, list):
        return b"[ %s ]" % b" ".join(map(_write, value))
    if isinstance(value, dict):
        return b"<< %s >>" % b" ".join(key.encode() + b" " + _write(inner) for key, inner in value.items())
    return json.dumps(value).encode()
