"""What the last build was made from, part by part: what `explain-rebuild` answers with.

A fingerprint says that something changed, not what. So each build leaves a record of its named parts (files, versions,
the filled page of every document) beside the entries of the store, with the reasons for what it laid out, found by
comparing its parts with those of the build before. A record that cannot be read is no record.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from booklet.cache.store import Store

KIND = "ledger"
_NAME = fingerprint("the last build")
_VERSION = 2
#: most names told of one kind of cause
_MOST = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """Name what a build reads, with a digest or a version of each."""

    #: what every page is laid out with
    libraries: Mapping[str, str]
    code: Mapping[str, str]
    styles: Mapping[str, str]
    #: proposals, templates, law, translations
    inputs: Mapping[str, str]
    #: by id: digest of the filled page, digest of its images
    pages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: by list: digest of the filled page
    fronts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Say why something was laid out."""

    id: str
    causes: tuple[Message, ...]


def record_build(
    store: Store,
    parts: Parts,
    files: Mapping[str, str],
    rendered: Sequence[str],
    rendered_fronts: Sequence[str],
) -> None:
    """Keep a build's parts, and why it laid out what it did; `files` names the own file of a page."""
    before, _ = read_record(store)
    reasons = [
        *(
            Reason(id, tuple(_page_causes(before, parts, id, files.get(id))))
            for id in dict.fromkeys(rendered)
        ),
        *(Reason(id, tuple(_front_causes(before, parts, id))) for id in rendered_fronts),
    ]
    told = [[reason.id, [[cause.template, cause.values] for cause in reason.causes]] for reason in reasons]
    record = {"version": _VERSION, "parts": asdict(parts), "reasons": told}
    store.put(KIND, _NAME, json.dumps(record).encode())


def read_record(store: Store) -> tuple[Parts | None, tuple[Reason, ...]]:
    """Read the parts of the last build and the reasons for what it laid out."""
    held = store.get(KIND, _NAME)
    try:
        record = json.loads(held or b"{}")
        if record.get("version") != _VERSION:
            return None, ()
        reasons = tuple(
            Reason(id, tuple(Message(template, tuple(map(tuple, values))) for template, values in causes))
            for id, causes in record["reasons"]
        )
        return Parts(**record["parts"]), reasons
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, ()


def _page_causes(before: Parts | None, after: Parts, id: str, own: str | None) -> Iterator[Message]:
    if before is None or id not in before.pages:
        yield say("it was never laid out before")
        return
    yield from _machine_causes(before, after)
    (old_html, old_images), (html, images) = before.pages[id], after.pages[id]
    if images != old_images:
        yield say("its images changed")
    if html != old_html:
        yield from _input_causes(before, after, own)
    elif images == old_images and not any(_machine_causes(before, after)):
        yield say("the store did not hold it")


def _front_causes(before: Parts | None, after: Parts, id: str) -> Iterator[Message]:
    if before is None or id not in before.fronts:
        yield say("it was never laid out before")
        return
    yield from _machine_causes(before, after)
    if after.fronts[id] != before.fronts[id]:
        yield from _input_causes(before, after, "proposals/lists.yaml")
    elif not any(_machine_causes(before, after)):
        yield say("the store did not hold it")


def _machine_causes(before: Parts, after: Parts) -> Iterator[Message]:
    for name in _changed(before.libraries, after.libraries):
        yield say(
            "library {name}: {old}, then {new}",
            name=name,
            old=before.libraries.get(name, "-")[:12],
            new=after.libraries.get(name, "-")[:12],
        )
    if styles := _changed(before.styles, after.styles):
        yield say("stylesheets or fonts changed: {names}", names=_names(styles))
    if code := _changed(before.code, after.code):
        yield say("the toolkit's own code changed: {names}", names=_names(code))


def _input_causes(before: Parts, after: Parts, own: str | None) -> Iterator[Message]:
    """Name the files that can have changed a filled page: its own, or those that pages share; else its neighbours."""
    changed = _changed(before.inputs, after.inputs)
    if own in changed:
        yield say("its own file changed: {name}", name=own)
    is_neighbour = {name for name in changed if name.startswith("proposals/") and name.count("/") > 1} - {own}
    if shared := [name for name in changed if name not in is_neighbour and name not in (own, _LISTS)]:
        yield say("files that pages share changed: {names}", names=_names(shared))
    elif own not in changed and is_neighbour:
        yield say("it shows something of other proposals: {names}", names=_names(sorted(is_neighbour)))
    elif own not in changed:
        yield say("the page numbers, totals or files that it prints changed")


_LISTS = "proposals/lists.yaml"


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _names(names: Sequence[str]) -> str:
    told = ", ".join(names[:_MOST])
    return f"{told}, …" if len(names) > _MOST else told
