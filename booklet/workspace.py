"""1–3 for a whole folder: find the files, read each, keep every fault.

A workspace is a folder with `proposals/`. A proposal's id is the stem of its file and its domain the folder; both
are slugs, so that no path can be built from a contributor's text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from booklet.decode import decode
from booklet.diagnostic import BuildError, Diagnostic, Label, Severity, quote_all, rule, say
from booklet.document import Document
from booklet.model import Bibliography, Edition, ElectoralLists, Parameters, Proposal
from booklet.nodes import Mapping as MappingNode
from booklet.parse import MAX_BYTES, MAX_TABLE_BYTES, parse
from booklet.scalars import is_slug
from booklet.shape import missing_key
from booklet.source import Position, Source, Span, read_bytes
from booklet.suggestions import nearest

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
    #: faults of families Y and M found while reading
    diagnostics: tuple[Diagnostic, ...]
    #: ids of proposals that could not be read at all: a reference to one is not broken
    unread: frozenset[str] = frozenset()
    #: files in the folders of proposals, relative to the workspace
    assets: frozenset[str] = field(default_factory=frozenset)
    #: parameters that add to or replace the law of the tool
    parameters: Document[Parameters] | None = None

    @property
    def ready(self) -> tuple[ProposalDocument, ...]:
        """List the proposals that are printed."""
        return tuple(document for document in self.proposals if document.value.is_ready)

    @property
    def drafts(self) -> tuple[ProposalDocument, ...]:
        """List the proposals that are counted apart."""
        return tuple(document for document in self.proposals if not document.value.is_ready)

    def known_keys(self, document: Document[ModelType] | None, *path: str) -> tuple[str, ...] | None:
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

    @property
    def domains(self) -> tuple[str, ...] | None:
        """List the ids of the domains; None when the edition does not say."""
        return self.known_keys(self.edition, "domains")

    @property
    def organisations(self) -> tuple[str, ...] | None:
        """List the ids of the organisations; None when the edition does not say."""
        return self.known_keys(self.edition, "organisations")

    @property
    def references(self) -> tuple[str, ...] | None:
        """List the ids of the bibliography; None when it cannot be read."""
        return self.known_keys(self.bibliography)


def read_workspace(root: Path) -> Workspace:
    """Read every file under `proposals/`; raises `BuildError` only when there is no such folder."""
    folder = root / FOLDER
    if not folder.is_dir():
        raise BuildError(
            say("no folder `{folder}/` here: run in a workspace, or name it with `-C DIR`", folder=FOLDER)
        )
    reader = _Reader(root)
    paths = sorted(list_files(root, folder))
    edition = reader.read(EDITION, Edition, needed=True)
    lists = reader.read(LISTS, ElectoralLists, needed=True, max_bytes=MAX_TABLE_BYTES)
    bibliography = reader.read(SOURCES, Bibliography, max_bytes=MAX_TABLE_BYTES)
    parameters = reader.read(PARAMETERS, Parameters, max_bytes=MAX_TABLE_BYTES)
    proposals = reader.read_proposals(path for path in paths if _is_proposal(path))
    unread = frozenset(_id_of(path) for path in paths if _is_proposal(path)) - {p.id for p in proposals}
    folders = {document.folder for document in proposals}
    assets = frozenset(
        path for path in paths if "/".join(path.split("/")[:3]) in folders and path.count("/") >= 3
    )
    workspace = Workspace(
        root, edition, lists, bibliography, proposals, reader.sources, (), unread, assets, parameters
    )
    known = {EDITION, LISTS, SOURCES, PARAMETERS}
    reader.diagnostics += stray_file(
        path for path in paths if path not in known and not _is_proposal(path) and path not in assets
    )
    for document in proposals:
        reader.diagnostics += id_mismatch(document, workspace.domains)
    reader.diagnostics += duplicate_id(proposals)
    found = tuple(sorted(reader.diagnostics, key=lambda diagnostic: diagnostic.order))
    return Workspace(
        root, edition, lists, bibliography, proposals, reader.sources, found, unread, assets, parameters
    )


class _Reader:
    """Read files one after the other, gathering texts and faults."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources: dict[str, Source] = {}
        self.diagnostics: list[Diagnostic] = []

    def read(
        self, path: str, model: type[ModelType], *, needed: bool = False, max_bytes: int = MAX_BYTES
    ) -> Document[ModelType] | None:
        unfit = tuple(not_a_plain_file(self.root, path))
        if unfit:
            self.sources[path] = Source(path, "")
            self.diagnostics += unfit
            return None
        try:
            data = read_bytes(self.root, path)
        except FileNotFoundError:
            if needed:
                self.sources[path] = Source(path, "")
                self.diagnostics += missing_file(path)
            return None
        parsed = parse(path, data, max_bytes=max_bytes)
        self.sources[path] = parsed.source
        self.diagnostics += parsed.diagnostics
        if parsed.root is None:
            return None
        document, diagnostics = decode(model, parsed.source, parsed.root)
        self.diagnostics += diagnostics
        return document

    def read_proposals(self, paths: Iterable[str]) -> tuple[ProposalDocument, ...]:
        documents = []
        for path in paths:
            # needed: the name of a link to nowhere is listed, and its proposal would silently be missing
            document = self.read(path, Proposal, needed=True)
            if document is not None:
                _, domain, name = path.split("/")
                documents.append(
                    ProposalDocument(
                        document.value,
                        document.node,
                        document.source,
                        document.broken,
                        id=name.removesuffix(".yaml"),
                        domain=domain,
                    )
                )
        return tuple(documents)


def list_files(root: Path, folder: Path) -> Iterator[str]:
    """List the files below a folder; hidden ones (editors' and systems' own) are passed over, links not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from list_files(root, Path(entry.path))
            else:
                yield Path(entry.path).relative_to(root).as_posix()


def _is_proposal(path: str) -> bool:
    return path.count("/") == 2 and path.endswith(".yaml")


def _id_of(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


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
