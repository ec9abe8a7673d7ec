"""Faults of templates and of layout → diagnostics, each at the text that its author can change."""

from __future__ import annotations

import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from booklet.checks.assets import image_spoilt
from booklet.checks.layout import (
    does_not_fit,
    layout_ended,
    layout_unsettled,
    missing_glyph,
    template_error,
)
from booklet.diagnostics.diagnostic import Diagnostic, Severity, has_errors
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Source, Span
from booklet.layout.overflow_report import FICHE_PAGES, FieldSize, Layout, Overflow
from booklet.pdf.incremental_update import FRONT_MATTER_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from booklet.chapters.page import Rendered
    from booklet.content.document import Document
    from booklet.content.model.edition import Edition
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace
    from booklet.pipeline.tasks import FrontMatterResult

Filled = TypeVar("Filled")
#: keys of `lists.yaml` that front matter prints, as `data-field` names them in `front.html`
LIST_FIELDS = frozenset({"name", "head", "commune"})


class LayoutFaults:
    """Collect diagnostics, each once and in order; `sources` are the templates that some of them point into."""

    def __init__(self, workspace: Workspace, templates: Path) -> None:
        assert workspace.edition is not None, "a workspace with errors is never built"
        self.workspace, self.templates = workspace, templates
        self.edition: Document[Edition] = workspace.edition
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.sources: dict[str, Source] = {}

    @property
    def has_errors(self) -> bool:
        """Whether a diagnostic prevents the release."""
        return has_errors(self.diagnostics)

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add diagnostics, without duplicates."""
        unique = {found.order: found for found in (*self.diagnostics, *diagnostics)}
        self.diagnostics = tuple(unique[order] for order in sorted(unique))

    def add_template(self, name: str, subject: str, message: Message) -> None:
        """Add a fault of a template or stylesheet as a whole."""
        source, span = _template_line(self.templates / name, self.templates)
        self.sources[source.path] = source
        self.add(template_error(span, subject, message))

    def fill(self, subject: str, fill: Callable[[], Filled]) -> Filled | None:
        """Fill a template; None if it has a fault, reported at its line. Any other exception is a bug of ours."""
        try:
            return fill()
        except Exception as error:
            found = _find_template_fault(error, self.templates)
            if found is None:
                raise
            source, span = found
            self.sources[source.path] = source
            self.add(template_error(span, subject, say("{error}", error=error)))
            return None

    def examine_page(self, subject: str, rendered: Rendered) -> None:
        """Report what does not fit a page or has no glyph, in the proposal's file or, for other pages, the edition."""
        proposal = self._proposal(subject)
        if proposal and rendered.spoilt_images:
            self.add(image_spoilt(proposal, rendered.spoilt_images))
            rendered = replace(rendered, complaints=())
        self._examine(subject, rendered, proposal)
        document: Document[Any] = proposal or self.edition
        place = partial(_key_span, document)
        self.add(does_not_fit(rendered.layout, place, document.span(), FICHE_PAGES if proposal else None))

    def add_ended(self, id: str, reason: Message) -> None:
        """Report a proposal whose layout passed its bounds."""
        proposal = self._proposal(id)
        assert proposal is not None, "only the layout of proposals is bounded"
        self.add(layout_ended(self.workspace.root, proposal, reason))

    def add_unsettled(self, pages_by_part: dict[str, list[int]]) -> None:
        """Report the parts whose page numbers do not settle."""
        self.add(layout_unsettled(self.edition.span(), pages_by_part))

    def examine_front_matter(self, results: Sequence[FrontMatterResult]) -> None:
        """Report what does not fit a cover or a letter: at the letter if no list's fits, else at the list."""
        unfit = [result for result in results if result.pages != FRONT_MATTER_PAGES]
        is_letter = len(unfit) == len(results) and (len(results) > 1 or not _begins_late(results[0]))
        if is_letter:
            # one letter, one fault: reported with the list for which it is longest
            unfit = [
                max(unfit, key=lambda result: (result.pages, result.layout.lines_past(FRONT_MATTER_PAGES)))
            ]
        for result in results:
            self._examine(result.list, result)
            lines = result.layout.lines_past(FRONT_MATTER_PAGES) if result in unfit else 0
            spilled = Overflow(lines, (FieldSize("letter" if is_letter else "name", lines, 0, 0, 1),))
            of_list = tuple(misfit for misfit in result.layout.misfits if misfit.field in LIST_FIELDS)
            layout = Layout((), (0, 0, lines), of_list or result.layout.misfits, (spilled,) if lines else ())
            place = partial(self._front_matter_span, result.list)
            self.add(does_not_fit(layout, place, self.edition.span(), FRONT_MATTER_PAGES, Severity.ERROR))

    def _examine(
        self, subject: str, rendered: Rendered | FrontMatterResult, proposal: ProposalDocument | None = None
    ) -> None:
        for character in rendered.missing_characters:
            self.add(missing_glyph(self._documents(proposal), character))
        for complaint in rendered.complaints:
            message = say("{error}", error=complaint)
            if proposal is None:
                self.add_template("base.html", subject, message)
            else:
                self.add(template_error(_first_character(proposal.source.path), subject, message))

    def _front_matter_span(self, list_id: str, key: str) -> Span | None:
        """Find the text that front matter prints: a list's own words in `lists.yaml`, all else in the edition."""
        if key not in LIST_FIELDS:
            return _key_span(self.edition, key)
        lists = self.workspace.lists
        assert lists is not None
        index = [one.id for one in lists.value.root].index(list_id)
        return lists.span(index, key)

    def _proposal(self, subject: str) -> ProposalDocument | None:
        return next((document for document in self.workspace.proposals if document.id == subject), None)

    def _documents(self, proposal: ProposalDocument | None) -> Iterator[Document[Any]]:
        """Go through the documents that a page may quote, the likeliest first."""
        workspace = self.workspace
        shared = (self.edition, workspace.bibliography, workspace.lists)
        for document in (proposal, *shared, *workspace.proposals):
            if document is not None:
                yield document


def _begins_late(front_matter: FrontMatterResult) -> bool:
    """Check whether the letter begins after its page: the list's name is too long for the cover before it."""
    return all(one.page > FRONT_MATTER_PAGES for one in front_matter.layout.fields if one.field == "letter")


def _key_span(document: Document[Any], key: str) -> Span | None:
    return document.key_span(key) if document.has(key) else None


def _first_character(path: str) -> Span:
    return Span(path, Position(1, 1), Position(1, 1))


def _find_template_fault(error: BaseException, templates: Path) -> tuple[Source, Span] | None:
    """Find the innermost line of a template in the traceback of an exception; None where there is none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(templates) and frame.lineno is not None:
            return _template_line(path, templates, frame.lineno)
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if isinstance(name, str) and isinstance(line, int):
        return _template_line(Path(name), templates, line)
    return None


def _template_line(path: Path, templates: Path, line: int = 1) -> tuple[Source, Span]:
    """Read a template, with the span of one of its lines, counted from 1."""
    source = Source(f"templates/{path.relative_to(templates).as_posix()}", path.read_text(encoding="utf-8"))
    text = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
    start = len(text) - len(text.lstrip())
    return source, Span(source.path, Position(line, start + 1), Position(line, len(text) + 1))
