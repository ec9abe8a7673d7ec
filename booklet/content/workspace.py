"""Steps 1 to 3 for a workspace, a folder with `proposals/`: find the files, read each, keep every fault."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from booklet.cache.links import require_own_folder
from booklet.content.file_rules import (
    duplicate_id,
    duplicate_phase,
    id_mismatch,
    missing_file,
    not_a_plain_file,
    stray_file,
)
from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.parameters import Parameters
from booklet.content.model.sources import Bibliography
from booklet.content.paths import (
    EDITION,
    FOLDER,
    LISTS,
    PARAMETERS,
    SOURCES,
    is_proposal,
    list_files,
    names_of,
    owner_of,
)
from booklet.content.proposal_files import (
    KnownProposal,
    ProposalDocument,
    names_written,
    read_file,
    read_proposal,
)
from booklet.content.scalars import is_slug
from booklet.content.yaml import parse
from booklet.content.yaml.nodes import Mapping as MappingNode
from booklet.content.yaml.parse import FILE, Size, read_text
from booklet.diagnostics.diagnostic import BuildError, Diagnostic
from booklet.diagnostics.limits import TABLE_BYTES
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import Source, read_bytes
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from booklet.content.cross_references import CrossReferences
    from booklet.content.document import Document
    from booklet.content.id_hints import Names, Titles

ModelType = TypeVar("ModelType", bound=BaseModel)


@dataclass(frozen=True)
class Workspace:
    """A whole `proposals/` folder, read: documents in order of path, and every fault of reading."""

    root: Path
    edition: Document[Edition] | None
    lists: Document[ElectoralLists] | None
    bibliography: Document[Bibliography] | None
    proposals: tuple[ProposalDocument, ...]
    #: text of every file read, by path
    sources: Mapping[str, Source]
    #: faults of families Y and M found while reading, but for those of each proposal
    faults: tuple[Diagnostic, ...]
    #: faults of families Y and M of each proposal, by path; none for a proposal taken from the cache
    faults_by_proposal: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    #: ids of proposals that could not be read whole: a reference to one is not broken
    unread: frozenset[str] = frozenset()
    #: files in the folders of proposals, relative to the workspace
    assets: frozenset[str] = field(default_factory=frozenset)
    #: parameters that add to or replace the law of the tool
    parameters: Document[Parameters] | None = None
    #: proposals with faults of syntax, among `unread`: each is checked alone, and counts nowhere else
    damaged: tuple[ProposalDocument, ...] = ()

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """List every fault of families Y and M found while reading, in order."""
        found = [*self.faults, *(fault for faults in self.faults_by_proposal.values() for fault in faults)]
        return tuple(sorted(found, key=lambda diagnostic: diagnostic.order))

    @property
    def ready(self) -> tuple[ProposalDocument, ...]:
        """List the proposals that are printed."""
        return tuple(document for document in self.proposals if document.cross_references.is_ready)

    @property
    def drafts(self) -> tuple[ProposalDocument, ...]:
        """List the proposals that are counted apart."""
        return tuple(document for document in self.proposals if not document.cross_references.is_ready)

    @property
    def domains(self) -> tuple[str, ...] | None:
        """List the ids of the domains; None when the edition does not say."""
        return known_keys(self.edition, "domains")

    @property
    def organisations(self) -> tuple[str, ...] | None:
        """List the ids of the organisations; None when the edition does not say."""
        return known_keys(self.edition, "organisations")

    @cached_property
    def titles(self) -> Titles:
        """What names the things of the edition and of the bibliography, by kind and id."""
        return titles_of(self.edition, self.bibliography)

    @cached_property
    def references(self) -> dict[str, None] | None:
        """The ids of the bibliography, in order; None when it cannot be read."""
        known = known_keys(self.bibliography)
        return None if known is None else dict.fromkeys(known)


def known_keys(document: Document[ModelType] | None, *path: str) -> tuple[str, ...] | None:
    """List the keys written at a path, readable or not; None where the group is missing or cannot be read.

    A group that is missing is reported once (M102), not at every reference into it.
    """
    if document is None:
        return None
    node = document.node
    for step in path:
        entry = node.find(step) if isinstance(node, MappingNode) else None
        if entry is None:
            return None
        node = entry[1]
    if not isinstance(node, MappingNode):
        return None
    # an id that cannot be read is reported where it stands, not wherever it is meant
    return tuple(key.text if is_slug(key.text) else slugify(key.text) for key, _ in node.entries)


def titles_of(edition: Document[Edition] | None, bibliography: Document[Bibliography] | None) -> Titles:
    """What names the things of the edition and of the bibliography, by kind and id; of an unreadable one, its id."""
    titles: dict[str, Names] = {}
    if edition is not None:
        for kind, read in (
            ("domain", {id: (one.title,) for id, one in edition.value.domains.items()}),
            (
                "organisation",
                {id: (one.name, one.scheme or "") for id, one in edition.value.organisations.items()},
            ),
        ):
            known = known_keys(edition, f"{kind}s")
            if known is not None:
                titles[kind] = {id: read.get(id, ()) for id in known}
    if bibliography is not None:
        sources = bibliography.value.root
        named = {id: (one.title, one.publisher or "", one.url or "") for id, one in sources.items()}
        titles["source"] = {id: named.get(id, ()) for id in known_keys(bibliography) or ()}
    return titles


def read_workspace(root: Path) -> Workspace:
    """Read every file under `proposals/`; raises `BuildError` only when there is no such folder."""
    return Folder(root).read()


class Folder:
    """The files of a workspace when it was opened; proposals are read on demand, all else at once."""

    def __init__(self, root: Path, unsaved: Mapping[str, bytes | None] = MappingProxyType({})) -> None:
        """Open `proposals/`; raises `BuildError` when there is no such folder.

        `unsaved` has files as they will be, by path: their content, or None for a file that will be no more.
        """
        folder = require_own_folder(root, FOLDER)
        if not folder.is_dir():
            raise BuildError(
                say("no folder `{folder}/` here: run in a workspace, or name it with `-C DIR`", folder=FOLDER)
            )
        self.root, self.unsaved = root, unsaved
        self.paths = tuple(
            sorted(
                path for path in {*list_files(root, folder), *unsaved} if unsaved.get(path, b"") is not None
            )
        )
        #: content of every file that is read, by path
        self.data: dict[str, bytes] = {}
        self._sources: dict[str, Source] = {}
        self._faults: list[Diagnostic] = []
        self.edition = self._read(EDITION, Edition, needed=True)
        self.lists = self._read(LISTS, ElectoralLists, needed=True, most=parse.LISTS)
        self.bibliography = self._read(SOURCES, Bibliography, most=parse.SOURCES)
        self.parameters = self._read(PARAMETERS, Parameters)
        # needed: a dangling link has a name in its folder, and its proposal would be missing without a word
        self.proposals = tuple(
            path for path in self.paths if is_proposal(path) and self._open(path, needed=True)
        )

    @property
    def frame(self) -> Workspace:
        """The workspace without its proposals: all that a rule of one proposal may read besides it."""
        return Workspace(
            self.root,
            self.edition,
            self.lists,
            self.bibliography,
            (),
            self._sources,
            (),
            assets=frozenset(path for path in self.paths if path.count("/") >= 3),
            parameters=self.parameters,
        )

    def read(self) -> Workspace:
        """Read every proposal."""
        read = {path: self.read_one(path) for path in self.proposals}
        documents = [document for document, _ in read.values() if document is not None]
        faults = {path: faults for path, (_, faults) in read.items()}
        workspace = self._gather((document for document in documents if document.is_whole), faults)
        return replace(workspace, damaged=tuple(one for one in documents if not one.is_whole))

    def read_one(self, path: str) -> tuple[ProposalDocument | None, tuple[Diagnostic, ...]]:
        """Read one proposal, None if it is unreadable, with its own faults."""
        document, faults = read_proposal(path, self.data[path], self._titles)
        if document is not None:
            faults += (
                *id_mismatch(document, self._titles.get("domain"), self.paths),
                *duplicate_phase(document),
            )
            document = document.with_names_on_disk(self.paths)
        return document, faults

    def restore(self, references_by_path: Mapping[str, CrossReferences | None]) -> Workspace:
        """Restore a workspace from cached cross-references, None for an unreadable proposal; no file is read."""
        known = (
            (path, references) for path, references in references_by_path.items() if references is not None
        )
        return self._gather(KnownProposal(path, self.data[path], references) for path, references in known)

    def _gather(
        self,
        documents: Iterable[ProposalDocument],
        faults_by_proposal: Mapping[str, tuple[Diagnostic, ...]] | None = None,
    ) -> Workspace:
        proposals = tuple(sorted(documents, key=lambda document: document.source.path))
        sources = {document.source.path: document.source for document in proposals}
        for path in self.proposals:
            self._sources[path] = sources.get(path) or read_text(path, self.data[path])
        folders = {path.removesuffix(".yaml") for path in self.paths if is_proposal(path)}
        assets = frozenset(path for path in self.paths if path.count("/") >= 3 and owner_of(path) in folders)
        expected = {EDITION, LISTS, SOURCES, PARAMETERS, *assets}
        stray = [path for path in self.paths if path not in expected and not is_proposal(path)]
        linked = {path: unfit for path in stray if (unfit := tuple(not_a_plain_file(self.root, path)))}
        written = frozenset(names_of(path)[0] for path in self.paths if is_proposal(path))
        return Workspace(
            self.root,
            self.edition,
            self.lists,
            self.bibliography,
            proposals,
            self._sources,
            (
                *self._faults,
                *(fault for unfit in linked.values() for fault in unfit),
                *stray_file([path for path in stray if path not in linked], self.paths),
                *duplicate_id(proposals),
            ),
            faults_by_proposal or {},
            written - {document.id for document in proposals},
            assets,
            self.parameters,
        )

    def digest_frame(self) -> tuple[object, ...]:
        """Digest everything but proposals that a finding about one proposal may depend on."""
        files = (
            _digest(self.data[path]) if path in self.data else path in self._sources
            for path in (EDITION, LISTS, SOURCES, PARAMETERS)
        )
        return tuple(files)

    def digest_proposals(self) -> dict[str, str]:
        """Digest each proposal with the files of its folder, by path.

        A proposal whose folder has a link or an unreadable file has no digest: findings depend on more than content.
        """
        files: dict[str, list[str]] = {}
        for path in self.paths:
            if path.count("/") >= 3:
                files.setdefault(owner_of(path), []).append(path)
        digests: dict[str, str] = {}
        for path in self.proposals:
            digest = hashlib.sha256(self.data[path])
            try:
                for file in files.get(path.removesuffix(".yaml"), ()):
                    digest.update(f"\n{file}\0{self._digest_image(file)}".encode("utf-8", "surrogateescape"))
            except OSError:
                continue
            digests[path] = digest.hexdigest()
        return digests

    def _digest_image(self, path: str) -> str:
        status = os.lstat(self.root / path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > TABLE_BYTES:
            raise OSError(path)
        return _digest(read_bytes(self.root, path))

    @cached_property
    def _titles(self) -> Titles:
        titles = {**titles_of(self.edition, self.bibliography), "proposal": names_written(self.data)}
        return titles if SOURCES in self._sources else {"source": {}, **titles}

    def _open(self, path: str, most: Size = FILE, *, needed: bool) -> bool:
        """Read a file; record why it cannot be read."""
        if (data := self.unsaved.get(path)) is not None:
            self.data[path] = data
            return True
        unfit = tuple(not_a_plain_file(self.root, path))
        try:
            if not unfit:
                self.data[path] = read_bytes(self.root, path, most.bytes)
                return True
        except FileNotFoundError:
            if not needed:
                return False
            unfit = tuple(missing_file(path))
        self._sources[path] = Source(path, "")
        self._faults += unfit
        return False

    def _read(
        self, path: str, model: type[ModelType], *, needed: bool = False, most: Size = FILE
    ) -> Document[ModelType] | None:
        if not self._open(path, most, needed=needed):
            return None
        self._sources[path], document, faults = read_file(path, self.data[path], model, most)
        self._faults += faults
        return document if document is not None and document.is_whole else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
