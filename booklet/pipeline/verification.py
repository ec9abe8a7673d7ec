"""`verify`: a release as its manifest describes it, proved with nothing but its files.

The folder may come from anybody, and its manifest too: nothing but plain files inside it is opened, none beyond a
bound is read, and the manifest has to agree with itself and with the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import Message, MessageError, say
from booklet.pipeline.manifest import MANIFEST, MAX_BYTES, BodyRecord, Booklet, Manifest
from booklet.pipeline.staging import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from booklet.pdf.verify.front_pages import FrontPages

#: of one file of a release
MAX_FILE = 128_000_000
_BLOCK = 1 << 20
#: cover and letter
_FRONT_PAGES = 2
#: objections to a manifest: enough to see what it is
_MAX_WRONG = 20
#: released files that are not inside the booklets
UNATTACHED = frozenset({"register.pdf", "data/costs.json"})
#: path of a file, and what is wrong with it
Found = tuple[str, Message]


class Verified(NamedTuple):
    """What is wrong with a booklet; if nothing is, its front pages, and the digests of files inside it, by name."""

    objections: tuple[Message, ...]
    front: FrontPages | None = None
    attached: Mapping[str, str] | None = None


class Refused(MessageError):
    """A file that is not read: `message` says why."""


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
                raise Refused(_too_long(most))
            left = most
            while left > 0 and (data := file.read(min(block, left))):
                left -= len(data)
                yield data
    except OSError as error:
        raise Refused(say("the file is missing")) from error


def _too_long(most: int) -> Message:
    if most == MAX_FILE:
        return say("more than {count} bytes: to read ten times as many, add `--large`", count=most)
    return say("the file has more than {count} bytes, the most that is read", count=most)


def read_release(dist: Path) -> tuple[Manifest | None, list[Found]]:
    """Read the manifest of a release, or what is wrong with it; raises `BuildError` where there is none."""
    try:
        data = b"".join(read_plain(dist, MANIFEST, MAX_BYTES))
        manifest = Manifest.read(data)
        if _is_spelt_once(data, manifest):
            return manifest, []
        return None, [(MANIFEST, say("a key stands twice, or a value is not spelt as ours are"))]
    except Refused as refused:
        if os.path.lexists(dist / MANIFEST):
            return None, [(MANIFEST, refused.message)]
        none = say("no manifest of ours in `{folder}`: build first", folder=str(dist))
        raise BuildError(none) from refused
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)[:_MAX_WRONG]
        return None, [(MANIFEST, _say_wrong(one["type"], ".".join(map(str, one["loc"])))) for one in wrong]


def _is_spelt_once(data: bytes, manifest: Manifest) -> bool:
    """Whether every program reads the same from a manifest: of a key that stands twice, some take the first value."""

    def read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
        read = dict(pairs)
        if len(read) < len(pairs):
            raise ValueError("a key stands twice")
        return read

    try:
        read = json.loads(data, object_pairs_hook=read_object)
    except (ValueError, RecursionError):
        return False
    return json.dumps(read, sort_keys=True) == json.dumps(json.loads(manifest.write()), sort_keys=True)


def _say_wrong(kind: str, key: str) -> Message:
    """Say what an error of pydantic means: a value of another type or out of bounds, a key too many or too few."""
    if not key:
        return say("this is no manifest of ours")
    if kind in ("missing", "unexpected_keyword_argument"):
        return say("`{key}` is missing, or no key of a manifest", key=key)
    return say("`{key}` is out of bounds", key=key)


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


def verify_file(dist: Path, booklet: Booklet, body: BodyRecord, scale: int = 1) -> Verified:
    """Verify one booklet: its digest, the body it begins with and its update; and read its front pages.

    `scale` is how many times as much is read as usual.
    """
    from booklet.pdf.verify.body import read_body
    from booklet.pdf.verify.proof import examine_booklet

    try:
        most = MAX_FILE * scale
        data = next(read_plain(dist, booklet.path, most, block=most), b"")
    except Refused as refused:
        return Verified((refused.message,))
    objections: list[Message] = []
    if hashlib.sha256(data).hexdigest() != booklet.sha256 or len(data) != booklet.length:
        objections.append(say("the file is not the one that the manifest describes"))
    if hashlib.sha256(memoryview(data)[: body.length]).hexdigest() != body.sha256:
        return Verified((*objections, say("the file does not begin with the body that every list received")))
    examined, front = examine_booklet(data, body.length, body.pages, scale)
    attached = None if front is None else read_body(data[: body.length], scale).attached
    return Verified((*objections, *examined), front, attached)


def verify_folder(dist: Path, manifest: Manifest, scale: int = 1) -> Iterator[Found]:
    """Find the files that the manifest does not name, and those other than booklets that are altered or missing."""
    for path in sorted(files_of(dist) - {*manifest.sha256_by_path, MANIFEST}):
        yield path, say("the manifest does not list this file")
    for released in manifest.files:
        state, length = hashlib.sha256(), 0
        try:
            for block in read_plain(dist, released.path, MAX_FILE * scale):
                state.update(block)
                length += len(block)
        except Refused as refused:
            yield released.path, refused.message
            continue
        if (state.hexdigest(), length) != (released.sha256, released.length):
            yield released.path, say("the file is not the one that the manifest describes")


def compare_attached(manifest: Manifest, attached: Mapping[str, str]) -> Iterator[Found]:
    """Find the files beside the booklets that are not those inside them, more than those, or left out."""
    released = {file.path: file.sha256 for file in manifest.files}
    paths = {name: path for name in attached for path in (name, f"data/{name}") if path in released}
    for name in sorted(set(attached) - set(paths)):
        yield MANIFEST, say("`{name}` is inside the booklets, and not beside them", name=name)
    for name, path in paths.items():
        if released[path] != attached[name]:
            yield path, say("the file is not the one inside the booklets")
    for path in sorted(set(released) - set(paths.values()) - UNATTACHED):
        yield path, say("no release of ours has this file")
    for path in sorted(UNATTACHED - set(released)):
        yield path, say("the file is missing")
