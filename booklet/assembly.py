"""Steps 7 to 9 at work: pages are filled here, laid out by workers, kept in the store, linked and released."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from booklet.append import FRONT_PAGES
from booklet.archive import Attachment
from booklet.checks.layout import (
    does_not_fit,
    find_template_fault,
    missing_glyph,
    nothing_to_print,
    template_error,
    template_line,
)
from booklet.cover import draw_cover
from booklet.decode import Document
from booklet.diagnostic import Diagnostic, Severity, has_errors, say
from booklet.fiche import FICHE_PAGES, Page, Rendered, fill_fiche
from booklet.financing import Financings
from booklet.fitting import FieldLines, Layout
from booklet.language import Language
from booklet.law import Law
from booklet.link import Body, Part, PartPages, anchors, citations, link_body
from booklet.matter import CLOSING, DOMAIN, OPENING, PORTFOLIO, SOURCES
from booklet.matter.bibliography import fill_sources, source_labels
from booklet.matter.closing import chapters_after, chapters_before, fill_closing
from booklet.matter.essentials import whole_values
from booklet.matter.front import draw_picture, fill_front
from booklet.matter.index import fill_index, gather_entries
from booklet.matter.opening import Chapter, fill_opening
from booklet.matter.order import Place, fill_blank, fill_numbers, open_left, order_parts, place_parts
from booklet.matter.register import PATH as REGISTER
from booklet.matter.register import Served, fill_register
from booklet.metadata import Description
from booklet.model import Edition, ElectoralList, Reference
from booklet.opener import fill_domain
from booklet.overview import fill_portfolio
from booklet.page import Numbered, make_environment
from booklet.portfolio import CostedProposal, Portfolio
from booklet.release import Booklet, OldRelease, ReleasedFile, booklet_paths, write_file
from booklet.source import Position, Source, Span
from booklet.store import Store, fingerprint
from booklet.typeset import Styles
from booklet.workers import (
    BookletsTask,
    FrontResult,
    FrontTask,
    default_jobs,
    finish,
    make_booklets,
    render_page,
)
from booklet.workspace import LISTS, ProposalDocument, Workspace

#: pages that print page numbers move them; they settle in the second round, or nearly
SETTLING_ROUNDS = 6
#: what front matter says of a list in the list's own words, as `data-field` names it in `front.html`
LIST_FIELDS = frozenset({"name", "head", "commune"})
#: lists whose front matter one worker is given at a time: enough to share fonts and picture, few enough to be told of
MOST_LISTS_PER_TASK = 32
Progress = Callable[[str, int, int], None]


class Assembly:
    """Make one release; faults are gathered in `diagnostics`, the templates they point into in `sources`."""

    def __init__(
        self,
        workspace: Workspace,
        portfolio: Portfolio | None,
        financings: Financings,
        law: Law,
        styles: Styles,
        machine: str,
        store: Store,
        executor: Executor,
        progress: Progress,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        assert workspace.edition is not None, "a workspace with errors is never built"
        assert portfolio is not None, "a workspace with errors is never built"
        self.workspace, self.portfolio, self.edition_document = workspace, portfolio, workspace.edition
        self.financings, self.law = financings, law
        self.styles, self.machine, self.store = styles, machine, store
        self.executor, self.progress, self.attachments = executor, progress, attachments
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.sources: dict[str, Source] = {}
        self.rendered: list[str] = []
        self.rendered_fronts: list[str] = []
        #: what each page and each list's front matter was filled with, in digests, for `explain-rebuild`
        self.pages: dict[str, tuple[str, str]] = {}
        self.fronts: dict[str, str] = {}

    @property
    def edition(self) -> Edition:
        """Give the edition's values."""
        return self.edition_document.value

    @property
    def lists(self) -> tuple[ElectoralList, ...]:
        """List the electoral lists that are served."""
        return self.workspace.lists.value.root if self.workspace.lists else ()

    @cached_property
    def references(self) -> Mapping[str, Reference]:
        """Give the bibliography by id."""
        return self.workspace.bibliography.value.root if self.workspace.bibliography else {}

    @cached_property
    def environment(self) -> Environment:
        """Make the templates' environment, once; `attached_files()` lists what every booklet carries inside."""
        environment = make_environment(
            self.styles.templates, Language(self.edition.lang), source_labels(self.references)
        )
        environment.globals["attached_files"] = lambda: self.attachments
        return environment

    # --- 7. pages --------------------------------------------------------------------------------------------

    def fill_fiches(self) -> tuple[Page, ...]:
        """Fill the page of every ready proposal."""
        if not self.portfolio.ready:
            self._report(
                nothing_to_print(self.edition_document.source.path, say("no proposal is ready to be printed"))
            )
        if not self.lists:
            self._report(nothing_to_print(LISTS, say("no list to give the booklet to")))
        return self.fill_chosen(self.portfolio.ready)

    def fill_chosen(self, chosen: Sequence[CostedProposal]) -> tuple[Page, ...]:
        """Fill the page of some proposals."""
        known = (*self.portfolio.ready, *(costed for costed in chosen if costed not in self.portfolio.ready))
        titles = {costed.id: costed.document.value.title or "" for costed in known}
        pages = (
            self._fill(
                costed.document.source.path,
                lambda costed=costed: fill_fiche(  # type: ignore[misc]
                    self.environment,
                    costed,
                    self.edition,
                    self.financings,
                    self.references,
                    titles,
                    self.workspace.root,
                ),
            )
            for costed in chosen
        )
        return tuple(page for page in pages if page is not None)

    def lay_out(self, pages: Sequence[Page], step: str) -> dict[str, Rendered]:
        """Lay pages out, or take them from the store; each page's faults are reported again either way."""
        names = {page.id: page.fingerprint(self.machine) for page in pages}
        self.pages.update({page.id: (fingerprint(page.html), page.images) for page in pages})
        held = {page.id: self.store.get("page", names[page.id]) for page in pages}
        rendered = {id: Rendered.unpack(payload) for id, payload in held.items() if payload is not None}
        missing = [page for page in pages if page.id not in rendered]
        done = len(rendered)

        def advance() -> None:
            nonlocal done
            done += 1
            self.progress(step, done, len(pages))

        if missing:
            self.progress(step, done, len(pages))
        futures = [self.executor.submit(render_page, page, self.styles) for page in missing]
        results = finish(futures, advance)
        for page, result in zip(missing, results, strict=True):
            self.store.put("page", names[page.id], result.pack())
            rendered[page.id] = result
            self.rendered.append(page.id)
        for page in pages:
            self._report_layout(page.id, rendered[page.id], self._proposal(page.id))
            self._report_fit(page.id, rendered[page.id].layout)
        return {page.id: rendered[page.id] for page in pages}

    # --- 8. one body -----------------------------------------------------------------------------------------

    def link(self, fiches: Mapping[str, Rendered]) -> Body | None:
        """Lay out the pages around the fiches and link them all into the body; None when something is wrong."""
        if has_errors(self.diagnostics):
            return None
        settled = self._settle(fiches)
        if settled is None or has_errors(self.diagnostics):
            return None
        places, rendered = settled
        titles = {costed.id: costed.document.value.title or "" for costed in self.portfolio.ready}
        parts = [Part(place.id, rendered[place.id].pdf, titles.get(place.id, "")) for place in places]
        pages = sum(place.pages for place in places)
        numbers = self._fill("numbers.html", lambda: fill_numbers(self.environment, pages))
        if numbers is None:
            return None
        foot = self.lay_out([numbers], "pages")[numbers.id].pdf
        return self._link(parts, foot)

    def _settle(self, fiches: Mapping[str, Rendered]) -> tuple[tuple[Place, ...], dict[str, Rendered]] | None:
        """Lay out the pages around the fiches until the page numbers that they print are those of the body.

        Contents, openers, index and sources all print numbers, and each may move those after it. Every round prints
        the numbers that the round before gave; what prints the same is taken from the store.
        """
        edition, portfolio = self.edition, self.portfolio
        order, on_the_left = tuple(order_parts(edition, portfolio)), open_left(edition, portfolio)
        blank = self._lay_out_one("blank.html", lambda: fill_blank(self.environment))
        # a first guess, nearly always right before the portfolio: five pages that open the body, two for each domain
        guess = {OPENING: 5} | {id: 2 for id in order if id.startswith(DOMAIN)}
        guess |= {id: rendered.pages for id, rendered in fiches.items()}
        numbers = {place.id: place.first for place in place_parts(order, guess, on_the_left)}
        cited_by: dict[str, list[Numbered]] = {}
        # no page number stands in the figures of the whole
        figures = self._fill(
            "portfolio.html", lambda: fill_portfolio(self.environment, edition, portfolio, self.financings)
        )
        for _ in range(SETTLING_ROUNDS):
            pages = self._fill_around(numbers, cited_by)
            if blank is None or figures is None or pages is None:
                return None
            rendered = {**fiches, **self.lay_out([*pages, figures], "pages")}
            if has_errors(self.diagnostics):
                return None
            places = place_parts(order, {id: one.pages for id, one in rendered.items()}, on_the_left)
            before = numbers, cited_by
            numbers, cited_by = _number(places, rendered), self._find_citations(places, rendered)
            if (numbers, cited_by) == before:
                blanks = {place.id: blank for place in places if place.is_blank}
                return places, rendered | blanks
        raise AssertionError(f"page numbers did not settle in {SETTLING_ROUNDS} rounds")

    def _fill_around(
        self, numbers: Mapping[str, int], cited_by: Mapping[str, Sequence[Numbered]]
    ) -> list[Page] | None:
        """Fill every page around the fiches that prints page numbers, with those known so far."""
        environment, edition, portfolio = self.environment, self.edition, self.portfolio
        language = Language(edition.lang)

        def known(chapters: Sequence[Chapter]) -> list[Chapter]:
            return [chapter for chapter in chapters if chapter.target in numbers]

        fills: list[tuple[str, Callable[[], Page]]] = [
            (
                "opening.html",
                lambda: fill_opening(
                    environment,
                    edition,
                    portfolio,
                    self.financings,
                    known(chapters_before(language)),
                    known(chapters_after(language)),
                    numbers,
                ),
            ),
            *(
                (
                    "domain.html",
                    lambda domain=domain: fill_domain(
                        environment, edition, domain, portfolio, self.financings, numbers
                    ),
                )
                for domain in portfolio.by_domain
            ),
            ("closing.html", lambda: fill_closing(environment, edition, portfolio, self.law, numbers)),
        ]
        if gather_entries(edition, portfolio):
            fills.append(("index.html", lambda: fill_index(environment, edition, portfolio, numbers)))
        if self.references:
            fills.append(("sources.html", lambda: fill_sources(environment, self.references, cited_by)))
        pages = [self._fill(subject, fill) for subject, fill in fills]
        filled = [page for page in pages if page is not None]
        return filled if len(filled) == len(pages) else None

    def _lay_out_one(self, subject: str, fill: Callable[[], Page]) -> Rendered | None:
        page = self._fill(subject, fill)
        return None if page is None else self.lay_out([page], "pages")[page.id]

    def _find_citations(
        self, places: Sequence[Place], rendered: Mapping[str, Rendered]
    ) -> dict[str, list[Numbered]]:
        """Find, for each source, the first page of each part that cites it."""
        found: dict[str, list[Numbered]] = {}
        titles = {costed.id: costed.document.value.title or "" for costed in self.portfolio.ready}
        for place in places:
            if place.is_blank or place.id == SOURCES:
                continue
            seen: set[str] = set()
            for index, targets in enumerate(citations(rendered[place.id].pdf)):
                for target in targets:
                    source = target.removeprefix(f"{SOURCES}:")
                    if source != target and source not in seen:
                        seen.add(source)
                        title = titles.get(place.id, "")
                        found.setdefault(source, []).append(Numbered(place.id, place.first + index, title))
        return found

    def _link(self, parts: Sequence[Part], foot: bytes) -> Body:
        edition = self.edition
        description = Description(
            edition.title,
            edition.lang,
            edition.publisher.name if edition.publisher else "",
            edition.date.isoformat() if edition.date else "",
            subject=edition.subtitle or "",
        )
        name = fingerprint(
            "body",
            self.machine,
            [[part.id, part.title, part.pdf] for part in parts],
            foot,
            description,
            [[file.name, file.data, file.description, file.relationship] for file in self.attachments],
        )
        held = self.store.get("body", name)
        if held is not None:
            head, _, pdf = held.partition(b"\n")
            pages, by_part = json.loads(head)
            return Body(pdf, pages, tuple(PartPages(*part) for part in by_part))
        self.progress("link", 0, 1)
        body = link_body(parts, foot, description, self.attachments)
        described = json.dumps(
            [body.pages, [[part.id, part.first, part.count] for part in body.pages_by_part]]
        )
        self.store.put("body", name, described.encode() + b"\n" + body.pdf)
        return body

    # --- 9. one booklet for each list ------------------------------------------------------------------------

    def make_booklets(self, body: Body, folder: Path, before: OldRelease) -> tuple[Booklet, ...]:
        """Put each list's front matter before the body and write its booklet into a folder."""
        tasks = self.fill_fronts(len(body.pdf), body.sha256)
        if tasks is None:
            return ()
        with TemporaryDirectory(prefix=".body-", dir=folder) as temporary:
            body_path = Path(temporary) / body.sha256
            body_path.write_bytes(body.pdf)
            shared = BookletsTask(self.styles, self.machine, self.store, body_path, folder, before)
            results = self._run_fronts(tasks, shared)
        self._report_fronts(results)
        self.rendered_fronts += [result.list for result in results if result.was_rendered]
        return tuple(
            Booklet(result.list, result.path, result.length, result.sha256, body.pages + result.pages)
            for result in results
        )

    def fill_fronts(self, body_length: int, body_sha256: str) -> tuple[FrontTask, ...] | None:
        """Fill every list's cover and letter; None when the template has a fault."""
        picture = self._draw_cover()
        if picture is None:
            return None
        whole = whole_values(self.portfolio, self.edition, Language(self.edition.lang))
        tasks = []
        for electoral_list, path in zip(self.lists, booklet_paths(self.lists), strict=True):
            page = self._fill(
                "front.html",
                lambda electoral_list=electoral_list, path=path: fill_front(  # type: ignore[misc]
                    self.environment,
                    self.edition,
                    electoral_list,
                    path.rpartition("/")[2],
                    body_length,
                    body_sha256,
                    picture,
                    whole,
                ),
            )
            if page is None:
                return None
            self.fronts[page.id] = fingerprint(page.html)
            tasks.append(FrontTask(page, f"{self.edition.title} — {electoral_list.name}", path))
        return tuple(tasks)

    def _draw_cover(self) -> Markup | None:
        drawn: list[Markup] = []

        def draw() -> Page:
            drawn.append(draw_picture(self.environment, draw_cover(self.portfolio, self.edition)))
            return Page("cover", "")

        return drawn[0] if self._fill("macros/cover.html", draw) else None

    def make_register(self, body: Body, booklets: Sequence[Booklet], folder: Path) -> ReleasedFile | None:
        """Write the register of the lists served, beside their booklets, in the order of their files."""
        served = [
            Served(electoral_list, booklet.path, booklet.length, booklet.sha256)
            for electoral_list, booklet in zip(self.lists, booklets, strict=True)
        ]
        served.sort(key=lambda one: one.path)
        laid_out = self._lay_out_one(
            "register.html",
            lambda: fill_register(self.environment, self.edition, served, len(body.pdf), body.sha256),
        )
        return None if laid_out is None else write_file(folder, REGISTER, laid_out.pdf)

    def _run_fronts(self, tasks: Sequence[FrontTask], shared: BookletsTask) -> tuple[FrontResult, ...]:
        done, size = 0, lists_per_task(len(tasks))

        def advance() -> None:
            nonlocal done
            done = min(done + size, len(tasks))
            self.progress("booklets", done, len(tasks))

        self.progress("booklets", 0, len(tasks))
        chunks = [tuple(tasks[start : start + size]) for start in range(0, len(tasks), size)]
        futures = [self.executor.submit(make_booklets, chunk, shared) for chunk in chunks]
        return tuple(result for results in finish(futures, advance) for result in results)

    # --- faults ----------------------------------------------------------------------------------------------

    def _fill(self, subject: str, fill: Callable[[], Page]) -> Page | None:
        """Fill a page; a fault inside a template is reported at its line, any other is our own."""
        try:
            return fill()
        except Exception as error:
            found = find_template_fault(error, self.styles.templates)
            if found is None:
                raise
            source, span = found
            self.sources[source.path] = source
            self._report(template_error(span, subject, say("{error}", error=error)))
            return None

    def _report_layout(
        self, subject: str, rendered: Rendered | FrontResult, own: ProposalDocument | None = None
    ) -> None:
        for character in rendered.missing_characters:
            self._report(missing_glyph(self._documents(own), character))
        for complaint in rendered.complaints:
            if own is not None:
                span = _first_character(own.source.path)
            else:
                source, span = template_line(self.styles.templates / "base.html", self.styles.templates)
                self.sources[source.path] = source
            self._report(template_error(span, subject, say("{error}", error=complaint)))

    def _report_fit(self, subject: str, layout: Layout) -> None:
        """Report what does not fit, in the file of the proposal or, for the other pages, in the edition."""
        own = self._proposal(subject)
        document: Document[Any] = own or self.edition_document
        place = partial(_key_span, document)
        self._report(does_not_fit(layout, place, document.span(), FICHE_PAGES if own else None))

    def _report_fronts(self, results: Sequence[FrontResult]) -> None:
        """Report what does not fit a cover or a letter: at the letter if it is too long for all, else at the list."""
        unfit = [result for result in results if result.pages != FRONT_PAGES]
        is_letter = len(unfit) == len(results)
        if is_letter:
            # one letter, one fault: told of the list for which it is longest
            unfit = [max(unfit, key=lambda result: (result.pages, result.layout.lines_past(FRONT_PAGES)))]
        for result in results:
            self._report_layout(result.list, result)
            lines = result.layout.lines_past(FRONT_PAGES) if result in unfit else 0
            spilled = FieldLines(FRONT_PAGES + 1, "letter" if is_letter else "name", lines, 0)
            own = tuple(misfit for misfit in result.layout.misfits if misfit.field in LIST_FIELDS)
            layout = Layout((spilled,) if lines else (), (0, 0, lines), own or result.layout.misfits)
            place = partial(self._front_span, result.list)
            top = self.edition_document.span()
            self._report(does_not_fit(layout, place, top, FRONT_PAGES, Severity.ERROR))

    def _front_span(self, list_id: str, key: str) -> Span | None:
        """Find what front matter says: a list's own words in `lists.yaml`, all else in the edition."""
        if key not in LIST_FIELDS:
            return _key_span(self.edition_document, key)
        assert self.workspace.lists is not None
        index = [one.id for one in self.lists].index(list_id)
        return self.workspace.lists.span(index, key)

    def _proposal(self, subject: str) -> ProposalDocument | None:
        return next((document for document in self.workspace.proposals if document.id == subject), None)

    def _documents(self, own: ProposalDocument | None) -> Iterator[Document[Any]]:
        """Give every document that a page may quote, the likeliest first."""
        workspace = self.workspace
        around = (self.edition_document, workspace.bibliography, workspace.lists)
        for document in (own, *around, *workspace.proposals):
            if document is not None:
                yield document

    def _report(self, diagnostics: Iterable[Diagnostic]) -> None:
        unique = {found.order: found for found in (*self.diagnostics, *diagnostics)}
        self.diagnostics = tuple(unique[order] for order in sorted(unique))


def lists_per_task(lists: int) -> int:
    """Say how many lists a worker is given at a time; what it makes of one does not depend on the others."""
    return min(MOST_LISTS_PER_TASK, max(1, -(-lists // default_jobs())))


def _key_span(document: Document[Any], key: str) -> Span | None:
    return document.key_span(key) if document.has(key) else None


def _first_character(path: str) -> Span:
    return Span(path, Position(1, 1), Position(1, 1))


def _number(places: Sequence[Place], rendered: Mapping[str, Rendered]) -> dict[str, int]:
    """Number the first page of every part, and of every chapter of the parts that have several."""
    numbers: dict[str, int] = {}
    for place in places:
        if place.is_blank:
            continue
        numbers[place.id] = place.first
        if place.id in (OPENING, PORTFOLIO, CLOSING):
            found = anchors(rendered[place.id].pdf)
            numbers.update({f"{place.id}:{name}": place.first + index for name, index in found.items()})
    return numbers
