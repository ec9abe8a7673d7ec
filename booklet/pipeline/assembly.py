"""Steps 7 to 9 at work: pages are filled here, laid out by workers, kept in the store, linked and released."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.chapters.closing import chapters_after, chapters_before, fill_closing
from booklet.chapters.domain_pages import fill_domain
from booklet.chapters.essentials import whole_values
from booklet.chapters.fiche import FICHE_PAGES, Page, Rendered, fill_fiche
from booklet.chapters.index import fill_index, gather_entries
from booklet.chapters.letter import draw_picture, fill_front
from booklet.chapters.opening import fill_opening
from booklet.chapters.order import fill_blank, fill_numbers, open_left, order_parts
from booklet.chapters.parts import DOMAIN, INDEX, OPENING, SOURCES
from booklet.chapters.portfolio_pages import fill_portfolio
from booklet.chapters.register import PATH as REGISTER
from booklet.chapters.register import Served, fill_register
from booklet.chapters.sources import fill_sources, source_labels
from booklet.charts.cover import draw_cover
from booklet.checks.layout import nothing_to_print
from booklet.content.proposal_files import EDITION, LISTS
from booklet.diagnostics.message import say
from booklet.layout.page import Numbered, make_environment
from booklet.money.euros import write_number
from booklet.pdf.body import Body, Part, PartPages, link_body
from booklet.pdf.metadata import Description
from booklet.pdf.placeholders import DIGEST, choose_number
from booklet.pipeline.faults import LayoutFaults
from booklet.pipeline.manifest import Booklet, ReleasedFile, booklet_paths
from booklet.pipeline.pagination import LAST, Around, AroundPage, Numbering, Wave
from booklet.pipeline.pool import BookletsTask, FrontTask, make_booklets, work_through
from booklet.pipeline.queue import LayoutQueue, Progress
from booklet.pipeline.release import OldRelease, write_file
from booklet.text.language import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from jinja2 import Environment
    from markupsafe import Markup

    from booklet.cache.store import Store
    from booklet.content.model.lists import ElectoralList
    from booklet.content.model.sources import Reference
    from booklet.content.workspace import Workspace
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.law.lookup import Law
    from booklet.layout.styles import Styles
    from booklet.pdf.attachments import Attachment


class Assembly:
    """Make one release; what is wrong with it is gathered in `faults`."""

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
    ) -> None:
        assert workspace.edition is not None, "a workspace with errors is never built"
        assert portfolio is not None, "a workspace with errors is never built"
        self.workspace, self.portfolio, self.edition = workspace, portfolio, workspace.edition.value
        self.financings, self.law = financings, law
        self.styles, self.machine, self.store = styles, machine, store
        self.executor, self.progress = executor, progress
        self.faults = LayoutFaults(workspace, styles.templates)
        self.queue = LayoutQueue(styles, machine, store, executor, progress)
        self.attachments: tuple[Attachment, ...] = ()
        #: entries of the store with the pages in which something was found
        self.findings: dict[str, str] = {}
        self.rendered_fronts: list[str] = []
        #: what each list's front matter was filled with, in digests, for `explain-rebuild`
        self.fronts: dict[str, str] = {}

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

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Give the titles of the proposals that are printed, by id."""
        return {costed.id: costed.document.value.title or "" for costed in self.portfolio.ready}

    # --- 7 and 8. one body -----------------------------------------------------------------------------------

    def make_body(self, choose_attachments: Callable[[], tuple[Attachment, ...]]) -> Body | None:
        """Lay out every page that lists have in common and link them, with files inside; None if something is wrong.

        The files are chosen while workers are at the pages that say nothing of them.
        """
        self._check_content()
        order = self._name_parts()
        on_the_left = open_left(self.edition, self.portfolio)
        numbering = Numbering(order, on_the_left, self.titles, self._guess(order))
        # without content there is nothing to put around it; the faults of what there is are told all the same
        parts = () if self.faults.has_errors else self._around(numbering)
        around = Around(parts, numbering, self.queue, self.faults)
        around.begin(Wave.FICHES)
        pages = []
        for page in self.fill(self.portfolio.ready):
            self.queue.begin(page)
            pages.append(page)
        self.attachments = choose_attachments()
        around.begin(Wave.FILES)
        fiches = self.queue.finish(pages, "fiches")
        rendered = around.settle(fiches)
        self._examine(rendered)
        if self.faults.has_errors:
            return None
        linked = [
            Part(
                place.id, rendered["blank" if place.is_blank else place.id].pdf, self.titles.get(place.id, "")
            )
            for place in numbering.places
        ]
        return self._link(linked, rendered["numbers"].pdf)

    def _check_content(self) -> None:
        if not self.portfolio.ready:
            nothing = say("no proposal is ready to be printed")
            self.faults.add(nothing_to_print(self.faults.edition.source.path, nothing))
        if not self.lists:
            self.faults.add(nothing_to_print(LISTS, say("no list to give the booklet to")))

    def fill(self, chosen: Sequence[CostedProposal]) -> Iterator[Page]:
        """Fill the page of some proposals, one after the other; what has a fault is reported and left out."""
        titles = {**{costed.id: costed.document.value.title or "" for costed in chosen}, **self.titles}
        for costed in chosen:
            page = self.faults.fill(
                costed.document.source.path,
                partial(
                    fill_fiche,
                    self.environment,
                    costed,
                    self.edition,
                    self.financings,
                    self.references,
                    titles,
                    self.workspace.root,
                ),
            )
            if page is not None:
                yield page

    def lay_out(self, pages: Iterable[Page], step: str) -> dict[str, Rendered]:
        """Lay pages out, by id, and report what they lack."""
        rendered = self.queue.finish(pages, step)
        self._examine(rendered)
        return rendered

    def _examine(self, rendered: Mapping[str, Rendered]) -> None:
        for id, one in rendered.items():
            before = self.faults.diagnostics
            self.faults.examine_page(id, one)
            if self.faults.diagnostics != before:
                self.findings[id] = self.queue.entries[id]

    def _name_parts(self) -> tuple[str, ...]:
        """Name the parts of the body, in their order; index and sources where there is something to list."""
        empty = {INDEX: not gather_entries(self.edition, self.portfolio), SOURCES: not self.references}
        return tuple(id for id in order_parts(self.edition, self.portfolio) if not empty.get(id))

    def _guess(self, order: Sequence[str]) -> dict[str, int]:
        """Guess how many pages each part has, nearly always right before the portfolio."""
        pages = {id: 2 if id.startswith(DOMAIN) else 1 for id in order} | {OPENING: 7}
        return pages | {costed.id: FICHE_PAGES for costed in self.portfolio.ready}

    def _around(self, numbering: Numbering) -> Iterator[AroundPage[int] | AroundPage[tuple[Numbered, ...]]]:
        """List the parts around the fiches, the longest to lay out first in each wave."""
        environment, edition, portfolio = self.environment, self.edition, self.portfolio
        financings, language = self.financings, Language(edition.lang)
        ways: list[tuple[str, Wave, Callable[[Mapping[str, int]], Page]]] = [
            (
                "portfolio.html",
                Wave.FICHES,
                lambda _: fill_portfolio(environment, edition, portfolio, financings),
            ),
            *(
                (
                    "domain.html",
                    Wave.FICHES,
                    lambda numbers, domain=domain: fill_domain(
                        environment, edition, domain, portfolio, financings, numbers
                    ),
                )
                for domain in portfolio.by_domain
            ),
            ("numbers.html", Wave.FICHES, lambda numbers: fill_numbers(environment, numbers[LAST])),
            ("blank.html", Wave.FICHES, lambda _: fill_blank(environment)),
            (
                "closing.html",
                Wave.FILES,
                lambda numbers: fill_closing(environment, edition, portfolio, self.law, numbers),
            ),
            (
                "opening.html",
                Wave.CONTENTS,
                lambda numbers: fill_opening(
                    environment,
                    edition,
                    portfolio,
                    financings,
                    [chapter for chapter in chapters_before(language) if chapter.target in numbers],
                    [chapter for chapter in chapters_after(language) if chapter.target in numbers],
                    numbers,
                ),
            ),
            (
                "index.html",
                Wave.CONTENTS,
                lambda numbers: fill_index(environment, edition, portfolio, numbers),
            ),
        ]
        for template, wave, fill in ways:
            if template != "index.html" or INDEX in numbering.order:
                yield AroundPage(template, wave, fill, lambda: numbering.numbers)
        if SOURCES in numbering.order:
            yield AroundPage(
                "sources.html",
                Wave.CITATIONS,
                lambda cited_by: fill_sources(environment, self.references, cited_by),
                lambda: numbering.cited_by,
            )

    def _link(self, parts: Sequence[Part], foot: bytes) -> Body:
        description = self.description
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

    @property
    def description(self) -> Description:
        """Describe what the files of all lists have alike."""
        edition = self.edition
        return Description(
            edition.title,
            edition.lang,
            edition.publisher.name if edition.publisher else "",
            edition.date.isoformat() if edition.date else "",
            subject=edition.subtitle or "",
        )

    # --- 9. one booklet for each list ------------------------------------------------------------------------

    def make_booklets(self, body: Body, folder: Path, before: OldRelease) -> tuple[Booklet, ...]:
        """Put each list's front matter before the body and write its booklet into a folder."""
        with TemporaryDirectory(prefix=".body-", dir=folder) as temporary:
            body_path = Path(temporary) / body.sha256
            body_path.write_bytes(body.pdf)
            count = len(self.lists)
            length, sha256, words = self._stand_in(body)
            results = work_through(
                self.executor,
                make_booklets,
                self.fill_fronts(length, sha256),
                count,
                lambda tasks: BookletsTask(
                    self.styles,
                    self.machine,
                    self.store,
                    body_path,
                    words,
                    folder,
                    before.only([task.path for task in tasks]),
                ),
                lambda done: self.progress("booklets", done, count),
            )
        if len(results) < count:
            return ()
        self.faults.examine_fronts(results)
        self.rendered_fronts += [result.list for result in results if result.was_rendered]
        return tuple(
            Booklet(result.list, result.path, result.length, result.sha256, body.pages + result.pages)
            for result in results
        )

    def _stand_in(self, body: Body) -> tuple[int, str, dict[str, str]]:
        """Choose a length and a digest to print for those of the body, and say what takes the place of what.

        The letters are then the same for another body: they need not be laid out again.
        """
        length, language = len(body.pdf), Language(self.edition.lang)
        sources = (self.workspace.sources[path].text for path in (EDITION, LISTS))
        printed = (*sources, self._cover or "", *self._whole.values())
        stand_in = choose_number(len(str(length)), printed)
        if stand_in is None:
            return length, body.sha256, {}
        numbers = {
            write_number(stand_in, language): write_number(length, language),
            str(stand_in): str(length),
        }
        return stand_in, DIGEST, numbers | {DIGEST: body.sha256}

    def fill_fronts(self, body_length: int, body_sha256: str) -> Iterator[FrontTask]:
        """Fill the cover and letter of one list after the other; a fault of the template is reported and ends them."""
        picture = self._cover
        if picture is None:
            return
        for electoral_list, path in zip(self.lists, booklet_paths(self.lists), strict=True):
            page = self.faults.fill(
                "front.html",
                partial(
                    fill_front,
                    self.environment,
                    self.edition,
                    electoral_list,
                    path.rpartition("/")[2],
                    body_length,
                    body_sha256,
                    picture,
                    self._whole,
                ),
            )
            if page is None:
                return
            self.fronts[page.id] = fingerprint(page.html)
            yield FrontTask(page, f"{self.edition.title} — {electoral_list.name}", path)

    @cached_property
    def _whole(self) -> Mapping[str, str]:
        return whole_values(self.portfolio, self.edition, Language(self.edition.lang))

    @cached_property
    def _cover(self) -> Markup | None:
        return self.faults.fill(
            "macros/cover.html",
            lambda: draw_picture(self.environment, draw_cover(self.portfolio, self.edition)),
        )

    def make_register(self, body: Body, booklets: Sequence[Booklet], folder: Path) -> ReleasedFile | None:
        """Write the register of the lists served, beside their booklets, in the order of their files."""
        served = [
            Served(electoral_list, booklet.path, booklet.length, booklet.sha256)
            for electoral_list, booklet in zip(self.lists, booklets, strict=True)
        ]
        served.sort(key=lambda one: one.path)
        pages = self.faults.fill(
            "register.html",
            lambda: tuple(fill_register(self.environment, self.edition, served, len(body.pdf), body.sha256)),
        )
        if pages is None:
            return None
        laid_out = self.lay_out(pages, "pages")
        documents = [laid_out[page.id] for page in pages]
        if len(documents) == 1:
            return write_file(folder, REGISTER, documents[0].pdf)
        numbers = self.faults.fill(
            "numbers.html",
            lambda: replace(
                fill_numbers(self.environment, sum(document.pages for document in documents)),
                id="register-numbers",
            ),
        )
        if numbers is None:
            return None
        foot = self.lay_out([numbers], "pages")[numbers.id].pdf
        parts = [Part(page.id, document.pdf, "") for page, document in zip(pages, documents, strict=True)]
        return write_file(folder, REGISTER, link_body(parts, foot, self.description).pdf)
