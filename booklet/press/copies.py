"""One list's cover and letter, and the pages of all lists → its press file and imposed sheets, in a worker process."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pikepdf import Pdf

from booklet.cache.store import PAGE, Store
from booklet.chapters.page import Rendered, render
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import srgb_profile
from booklet.pdf.front_matter import fits
from booklet.pipeline.release import write_file
from booklet.pipeline.tasks import FrontResult, FrontTask
from booklet.press.folding import check_reading_order
from booklet.press.page_boxes import make_press_pages
from booklet.press.sheets import impose, join

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.layout.styles import Styles
    from booklet.pdf.metadata import Description
    from booklet.pipeline.manifest import ReleasedFile
    from booklet.press.paper import Sheet
    from booklet.press.signatures import Plan


@dataclass(frozen=True, slots=True)
class PressTask:
    """What the files of all lists share."""

    styles: Styles
    machine: str
    store: Store
    #: file of the pages after the letter, in ink; its name is the digest of its content
    inner: Path
    folder: Path
    plan: Plan
    sheet: Sheet
    description: Description


@dataclass(frozen=True, slots=True)
class PressResult:
    """The layout of one list's cover and letter, and its two files, written only if the pages fit."""

    front: FrontResult
    press_file: ReleasedFile | None = None
    imposed_file: ReleasedFile | None = None


def make_copies(fronts: tuple[FrontTask, ...], task: PressTask) -> tuple[PressResult, ...]:
    """Write the files of some lists."""
    return tuple(_make_copy(front, task) for front in fronts)


def _make_copy(front: FrontTask, task: PressTask) -> PressResult:
    name = front.page.fingerprint(task.machine)
    cached = task.store.get(PAGE, name)
    rendered = Rendered.unpack(cached) if cached else render(front.page, task.styles)
    if cached is None:
        task.store.put(PAGE, name, rendered.pack())
    result = FrontResult(
        front.page.id,
        front.path,
        rendered.pages,
        rendered.missing_characters,
        rendered.complaints,
        rendered.layout,
        was_rendered=cached is None,
    )
    if not fits(rendered):
        return PressResult(result)
    description = replace(task.description, title=front.title)
    with Pdf.open(io.BytesIO(rendered.pdf)) as own:
        make_press_pages(own, srgb_profile(), first_page=1)
        press_file = join((own, _open(task.inner)), description)
    imposed = impose(press_file, task.plan, task.sheet, description)
    check_reading_order(imposed, press_file, task.plan.sheets_by_section)
    return PressResult(
        result,
        write_file(task.folder, press_path(front.path), press_file),
        write_file(task.folder, imposed_path(front.path, task.sheet), imposed),
    )


def press_path(path: str) -> str:
    """The path of the press file of the list whose booklet has this path."""
    return f"{path.removesuffix('.pdf')}-press.pdf"


def imposed_path(path: str, sheet: Sheet) -> str:
    """The path of the imposed sheets of the same list, with their size once folded."""
    return f"{path.removesuffix('.pdf')}-{sheet.folded}.pdf"


@cache
def _open(path: Path) -> Pdf:
    """Open the shared pages once per worker."""
    return Pdf.open(io.BytesIO(path.read_bytes()))
