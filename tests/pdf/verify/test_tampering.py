"""Lies that are made from what the writer makes: each kind of object, each key, each way to hide a text."""

from __future__ import annotations

import contextlib
import re
import zlib

import pytest

from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.objects import Written
from booklet.pdf.verify import proof
from booklet.pdf.verify.body import read_body
from booklet.pdf.verify.body_objects import check_levels
from booklet.pdf.verify.drawing import Drawing
from booklet.pdf.verify.fonts import Font
from booklet.pdf.verify.geometry import Box
from booklet.pdf.verify.kinds import KINDS
from booklet.pdf.verify.syntax import Objection, parse
from booklet.pdf.verify.update import Update
from tests.samples import linked_parts as samples
from tests.samples.updates import body_objects, honest, is_container, update_with, write_body

#: kinds that stand in an update only where the body lacks a font
FONTS = {"font", "font of glyphs", "font descriptor", "font file", "map of glyphs"}


def objections(written: dict[int, Written]) -> tuple[str, ...]:
    body = samples.body().pdf
    return tuple(map(str, proof.examine_update(body + update_with(written), len(body))))


def test_each_kind_of_object_that_is_changed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown key, a key twice, a key lost and a value of another type are told, in every object of an update."""
    taken: dict[int, str] = {}
    take = Update.take

    def note(self: Update, number: int, kind: str) -> object:
        taken.setdefault(number, kind)
        return take(self, number, kind)

    with monkeypatch.context() as patched:
        patched.setattr(Update, "take", note)
        assert objections({}) == ()
    assert set(taken.values()) >= set(KINDS) - FONTS - {"resources"}, "a kind that the sample has not"
    for number, one in honest().table.written.items():
        if is_container(one):
            continue
        held = parse(one.body.replace(b"/Length", b""))
        inside = one.body.strip()[2:-2]
        lies = [b"<< %s /Zz 1 >>" % inside, b"<< %s %s >>" % (inside, inside)]
        if isinstance(held, dict) and not one.stream:
            for key in held:
                name = key.encode()
                lies.append(one.body.replace(name + b" ", b"/Y" + name[1:] + b" ", 1))
        for lie in lies:
            if lie.replace(b" ", b"") == one.body.replace(b" ", b""):
                continue
            assert objections({number: Written(lie, one.stream)}), (number, taken.get(number), lie[:200])


def test_what_is_read_aloud_twice_or_leads_back_elsewhere_is_told() -> None:
    """Each text hangs from one element, to which the parent tree leads back."""
    number, one = next(
        (n, o) for n, o in honest().table.written.items() if b"/S /H1 /Type /StructElem" in o.body
    )
    twice = one.body.replace(b"/K [ ", b"/K [ 0 0 ")
    assert "the front matter's structure reads something twice" in objections({number: Written(twice)})
    number, one = next((n, o) for n, o in honest().table.written.items() if b"/Nums [ 1000000" in o.body)
    first, *_, last = re.findall(rb"\d+ 0 R", one.body)
    for lie in (one.body.replace(first, last, 1), one.body.replace(b"1000003 " + last, b"1000003 " + first)):
        assert objections({number: Written(lie)}) == (
            "the parent tree leads to other elements than the front matter's",
        )


def test_a_link_that_lies_elsewhere_is_told() -> None:
    """A link lies over the words that are read with it: not beside them, over others too, or read with none."""
    number, one = next((n, o) for n, o in honest().table.written.items() if b"/Link /Type /Annot" in o.body)
    left, bottom, right, top = re.findall(rb"[0-9.]+", one.body[one.body.index(b"/Rect") :])[:4]
    placed = b" ".join((left, bottom, right, top))
    for area in (b"0 0 0 0", b"0 0 300 500", b"1 1 9 9", b" ".join((left, bottom, b"290", top))):
        assert objections({number: Written(one.body.replace(placed, area))}) == (
            f"link {number} does not lie over its words",
        )
    page, held = next((n, o) for n, o in honest().table.written.items() if b"/Annots" in o.body)
    spare = max(honest().table.written) + 5
    more = {
        page: Written(held.body.replace(b"/Annots [", b"/Annots [ %d 0 R" % spare)),
        spare: Written(re.sub(rb"/StructParent \d+ ", b"", one.body)),
    }
    assert objections(more) == (f"link {spare} does not lie over its words",)


def test_an_object_that_nothing_leads_to_is_told() -> None:
    """An update has no object besides those that its pages need."""
    spare = max(honest().table.written) + 5
    assert objections({spare: Written(b"<< /S /JavaScript /JS (1) >>")}) == (
        f"object {spare} of the update is none that our writer makes",
    )


@pytest.mark.parametrize(
    "address",
    [
        b"javascript:alert\\(1\\)",
        b"file:///etc/passwd",
        b"https://a@b.example/",
        b"https://a\\\\b/",
        b"data:text/html,x",
    ],
)
def test_a_link_to_another_scheme_is_told(address: bytes) -> None:
    """A link of the update leads to http, https or mailto, and shows no name that is not its host."""
    number, one = next((n, o) for n, o in honest().table.written.items() if b"/Link /Type /Annot" in o.body)
    dest = one.body[one.body.index(b"/Dest") :].split(b")", 1)[0] + b")"
    link = one.body.replace(dest, b"/A << /S /URI /Type /Action /URI (%s) >>" % address)
    assert objections({number: Written(link)}) == (f"link {number}: /A is not as ours",)
    chained = one.body.replace(
        dest, b"/A << /S /URI /URI (https://a.example/) /Next << /S /JavaScript /JS (1) >> >>"
    )
    assert objections({number: Written(chained)}) == (f"link {number}: /A is not as ours",)


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """A cross-reference stream and an object stream that unpack to many megabytes are objections."""
    body, update = samples.body().pdf, update_with({})
    start = int(update[update.rindex(b"startxref") :].split()[1]) - len(body)
    head, _, rest = update[start:].partition(b"\nstream\n")
    length = int(head[head.index(b"/Length") :].split()[1])
    bomb = zlib.compress(bytes(60_000_000), 9)
    forged = update[:start] + head.replace(b"/Length %d" % length, b"/Length %d" % len(bomb))
    forged += b"\nstream\n" + bomb + rest[length:]
    (objection,) = proof.examine_update(body + forged, len(body))
    assert str(objection) == "more objects than those of 700 pages: to read ten times as many, add `--large`"
    ((objection,), _) = proof.examine_booklet(body + forged, len(body), scale=2)
    assert str(objection) == "more objects than those of 1400 pages, the most that is read"
    with pytest.raises(Objection, match="levels deep"):
        parse(b"[" * 3000 + b"]" * 3000)


def test_circles_and_three_thousand_levels_are_told() -> None:
    """Elements that hang from one another, or through too many others, are objections; nothing recurses."""
    assert not list(check_levels({2: 1, 3: 2}, 1))
    assert list(check_levels({2: 3, 3: 2}, 1))
    assert list(check_levels({number: number - 1 for number in range(2, 3000)}, 1))
    element = next(n for n, one in honest().table.written.items() if b"/S /H1 /Type /StructElem" in one.body)
    written = honest().table.written[element].body
    own = written.replace(b"/K [ ", b"/K [ %d 0 R " % element)
    assert any("in a circle" in objection for objection in objections({element: Written(own)}))
    tree = honest()._page_tree
    kids = honest().table.written[tree].body.replace(b"/Kids [ ", b"/Kids [ %d 0 R " % tree)
    assert objections({tree: Written(kids)})


def test_a_body_that_refers_to_what_it_has_not_is_told() -> None:
    """An update could define an object that the body left out: what the body shows would then be the list's own."""
    body = samples.body().pdf
    facts = read_body(body)
    assert facts.objections == ()
    with pytest.raises(Objection, match="spells"):
        parse(b"<< /A 1 % comment\n >>")
    with pytest.raises(Objection, match="twice"):
        parse(b"<< /Pages 1 0 R /Pages 2 0 R >>")
    with pytest.raises(Objection, match="spells"):
        parse(b"<< /P#61ges 1 0 R >>")


HOSTILE_LINK = b"/Rect [ 0 0 9 9 ] /A << /S /Launch /F (a.exe) >> >>"


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        (b"/Type /Page ", b"/Annots [", b"/Annots [ << /Subtype /Link " + HOSTILE_LINK),
        (b"/Type /Annot", b"/Type /Annot", b""),
        (b"/Type /Annot", b"/Subtype /Link", b"/Subtype /Widget"),
        (b"/Type /Page ", b"<<", b"<< /Rotate 90"),
        (b"/Type /Page ", b"<<", b"<< /UserUnit 100"),
        (b"/Parent 3 0 R /Type /Pages", b"<<", b"<< /CropBox [ 0 0 1 1 ]"),
        (b"/Type /Catalog", b"/UseOutlines", b"/FullScreen"),
        (b"/Type /Catalog", b"/DisplayDocTitle", b"/HideMenubar true /DisplayDocTitle"),
        (b"/Type /Catalog", b"/AF [", b"/AF [ 3 0 R"),
        (b"/Type /Filespec", b"/F (", b"/F (..\\\\"),
        (b"/Type /Filespec", b"<<", b"<< /FS /URL"),
        (b"/ID (", b"<<", b"<< /AF [ << /F (a.exe) >> ]"),
        (b"/S /H1 /Type /StructElem", b"/K [ ", b"/K [ 99999  0 R "),
    ],
    ids=lambda given: given.decode()[:20],
)
def test_a_body_that_does_more_than_ours_is_told(place: bytes, old: bytes, new: bytes) -> None:
    """Whoever changes the body for all lists alike may do so, but brings nothing into it that acts or hides."""
    written = body_objects()
    number = next(key for key, one in sorted(written.items()) if place in one.body)
    lie = Written(written[number].body.replace(old, new, 1), written[number].stream)
    assert lie != written[number]
    assert read_body(write_body(written)).objections == ()
    with contextlib.suppress(Objection):
        assert read_body(write_body({**written, number: lie})).objections


# --- text that is not seen --------------------------------------------------------------------------------------------

FONT = Font("1", {1: "a", 2: "b"}, {1: 500.0, 2: 500.0})
SHOWN = b"BT /F 12 Tf 1 0 0 1 50 50 Tm [<0001>0<0002>0] TJ ET"


def unseen(content: bytes) -> list[str]:
    """Draw on a page of 200 points, and list what is said of its text."""
    drawing = Drawing({"/F": FONT}, {"/faint": {"/ca": 0.01}}, Box(0, 0, 200, 200))
    drawing.run(content)
    assert [text.text for text in drawing.texts] == ["ab"]
    return list(map(str, drawing.unseen))


def test_what_underlines_the_next_text_covers_none() -> None:
    """A rule may begin under the very end of a text, as that of a raised ordinal in a link does, and no further."""
    assert unseen(SHOWN + b"\n0.6 w\n61.9 52 m\n80 52 l\nS") == []
    assert unseen(SHOWN + b"\n0.6 w\n60 52 m\n80 52 l\nS") == ["`ab` is covered"]


@pytest.mark.parametrize(
    "content",
    [
        SHOWN,
        b"0 0 1 rg 40 40 60 30 re f 1 g " + SHOWN,
        SHOWN + b" 60 80 9 9 re f",
        b"0 0 200 200 re W n " + SHOWN,
    ],
)
def test_text_that_is_seen_passes(content: bytes) -> None:
    """Text on paper or on a dark field, beside shapes and inside a clip, is seen."""
    assert unseen(content) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1 1 1 rg " + SHOWN, "has the colour of what is behind it"),
        (b"40 40 60 30 re f " + SHOWN, "has the colour of what is behind it"),
        (b"/faint gs " + SHOWN, "has the colour of what is behind it"),
        (SHOWN + b" 1 g 40 40 60 30 re f", "is covered"),
        (SHOWN + b" 20 w 40 55 m 90 55 l S", "is covered"),
        (SHOWN + b" 20 w 40 55 m 40 150 l 120 150 l 120 55 l s", "is covered"),
        (b"0 0 m 200 0 l 200 200 l W n " + SHOWN, "is outside the page, or cut off"),
        (SHOWN.replace(b"50 50 Tm", b"500 50 Tm"), "is outside the page, or cut off"),
        (b"0 0 9 9 re W n " + SHOWN, "is outside the page, or cut off"),
        (SHOWN.replace(b"/F 12", b"/F 0.1"), "is turned, or too small to be read"),
        (SHOWN.replace(b"1 0 0 1 50", b"0 1 -1 0 50"), "is turned, or too small to be read"),
    ],
)
def test_text_that_is_not_seen_is_told(content: bytes, expected: str) -> None:
    """White, faint, covered, tiny, turned, clipped and misplaced text is told with its words."""
    assert any(expected in one for one in unseen(content)), unseen(content)


@pytest.mark.parametrize(
    "content",
    [
        *(b"3 Tr " + SHOWN, b"/OC /hidden BDC " + SHOWN + b" EMC", b"/X Do", b"BT (a) Tj ET", b"q " + SHOWN),
        *(b"1 Tz " + SHOWN, SHOWN.replace(b">0<", b">5000<"), SHOWN.replace(b"0002", b"0009")),
        *(SHOWN.replace(b">0<", b">150<>150<"), SHOWN.replace(b">0<", b">-200<>-200<")),
        *(b"W n " + SHOWN, b"9 9 m " + SHOWN, SHOWN.replace(b"[<", b"1 0 0 1 9 9 cm [<"), SHOWN + b" 9 9 m"),
    ],
)
def test_what_our_pages_never_use_is_told(content: bytes) -> None:
    """Another mode, hidden layers, forms, unknown operators and glyphs end the reading with an objection."""
    with pytest.raises(Objection):
        unseen(content)


def test_a_font_of_the_front_pages_is_read_and_named() -> None:
    """A font that the body lacks passes if it is made as ours are, and the result says that it is there."""
    style = f"@font-face {{ font-family: Mono; src: url('{(samples.FONTS / 'BookletMono-Regular.ttf').as_uri()}') }}"
    letter = "<p style='break-before: page'>Lettre <code style='font-family: Mono'>abc</code></p>"
    body = samples.body().pdf
    update = OpenBody(body).prepend(
        samples.render(f"<h1 id='cover'>Liste</h1>{letter}", style), "Cent mesures"
    )
    found, front = proof.examine_booklet(body + update, len(body))
    assert found == () and front is not None and front.has_own_font
    assert front.words[1] == "Lettreabc"
