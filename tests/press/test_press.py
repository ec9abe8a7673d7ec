"""The print edition: real files, read back with other readers than the one that wrote them."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from booklet.checks.printing import too_thick_to_staple
from booklet.layout.weasyprint import srgb_profile
from booklet.pdf.metadata import Description
from booklet.press.folding import Face, Half, check_reading_order, fold, read_faces
from booklet.press.ink import separate_colour
from booklet.press.page_boxes import add_blank_pages, make_press_pages, number_array
from booklet.press.paper import SHEETS, Copy, Paper
from booklet.press.print_order import OrderLine, make_order_grid, write_order
from booklet.press.sheets import impose, join
from booklet.press.signatures import MAX_STAPLED_PAGES, Plan, plan_sheets
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from collections.abc import Iterator

MM = 72 / 25.4
OFFSET = Paper(Decimal(90), Decimal("1.2"))
ANY_PAPER = Decimal(100)
DESCRIPTION = Description("Essai", "fr", "Association d'essai", "2020-02-06")


def press_files(sample: Sample) -> list[Path]:
    return sorted((sample.root / "print").rglob("*-press.pdf"))


def page_text(path: Path, page: int, *options: str) -> list[str]:
    """The words of a page, as poppler reads them, in alphabetical order: folios move from side to side."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-raw", *options, str(path), "-"]
    return sorted(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.split())


def half_text(path: Path, side: int, *, is_right: bool) -> list[str]:
    """The words of one half of an A4 sheet in landscape."""
    width, height = 297 * MM / 2, 210 * MM
    window = ("-r", "72", "-x", str(round(width) if is_right else 0), "-y", "0")
    return page_text(path, side, *window, "-W", str(round(width)), "-H", str(round(height)))


def entry(parent: Any, *keys: str) -> Any:
    """Follow keys from a dictionary, as pypdf reads it."""
    for key in keys:
        assert isinstance(parent, DictionaryObject)
        parent = parent[key]
    return parent


# --- which page stands where -------------------------------------------------------------------------------------


def folded_numbers(made: Plan) -> list[int]:
    """Fold a plan as a pile of sheets that bear nothing but numbers."""
    faces = [Face(*(Half(b"%d" % page, 0.0, 1.0) for page in (side.left, side.right))) for side in made.sides]
    return [int(half.digest) for half in fold(faces, made.sheets_by_section)]


def test_eight_pages_stand_where_a_printer_puts_them() -> None:
    """Two sheets carry eight pages as every manual of saddle stitching shows them."""
    sides = [(side.left, side.right) for side in plan_sheets(8, ANY_PAPER).sides]
    assert sides == [(8, 1), (2, 7), (6, 3), (4, 5)]


@given(sheets=st.integers(1, 120), section=st.sampled_from([4, 8, 12, 16, 32]))
def test_folded_sheets_read_in_order(sheets: int, section: int) -> None:
    """Whatever the number of pages and the size of sections, the folded pile reads from the first page to the last."""
    made = plan_sheets(4 * sheets, ANY_PAPER, section)
    assert folded_numbers(made) == list(range(1, 4 * sheets + 1))
    assert made.is_stapled == (4 * sheets <= MAX_STAPLED_PAGES)


@given(sheets=st.integers(1, 60), thickness=st.integers(50, 300))
def test_creep_grows_by_one_thickness_inwards(sheets: int, thickness: int) -> None:
    """In each section the outermost sheet is not moved, and each one inside by one thickness more."""
    made = plan_sheets(4 * sheets, Decimal(thickness))
    for section in range(len(made.sheets_by_section)):
        creep = [side.creep_um for side in made.sides if side.section == section and side.is_front]
        assert creep == [thickness * depth for depth in range(made.sheets_by_section[section])]


def test_a_short_section_is_never_the_last() -> None:
    """Ninety-two pages make five whole sections and one of twelve pages, before the last."""
    assert plan_sheets(92, ANY_PAPER).sheets_by_section == (4, 4, 4, 4, 3, 4)


# --- paper -------------------------------------------------------------------------------------------------------


def test_paper_is_weighed_and_measured() -> None:
    """Thickness is grammage times bulk, and an A4 sheet of 80 g/m² weighs five grammes."""
    assert OFFSET.thickness_um == 108
    copy = Copy(36, SHEETS["a4"], OFFSET)
    assert (copy.sheets, copy.spine_mm) == (9, Decimal("1.944"))
    assert copy.weight_g == Decimal("50.5197")
    assert Copy(4, SHEETS["a4"], Paper(Decimal(80), Decimal(1))).weight_g == Decimal("4.98960")
    assert Copy(36, SHEETS["a3"], OFFSET).weight_g == 9 * Decimal("0.12474") * 90


def test_the_table_says_what_the_csv_says() -> None:
    """Each row of the table is a row of the CSV, in the marks of the language, and the last one is their sum."""
    copy = Copy(36, SHEETS["a4"], OFFSET)
    lines = [
        OrderLine(id, f"Liste {id}", "Ville", f"{id}-press.pdf", f"{id}-a5.pdf", 1250, copy, is_stapled=True)
        for id in ("une", "deux")
    ]
    rows = list(csv.DictReader(io.StringIO(write_order(lines).decode(), newline="")))
    keys = ("copies", "pages", "sheets", "spine_mm", "weight_g", "total_sheets", "total_weight_kg")
    for language in (ENGLISH, FRENCH):
        *listed, total = make_order_grid(lines, language).rows

        def number(cell: str, mark: str = language.decimal_mark, group: str = language.group_mark) -> Decimal:
            return Decimal(cell.replace(group, "").replace(mark, "."))

        assert [[row[0], *map(number, row[1:])] for row in listed] == [
            [row["id"], *(Decimal(row[key]) for key in keys)] for row in rows
        ]
        sums = [
            sum(Decimal(row[key]) for row in rows) for key in ("copies", "total_sheets", "total_weight_kg")
        ]
        assert [number(cell) for cell in total[1:] if cell] == sums
    assert rows[0]["total_weight_kg"] == "63.125"


# --- ink ---------------------------------------------------------------------------------------------------------

CHANNEL = st.integers(0, 255).map(lambda value: value / 255)


@given(CHANNEL, CHANNEL, CHANNEL)
def test_no_colour_floods_the_paper(red: float, green: float, blue: float) -> None:
    """No colour takes more than 300 % of ink, nor ink outside 0 to 1, and one of the three chromatic inks is absent."""
    ink = separate_colour(red, green, blue)
    assert all(0 <= share <= 1 for share in ink)
    assert sum(ink) <= 3
    assert min(ink[:3]) == 0


@pytest.mark.parametrize(
    ("colour", "ink"),
    [
        ("ffffff", (0, 0, 0, 0)),
        ("000000", (0, 0, 0, 1)),
        ("1d2228", (0, 0, 0, 1)),
        ("50565c", (0, 0, 0, 0.666)),
        ("1b627d", (0.784, 0.216, 0, 0.51)),
        ("e8eff2", (0.041, 0.012, 0, 0.051)),
    ],
)
def test_colours_of_the_house(colour: str, ink: tuple[float, ...]) -> None:
    """The ink of text is black alone, greys are black alone, a domain's colour and its tint keep their hue."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    assert separate_colour(*channels) == pytest.approx(ink, abs=0.002)


# --- files -------------------------------------------------------------------------------------------------------


def draw(content: bytes, count: int = 1) -> pikepdf.Pdf:
    """Make pages as css/press.css has them laid out: A4, with seven millimetres around."""
    document = pikepdf.Pdf.new()
    around = 7 * MM
    for _ in range(count):
        page = document.add_blank_page(page_size=(210 * MM, 297 * MM))
        page.obj["/TrimBox"] = number_array(0, 0, 210 * MM, 297 * MM)
        page.obj["/MediaBox"] = number_array(-around, -around, 210 * MM + around, 297 * MM + around)
        page.obj["/Resources"] = pikepdf.Dictionary()
        page.obj["/Contents"] = document.make_stream(content)
    return document


def ninety_six_pages() -> bytes:
    """Make a press file of ninety-six pages, each with a rectangle of its own."""
    documents = [draw(b"1 0 0 rg 0 0 %d 10 re f" % number) for number in range(1, 97)]
    for number, document in enumerate(documents, 1):
        make_press_pages(document, b"", number)
    return join(documents, DESCRIPTION)


def test_a_thick_booklet_is_imposed_in_sections() -> None:
    """Ninety-six pages fold into six sections that read in order, each with its mark a step lower on its back."""
    press_file, made = ninety_six_pages(), plan_sheets(96, OFFSET.thickness_um)
    imposed = impose(press_file, made, SHEETS["a4"], DESCRIPTION)
    check_reading_order(imposed, press_file, made.sheets_by_section)
    marks = []
    with pikepdf.open(io.BytesIO(imposed)) as document:
        for page in document.pages:
            marks += re.findall(rb"0 0 0 1 k [\d.]+ ([\d.]+)", page.obj["/Contents"].read_bytes())
    heights = [float(mark) for mark in marks]
    assert len(heights) == 6
    assert heights == sorted(heights, reverse=True)


def test_a_page_in_the_wrong_place_is_seen() -> None:
    """The proof of the reading order fails when two pages of one side are exchanged."""
    press_file, made = ninety_six_pages(), plan_sheets(96, OFFSET.thickness_um)
    with pikepdf.open(io.BytesIO(impose(press_file, made, SHEETS["a4"], DESCRIPTION))) as document:
        forms = document.pages[4].obj["/Resources"]["/XObject"]
        forms["/Left"], forms["/Right"] = forms["/Right"], forms["/Left"]
        buffer = io.BytesIO()
        document.save(buffer)
    with pytest.raises(AssertionError, match=r"out of order: \["):
        check_reading_order(buffer.getvalue(), press_file, made.sheets_by_section)


def test_too_thick_says_why() -> None:
    """R110 gives the pages, the thickness and the limit."""
    (found,) = too_thick_to_staple("proposals/edition.yaml", 96, MAX_STAPLED_PAGES, Decimal("5.18"))
    assert (found.code, str(found.severity)) == ("R110", "warning")
    assert str(found.message) == "96 pages, 5.18 mm thick: more than 80 are glued, not stapled"


def test_gradients_masks_and_groups_are_in_ink() -> None:
    """What hangs deeper than a page, in forms, gradients and groups, leaves RGB too."""
    document = draw(b"q /F Do Q")
    page = document.pages[0]
    ends = pikepdf.Dictionary(
        FunctionType=2, Domain=number_array(0, 1), C0=number_array(1, 0, 0), C1=number_array(0, 0, 0), N=1
    )
    shading = pikepdf.Dictionary(
        ShadingType=2, ColorSpace=pikepdf.Name.DeviceRGB, Coords=number_array(0, 0, 1, 1), Function=ends
    )
    form = document.make_stream(
        b"0 0 1 RG 1 1 0 rg /S sh",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=number_array(0, 0, 9, 9),
        Group=pikepdf.Dictionary(S=pikepdf.Name.Transparency, CS=pikepdf.Name.DeviceRGB),
        Resources=pikepdf.Dictionary(Shading=pikepdf.Dictionary(S=document.make_indirect(shading))),
    )
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    make_press_pages(document, b"", 1)
    written = join([document], DESCRIPTION)
    (page_read,) = PdfReader(io.BytesIO(written)).pages
    assert find_rgb(page_read) == []
    inner = entry(page_read, "/Resources", "/XObject", "/Page", "/Resources", "/XObject", "/F")
    assert entry(inner, "/Group", "/CS") == "/DeviceCMYK"
    function = entry(inner, "/Resources", "/Shading", "/S", "/Function")
    assert [float(share) for share in function["/C0"]] == [0, 1, 1, 0]
    assert [float(share) for share in function["/C1"]] == [0, 0, 0, 1]


def find_rgb(page: PageObject) -> list[str]:
    """Name every operator, image, gradient and group below a page that speaks of RGB without a profile."""
    return list(_find_rgb(page, page["/Resources"], page.get_contents()))  # type: ignore[arg-type]


def _find_rgb(
    holder: DictionaryObject, resources: DictionaryObject, content: ContentStream | None
) -> Iterator[str]:
    for operands, operator in content.operations if content is not None else ():
        if operator in (b"rg", b"RG") or (operator in (b"cs", b"CS") and operands[0] == "/DeviceRGB"):
            yield operator.decode()
    if holder.get("/Group", {}).get("/CS") == "/DeviceRGB":
        yield "/Group"
    for shading in resources.get("/Shading", {}).values():
        if shading["/ColorSpace"] == "/DeviceRGB":
            yield "/Shading"
    for drawn in resources.get("/XObject", {}).values():
        held = drawn.get_object()
        if held["/Subtype"] == "/Image":
            if held["/ColorSpace"] == "/DeviceRGB":
                yield "/Image"
        else:
            yield from _find_rgb(held, held["/Resources"], ContentStream(held, None))


def test_a_press_page_has_its_boxes(printed: Sample) -> None:
    """Trim is A4, bleed goes three millimetres beyond and the film ten, on every page of every list's file."""
    assert len(press_files(printed)) == 3
    for path in press_files(printed):
        pages = PdfReader(path).pages
        assert len(pages) % 4 == 0
        for page in pages:
            left, bottom, right, top = (float(edge) for edge in page.trimbox)
            assert (right - left, top - bottom) == pytest.approx((210 * MM, 297 * MM), abs=0.01)
            for box, around in ((page.bleedbox, 3 * MM), (page.mediabox, 10 * MM)):
                expected = (left - around, bottom - around, right + around, top + around)
                assert [float(edge) for edge in box] == pytest.approx(expected, abs=0.01)


@pytest.mark.long
def test_everything_is_in_ink(printed: Sample) -> None:
    """No operator, image, gradient or group of a press file or a sheet is in RGB without a profile."""
    for path in (press_files(printed)[0], *(printed.root / "print").rglob("*-a5.pdf"), proof(printed)):
        assert [found for page in PdfReader(path).pages for found in find_rgb(page)] == []


def proof(sample: Sample) -> Path:
    return sample.root / "print" / "fold-proof.pdf"


def images_of(path: Path) -> list[str]:
    """Name the colour spaces of the images of a press file."""
    forms = (page["/Resources"]["/XObject"]["/Page"] for page in PdfReader(path).pages)  # type: ignore[index]
    held = {
        reference.indirect_reference.idnum: reference.get_object()["/ColorSpace"]
        for form in forms
        for reference in form["/Resources"].get("/XObject", {}).values()
        if reference.get_object()["/Subtype"] == "/Image"
    }
    return sorted(str(space) if isinstance(space, str) else str(space[0]) for space in held.values())


def test_images_keep_a_profile_or_become_grey(printed: Sample) -> None:
    """A coloured image says what its RGB means; one whose channels are equal is grey."""
    assert images_of(press_files(printed)[0]) == ["/DeviceGray", "/ICCBased"]


def test_the_band_runs_into_the_bleed(printed: Sample) -> None:
    """On a page of a proposal, colour fills the bleed above the trim from side to side, and nothing passes it."""
    path = press_files(printed)[0]
    count = len(PdfReader(path).pages)
    number = next(page for page in range(1, count) if "remède" in page_text(path, page))
    for page in (number, number + 1):
        width, pixel = render(path, page)
        row = 8 * MM  # from the top of the film: ten to the trim, seven to the bleed
        for x in (7.6 * MM, width / 2, width - 7.6 * MM):
            assert pixel(x, row) != (255, 255, 255)
        for x in (6.3 * MM, width - 6.3 * MM):
            assert pixel(x, row) == (255, 255, 255)
        assert pixel(width / 2, 6.3 * MM) == (255, 255, 255)


def render(path: Path, page: int):  # type: ignore[no-untyped-def]
    """Draw a page at four pixels a point; give its width in points and its pixels by points from the top left."""
    command = ["pdftoppm", "-r", "288", "-f", str(page), "-l", str(page), str(path)]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    head = re.match(rb"P6\n(\d+) (\d+)\n255\n", data)
    assert head is not None
    columns = int(head[1])

    def pixel(x: float, y: float) -> tuple[int, ...]:
        start = head.end() + 3 * (round(4 * y) * columns + round(4 * x))
        return tuple(data[start : start + 3])

    return columns / 4, pixel


@pytest.mark.long
def test_the_press_edition_holds_the_words_of_the_screen(printed: Sample) -> None:
    """Every page but the letter and the last ones prints the words of the same page on the screen."""
    screen = sorted(printed.dist / booklet["path"] for booklet in printed.manifest["booklets"])
    for path, shown in zip(press_files(printed), screen, strict=True):
        pages = len(PdfReader(shown).pages)
        for page in (1, *range(3, pages + 1)):
            assert page_text(path, page) == page_text(shown, page)
        assert sum(page_text(path, page) == [] for page in range(pages + 1, len(PdfReader(path).pages))) <= 3


def test_the_letter_gives_the_digest_of_the_file(printed: Sample) -> None:
    """The letter on paper prints the digest of the body that is sent, so that paper and file can be compared."""
    digest = printed.manifest["body"]["sha256"]
    for path in press_files(printed):
        assert digest in page_text(path, 2)


def test_the_last_page_names_the_printer(printed: Sample) -> None:
    """The printer's name and address stand on the back cover."""
    for path in press_files(printed):
        words = page_text(path, len(PdfReader(path).pages))
        assert {"Imprimerie", "d’essai,", "13002"} <= set(words)


def test_the_margin_at_the_spine_is_the_wider_one(printed: Sample) -> None:
    """Text stands 22 mm from the spine and 14 mm from the outer edge, on both sides."""
    path = press_files(printed)[0]
    for page, expected in ((3, 22), (4, 14)):
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", str(path), "-"]
        out = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
        leftmost = min(float(x) for x in re.findall(r'<word xMin="([\d.]+)"', out))
        assert leftmost / MM - 10 == pytest.approx(expected, abs=0.6)


def test_folded_sheets_hold_the_pages_of_the_press_file(printed: Sample) -> None:
    """Half by half, the folded sheets print the words of the press file, page after page."""
    path = press_files(printed)[0]
    imposed = path.with_name(path.name.replace("-press", "-a5"))
    sheets = len(PdfReader(imposed).pages) // 2
    order = [(2 * sheet + side, side == 1) for sheet in range(sheets) for side in (1, 2)]
    # then on, from the innermost sheet outwards: the right half of the back, the left half of the front
    order += [(2 * sheet + side, side == 2) for sheet in reversed(range(sheets)) for side in (2, 1)]
    assert len(order) == len(PdfReader(path).pages)
    for page, (side, is_right) in enumerate(order, 1):
        assert half_text(imposed, side, is_right=is_right) == page_text(path, page), page


def test_creep_moves_inner_sheets_towards_the_spine(printed: Sample) -> None:
    """In the written file, pages stand nearer to the spine by one thickness of paper for each sheet outside."""
    path = next((printed.root / "print").rglob("*-a5.pdf"))
    fronts = read_faces(path.read_bytes())[::2]
    moved = [fronts[0].right.x - face.right.x for face in fronts]
    assert moved == pytest.approx([depth * 0.108 * MM for depth in range(len(fronts))], abs=0.001)
    assert [face.left.x - fronts[0].left.x for face in fronts] == pytest.approx(moved, abs=0.001)


def test_the_fold_proof_bears_the_numbers(printed: Sample) -> None:
    """The proof has the sheets of the booklets, and on each half the number of its page."""
    sides = len(PdfReader(next((printed.root / "print").rglob("*-a5.pdf"))).pages)
    assert len(PdfReader(proof(printed)).pages) == sides
    assert "1" in half_text(proof(printed), 1, is_right=True)
    assert str(2 * sides) in half_text(proof(printed), 1, is_right=False)


def test_the_order_lists_every_file(printed: Sample) -> None:
    """Each row names two files that are there, and gives the pages and sheets that they have."""
    folder = printed.root / "print"
    rows = list(csv.DictReader((folder / "order.csv").read_text("utf-8").splitlines()))
    assert [row["id"] for row in rows] == ["une", "deux", "trois"]
    for row in rows:
        assert len(PdfReader(folder / row["press_file"]).pages) == int(row["pages"])
        assert len(PdfReader(folder / row["imposed_file"]).pages) == 2 * int(row["sheets"])
        assert int(row["total_sheets"]) == 5 * int(row["sheets"])


@pytest.mark.long
def test_the_same_bytes_every_time(printed: Sample, tmp_path: Path) -> None:
    """Another folder, time zone and number of workers, without a store, give the same bytes."""
    other = copy_of(printed, tmp_path)
    environment = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LANG": "fr_FR.UTF-8"}
    ran = other.run("print", "--copies", "5", "--no-store", "--jobs", "1", environment=environment)
    assert ran.status == 0, ran.err
    assert digests(other.root / "print") == digests(printed.root / "print")


def copy_of(sample: Sample, folder: Path) -> Sample:
    """Copy the proposals and the store of a workspace."""
    root = folder / "copy"
    for name in ("proposals", ".booklet-store"):
        subprocess.run(["cp", "-R", "-p", "--parents", name, str(folder)], cwd=sample.root, check=True)
    root.mkdir()
    for name in ("proposals", ".booklet-store"):
        (folder / name).rename(root / name)
    return Sample(root)


def test_what_is_coarse_is_told_with_its_page(printed: Sample, tmp_path: Path) -> None:
    """R109 names the figure of fewer than 300 pixels an inch and its page, and not the fine one."""
    ran = copy_of(printed, tmp_path).run("--lang", "en", "print", "--copies", "5", "une")
    found = [line for line in ran.err.splitlines() if "R109" in line]
    assert ran.status == 0
    assert len(found) == 1
    assert re.search(r"armoires\.yaml:\d+:.*image of 139 pixels an inch on page \d+, expected 300", found[0])


@pytest.mark.long
def test_fault_of_the_front_is_told_by_print(unbuilt: Sample) -> None:
    """A fault in the template of the cover is R101 at its line, and nothing is printed."""
    templates = Path(shutil.copytree(ROOT / "templates", unbuilt.root / "templates"))
    front = templates / "front.html"
    front.write_text(
        front.read_text("utf-8").replace("{% block body %}", "{% block body %}{{ nothing_such }}")
    )
    unbuilt.edit("edition.yaml", "{name: Association d'essai}", "{name: Association, printer: Imprimerie}")
    ran = unbuilt.run("print", "--copies", "2", "--lang", "en")
    assert ran.status == 1, ran.err
    assert "front.html" in ran.err and "R101" in ran.err and "Traceback" not in ran.err
    assert not (unbuilt.root / "print").exists()


def test_strict_prints_nothing_that_is_warned_of(printed: Sample, tmp_path: Path) -> None:
    """With `--strict`, what only layout warns of stands in the way, and `print/` is not written."""
    copy = copy_of(printed, tmp_path)
    ran = copy.run("--lang", "en", "print", "--strict", "--copies", "5", "une")
    assert ran.status == 1
    assert "R109" in ran.err
    assert not (copy.root / "print").exists()


def test_nothing_is_printed_without_a_printer(unbuilt: Sample) -> None:
    """Without a printer, N106 stops `print` before anything is laid out; `check` does not ask."""
    ran = unbuilt.run("print")
    assert (ran.status, "N106" in ran.err) == (1, True)
    assert not (unbuilt.root / "print").exists()
    assert "N106" not in unbuilt.run("check").out


def test_a_foreign_file_is_never_replaced(printed: Sample, tmp_path: Path) -> None:
    """A folder `print/` that holds anything else is refused and kept."""
    other = copy_of(printed, tmp_path)
    (other.root / "print").mkdir()
    (other.root / "print" / "notes.txt").write_text("à garder", "utf-8")
    ran = other.run("print")
    assert ran.status == 3
    assert "notes.txt" in ran.err
    assert digests(other.root / "print").keys() == {"notes.txt"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("quatre",), "no list `quatre`"),
        (("--section", "6"), "`6` is not a multiple of 4"),
        (("--paper", "0"), "`0` is not a number above 0"),
        (("--copies", "0"), "`0` is not a number from 1 on"),
    ],
)
def test_wrong_usage_is_told(printed: Sample, arguments: tuple[str, ...], words: str) -> None:
    """A list that is not served, or a number that is none, is wrong usage."""
    ran = printed.run("--lang", "en", "print", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_a_blank_page_bears_only_marks() -> None:
    """Blank pages show nothing but their crop marks, eight lines in the colour of all plates."""
    document = draw(b"")
    make_press_pages(document, srgb_profile(), 1)
    add_blank_pages(document, 1)
    (_, blank) = PdfReader(io.BytesIO(join([document], DESCRIPTION))).pages
    content = blank.get_contents()
    assert content is not None
    assert content.get_data().count(b" l S") == 8
    assert blank["/Resources"]["/ColorSpace"]["/All"][1] == "/All"  # type: ignore[index]
    assert blank["/Resources"]["/XObject"]["/Page"].get_data() == b""  # type: ignore[index]
