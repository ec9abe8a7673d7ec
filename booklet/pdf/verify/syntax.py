"""Bytes → one PDF value, in the plain spelling that all readers understand alike (ISO 32000-1 §7.3).

No comment, no escape in a name (but for a slash, which has no other spelling), no key twice in a dictionary, no nesting
beyond what pages need: whatever a lenient reader could take differently is refused, so that the proof is about what
every reader shows. Time and memory are those of one pass over the bytes.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias, TypeGuard

from booklet.diagnostics.message import MessageError, say

#: dictionaries and arrays one inside another; attributes of a table's cell have four
_MAX_DEPTH = 12
_TOKEN = re.compile(
    rb"""[ \n]*+(?:
      /(?P<name>(?:[A-Za-z0-9_.+:*-]|\#2F)++)
    | (?P<reference>[0-9]{1,10})\ 0\ R(?![A-Za-z0-9])
    | (?P<numbers>\[(?:[ ]-?[0-9]{1,12}(?:\.[0-9]{1,12})?)++[ ]\])
    | (?P<references>\[(?:[ ][0-9]{1,10}[ ]0[ ]R)++[ ]\])
    | (?P<number>-?[0-9]{1,12}(?:\.[0-9]{1,12})?|-?\.[0-9]{1,12})(?![0-9.A-Za-z])
    | (?P<mark><<|>>|\[|\])
    | \((?P<literal>(?:[^\\()]++|\\.)*+)\)
    | <(?P<hexadecimal>(?:[0-9A-Fa-f]{2})*+)>
    | (?P<word>true|false|null)(?![A-Za-z0-9])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_WORDS = {b"true": True, b"false": False, b"null": None}
#: where PDFDocEncoding is not Latin-1 (ISO 32000-1 annex D.2)
_DOCUMENT_ENCODING = {
    **dict(zip(range(0x18, 0x20), "˘ˇˆ˙˝˛˚˜", strict=True)),
    **dict(zip(range(0x80, 0x9F), "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž", strict=True)),
    0xA0: "€",
}


class Objection(MessageError):
    """An objection after which the rest of the file cannot be interpreted."""


class Name(str):
    """A name, with its slash."""

    __slots__ = ()


class Reference(NamedTuple):
    """An indirect reference; every generation is 0."""

    number: int


Value: TypeAlias = "Name | Reference | int | float | bytes | bool | list[Value] | dict[str, Value] | None"


def are_whole(values: object) -> TypeGuard[list[int]]:
    """Check whether a value is an array of whole numbers, none below zero."""
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def parse(written: bytes) -> Value:
    """Parse one value that takes all the bytes; raises `Objection`."""
    value, end = parse_next(written, 0)
    if written[end:].strip(b" \n"):
        raise ambiguous(written[end:])
    return value


def parse_dictionary(written: bytes) -> dict[str, Value]:
    """Parse a dictionary that takes all the bytes; raises `Objection`."""
    value = parse(written)
    if not isinstance(value, dict):
        raise ambiguous(written)
    return value


def parse_next(written: bytes, position: int) -> tuple[Value, int]:
    """Parse the value at a position and return where it ends; raises `Objection`."""
    open_: list[list[Value]] = []
    kinds: list[bytes] = []
    while True:
        token = _TOKEN.match(written, position)
        if token is None:
            raise ambiguous(written[position:])
        position = token.end()
        mark = token["mark"]
        if mark in (b"<<", b"["):
            if len(open_) == _MAX_DEPTH:
                raise Objection(say("an object is nested more than {count} levels deep", count=_MAX_DEPTH))
            open_.append([])
            kinds.append(mark)
            continue
        value: Value
        if mark is None:
            value = _read_scalar(token)
        elif not open_ or kinds[-1] != {b">>": b"<<", b"]": b"["}[mark]:
            raise ambiguous(written[token.start() :])
        else:
            kinds.pop()
            items = open_.pop()
            value = items if mark == b"]" else _pair(items)
        if not open_:
            return value, position
        open_[-1].append(value)


def weigh(written: bytes) -> int:
    """Count signs that separate tokens: at least as many as there are tokens, without reading them."""
    return sum(map(written.count, (b" ", b"\n", b"[", b"]", b"<", b">", b"/", b"(")))


def _pair(items: list[Value]) -> dict[str, Value]:
    """Make a dictionary of its keys and values; raises `Objection` where a key stands twice."""
    keys = items[::2]
    if len(items) % 2 or not all(isinstance(key, Name) for key in keys):
        raise Objection(say("a dictionary is not made of keys and values"))
    pairs = {str(key): value for key, value in zip(keys, items[1::2], strict=True)}
    if len(pairs) != len(keys):
        twice = next(str(key) for key in keys if keys.count(key) > 1)
        raise Objection(say("a dictionary has the key {key} twice", key=twice))
    return pairs


def _read_scalar(token: re.Match[bytes]) -> Value:
    kind, text = token.lastgroup, token[token.lastgroup or 0]
    if kind == "name":
        return Name("/" + text.decode("ascii"))
    if kind == "reference":
        return Reference(int(text))
    if kind == "number":
        return float(text) if b"." in text else int(text)
    if kind in ("numbers", "references"):
        return _read_run(text)
    if kind == "hexadecimal":
        return bytes.fromhex(text.decode("ascii"))
    return _ESCAPE.sub(_unescape, text) if kind == "literal" else _WORDS[text]


def _read_run(text: bytes) -> list[Value]:
    """Read an array of nothing but numbers, or of nothing but references."""
    if b"R" in text:
        return [Reference(int(number)) for number in text[1:-1].replace(b" 0 R", b"").split()]
    return [float(number) if b"." in number else int(number) for number in text[1:-1].split()]


def _unescape(escape: re.Match[bytes]) -> bytes:
    text = escape[1]
    if text.isdigit():
        return bytes([int(text, 8) & 255])
    return b"" if text in (b"\n", b"\r\n") else _ESCAPED.get(text, text)


def ambiguous(written: bytes) -> Objection:
    """The objection to bytes that readers could take differently."""
    return Objection(
        say("`{text}` is not how our writer spells an object", text=written[:40].decode("latin-1"))
    )


def text_of(string: Value) -> str:
    """Decode a text string (ISO 32000-1 §7.9.2.2)."""
    if not isinstance(string, bytes):
        raise Objection(say("a text is not a string"))
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be", "replace")
    if string.startswith(b"\xef\xbb\xbf"):
        return string[3:].decode("utf-8", "replace")
    return string.decode("latin-1").translate(_DOCUMENT_ENCODING)
