"""An update that does anything but put two pages in front is found out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pikepdf
import pytest

from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.objects import ObjectTable, Written, array, reference
from booklet.pdf.section import write_section
from booklet.pdf.verify import proof
from tests.samples import linked_parts as samples

if TYPE_CHECKING:
    from booklet.pdf.merge import MergedPart

Tamper = Callable[[ObjectTable, pikepdf.Pdf], None]


def examine_update(booklet: bytes, body_length: int) -> tuple[str, ...]:
    """The objections in English."""
    return tuple(map(str, proof.examine_update(booklet, body_length)))


class TamperingBody(OpenBody):
    """Make an update as usual, then change its objects before they are written: a liar with our own tools."""

    def __init__(self, body: bytes, tamper: Tamper) -> None:
        super().__init__(body)
        self.body = body
        self.tamper = tamper

    def _replace_roots(self, table: ObjectTable, merged: MergedPart, title: str) -> None:
        super()._replace_roots(table, merged, title)
        with pikepdf.open(io.BytesIO(self.body)) as document:
            self.tamper(table, document)


def objections(tamper: Tamper) -> tuple[str, ...]:
    """Examine a booklet whose one update was tampered with."""
    body = samples.body().pdf
    update = TamperingBody(body, tamper).prepend(samples.front(), "Cent mesures")
    return examine_update(body + update, len(body))


def edit(table: ObjectTable, value: pikepdf.Object, pattern: bytes, replacement: bytes) -> None:
    """Change the new version of an object of the body."""
    number = value.objgen[0]
    written = table.written[number]
    changed = re.sub(pattern, replacement, written.body, count=1, flags=re.DOTALL)
    assert changed != written.body
    table.written[number] = Written(changed, written.stream)


def replace(table: ObjectTable, value: pikepdf.Object, stream: bytes | None = None) -> None:
    """Write a new version of an object of the body that the update has no business with."""
    body = b"<< >>" if stream is not None else value.unparse(resolved=True)
    table.define(value.objgen[0], body, stream)


def test_an_honest_booklet_raises_no_objection() -> None:
    """Booklets made as usual pass, for several lists."""
    for electoral_list in ("Marseille en commun", "Debout Marseille"):
        assert examine_update(samples.booklet(electoral_list), len(samples.body().pdf)) == ()


def test_tampering_with_nothing_raises_no_objection() -> None:
    """The liar of these tests is honest until it lies, so that what is found is the lie."""
    assert objections(lambda table, document: None) == ()


def replace_page(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.pages[-1].obj)


def replace_content(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.pages[-1].obj["/Contents"][1], stream=b"0 0 100 100 re f")


def replace_foot(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.pages[-1].obj["/Resources"]["/XObject"]["/Foot"], stream=b"")


def replace_element(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.Root["/StructTreeRoot"]["/K"][0]["/K"][0])


def replace_bookmark(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.Root["/Outlines"]["/First"])


def replace_link(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.pages[0].obj["/Annots"][0])


def replace_page_node(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.Root["/Pages"]["/Kids"][0])


def replace_names_leaf(table: ObjectTable, document: pikepdf.Pdf) -> None:
    replace(table, document.Root["/Names"]["/Dests"]["/Kids"][0])


@pytest.mark.parametrize(
    "tamper",
    [
        replace_page,
        replace_content,
        replace_foot,
        replace_element,
        replace_bookmark,
        replace_link,
        replace_page_node,
        replace_names_leaf,
    ],
)
def test_replaced_objects_of_the_body_are_found(tamper: Tamper) -> None:
    """A new version of a page, its content, an element, a bookmark, a link or an inner node is named."""
    found = objections(tamper)
    assert any(re.fullmatch(r"the update replaces object \d+ of the body", objection) for objection in found)


def pages(document: pikepdf.Pdf) -> list[bytes]:
    return [reference(page.obj.objgen[0]) for page in document.pages]


def set_pages(kids: Callable[[list[bytes], list[bytes]], list[bytes]]) -> Tamper:
    """Write the page tree root with other kids, made from the front pages and the body's."""

    def tamper(table: ObjectTable, document: pikepdf.Pdf) -> None:
        root = document.Root["/Pages"]
        front = re.findall(rb"\d+ 0 R", table.written[root.objgen[0]].body)[:2]
        chosen = kids(front, pages(document))
        body = b"<< /Type /Pages /Count %d /Kids %s >>" % (len(chosen), array(chosen))
        table.written[root.objgen[0]] = Written(body)

    return tamper


def edit_root(key: str, pattern: bytes, replacement: bytes) -> Tamper:
    """Change the new version of an object that the catalog names."""

    def tamper(table: ObjectTable, document: pikepdf.Pdf) -> None:
        edit(table, document.Root[key], pattern, replacement)

    return tamper


def lose_elements(table: ObjectTable, document: pikepdf.Pdf) -> None:
    edit(table, document.Root["/StructTreeRoot"]["/K"][0], rb" \d+ 0 R \]", b" ]")


def lose_parents(table: ObjectTable, document: pikepdf.Pdf) -> None:
    edit(table, document.Root["/StructTreeRoot"]["/ParentTree"], rb"\[ \d+ 0 R ", b"[ ")


def open_with_a_script(table: ObjectTable, document: pikepdf.Pdf) -> None:
    body = document.Root.unparse(resolved=True).removesuffix(b">>")
    table.define(document.Root.objgen[0], body + b"/OpenAction << /S /JavaScript /JS (1) >> >>")


def change_the_language(table: ObjectTable, document: pikepdf.Pdf) -> None:
    table.define(document.Root.objgen[0], document.Root.unparse(resolved=True).replace(b"(fr)", b"(en)"))


def script_on_a_front_page(table: ObjectTable, document: pikepdf.Pdf) -> None:
    number = next(number for number, entry in table.written.items() if b"/Type /Page " in entry.body + b" ")
    body = table.written[number].body.removesuffix(b">>")
    table.written[number] = Written(body + b"/AA << /O << /S /JavaScript /JS (1) >> >> >>")


def skip_a_bookmark(table: ObjectTable, document: pikepdf.Pdf) -> None:
    first = document.Root["/Outlines"]["/First"]
    second = first["/Next"]
    for number, entry in table.written.items():
        link = b"/Next " + reference(first.objgen[0])
        if link in entry.body:
            table.written[number] = Written(entry.body.replace(link, b"/Next " + reference(second.objgen[0])))


def bookmark_runs_a_script(table: ObjectTable, document: pikepdf.Pdf) -> None:
    body = table.written[1].body
    table.written[1] = Written(body.replace(b"/Dest", b"/A << /S /JavaScript /JS (1) >> /Dest"))


def hijack_a_destination(table: ObjectTable, document: pikepdf.Pdf) -> None:
    leaf = table.add(
        b"<< /Limits [ (pistes) (pistes) ] /Names [ (pistes) [ %s /Fit ] ] >>" % pages(document)[0]
    )
    edit(table, document.Root["/Names"], rb"/Kids \[ ", b"/Kids [ %s " % reference(leaf))


def swap_an_attachment(table: ObjectTable, document: pikepdf.Pdf) -> None:
    file = document.Root["/AF"][0]["/EF"]["/F"]
    table.define(file.objgen[0], b"<< /Type /EmbeddedFile >>", b"other figures")


def edit_packet(pattern: bytes, replacement: bytes) -> Tamper:
    """Change the text of the metadata packet."""

    def tamper(table: ObjectTable, document: pikepdf.Pdf) -> None:
        number = document.Root["/Metadata"].objgen[0]
        written = table.written[number]
        assert written.stream is not None
        changed = re.sub(pattern, replacement, written.stream)
        assert changed != written.stream
        table.written[number] = Written(written.body, changed)

    return tamper


def predate(table: ObjectTable, document: pikepdf.Pdf) -> None:
    edit(table, document.trailer["/Info"], rb"/ModDate \(D:2020", b"/ModDate (D:2019")


def steal_an_element(table: ObjectTable, document: pikepdf.Pdf) -> None:
    element = document.Root["/StructTreeRoot"]["/K"][0]
    body_element = reference(element["/K"][0].objgen[0])
    edit(table, element, rb"/K \[ ", b"/K [ %s " % body_element)


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (set_pages(lambda front, body: front + body[:-1]), "pages after the front matter are not the body's"),
        (
            set_pages(lambda front, body: front + body[::-1]),
            "pages after the front matter are not the body's",
        ),
        (
            set_pages(lambda front, body: [*front, front[0], *body]),
            "pages after the front matter are not the body's",
        ),
        (set_pages(lambda front, body: body[:2] + body), "first two pages are not front matter"),
        (edit_root("/Pages", rb"/Count", b"/Rotate 90 /Count"), "page tree root 3 has /Rotate"),
        (
            edit_root("/StructTreeRoot", rb"/K ", b"/RoleMap << /P /Artifact >> /K "),
            "root 5 has /RoleMap",
        ),
        (
            edit_root("/StructTreeRoot", rb"/IDTree << /Kids \[ \d+ 0 R", b"/IDTree << /Kids [ "),
            "element identifiers",
        ),
        (edit_root("/Names", rb"\d+ 0 R \]", b"]"), "the destinations of the body are changed"),
        (
            edit_root("/Names", rb"/Dests", b"/JavaScript << /Names [ ] >> /Dests"),
            "name dictionary gains /JavaScript",
        ),
        (edit_root("/PageLabels", rb"/St 1 >> \]", b"/St 9 >> ]"), "page labels"),
        (
            edit_root("/Outlines", rb"/Type", b"/A << /S /JavaScript /JS (1) >> /Type"),
            "outline root 9 has /A",
        ),
        (lose_elements, "does not end with the body's elements"),
        (lose_parents, "parent tree loses entries"),
        (open_with_a_script, "replaces object 2 of the body"),
        (change_the_language, "replaces object 2 of the body"),
        (script_on_a_front_page, " has /AA"),
        (skip_a_bookmark, "does not end with the body's bookmarks"),
        (bookmark_runs_a_script, "bookmark 1 has /A"),
        (hijack_a_destination, "destinations of the body are changed"),
        (steal_an_element, "takes an element of the body"),
        (swap_an_attachment, "replaces object"),
        (
            edit_root("/Names", rb"/EmbeddedFiles \d+ 0 R", b""),
            "name dictionary changes /EmbeddedFiles",
        ),
        (
            edit_root("/Names", rb"/EmbeddedFiles \d+ 0 R", b"/EmbeddedFiles << /Names [ ] >>"),
            "name dictionary changes /EmbeddedFiles",
        ),
        (edit_packet(rb"<pdfaid:conformance>A", b"<pdfaid:conformance>B"), "the metadata is not the body's"),
        (edit_packet(rb"<pdfuaid:part>1</pdfuaid:part>", b""), "the metadata is not the body's"),
        (predate, "the information dictionary changes /ModDate"),
    ],
)
def test_roots_that_lie_are_found(tamper: Tamper, expected: str) -> None:
    """What may be replaced must still say what the body says: each lie is told in words."""
    assert any(expected in objection for objection in objections(tamper)), objections(tamper)


def test_a_link_that_is_not_seen_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A front page's link says that it is seen and printed; one that hides itself is named."""
    monkeypatch.setattr("booklet.pdf.merge._PRINTED", 2)  # hidden (ISO 32000-1 table 165)
    found = objections(lambda table, document: None)
    assert found and all(re.fullmatch(r"link \d+: /F is not as ours", one) for one in found)


def start_of(pdf: bytes) -> int:
    """Read where the last cross-reference section starts."""
    return int(re.findall(rb"startxref\n(\d+)\n", pdf)[-1])


def second_update(pdf: bytes, tamper: Tamper, previous: int, **trailer: bytes) -> bytes:
    """Append one more update to a file."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        table = ObjectTable(first=int(document.trailer["/Size"]))
        tamper(table, document)
        fields = {
            "Root": document.trailer["/Root"].unparse(),
            "Info": document.trailer["/Info"].unparse(),
            **trailer,
        }
        identity = bytes(document.trailer["/ID"][0])
    return pdf + write_section(table, start=len(pdf), trailer=fields, identity=identity, previous=previous)


@pytest.mark.parametrize("tamper", [replace_page, replace_content, lambda table, document: None])
def test_a_second_update_is_found(tamper: Tamper) -> None:
    """Nothing may follow the update, even an update of the update that does nothing."""
    booklet = samples.booklet()
    longer = second_update(booklet, tamper, start_of(booklet))
    with pikepdf.open(io.BytesIO(longer)) as document:
        assert len(document.pages) == 7
    assert examine_update(longer, len(samples.body().pdf)) == (
        "the update does not follow the body directly: there is another one between",
    )


def test_an_update_hidden_from_the_chain_is_found() -> None:
    """Objects that the section does not list are found, although readers that repair files would see them."""
    booklet, length = samples.booklet(), len(samples.body().pdf)
    with pikepdf.open(io.BytesIO(samples.body().pdf)) as document:
        page = document.pages[-1].obj
        hidden = b"%d 0 obj\n%s\nendobj\n" % (page.objgen[0], page.unparse(resolved=True))
    end = booklet.rindex(b"startxref")
    assert examine_update(booklet[:end] + hidden + booklet[end:], length) == (
        f"the update holds something that is not listed, at byte {end}",
    )


def test_a_deleted_object_is_found() -> None:
    """An update may not free an object of the body."""
    body = samples.body().pdf

    class Deleting(OpenBody):
        def prepend(self, front: bytes, title: str, words: Mapping[str, str] | None = None) -> bytes:
            table = ObjectTable(first=self._next_number)
            table.add(b"<< >>")
            return write_section(
                table,
                start=self._length,
                trailer={"Root": reference(self._catalog), "Info": reference(self._information)},
                identity=self._identity,
                free=(self._page_tree,),
                previous=self._cross_reference,
            )

    (objection,) = examine_update(body + Deleting(body).prepend(b"", ""), len(body))
    assert re.fullmatch(r"the update deletes object \d+", objection)


def test_another_catalog_and_encryption_are_found() -> None:
    """A trailer that leads to another catalog, or declares a key no section needs, is found."""
    body = samples.body().pdf

    def copy_catalog(table: ObjectTable, document: pikepdf.Pdf) -> None:
        table.add(document.Root.unparse(resolved=True))

    with pikepdf.open(io.BytesIO(body)) as document:
        number = int(document.trailer["/Size"])
    other = second_update(body, copy_catalog, start_of(body), Root=reference(number))
    assert "the trailer's /Root is another object" in examine_update(other, len(body))
    locked = second_update(body, copy_catalog, start_of(body), Extra=b"1")
    assert examine_update(locked, len(body)) == ("the update's trailer adds /Extra",)


def test_a_body_alone_or_cut_short_is_found() -> None:
    """Neither a body without front matter nor half an update passes, and none raises."""
    body, booklet = samples.body().pdf, samples.booklet()
    assert examine_update(body, len(body)) == ("no complete update follows the body",)
    assert examine_update(booklet[:-40], len(body)) == ("no complete update follows the body",)
    assert examine_update(booklet, len(body) - 1) == ("the body does not end where it should",)
    assert examine_update(b"", 0) == ("the body does not begin as ours do",)


def test_a_title_that_only_some_readers_see_is_found() -> None:
    """Info and packet must give the same title."""

    def retitle(table: ObjectTable, document: pikepdf.Pdf) -> None:
        edit(table, document.trailer["/Info"], rb"\(Cent mesures\)", b"(Votez pour nous)")

    assert objections(retitle) == ("the metadata is not the body's with the booklet's title",)
