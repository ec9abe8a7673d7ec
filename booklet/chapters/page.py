"""Filled template → laid-out document, serialised for the store.

A page's fingerprint is the digest of its HTML, its images, the stylesheets, the fonts and the versions of the
libraries: everything that layout reads, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import asdict, dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING
from urllib.parse import quote

from booklet.cache.digests import fingerprint
from booklet.cache.store import adapter, inputs_changed
from booklet.layout.overflow_report import UNMEASURED, Layout
from booklet.layout.tags import slim
from booklet.layout.weasyprint import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from booklet.layout.styles import Styles

#: how the templates and `booklet.text.markdown` write a link to another part; a quote in a text is escaped
_PRIVATE_LINK = re.compile(r' href="proposal:[^"<>]*"')
#: in a template, before a section that begins a page: it is laid out as a document of its own
_DOCUMENT = re.compile(r"<!-- document ([a-z]+(?:-[0-9]+)?) -->")
_BODY = re.compile(r"(?P<head>.*?<body[^<>]*>)(?P<body>.*)(?P<foot></body>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A laid-out document, and what layout could not do."""

    #: of a part of the body and of front matter, what the linker takes (`booklet.pdf.relocatable`)
    pdf: bytes
    pages: int
    missing_characters: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    layout: Layout = UNMEASURED
    #: images that the renderer complains of
    spoilt_images: tuple[str, ...] = ()
    #: index of the page of each anchor, from 0
    anchors: Mapping[str, int] = field(default_factory=dict)
    #: the destinations of other parts that each page links to
    citations: tuple[tuple[str, ...], ...] = ()

    def pack(self) -> bytes:
        """Serialise for the store: one line of JSON, then the PDF."""
        return json.dumps({**asdict(replace(self, pdf=b"")), "pdf": ""}).encode() + b"\n" + self.pdf

    @classmethod
    def unpack(cls, payload: bytes) -> Rendered:
        """Read what `pack` wrote, its `pdf` unchecked; raises `ValueError` for anything else."""
        head, _, pdf = payload.partition(b"\n")
        return replace(adapter(Rendered).validate_json(head), pdf=pdf)

    @classmethod
    def join(cls, documents: Sequence[Rendered]) -> Rendered:
        """What page numbers are made of, of documents that stand one after the other: lengths, anchors, citations."""
        firsts = accumulate((one.pages for one in documents), initial=0)
        return cls(
            b"",
            sum(one.pages for one in documents),
            anchors={
                name: first + index
                for first, one in zip(firsts, documents, strict=False)
                for name, index in one.anchors.items()
            },
            citations=tuple(page for one in documents for page in one.citations),
        )


def require_pdf(data: bytes) -> None:
    """Raise `ValueError` for data that does not begin and end as a PDF does."""
    if not data.startswith(b"%PDF") or not data.endswith(b"%%EOF\n"):
        raise ValueError("no PDF, or part of one")


@dataclass(frozen=True, slots=True)
class Page:
    """A filled template, of one page or several, and the images it shows: all that a worker needs to lay it out."""

    id: str
    html: str
    folder: Path | None = None
    #: images of `folder` that the page shows, and the digest of their bytes
    files: tuple[str, ...] = ()
    images: str = ""
    #: whether it is a fiche, the text of one contributor, whose layout is bounded in time and memory
    is_fiche: bool = False
    #: whether it is a part of the body, and no file of its own
    is_part: bool = False

    def without_links(self) -> Page:
        """Remove the links to other parts, for a page that becomes a file of its own."""
        return replace(self, html=_PRIVATE_LINK.sub("", self.html), is_part=False)

    def split(self) -> tuple[Page, ...]:
        """Split a chapter at the marks of its template, so that a change lays out the sections that show it."""
        parts = _BODY.fullmatch(self.html)
        if parts is None:
            return (self,)
        first, *others = _DOCUMENT.split(parts["body"])
        bodies = {self.id: first} | {
            f"{self.id}:{name}": body for name, body in zip(others[::2], others[1::2], strict=True)
        }
        return tuple(
            replace(self, id=id, html=f"{parts['head']}{body}{parts['foot']}") for id, body in bodies.items()
        )

    def fingerprint(self, machine: str) -> str:
        """Digest everything that layout depends on; `machine` is the digest of stylesheets, fonts and versions."""
        return fingerprint("page", self.is_part and self.id, self.html, self.images, machine)


def render(page: Page, styles: Styles) -> Rendered:
    """Lay out one filled page; runs in a worker process.

    Raises `BuildError` when an image has changed since the page was filled.
    """
    laid_out = typeset(page.html, styles, page.folder)
    if page.folder is not None and not _has_its_images(page, page.folder):
        raise inputs_changed()
    return Rendered(
        laid_out.pdf,
        laid_out.pages,
        laid_out.missing_characters,
        laid_out.complaints,
        laid_out.layout,
        tuple(_find_spoilt(page, styles)) if laid_out.complaints else (),
    )


def render_file(page: Page, styles: Styles) -> Rendered:
    """Lay out one filled page as a file of its own, with a pruned structure tree."""
    rendered = render(page, styles)
    return replace(rendered, pdf=slim(rendered.pdf))


def _find_spoilt(page: Page, styles: Styles) -> Iterator[str]:
    """Lay out each image of a page alone, to find those that the renderer complains of."""
    for file in page.files:
        image = f'<img src="{quote(file)}" alt="image">'
        alone = f'<html lang="fr"><head><title>image</title></head><body>{image}</body></html>'
        if typeset(alone, styles, page.folder).complaints:
            yield file


def _has_its_images(page: Page, folder: Path) -> bool:
    try:
        return digest_images(folder, page.files) == page.images
    except OSError:
        return False


def digest_images(folder: Path, files: Sequence[str]) -> str:
    """Digest the bytes of the images that a page shows."""
    return fingerprint([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files])
