"""What the last layout of each proposal found → the store, so that `check`, which lays nothing out, foretells it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.cache.store import PAGE, Kind, Store, adapter
from booklet.checks.layout import does_not_fit
from booklet.content.yaml.nodes import Mapping
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import say
from booklet.layout.overflow_report import FICHE_PAGES, Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as MappingType

    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace

KIND: Kind = "outcome"
NAME = fingerprint("the last layout of each proposal")
#: by path: the store's entry of the pages, and the digest of each key's value
_Records = dict[str, tuple[str, dict[str, str]]]


def record_layouts(
    store: Store, laid_out: Iterable[ProposalDocument], findings: MappingType[str, str]
) -> None:
    """Put into the store which proposals were laid out, and the entry, by id, of pages in which something was found."""
    records = _read(store)
    for document in laid_out:
        records.pop(document.source.path, None)
        if document.id in findings:
            records[document.source.path] = findings[document.id], dict(_digest_values(document))
    store.put(KIND, NAME, adapter(_Records).dump_json(records))


def foretell(store: Store, workspace: Workspace) -> Iterator[Diagnostic]:
    """Repeat, as information, what the last layout found in the values that did not change since."""
    records = _read(store)
    for document in workspace.proposals if records else ():
        entry, digests = records.get(document.source.path, ("", {}))
        layout = store.load(PAGE, entry, _unpack_layout) if entry else None
        if layout is None:
            continue
        written = dict(_digest_values(document))
        keys = {key: document.key_span(key) for key in written}
        unchanged = {keys[key] for key in written if digests.get(key) == written[key]}
        for found in does_not_fit(layout, keys.get, document.span(), FICHE_PAGES):
            if found.span in unchanged:
                message = say("when last laid out, {what}", what=found.message)
                yield replace(found, message=message, severity=Severity.INFORMATION)


def _digest_values(document: ProposalDocument) -> Iterator[tuple[str, str]]:
    """The digest of what is written under each key of a proposal."""
    node = document.node
    for key, value in node.entries if isinstance(node, Mapping) else ():
        yield key.text, fingerprint(document.source.text[value.start : value.end])


def _read(store: Store) -> _Records:
    return store.load(KIND, NAME, adapter(_Records).validate_json) or {}


def _unpack_layout(payload: bytes) -> Layout:
    """Read the layout of pages as `Rendered.pack` writes them."""
    return adapter(Layout).validate_python(json.loads(payload.partition(b"\n")[0])["layout"])
