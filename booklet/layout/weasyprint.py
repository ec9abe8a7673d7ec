"""HTML and stylesheets → tagged PDF: the only module that renders with WeasyPrint.

WeasyPrint is imported here, and its box classes in `overflow`, only when something is rendered: `check` never loads it.
Its fonts are those of `templates/fonts/` and no others: once the stylesheets are read, no page and no picture can add
one. It reads the files of `page_files` and nothing else; its log messages are returned as values.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from booklet.cache.links import resolve_links
from booklet.cache.store import inputs_changed
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import Message, quote_all, say
from booklet.installation import IS_CHECKOUT
from booklet.layout.fast import forget, quicken
from booklet.layout.fast.libraries import opened_by_soname
from booklet.layout.fonts import set_fonts
from booklet.layout.marked_text import mark_text_in_place
from booklet.layout.overflow import read_layout, read_layouts
from booklet.layout.page_files import HOME, PageFiles
from booklet.layout.pdf_numbers import has_large_numbers
from booklet.layout.styles import Styles, digest_styles
from booklet.pictures.refusal import PictureRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from weasyprint import CSS

    from booklet.layout.overflow_report import Layout

_MISSING_GLYPH = re.compile(r"\.notdef glyph rendered .*\(U\+(?P<code>[0-9A-F]{4,6})\)", re.DOTALL)
#: a filled page, whose texts by authors are escaped
_BODY = re.compile(r"(?P<head>.*?<body[^<>]*>)(?P<body>.*)(?P<foot></body>.*)", re.DOTALL)
_TITLE = re.compile(r"<title>[^<]*</title>")
#: element between documents, printed on no page
_SEPARATOR = "template"
_BETWEEN = f'<{_SEPARATOR} style="display: none"></{_SEPARATOR}>'
#: cffi's message for a native library that cannot be opened
_CANNOT_LOAD = re.compile(r"cannot load library '([^']+)'")


@dataclass(frozen=True, slots=True)
class Typeset:
    """A laid-out document, and WeasyPrint's complaints about it."""

    pdf: bytes
    pages: int
    #: characters that no font holds
    missing_characters: tuple[str, ...]
    #: WeasyPrint's other warnings: a fault of a template or of an image
    complaints: tuple[str, ...]
    #: lines by field, overflow
    layout: Layout


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents that were laid out and painted into one file, one after another."""

    pdf: bytes
    layouts: tuple[Layout, ...]


def prepare(styles: Styles) -> None:
    """Import WeasyPrint and parse the stylesheets ahead of the first document."""
    _renderer(styles)


def typeset(html: str, styles: Styles, folder: Path | None = None) -> Typeset:
    """Lay a document out; it may read files below `folder`, and those of the stylesheets, nothing else."""
    renderer = _renderer(styles)
    with _Log(renderer.font_config) as log:
        document, root = _lay_out(renderer, html, resolve_links(folder or styles.folders[0]), styles)
        pdf = _paint(document)
    return Typeset(
        pdf,
        len(document.pages),
        tuple(dict.fromkeys(log.missing)),
        tuple(dict.fromkeys(log.complaints)),
        read_layout(root, document.pages),
    )


def typeset_batch(htmls: Sequence[str], styles: Styles) -> Batch | None:
    """Lay out a batch of documents as one file: styles are resolved, and fonts written, once for all.

    Each begins a new page, by its stylesheet. None where their heads differ, where a page cannot be assigned to one of
    them, or where WeasyPrint warns of something, which could not be assigned either.
    """
    renderer = _renderer(styles)
    together = _join(htmls)
    if together is None:
        return None
    with _Log(renderer.font_config) as log:
        document, root = _lay_out(renderer, together, resolve_links(styles.folders[0]), styles)
        pdf = _paint(document)
    layouts = read_layouts(_split_documents(root.find("body")), document.pages)
    return None if log.missing or log.complaints or layouts is None else Batch(pdf, layouts)


def _join(htmls: Sequence[str]) -> str | None:
    """Concatenate the bodies of documents; None where their heads differ in more than the title."""
    parts = [_BODY.fullmatch(html) for html in htmls]
    frames = {part and (_TITLE.sub("", part["head"]), part["foot"]) for part in parts}
    first = parts[0]
    if len(frames) != 1 or first is None:
        return None
    bodies = (part["body"] for part in parts if part is not None)
    return "".join((first["head"], _BETWEEN.join(bodies), first["foot"]))


def _split_documents(body: Iterable[Element]) -> list[list[Element]]:
    """List the elements of each of the joined documents."""
    elements: list[list[Element]] = [[]]
    for element in body:
        if element.tag == _SEPARATOR:
            elements.append([])
        else:
            elements[-1].append(element)
    return elements


def _lay_out(renderer: _Renderer, html: str, home: Path, styles: Styles) -> tuple[Any, Any]:
    """Lay a document out; returns it with the root of its element tree."""
    source = renderer.weasyprint.HTML(
        string=html,
        base_url=f"file://{HOME}",
        url_fetcher=renderer.fetcher(PageFiles(home, tuple(map(resolve_links, styles.folders)))),
    )
    document = source.render(stylesheets=[renderer.stylesheet], font_config=renderer.font_config)
    return document, source.etree_element


def _paint(document: Any) -> bytes:
    pdf: bytes = document.write_pdf(
        pdf_variant="pdf/ua-1", full_fonts=True, pdf_identifier=b"booklet", finisher=_finish
    )
    return pdf


def _finish(_document: Any, pdf: Any) -> None:
    mark_text_in_place(pdf.objects)
    for one in pdf.objects:
        if "Interpolate" in getattr(one, "extra", ()):
            one.extra["Interpolate"] = "false"  # pictures of points, their masks: ISO 19005-3, 6.2.8
    if has_large_numbers(pdf.objects):
        logging.getLogger("weasyprint").error("a picture's scales make numbers that no PDF/A holds")


@cache
def versions() -> Mapping[str, str]:
    """List the versions of the libraries that decide a PDF's bytes, for the manifest and for every fingerprint."""
    from importlib.metadata import version

    names = "weasyprint pydyf fonttools tinycss2 tinyhtml5 cssselect2 pyphen pillow pikepdf"
    profile = {"srgb-profile": hashlib.sha256(srgb_profile()).hexdigest()}
    return {name: version(name) for name in names.split()} | _native_versions() | profile


@cache
def srgb_profile() -> bytes:
    """Read the sRGB profile that WeasyPrint carries (by the ICC, free to embed), without loading WeasyPrint."""
    found = find_spec("weasyprint")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'weasyprint'", name="weasyprint")
    return Path(found.submodule_search_locations[0], "pdf", "sRGB2014.icc").read_bytes()


@cache
def _native_versions() -> dict[str, str]:
    """Read the versions of Pango and HarfBuzz, without loading WeasyPrint."""
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
class _Renderer:
    """WeasyPrint with the fonts of one process, and its stylesheets parsed as one."""

    weasyprint: Any
    #: an instance of `weasyprint.text.fonts.FontConfiguration`
    font_config: Any
    stylesheet: CSS
    #: subclass of `weasyprint.urls.URLFetcher`, made for the folders that may be read
    fetcher: Any


@cache
def _renderer(styles: Styles) -> _Renderer:
    """Import WeasyPrint and parse the stylesheets, once per process."""
    missing = [path.name for path in (*styles.stylesheets, styles.font_settings) if not path.is_file()]
    if missing:
        raise BuildError(
            say(
                "`templates/` lacks {names}: take them from the toolkit's own folder",
                names=quote_all(missing),
            )
        )
    set_fonts(str(resolve_links(styles.font_settings)))
    weasyprint = _import_weasyprint()
    quicken()
    font_config, fetcher = _make_font_configuration(), _make_fetcher_class()
    roots = tuple(map(resolve_links, styles.folders))
    options = {"font_config": font_config, "url_fetcher": fetcher(PageFiles(roots[0], roots))}
    sheet = parse_stylesheets(weasyprint, styles.stylesheets, options)
    if styles.digest and styles.digest != digest_styles(styles):
        raise inputs_changed()
    font_config.is_complete = True
    return _Renderer(weasyprint, font_config, sheet, fetcher)


def parse_stylesheets(weasyprint: Any, paths: Iterable[Path], options: dict[str, Any]) -> CSS:
    """Parse stylesheets as one, which each element is matched with once; raises `BuildError` for a fault."""
    for path in paths:
        with _Log(options["font_config"]) as log:
            sheet = weasyprint.CSS(filename=path, **options)
        if log.complaints:
            raise BuildError(say("stylesheet `{name}`: {message}", name=path.name, message=log.complaints[0]))
        options = options | {name: getattr(sheet, name) for name in ("matcher", "page_rules", "layers")}
    return sheet


def _import_weasyprint() -> Any:
    """Import WeasyPrint; raises `BuildError` where it or a native library that it loads is missing."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), opened_by_soname():  # no banner
            import weasyprint
    except (ImportError, OSError) as error:
        library = _CANNOT_LOAD.match(str(error))
        raise BuildError(advise(library[1] if library else str(error))) from error
    return weasyprint


def advise(missing: str, *, is_checkout: bool = IS_CHECKOUT) -> Message:
    """Say what to install where a native library is missing."""
    if find_spec("fcntl") is None:  # Windows
        return say(
            "a library that makes PDFs is missing ({error}): install Pango in MSYS2 "
            "(`pacman -S mingw-w64-ucrt-x86_64-pango`), or work in WSL",
            error=missing,
        )
    if not is_checkout:
        return say(
            "a library that makes PDFs is missing ({error}): install Pango (Debian: "
            "`apt install libpangoft2-1.0-0 libharfbuzz-subset0`, macOS: `brew install pango`)",
            error=missing,
        )
    return say(
        "a library that makes PDFs is missing ({error}): run `sh run.sh build`, which installs it",
        error=missing,
    )


def _make_font_configuration() -> Any:
    """Make the fonts of this process, which all its pages share, so that none may change them for another."""
    from weasyprint.text.fonts import FontConfiguration

    class Fonts(FontConfiguration):  # type: ignore[misc]
        """The fonts of the stylesheets, and no other once these are read."""

        is_complete = False

        def add_font_face(self, rule_descriptors: Any, url_fetcher: Any) -> None:
            if self.is_complete:
                raise ValueError("fonts come from the stylesheets only")
            super().add_font_face(rule_descriptors, url_fetcher)

    return Fonts()


def _make_fetcher_class() -> Any:
    """Define the loader of files that pages name, which needs WeasyPrint to be imported."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Read the files of a page; no network."""

        def __init__(self, files: PageFiles) -> None:
            super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False)
            self.files = files

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002 (as WeasyPrint calls it)
            try:
                data, media_type = self.files.read(url)
            except PictureRefused as refused:
                raise ValueError(str(refused)) from refused
            return URLFetcherResponse(url, data, {"Content-Type": media_type} if media_type else None)

    return Fetcher


class _Log(logging.Handler):
    """Collect WeasyPrint's warnings while a document is laid out, instead of printing them."""

    def __init__(self, fonts: Any) -> None:
        super().__init__(logging.WARNING)
        self._fonts = fonts
        self.missing: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> _Log:
        logger = logging.getLogger("weasyprint")
        self._before = logger.handlers, logger.propagate
        logger.handlers, logger.propagate = [self], False
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error or self.complaints:
            forget(self._fonts)
        logger = logging.getLogger("weasyprint")
        logger.handlers, logger.propagate = self._before

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if match := _MISSING_GLYPH.match(message):
            self.missing.append(chr(int(match["code"], 16)))
        else:
            self.complaints.append(message)
