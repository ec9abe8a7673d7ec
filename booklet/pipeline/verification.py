"""`verify`: a release as its manifest describes it, proved with nothing but its files.

The folder may come from anybody, and its manifest too: nothing but plain files inside it is opened, none beyond a
bound is read, and the manifest has to agree with itself and with the files.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from typing import TYPE_CHECKING

from pydantic import ValidationError

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import Message, say
from booklet.pipeline.manifest import MANIFEST, MAX_BYTES, BodyRecord, Booklet, Manifest
from booklet.pipeline.staging import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from booklet.pdf.verify.front_pages import FrontPages

#: of one file of a release
MAX_FILE = 128_000_000
_BLOCK = 1 << 20
#: cover and letter
_FRONT_PAGES = 2
#: errors of pydantic that say that a value is out of bounds, and not that the file is something else
_OUT_OF_BOUNDS = frozenset(
    {"string_pattern_mismatch", "string_too_long", "too_long", "greater_than_equal", "less_than_equal"}
)
#: path of a file, and what is wrong with it
Found = tuple[str, Message]


class Refused(Exception):
    """A file that is not read: `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def read_plain(dist: Path, path: str, most: int = MAX_FILE, block: int = _BLOCK) -> Iterator[bytes]:
    """Read a file of a release in blocks; raises `Refused` where it is no plain file inside it, or beyond a bound.

    Nothing is opened through a link, and a device or a pipe is not opened at all: it might never end.
    """
    whole = dist / path
    try:
        for folder in list(whole.relative_to(dist).parents)[:-1]:
            if not stat.S_ISDIR((dist / folder).lstat().st_mode):
                raise Refused(say("`{folder}` is no plain folder", folder=folder.as_posix()))
        if not stat.S_ISREG(whole.lstat().st_mode):
            raise Refused(say("this is no plain file"))
        handle = os.open(whole, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode) or os.fstat(handle).st_size > most:
                raise Refused(say("the file has more than {count} bytes, the most that is read", count=most))
            left = most
            while left > 0 and (data := file.read(min(block, left))):
                left -= len(data)
                yield data
    except OSError as error:
        raise Refused(say("the file is missing")) from error


def read_release(dist: Path) -> tuple[Manifest | None, list[Found]]:
    """Read the manifest of a release, or what is wrong with it; raises `BuildError` where there is none of ours."""
    none = BuildError(say("no manifest of ours in `{folder}`: build first", folder=str(dist)))
    try:
        return Manifest.read(b"".join(read_plain(dist, MANIFEST, MAX_BYTES))), []
    except Refused as refused:
        if os.path.lexists(dist / MANIFEST):
            return None, [(MANIFEST, refused.message)]
        raise none from refused
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)
        if not all(one["type"] in _OUT_OF_BOUNDS for one in wrong):
            raise none from error
        return None, [
            (MANIFEST, say("`{key}` is out of bounds", key=".".join(map(str, one["loc"]))))
            for one in wrong[:20]
        ]
    except ValueError as error:  # no JSON, or no text
        raise none from error


def find_contradictions(manifest: Manifest) -> Iterator[Found]:
    """Find where a manifest does not agree with itself: a list or a file twice, other pages than the body's."""
    if not manifest.booklets:
        yield MANIFEST, say("no list is served")
    every = [one.path for one in manifest.booklets] + [one.path for one in manifest.files]
    paths = Counter(path.casefold() for path in every)
    lists = Counter(booklet.list for booklet in manifest.booklets)
    for path in every:
        if paths[path.casefold()] > 1 or path == MANIFEST:
            yield path, say("the manifest lists this file twice")
    for booklet in manifest.booklets:
        if lists[booklet.list] > 1:
            yield booklet.path, say("the manifest lists `{list}` twice", list=booklet.list)
        if booklet.pages != manifest.body.pages + _FRONT_PAGES or booklet.length <= manifest.body.length:
            yield booklet.path, say("its pages or bytes are not those of the body and two pages more")


def verify_file(
    dist: Path, booklet: Booklet, body: BodyRecord
) -> tuple[tuple[Message, ...], FrontPages | None]:
    """Verify one booklet: its digest, the body it begins with and its update; and read its front pages."""
    from booklet.pdf.verify.proof import examine_booklet

    try:
        data = next(read_plain(dist, booklet.path, block=MAX_FILE), b"")
    except Refused as refused:
        return (refused.message,), None
    objections: list[Message] = []
    if hashlib.sha256(data).hexdigest() != booklet.sha256 or len(data) != booklet.length:
        objections.append(say("the file is not the one that the manifest describes"))
    if hashlib.sha256(memoryview(data)[: body.length]).hexdigest() != body.sha256:
        return (*objections, say("the file does not begin with the body that every list received")), None
    examined, front = examine_booklet(data, body.length, body.pages)
    return (*objections, *examined), front


def verify_folder(dist: Path, manifest: Manifest) -> Iterator[Found]:
    """Find the files that the manifest does not name, and those other than booklets that are altered or missing."""
    for path in sorted(files_of(dist) - {*manifest.sha256_by_path, MANIFEST}):
        yield path, say("the manifest does not list this file")
    for released in manifest.files:
        state, length = hashlib.sha256(), 0
        try:
            for block in read_plain(dist, released.path):
                state.update(block)
                length += len(block)
        except Refused as refused:
            yield released.path, refused.message
            continue
        if (state.hexdigest(), length) != (released.sha256, released.length):
            yield released.path, say("the file is not the one that the manifest describes")
