"""Bookmarks of parts → the outline of the whole (ISO 32000-1 §12.3.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from booklet.pdf.objects import ObjectTable, Origin, reference, text_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pikepdf


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One entry of the outline, with its `destination` written in the object numbers of the whole."""

    title: str
    destination: bytes
    opened: bool = True
    children: tuple[Bookmark, ...] = ()

    @property
    def visible(self) -> int:
        """The number of entries shown when the outline is opened, including this one."""
        return 1 + (count_visible(self.children) if self.opened else 0)

    def relocate(self, change: Callable[[bytes], bytes]) -> Bookmark:
        """Change the destinations of this entry and of those below, in order."""
        destination = change(self.destination)
        return replace(
            self,
            destination=destination,
            children=tuple(child.relocate(change) for child in self.children),
        )

    def walk(self) -> Iterator[Bookmark]:
        """List this entry and those below, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def count_visible(bookmarks: Sequence[Bookmark]) -> int:
    """Count the entries of several bookmarks that are shown when the outline is opened."""
    return sum(bookmark.visible for bookmark in bookmarks)


def top_items(document: pikepdf.Pdf) -> tuple[pikepdf.Object, ...]:
    """List the entries of the first level of a document's outline."""
    root = document.Root.get("/Outlines")
    return () if root is None else items_below(root)


def items_below(parent: pikepdf.Object) -> tuple[pikepdf.Object, ...]:
    """List the entries right below the outline's root or another entry, in order."""
    items = []
    item = parent.get("/First")
    while item is not None:
        items.append(item)
        item = item.get("/Next")
    return tuple(items)


def read_bookmarks(origin: Origin, items: Sequence[pikepdf.Object]) -> tuple[Bookmark, ...]:
    """Read entries of the outline of a part, destinations written in the object numbers of the whole."""
    return tuple(
        Bookmark(
            title=str(item["/Title"]),
            destination=origin.refer(item["/Dest"]),
            opened=int(item.get("/Count", 0)) >= 0,
            children=read_bookmarks(origin, items_below(item)),
        )
        for item in items
    )


def write_bookmarks(
    table: ObjectTable,
    bookmarks: Sequence[Bookmark],
    parent: int,
    *,
    before: int | None = None,
    after: int | None = None,
    last: int | None = None,
) -> tuple[int, int]:
    """Write bookmarks as siblings below `parent` and return the numbers of the first and of the last.

    `before` and `after` are the numbers of existing siblings; `last` is the number reserved for the last bookmark,
    when an existing sibling already refers to it.
    """
    numbers = [table.reserve() for _ in bookmarks[:-1]]
    numbers.append(table.reserve() if last is None else last)
    neighbours = [before, *numbers, after]
    for rank, bookmark in enumerate(bookmarks):
        fields = [b"/Title " + text_string(bookmark.title), b"/Parent " + reference(parent)]
        for key, neighbour in ((b"/Prev ", neighbours[rank]), (b"/Next ", neighbours[rank + 2])):
            if neighbour is not None:
                fields.append(key + reference(neighbour))
        if bookmark.children:
            first, final = write_bookmarks(table, bookmark.children, numbers[rank])
            count = count_visible(bookmark.children)
            fields += [b"/First " + reference(first), b"/Last " + reference(final)]
            fields.append(b"/Count %d" % (count if bookmark.opened else -count))
        fields.append(b"/Dest " + bookmark.destination)
        table.define(numbers[rank], b"<< %s >>" % b" ".join(fields))
    return numbers[0], numbers[-1]
