"""Files below `proposals/`: their names, and one proposal, read now or known from an earlier check.

A proposal's id is the stem of its file and its domain the folder; both are slugs, so that no path can be built from a
contributor's text.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from booklet.content.cross_references import Ties
from booklet.content.decode import decode
from booklet.content.document import Document
from booklet.content.model.proposal import Proposal
from booklet.content.yaml.parse import MAX_BYTES, parse, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source

FOLDER = "proposals"
EDITION = f"{FOLDER}/edition.yaml"
LISTS = f"{FOLDER}/lists.yaml"
SOURCES = f"{FOLDER}/sources.yaml"
PARAMETERS = f"{FOLDER}/parameters.yaml"
ModelType = TypeVar("ModelType", bound=BaseModel)


@dataclass(frozen=True)
class ProposalDocument(Document[Proposal]):
    """One proposal, with its id and domain, which are its path."""

    id: str = ""
    domain: str = ""

    @property
    def folder(self) -> str:
        """The folder of its images, relative to the workspace."""
        return f"{FOLDER}/{self.domain}/{self.id}"

    @cached_property
    def ties(self) -> Ties:
        """The fields that rules comparing proposals need."""
        return Ties.of(self.value, has_broken_links=self.is_broken("links"))


class KnownProposal(ProposalDocument):
    """A proposal that an earlier check read; its file is read again only when a rule needs more than the ties."""

    def __init__(self, path: str, data: bytes, ties: Ties) -> None:
        id, domain = names_of(path)
        # a frozen dataclass takes no attribute otherwise
        self.__dict__.update(source=read_text(path, data), ties=ties, id=id, domain=domain, _data=data)

    def __getattr__(self, name: str) -> object:
        """Read the file, once, for the attributes that are not cached."""
        if name not in ("value", "node", "broken"):
            raise AttributeError(name)
        read, _ = read_proposal(self.source.path, self.__dict__["_data"])
        assert read is not None, f"{self.source.path} could be read, and these are the same bytes"
        self.__dict__.update(value=read.value, node=read.node, broken=read.broken)
        return self.__dict__[name]


def read_proposal(path: str, data: bytes) -> tuple[ProposalDocument | None, tuple[Diagnostic, ...]]:
    """Read one proposal, unless it is unreadable, with the faults that its file alone has."""
    source, read, faults = read_file(path, data, Proposal)
    if read is None:
        return None, faults
    return ProposalDocument(read.value, read.node, source, read.broken, *names_of(path)), faults


def read_file(
    path: str, data: bytes, model: type[ModelType], max_bytes: int = MAX_BYTES
) -> tuple[Source, Document[ModelType] | None, tuple[Diagnostic, ...]]:
    """Read one file of any kind: its text, what was written unless it is unreadable, and every fault."""
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


def is_proposal(path: str) -> bool:
    """Check whether a file below `proposals/` is one: in the folder of a domain, and YAML by its name."""
    return path.count("/") == 2 and path.endswith(".yaml")


def names_of(path: str) -> tuple[str, str]:
    """The id and the domain of the proposal at a path."""
    _, domain, name = path.split("/")
    return name.removesuffix(".yaml"), domain


def owner_of(path: str) -> str:
    """The folder of the proposal to which an image belongs, from the path of the image."""
    return "/".join(path.split("/")[:3])
