"""A laid-out document → its objects in numbers of their own, which can be linked into any file.

What an object file is to a program. Whoever lays a page out takes its objects apart, once; the linker neither opens a
PDF nor looks for references: the objects of a document are one text with a slot for each number, title and key that
linking decides, and are written all at once. Fonts of front matter are those of the body; page numbers, and the body's
length and digest in letters, are stamped: so nothing is laid out again when others change.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from pydantic import ConfigDict

from booklet.cache.packed_files import pack_files, unpack_files
from booklet.cache.store import adapter
from booklet.pdf.merge import Frame, Link, MergedPart, ParentNodes, Portion, chapter_of, merge_part
from booklet.pdf.objects import ObjectTable, Origin, reference
from booklet.pdf.outline import Bookmark  # noqa: TC001 (pydantic reads the annotations)
from booklet.pdf.running_feet import Foot, write_page
from booklet.pdf.stamping import PageStamps, StampFinder, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pikepdf

#: numbers that linking replaces: what the pages and the elements hang from, then the objects needed of the file
_PARENTS = ParentNodes(1_000_000_000, 1_000_000_001)
_FIRST_NEED = 2_000_000_000
#: what linking decides in a written value, or a token inside which the same characters mean nothing
_SLOT = re.compile(
    rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]*>"
    rb"|(?P<name>/StructParents? )(?P<key>\d+)|/LinkTitle(?P<link>\d+)"
    rb"|/[^\s/\[\]<>()]+|(?P<number>\d+) \d+ R",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Relocatable:
    """The objects of a document, its pages first, and its entries in the trees of a file."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    #: the digest of each object that equal ones of other documents may stand for
    digests: tuple[bytes | None, ...]
    #: digests of the objects that the file must have
    needs: tuple[bytes, ...]
    #: of its entries in the parent tree, from 0
    keys: tuple[int, ...]
    element_ids: tuple[bytes, ...]
    #: name → index of its page
    anchors: Mapping[str, int]
    links: tuple[Link, ...]
    pages: int
    #: the upper edge of the first page
    top: float
    #: without destinations
    bookmarks: tuple[Bookmark, ...]
    #: by the rank of a page's content, which is then stored uncompressed
    stamps: Mapping[int, PageStamps]
    #: compressed lines: what each slot takes, the objects, the frames of pages, the entries in trees
    text: bytes = b""
    #: by the rank of the object
    streams: Mapping[int, bytes] = field(default_factory=dict)

    @classmethod
    def extract(
        cls,
        document: pikepdf.Pdf,
        portion: Portion,
        prefix: str,
        digests: dict[int, bytes | None] | None = None,
        is_in_file: Callable[[bytes], bool] = lambda _: False,
        finder: StampFinder | None = None,
        *,
        has_feet: bool = False,
    ) -> Relocatable:
        """Copy the pages of a portion out of an open document.

        `prefix` is put before identifiers of elements, its chapter before targets of links inside. `digests` caches
        those of the document's objects between portions; so does `finder` with fonts. An object whose digest
        `is_in_file` is referred to and not copied. Pages that `has_feet` are linked with running feet.
        """
        table = _Table(is_in_file)
        found = {page["/Contents"].objgen[0]: finder.find(page) for page in portion.pages} if finder else {}
        # what is stamped on a page makes its content unlike any other
        stamped = {number: on_page for number, on_page in found.items() if on_page}
        digests = {} if digests is None else digests
        digests |= dict.fromkeys(stamped)
        origin = Origin(table, document, digests)
        anchors = _number_anchors(portion)
        merged, frames, links = merge_part(origin, portion, prefix, _PARENTS, has_feet=has_feet)
        table.copy_pending()
        streams = {
            number - 1: written.stream
            for number, written in table.written.items()
            if written.stream is not None
        }
        stamps = {origin.numbers[number] - 1: on_page for number, on_page in stamped.items()}
        for number in stamped:
            streams[origin.numbers[number] - 1] = document.get_object(number, 0).read_bytes()
        count = table.next_number - 1
        assert len(table.written) == count, "an object has no number, or a number no object"
        digest_by_number = {number: digest for digest, number in table.shared.items()}
        written = [
            *(table.written[number].body for number in range(1, count + 1)),
            *(value for frame in frames for value in frame),
            b" ".join(merged.elements),
            *merged.parents.values(),
            *merged.element_by_id.values(),
            *merged.destinations.values(),
            *(bookmark.destination for top in merged.bookmarks for bookmark in top.walk()),
        ]
        return cls(
            tuple(digest_by_number.get(number) for number in range(1, count + 1)),
            tuple(table.needs),
            tuple(merged.parents),
            tuple(merged.element_by_id),
            anchors,
            links,
            len(portion.pages),
            float(portion.pages[0]["/MediaBox"][3]),
            tuple(bookmark.relocate(lambda _: b"") for bookmark in merged.bookmarks),
            stamps,
            _write_text(written, len(table.needs), count, _span(merged.parents)),
            streams,
        )

    @property
    def span(self) -> int:
        """How many keys of the parent tree are taken, gaps included."""
        return _span(self.keys)

    @property
    def stamped(self) -> frozenset[str]:
        """The names of the numbers that are stamped."""
        return frozenset(placed.name for on_page in self.stamps.values() for placed in on_page.stamps)

    def citations(self) -> tuple[tuple[str, ...], ...]:
        """List the destinations of other parts that links lead to, page by page."""
        return tuple(
            tuple(link.target for link in self.links if link.is_private and link.page == page)
            for page in range(self.pages)
        )

    def link(
        self,
        table: ObjectTable,
        name: str,
        parents: ParentNodes,
        first_key: int,
        *,
        needs: Sequence[int] = (),
        titles: Sequence[bytes] | None = None,
        feet: Iterator[Foot] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> MergedPart:
        """Write the objects into a table and return the entries for the trees.

        `name` is that of its first page, and its chapter is put before its anchors. `first_key` is the first free key
        of the parent tree, `needs` are the numbers of the objects that the file has, `titles` are what links speak,
        `feet` yields the running foot of each page, `words` are stamped, by name.
        """
        known = [None if digest is None else table.shared.get(digest) for digest in self.digests]
        numbers = [table.reserve() if number is None else number for number in known]
        table.shared.update(
            (digest, number)
            for digest, number in zip(self.digests, numbers, strict=True)
            if digest is not None
        )
        keys = range(first_key, first_key + self.span)
        if titles is None:
            titles = [link.words for link in self.links]
        lines = self._fill([*parents, *needs, *numbers, *keys, *titles])
        bodies = list(islice(lines, len(numbers)))
        frames = [Frame(*islice(lines, len(Frame._fields))) for _ in range(self.pages if feet else 0)]
        for rank, written in enumerate(bodies):
            if known[rank] is not None:
                continue
            body, stream = written, self.streams.get(rank)
            if stream is not None and rank in self.stamps:
                stream = zlib.compress(stamp(stream, self.stamps[rank], words or {}), 9)
            if rank < len(frames):
                assert feet is not None
                body = write_page(table, written, frames[rank], parents.pages, next(feet))
            table.define(numbers[rank], body, stream)
        return MergedPart(
            tuple(numbers[: self.pages]),
            (next(lines),),
            dict(zip((keys[key] for key in self.keys), lines, strict=False)),
            dict(zip(self.element_ids, lines, strict=False)),
            {
                **dict(zip((f"{chapter_of(name)}:{anchor}" for anchor in self.anchors), lines, strict=False)),
                name: b"[ %s /XYZ 0 %s 0 ]" % (reference(numbers[0]), f"{self.top:g}".encode()),
            },
            tuple(bookmark.relocate(lambda _: next(lines)) for bookmark in self.bookmarks),
        )

    def _fill(self, values: Sequence[int | bytes]) -> Iterator[bytes]:
        """Put values into the slots; returns the lines."""
        slots, _, template = zlib.decompress(self.text).partition(b"\n")
        return iter((template % tuple(values[int(slot)] for slot in slots.split())).split(b"\n"))

    def pack(self) -> bytes:
        """Serialise for the store."""
        entries = adapter(Relocatable).dump_json(self, exclude={"text", "streams"})
        streams = {str(rank): stream for rank, stream in self.streams.items()}
        return pack_files({"entries": entries, "text": self.text, **streams})

    @classmethod
    def unpack(cls, payload: bytes) -> Relocatable:
        """Read an entry of the store; raises an error for anything else."""
        files = unpack_files(payload)
        entries, text = files.pop("entries"), files.pop("text")
        streams = {int(rank): stream for rank, stream in files.items()}
        return replace(adapter(Relocatable).validate_json(entries), text=text, streams=streams)


class _Table(ObjectTable):
    """A table that numbers objects from 1, and those of the file apart, in the order in which they are referred to."""

    def __init__(self, is_in_file: Callable[[bytes], bool]) -> None:
        super().__init__()
        self.is_in_file = is_in_file
        self.needs: dict[bytes, int] = {}

    def expect(self, origin: Origin, source_number: int) -> int:
        digest = origin.digest(source_number)
        if digest is not None and self.is_in_file(digest):
            return self.needs.setdefault(digest, _FIRST_NEED + len(self.needs))
        return super().expect(origin, source_number)


def _number_anchors(portion: Portion) -> dict[str, int]:
    index_by_page = {page.objgen: index for index, page in enumerate(portion.pages)}
    return {name: index_by_page[target[0].objgen] for name, target in portion.destinations.items()}


def _span(keys: Iterable[int]) -> int:
    return max(keys, default=-1) + 1


def _write_text(written: Sequence[bytes], needs: int, objects: int, keys: int) -> bytes:
    """Write values as lines with slots, after a line that says which of the linker's values each slot takes."""
    slots: list[int] = []

    def replace_one(match: re.Match[bytes]) -> bytes:
        if match["number"] is not None:
            number = int(match["number"])
            if number in _PARENTS:
                slots.append(_PARENTS.index(number))
            elif number >= _FIRST_NEED:
                slots.append(len(_PARENTS) + number - _FIRST_NEED)
            else:
                slots.append(len(_PARENTS) + needs + number - 1)
            return b"%d 0 R"
        if match["key"] is not None:
            slots.append(len(_PARENTS) + needs + objects + int(match["key"]))
            return match["name"] + b"%d"
        if match["link"] is not None:
            slots.append(len(_PARENTS) + needs + objects + keys + int(match["link"]))
            return b"%b"
        return match[0].replace(b"%", b"%%")

    template = b"\n".join(_SLOT.sub(replace_one, value) for value in written)
    assert template.count(b"\n") == len(written) - 1, "a value takes more than one line"
    return zlib.compress(b" ".join(b"%d" % slot for slot in slots) + b"\n" + template)
