"""A release as its manifest describes it: the path of every booklet and other file, with length and digest."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from booklet.cache.file_stamps import digest
from booklet.cache.store import adapter
from booklet.text.outside import dump_json
from booklet.text.slug import file_name, slugify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from booklet.content.model.lists import ElectoralList
    from booklet.pdf.body import Body

MANIFEST = "manifest.json"
#: file systems take 255 bytes
MAX_NAME = 200
#: of a name with an id: systems allow 255 bytes, with dashes and ending
_MAX_STEM = 248
#: a manifest of 30 000 lists
MAX_BYTES = 16_000_000
#: a path that stays inside the release, written in one way only
_Path = Annotated[
    str, StringConstraints(max_length=600, pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*){0,3}$")
]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Words = Annotated[str, StringConstraints(max_length=1000)]
_Bytes = Annotated[int, Field(ge=0, le=2**40)]
_Count = Annotated[int, Field(ge=0, le=1_000_000)]
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class ListWords:
    """What the pages of a list may say of it: the only words in which cover and letter differ between lists."""

    __pydantic_config__ = _STRICT
    name: _Words
    head: _Words
    commune: _Words
    sector: _Count | None
    panel: _Count | None

    @classmethod
    def of(cls, one: ElectoralList) -> ListWords:
        """The words of a list."""
        return cls(one.name, one.head or "", one.commune, one.sector, one.panel)


@dataclass(frozen=True, slots=True)
class Booklet:
    """The released booklet of one list."""

    __pydantic_config__ = _STRICT
    list: _Words
    path: _Path
    length: _Bytes
    sha256: _Sha256
    pages: _Count
    #: None for a file of the print edition, and in manifests of earlier versions
    words: ListWords | None = None


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A released file other than a booklet: the workbook, the data."""

    __pydantic_config__ = _STRICT
    path: _Path
    length: _Bytes
    sha256: _Sha256


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """The bytes that every booklet begins with."""

    __pydantic_config__ = _STRICT
    length: _Bytes
    sha256: _Sha256
    pages: _Count


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole release."""

    __pydantic_config__ = _STRICT
    tool: _Words
    inputs_sha256: _Sha256
    versions: Annotated[Mapping[_Words, _Words], Field(max_length=100)]
    body: BodyRecord
    booklets: tuple[Booklet, ...]
    files: tuple[ReleasedFile, ...] = ()
    version: Literal[1] = 1

    @property
    def sha256_by_path(self) -> dict[str, str]:
        """The digest of every released file but the manifest itself."""
        booklets = {booklet.path: booklet.sha256 for booklet in self.booklets}
        return booklets | {released.path: released.sha256 for released in self.files}

    def write(self) -> bytes:
        """Write the manifest as JSON, the same bytes for the same release."""
        fields = {"version": self.version, **asdict(self)}
        return dump_json(fields).encode()

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
        """Read a manifest; raises `ValueError` when the data is anything else."""
        return adapter(Manifest).validate_json(data)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read the manifest in a folder; raises `OSError` or `ValueError` where there is none that can be read.

        A pipe, a device or a link may have come with a checkout: reading one might never end.
        """
        status = (folder / MANIFEST).lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise ValueError("no plain file, or too long a one")
        return cls.read((folder / MANIFEST).read_bytes())


def booklet_path(electoral_list: ElectoralList) -> str:
    """Name a list's booklet `<commune>[-<code>]/[<sector>-][<panel>-]<slug>.pdf`; unpublished numbers are left out."""
    numbers = [str(n) for n in (electoral_list.sector, electoral_list.panel) if n is not None]
    commune, name, id = (
        slugify(text)[:MAX_NAME].rstrip("-")
        for text in (electoral_list.commune, electoral_list.name, electoral_list.id)
    )
    folder = "-".join(filter(None, [commune or "commune", (electoral_list.insee or "").lower()]))
    return f"{file_name(folder)}/{file_name('-'.join([*numbers, name or id]))}.pdf"


def booklet_paths(lists: Sequence[ElectoralList]) -> tuple[str, ...]:
    """Name every list's booklet; equal paths get the list's id after two dashes, which no slug has."""
    paths = [booklet_path(electoral_list) for electoral_list in lists]
    count = Counter(paths)
    return tuple(
        _add_id(path, electoral_list.id) if count[path] > 1 else path
        for path, electoral_list in zip(paths, lists, strict=True)
    )


def _add_id(path: str, id: str) -> str:
    folder, _, name = path.removesuffix(".pdf").rpartition("/")
    return f"{folder}/{name[: _MAX_STEM - len(id)]}--{id}.pdf"


def sha256_of_all(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The digest of every file of a release, including the manifest."""
    return {**manifest.sha256_by_path, MANIFEST: digest(folder / MANIFEST)}
