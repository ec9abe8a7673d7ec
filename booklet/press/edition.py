"""An analysed workspace and options → `print/`: for each list a press file and its sheets; a fold proof; the order.

The pages are those of the screen edition, from the same templates, laid out once more with `css/press.css`. The body is
laid out, linked and separated into inks once; each list's front matter goes before it. The last page names the
printer, and blank pages before it bring the number of pages to a multiple of four.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pikepdf import Pdf

from booklet import __version__
from booklet.cache.digests import digest_each, fingerprint
from booklet.cache.store import Store, inputs_changed
from booklet.chapters.front_matter import BodyDigest
from booklet.chapters.page import Page, Rendered
from booklet.checks.engine import apply_settings
from booklet.checks.printing import image_resolution, too_thick_to_staple
from booklet.checks.spans import span_of
from booklet.diagnostics.diagnostic import Diagnostic, has_errors, has_warnings
from booklet.diagnostics.message import Message, say
from booklet.layout.page import fill_page
from booklet.layout.styles import PRESS_STYLESHEET, Styles, named_files
from booklet.layout.weasyprint import srgb_profile, versions
from booklet.pdf.incremental_update import FRONT_MATTER_PAGES
from booklet.pictures.bitmap import is_bitmap
from booklet.pipeline.assembly import Assembly
from booklet.pipeline.build import begin_release_files, finish_release_files
from booklet.pipeline.inputs import (
    digest_inputs,
    fingerprint_inputs,
    fingerprint_machine,
    pin_inputs,
    pin_styles,
)
from booklet.pipeline.manifest import Booklet, Manifest, ReleasedFile
from booklet.pipeline.pool import work_through
from booklet.pipeline.queue import LayoutQueue
from booklet.pipeline.release import write_file, write_manifest
from booklet.pipeline.staging import check_ours, only_build, recovered, staging
from booklet.press.copies import PressResult, PressTask, imposed_path, make_copies, press_path
from booklet.press.folding import check_reading_order
from booklet.press.page_boxes import add_blank_pages, is_right_hand, make_press_pages
from booklet.press.paper import PAGES_PER_SHEET, SHEETS, Copy, Paper, SheetName
from booklet.press.print_order import OrderLine, write_order
from booklet.press.resolution import ENOUGH_DPI, find_printed_images
from booklet.press.sheets import impose, join
from booklet.press.signatures import MAX_STAPLED_PAGES, SECTION_PAGES, Plan, plan_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from booklet.diagnostics.positions import Source
    from booklet.pdf.attachments import Attachment
    from booklet.pdf.body import Body
    from booklet.pipeline.analysis import Analysis
    from booklet.pipeline.queue import Progress
    from booklet.pipeline.tasks import FrontMatterTask

ORDER, PROOF = "order.csv", "fold-proof.pdf"
#: pages that only the print edition has; no proposal can have such an id
IMPRINT, FOLD_PROOF = "imprint.html", "fold-proof.html"


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """The options of the command `print`."""

    paper: Paper
    sheet: SheetName = "a4"
    copies: int = 1
    section_pages: int = SECTION_PAGES
    #: ids of the lists to print for; all lists if there is none
    lists: tuple[str, ...] = ()
    #: whether a warning stops the command; it changes no file, hence no digest
    is_strict: bool = field(default=False, repr=False)

    def make_copy(self, pages: int) -> Copy:
        """Describe one copy with this number of pages."""
        return Copy(pages, SHEETS[self.sheet], self.paper)

    def plan_sheets(self, pages: int) -> Plan:
        """Position the pages of one copy on its sheets."""
        return plan_sheets(pages, self.paper.thickness_um, self.section_pages)


@dataclass(frozen=True, slots=True)
class Printed:
    """The result of `print`; without lines no file was written, and the diagnostics say why."""

    lines: tuple[OrderLine, ...]
    diagnostics: tuple[Diagnostic, ...]
    #: templates that the diagnostics point into
    sources: Mapping[str, Source]


def make_print(
    analysis: Analysis,
    inputs: str | None,
    folder: Path,
    store: Store,
    workers: Callable[[], AbstractContextManager[Executor]],
    progress: Progress,
    options: PrintOptions,
) -> Printed:
    """Make every press file or none; `folder` is replaced only when all of them are complete.

    The workspace has no errors; `inputs` is the digest (`digest_inputs`) of the files that it was read from. Raises
    `BuildError` when the machine is not ready, or inputs change meanwhile.
    """
    workspace = analysis.workspace
    with only_build(workspace.root), recovered(folder):
        check_ours(folder)
        screen, digests = pin_inputs(workspace.root, inputs)
        press = Styles(screen.templates, is_press=True)
        press_digests = replace(digests, styles=digest_each(named_files(press)))
        press = pin_styles(press, press_digests)
        with staging(folder) as staged, workers() as executor:
            _, attachments = finish_release_files(analysis, begin_release_files(analysis, executor))
            means = (store, executor, progress)
            # the letter gives the digest of the file that is sent, and page numbers have to agree with it
            on_screen = Assembly(analysis, LayoutQueue(screen, fingerprint_machine(digests), *means))
            body = on_screen.make_body(attachments)
            if body is None:
                found = apply_settings(workspace, on_screen.faults.diagnostics)
                return Printed((), found, on_screen.faults.sources)
            assembly = PressAssembly(analysis, LayoutQueue(press, fingerprint_machine(press_digests), *means))
            asked = fingerprint("print", fingerprint_inputs(press_digests), repr(options))
            lines = assembly.make_all(body, attachments, staged, options, asked)
            if inputs != digest_inputs(workspace.root):
                raise inputs_changed()
        return Printed(lines, apply_settings(workspace, assembly.faults.diagnostics), assembly.faults.sources)


class PressAssembly(Assembly):
    """The pages of the screen edition laid out for the press, each part beginning on the same side of the spine."""

    #: whether warnings count as errors
    _is_strict = False
    _first_page_by_part: Mapping[str, int] = {}

    def _on_its_side(self, page: Page) -> Page:
        """Mark the documents that begin on a left-hand page, for `css/press.css`."""
        if is_right_hand(self._first_page_by_part.get(page.id, 1)):
            return page
        return replace(page, html=page.html.replace("<html ", '<html data-first-page="left" ', 1))

    def make_all(
        self,
        screen: Body,
        attachments: tuple[Attachment, ...],
        folder: Path,
        options: PrintOptions,
        inputs: str,
    ) -> tuple[OrderLine, ...]:
        """Write every file of the print edition and its manifest into a folder; without lines there was a fault."""
        self._is_strict = options.is_strict
        # the imprint closes the booklet: a left-hand page, as the last of a multiple of four always is
        self._first_page_by_part = {part.id: part.first for part in screen.pages_by_part} | {IMPRINT: 0}
        self.queue.arrange = self._on_its_side
        body = self.make_body(attachments)
        if body is None:
            return ()
        if body.pages_by_part != screen.pages_by_part:
            self.faults.add_template(
                PRESS_STYLESHEET, "body", say("its pages are not those of the screen edition")
            )
            return ()
        self._report_images(body)
        inner = self._make_inner(body)
        if inner is None:
            return ()
        pages_after_letter, pages = inner
        planned = options.plan_sheets(pages)
        if not planned.is_stapled:
            spine = options.make_copy(pages).spine_mm
            self.faults.add(
                too_thick_to_staple(self.faults.edition.source.path, pages, MAX_STAPLED_PAGES, spine)
            )
        proof = self._make_proof(body, planned, options)
        if proof is None or self._has_errors():
            return ()
        chosen = [one.id for one in self.lists if not options.lists or one.id in options.lists]
        tasks = self.fill_each_front_matter(BodyDigest(len(screen.pdf), screen.sha256))
        wanted = (task for task in tasks if task.page.id in chosen)
        made = self._make_copies(wanted, len(chosen), pages_after_letter, folder, planned, options)
        complete = len(made) == len(chosen)  # unless their template has a fault, which is reported
        if complete:
            self.faults.examine_front_matter([result.front_matter for result in made])
        if not complete or self._has_errors() or any(result.press_file is None for result in made):
            return ()
        lines = self._make_order(made, options, pages, planned)
        others = (write_file(folder, PROOF, proof), write_file(folder, ORDER, write_order(lines)))
        write_manifest(folder, _describe(made, others, body, pages, inputs))
        return lines

    # --- what all copies share --------------------------------------------------------------------------------

    def _make_inner(self, body: Body) -> tuple[bytes, int] | None:
        """Make the pages after the letter; returns them with the number of pages of a copy."""
        imprint = self._lay_out_alone(IMPRINT, edition=self.edition)
        if imprint is None:
            return None
        if imprint.pages != 1:
            message = say("it takes {pages} pages, expected {wanted}", pages=imprint.pages, wanted=1)
            self.faults.add_template(IMPRINT, IMPRINT, message)
            return None
        profile = srgb_profile()
        with Pdf.open(io.BytesIO(body.pdf)) as inside, Pdf.open(io.BytesIO(imprint.pdf)) as last:
            make_press_pages(inside, profile, first_page=FRONT_MATTER_PAGES + 1)
            add_blank_pages(inside, -(FRONT_MATTER_PAGES + body.pages + imprint.pages) % PAGES_PER_SHEET)
            pages = FRONT_MATTER_PAGES + len(inside.pages) + imprint.pages
            make_press_pages(last, profile, first_page=pages)
            return join((inside, last), self.description), pages

    def _make_proof(self, body: Body, planned: Plan, options: PrintOptions) -> bytes | None:
        """Impose a dummy with page numbers alone by the same plan, to check the order with little ink."""
        pages = [
            (number, self._describe_page(number, body, planned.pages))
            for number in range(1, planned.pages + 1)
        ]
        sides = {page: side for side in planned.sides for page in (side.left, side.right)}
        dummy = self._lay_out_alone(FOLD_PROOF, pages=pages, sides=sides, is_stapled=planned.is_stapled)
        if dummy is None:
            return None
        assert dummy.pages == planned.pages
        with Pdf.open(io.BytesIO(dummy.pdf)) as document:
            make_press_pages(document, srgb_profile(), first_page=1)
            flat = join((document,), self.description)
        imposed = impose(flat, planned, SHEETS[options.sheet], self.description)
        check_reading_order(imposed, flat, planned.sheets_by_section)
        return imposed

    def _describe_page(self, number: int, body: Body, last: int) -> Message:
        """Word the content of a page, counted from the cover."""
        if number <= FRONT_MATTER_PAGES:
            return say("Cover") if number == 1 else say("Letter")
        if number == last:
            return say("Imprint")
        titles = {costed.id: costed.document.value.title or "" for costed in self.portfolio.ready}
        printed = number - FRONT_MATTER_PAGES
        for part in body.pages_by_part:
            if part.first <= printed < part.first + part.count:
                title = titles.get(part.id)
                return (
                    say("{title}, page {page}", title=title, page=printed)
                    if title
                    else say("page {page}", page=printed)
                )
        return say("Blank page")

    def _lay_out_alone(self, template: str, **context: object) -> Rendered | None:
        """Fill and lay out a template that only the print edition has; None if there is a fault."""
        page = self.faults.fill(
            template, lambda: Page(template, fill_page(self.context.environment, template, **context))
        )
        rendered = self.lay_out([page], "pages")[template] if page is not None else None
        return None if self._has_errors() else rendered

    # --- the copies ------------------------------------------------------------------------------------------

    def _make_copies(
        self,
        tasks: Iterable[FrontMatterTask],
        count: int,
        inner: bytes,
        folder: Path,
        planned: Plan,
        options: PrintOptions,
    ) -> tuple[PressResult, ...]:
        with TemporaryDirectory(prefix=".inner-", dir=folder) as temporary:
            path = Path(temporary) / hashlib.sha256(inner).hexdigest()
            path.write_bytes(inner)
            means = (self.queue.styles, self.queue.machine, self.queue.store, path, folder)
            task = PressTask(*means, planned, SHEETS[options.sheet], self.description)
            return work_through(
                self.queue.executor,
                make_copies,
                tasks,
                count,
                lambda _: task,
                lambda done: self.queue.progress("booklets", done, count),
            )

    def _make_order(
        self, made: Sequence[PressResult], options: PrintOptions, pages: int, planned: Plan
    ) -> tuple[OrderLine, ...]:
        lists = {one.id: one for one in self.lists}
        copy = options.make_copy(pages)
        return tuple(
            OrderLine(
                front.list,
                *(lists[front.list].name, lists[front.list].commune),
                *(press_path(front.path), imposed_path(front.path, copy.sheet)),
                options.copies,
                copy,
                planned.is_stapled,
            )
            for front in (result.front_matter for result in made)
        )

    # --- faults ----------------------------------------------------------------------------------------------

    def _has_errors(self) -> bool:
        """Check for faults that stop the command, with the severities of the edition."""
        found = apply_settings(self.workspace, self.faults.diagnostics)
        return has_errors(found) or (self._is_strict and has_warnings(found))

    def _report_images(self, body: Body) -> None:
        """Report images with too low a resolution, each at the figure that shows it (R109)."""
        documents = {document.id: document for document in self.workspace.proposals}
        for image in find_printed_images(body):
            if image.resolution >= ENOUGH_DPI or image.part not in documents:
                continue
            document = documents[image.part]
            folder = self.workspace.root / document.folder
            rasters = [
                index
                for index, figure in enumerate(document.value.figures)
                if figure.file and is_bitmap((folder / figure.file).read_bytes())
            ]
            # an image inside a drawing has no figure of its own: the finding points at `figures`
            path = ("figures", rasters[image.index], "file") if image.index < len(rasters) else ("figures",)
            self.faults.add(
                image_resolution(span_of(document, *path), image.resolution, image.page, ENOUGH_DPI)
            )


def _describe(
    made: Sequence[PressResult], others: Sequence[ReleasedFile], body: Body, pages: int, inputs: str
) -> Manifest:
    """The manifest of the folder: a booklet for each press file, and the other files."""
    booklets, files = [], list(others)
    for result in made:
        assert result.press_file is not None
        assert result.imposed_file is not None
        file = result.press_file
        booklets.append(Booklet(result.front_matter.list, file.path, file.length, file.sha256, pages))
        files.append(result.imposed_file)
    return Manifest.of(f"booklet {__version__}", inputs, versions(), body, tuple(booklets), tuple(files))
