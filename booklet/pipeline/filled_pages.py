"""Filled pages kept in the store by the digests of what they are filled from: an edit fills one fiche, not fifty.

A fiche is filled from its own file, the titles of others, and all inputs but the files of other proposals and the
lists. Chapters, and the files released beside booklets, are made of every proposal, but for the texts that only its
fiche prints; a chapter of page numbers and names of attachments too. Entries are written once the inputs are known to
be those that were digested, when their release is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from booklet.cache.digests import fingerprint
from booklet.cache.packed_files import pack_files, unpack_files
from booklet.cache.store import FILLED, Store, adapter
from booklet.chapters.page import Page
from booklet.content.paths import LISTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from booklet.chapters.context import FillContext, PageNumbers
    from booklet.chapters.table import Chapter
    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import CostedProposal
    from booklet.pipeline.inputs import InputDigests
    from booklet.pipeline.lookups import RecordedNumbers


#: keys of a proposal that its fiche alone prints; the index reads them, and is filled each time
FICHE_TEXTS = frozenset({"problem", "solution", "uncertainty"})


class FilledFiche(NamedTuple):
    """A fiche as it is kept."""

    html: str
    files: tuple[str, ...]
    #: digest of the bytes of the images
    images: str


class FilledChapter(NamedTuple):
    """A chapter as it is kept."""

    html: str
    #: names of the page numbers that it prints
    targets: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class FilledPages:
    """The filled pages and the released files of one state of a workspace."""

    store: Store
    root: Path
    #: digest of each file, by path
    contents: Mapping[str, str]
    #: digest of what all fiches are filled from
    shared: str
    #: digest of what chapters and files are made of
    figures: str
    _new: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace, digests: InputDigests, machine: str, store: Store) -> FilledPages:
        """Find those of the inputs that were digested."""
        apart = {LISTS, *(document.source.path for document in workspace.proposals)}
        shared = {path: digest for path, digest in digests.contents.items() if path not in apart}
        common = fingerprint(machine, shared)
        proposals = [
            (one.source.path, one.value.model_dump_json(exclude=set(FICHE_TEXTS)))
            for one in workspace.proposals
        ]
        figures = fingerprint("figures", common, workspace.unread, proposals)
        return cls(store, workspace.root, digests.contents, common, figures)

    def find(self, costed: CostedProposal, titles: Mapping[str, str]) -> Page | None:
        """Find the fiche of a proposal; None where it has to be filled."""
        found = self.store.load(FILLED, self._name(costed, titles), adapter(FilledFiche).validate_json)
        if found is None:
            return None
        folder = self.root / costed.document.folder if found.files else None
        return Page(costed.id, found.html, folder, found.files, found.images, is_fiche=True, is_part=True)

    def add(self, costed: CostedProposal, titles: Mapping[str, str], page: Page) -> None:
        """Note a fiche that was filled anew."""
        kept = FilledFiche(page.html, page.files, page.images)
        self._new[self._name(costed, titles)] = adapter(FilledFiche).dump_json(kept)

    def fill_chapter(
        self,
        chapter: Chapter,
        context: FillContext,
        numbers: PageNumbers,
        recorded: RecordedNumbers,
        attached: Iterable[str],
    ) -> str:
        """Find or fill a chapter; the page numbers that it prints are `recorded` in either case."""
        if chapter.reads_texts:
            return chapter.fill(context, recorded.numbers)
        parts = (chapter.id, numbers.by_target, numbers.by_source, list(attached))
        name = fingerprint("chapter", self.figures, *parts)
        found = self.store.load(FILLED, name, adapter(FilledChapter).validate_json)
        if found is not None:
            recorded.look_up(found.targets, found.sources)
            return found.html
        html = chapter.fill(context, recorded.numbers)
        self._new[name] = adapter(FilledChapter).dump_json(FilledChapter(html, *recorded.names))
        return html

    def find_files(self) -> dict[str, bytes] | None:
        """Find the released files but booklets, by path; None where they have to be made."""
        return self.store.load(FILLED, fingerprint("files", self.figures), unpack_files)

    def add_files(self, files: Mapping[str, bytes]) -> None:
        """Note released files."""
        self._new[fingerprint("files", self.figures)] = pack_files(files)

    def put(self) -> None:
        """Write what was filled anew into the store; the inputs are still those that were digested."""
        for name, payload in self._new.items():
            self.store.put(FILLED, name, payload)

    def _name(self, costed: CostedProposal, titles: Mapping[str, str]) -> str:
        path = costed.document.source.path
        return fingerprint("filled", self.shared, path, self.contents[path], dict(titles))
