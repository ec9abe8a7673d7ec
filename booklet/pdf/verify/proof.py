"""Booklet → objections to its update: all that it does besides putting two pages in front.

That all booklets begin with the same bytes does not prove that all readers see the same pages: an update may
replace any object of the file (ISO 32000-1 §7.5.6). This module reads the update on its own terms, byte by
byte and without the code that wrote it: it must be one section, made of whole objects and nothing between
them, that replaces none but the objects named by the body's own catalog; and those must say what the body's
say, with the front matter added.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Object, Stream

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.sections import CrossReferenceSection, Objection, read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRONT_MATTER_PAGES = 2
_PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/BleedBox", "/TrimBox", "/Contents", "/Resources"}
) | {
    "/StructParents",
    "/Tabs",
    "/Annots",
}
_LINK_KEYS = frozenset(
    {"/Type", "/Subtype", "/Rect", "/BS", "/Contents", "/Dest", "/A", "/StructParent", "/F"}
)
#: flag of an annotation that is shown and printed; any other could hide it, or show it on screen alone
_PRINTED = 4
_BOOKMARK_KEYS = frozenset({"/Title", "/Parent", "/Prev", "/Next", "/First", "/Last", "/Count", "/Dest"})
_INFORMATION_KEYS = frozenset(
    {"/Title", "/Author", "/Subject", "/Keywords", "/Producer", "/CreationDate", "/ModDate"}
)
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_ELEMENT_KEYS = frozenset(
    {"/Type", "/S", "/P", "/Pg", "/K", "/A", "/ID", "/Alt", "/ActualText", "/E", "/Lang", "/T"}
)


def examine_update(booklet: bytes, body_length: int) -> tuple[Message, ...]:
    """List what is wrong with the update that follows the body; empty if nothing is.

    The result proves nothing about the body itself, whose digest is checked apart: only that the booklet shows all
    of it.
    """
    body = booklet[:body_length]
    try:
        of_body, update = read_sections(booklet, body_length)
        with _open(body) as before, _open(booklet) as after:
            return tuple(_examine(before, after, of_body, update))
    except Objection as objection:
        return (objection.message,)
    except (
        pikepdf.PdfError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        zlib.error,
    ) as error:
        # a hostile file may break any expectation above: an objection, not a fault of ours
        return (
            say("the update cannot be read: {kind}: {error}", kind=type(error).__name__, error=str(error)),
        )


def _open(pdf: bytes) -> pikepdf.Pdf:
    """Open a file without copying inherited attributes from the page tree to the pages."""
    return pikepdf.open(io.BytesIO(pdf), inherit_page_attributes=False)


def _examine(
    before: pikepdf.Pdf, after: pikepdf.Pdf, of_body: CrossReferenceSection, update: CrossReferenceSection
) -> Iterator[Message]:
    """Compare the body's objects with the booklet's."""
    for number in sorted({second for kind, second, _ in update.entries.values() if kind == 2}):
        yield from _examine_object_stream(after.get_object(number, 0), number, update)
    roots = _replaceable(before)
    in_body = {number for number, (kind, _, _) in of_body.entries.items() if kind != 0}
    for number in sorted((set(update.entries) & in_body) - roots):
        yield say("the update replaces object {number} of the body", number=number)
    for key in ("/Root", "/Info"):
        if before.trailer[key].objgen != after.trailer[key].objgen:
            yield say("the trailer's {key} is another object", key=key)
    if bytes(before.trailer["/ID"][0]) != bytes(after.trailer["/ID"][0]):
        yield say("the file's permanent identifier is another one")
    new = set(update.entries) - in_body
    yield from _compare_keys(before.Root, after.Root, say("catalog"), free=())
    yield from _examine_pages(before, after, new)
    yield from _examine_structure(before, after, new)
    yield from _examine_names(before, after)
    yield from _examine_outline(before, after, new)
    if _text(after.Root["/PageLabels"]) != b"<< /Nums [ 0 << /S /r /St 1 >> 2 << /S /D /St 1 >> ] >>":
        yield say("the page labels are not i, ii, then 1 and so on")
    yield from _examine_metadata(before, after)


def _examine_object_stream(
    container: Object, number: int, update: CrossReferenceSection
) -> Iterator[Message]:
    """Require that an object stream holds the objects that the section lists, in its order, and no other."""
    listed = sorted(
        (third, inner)
        for inner, (kind, second, third) in update.entries.items()
        if (kind, second) == (2, number)
    )
    heads = container.read_bytes()[: int(container["/First"])].split()
    inside = list(enumerate(int(head) for head in heads[::2]))
    if listed != inside or "/Extends" in container:
        yield say("object stream {number} holds other objects than the update lists", number=number)


def _replaceable(before: pikepdf.Pdf) -> set[int]:
    """List the objects that an update may replace: the roots named by the body's own catalog."""
    root = before.Root
    structure = root["/StructTreeRoot"]
    objects = [root, structure, structure["/K"][0], structure["/ParentTree"], before.trailer["/Info"]]
    objects += [root[key] for key in ("/Pages", "/Names", "/Outlines", "/PageLabels", "/Metadata")]
    return {value.objgen[0] for value in objects}


def _text(value: Object) -> bytes:
    return value.unparse(resolved=True)


def _write(value: object) -> bytes:
    """Write a value, direct or a reference, for comparison."""
    return value.unparse() if isinstance(value, Object) else repr(value).encode()


def _compare_keys(before: Object, after: Object, name: Message, free: tuple[str, ...]) -> Iterator[Message]:
    """Require the same keys, and the same values but for the free keys."""
    for key in sorted(set(before.keys()) | set(after.keys())):
        if key not in after:
            yield say("the {name} loses {key}", name=name, key=key)
        elif key not in before:
            yield say("the {name} gains {key}", name=name, key=key)
        elif key not in free and _write(before[key]) != _write(after[key]):
            yield say("the {name} changes {key}", name=name, key=key)


def _flatten_pages(node: Object) -> Iterator[Object]:
    for kid in node["/Kids"].as_list():
        if str(kid["/Type"]) == "/Pages":
            yield from _flatten_pages(kid)
        else:
            yield kid


def _examine_pages(before: pikepdf.Pdf, after: pikepdf.Pdf, new: set[int]) -> Iterator[Message]:
    """Require two new pages, then the body's, in their order."""
    yield from _compare_keys(
        before.Root["/Pages"], after.Root["/Pages"], say("page tree root"), free=("/Kids", "/Count")
    )
    old = [page.objgen for page in _flatten_pages(before.Root["/Pages"])]
    pages = list(_flatten_pages(after.Root["/Pages"]))
    front_matter = pages[:_FRONT_MATTER_PAGES]
    if [page.objgen for page in pages[_FRONT_MATTER_PAGES:]] != old:
        yield say("the pages after the front matter are not the body's pages in their order")
    if any(page.objgen[0] not in new for page in front_matter):
        yield say("the first two pages are not front matter")
    if int(after.Root["/Pages"]["/Count"]) != len(pages):
        yield say("the page tree counts wrong")
    for page in front_matter:
        if set(page.keys()) - _PAGE_KEYS:
            yield say("a front page has {keys}", keys=", ".join(sorted(set(page.keys()) - _PAGE_KEYS)))
        for note in page.get("/Annots", Array()).as_list():
            action = note.get("/A", Dictionary(S=pikepdf.Name.URI))
            if (
                str(note["/Subtype"]) != "/Link"
                or set(note.keys()) - _LINK_KEYS
                or str(action["/S"]) != "/URI"
                or note.get("/F") != _PRINTED
            ):
                yield say("a front page has an annotation that is not a plain link")


def _number_entries(node: Object) -> Iterator[tuple[int, bytes]]:
    items = list(node.get("/Nums", Array()).as_list())
    for key, value in zip(items[::2], items[1::2], strict=True):
        yield int(key), _write(value)
    for kid in node.get("/Kids", Array()).as_list():
        yield from _number_entries(kid)


def _name_entries(node: Object) -> Iterator[tuple[bytes, bytes]]:
    items = list(node.get("/Names", Array()).as_list())
    for key, value in zip(items[::2], items[1::2], strict=True):
        yield bytes(key), _write(value)
    for kid in node.get("/Kids", Array()).as_list():
        yield from _name_entries(kid)


def _examine_structure(before: pikepdf.Pdf, after: pikepdf.Pdf, new: set[int]) -> Iterator[Message]:
    """Require the body's elements, after the front matter's, and its way from content to elements."""
    old_root, root = before.Root["/StructTreeRoot"], after.Root["/StructTreeRoot"]
    yield from _compare_keys(
        old_root, root, say("structure tree root"), free=("/ParentTreeNextKey", "/IDTree")
    )
    old, document = old_root["/K"][0], root["/K"][0]
    yield from _compare_keys(old, document, say("document element"), free=("/K",))
    old_kids, kids = list(old["/K"].as_list()), list(document["/K"].as_list())
    added = kids[: len(kids) - len(old_kids)]
    if [_write(kid) for kid in kids[len(added) :]] != [_write(kid) for kid in old_kids]:
        yield say("the document element does not end with the body's elements in their order")
    yield from _examine_elements(added, new)
    entries, old_entries = (
        list(_number_entries(root["/ParentTree"])),
        list(_number_entries(old_root["/ParentTree"])),
    )
    if entries[: len(old_entries)] != old_entries:
        yield say("the parent tree loses entries of the body")
    keys = [key for key, _ in entries]
    if keys != sorted(set(keys)):
        yield say("the parent tree is not in order")
    yield from _compare_names(old_root.get("/IDTree"), root.get("/IDTree"), say("element identifiers"))


def _examine_elements(elements: list[Object], new: set[int]) -> Iterator[Message]:
    """Require that the front matter's elements, at any depth, are objects of the update."""
    for element in elements:
        if not isinstance(element, Dictionary) or element.objgen[0] not in new:
            yield say("the front matter's structure takes an element of the body")
        elif str(element.get("/Type")) == "/StructElem":
            if set(element.keys()) - _ELEMENT_KEYS:
                yield say("an element of the front matter has an unknown key")
            if "/Pg" in element and element["/Pg"].objgen[0] not in new:
                yield say("the front matter's structure takes content of the body")
            inner = element.get("/K", Array())
            kids = list(inner.as_list()) if isinstance(inner, Array) else [inner]
            yield from _examine_elements([kid for kid in kids if not isinstance(kid, int)], new)


def _compare_names(before: Object | None, after: Object | None, name: Message) -> Iterator[Message]:
    """Require the body's names unchanged, and no others but the front matter's."""
    old = [] if before is None else list(_name_entries(before))
    entries = [] if after is None else list(_name_entries(after))
    if [entry for entry in entries if not entry[0].startswith(b"front:")] != old:
        yield say("the {name} of the body are changed", name=name)
    names = [name for name, _ in entries]
    if names != sorted(set(names)):
        yield say("the {name} are not in order", name=name)


def _examine_names(before: pikepdf.Pdf, after: pikepdf.Pdf) -> Iterator[Message]:
    """Require the body's destinations and attached files, and no script or other file beside them."""
    yield from _compare_keys(
        before.Root["/Names"], after.Root["/Names"], say("name dictionary"), free=("/Dests",)
    )
    yield from _compare_names(
        before.Root["/Names"]["/Dests"], after.Root["/Names"]["/Dests"], say("destinations")
    )


def _siblings(parent: Object) -> Iterator[Object]:
    item, seen = parent.get("/First"), set()
    while item is not None:
        if item.objgen in seen:
            raise Objection(say("the outline turns in a circle"))
        seen.add(item.objgen)
        yield item
        item = item.get("/Next")


def _examine_outline(before: pikepdf.Pdf, after: pikepdf.Pdf, new: set[int]) -> Iterator[Message]:
    """Require new bookmarks, then all the body's."""
    old_root, root = before.Root["/Outlines"], after.Root["/Outlines"]
    yield from _compare_keys(
        Dictionary({"/Type": old_root["/Type"]}),
        Dictionary({key: root[key] for key in map(str, root) if key not in ("/First", "/Last", "/Count")}),
        say("outline root"),
        free=(),
    )
    old = [item.objgen for item in _siblings(old_root)]
    items = list(_siblings(root))
    added = items[: len(items) - len(old)]
    if [item.objgen for item in items[len(added) :]] != old:
        yield say("the outline does not end with the body's bookmarks")
    if items and root["/Last"].objgen != items[-1].objgen:
        yield say("the outline does not end where it says")
    yield from _examine_bookmarks(added, new)


def _examine_bookmarks(items: list[Object], new: set[int]) -> Iterator[Message]:
    """Require plain bookmarks that are objects of the update and lead to front pages."""
    for item in items:
        if item.objgen[0] not in new or set(item.keys()) - _BOOKMARK_KEYS:
            yield say("a bookmark of the front matter is not a plain one")
        elif item["/Dest"][0].objgen[0] not in new:
            yield say("a bookmark of the front matter leads elsewhere")
        else:
            yield from _examine_bookmarks(list(_siblings(item)), new)


def _examine_metadata(before: pikepdf.Pdf, after: pikepdf.Pdf) -> Iterator[Message]:
    """Require a packet and an Info dictionary equal to the body's but for the title, the same in both."""
    information = after.trailer["/Info"]
    if set(information.keys()) - _INFORMATION_KEYS:
        yield say("the information dictionary has an unknown key")
    packet = after.Root["/Metadata"]
    if not isinstance(packet, Stream) or set(packet.keys()) != {"/Type", "/Subtype", "/Length"}:
        yield say("the metadata is not a plain packet")
        return
    yield from _compare_keys(
        before.trailer["/Info"], information, say("information dictionary"), free=("/Title",)
    )
    old, metadata = _read_metadata(before), _read_metadata(after)
    for key in sorted(set(old) | set(metadata)):
        if key != _TITLE and old.get(key) != metadata.get(key):
            yield say("the metadata changes {key}", key=key)
    if metadata.get(_TITLE, "") != str(information.get("/Title", "")):
        yield say("the metadata and the information dictionary give different titles")


def _read_metadata(document: pikepdf.Pdf) -> dict[str, str]:
    """Read the properties of a packet as text: dates, and the claims to PDF/UA and PDF/A among them."""
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        return {str(key): str(value) for key, value in metadata.items()}
