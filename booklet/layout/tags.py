"""Structure tree of a tagged PDF → the same meaning with fewer elements.

WeasyPrint wraps every line of text in a `Span` element: four elements out of five have no meaning. The marked content
of such an element moves to its parent, once per fiche, which makes files several times smaller. The parent tree, which
maps content to its element, is updated (ISO 32000-1 §14.7.4.4).

Hyphens that layout adds at the end of a line become soft hyphens, so that text extraction joins the word again.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, TypeGuard

import pikepdf
from pikepdf import Array, Dictionary, Name

from booklet.layout.marked_text import BARE_KEYS, HOLDS_TEXT, MEANINGLESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PARTS_OF_ITEMS = frozenset({"/Lbl", "/LBody"})

#: What WeasyPrint writes before marked content; the text itself is in hexadecimal and cannot look like this.
_MARK = re.compile(rb"/\w+\s+<<\s*/MCID (\d+)\s*>>\s+BDC")

#: In a map from glyphs to text, the sign with which WeasyPrint cuts words (CSS Text 4, `hyphenate-character`).
_LAID_OUT_HYPHEN = re.compile(rb"(?<=> )<2010>")
_SOFT_HYPHEN = b"<00ad>"

#: Page object number and marked-content number → the element that holds it.
Owners = dict[tuple[int, int], pikepdf.Object]


def slim(pdf: bytes) -> bytes:
    """Merge every element without meaning into its parent, and save the file compactly."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        slim_document(document)
        target = io.BytesIO()
        document.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return target.getvalue()


def slim_document(document: pikepdf.Pdf) -> None:
    """Do the work of :func:`slim` on an open document.

    Text of the page margins, whose elements WeasyPrint leaves out of the tree, is marked as an artifact, as running
    feet must be (ISO 14289-1 §7.8).
    """
    _soften_hyphens(document)
    root = document.Root["/StructTreeRoot"]
    elements = list(walk(root))
    _drop_links_inside_links(document, elements)
    _place_nested_lists(document, elements)
    _fill_list_bodies(document, elements)
    owners: Owners = {}
    for element in children(root):
        _slim_element(element, owners)
    numbers = _number_tree(root["/ParentTree"])
    for page in document.pages:
        key = int(page.obj["/StructParents"])
        page_number = page.obj.objgen[0]
        owned = numbers[key]
        orphans = set()
        for index in range(len(owned)):
            owner = owners.get((page_number, index))
            if owner is None and owned[index] is not None:
                orphans.add(index)
            owned[index] = owner
        if orphans:
            _mark_as_artifacts(page.obj, orphans)


def _soften_hyphens(document: pikepdf.Pdf) -> None:
    """Map the hyphen that layout adds to a soft hyphen in every font (ISO 32000-1 §14.8.2.2.3).

    Layout alone draws U+2010: `typography` turns a typed one into the hyphen of the keyboard, another glyph.
    """
    for font in document.objects:
        if isinstance(font, Dictionary) and "/ToUnicode" in font:
            meanings = font["/ToUnicode"].read_bytes()
            softened = _LAID_OUT_HYPHEN.sub(_SOFT_HYPHEN, meanings)
            if softened != meanings:
                # compressed here, the same way in every document: equal fonts stay one object of a booklet
                font["/ToUnicode"].write(zlib.compress(softened), filter=Name.FlateDecode)


def _place_nested_lists(document: pikepdf.Pdf, elements: Sequence[pikepdf.Object]) -> None:
    """Move a list that stands inside an item before other text of the item to its place in it.

    WeasyPrint puts such a list behind the whole item, as a list in the outer list. Content is numbered as it is drawn:
    in the order of reading, but for the labels of items.
    """
    order = {page.obj.objgen[0]: place for place, page in enumerate(document.pages)}

    def first(element: pikepdf.Object) -> tuple[int, int]:
        numbers = [
            (order[one["/Pg"].objgen[0]], kid)
            for one in (element, *walk(element, but="/Lbl"))
            for kid in kids(one)
            if isinstance(kid, int)
        ]
        return min(numbers, default=(len(order), 0))

    for outer in (element for element in elements if str(element["/S"]) == "/L"):
        item: pikepdf.Object | None = None
        held = []
        for kid in children(outer):
            parts = [] if item is None or str(kid["/S"]) != "/L" else children(item)
            later = [part for part in parts if str(part["/S"]) != "/Lbl" and first(part) > first(kid)]
            if item is not None and later:
                kid["/P"] = item
                item["/K"] = Array([*parts[: -len(later)], kid, *later])
            else:
                held.append(kid)
            item = kid if str(kid["/S"]) == "/LI" else item
        if len(held) < len(children(outer)):
            outer["/K"] = Array(held)


def _fill_list_bodies(document: pikepdf.Pdf, elements: Sequence[pikepdf.Object]) -> None:
    """Move paragraphs, quotes and headings of a list's item into its one body (ISO 32000-1 §14.8.4.3.3).

    WeasyPrint makes a body of what stands in an item without a paragraph, and of nothing else.
    """
    for item in (element for element in elements if str(element["/S"]) == "/LI"):
        held = children(item)
        if all(str(kid["/S"]) in _PARTS_OF_ITEMS for kid in held):
            continue
        labels = [kid for kid in held if str(kid["/S"]) == "/Lbl"]
        inside = [kid for kid in held if str(kid["/S"]) != "/Lbl"]
        body = document.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, Pg=item["/Pg"], K=Array(inside))
        )
        for kid in inside:
            kid["/P"] = body
            if str(kid["/S"]) == "/LBody":
                kid["/S"] = Name.P
        item["/K"] = Array([*labels, body])


def _drop_links_inside_links(document: pikepdf.Pdf, elements: Sequence[pikepdf.Object]) -> None:
    """Remove the second annotation that WeasyPrint makes for emphasised words inside a link, without a `Link` element.

    The link's own annotation covers them (ISO 14289-1 §7.18.5 wants each annotation in a `Link`).
    """
    dropped: dict[int, pikepdf.Object] = {}
    for link in (element for element in elements if str(element["/S"]) == "/Link"):
        for inner in (element for element in walk(link) if str(element["/S"]) != "/Link"):
            extra = [
                kid for kid in kids(inner) if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR
            ]
            if extra:
                inner["/K"] = Array([kid for kid in kids(inner) if kid not in extra])
                dropped |= {kid["/Obj"].objgen[0]: kid["/Obj"] for kid in extra}
    drop_annotations(document, dropped)


def drop_annotations(document: pikepdf.Pdf, dropped: Mapping[int, pikepdf.Object]) -> None:
    """Remove annotations, by number, to which no element refers any more."""
    if not dropped:
        return
    root = document.Root["/StructTreeRoot"]
    for page in document.pages:
        if "/Annots" in page.obj:
            page.obj["/Annots"] = Array(
                [note for note in page.obj["/Annots"] if note.objgen[0] not in dropped]
            )
    gone = {int(annotation["/StructParent"]) for annotation in dropped.values()}
    numbers = list(root["/ParentTree"]["/Nums"].as_list())
    root["/ParentTree"]["/Nums"] = Array(
        [
            item
            for key, value in zip(numbers[::2], numbers[1::2], strict=True)
            if int(key) not in gone
            for item in (key, value)
        ]
    )


def children(element: pikepdf.Object) -> list[pikepdf.Object]:
    """List the elements right below an element or the root, in order, leaving content aside."""
    return [kid for kid in kids(element) if is_element(kid)]


def kids(element: pikepdf.Object) -> list[pikepdf.Object | int]:
    """List the elements, content numbers and object references right below an element, in order."""
    value = element.get("/K")
    if value is None:
        return []
    return list(value.as_list()) if isinstance(value, Array) else [value]


def is_element(kid: pikepdf.Object | int) -> TypeGuard[pikepdf.Object]:
    """Check whether a kid is a structure element: neither marked content nor a reference to an annotation."""
    return isinstance(kid, Dictionary) and kid.get("/Type") not in (Name.MCR, Name.OBJR)


def walk(element: pikepdf.Object, *, but: str = "") -> Iterator[pikepdf.Object]:
    """Visit every element below an element, parents first, without those of one kind."""
    for child in children(element):
        if str(child["/S"]) != but:
            yield child
            yield from walk(child, but=but)


def parent_entries(document: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    """Read the parent tree: key of a page or annotation → array of elements, or element."""
    return _number_tree(document.Root["/StructTreeRoot"]["/ParentTree"])


def _slim_element(element: pikepdf.Object, owners: Owners) -> None:
    """Slim the elements below an element, then merge its children without meaning into it."""
    page = element.get("/Pg")
    holds_text = str(element["/S"]) in HOLDS_TEXT
    slimmed: list[pikepdf.Object | int] = []
    for kid in kids(element):
        if not is_element(kid):
            slimmed.append(kid)
            continue
        _slim_element(kid, owners)
        inner = kids(kid)
        if not _is_meaningless(kid, inner) or not (holds_text or all(is_element(item) for item in inner)):
            slimmed.append(kid)
            continue
        slimmed += [_move_up(item, kid, element) for item in inner]
    slimmed = _join_spans(slimmed)
    for kid in slimmed:
        if isinstance(kid, int):
            assert page is not None, "marked content without a page"
            owners[page.objgen[0], kid] = element
        elif kid.get("/Type") == Name.MCR:
            owners[kid["/Pg"].objgen[0], int(kid["/MCID"])] = element
        elif str(kid.get("/S", "")) == "/Span":
            _own_content(kid, owners)
    element["/K"] = Array(slimmed)


def _move_up(
    item: pikepdf.Object | int, owner: pikepdf.Object, parent: pikepdf.Object
) -> pikepdf.Object | int:
    """Make a kid of `owner` one of its parent; content on another page than the parent's names its page."""
    if isinstance(item, int) and owner.get("/Pg") != parent.get("/Pg"):
        return Dictionary(Type=Name.MCR, Pg=owner["/Pg"], MCID=item)
    if is_element(item):
        item["/P"] = parent
    return item


def _own_content(element: pikepdf.Object, owners: Owners) -> None:
    """Record a joined span as the owner of its content."""
    for kid in kids(element):
        if isinstance(kid, int):
            owners[element["/Pg"].objgen[0], kid] = element


def _is_meaningless(element: pikepdf.Object, inner: list[pikepdf.Object | int]) -> bool:
    """Check whether an element carries neither attribute, text, language, identifier nor annotation."""
    return (
        str(element["/S"]) in MEANINGLESS
        and set(element.keys()) <= BARE_KEYS
        and not any(isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR for kid in inner)
    )


def _join_spans(siblings: list[pikepdf.Object | int]) -> list[pikepdf.Object | int]:
    """Merge neighbouring bare spans of one page, where the parent cannot hold their text itself."""
    joined: list[pikepdf.Object | int] = []
    for kid in siblings:
        if joined and _is_bare_span(kid) and _is_bare_span(joined[-1]):
            last = joined[-1]
            assert not isinstance(kid, int)
            assert not isinstance(last, int)
            if last["/Pg"] == kid["/Pg"]:
                last["/K"] = Array(kids(last) + kids(kid))
                continue
        joined.append(kid)
    return joined


def _is_bare_span(kid: pikepdf.Object | int) -> bool:
    if not isinstance(kid, Dictionary) or not is_element(kid) or str(kid["/S"]) != "/Span":
        return False
    inner = kids(kid)
    return bool(inner) and set(kid.keys()) <= BARE_KEYS and all(isinstance(item, int) for item in inner)


def _number_tree(node: pikepdf.Object) -> dict[int, pikepdf.Object]:
    """Read a number tree, leaves and branches alike."""
    entries: dict[int, pikepdf.Object] = {}
    numbers = node.get("/Nums")
    if numbers is not None:
        items = list(numbers.as_list())
        entries.update({int(key): value for key, value in zip(items[::2], items[1::2], strict=True)})
    for kid in node.get("/Kids", []):
        entries.update(_number_tree(kid))
    return entries


def _mark_as_artifacts(page: pikepdf.Object, orphans: set[int]) -> None:
    """Mark content without an element as pagination artifacts."""
    content = page["/Contents"]
    data = content.read_bytes()
    found = set()

    def replace(match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        if number not in orphans:
            return match[0]
        found.add(number)
        return b"/Artifact <</Type /Pagination>> BDC"

    data = _MARK.sub(replace, data)
    assert found == orphans, f"marked content {sorted(orphans - found)} is not in its page"
    content.write(zlib.compress(data), filter=Name.FlateDecode)
