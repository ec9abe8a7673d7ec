"""A list's front matter, and the pages of all lists → its press file and imposed sheets, in a worker process."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pikepdf import Pdf

from booklet.cache.store import PAGE, Store
from booklet.chapters.page import render_file
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import srgb_profile
from booklet.pdf.front_matter import fits
from booklet.pdf.part import unpack_page
from booklet.pipeline.release import write_file
from booklet.pipeline.tasks import FrontMatterResult, FrontMatterTask
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
    """The layout of one list's front matter, and its two files, written only if the pages fit."""

    front_matter: FrontMatterResult
    press_file: ReleasedFile | None = None
    imposed_file: ReleasedFile | None = None


def make_copies(tasks: tuple[FrontMatterTask, ...], shared: PressTask) -> tuple[PressResult, ...]:
    """Write the files of some lists."""
    return tuple(_make_copy(task, shared) for task in tasks)


def _make_copy(task: FrontMatterTask, shared: PressTask) -> PressResult:
    name = task.page.fingerprint(shared.machine)
    cached = shared.store.load(PAGE, name, unpack_page)
    rendered = cached or render_file(task.page, shared.styles)
    if cached is None:
        shared.store.put(PAGE, name, rendered.pack())
    result = FrontMatterResult(
        task.page.id,
        task.path,
        rendered.pages,
        rendered.missing_characters,
        rendered.complaints,
        rendered.layout,
        was_rendered=cached is None,
    )
    if not fits(rendered):
        return PressResult(result)
    description = replace(shared.description, title=task.title)
    with Pdf.open(io.BytesIO(rendered.pdf)) as first_pages:
        make_press_pages(first_pages, srgb_profile(), first_page=1)
        press_file = join((first_pages, _open(shared.inner)), description)
    imposed = impose(press_file, shared.plan, shared.sheet, description)
    check_reading_order(imposed, press_file, shared.plan.sheets_by_section)
    return PressResult(
        result,
        write_file(shared.folder, press_path(task.path), press_file),
        write_file(shared.folder, imposed_path(task.path, shared.sheet), imposed),
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
