"""HTML and stylesheets → tagged PDF: the only door to WeasyPrint.

WeasyPrint is imported here, and its boxes in `boxes`, only when something is rendered: `check` never loads it. Its
fonts are those of `templates/fonts/` and no others; its files come from the folders it is given and nowhere else; what
it only writes to its log becomes a value, so that nothing it complains about is lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from booklet.cache.digests import digest_files
from booklet.cache.store import inputs_changed
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import quote_all, say
from booklet.layout.overflow import read_layout, read_layouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    from booklet.layout.overflow_report import Layout

#: the stylesheets of every page, in the order in which they apply; paths inside `templates/`
STYLESHEETS = (
    "css/theme.css",
    "css/text.css",
    "css/page.css",
    "css/tables.css",
    "css/fiche.css",
    "css/front.css",
    "css/opening.css",
    "css/closing.css",
    "css/charts.css",
    "css/portfolio.css",
)
#: what Fontconfig reads
_FONTS = frozenset({".ttf", ".otf", ".conf"})
#: what the print edition adds
PRESS_STYLESHEET = "css/press.css"
_MISSING_GLYPH = re.compile(r"\.notdef glyph rendered .*\(U\+(?P<code>[0-9A-F]{4,6})\)", re.DOTALL)
#: where a page's own folder is, for WeasyPrint, which names images after their address: on every machine the same
_HOME = "/.page-of-a-booklet/"
#: a filled page, in which whatever authors wrote is escaped
_BODY = re.compile(r"(?P<head>.*?<body[^<>]*>)(?P<body>.*)(?P<foot></body>.*)", re.DOTALL)
_TITLE = re.compile(r"<title>[^<]*</title>")
#: stands between documents, and on no page
_SEPARATOR = "template"
_BETWEEN = f'<{_SEPARATOR} style="display: none"></{_SEPARATOR}>'
#: how cffi tells that a native library cannot be opened
_CANNOT_LOAD = re.compile(r"cannot load library '([^']+)'")
#: what an SVG may hold of other images, as `checks.images` does
_IMAGE_DATA = re.compile(r"data:image/(?:png|jpeg);base64,", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typeset:
    """Hold a laid-out document, and what could not be laid out."""

    pdf: bytes
    pages: int
    #: characters that no font holds
    missing_characters: tuple[str, ...]
    #: everything else that WeasyPrint complained about: a fault of a template or of an image
    complaints: tuple[str, ...]
    #: how the pages are filled, and what does not fit them
    layout: Layout


@dataclass(frozen=True, slots=True)
class Styles:
    """Name what every document of a booklet is laid out with."""

    templates: Path
    #: whether pages are laid out for the press
    is_press: bool = False
    #: digest of its files when a build began: what is laid out with others is refused; none where nobody keeps it
    digest: str = ""

    @property
    def stylesheets(self) -> tuple[Path, ...]:
        """List the stylesheets in the order in which they apply."""
        names = (*STYLESHEETS, PRESS_STYLESHEET) if self.is_press else STYLESHEETS
        return tuple(self.templates / name for name in names)

    @property
    def files(self) -> tuple[Path, ...]:
        """List every file that decides how a filled page looks: stylesheets and their pictures, fonts and settings."""
        beside = (path for path in self.folders[0].rglob("*") if path.is_file())
        fonts = (path for path in self.folders[1].iterdir() if path.suffix in _FONTS)
        others = set() if self.is_press else {self.templates / PRESS_STYLESHEET}
        visible = {path for path in (*beside, *fonts) if not path.name.startswith(".")}
        return tuple(sorted(visible.union(self.stylesheets) - others))

    @property
    def folders(self) -> tuple[Path, Path]:
        """Name the folders whose files a page may show, besides those of its own."""
        return self.templates / "css", self.templates / "fonts"

    @property
    def font_settings(self) -> Path:
        """Name the private Fontconfig configuration."""
        return self.templates / "fonts" / "fonts.conf"


@dataclass(frozen=True, slots=True)
class Series:
    """Hold documents that were laid out and painted into one file, one after another."""

    pdf: bytes
    layouts: tuple[Layout, ...]


def named_files(styles: Styles) -> Iterator[tuple[str, Path]]:
    """Go through the files that pages are laid out with, each with its path inside the templates."""
    return ((path.relative_to(styles.templates).as_posix(), path) for path in styles.files)


def digest_styles(styles: Styles) -> str:
    """Digest the files that pages are laid out with."""
    return digest_files(named_files(styles))


def prepare(styles: Styles) -> None:
    """Do what the first document would wait for: import WeasyPrint, parse the stylesheets."""
    _press(styles)


def typeset(html: str, styles: Styles, folder: Path | None = None) -> Typeset:
    """Lay a document out; it may read files below `folder`, and those of the stylesheets, nothing else."""
    press = _press(styles)
    with _Log() as log:
        document, root = _lay_out(press, html, (folder or styles.folders[0]).resolve(), styles)
        pdf = _paint(document)
    return Typeset(
        pdf,
        len(document.pages),
        tuple(dict.fromkeys(log.missing)),
        tuple(dict.fromkeys(log.complaints)),
        read_layout(root, document.pages),
    )


def typeset_series(htmls: Sequence[str], styles: Styles) -> Series | None:
    """Lay documents out and paint them as one file: styles are found, and fonts are written, once for all.

    Each begins a page of its own, as its stylesheet must ask for. None where they are not documents of one kind, where
    pages cannot be told apart, and where WeasyPrint complains of something, which cannot be laid at one's door.
    """
    press = _press(styles)
    together = _join(htmls)
    if together is None:
        return None
    with _Log() as log:
        document, root = _lay_out(press, together, styles.folders[0].resolve(), styles)
        pdf = _paint(document)
    layouts = read_layouts(_part(root.find("body")), document.pages)
    return None if log.missing or log.complaints or layouts is None else Series(pdf, layouts)


def _join(htmls: Sequence[str]) -> str | None:
    """Put the bodies of documents that have the same head, but for their title, one after another."""
    parts = [_BODY.fullmatch(html) for html in htmls]
    frames = {part and (_TITLE.sub("", part["head"]), part["foot"]) for part in parts}
    first = parts[0]
    if len(frames) != 1 or first is None:
        return None
    bodies = (part["body"] for part in parts if part is not None)
    return "".join((first["head"], _BETWEEN.join(bodies), first["foot"]))


def _part(body: Any) -> list[list[Any]]:
    """List what stands in the body of each of the documents that were put one after another."""
    elements: list[list[Any]] = [[]]
    for element in body:
        if element.tag == _SEPARATOR:
            elements.append([])
        else:
            elements[-1].append(element)
    return elements


def _lay_out(press: _Press, html: str, home: Path, styles: Styles) -> tuple[Any, Any]:
    """Lay a document out; gives it with the element that its boxes come from."""
    source = press.weasyprint.HTML(
        string=html,
        base_url=f"file://{_HOME}",
        url_fetcher=press.fetcher((home, *(folder.resolve() for folder in styles.folders))),
    )
    document = source.render(stylesheets=list(press.stylesheets), font_config=press.font_config)
    return document, source.etree_element


def _paint(document: Any) -> bytes:
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", full_fonts=True, pdf_identifier=b"booklet")
    return pdf


def versions() -> dict[str, str]:
    """Name the versions that decide a PDF's bytes, for the manifest and for every fingerprint."""
    from importlib.metadata import version

    libraries = (
        "weasyprint",
        "pydyf",
        "fonttools",
        "tinycss2",
        "tinyhtml5",
        "cssselect2",
        "pyphen",
        "pillow",
        "pikepdf",
    )
    profile = {"srgb-profile": hashlib.sha256(srgb_profile()).hexdigest()}
    return {name: version(name) for name in libraries} | _native_versions() | profile


@cache
def srgb_profile() -> bytes:
    """Read the sRGB profile that WeasyPrint carries (by the ICC, free to embed), without loading WeasyPrint."""
    found = find_spec("weasyprint")
    assert found is not None, "weasyprint is a dependency"
    assert found.submodule_search_locations, "weasyprint is a package"
    return Path(found.submodule_search_locations[0], "pdf", "sRGB2014.icc").read_bytes()


@cache
def _native_versions() -> dict[str, str]:
    """Ask Pango and HarfBuzz for their versions, without loading the rest of WeasyPrint."""
    import ctypes
    import ctypes.util

    found = {}
    for name, library, function in (
        ("pango", "pango-1.0", "pango_version_string"),
        ("harfbuzz", "harfbuzz", "hb_version_string"),
    ):
        # asking where a library is takes a compiler's time on Linux, where its name is enough
        linux = sys.platform == "linux"
        path = f"lib{library}.so.0" if linux else ctypes.util.find_library(library)
        try:
            ask = getattr(ctypes.CDLL(path), function)
        except (OSError, AttributeError):
            found[name] = "unknown"
            continue
        ask.restype = ctypes.c_char_p
        found[name] = ask().decode()
    return found


@dataclass(frozen=True)
class _Press:
    weasyprint: Any
    font_config: FontConfiguration
    stylesheets: tuple[CSS, ...]
    fetcher: Any


@cache
def _press(styles: Styles) -> _Press:
    """Import WeasyPrint and parse the stylesheets, once per process."""
    missing = [path.name for path in (*styles.stylesheets, styles.font_settings) if not path.is_file()]
    if missing:
        raise BuildError(
            say(
                "`templates/` lacks {names}: take them from the toolkit's own folder",
                names=quote_all(missing),
            )
        )
    settings = styles.font_settings.resolve()
    already = os.environ.setdefault("FONTCONFIG_FILE", str(settings))
    assert already == str(settings), "one process renders with one set of fonts"
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # WeasyPrint's own banner about a missing library
            import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (ImportError, OSError) as error:
        library = _CANNOT_LOAD.match(str(error))
        raise BuildError(
            say(
                "a library that makes PDFs is missing ({error}): run `sh run.sh build`, which installs it",
                error=library[1] if library else error,
            )
        ) from error

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Read files below the given folders, after resolving links, and images written in a text; no network."""

        def __init__(self, roots: Sequence[Path]) -> None:
            super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False)
            self.roots = tuple(roots)

        def fetch(self, url: str, headers: object = None) -> Any:
            if _IMAGE_DATA.match(url):
                return super().fetch(url)
            parts = urlsplit(url)
            asked = unquote(parts.path)
            path = (
                self.roots[0] / asked.removeprefix(_HOME) if asked.startswith(_HOME) else Path(asked)
            ).resolve()
            if (
                parts.scheme != "file"
                or parts.netloc
                or not any(path.is_relative_to(root) for root in self.roots)
            ):
                raise ValueError("only files of the proposal's own folder can be read")
            return URLFetcherResponse(url, path.read_bytes())

    font_config = FontConfiguration()
    roots = tuple(folder.resolve() for folder in styles.folders)
    with _Log() as log:
        sheets = tuple(
            weasyprint.CSS(filename=path, font_config=font_config, url_fetcher=Fetcher(roots))
            for path in styles.stylesheets
        )
    if styles.digest and styles.digest != digest_styles(styles):
        raise inputs_changed()
    assert not log.complaints, f"stylesheets: {log.complaints}"
    return _Press(weasyprint, font_config, sheets, Fetcher)


class _Log(logging.Handler):
    """Gather what WeasyPrint says while a document is laid out, instead of letting it go to the terminal."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> _Log:
        logger = logging.getLogger("weasyprint")
        self._before = logger.handlers, logger.propagate
        logger.handlers, logger.propagate = [self], False
        return self

    def __exit__(self, *_error: object) -> None:
        logger = logging.getLogger("weasyprint")
        logger.handlers, logger.propagate = self._before

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if match := _MISSING_GLYPH.match(message):
            self.missing.append(chr(int(match["code"], 16)))
        else:
            self.complaints.append(message)
