"""The digests of the last two builds → why the last one laid a document out again, for `explain-rebuild`."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.cache.store import adapter
from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from booklet.cache.store import Kind, Store

KIND: Kind = "build"
NAME = fingerprint("the last build")
#: names printed of one cause
_MAX_NAMES = 4


@dataclass(frozen=True, slots=True)
class BuildState:
    """What one build was made from, in digests."""

    #: of libraries, stylesheets, fonts and the tool's own code
    machine: Mapping[str, str]
    #: of proposals, templates, law and translations
    inputs: Mapping[str, str]
    #: by id of a page or a list: digest of its filled template, path of its own file
    documents: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """The last build, the one before it, and the ids of what the last one laid out."""

    before: BuildState | None
    after: BuildState
    laid_out: tuple[str, ...]

    def explain(self, id: str) -> Message:
        """Name the cause for which a document was laid out, the most general one first."""
        digest, file = self.after.documents[id]
        if self.before is None or id not in self.before.documents:
            return say("it was never laid out before")
        if machine := _changed(self.before.machine, self.after.machine):
            return say("libraries, stylesheets or the tool's own code changed: {names}", names=_join(machine))
        if digest == self.before.documents[id][0]:
            return say("the store did not hold it")
        inputs = _changed(self.before.inputs, self.after.inputs)
        if mine := [
            name for name in inputs if name == file or name.startswith(f"{file.removesuffix('.yaml')}/")
        ]:
            return say("its own file changed: {name}", name=_join(mine))
        if inputs:
            return say("it shows something of other files: {names}", names=_join(inputs))
        return say("the page numbers, totals or files that it prints changed")


def record_build(store: Store, state: BuildState, laid_out: tuple[str, ...]) -> None:
    """Put the digests of a build into the store, beside those of the build before."""
    last = read_record(store)
    record = BuildRecord(last.after if last else None, state, laid_out)
    store.put(KIND, NAME, adapter(BuildRecord).dump_json(record))


def is_laid_out_alike(store: Store, machine: Mapping[str, str]) -> bool:
    """Check whether the last build laid pages out with the same code, libraries and stylesheets."""
    record = read_record(store)
    return record is not None and record.after.machine == machine


def read_record(store: Store) -> BuildRecord | None:
    """Read the record of the last build; one that cannot be read is None."""
    return store.load(KIND, NAME, adapter(BuildRecord).validate_json)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _join(names: list[str]) -> str:
    return ", ".join(names[:_MAX_NAMES]) + (", …" if len(names) > _MAX_NAMES else "")
