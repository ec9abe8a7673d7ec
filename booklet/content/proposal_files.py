"""A file below `proposals/` → its document; a proposal is read now, or on demand where a check cached it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from booklet.content.cross_references import CrossReferences
from booklet.content.decode import decode
from booklet.content.document import Document
from booklet.content.id_hints import NO_TITLES
from booklet.content.model.proposal import Proposal
from booklet.content.paths import FOLDER, is_proposal, names_of
from booklet.content.yaml.parse import FILE, Size, parse, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from booklet.content.id_hints import Titles
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source

_TITLE = re.compile(rb"^title:[ \t]*([^\r\n#]+)", re.MULTILINE)
ModelType = TypeVar("ModelType", bound=BaseModel)


@dataclass(frozen=True)
class ProposalDocument(Document[Proposal]):
    """A proposal, with the id and the domain that its path gives."""

    id: str = ""
    domain: str = ""

    @property
    def folder(self) -> str:
        """The folder of its images, relative to the workspace."""
        return f"{FOLDER}/{self.domain}/{self.id}"

    @cached_property
    def cross_references(self) -> CrossReferences:
        """The fields that rules comparing proposals need."""
        return CrossReferences.of(self.value, has_broken_links=self.is_broken("links"))

    def with_names_on_disk(self, paths: Iterable[str]) -> ProposalDocument:
        """Name the images as the disk does: an accent is one character or two, as the system that saved it has."""
        typed = [figure.file or "" for figure in self.value.figures]
        if "".join(typed).isascii():
            return self
        prefix = f"{self.folder}/"
        names = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
        on_disk = {unicodedata.normalize("NFC", name): name for name in names}
        figures = tuple(
            figure
            if file in names
            else figure.model_copy(
                update={"file": on_disk.get(unicodedata.normalize("NFC", file), figure.file)}
            )
            for figure, file in zip(self.value.figures, typed, strict=True)
        )
        return replace(self, value=self.value.model_copy(update={"figures": figures}))


class KnownProposal(ProposalDocument):
    """A proposal of an earlier check; its file is read again when more than its cross-references is needed."""

    def __init__(self, path: str, data: bytes, cross_references: CrossReferences) -> None:
        id, domain = names_of(path)
        # a frozen dataclass takes no attribute otherwise
        self.__dict__.update(
            source=read_text(path, data), cross_references=cross_references, id=id, domain=domain, _data=data
        )

    def __getattr__(self, name: str) -> object:
        """Read the file, once, for the attributes that are not cached."""
        if name not in ("value", "node", "broken", "hidden"):
            raise AttributeError(name)
        read, _ = read_proposal(self.source.path, self.__dict__["_data"])
        assert read is not None, f"{self.source.path} could be read, and these are the same bytes"
        self.__dict__.update(value=read.value, node=read.node, broken=read.broken, hidden=read.hidden)
        return self.__dict__[name]


def names_written(data: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """The titles of proposals as they are typed, by id: what a link is perhaps meant to name."""
    written = {names_of(path)[0]: _TITLE.search(text) for path, text in data.items() if is_proposal(path)}
    return {
        id: (title[1].decode("utf-8", "replace").strip(" \"'"),) if title else ()
        for id, title in written.items()
    }


def read_proposal(
    path: str, data: bytes, titles: Titles = NO_TITLES
) -> tuple[ProposalDocument | None, tuple[Diagnostic, ...]]:
    """Read one proposal, None if it is unreadable, with the faults of its file; `titles` as for `decode`."""
    source, read, faults = read_file(path, data, Proposal, titles=titles)
    if read is None:
        return None, faults
    whole = ProposalDocument(read.value, read.node, source, read.broken, *names_of(path), hidden=read.hidden)
    return whole, faults


def read_file(
    path: str, data: bytes, model: type[ModelType], most: Size = FILE, *, titles: Titles = NO_TITLES
) -> tuple[Source, Document[ModelType] | None, tuple[Diagnostic, ...]]:
    """Read one file of any kind: its text, its document (None if unreadable), and every fault."""
    parsed = parse(path, data, most=most)
    if parsed.root is None:
        return parsed.source, None, parsed.diagnostics
    document, faults = decode(model, parsed.source, parsed.root, hidden=parsed.hidden, titles=titles)
    return parsed.source, document, (*parsed.diagnostics, *faults)
