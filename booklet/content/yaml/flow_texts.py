"""A text with ` : ` inside `{…}` or `[…]`, which YAML cannot read: what is to be put between quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from booklet.content.yaml.quoting import put_quotes

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOSING = {"{": "}", "[": "]"}
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_KEY = re.compile(r"\s*[^\W\d_][\w-]*:\s+")


class _Entry(NamedTuple):
    """What stands between two marks of a collection: its offsets, and whether it is one of `{…}`."""

    start: int
    end: int
    in_group: bool


def quote_entries(flow: str) -> str | None:
    """Put quotes around each text of a collection that holds a colon; None where a comma may be part of the text."""
    parts, done = list[str](), 0
    for entry in _entries(flow):
        written = flow[entry.start : entry.end]
        key = _KEY.match(written) if entry.in_group else None
        if entry.in_group and written.strip() and key is None:
            return None
        text = written[key.end() :] if key else written
        stripped = text.strip()
        if not re.search(r":(?:\s|$)", stripped) or _QUOTED.fullmatch(stripped):
            continue
        start = entry.end - len(text) + len(text) - len(text.lstrip())
        parts += flow[done:start], put_quotes(stripped)
        done = start + len(stripped)
    mended = "".join([*parts, flow[done:]])
    return mended if parts and _is_sound(mended) else None


def _entries(flow: str) -> Iterator[_Entry]:
    """The entries that hold no collection; none after the end of the outermost one."""
    stack, start, place = list[str](), 0, 0
    while place < len(flow):
        mark, before = flow[place], flow[start:place].strip()
        is_value = not before or _KEY.fullmatch(f"{before} ") is not None
        if is_value and (quoted := _QUOTED.match(flow, place)):
            place = quoted.end()
            continue
        if is_value and mark in _CLOSING:
            stack.append(mark)
            start = place + 1
        elif mark in ",]}" and stack:
            if before and not before.endswith(("]", "}")):
                yield _Entry(start, place, stack[-1] == "{")
            start = place + 1 if mark == "," else place
            if mark != "," and (_CLOSING[stack.pop()] != mark or not stack):
                return
            if mark != ",":
                start = place
        place += 1


def _is_sound(text: str) -> bool:
    parser = CParser(text)
    try:
        while not isinstance(parser.get_event(), yaml.StreamEndEvent):
            pass
    except yaml.YAMLError:
        return False
    finally:
        parser.dispose()
    return True
