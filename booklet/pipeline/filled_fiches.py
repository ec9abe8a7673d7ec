"""Filled fiches kept in the store by the digests of what they are filled from: an edit fills one, not fifty.

A fiche is filled from its own file, the titles of others, and all inputs but the files of other proposals and the
lists. Entries are written once the inputs are known to be those that were digested, when their release is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from booklet.cache.digests import fingerprint
from booklet.cache.store import FILLED, Store, adapter
from booklet.chapters.page import Page
from booklet.content.proposal_files import LISTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from booklet.content.workspace import Workspace
    from booklet.costs.portfolio import CostedProposal
    from booklet.pipeline.inputs import InputDigests


class _Kept(NamedTuple):
    html: str
    files: tuple[str, ...]
    #: digest of the bytes of the images
    images: str


@dataclass(frozen=True)
class FilledFiches:
    """The filled fiches of one state of a workspace."""

    store: Store
    root: Path
    #: digest of each file, by path
    contents: Mapping[str, str]
    #: digest of what all fiches are filled from
    shared: str
    _new: dict[str, Page] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace, digests: InputDigests, machine: str, store: Store) -> FilledFiches:
        """Find those of the inputs that were digested."""
        apart = {LISTS, *(document.source.path for document in workspace.proposals)}
        shared = {path: digest for path, digest in digests.contents.items() if path not in apart}
        return cls(store, workspace.root, digests.contents, fingerprint(machine, shared))

    def find(self, costed: CostedProposal, titles: Mapping[str, str]) -> Page | None:
        """Find the fiche of a proposal; None where it has to be filled."""
        found = self.store.load(FILLED, self._name(costed, titles), adapter(_Kept).validate_json)
        if found is None:
            return None
        folder = self.root / costed.document.folder if found.files else None
        return Page(costed.id, found.html, folder, found.files, found.images, is_fiche=True)

    def add(self, costed: CostedProposal, titles: Mapping[str, str], page: Page) -> None:
        """Note a fiche that was filled anew."""
        self._new[self._name(costed, titles)] = page

    def put(self) -> None:
        """Write what was filled anew into the store; the inputs are still those that were digested."""
        for name, page in self._new.items():
            self.store.put(FILLED, name, adapter(_Kept).dump_json(_Kept(page.html, page.files, page.images)))

    def _name(self, costed: CostedProposal, titles: Mapping[str, str]) -> str:
        path = costed.document.source.path
        return fingerprint("filled", self.shared, path, self.contents[path], dict(titles))
