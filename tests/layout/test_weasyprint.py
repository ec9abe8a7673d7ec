"""The one door to WeasyPrint: which files it may read, and that nothing it says is lost."""

from __future__ import annotations

import base64
import http.server
import io
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from booklet.diagnostics.diagnostic import BuildError
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import Typeset, advise, parse_stylesheets, typeset, versions
from tests.samples.commands import ROOT
from tests.samples.hostile_pictures import disguised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STYLES = Styles(ROOT / "templates")
#: a red square of one pixel
RED = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


def lay_out(body: str, folder: Path | None = None) -> Typeset:
    page = f'<!DOCTYPE html><html lang="fr"><head><title>Essai</title></head><body>{body}</body></html>'
    return typeset(page, STYLES, folder)


def is_red(laid_out: Typeset) -> bool:
    """Check whether any pixel of the first page is of the red that no style of ours has."""
    picture = pypdfium2.PdfDocument(io.BytesIO(laid_out.pdf))[0].render(scale=1, rev_byteorder=True)
    data, step = bytes(picture.buffer), picture.n_channels
    return b"\xff\x00\x00" in {data[at : at + 3] for at in range(0, len(data), step)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A proposal's folder with an image in it, and the same image outside."""
    inside = tmp_path / "proposal"
    inside.mkdir()
    (inside / "red.png").write_bytes(RED)
    (tmp_path / "secret.png").write_bytes(RED)
    return inside


@pytest.fixture
def asked(folder: Path) -> Iterator[list[str]]:
    """Serve the image over HTTP on this machine; gives the paths that were asked for, after the server's address."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(RED)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        paths.append(f"http://127.0.0.1:{server.server_port}/")
        yield paths
        server.shutdown()


def test_image_of_the_folder_is_read(folder: Path) -> None:
    """A page shows the images of the folder it is given, and those that it holds itself."""
    data = f"data:image/png;base64,{base64.b64encode(RED).decode()}"
    (folder / "holds.svg").write_text(SVG.format(f'<image href="{data}" width="9" height="9"/>'))
    for name in ("red.png", "holds.svg"):
        laid_out = lay_out(f'<img src="{name}" alt="rouge" style="width: 5cm">', folder)
        assert laid_out.complaints == ()
        assert is_red(laid_out), name


def test_images_are_not_named_after_their_machine(folder: Path) -> None:
    """The same page with the same image is the same bytes, wherever its folder is."""
    other = folder.parent / "elsewhere" / "folder"
    shutil.copytree(folder, other)
    page = '<img src="red.png" alt="rouge">'
    assert lay_out(page, folder).pdf == lay_out(page, other).pdf


def test_image_is_drawn_as_what_it_was_checked_to_be(folder: Path) -> None:
    """An SVG under another name, which Pillow takes for a bitmap, is drawn as an SVG."""
    (folder / "red.png").write_bytes(disguised('<rect width="9" height="9" fill="#f00"/>'))
    laid_out = lay_out('<p><img src="red.png" width="90" height="90" alt="Un carré"></p>', folder)
    assert laid_out.complaints == () and is_red(laid_out) and b"/Subtype /Image" not in laid_out.pdf


@pytest.mark.parametrize(
    "address", ["../secret.png", "{outside}/secret.png", "file://{outside}/secret.png", "link.png"]
)
def test_file_outside_the_folder_is_refused(folder: Path, address: str) -> None:
    """A file outside is not read, whether it is named by a path, an address or a link; the refusal is told."""
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    laid_out = lay_out(f'<img src="{address.format(outside=folder.parent)}" alt="rouge">', folder)
    assert not is_red(laid_out)
    assert len(laid_out.complaints) == 1 and "own folder" in laid_out.complaints[0]


@pytest.mark.parametrize(
    "content",
    [
        '<image href="../secret.png" width="9" height="9"/>',
        '<image xlink:href="file://{outside}/secret.png" width="9" height="9"/>',
        '<use href="{outside}/other.svg#red"/>',
        '<style>@import url("file://{outside}/other.css");</style><rect class="red" width="9" height="9"/>',
        '<rect width="9" height="9" fill="url(file://{outside}/other.svg#paint)"/>',
        "<text>&secret;</text>",
    ],
    ids=["path", "address", "use", "import", "paint", "entity"],
)
def test_vector_image_reads_nothing_else(folder: Path, content: str) -> None:
    """An SVG of the folder cannot show, apply or quote a file outside it."""
    (folder.parent / "other.svg").write_text(
        SVG.format(
            '<rect id="red" width="9" height="9" fill="#f00"/>'
            '<linearGradient id="paint"><stop stop-color="#f00"/></linearGradient>'
        )
    )
    (folder.parent / "other.css").write_text(".red { fill: #f00 }")
    (folder.parent / "secret.txt").write_text("SECRET")
    doctype = (
        '<!DOCTYPE svg [<!ENTITY secret SYSTEM "file://{outside}/secret.txt">]>' if "&" in content else ""
    )
    text = (doctype + SVG.replace("{}", content)).replace("{outside}", str(folder.parent))
    (folder / "image.svg").write_text(text)
    laid_out = lay_out('<img src="image.svg" alt="rouge" style="width: 5cm">', folder)
    assert not is_red(laid_out)
    page = pypdfium2.PdfDocument(io.BytesIO(laid_out.pdf))[0]
    assert "SECRET" not in page.get_textpage().get_text_range()


def test_network_is_never_asked(folder: Path, asked: list[str]) -> None:
    """No image, style or vector image makes a request: the server hears nothing, and each attempt is told."""
    (folder / "asks.svg").write_text(SVG.format(f'<image href="{asked[0]}svg" width="9" height="9"/>'))
    body = f"""<img src="{asked[0]}image" alt="a"><img src="asks.svg" alt="b">
    <link rel="stylesheet" href="{asked[0]}sheet"><style>@import "{asked[0]}import";
    p {{ background: url({asked[0]}background) }}</style><p>texte</p>"""
    laid_out = lay_out(body, folder)
    assert asked[1:] == []
    assert len(laid_out.complaints) >= 4


def test_complaint_is_a_value(capfd: pytest.CaptureFixture[str]) -> None:
    """What WeasyPrint complains about is given once, and nothing goes to the terminal."""
    laid_out = lay_out("<style>p { colour: red } b { colour: red }</style><p>texte</p>")
    assert len(laid_out.complaints) == 2 and all("colour" in complaint for complaint in laid_out.complaints)
    assert lay_out("<p>texte</p>").complaints == ()
    assert capfd.readouterr() == ("", "")


def test_character_without_a_glyph_is_told() -> None:
    """A character that no font of ours holds is named; no font of the system takes its place."""
    laid_out = lay_out("<p>Un 🚌 et un ⸎, deux fois 🚌.</p>")
    assert sorted(laid_out.missing_characters) == ["⸎", "🚌"]
    assert laid_out.complaints == ()


def test_versions_name_the_native_libraries() -> None:
    """The versions that decide a PDF's bytes include Pango's and HarfBuzz's."""
    found = versions()
    assert {"weasyprint", "pydyf", "pango", "harfbuzz"} <= set(found)
    assert all(version[0].isdigit() for version in found.values()), found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has an advice of its own")
def test_installed_tool_does_not_name_the_script_of_a_checkout() -> None:
    """Only a checkout has `run.sh`: the tool from a wheel names the package to install."""
    assert "`sh run.sh build`" in str(advise("libpango", is_checkout=True))
    beside_a_wheel = str(advise("libpango", is_checkout=False))
    assert "run.sh" not in beside_a_wheel and "install Pango" in beside_a_wheel


def test_missing_font_settings_are_refused(tmp_path: Path) -> None:
    """Without our own font settings nothing is laid out: the machine's fonts would take their place."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates" / "fonts" / "fonts.conf").unlink()
    program = (
        "import sys; from pathlib import Path; from booklet.diagnostics.diagnostic import BuildError\n"
        "from booklet.layout.styles import Styles; from booklet.layout.weasyprint import typeset\n"
        "try: typeset('<p>a', Styles(Path(sys.argv[1])))\n"
        "except BuildError as error: print(error)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "templates")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "`templates/` lacks `fonts.conf`: take them from the toolkit's own folder\n"


def test_fault_of_a_stylesheet_is_told_with_its_place(tmp_path: Path) -> None:
    """What WeasyPrint does not know in a stylesheet of a workspace's own is one sentence, not a fault of ours."""
    lay_out("")
    import weasyprint

    fonts = weasyprint.text.fonts.FontConfiguration()
    sheet = tmp_path / "theme.css"
    sheet.write_text("p { color: red }\nh1 { colour: red }", "utf-8")
    with pytest.raises(BuildError, match=r"stylesheet `theme.css`: Ignored `colour: red ?` at 2:6"):
        parse_stylesheets(weasyprint, (*STYLES.stylesheets[:1], sheet), {"font_config": fonts})
