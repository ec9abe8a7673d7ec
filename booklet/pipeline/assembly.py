"""Steps 7 to 9 for one release: fill pages, have them laid out, link the body, write one booklet for each list."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from booklet.cache.digests import fingerprint
from booklet.cache.store import BODY
from booklet.chapters.context import FillContext
from booklet.chapters.fiche import fill_fiche
from booklet.chapters.front_matter import (
    BODY_LENGTH,
    BODY_SHA256,
    BodyDigest,
    SharedFrontMatter,
    fill_front_matter,
    share_front_matter,
)
from booklet.chapters.page import Page, Rendered
from booklet.chapters.register import PATH as REGISTER
from booklet.chapters.register import ServedList, fill_register
from booklet.chapters.running_foot import number_pages
from booklet.chapters.table import WITHOUT_PLACE, Chapter, Stage, list_parts
from booklet.checks.layout import nothing_to_print
from booklet.content.paths import LISTS
from booklet.diagnostics.message import say
from booklet.pdf.body import Body, Part, link_body
from booklet.pdf.metadata import Description
from booklet.pipeline.faults import LayoutFaults
from booklet.pipeline.manifest import Booklet, ListWords, ReleasedFile, booklet_paths
from booklet.pipeline.pagination import PageNumbering, Paginator
from booklet.pipeline.pool import work_through, workers_of
from booklet.pipeline.release import OldRelease, write_file
from booklet.pipeline.tasks import BookletsTask, FrontMatterTask, make_booklets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from booklet.content.model.lists import ElectoralList
    from booklet.costs.portfolio import CostedProposal
    from booklet.pdf.attachments import Attachment
    from booklet.pipeline.analysis import Analysis
    from booklet.pipeline.filled_pages import FilledPages
    from booklet.pipeline.queue import LayoutQueue

#: fiches for each worker that are begun before chapters are filled, which takes as long
_FIRST_FICHES = 4


class BodyPages(NamedTuple):
    """The pages of a body whose layout has begun."""

    numbering: PageNumbering
    paginator: Paginator
    fiches: tuple[Page, ...]


class Assembly:
    """One release in the making; what is wrong with it is gathered in `faults`."""

    def __init__(self, analysis: Analysis, queue: LayoutQueue, kept: FilledPages | None = None) -> None:
        workspace = analysis.workspace
        assert workspace.edition is not None, "a workspace with errors is never built"
        assert analysis.portfolio is not None, "a workspace with errors is never built"
        self._analysis = analysis
        self.workspace, self.edition, self.portfolio = workspace, workspace.edition.value, analysis.portfolio
        self.queue, self.kept = queue, kept
        self.faults = LayoutFaults(workspace, queue.styles.templates)
        self.attachments: tuple[Attachment, ...] = ()
        #: entries of the store with the pages in which something was found, by id of the page
        self.findings: dict[str, str] = {}
        #: ids of the lists whose front matter was laid out anew
        self.rendered_front_matter: list[str] = []
        #: digest of each list's filled front matter, for `explain-rebuild`
        self.front_matter_digests: dict[str, str] = {}

    @property
    def lists(self) -> tuple[ElectoralList, ...]:
        """The electoral lists that are served."""
        return self.workspace.lists.value.root if self.workspace.lists else ()

    @cached_property
    def context(self) -> FillContext:
        """What pages are filled from; templates may call `attached_files()` once the attachments are made."""
        analysis, styles = self._analysis, self.queue.styles
        context = FillContext.of(
            self.workspace, self.portfolio, analysis.financings, analysis.law, styles.templates
        )
        context.environment.globals["attached_files"] = lambda: self.attachments
        context.environment.globals["is_press"] = styles.is_press
        return context

    # --- 7 and 8. one body -----------------------------------------------------------------------------------

    def make_body(self, attachments: tuple[Attachment, ...]) -> Body | None:
        """Lay out every page that lists have in common and link them, with attachments; None if something is wrong."""
        return self.finish_body(self.begin_body(), attachments)

    def begin_body(self) -> BodyPages:
        """Fill the pages that do not list the attachments, and begin their layout."""
        self._check_content()
        parts = list_parts(self.context)
        numbering = PageNumbering(parts, self.context.titles)
        chapters = [*(part for part in parts if isinstance(part, Chapter)), *WITHOUT_PLACE]
        # without content there are no chapters; fiches are laid out all the same, to report their faults
        chapters = [] if self.faults.has_errors else chapters
        paginator = Paginator(chapters, self.context, numbering, self.queue, self.faults, self.kept)
        pages = []
        # workers have fiches to lay out while the chapters are filled, which come before the other fiches
        first = _FIRST_FICHES * workers_of(self.queue.executor)
        for index, page in enumerate(self.fill(self.portfolio.ready)):
            if index == first:
                paginator.begin(Stage.FICHES)
            self.queue.begin(page)
            pages.append(page)
        if len(pages) <= first:
            paginator.begin(Stage.FICHES)
        return BodyPages(numbering, paginator, tuple(pages))

    def finish_body(self, pages: BodyPages, attachments: tuple[Attachment, ...]) -> Body | None:
        """Lay out the other pages of a body and link them all, with attachments; None if something is wrong."""
        numbering, paginator, fiches = pages
        self.attachments = attachments
        paginator.attached = tuple(f"{one.relationship}: {one.name}" for one in attachments)
        paginator.begin(Stage.ATTACHMENTS)
        paginator.begin(Stage.HEADINGS)
        laid_out = self.queue.finish(fiches, "fiches")
        if self.queue.ended:  # the others are examined all the same
            self._examine(laid_out)
            return None
        rendered = paginator.resolve(laid_out)
        self._examine(rendered)
        if self.faults.has_errors:
            return None
        titles = self.context.titles
        documents = {id: tuple(page.id for page in pages) for id, pages in paginator.documents.items()}
        linked = [
            (
                place.id if place.is_blank else id,
                "blank" if place.is_blank else id,
                titles.get(place.id, ""),
            )
            for place in numbering.places
            for id in documents.get(place.id, (place.id,))
        ]
        return self._link(linked, rendered)

    def _check_content(self) -> None:
        if not self.portfolio.ready:
            nothing = say("no proposal is ready to be printed")
            self.faults.add(nothing_to_print(self.faults.edition.source.path, nothing))
        if not self.lists:
            self.faults.add(nothing_to_print(LISTS, say("no list to give the booklet to")))

    def fill(self, chosen: Sequence[CostedProposal]) -> Iterator[Page]:
        """Fill the fiches of some proposals, one after the other; a fault is reported, and its fiche left out."""
        titles = {
            **{costed.id: costed.document.value.title or "" for costed in chosen},
            **self.context.titles,
        }
        for costed in chosen:
            page = self.kept.find(costed, titles) if self.kept else None
            if page is None:
                path = costed.document.source.path
                page = self.faults.fill(path, partial(fill_fiche, self.context, costed, titles))
                if page is not None and self.kept:
                    self.kept.add(costed, titles, page)
            if page is not None:
                yield page

    def keep_filled(self) -> None:
        """Keep what was filled: the inputs have not changed meanwhile."""
        if self.kept:
            self.kept.put()

    def lay_out(self, pages: Iterable[Page], step: str) -> dict[str, Rendered]:
        """Lay pages out, by id, and report what does not fit or cannot be printed."""
        rendered = self.queue.finish(pages, step)
        self._examine(rendered)
        return rendered

    def _examine(self, rendered: Mapping[str, Rendered]) -> None:
        for id, reason in self.queue.ended.items():
            self.faults.add_ended(id, reason)
        for id, one in rendered.items():
            before = self.faults.diagnostics
            self.faults.examine_page(id, one)
            if self.faults.diagnostics != before:
                self.findings[id] = self.queue.entries[id]

    def _link(self, parts: Sequence[tuple[str, str, str]], rendered: Mapping[str, Rendered]) -> Body:
        """Link parts, each told by its id, the id of its page and its title."""
        description = self.description
        name = fingerprint(
            "body",
            self.queue.machine,
            [[id, self.queue.entries[page], title] for id, page, title in parts],
            self.queue.entries["numbers"],
            description,
            [[file.name, file.data, file.description, file.relationship] for file in self.attachments],
        )
        stored = self.queue.store.load(BODY, name, Body.unpack)
        if stored is not None:
            return stored
        self.queue.progress("link", 0, 1)
        linked = [
            Part(
                *(id, rendered[page].pages, rendered[page].anchors, title),
                partial(self.queue.read_part, page),
            )
            for id, page, title in parts
        ]
        body = link_body(linked, rendered["numbers"].pdf, description, self.attachments)
        self.queue.store.put(BODY, name, body.pack())
        return body

    @property
    def description(self) -> Description:
        """The metadata that the files of all lists have in common."""
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
        """Put each list's front matter before the body and write its booklet into a folder; none if a fault ends it."""
        with TemporaryDirectory(prefix=".body-", dir=folder) as temporary:
            body_path = Path(temporary) / body.sha256
            body_path.write_bytes(body.pdf)
            count = len(self.lists)
            words = {BODY_LENGTH: str(len(body.pdf)), BODY_SHA256: body.sha256}
            results = work_through(
                self.queue.executor,
                make_booklets,
                self.fill_each_front_matter(BodyDigest.stamped(len(body.pdf))),
                count,
                lambda tasks: BookletsTask(
                    self.queue.styles,
                    self.queue.machine,
                    self.queue.store,
                    body_path,
                    words,
                    folder,
                    before.restricted_to([task.path for task in tasks]),
                ),
                lambda done: self.queue.progress("booklets", done, count),
            )
        if len(results) < count:
            return ()
        self.faults.examine_front_matter(results)
        self.rendered_front_matter += [result.list for result in results if result.was_rendered]
        return tuple(
            Booklet(
                *(result.list, result.path, result.length, result.sha256, body.pages + result.pages),
                ListWords.of(one),
            )
            for one, result in zip(self.lists, results, strict=True)
        )

    def fill_each_front_matter(self, body: BodyDigest) -> Iterator[FrontMatterTask]:
        """Fill the front matter of one list after the other; a fault of the template is reported and ends them."""
        shared = self._shared_front_matter
        if shared is None:
            return
        for electoral_list, path in zip(self.lists, booklet_paths(self.lists), strict=True):
            file_name = path.rpartition("/")[2]
            page = self.faults.fill(
                "front.html",
                partial(fill_front_matter, self.context, electoral_list, file_name, body, shared),
            )
            if page is None:
                return
            self.front_matter_digests[page.id] = fingerprint(page.html)
            yield FrontMatterTask(page, f"{self.edition.title} — {electoral_list.name}", path)

    @cached_property
    def _shared_front_matter(self) -> SharedFrontMatter | None:
        return self.faults.fill("macros/cover.html", partial(share_front_matter, self.context))

    def make_register(self, body: Body, booklets: Sequence[Booklet], folder: Path) -> ReleasedFile | None:
        """Write the register of the lists served, beside their booklets, in the order of their files."""
        served = [
            ServedList(electoral_list, booklet.path, booklet.length, booklet.sha256)
            for electoral_list, booklet in zip(self.lists, booklets, strict=True)
        ]
        served.sort(key=lambda line: line.path)
        digest = BodyDigest(len(body.pdf), body.sha256)
        pages = self.faults.fill("register.html", lambda: tuple(fill_register(self.context, served, digest)))
        if pages is None:
            return None
        laid_out = self.lay_out(pages, "pages")
        documents = [laid_out[page.id] for page in pages]
        if len(documents) == 1:
            return write_file(folder, REGISTER, documents[0].pdf)
        count = sum(document.pages for document in documents)
        numbers = self.faults.fill(
            "numbers.html", lambda: Page("register-numbers", number_pages(self.context, count))
        )
        if numbers is None:
            return None
        foot = self.lay_out([numbers], "pages")[numbers.id].pdf
        parts = [
            Part(page.id, document.pages, {}, "", partial(self.queue.read_part, page.id))
            for page, document in zip(pages, documents, strict=True)
        ]
        return write_file(folder, REGISTER, link_body(parts, foot, self.description).pdf)
