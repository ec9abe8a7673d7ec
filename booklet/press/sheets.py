"""Pages of the press → one press file; a press file and a plan → the sheets to print on both sides and fold."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name, Pdf

from booklet.press.page_boxes import MM, TRIM_HEIGHT, TRIM_WIDTH, press_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from booklet.pdf.metadata import Description
    from booklet.press.paper import Sheet
    from booklet.press.signatures import Plan, Side

#: length of the ticks across the fold, at head and foot, on the outer side of a section
FOLD_MARK = 4 * MM
#: collating marks: one bar on the back of each section, a step lower from one to the next
COLLATING_WIDTH, COLLATING_HEIGHT, COLLATING_STEPS = 3 * MM, 6 * MM, 16
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def join(parts: Sequence[Pdf], description: Description) -> bytes:
    """Concatenate documents of press pages; a font that several of them embed is written once."""
    with Pdf.new() as joined:
        for part in parts:
            joined.pages.extend(part.pages)
        _share_fonts(joined)
        joined.Root["/Lang"] = pikepdf.String(description.language)
        return _save(joined, description)


def impose(press_file: bytes, plan: Plan, sheet: Sheet, description: Description) -> bytes:
    """Draw every page of a press file on its half of a sheet, fronts and backs in turn."""
    with Pdf.open(io.BytesIO(press_file)) as document:
        forms = [press_form(page) for page in document.pages]
        assert len(forms) == plan.pages
        del document.pages[:]
        size = (sheet.width_mm * MM, sheet.height_mm * MM)
        for side in plan.sides:
            page = document.add_blank_page(page_size=size)
            page.obj["/TrimBox"] = page.obj["/MediaBox"]
            page.obj["/Resources"] = Dictionary(
                XObject=Dictionary({"/Left": forms[side.left - 1], "/Right": forms[side.right - 1]})
            )
            page.obj["/Contents"] = document.make_stream(_draw(side, plan, *size))
        # defaults of a viewer's print dialogue (ISO 32000-1 §12.2)
        document.Root["/ViewerPreferences"] = Dictionary(
            Duplex=Name.DuplexFlipShortEdge, PrintScaling=Name("/None")
        )
        return _save(document, description)


def _draw(side: Side, plan: Plan, width: float, height: float) -> bytes:
    """Draw two pages, each clipped to its half and moved by the creep towards the spine in the middle."""
    spine = width / 2
    scale = min(spine / TRIM_WIDTH, height / TRIM_HEIGHT)
    creep = float(side.creep_um) / 1000 * MM
    bottom = (height - scale * TRIM_HEIGHT) / 2
    halves = (("Left", 0.0, spine - scale * TRIM_WIDTH + creep), ("Right", spine, spine - creep))
    drawn = [
        f"q {clip:.4f} 0 {spine:.4f} {height:.4f} re W n "
        f"{scale:.6f} 0 0 {scale:.6f} {x:.4f} {bottom:.4f} cm /{name} Do Q"
        for name, clip, x in halves
    ]
    if side.is_outer:
        drawn.append(
            f"q 0 0 0 1 K 0.25 w {spine:.4f} 0 m {spine:.4f} {FOLD_MARK:.4f} l S "
            f"{spine:.4f} {height - FOLD_MARK:.4f} m {spine:.4f} {height:.4f} l S Q"
        )
        if not plan.is_stapled:
            step = (height - 4 * FOLD_MARK) / COLLATING_STEPS
            y = height - 2 * FOLD_MARK - (side.section % COLLATING_STEPS) * step - COLLATING_HEIGHT
            x = spine - COLLATING_WIDTH / 2
            drawn.append(f"q 0 0 0 1 k {x:.4f} {y:.4f} {COLLATING_WIDTH:.4f} {COLLATING_HEIGHT:.4f} re f Q")
    return "\n".join(drawn).encode()


def _share_fonts(document: Pdf) -> None:
    """Merge equal font files: every part embeds the same fonts whole."""
    first_by_digest: dict[bytes, pikepdf.Object] = {}
    for descriptor in document.objects:
        if not isinstance(descriptor, Dictionary):
            continue
        for key in _FONT_FILES:
            if key in descriptor:
                digest = hashlib.sha256(descriptor[key].read_raw_bytes()).digest()
                descriptor[key] = first_by_digest.setdefault(digest, descriptor[key])


def _save(document: Pdf, description: Description) -> bytes:
    day = f"D:{description.date.replace('-', '')}000000Z"
    information = {
        "/Title": description.title,
        "/Author": description.author,
        "/Producer": description.producer,
        "/CreationDate": day,
        "/ModDate": day,
    }
    document.trailer["/Info"] = document.make_indirect(
        Dictionary({key: pikepdf.String(value) for key, value in information.items()})
    )
    # required by presses; PDF/X, which requires more, is not claimed (docs/architecture.md, "The print edition")
    document.trailer["/Info"]["/Trapped"] = Name("/False")
    buffer = io.BytesIO()
    document.save(
        buffer,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return buffer.getvalue()
