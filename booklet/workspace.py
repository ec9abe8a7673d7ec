"""1–3 for a whole folder: find the files, read each, keep every fault.

A workspace is a folder with `proposals/`. A proposal's id is the stem of its file and its domain the folder; both
are slugs, so that no path can be built from a contributor's text.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from booklet.decode import decode
from booklet.diagnostic import BuildError, Diagnostic, Label, Severity, quote_all, rule, say
from booklet.document import Document
from booklet.model import Bibliography, Edition, ElectoralLists, Parameters, Proposal
from booklet.nodes import Mapping as MappingNode
from booklet.parse import MAX_BYTES, MAX_TABLE_BYTES, parse, read_text
from booklet.scalars import is_slug
from booklet.shape import missing_key
from booklet.source import Position, Source, Span, read_bytes
from booklet.suggestions import nearest
from booklet.ties import Ties

FOLDER = "proposals"
EDITION = f"{FOLDER}/edition.yaml"
LISTS = f"{FOLDER}/lists.yaml"
SOURCES = f"{FOLDER}/sources.yaml"
PARAMETERS = f"{FOLDER}/parameters.yaml"
#: ids of the booklet's parts that are no proposal: their anchors would be those of a proposal called so
PART_IDS = frozenset(
    {"opening", "portfolio", "closing", "index", "sources", "front", "register", "numbers", "blank"}
)
#: how the ids of an opener of a domain and of an empty page begin
PART_PREFIXES = ("domain-", "blank-")
ModelType = TypeVar("ModelType", bound=BaseModel)


@dataclass(frozen=True)
class ProposalDocument(Document[Proposal]):
    """Hold one proposal with what its path says."""

    id: str = ""
    domain: str = ""

    @property
    def folder(self) -> str:
        """Give the folder of its images, relative to the workspace."""
        return f"{FOLDER}/{self.domain}/{self.id}"

    @cached_property
    def ties(self) -> Ties:
        """Give what is asked of a proposal when others are looked at."""
        return Ties.of(self.value, has_broken_links=self.is_broken("links"))


class KnownProposal(ProposalDocument):
    """Stand for a proposal that was read before; the file is read again when a rule asks for more than its ties."""

    def __init__(self, path: str, data: bytes, ties: Ties) -> None:
        id, domain = _names_of(path)
        # a frozen dataclass takes no attribute otherwise
        self.__dict__.update(source=read_text(path, data), ties=ties, id=id, domain=domain, _data=data)

    def __getattr__(self, name: str) -> object:
        """Read the file, once, for what was not kept of it."""
        if name not in ("value", "node", "broken"):
            raise AttributeError(name)
        read, _ = read_proposal(self.source.path, self.__dict__["_data"])
        assert read is not None, f"{self.source.path} could be read, and these are the same bytes"
        self.__dict__.update(value=read.value, node=read.node, broken=read.broken)
        return self.__dict__[name]


@dataclass(frozen=True)
class Workspace:
    """Hold a whole `proposals/` folder, read: documents in order of path, and every fault of reading."""

    root: Path
    edition: Document[Edition] | None
    lists: Document[ElectoralLists] | None
    bibliography: Document[Bibliography] | None
    proposals: tuple[ProposalDocument, ...]
    #: text of every file read, by path
    sources: Mapping[str, Source]
    #: faults of families Y and M found while reading, but for those of each proposal
    faults: tuple[Diagnostic, ...]
    #: faults of families Y and M of each proposal, by path; of those that are only known, none
    faults_by_proposal: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    #: ids of proposals that could not be read at all: a reference to one is not broken
    unread: frozenset[str] = frozenset()
    #: files in the folders of proposals, relative to the workspace
    assets: frozenset[str] = field(default_factory=frozenset)
    #: parameters that add to or replace the law of the tool
    parameters: Document[Parameters] | None = None

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """List every fault of families Y and M found while reading, in order."""
        found = [*self.faults, *(fault for faults in self.faults_by_proposal.values() for fault in faults)]
        return tuple(sorted(found, key=lambda diagnostic: diagnostic.order))

    @property
    def ready(self) -> tuple[ProposalDocument, ...]:
        """List the proposals that are printed."""
        return tuple(document for document in self.proposals if document.ties.is_ready)

    @property
    def drafts(self) -> tuple[ProposalDocument, ...]:
        """List the proposals that are counted apart."""
        return tuple(document for document in self.proposals if not document.ties.is_ready)

    @property
    def domains(self) -> tuple[str, ...] | None:
        """List the ids of the domains; None when the edition does not say."""
        return known_keys(self.edition, "domains")

    @property
    def organisations(self) -> tuple[str, ...] | None:
        """List the ids of the organisations; None when the edition does not say."""
        return known_keys(self.edition, "organisations")

    @property
    def references(self) -> tuple[str, ...] | None:
        """List the ids of the bibliography; None when it cannot be read."""
        return known_keys(self.bibliography)


def known_keys(document: Document[ModelType] | None, *path: str) -> tuple[str, ...] | None:
    """List the keys written at a path, readable or not; None where the group is missing or cannot be read.

    A group that is missing is told once (M102), not at every reference into it.
    """
    if document is None:
        return None
    node = document.node
    for step in path:
        entry = node.find(step) if isinstance(node, MappingNode) else None
        if entry is None:
            return None
        node = entry[1]
    return tuple(key.text for key, _ in node.entries) if isinstance(node, MappingNode) else None


def read_workspace(root: Path) -> Workspace:
    """Read every file under `proposals/`; raises `BuildError` only when there is no such folder."""
    return Folder(root).read()


class Folder:
    """Hold the files of a workspace as they were when it was opened; those that frame the proposals are read."""

    def __init__(self, root: Path) -> None:
        """Open `proposals/`; raises `BuildError` when there is no such folder."""
        folder = root / FOLDER
        if not folder.is_dir():
            raise BuildError(
                say("no folder `{folder}/` here: run in a workspace, or name it with `-C DIR`", folder=FOLDER)
            )
        self.root = root
        self.paths = tuple(sorted(list_files(root, folder)))
        #: content of every file that is read, by path
        self.data: dict[str, bytes] = {}
        self._sources: dict[str, Source] = {}
        self._faults: list[Diagnostic] = []
        self.edition = self._read(EDITION, Edition, needed=True)
        self.lists = self._read(LISTS, ElectoralLists, needed=True, max_bytes=MAX_TABLE_BYTES)
        self.bibliography = self._read(SOURCES, Bibliography, max_bytes=MAX_TABLE_BYTES)
        self.parameters = self._read(PARAMETERS, Parameters, max_bytes=MAX_TABLE_BYTES)
        # needed: the name of a link to nowhere is listed, and its proposal would silently be missing
        self.proposals = tuple(
            path for path in self.paths if _is_proposal(path) and self._open(path, needed=True)
        )

    @property
    def frame(self) -> Workspace:
        """Give all but the proposals that a rule asks when it looks at one alone, with the files of every folder."""
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
        documents = (document for document, _ in read.values() if document is not None)
        return self._gather(documents, {path: faults for path, (_, faults) in read.items()})

    def read_one(self, path: str) -> tuple[ProposalDocument | None, tuple[Diagnostic, ...]]:
        """Read one proposal, unless it is unreadable, with every fault that is its own."""
        document, faults = read_proposal(path, self.data[path])
        if document is not None:
            domains = known_keys(self.edition, "domains")
            faults += (*id_mismatch(document, domains), *duplicate_phase(document))
        return document, faults

    def know(self, ties_by_path: Mapping[str, Ties | None]) -> Workspace:
        """Put proposals together of which the ties are known, or that they are unreadable; none is read here."""
        known = ((path, ties) for path, ties in ties_by_path.items() if ties is not None)
        return self._gather(KnownProposal(path, self.data[path], ties) for path, ties in known)

    def _gather(
        self,
        documents: Iterable[ProposalDocument],
        faults_by_proposal: Mapping[str, tuple[Diagnostic, ...]] | None = None,
    ) -> Workspace:
        proposals = tuple(sorted(documents, key=lambda document: document.source.path))
        sources = {document.source.path: document.source for document in proposals}
        for path in self.proposals:
            self._sources[path] = sources.get(path) or read_text(path, self.data[path])
        folders = {document.folder for document in proposals}
        assets = frozenset(path for path in self.paths if path.count("/") >= 3 and _owner(path) in folders)
        expected = {EDITION, LISTS, SOURCES, PARAMETERS, *assets}
        stray = (path for path in self.paths if path not in expected and not _is_proposal(path))
        written = frozenset(_names_of(path)[0] for path in self.paths if _is_proposal(path))
        return Workspace(
            self.root,
            self.edition,
            self.lists,
            self.bibliography,
            proposals,
            self._sources,
            (*self._faults, *stray_file(stray), *duplicate_id(proposals)),
            faults_by_proposal or {},
            written - {document.id for document in proposals},
            assets,
            self.parameters,
        )

    def digest_frame(self) -> tuple[object, ...]:
        """Digest all but the proposals that a finding about one of them may rest on."""
        files = (
            _digest(self.data[path]) if path in self.data else path in self._sources
            for path in (EDITION, LISTS, SOURCES, PARAMETERS)
        )
        # whether images lie in the workspace
        inside = (self.root / FOLDER).resolve().is_relative_to(self.root.resolve())
        return (*files, inside)

    def digest_proposals(self) -> dict[str, str]:
        """Digest each proposal, with the files of its folder, by path.

        One has none whose folder holds a link, or what cannot be read: more than content decides there.
        """
        files: dict[str, list[str]] = {}
        for path in self.paths:
            if path.count("/") >= 3:
                files.setdefault(_owner(path), []).append(path)
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
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_TABLE_BYTES:
            raise OSError(path)
        return _digest(read_bytes(self.root, path))

    def _open(self, path: str, *, needed: bool) -> bool:
        """Take a file's content; tell why where it has none."""
        unfit = tuple(not_a_plain_file(self.root, path))
        try:
            if not unfit:
                self.data[path] = read_bytes(self.root, path)
                return True
        except FileNotFoundError:
            if not needed:
                return False
            unfit = tuple(missing_file(path))
        self._sources[path] = Source(path, "")
        self._faults += unfit
        return False

    def _read(
        self, path: str, model: type[ModelType], *, needed: bool = False, max_bytes: int = MAX_BYTES
    ) -> Document[ModelType] | None:
        if not self._open(path, needed=needed):
            return None
        self._sources[path], document, faults = _read_file(path, self.data[path], model, max_bytes)
        self._faults += faults
        return document


def read_proposal(path: str, data: bytes) -> tuple[ProposalDocument | None, tuple[Diagnostic, ...]]:
    """Read one proposal, unless it is unreadable, with the faults that its file alone has."""
    source, read, faults = _read_file(path, data, Proposal)
    if read is None:
        return None, faults
    return ProposalDocument(read.value, read.node, source, read.broken, *_names_of(path)), faults


def _read_file(
    path: str, data: bytes, model: type[ModelType], max_bytes: int = MAX_BYTES
) -> tuple[Source, Document[ModelType] | None, tuple[Diagnostic, ...]]:
    parsed = parse(path, data, max_bytes=max_bytes)
    if parsed.root is None:
        return parsed.source, None, parsed.diagnostics
    document, faults = decode(model, parsed.source, parsed.root)
    return parsed.source, document, (*parsed.diagnostics, *faults)


def list_files(root: Path, folder: Path) -> Iterator[str]:
    """List the files below a folder; hidden ones (editors' and systems' own) are passed over, links not followed."""
    yield from _list_below(str(folder), folder.relative_to(root).as_posix())


def _list_below(folder: str, path: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _list_below(entry.path, f"{path}/{entry.name}")
            else:
                yield f"{path}/{entry.name}"


def _is_proposal(path: str) -> bool:
    return path.count("/") == 2 and path.endswith(".yaml")


def _names_of(path: str) -> tuple[str, str]:
    """Give the id and the domain of the proposal at a path."""
    _, domain, name = path.split("/")
    return name.removesuffix(".yaml"), domain


def _owner(path: str) -> str:
    """Give the folder of the proposal that a file below one belongs to."""
    return "/".join(path.split("/")[:3])


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _top(path: str) -> Span:
    return Span(path, Position(1, 1), Position(1, 1))


def missing_file(path: str) -> Iterator[Diagnostic]:
    """Report a file that every workspace has: its keys are all missing (M102)."""
    yield missing_key.at(_top(path), say("missing file `{path}`", path=path))


@rule("Y108", "stray-file", Severity.WARNING)
def stray_file(paths: Iterable[str]) -> Iterator[Diagnostic]:
    """A file under `proposals/` that nothing reads.

    Why
        A proposal saved as `x.yml`, or outside the folder of a domain, would silently be missing from the booklet.

    Fails
        proposals/mobilite/bus.yml

    Passes
        proposals/mobilite/bus.yaml

    Source
        FORMAT, "the content format".
    """
    for path in paths:
        stem, dot, ending = path.rpartition(".")
        hints = []
        if dot and ending.lower() in ("yml", "yaml") and ending != "yaml":
            hints.append(say("rename it `{name}`", name=f"{stem.rpartition('/')[2]}.yaml"))
        elif ending == "yaml" and path.count("/") == 1:
            close = nearest(stem.rpartition("/")[2], ("edition", "lists", "sources", "parameters"))
            hints.append(
                say("rename it `{name}`", name=f"{close}.yaml")
                if close
                else say("move it into the folder of a domain")
            )
        else:
            hints.append(say("move it out of `{folder}/`, or delete it", folder=FOLDER))
        yield stray_file.at(_top(path), say("nothing reads this file"), *hints)


@rule("Y109", "not-a-plain-file", Severity.ERROR)
def not_a_plain_file(root: Path, path: str) -> Iterator[Diagnostic]:
    """What stands under the name of a file is a link out of `proposals/`, a link in a circle, or no file at all.

    Why
        Contributors are strangers: a link could show a file of the machine that builds the booklet, and a pipe would
        make it wait for ever.

    Fails
        proposals/mobilite/bus.yaml → /etc/hosts

    Passes
        proposals/mobilite/bus.yaml, a file with the text itself

    Source
        Our own rule: what is read is what can be reviewed.
    """
    hint = say("put the text itself into a file of this name")
    try:
        if stat.S_ISREG(os.lstat(root / path).st_mode):
            return  # no folder on the way is a link either: none is listed (`list_files`)
        whole = (root / path).resolve(strict=True)
    except FileNotFoundError:
        return  # told where the file is needed
    except (OSError, RuntimeError):
        yield not_a_plain_file.at(_top(path), say("a link that leads to itself"), hint)
        return
    if not whole.is_relative_to((root / FOLDER).resolve()):
        yield not_a_plain_file.at(
            _top(path), say("a link to a file outside `{folder}/`", folder=FOLDER), hint
        )
    elif not whole.is_file():
        yield not_a_plain_file.at(_top(path), say("this is no file that can be read"), hint)


@rule("M107", "id-mismatch", Severity.ERROR)
def id_mismatch(document: ProposalDocument, domains: tuple[str, ...] | None) -> Iterator[Diagnostic]:
    """The folder of a proposal is not a domain of the edition, or its file name is not an id.

    Why
        The file's stem is the proposal's id and the folder its domain: both become anchors and addresses.

    Fails
        proposals/mobilite/Priorité bus.yaml

    Passes
        proposals/mobilite/priorite-bus.yaml

    Source
        FORMAT, "the content format".
    """
    span = _top(document.source.path)
    if not is_slug(document.id):
        yield id_mismatch.at(
            span,
            say("file name `{id}` is not an id", id=document.id),
            say("use lower case letters without accents, digits and `-`"),
        )
    if document.id in PART_IDS or document.id.startswith(PART_PREFIXES):
        yield id_mismatch.at(
            span, say("`{id}` is the id of a part of the booklet", id=document.id), say("rename this file")
        )
    if domains is not None and document.domain not in domains:
        close = nearest(document.domain, domains)
        yield id_mismatch.at(
            span,
            say("folder `{domain}` is not a domain of the edition", domain=document.domain),
            say("move the file to `{folder}/{domain}/`", folder=FOLDER, domain=close)
            if close
            else say("the domains are {domains}", domains=quote_all(domains)),
        )


@rule("M108", "duplicate-id", Severity.ERROR)
def duplicate_id(proposals: Iterable[ProposalDocument]) -> Iterator[Diagnostic]:
    """Two proposals, or two phases of one proposal, have the same id.

    Why
        A reference to the id could mean either.

    Fails
        proposals/mobilite/bus.yaml and proposals/ecologie/bus.yaml

    Passes
        proposals/mobilite/bus.yaml and proposals/ecologie/bus-electriques.yaml

    Source
        FORMAT, "the content format".
    """
    first_by_id: dict[str, ProposalDocument] = {}
    for document in proposals:
        first = first_by_id.setdefault(document.id, document)
        if first is not document:
            yield duplicate_id.at(
                _top(document.source.path),
                say("id `{id}` is already taken", id=document.id),
                say("rename this file"),
                related=(Label(_top(first.source.path), say("first defined here")),),
            )


def duplicate_phase(document: ProposalDocument) -> Iterator[Diagnostic]:
    """Report the phases of a proposal whose id is taken by an earlier one (M108)."""
    index_by_phase: dict[str, int] = {}
    for index, phase in enumerate(document.value.timeline):
        if phase.id is None:
            continue
        earlier = index_by_phase.setdefault(phase.id, index)
        if earlier != index:
            yield duplicate_id.at(
                document.span("timeline", index, "id"),
                say("phase `{id}` stands twice", id=phase.id),
                say("give this phase an id of its own"),
                related=(Label(document.span("timeline", earlier, "id"), say("first defined here")),),
            )
