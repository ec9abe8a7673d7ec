"""What `check --fix` did, in words, and what it would do, as a diff that `git apply` takes."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from difflib import diff_bytes, unified_diff
from os import fsencode
from typing import TYPE_CHECKING, TextIO

from booklet.diagnostics.edits import Rename
from booklet.diagnostics.message import say
from booklet.diagnostics.reporters.findings import inflect, write_place
from booklet.text.outside import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.commands.session import Session
    from booklet.pipeline.fixes import Applied, FixedFile, Fixes

#: letters of a text that was replaced that are shown
_SHOWN = 60


def print_fixes(fixes: Fixes, session: Session, stream: TextIO) -> None:
    """Print what was replaced, each on a line, and how much in all."""
    for applied in fixes.applied:
        print(_write_applied(applied), file=stream)
    print(_count(fixes, session), end="\n\n" if fixes.applied else "\n", file=stream)


def print_diff(fixes: Fixes, session: Session) -> None:
    """Print the difference between the files as they are and as they would be, and how much it is."""
    written = b"".join(line for path in sorted(fixes.files) for line in _diff(fixes.files[path]))
    if sys.stdout.isatty():
        lines = written.decode("utf-8", "replace").splitlines()
        print("".join(f"{visible(line)}\n" for line in lines), end="")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(written)
        sys.stdout.flush()
    print(_count(fixes, session), file=sys.stderr)


def _count(fixes: Fixes, session: Session) -> str:
    if not fixes.applied:
        return session.text(say("nothing to correct without its author"))
    count, files = len(fixes.applied), len(fixes.files)
    written = Decimal(count)
    one, many = say("{count} correction", count=written), say("{count} corrections", count=written)
    corrections = inflect(count, one, many, session.language)
    written = Decimal(files)
    one, many = say("{count} file", count=written), say("{count} files", count=written)
    where = inflect(files, one, many, session.language)
    return session.text(say("{corrections} in {files}", corrections=corrections, files=where))


def _write_applied(applied: Applied) -> str:
    place, code = write_place(applied.finding.span), applied.finding.code
    after = applied.edit.to if isinstance(applied.edit, Rename) else applied.edit.text
    return f"{place}: {code} " + visible(f"`{_shorten(applied.before)}` → `{_shorten(after)}`")


def _shorten(text: str) -> str:
    """A text that fits a line, whose spaces that are not the keyboard's are named."""
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return re.sub(r"[^\S \t\r\n]", lambda space: f"<U+{ord(space[0]):04X}>", shown)


def _diff(file: FixedFile) -> Iterator[bytes]:
    """Write the difference of one file, in git's format; lines end at line feeds alone, as git has them."""
    old, new = _name("a", file.old_path), _name("b", file.path)
    yield b"diff --git %b %b\n" % (old, new)
    if file.old_path != file.path:
        yield b"rename from %b\nrename to %b\n" % (_name("", file.old_path), _name("", file.path))
    # as git does, a tab ends a name that holds a space
    before, after = (name + b"\t" if b" " in name else name for name in (old, new))
    for line in diff_bytes(unified_diff, _lines(file.before), _lines(file.after), before, after):
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _name(side: str, path: str) -> bytes:
    """Write a path as git does: between quotes where it holds what would act."""
    whole = fsencode(f"{side}/{path}" if side else path)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in whole):
        return whole
    escaped = (chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}" for byte in whole)
    return f'"{"".join(escaped)}"'.encode()
