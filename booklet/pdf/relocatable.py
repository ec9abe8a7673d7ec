"""Front matter, laid out → its objects in numbers of their own, which can be linked to any body.

What an object file is to a program: linking adds to its numbers, refers to the body's fonts, and overwrites the
placeholders of what only the body has, its length and its digest. So nothing is laid out again when the body changes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ConfigDict

from booklet.cache.store import adapter
from booklet.pdf.body import FRONT_MATTER
from booklet.pdf.merge import LinkTarget, MergedPart, ParentNodes, Portion, UnresolvedTargets, merge_part
from booklet.pdf.objects import ObjectTable, Origin, Written, renumber
from booklet.pdf.placeholders import Placeholder, PlaceholderFinder, fill_placeholders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pikepdf

    from booklet.pdf.outline import Bookmark

#: key of the first front page in the parent tree: greater than those of any body
FIRST_KEY = 1_000_000
#: numbers that linking replaces: what the pages and the elements hang from, then the objects needed of the body
_PARENTS = ParentNodes(1_000_000_000, 1_000_000_001)
_FIRST_NEED = 2_000_000_000


@dataclass(frozen=True, slots=True)
class RelocatableFrontMatter:
    """The objects of a list's front matter, numbered from 1."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    objects: tuple[Written, ...]
    merged: MergedPart
    #: digests of the objects that the body must have
    needs: tuple[bytes, ...]
    #: destinations of the body that links lead to
    targets: tuple[str, ...]
    #: by the number of a page's content, which is then stored uncompressed
    placeholders: Mapping[int, tuple[Placeholder, ...]]

    @classmethod
    def extract(
        cls,
        document: pikepdf.Pdf,
        portion: Portion,
        digests: dict[int, bytes | None],
        is_in_body: Callable[[bytes], bool],
        finder: PlaceholderFinder,
    ) -> RelocatableFrontMatter:
        """Copy the pages of a portion out of an open document.

        `digests` caches those of the document's objects between portions; so does `finder` with fonts. An object whose
        digest `is_in_body` is referred to and not copied.
        """
        table = _Table(is_in_body)
        origin = Origin(table, document, digests)
        targets: list[str] = []
        unresolved: list[str] = []

        def resolve(target: str, *, is_private: bool) -> LinkTarget | None:
            if is_private:
                targets.append(target)
                return LinkTarget(target, "")
            if target not in portion.destinations:
                unresolved.append(target)
                return None
            return LinkTarget(f"{FRONT_MATTER}:{target}", "")

        found = {page["/Contents"].objgen[0]: finder.find(page) for page in portion.pages}
        merged = merge_part(origin, portion, FRONT_MATTER, resolve, parents=_PARENTS, first_key=FIRST_KEY)
        if unresolved:
            raise UnresolvedTargets([(FRONT_MATTER, target) for target in dict.fromkeys(unresolved)])
        table.copy_pending()
        placeholders = {}
        for source_number, on_page in found.items():
            if on_page:
                number = origin.numbers[source_number]
                placeholders[number] = on_page
                content = document.get_object(source_number, 0).read_bytes()
                table.written[number] = replace(table.written[number], stream=content)
        objects = tuple(table.written[number] for number in sorted(table.written))
        assert len(objects) == table.next_number - 1, "an object has no number, or a number no object"
        return cls(objects, merged, tuple(table.needs), tuple(dict.fromkeys(targets)), placeholders)

    def link(
        self, table: ObjectTable, needs: Sequence[int], parents: ParentNodes, words: Mapping[str, str]
    ) -> MergedPart:
        """Add the objects to a table and overwrite the placeholders; `needs` are the numbers of the body's objects."""
        added = table.next_number - 1
        roots = dict(zip(_PARENTS, parents, strict=True))

        def number_of(number: int) -> int:
            return needs[number - _FIRST_NEED] if number >= _FIRST_NEED else roots.get(number, number + added)

        def relocate(written: bytes) -> bytes:
            return renumber(written, number_of)

        for number, written in enumerate(self.objects, 1):
            stream = written.stream
            if stream is not None and number in self.placeholders:
                stream = zlib.compress(fill_placeholders(stream, self.placeholders[number], words), 9)
            table.add(relocate(written.body), stream)
        merged = self.merged
        return MergedPart(
            tuple(number + added for number in merged.pages),
            tuple(map(relocate, merged.elements)),
            {key: relocate(value) for key, value in merged.parents.items()},
            {key: relocate(value) for key, value in merged.element_by_id.items()},
            {name: relocate(value) for name, value in merged.destinations.items()},
            tuple(_relocate_bookmark(bookmark, relocate) for bookmark in merged.bookmarks),
        )

    def pack(self) -> bytes:
        """Serialise the front matter for the store."""
        return adapter(RelocatableFrontMatter).dump_json(self)

    @classmethod
    def unpack(cls, payload: bytes) -> RelocatableFrontMatter:
        """Read an entry of the store."""
        return adapter(RelocatableFrontMatter).validate_json(payload)


class _Table(ObjectTable):
    """A table that numbers objects from 1, and those of the body apart, in the order in which they are referred to."""

    def __init__(self, is_in_body: Callable[[bytes], bool]) -> None:
        super().__init__()
        self.is_in_body = is_in_body
        self.needs: dict[bytes, int] = {}

    def expect(self, origin: Origin, source_number: int) -> int:
        digest = origin.digest(source_number)
        if digest is not None and self.is_in_body(digest):
            return self.needs.setdefault(digest, _FIRST_NEED + len(self.needs))
        return super().expect(origin, source_number)


def _relocate_bookmark(bookmark: Bookmark, relocate: Callable[[bytes], bytes]) -> Bookmark:
    below = tuple(_relocate_bookmark(child, relocate) for child in bookmark.children)
    return replace(bookmark, destination=relocate(bookmark.destination), children=below)
