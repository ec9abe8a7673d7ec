"""What a release holds: the file of each list, named after it, and the manifest that describes them all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from booklet.cache.file_stamps import digest
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from booklet.content.model.lists import ElectoralList
    from booklet.pdf.body import Body

MANIFEST = "manifest.json"
#: file systems take 255 bytes
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Booklet:
    """Describe one released file, as the manifest does."""

    list: str
    path: str
    length: int
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """Describe one released file that is no booklet: the workbook, the data."""

    path: str
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """Describe the bytes that every booklet begins with."""

    length: int
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Describe a whole release."""

    tool: str
    inputs_sha256: str
    versions: Mapping[str, str]
    body: BodyRecord
    booklets: tuple[Booklet, ...]
    files: tuple[ReleasedFile, ...] = ()

    @property
    def sha256_by_path(self) -> dict[str, str]:
        """Give the digest of every released file but the manifest itself."""
        booklets = {booklet.path: booklet.sha256 for booklet in self.booklets}
        return booklets | {released.path: released.sha256 for released in self.files}

    def write(self) -> bytes:
        """Write the manifest as JSON, the same bytes for the same release."""
        return (json.dumps({"version": 1, **asdict(self)}, indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def of(
        cls,
        tool: str,
        inputs_sha256: str,
        versions: Mapping[str, str],
        body: Body,
        booklets: tuple[Booklet, ...],
        files: tuple[ReleasedFile, ...],
    ) -> Manifest:
        """Describe a release that was just made."""
        record = BodyRecord(len(body.pdf), body.sha256, body.pages)
        return cls(tool, inputs_sha256, versions, record, booklets, files)

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        """Read a manifest; raises `ValueError` when it is not one of ours."""
        try:
            held = json.loads(data)
            if held.pop("version") != 1:
                raise ValueError("another version of the manifest")
            body = BodyRecord(**held.pop("body"))
            booklets = tuple(Booklet(**booklet) for booklet in held.pop("booklets"))
            files = tuple(ReleasedFile(**file) for file in held.pop("files", ()))
            manifest = cls(body=body, booklets=booklets, files=files, **held)
            released: tuple[Booklet | ReleasedFile, ...] = (*booklets, *files)
            numbers = [body.length, body.pages, *(booklet.pages for booklet in booklets)]
            numbers += [one.length for one in released]
            texts = [manifest.tool, manifest.inputs_sha256, body.sha256, *manifest.versions.values()]
            texts += [text for one in released for text in (one.path, one.sha256)]
            if {type(number) for number in numbers} != {int} or {type(text) for text in texts} != {str}:
                raise ValueError("not a manifest: a number or a text is another kind of value")
            return manifest
        except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            raise ValueError(f"not a manifest: {error}") from error


def booklet_path(electoral_list: ElectoralList) -> str:
    """Name a list's booklet: `<commune>/[<sector>-][<panel>-]<slug>.pdf`; never a number that was not published."""
    numbers = [str(n) for n in (electoral_list.sector, electoral_list.panel) if n is not None]
    name = slugify(electoral_list.name)[:MAX_NAME].rstrip("-") or slugify(electoral_list.id)
    return f"{slugify(electoral_list.commune) or 'commune'}/{'-'.join([*numbers, name])}.pdf"


def booklet_paths(lists: Sequence[ElectoralList]) -> tuple[str, ...]:
    """Name every list's booklet; lists that would share a path add their id, after two dashes that no slug holds."""
    paths = [booklet_path(electoral_list) for electoral_list in lists]
    count = Counter(paths)
    return tuple(
        f"{path.removesuffix('.pdf')}--{electoral_list.id}.pdf" if count[path] > 1 else path
        for path, electoral_list in zip(paths, lists, strict=True)
    )


def sha256_of_all(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Give the digest of every file of a release, the manifest's too."""
    return {**manifest.sha256_by_path, MANIFEST: digest(folder / MANIFEST)}


def read_manifest(dist: Path) -> Manifest:
    """Read the manifest of a release; raises `BuildError` when there is none."""
    try:
        return Manifest.read((dist / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise BuildError(say("no manifest of ours in `{folder}`: build first", folder=str(dist))) from error
