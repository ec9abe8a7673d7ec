"""Front matter, laid out → its objects in numbers of their own, which any body can take in.

What an object file is to a program: linking it to a body adds to its numbers, names the body's fonts and fills in what
only the body can tell, its length and its digest. So nothing of it is laid out again when the body changed.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from booklet.pdf.body import FRONT, UnresolvedTargets
from booklet.pdf.merge import Carried, Portion, carry
from booklet.pdf.objects import ObjectTable, Origin, Written, renumber
from booklet.pdf.outline import Bookmark
from booklet.pdf.placeholders import Blank, Finder, fill_blanks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pikepdf

#: key of the first front page in the parent tree: greater than those of any body
FIRST_KEY = 1_000_000
#: what these numbers mean is said when it is linked: what the pages and their elements hang from, what the body has
_PAGE_NODE, _DOCUMENT_ELEMENT, _FIRST_NEED = 1_000_000_000, 1_000_000_001, 2_000_000_000


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Hold the objects of a list's front matter, which are numbered from 1."""

    objects: tuple[Written, ...]
    carried: Carried
    #: digests of what the body has to have
    needs: tuple[bytes, ...]
    #: destinations of the body that links lead to
    targets: tuple[str, ...]
    #: by the number of a page's content, which is then not compressed
    blanks: Mapping[int, tuple[Blank, ...]]

    @classmethod
    def take(
        cls,
        document: pikepdf.Pdf,
        portion: Portion,
        digests: dict[int, bytes | None],
        is_of_the_body: Callable[[bytes], bool],
        finder: Finder,
    ) -> Unlinked:
        """Take the pages of a portion out of an open document.

        `digests` are those of the document's objects, kept for its other portions, as `finder` is. What
        `is_of_the_body`, by its digest, is named and not copied.
        """
        table = _Table(is_of_the_body)
        origin = Origin(table, document, digests)
        targets: list[str] = []
        lost: list[str] = []

        def resolve(target: str, is_private: bool) -> tuple[str, str] | None:
            if is_private:
                targets.append(target)
                return target, ""
            if target not in portion.destinations:
                lost.append(target)
                return None
            return f"{FRONT}:{target}", ""

        blanks = {page["/Contents"].objgen[0]: finder.find(page) for page in portion.pages}
        carried = carry(
            origin,
            portion,
            FRONT,
            resolve,
            first_key=FIRST_KEY,
            page_node=_PAGE_NODE,
            document_element=_DOCUMENT_ELEMENT,
        )
        if lost:
            raise UnresolvedTargets([(FRONT, target) for target in dict.fromkeys(lost)])
        table.copy_pending()
        with_blanks = {origin.numbers[number]: found for number, found in blanks.items() if found}
        for number, source in ((origin.numbers[number], number) for number, found in blanks.items() if found):
            content = document.get_object(source, 0).read_bytes()
            table.written[number] = replace(table.written[number], stream=content)
        objects = tuple(table.written[number] for number in sorted(table.written))
        assert len(objects) == table.next_number - 1, "an object has no number, or a number no object"
        return cls(objects, carried, tuple(table.needs), tuple(dict.fromkeys(targets)), with_blanks)

    def link(
        self,
        table: ObjectTable,
        needs: Sequence[int],
        page_node: int,
        document_element: int,
        words: Mapping[str, str],
    ) -> Carried:
        """Put the objects into a table and fill the blanks; `needs` are the numbers of what the body has."""
        added = table.next_number - 1
        roots = {_PAGE_NODE: page_node, _DOCUMENT_ELEMENT: document_element}

        def number_of(number: int) -> int:
            return needs[number - _FIRST_NEED] if number >= _FIRST_NEED else roots.get(number, number + added)

        def linked(written: bytes) -> bytes:
            return renumber(written, number_of)

        for number, written in enumerate(self.objects, 1):
            stream = written.stream
            if stream is not None and number in self.blanks:
                stream = zlib.compress(fill_blanks(stream, self.blanks[number], words), 9)
            table.add(linked(written.body), stream)
        carried = self.carried
        return Carried(
            tuple(number + added for number in carried.pages),
            tuple(map(linked, carried.elements)),
            {key: linked(value) for key, value in carried.parents.items()},
            {key: linked(value) for key, value in carried.element_by_id.items()},
            {name: linked(value) for name, value in carried.destinations.items()},
            tuple(_renumber_bookmark(bookmark, linked) for bookmark in carried.bookmarks),
        )

    def pack(self) -> bytes:
        """Write the record for the store: one line of JSON, then the streams."""
        carried = self.carried
        streams = [written.stream for written in self.objects]
        head = {
            "objects": [_text(written.body) for written in self.objects],
            "streams": [None if stream is None else len(stream) for stream in streams],
            "needs": [need.hex() for need in self.needs],
            "targets": self.targets,
            "blanks": [
                [number, [[blank.stand_in, blank.offsets, blank.glyphs] for blank in blanks]]
                for number, blanks in self.blanks.items()
            ],
            "pages": carried.pages,
            "elements": list(map(_text, carried.elements)),
            "parents": [[key, _text(value)] for key, value in carried.parents.items()],
            "ids": [[_text(key), _text(value)] for key, value in carried.element_by_id.items()],
            "destinations": [[name, _text(value)] for name, value in carried.destinations.items()],
            "bookmarks": list(map(_plain_bookmark, carried.bookmarks)),
        }
        return json.dumps(head).encode() + b"\n" + b"".join(stream or b"" for stream in streams)

    @classmethod
    def unpack(cls, payload: bytes) -> Unlinked:
        """Read a record of the store."""
        head, _, rest = payload.partition(b"\n")
        held = json.loads(head)
        objects, start = [], 0
        for body, length in zip(held["objects"], held["streams"], strict=True):
            end = start + (length or 0)
            objects.append(Written(_bytes(body), None if length is None else rest[start:end]))
            start = end
        carried = Carried(
            tuple(held["pages"]),
            tuple(map(_bytes, held["elements"])),
            {key: _bytes(value) for key, value in held["parents"]},
            {_bytes(key): _bytes(value) for key, value in held["ids"]},
            {name: _bytes(value) for name, value in held["destinations"]},
            tuple(map(_bookmark_of, held["bookmarks"])),
        )
        return cls(
            tuple(objects),
            carried,
            tuple(map(bytes.fromhex, held["needs"])),
            tuple(held["targets"]),
            {
                number: tuple(Blank(stand_in, tuple(offsets), glyphs) for stand_in, offsets, glyphs in found)
                for number, found in held["blanks"]
            },
        )


class _Table(ObjectTable):
    """Number objects from 1, and name those of the body in the order in which they are asked for."""

    def __init__(self, is_of_the_body: Callable[[bytes], bool]) -> None:
        super().__init__()
        self.is_of_the_body = is_of_the_body
        self.needs: dict[bytes, int] = {}

    def expect(self, origin: Origin, source_number: int) -> int:
        digest = origin.digest(source_number)
        if digest is not None and self.is_of_the_body(digest):
            return self.needs.setdefault(digest, _FIRST_NEED + len(self.needs))
        return super().expect(origin, source_number)


def _renumber_bookmark(bookmark: Bookmark, linked: Callable[[bytes], bytes]) -> Bookmark:
    below = tuple(_renumber_bookmark(child, linked) for child in bookmark.children)
    return replace(bookmark, destination=linked(bookmark.destination), children=below)


def _plain_bookmark(bookmark: Bookmark) -> list[Any]:
    below = list(map(_plain_bookmark, bookmark.children))
    return [bookmark.title, _text(bookmark.destination), bookmark.opened, below]


def _bookmark_of(plain: list[Any]) -> Bookmark:
    title, destination, opened, below = plain
    return Bookmark(title, _bytes(destination), opened, tuple(map(_bookmark_of, below)))


def _text(written: bytes) -> str:
    """Write bytes as JSON can hold them: one character each."""
    return written.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")
