"""Booklet → objections to its update: all that it does besides putting two pages in front.

That all booklets begin with the same bytes does not prove that all readers see the same pages: an update may
replace any object of the file (ISO 32000-1 §7.5.6). This module reads the update on its own terms, byte by
byte and without the code that wrote it: it must be one section, made of whole objects and nothing between them, each
of a kind that our writer makes, that replaces none but the roots named by the body's own catalog; and those must say
what the body's say, with the front matter added.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.body import MAX_OBJECTIONS, BodyFacts, read_body
from booklet.pdf.verify.body_objects import FRONT_BOOKMARK
from booklet.pdf.verify.front_pages import FrontPages, read_front_pages
from booklet.pdf.verify.geometry import Box
from booklet.pdf.verify.name_trees import examine_tree
from booklet.pdf.verify.sections import items, read_section, reference, whole
from booklet.pdf.verify.structure import examine_structure
from booklet.pdf.verify.syntax import Name, Objection, Reference, Value, parse_dictionary, text_of
from booklet.pdf.verify.update import Held, Update

#: of an update: two pages, and fonts that the body does not have
MAX_UPDATE = 16_000_000
_FRONT_PAGES = 2
#: bookmarks one below another, as headings are
_MAX_BOOKMARKS = 6
_UNEXPECTED = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
#: roman numbers on the two front pages, then 1 and so on
_LABELS: Value = [0, {"/S": Name("/r"), "/St": 1}, _FRONT_PAGES, {"/S": Name("/D"), "/St": 1}]


def examine_update(booklet: bytes, body_length: int) -> tuple[Message, ...]:
    """List what is wrong with the update that follows the body; empty if nothing is.

    The result proves nothing about the body itself, whose digest is checked apart: only that the booklet shows all
    of it.
    """
    return examine_booklet(booklet, body_length)[0]


def examine_booklet(
    booklet: bytes, body_length: int, body_pages: int | None = None, scale: int = 1
) -> tuple[tuple[Message, ...], FrontPages | None]:
    """List what is wrong with an update, and read the front pages that it adds to a body of so many pages.

    `scale` is how many times as many objects are read as usual.
    """
    try:
        body = read_body(booklet[:body_length], scale)
        update = read_update(booklet[body_length:], body_length, body, scale)
        objections = [*body.objections, *update.objections]
        if body_pages not in (None, body.pages):
            objections.append(say("the body has {count} pages", count=body.pages))
        front, unseen = (None, ()) if objections else read_front_pages(update)
    except Objection as objection:
        return (objection.message,), None
    except _UNEXPECTED as error:
        # a hostile file may break any expectation of this package: an objection, not a fault of ours
        kind = type(error).__name__
        return (say("the update cannot be read: {kind}: {error}", kind=kind, error=str(error)),), None
    return (*objections, *unseen)[:MAX_OBJECTIONS], front


def read_update(data: bytes, start: int, body: BodyFacts, scale: int = 1) -> Update:
    """Read and examine the update that starts at byte `start`; raises `Objection` where it cannot be interpreted."""
    if not data:
        raise Objection(say("no complete update follows the body"))
    if len(data) > MAX_UPDATE:
        raise Objection(say("the update has more than {count} bytes", count=MAX_UPDATE))
    update = Update(read_section(data, start, previous=body.section.start, scale=scale), body)
    try:
        _examine(update)
    except Objection as objection:
        update.object(objection.message)
    return update


def _examine(update: Update) -> None:
    _examine_trailer(update)
    _examine_numbers(update)
    roots = {name: update.take(number, name) for name, number in update.body.roots.items()}
    pages = update.pages = _examine_pages(update, roots["page tree root"])
    _examine_fonts(update, pages)
    examine_structure(update, roots, pages)
    _examine_names(update, roots["name dictionary"], pages)
    _examine_outline(update, roots["outline root"], pages)
    labels = roots["page labels"].get("/Nums")
    update.require(labels == _LABELS, say("the page labels are not i, ii, then 1 and so on"))
    _examine_metadata(update, roots["information dictionary"])
    for number in sorted(update.section.numbers - update.used):
        update.object(say("object {number} of the update is none that our writer makes", number=number))


def _examine_trailer(update: Update) -> None:
    trailer, own = update.section.trailer, update.body.section
    for key in ("/Root", "/Info"):
        is_same = trailer[key] == own.trailer[key]
        update.require(is_same, say("the trailer's {key} is another object", key=key))
    is_same = items(trailer, "/ID")[:1] == items(own.trailer, "/ID")[:1]
    update.require(is_same, say("the file's permanent identifier is another one"))


def _examine_numbers(update: Update) -> None:
    """Require that the update replaces the roots, adds objects behind the body's, and nothing else."""
    section, own, roots = update.section, update.body.section, set(update.body.roots.values())
    replaced = (section.numbers | section.containers) & (own.numbers | own.containers)
    for number in sorted(replaced - roots):
        update.object(say("the update replaces object {number} of the body", number=number))
    for name, number in update.body.roots.items():
        if number not in replaced:
            raise Objection(say("the update has no {name}", name=name))
    size = whole(own.trailer, "/Size")
    for number in sorted(section.numbers - replaced - {FRONT_BOOKMARK}):
        if number < size:
            update.object(say("the update defines object {number}, which the body left out", number=number))


# --- pages ------------------------------------------------------------------------------------------------------------


def _examine_pages(update: Update, root: Held) -> tuple[int, ...]:
    """Require two new pages, then the body's, in their order; return the numbers of the new ones."""
    before = update.body.held["page tree root"]
    kids = items(root, "/Kids")
    front = kids[:_FRONT_PAGES]
    is_same = kids[_FRONT_PAGES:] == items(before, "/Kids")
    update.require(is_same, say("the pages after the front matter are not the body's pages in their order"))
    is_right = root.get("/Count") == whole(before, "/Count") + _FRONT_PAGES
    update.require(is_right, say("the page tree counts wrong"))
    if len({*front} if all(map(update.is_new, front)) else ()) != _FRONT_PAGES:
        raise Objection(say("the first two pages are not front matter"))
    pages = tuple(map(reference, front))
    for number in pages:
        page = update.take(number, "front page")
        is_right = page.get("/Parent") == Reference(update.body.roots["page tree root"])
        boxes = [page[key] for key in ("/MediaBox", "/BleedBox", "/TrimBox") if key in page]
        update.require(is_right, say("a front page hangs elsewhere"))
        update.require(all(box == boxes[0] for box in boxes), say("a front page is cut"))
        update.take_stream(reference(page.get("/Contents")), "content")
        for note in items(page, "/Annots") if "/Annots" in page else []:
            _examine_link(update, number, reference(note))
    contents = {parse_dictionary(update.section.plain[number])["/Contents"] for number in pages}
    update.require(len(contents) == _FRONT_PAGES, say("both front pages are one"))
    return pages


def _examine_link(update: Update, page: int, number: int) -> None:
    link = update.take(number, "link")
    left, bottom, right, top = (float(str(value)) for value in items(link, "/Rect"))
    area = Box(min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    update.links.setdefault(page, {})[number] = area
    has_one_target = ("/Dest" in link) != ("/A" in link)
    update.require(has_one_target, say("link {number} leads nowhere, or to two places", number=number))
    update.spoken += [text_of(link[key]) for key in ("/Contents", "/Dest") if key in link]
    action = link.get("/A")
    if isinstance(action, dict) and isinstance(address := action.get("/URI"), bytes):
        update.addresses.append(address.decode("latin-1"))


def _examine_fonts(update: Update, pages: tuple[int, ...]) -> None:
    """Take what the pages are drawn with: plain fonts, of the body or with all that a font has."""
    resources = {reference(parse_dictionary(update.section.plain[page]).get("/Resources")) for page in pages}
    for number in sorted(resources):
        fonts = update.take_resources(number).get("/Font", {})
        for value in fonts.values() if isinstance(fonts, dict) else ():
            font = update.resolve(value, "font")
            update.has_own_font |= update.is_new(value)
            update.resolve(font.get("/ToUnicode"), "map of glyphs")
            for below in items(font, "/DescendantFonts"):
                glyphs = update.resolve(below, "font of glyphs")
                descriptor = update.resolve(glyphs.get("/FontDescriptor"), "font descriptor")
                for key in ("/FontFile2", "/FontFile3"):
                    if key in descriptor:
                        update.resolve(descriptor[key], "font file")


# --- names ------------------------------------------------------------------------------------------------------------


def _examine_names(update: Update, names: Held, pages: tuple[int, ...]) -> None:
    """Require the body's destinations and attached files, and no script or other file beside them."""
    before = update.body.held["name dictionary"]
    for key in sorted(set(before) - {"/Dests"}):
        is_same = names.get(key) == before[key]
        update.require(is_same, say("the name dictionary changes {key}", key=key))
    for key in sorted(set(names) - set(before)):
        update.object(say("the name dictionary gains {key}", key=key))
    added = examine_tree(update, names.get("/Dests"), before["/Dests"], say("destinations"))
    is_own = all(_leads_to(value, pages) for value in added.values())
    update.require(is_own, say("a destination of the front matter leads elsewhere"))


def _leads_to(destination: Value, pages: tuple[int, ...]) -> bool:
    return (
        isinstance(destination, list)
        and len(destination) == 5
        and destination[0] in [Reference(page) for page in pages]
        and destination[1] == "/XYZ"
    )


def _examine_outline(update: Update, root: Held, pages: tuple[int, ...]) -> None:
    """Require new bookmarks that lead to the front pages, then all the body's."""
    before = update.body.held["outline root"]
    first, shown = before.get("/First"), before.get("/Count", 0)
    number = update.body.roots["outline root"]
    count, last = _examine_bookmarks(update, root.get("/First"), Reference(number), first, pages)
    ends = say("the outline does not end with the body's bookmarks")
    update.require(root.get("/Last") == before.get("/Last", Reference(last)), ends)
    update.require(first is None or last == FRONT_BOOKMARK, ends)
    is_right = type(shown) is int and root.get("/Count") == shown + count
    update.require(is_right, say("the outline counts wrong"))


def _examine_bookmarks(
    update: Update, first: Value, parent: Reference, end: Value, pages: tuple[int, ...], level: int = 1
) -> tuple[int, int]:
    """Require bookmarks from one to the end, and those below; return how many are shown, and the last one's number."""
    if level > _MAX_BOOKMARKS:
        raise Objection(say("the outline has more than {count} levels", count=_MAX_BOOKMARKS))
    shown, previous, item = 0, None, first
    while item is not None and item != end:
        if not update.is_new(item) or reference(item) in update.used:
            raise Objection(say("the outline does not end with the body's bookmarks"))
        number = reference(item)
        held = update.take(number, "bookmark")
        is_plain = held.get("/Parent") == parent and held.get("/Prev") == previous
        update.require(is_plain, say("bookmark {number} does not hang where it stands", number=number))
        is_own = _leads_to(held.get("/Dest"), pages)
        update.require(is_own, say("a bookmark of the front matter leads elsewhere"))
        update.roles += (
            [f"bookmark of page {pages.index(reference(items(held, '/Dest')[0]))}"] if is_own else []
        )
        update.spoken.append(text_of(held.get("/Title")))
        shown += 1
        if "/First" in held:
            below, last = _examine_bookmarks(
                update, held["/First"], Reference(number), None, pages, level + 1
            )
            is_right = held.get("/Last") == Reference(last) and held.get("/Count") in (below, -below)
            update.require(is_right, say("the outline counts wrong"))
            shown += below if held.get("/Count") == below else 0
        previous, item = item, held.get("/Next")
    if previous is None or item != end:
        raise Objection(say("the outline does not end with the body's bookmarks"))
    return shown, reference(previous)


# --- metadata ---------------------------------------------------------------------------------------------------------


def _examine_metadata(update: Update, information: Held) -> None:
    """Require the body's packet and Info dictionary with another title, the same in both."""
    before = update.body.held["information dictionary"]
    for key in sorted((set(before) | set(information)) - {"/Title"}):
        is_same = before.get(key) == information.get(key)
        update.require(is_same, say("the information dictionary changes {key}", key=key))
    own, title = (_title_in_packet(text_of(held.get("/Title"))) for held in (before, information))
    packet = update.take_stream(update.body.roots["metadata"], "metadata").unpack(1_000_000)
    is_same = update.body.packet.count(own) == 1 and packet == update.body.packet.replace(own, title)
    update.require(is_same, say("the metadata is not the body's with the booklet's title"))
    update.spoken.append(text_of(information.get("/Title")))


def _title_in_packet(title: str) -> bytes:
    return f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li>'.encode(
        "utf-8", "replace"
    )
